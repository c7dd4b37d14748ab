//! What an operator does with groups.

use super::{done, refused};

#[test]
fn an_operator_enters_lists_invites_and_ends() {
    let home = tempfile::tempdir().expect("a directory");
    let data = home.path();
    assert!(refused(data, &["group", "list"]).contains("no publication"));
    done(data, &["migrate"]);
    done(data, &["tier", "add", "patron", "--name", "Patron"]);
    let owner = done(data, &["member", "add", "dean@faculty.example"]);
    assert!(owner.starts_with("mem_"), "{owner}");
    let add = ["group", "add", "--name", "The faculty", "--tier", "patron", "--seats", "2"];
    let with = |more: &[&'static str]| [&add[..], more].concat();
    let full =
        with(&["--domain", "faculty.example", "--owner", "dean@faculty.example", "--until", "2090-01-01"]);
    let group = done(data, &full);
    assert!(group.starts_with("grp_"), "{group}");
    assert!(refused(data, &full).contains("another group has \"faculty.example\""));
    assert!(refused(data, &with(&["--owner", "nobody@faculty.example"])).contains("no member"));
    assert!(refused(data, &with(&["--domain", "gmail.com"])).contains("domains[0]"));
    assert!(
        refused(data, &["group", "add", "--name", "x", "--tier", "none", "--seats", "1"]).contains("none")
    );
    assert!(
        refused(data, &["group", "add", "--name", "x", "--tier", "patron", "--seats", "0"]).contains("seats")
    );

    let listed = done(data, &["group", "list"]);
    assert!(listed.starts_with(&group) && listed.ends_with("The faculty"), "{listed}");
    assert!(listed.contains("active") && listed.contains("0/2") && listed.contains("patron"), "{listed}");
    let invite = ["group", "invite", group.as_str(), "anna@home.example", "ben@home.example"];
    assert_eq!(done(data, &invite), "invited: 2");
    let letters: Vec<_> = std::fs::read_dir(data.join("mail"))
        .expect("letters")
        .map(|letter| std::fs::read_to_string(letter.expect("a file").path()).expect("text"))
        .collect();
    assert_eq!(letters.len(), 2);
    assert!(
        letters.iter().all(|letter| letter.contains("A seat at") && letter.contains("/join#code")),
        "{letters:?}"
    );
    let third = ["group", "invite", group.as_str(), "carla@home.example"];
    assert!(refused(data, &third).contains("no seat left"));
    assert!(refused(data, &["group", "invite", group.as_str(), "nobody"]).contains("emails[0]"));

    assert_eq!(done(data, &["group", "end", group.as_str()]), format!("ended: {group}"));
    assert_eq!(done(data, &["group", "list"]), "");
    assert!(done(data, &["group", "list", "--all"]).contains("ended"));
    assert!(refused(data, &third).contains("over"));
}
