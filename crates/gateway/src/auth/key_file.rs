//! Files with keys and secrets: made once with nobody else able to read them, and read back.

use crate::clock::Chance;
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// How long a line of PEM is (RFC 7468, section 2).
const PEM_LINE: usize = 64;

/// The largest key file that is read. A key of 16 384 bits stays below.
const MAX_KEY_FILE: u64 = 64 * 1024;

/// Writes what `make` makes to `path` unless there is such a file, and says whether it did. Whoever comes second, in this
/// process or in another, finds what the first has written.
///
/// It is written to a file beside it and linked into place: a link appears at once, complete, and
/// never replaces what is there.
pub(super) fn make_unless_there(
    path: &Path,
    chance: &dyn Chance,
    make: impl FnOnce(&dyn Chance) -> io::Result<SecretString>,
) -> io::Result<bool> {
    if path.try_exists()? {
        return Ok(false);
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = parent.unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let secret = make(chance)?;
    let mut mark = [0; 8];
    chance.fill(&mut mark).map_err(io::Error::other)?;
    let draft = path.with_extension(format!("{:016x}.new", u64::from_be_bytes(mark)));
    write_for_owner(&draft, &secret)?;
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    let made = match linked {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
        Err(error) => return Err(error),
    };
    File::open(directory)?.sync_all()?;
    Ok(made)
}

fn write_for_owner(path: &Path, secret: &SecretString) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(secret.expose_secret().as_bytes())?;
    file.sync_all()
}

/// A new Ed25519 key as PKCS#8 in PEM, the form that `openssl genpkey -algorithm ed25519` writes.
pub(super) fn new_ed25519(chance: &dyn Chance) -> io::Result<SecretString> {
    let mut seed = [0; 32];
    chance.fill(&mut seed).map_err(io::Error::other)?;
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(io::Error::other)?;
    let document = pair.to_pkcs8v1().map_err(io::Error::other)?;
    let base64 = STANDARD.encode(document.as_ref());
    let mut pem = "-----BEGIN PRIVATE KEY-----\n".to_owned();
    for line in base64.as_bytes().chunks(PEM_LINE) {
        pem.extend(line.iter().map(|byte| char::from(*byte)));
        pem.push('\n');
    }
    pem.push_str("-----END PRIVATE KEY-----\n");
    Ok(pem.into())
}

/// Reads a key file, and warns when other users of the machine can read it too.
pub(super) fn read(path: &Path) -> io::Result<SecretString> {
    let facts = std::fs::metadata(path)?;
    if facts.len() > MAX_KEY_FILE {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "too large for a key file"));
    }
    let pem: SecretString = std::fs::read_to_string(path)?.into();
    if !is_public(&pem) && facts.permissions().mode() & 0o077 != 0 {
        tracing::warn!(path = %path.display(), "other users can read this secret; chmod 600 it");
    }
    Ok(pem)
}

/// Whether the text holds a private key.
pub(super) fn is_private(pem: &SecretString) -> bool {
    pem.expose_secret().contains("PRIVATE KEY-----")
}

fn is_public(pem: &SecretString) -> bool {
    pem.expose_secret().contains("PUBLIC KEY-----")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemChance;

    #[test]
    fn a_new_key_is_for_its_owner_alone() {
        let home = tempfile::tempdir().expect("directory");
        let path = home.path().join("keys/signing.pem");
        make_unless_there(&path, &SystemChance, new_ed25519).expect("made");
        let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().expect("directory")), 0o700);
        let names: Vec<_> = std::fs::read_dir(home.path().join("keys"))
            .expect("listed")
            .map(|entry| entry.expect("entry").file_name())
            .collect();
        assert_eq!(names, ["signing.pem"], "the draft is gone");
    }

    #[test]
    fn starting_twice_at_once_makes_one_key() {
        let home = tempfile::tempdir().expect("directory");
        let path = home.path().join("keys/signing.pem");
        let start = std::sync::Barrier::new(8);
        let (start, path) = (&start, &path);
        let found: Vec<String> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(move || {
                        start.wait();
                        make_unless_there(path, &SystemChance, new_ed25519).expect("made");
                        read(path).expect("read").expose_secret().to_owned()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("ran")).collect()
        });
        assert!(found.iter().all(|pem| *pem == found[0]));
        assert!(found[0].starts_with("-----BEGIN PRIVATE KEY-----\n"));
    }

    #[test]
    fn a_key_that_is_there_stays() {
        let home = tempfile::tempdir().expect("directory");
        let path = home.path().join("signing.pem");
        std::fs::write(&path, "mine").expect("written");
        make_unless_there(&path, &SystemChance, new_ed25519).expect("nothing to do");
        assert_eq!(read(&path).expect("read").expose_secret(), "mine");
    }
}
