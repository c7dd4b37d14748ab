//! The secret of the publication, and what is hashed and signed with it. It lies in a file and never in the database,
//! so that whoever has a copy of the database has no code, link or token to use.

use super::key_file;
use super::keys::KeyError;
use crate::clock::{Chance, ChanceError};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use masthead_domain::id::{GiftSubscriptionId, MemberId, NewsletterId, SessionId, SignInId};
use masthead_domain::member::Email;
use secrecy::ExposeSecret;
use std::io;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// What a link's secret starts with.
const LINK: &str = "mh_in_";
/// What the code of an invitation to a group starts with.
const INVITATION: &str = "mh_gi_";
/// What a refresh token starts with.
const REFRESH: &str = "mh_rt_";

/// How many codes there are: all of six digits.
const CODES: u32 = 1_000_000;

const KEY: usize = blake3::KEY_LEN;
const HASH: usize = blake3::OUT_LEN;
const ID: usize = 16;
const NONCE: usize = 16;

/// Keys for each kind of secret, made from the one in the file.
pub struct Secrets {
    codes: [u8; KEY],
    links: [u8; KEY],
    invitations: [u8; KEY],
    gift_subscriptions: [u8; KEY],
    refresh: [u8; KEY],
    refresh_hashes: [u8; KEY],
    unsubscribe: [u8; KEY],
    suppression: [u8; KEY],
    idempotency: [u8; KEY],
    holders: [u8; KEY],
}

/// What is made of one client's `Idempotency-Key`, for whoever has it alone: the database has none of these keys.
pub struct IdempotencySecrets {
    /// The name under which a request with it is found.
    pub name: [u8; KEY],
    /// The key of the hash of what was asked.
    pub fingerprints: [u8; KEY],
    /// The key that seals the answer.
    pub seal: [u8; KEY],
}

/// A refresh token that we made, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshParts {
    /// The session that it keeps going.
    pub session: SessionId,
    /// Which one of the session's it is, counted from one.
    pub generation: i64,
}

impl Secrets {
    /// The file in the data directory that holds the secret when the configuration names none.
    #[must_use]
    pub fn default_file(data_dir: &Path) -> PathBuf {
        data_dir.join("keys").join("secret")
    }

    /// Makes a secret in `file` unless there is such a file, and says whether it did. Nobody else can read it.
    ///
    /// # Errors
    /// [`KeyError`] names the file.
    pub fn make(file: &Path, chance: &dyn Chance) -> Result<bool, KeyError> {
        let make = |chance: &dyn Chance| {
            let mut secret = [0; KEY];
            chance.fill(&mut secret).map_err(io::Error::other)?;
            Ok(format!("{}\n", STANDARD.encode(secret)).into())
        };
        key_file::make_unless_there(file, chance, make)
            .map_err(|source| KeyError::File { path: file.to_owned(), source })
    }

    /// Reads the secret from `file`, and makes one there first unless there is one.
    ///
    /// # Errors
    /// [`KeyError`] names the file.
    pub fn open_or_make(file: &Path, chance: &dyn Chance) -> Result<Self, KeyError> {
        Self::make(file, chance)?;
        Self::open(file)
    }

    /// Reads the secret from `file`: 32 bytes in base64.
    ///
    /// # Errors
    /// [`KeyError`] names the file.
    pub fn open(file: &Path) -> Result<Self, KeyError> {
        let text = key_file::read(file).map_err(|source| KeyError::File { path: file.to_owned(), source })?;
        let secret = STANDARD.decode(text.expose_secret().trim()).ok();
        let secret = secret.and_then(|secret| <[u8; KEY]>::try_from(secret).ok());
        secret.map(|secret| Self::new(&secret)).ok_or_else(|| KeyError::Secret { path: file.to_owned() })
    }

