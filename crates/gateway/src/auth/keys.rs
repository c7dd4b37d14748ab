//! Our keys: one signs, all verify, and all are published.

use super::key_file;
use crate::clock::Chance;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use secrecy::{ExposeSecret, SecretString};
use std::io;
use std::path::{Path, PathBuf};

/// Why the keys cannot be used. Names the file and quotes nothing of it.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or made.
    #[error("the key file {} cannot be used: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file holds no key of a kind that we sign or verify with.
    #[error(
        "the key file {} holds no {wanted} key in PEM: Ed25519, P-256 or RSA from 2,048 bits, as written by \
         `openssl genpkey`",
        path.display()
    )]
    Form {
        /// Which file.
        path: PathBuf,
        /// `private PKCS#8` or `public`.
        wanted: &'static str,
    },
    /// One key in two files.
    #[error("the key file {} holds a key that another file holds too", path.display())]
    Twice {
        /// The second file.
        path: PathBuf,
    },
}

/// The key that signs new tokens.
pub struct SigningKey {
    pub(super) kid: String,
    pub(super) algorithm: Algorithm,
    pub(super) key: EncodingKey,
}

/// A key that verifies, with the one algorithm that it is for.
pub(super) struct VerifyingKey {
    pub(super) kid: String,
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
    published: Jwk,
}

/// Our keys. The first one signs.
pub struct KeyRing {
    pub(super) signing: SigningKey,
    verifying: Vec<VerifyingKey>,
}

impl KeyRing {
    /// The file in the data directory that holds the signing key when the configuration names none.
    #[must_use]
    pub fn default_file(data_dir: &Path) -> PathBuf {
        data_dir.join("keys").join("signing.pem")
    }

    /// Reads the signing key from `file`, and makes one there first unless there is one.
    ///
    /// # Errors
    /// [`KeyError`] names the file.
    pub fn open_or_make(file: &Path, chance: &dyn Chance) -> Result<Self, KeyError> {
        key_file::make_unless_there(file, chance).map_err(|source| at(file, source))?;
        Self::open(file)
    }

    /// Reads the signing key from `file`.
    ///
    /// # Errors
    /// [`KeyError`] names the file.
    pub fn open(file: &Path) -> Result<Self, KeyError> {
        let pem = key_file::read(file).map_err(|source| at(file, source))?;
        let wrong = || KeyError::Form { path: file.to_owned(), wanted: "private PKCS#8" };
        if !key_file::is_private(&pem) {
            return Err(wrong());
        }
        let (algorithm, key) = private_key(&pem).ok_or_else(wrong)?;
        let published = Jwk::from_encoding_key(&key, algorithm).map_err(|_| wrong())?;
        let verifying = VerifyingKey::new(published, algorithm).ok_or_else(wrong)?;
        let signing = SigningKey { kid: verifying.kid.clone(), algorithm, key };
        Ok(Self { signing, verifying: vec![verifying] })
    }

    /// Adds a key that verifies and is published and does not sign: the next one before it is used, or the
    /// last one while its tokens live. The file holds a private or a public key.
    ///
    /// # Errors
    /// [`KeyError`] names the file.
    pub fn add(&mut self, file: &Path) -> Result<(), KeyError> {
        let pem = key_file::read(file).map_err(|source| at(file, source))?;
        let (published, algorithm) = if key_file::is_private(&pem) {
            private_key(&pem)
                .and_then(|(algorithm, key)| Some((Jwk::from_encoding_key(&key, algorithm).ok()?, algorithm)))
        } else {
            public_key(&pem).and_then(|(algorithm, key)| {
                Some((Jwk::from_decoding_key(&key, Some(algorithm)).ok()?, algorithm))
            })
        }
        .ok_or_else(|| KeyError::Form { path: file.to_owned(), wanted: "private PKCS#8 or public" })?;
        let key = VerifyingKey::new(published, algorithm)
            .ok_or_else(|| KeyError::Form { path: file.to_owned(), wanted: "private PKCS#8 or public" })?;
        if self.find(&key.kid).is_some() {
            return Err(KeyError::Twice { path: file.to_owned() });
        }
        self.verifying.push(key);
        Ok(())
    }

    /// Our key with this id.
    pub(super) fn find(&self, kid: &str) -> Option<&VerifyingKey> {
        self.verifying.iter().find(|key| key.kid == kid)
    }

    /// The public halves of all keys as a JWK set (RFC 7517), the signing key first.
    #[must_use]
    pub fn jwks(&self) -> String {
        let keys = self.verifying.iter().map(|key| key.published.clone()).collect();
        // A struct of texts always serializes.
        serde_json::to_string(&JwkSet { keys }).unwrap_or_default()
    }
}

impl VerifyingKey {
    fn new(mut published: Jwk, algorithm: Algorithm) -> Option<Self> {
        let kid = published.thumbprint(ThumbprintHash::SHA256).ok()?;
        let key = DecodingKey::from_jwk(&published).ok()?;
        published.common.key_id = Some(kid.clone());
        published.common.public_key_use = Some(PublicKeyUse::Signature);
        Some(Self { kid, algorithm, key, published })
    }
}

fn private_key(pem: &SecretString) -> Option<(Algorithm, EncodingKey)> {
    let pem = pem.expose_secret().as_bytes();
    let ed = || EncodingKey::from_ed_pem(pem).map(|key| (Algorithm::EdDSA, key));
    let ec = || EncodingKey::from_ec_pem(pem).map(|key| (Algorithm::ES256, key));
    let rsa = || EncodingKey::from_rsa_pem(pem).map(|key| (Algorithm::RS256, key));
    ed().or_else(|_| ec()).or_else(|_| rsa()).ok()
}

fn public_key(pem: &SecretString) -> Option<(Algorithm, DecodingKey)> {
    let pem = pem.expose_secret().as_bytes();
    let ed = || DecodingKey::from_ed_pem(pem).map(|key| (Algorithm::EdDSA, key));
    let ec = || DecodingKey::from_ec_pem(pem).map(|key| (Algorithm::ES256, key));
    let rsa = || DecodingKey::from_rsa_pem(pem).map(|key| (Algorithm::RS256, key));
    ed().or_else(|_| ec()).or_else(|_| rsa()).ok()
}

fn at(path: &Path, source: io::Error) -> KeyError {
    KeyError::File { path: path.to_owned(), source }
}
