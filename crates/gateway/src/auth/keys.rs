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
    /// Several servers need one key, and none is named.
    #[error(
        "tokens.signing_key is not set: all servers on one PostgreSQL sign with the same key; make it once with \
         `masthead token key FILE`, put FILE on each, and name it in tokens.signing_key"
    )]
    Unnamed,
    /// Several servers need one secret, and none is named.
    #[error(
        "auth.secret is not set: all servers on one PostgreSQL check codes and links with the same secret; make it once \
         with `masthead token secret FILE`, put FILE on each, and name it in auth.secret"
    )]
    UnnamedSecret,
    /// The file holds no secret of 32 bytes.
    #[error("the file {} holds no secret: 32 bytes in base64, as written by `masthead token secret`", path.display())]
    Secret {
        /// Which file.
        path: PathBuf,
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
        Self::make(file, chance)?;
        Self::open(file)
    }

    /// Makes a signing key in `file`. `false` when the file is there already; it is not touched then.
    ///
    /// # Errors
    /// [`KeyError`] names the file.
    pub fn make(file: &Path, chance: &dyn Chance) -> Result<bool, KeyError> {
        key_file::make_unless_there(file, chance, key_file::new_ed25519).map_err(|source| at(file, source))
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

    /// What is wrong with these files of keys, of which the first one signs. Makes none.
    #[must_use]
    pub fn faults(signing: Option<&Path>, verifying: &[PathBuf]) -> Vec<KeyError> {
        let (mut known, mut faults) = (Vec::new(), Vec::new());
        match signing.map(Self::open) {
            Some(Ok(ring)) => known.push(ring.signing.kid),
            Some(Err(fault)) => faults.push(fault),
            None => {}
        }
        for file in verifying {
            match VerifyingKey::open(file) {
                Ok(key) if known.contains(&key.kid) => faults.push(KeyError::Twice { path: file.to_owned() }),
                Ok(key) => known.push(key.kid),
                Err(fault) => faults.push(fault),
            }
        }
        faults
    }

    /// Adds a key that verifies and is published and does not sign: the next one before it is used, or the
    /// last one while its tokens live. The file holds a private or a public key.
    ///
    /// # Errors
    /// [`KeyError`] names the file.
    pub fn add(&mut self, file: &Path) -> Result<(), KeyError> {
        let key = VerifyingKey::open(file)?;
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
    /// Reads a private or a public key from `file`.
    fn open(file: &Path) -> Result<Self, KeyError> {
        let pem = key_file::read(file).map_err(|source| at(file, source))?;
        let published = if key_file::is_private(&pem) {
            private_key(&pem)
                .and_then(|(algorithm, key)| Some((Jwk::from_encoding_key(&key, algorithm).ok()?, algorithm)))
        } else {
            public_key(&pem).and_then(|(algorithm, key)| {
                Some((Jwk::from_decoding_key(&key, Some(algorithm)).ok()?, algorithm))
            })
        };
        let wrong = || KeyError::Form { path: file.to_owned(), wanted: "private PKCS#8 or public" };
        published.and_then(|(published, algorithm)| Self::new(published, algorithm)).ok_or_else(wrong)
    }

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::install_cryptography;
    use crate::clock::{ChanceError, SystemChance};
    use serde_json::Value;

    // The key of RFC 8037, appendix A; its thumbprint stands there in A.3.
    const RFC_8037: &str = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
        -----END PRIVATE KEY-----\n";
    const RFC_8037_KID: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
    const RFC_8037_PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\n\
        MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n\
        -----END PUBLIC KEY-----\n";

    fn file(directory: &Path, name: &str, text: &str) -> PathBuf {
        let path = directory.join(name);
        std::fs::write(&path, text).expect("written");
        path
    }

    #[test]
    fn a_key_is_named_by_its_thumbprint_and_published_without_its_secret() {
        install_cryptography();
        let home = tempfile::tempdir().expect("directory");
        let ring = KeyRing::open(&file(home.path(), "k.pem", RFC_8037)).expect("key");
        assert_eq!(ring.signing.kid, RFC_8037_KID);
        let published: Value = serde_json::from_str(&ring.jwks()).expect("json");
        assert_eq!(
            published,
            serde_json::json!({"keys": [{
                "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
                "alg": "EdDSA", "use": "sig", "kid": RFC_8037_KID,
            }]})
        );
    }

    #[test]
    fn further_keys_verify_and_are_published_in_order() {
        install_cryptography();
        let home = tempfile::tempdir().expect("directory");
        let mut ring =
            KeyRing::open_or_make(&KeyRing::default_file(home.path()), &SystemChance).expect("key");
        ring.add(&file(home.path(), "public.pem", RFC_8037_PUBLIC)).expect("added");
        let published: Value = serde_json::from_str(&ring.jwks()).expect("json");
        let kids: Vec<_> =
            published["keys"].as_array().expect("keys").iter().map(|key| &key["kid"]).collect();
        assert_eq!(kids, [&Value::from(ring.signing.kid.clone()), &Value::from(RFC_8037_KID)]);
        assert!(ring.find(RFC_8037_KID).is_some());
        let twice = ring.add(&file(home.path(), "private.pem", RFC_8037));
        assert!(matches!(twice, Err(KeyError::Twice { .. })));
    }

    fn pem(der: &[u8]) -> String {
        use base64::Engine;
        let base64 = base64::engine::general_purpose::STANDARD.encode(der);
        format!("-----BEGIN PRIVATE KEY-----\n{base64}\n-----END PRIVATE KEY-----\n")
    }

    #[test]
    fn every_kind_of_key_signs_what_it_verifies_and_has_one_algorithm() {
        use aws_lc_rs::encoding::AsDer;
        install_cryptography();
        let home = tempfile::tempdir().expect("directory");
        let p256 = aws_lc_rs::signature::EcdsaKeyPair::generate(
            &aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED_SIGNING,
        );
        let p256 = p256.expect("key").to_pkcs8v1().expect("document");
        let rsa = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).expect("key");
        let rsa: aws_lc_rs::encoding::Pkcs8V1Der<'_> = rsa.as_der().expect("document");
        for (text, algorithm, kty) in [
            (RFC_8037.to_owned(), Algorithm::EdDSA, "OKP"),
            (pem(p256.as_ref()), Algorithm::ES256, "EC"),
            (pem(rsa.as_ref()), Algorithm::RS256, "RSA"),
        ] {
            let ring = KeyRing::open(&file(home.path(), "key.pem", &text)).expect("key");
            let key = ring.find(&ring.signing.kid).expect("its own");
            assert_eq!((ring.signing.algorithm, key.algorithm), (algorithm, algorithm));
            let signature =
                jsonwebtoken::crypto::sign(b"text", &ring.signing.key, algorithm).expect("signed");
            let good = jsonwebtoken::crypto::verify(&signature, b"text", &key.key, algorithm);
            assert!(good.expect("verified"), "{algorithm:?}");
            let published: Value = serde_json::from_str(&ring.jwks()).expect("json");
            assert_eq!(published["keys"][0]["kty"], kty);
            for secret in ["d", "p", "q", "dp", "dq", "qi", "k", "oth"] {
                assert_eq!(published["keys"][0].get(secret), None, "{kty} {secret}");
            }
        }
    }

    #[test]
    fn the_key_outlives_a_restart() {
        install_cryptography();
        let home = tempfile::tempdir().expect("directory");
        let path = KeyRing::default_file(home.path());
        let first = KeyRing::open_or_make(&path, &SystemChance).expect("key").jwks();
        assert_eq!(KeyRing::open_or_make(&path, &SystemChance).expect("key").jwks(), first);
    }

    #[test]
    fn a_broken_file_is_named_and_not_quoted() {
        install_cryptography();
        let home = tempfile::tempdir().expect("directory");
        let broken = RFC_8037.replace("MC4C", "MC5C");
        for text in ["", "secret", &broken, RFC_8037_PUBLIC] {
            let path = file(home.path(), "broken.pem", text);
            let message = KeyRing::open(&path).err().expect("refused").to_string();
            assert!(message.contains("broken.pem") && !message.contains("MC"), "{message}");
        }
        let absent = KeyRing::open(&home.path().join("absent.pem")).err().expect("refused");
        assert!(matches!(absent, KeyError::File { .. }), "a key that is named is never made");
    }

    #[test]
    fn without_chance_there_is_no_key() {
        struct Empty;
        impl Chance for Empty {
            fn fill(&self, _: &mut [u8]) -> Result<(), ChanceError> {
                Err(ChanceError)
            }
        }
        let home = tempfile::tempdir().expect("directory");
        let path = KeyRing::default_file(home.path());
        assert!(KeyRing::open_or_make(&path, &Empty).is_err());
        assert!(!path.exists());
    }
}
