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

#[test]
fn a_key_that_opens_nothing_is_not_called_good() {
    let home = tempfile::tempdir().expect("a directory");
    let data = home.path();
    done(data, &["migrate"]);
    let licence = |fields: &str| {
        let rest = r#""sections": null, "tags": null, "languages": null, "extent": "teaser", "sourceLinks": false,
            "delaySeconds": 0, "dailyQuota": null, "attribution": null"#;
        format!("{{ {fields}, {rest} }}")
    };
    let partner = |name: &str, licence: Option<String>| {
        let id = match licence {
            None => done(data, &["partner", "add", "--name", name]),
            Some(licence) => {
                std::fs::write(data.join("licence.json"), licence).expect("written");
                done(data, &["partner", "add", "--name", name, "--licence", "licence.json"])
            }
        };
        let made = done(data, &["key", "add", "--name", name, "--partner", &id]);
        (id, made.lines().next().expect("an id").to_owned())
    };
    let always = licence(r#""validFrom": "2020-01-01T00:00:00Z", "validUntil": null"#);
    let over = licence(r#""validFrom": "2020-01-01T00:00:00Z", "validUntil": "2021-01-01T00:00:00Z""#);
    let early = licence(r#""validFrom": "9000-01-01T00:00:00Z", "validUntil": null"#);
    let (none, no_licence) = partner("None", None);
    let (_, good) = partner("Good", Some(always.clone()));
    let (shut, suspended) = partner("Shut", Some(always));
    let (_, ended) = partner("Over", Some(over));
    let (_, begins) = partner("Early", Some(early));
    done(data, &["partner", "suspend", &shut]);
    let second = done(data, &["key", "add", "--name", "None too", "--partner", &none]);
    let revoked = second.lines().next().expect("an id").to_owned();
    done(data, &["key", "revoke", &revoked]);
    let listed = done(data, &["key", "list"]);
    for (id, state) in [
        (&no_licence, "no licence"),
        (&good, "good      "),
        (&suspended, "suspended "),
        (&ended, "ended     "),
        (&begins, "early     "),
        (&revoked, "revoked   "),
    ] {
        assert!(listed.contains(&format!("{id}  {state}  ")), "{state}: {listed}");
    }
}
