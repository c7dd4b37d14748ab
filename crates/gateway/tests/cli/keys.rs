//! What an operator does with keys.

use super::{done, refused};

#[test]
fn an_operator_makes_lists_and_revokes_keys() {
    let home = tempfile::tempdir().expect("a directory");
    let data = home.path();
    assert!(refused(data, &["key", "list"]).contains("no publication"));
    done(data, &["migrate"]);
    assert_eq!(done(data, &["key", "list"]), "");
    let partner = done(data, &["partner", "add", "--name", "The Agency"]);
    let made = |arguments: &[&str]| {
        let text = done(data, &[&["key", "add", "--name"], arguments].concat());
        let (id, key) = text.split_once('\n').expect("an id and a key");
        assert!(key.starts_with("mh_live_"), "{text}");
        (id.to_owned(), key.to_owned())
    };
    let reads = made(&["Site build", "--role", "editor"]);
    let manages = made(&["Back office", "--role", "publisher", "--manage"]);
    let feed = made(&["Feed reader", "--partner", &partner, "--ttl", "1s"]);
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    done(data, &["key", "revoke", &reads.0]);
    let listed = done(data, &["key", "list"]);
    let lines: Vec<_> = listed.lines().collect();
    assert_eq!(lines.len(), 3, "{listed}");
    for (line, (id, key), words) in [
        (lines[0], &feed, ["expired", partner.as_str(), "Feed reader"]),
        (lines[1], &manages, ["good", "publisher, manages", "Back office"]),
        (lines[2], &reads, ["revoked", "editor", "Site build"]),
    ] {
        assert!(line.starts_with(id.as_str()) && words.iter().all(|word| line.contains(word)), "{line}");
        assert!(!listed.contains(key.as_str()), "a key is shown once");
    }
}
