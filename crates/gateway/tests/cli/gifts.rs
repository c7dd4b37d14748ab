//! What an operator does with gift subscriptions.

use super::{done, refused};

#[test]
fn an_operator_makes_lists_and_revokes_gift_subscriptions() {
    let home = tempfile::tempdir().expect("a directory");
    let data = home.path();
    assert!(refused(data, &["gift", "list"]).contains("no publication"));
    done(data, &["migrate"]);
    done(data, &["tier", "add", "patron", "--name", "Patron"]);
    assert_eq!(done(data, &["gift", "list"]), "");
    assert!(refused(data, &["gift", "add", "patron", "--months", "2"]).contains("months"));
    assert!(refused(data, &["gift", "add", "none", "--months", "3"]).contains("none"));

    let made = done(data, &["gift", "add", "patron", "--months", "3", "--count", "100"]);
    let gifts: Vec<_> = made.lines().map(|line| line.split_once('\t').expect("an id and a code")).collect();
    assert!(gifts.iter().all(|(id, code)| id.starts_with("gsu_") && code.len() == 22), "{made}");
    done(data, &["gift", "add", "patron", "--months", "12"]);
    let listed = done(data, &["gift", "list"]);
    assert_eq!(listed.lines().count(), 101, "more than a page");
    assert!(listed.lines().next().is_some_and(|line| line.ends_with("  12  patron")), "{listed}");
    for (id, code) in &gifts {
        assert!(listed.contains(id) && !listed.contains(code), "{id}");
    }
    let line = |id: &str| {
        let listed = done(data, &["gift", "list"]);
        listed.lines().find(|line| line.starts_with(id)).expect("listed").to_owned()
    };
    let id = gifts[7].0;
    assert!(line(id).contains("  good      20") && line(id).ends_with("   3  patron"), "{}", line(id));
    let times = |line: &str| {
        let mut words = line.split_whitespace().skip(2).map(str::to_owned);
        (words.next().expect("since when"), words.next().expect("when it was made"))
    };
    let (since, made) = times(&line(id));
    assert_eq!(since, made, "good from the start");
    assert_eq!(done(data, &["gift", "revoke", id]), format!("revoked: {id}"));
    assert!(line(id).contains("  ended     20"), "{}", line(id));
    let (ended, made_then) = times(&line(id));
    assert!(made_then == made && ended > made, "{}", line(id));
    assert!(refused(data, &["gift", "revoke", "gif_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b"]).contains("gsu_"));
    refused(data, &["gift", "revoke", "gsu_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b"]);
}