    fn new(secret: &[u8; KEY]) -> Self {
        let key = |purpose: &str| blake3::derive_key(&format!("masthead 2026-11 {purpose}"), secret);
        Self {
            codes: key("codes of sign-in mails"),
            links: key("links of sign-in mails"),
            invitations: key("invitations to groups"),
            gift_subscriptions: key("codes of gift subscriptions"),
            refresh: key("refresh tokens"),
            refresh_hashes: key("hashes of refresh tokens"),
            unsubscribe: key("unsubscribe links"),
            suppression: key("suppressed addresses"),
            idempotency: key("idempotency keys"),
            holders: key("holders of idempotency keys"),
        }
    }

    /// A new code of six digits.
    ///
    /// # Errors
    /// [`ChanceError`] when there are no random bytes.
    pub fn new_code(chance: &dyn Chance) -> Result<String, ChanceError> {
        // Of 2^64 numbers, the last ones are left out by nobody: the bias is below one in 10^13.
        let mut bytes = [0; 8];
        chance.fill(&mut bytes)?;
        Ok(format!("{:06}", u64::from_le_bytes(bytes) % u64::from(CODES)))
    }

    /// What is stored of a code. The attempt is part of it, so that equal codes have different hashes.
    #[must_use]
    pub fn code_hash(&self, attempt: SignInId, code: &str) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.codes);
        hasher.update(attempt.uuid().as_bytes()).update(code.as_bytes());
        hasher.finalize().to_hex().to_string()
    }

    /// A new secret for a link.
    ///
    /// # Errors
    /// [`ChanceError`] when there are no random bytes.
    pub fn new_link(chance: &dyn Chance) -> Result<String, ChanceError> {
        drawn(LINK, chance)
    }

    /// A new code for an invitation to a group.
    ///
    /// # Errors
    /// [`ChanceError`] when there are no random bytes.
    pub fn new_invitation(chance: &dyn Chance) -> Result<String, ChanceError> {
        drawn(INVITATION, chance)
    }

    /// What is stored of an invitation's code.
    #[must_use]
    pub fn invitation_hash(&self, code: &str) -> String {
        blake3::keyed_hash(&self.invitations, code.as_bytes()).to_hex().to_string()
    }

    /// What the code of a gift subscription that is bought is made of. It can be made again when it is paid for.
    #[must_use]
    pub fn gift_subscription_code(&self, id: GiftSubscriptionId) -> [u8; 16] {
        let mut code = [0; 16];
        blake3::Hasher::new_keyed(&self.gift_subscriptions)
            .update(id.uuid().as_bytes())
            .finalize_xof()
            .fill(&mut code);
        code
    }

    /// What is stored of a link's secret.
    #[must_use]
    pub fn link_hash(&self, link: &str) -> String {
        blake3::keyed_hash(&self.links, link.as_bytes()).to_hex().to_string()
    }

    /// A new refresh token. It says which session it keeps going and which one of the session's it is, so that one
    /// that was used up is known as such for as long as the session lasts.
    ///
    /// # Errors
    /// [`ChanceError`] when there are no random bytes.
    pub fn new_refresh(&self, parts: RefreshParts, chance: &dyn Chance) -> Result<String, ChanceError> {
        let mut token = Vec::with_capacity(ID + 8 + NONCE + HASH);
        token.extend_from_slice(parts.session.uuid().as_bytes());
        token.extend_from_slice(&parts.generation.to_be_bytes());
        let mut nonce = [0; NONCE];
        chance.fill(&mut nonce)?;
        token.extend_from_slice(&nonce);
        let mac = blake3::keyed_hash(&self.refresh, &token);
        token.extend_from_slice(mac.as_bytes());
        Ok(format!("{REFRESH}{}", URL_SAFE_NO_PAD.encode(token)))
    }

    /// Takes a refresh token apart; `None` when we did not make it.
    #[must_use]
    pub fn refresh_parts(&self, token: &str) -> Option<RefreshParts> {
        let token = URL_SAFE_NO_PAD.decode(token.strip_prefix(REFRESH)?).ok()?;
        let said = genuine(&self.refresh, &token, ID + 8 + NONCE)?;
        Some(RefreshParts {
            session: SessionId::from_uuid(Uuid::from_slice(said.get(..ID)?).ok()?),
            generation: i64::from_be_bytes(said.get(ID..ID + 8)?.try_into().ok()?),
        })
    }

    /// What is stored of a refresh token.
    #[must_use]
    pub fn refresh_hash(&self, token: &str) -> String {
        blake3::keyed_hash(&self.refresh_hashes, token.as_bytes()).to_hex().to_string()
    }

    /// The token with which a member leaves a newsletter without signing in. It is the same each time.
    #[must_use]
    pub fn unsubscribe_token(&self, member: MemberId, newsletter: NewsletterId) -> String {
        let mut token = Vec::with_capacity(2 * ID + HASH);
        token.extend_from_slice(member.uuid().as_bytes());
        token.extend_from_slice(newsletter.uuid().as_bytes());
        let mac = blake3::keyed_hash(&self.unsubscribe, &token);
        token.extend_from_slice(mac.as_bytes());
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Who leaves what with this token; `None` when we did not make it.
    #[must_use]
    pub fn unsubscription(&self, token: &str) -> Option<(MemberId, NewsletterId)> {
        let token = URL_SAFE_NO_PAD.decode(token).ok()?;
        let said = genuine(&self.unsubscribe, &token, 2 * ID)?;
        let id = |part: Option<&[u8]>| Uuid::from_slice(part?).ok();
        Some((MemberId::from_uuid(id(said.get(..ID))?), NewsletterId::from_uuid(id(said.get(ID..2 * ID))?)))
    }

    /// What is made of an idempotency key of this holder. Of two holders with the same key, none has what the other has.
    #[must_use]
    pub fn of_idempotency_key(&self, holder: &str, key: &str) -> IdempotencySecrets {
        let mut hasher = blake3::Hasher::new_keyed(&self.idempotency);
        hasher.update(&(holder.len() as u64).to_le_bytes()).update(holder.as_bytes());
        let mut bytes = hasher.update(key.as_bytes()).finalize_xof();
        let mut secrets = IdempotencySecrets { name: [0; KEY], fingerprints: [0; KEY], seal: [0; KEY] };
        for secret in [&mut secrets.name, &mut secrets.fingerprints, &mut secrets.seal] {
            bytes.fill(secret);
        }
        secrets
    }

    /// What is kept of somebody of whom there is no record here, as the holder of idempotency keys.
    #[must_use]
    pub fn holder_hash(&self, kind: &str, id: &[u8]) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.holders);
        hasher.update(&(kind.len() as u64).to_le_bytes()).update(kind.as_bytes());
        hasher.update(id).finalize().to_hex().to_string()
    }

    /// What is kept of the address of somebody who asked to be forgotten.
    #[must_use]
    pub fn suppression_hash(&self, email: &Email) -> String {
        blake3::keyed_hash(&self.suppression, email.as_str().as_bytes()).to_hex().to_string()
    }
}

/// 256 random bits that are known by what they start with.
fn drawn(start: &str, chance: &dyn Chance) -> Result<String, ChanceError> {
    let mut bytes = [0; KEY];
    chance.fill(&mut bytes)?;
    Ok(format!("{start}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// The first `said` bytes, when the rest is their hash under this key. Compared in constant time.
fn genuine<'t>(key: &[u8; KEY], token: &'t [u8], said: usize) -> Option<&'t [u8]> {
    let (said, mac) = token.split_at_checked(said)?;
    let mac = blake3::Hash::from_slice(mac).ok()?;
    (blake3::keyed_hash(key, said) == mac).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemChance;
    use masthead_domain::clock::Timestamp;

    fn secrets(byte: u8) -> Secrets {
        Secrets::new(&[byte; KEY])
    }

    fn session() -> SessionId {
        SessionId::new(Timestamp::EPOCH, [3; 10])
    }

    #[test]
    fn a_refresh_token_is_known_by_whoever_made_it_alone() {
        let parts = RefreshParts { session: session(), generation: 7 };
        let token = secrets(1).new_refresh(parts, &SystemChance).expect("made");
        assert!(token.starts_with("mh_rt_"));
        assert_eq!(secrets(1).refresh_parts(&token), Some(parts));
        assert_eq!(secrets(2).refresh_parts(&token), None, "another secret");
        assert_eq!(secrets(1).refresh_parts(&token[..token.len() - 2]), None, "cut");
        let mut changed = URL_SAFE_NO_PAD.decode(&token[REFRESH.len()..]).expect("base64");
        changed[ID + 7] ^= 1;
        let changed = format!("{REFRESH}{}", URL_SAFE_NO_PAD.encode(changed));
        assert_eq!(secrets(1).refresh_parts(&changed), None, "another generation");
        for text in ["", "mh_rt_", "mh_rt_AAAA", "mh_in_AAAA"] {
            assert_eq!(secrets(1).refresh_parts(text), None, "{text}");
        }
    }

    #[test]
    fn an_unsubscribe_token_names_one_member_and_one_newsletter() {
        let member = MemberId::new(Timestamp::EPOCH, [1; 10]);
        let newsletter = NewsletterId::new(Timestamp::EPOCH, [2; 10]);
        let token = secrets(1).unsubscribe_token(member, newsletter);
        assert_eq!(secrets(1).unsubscription(&token), Some((member, newsletter)));
        assert_eq!(secrets(2).unsubscription(&token), None);
        let other = secrets(1).unsubscribe_token(MemberId::new(Timestamp::EPOCH, [9; 10]), newsletter);
        let mixed = format!("{}{}", &other[..20], &token[20..]);
        assert_eq!(secrets(1).unsubscription(&mixed), None);
    }

    #[test]
    fn a_code_has_six_digits_and_its_hash_needs_the_secret() {
        let code = Secrets::new_code(&SystemChance).expect("made");
        assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        let attempt = SignInId::new(Timestamp::EPOCH, [1; 10]);
        let other = SignInId::new(Timestamp::EPOCH, [2; 10]);
        assert_ne!(secrets(1).code_hash(attempt, &code), secrets(2).code_hash(attempt, &code));
        assert_ne!(secrets(1).code_hash(attempt, &code), secrets(1).code_hash(other, &code));
    }

    #[test]
    fn the_code_of_an_invitation_signs_nobody_in() {
        let code = Secrets::new_invitation(&SystemChance).expect("made");
        assert!(code.starts_with("mh_gi_") && code.len() > 40, "{code}");
        assert_ne!(secrets(1).invitation_hash(&code), secrets(2).invitation_hash(&code), "another secret");
        assert_ne!(secrets(1).invitation_hash(&code), secrets(1).link_hash(&code));
    }

    #[test]
    fn an_idempotency_key_is_one_holders_and_one_servers() {
        let all = |secrets: Secrets, holder: &str, key: &str| {
            let IdempotencySecrets { name, fingerprints, seal } = secrets.of_idempotency_key(holder, key);
            [name, fingerprints, seal]
        };
        let one = all(secrets(1), "mem_1", "key");
        assert_eq!(one, all(secrets(1), "mem_1", "key"));
        assert!(one[0] != one[1] && one[1] != one[2] && one[0] != one[2], "each is for one thing");
        for other in [
            all(secrets(2), "mem_1", "key"),
            all(secrets(1), "mem_2", "key"),
            all(secrets(1), "mem_1", "kez"),
            all(secrets(1), "mem_1k", "ey"),
        ] {
            assert!(one.iter().zip(other).all(|(one, other)| *one != other));
        }
        let holder = |kind: &str, id: &str| secrets(1).holder_hash(kind, id.as_bytes());
        assert_ne!(holder("staff", "desk"), holder("member", "desk"));
        assert_ne!(holder("staff", "desk"), holder("staffd", "esk"));
    }

    #[test]
    fn the_file_is_made_once() {
        let home = tempfile::tempdir().expect("a directory");
        let file = Secrets::default_file(home.path());
        let one = Secrets::open_or_make(&file, &SystemChance).expect("made");
        let other = Secrets::open_or_make(&file, &SystemChance).expect("read");
        assert_eq!(one.link_hash("x"), other.link_hash("x"));
        std::fs::write(&file, "c2hvcnQ=").expect("written");
        assert!(matches!(Secrets::open(&file), Err(KeyError::Secret { .. })));
    }
}
