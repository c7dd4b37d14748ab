//! What an operator is told of settings, databases and files that are wrong.

use super::{done, refused};

#[test]
fn the_settings_are_shown_and_what_serve_would_refuse_is_refused() {
    let home = tempfile::tempdir().expect("a directory");
    let data = home.path();
    assert!(done(data, &["config"]).contains("site.name = "));
    let shared = "postgres://desk:secret@127.0.0.1/paper";
    let told = refused(data, &["config", "--database-url", shared]);
    assert!(told.contains("site.name = ") && told.contains("tokens.signing_key"), "{told}");
    assert!(!told.contains("secret@"), "{told}");
    std::fs::write(data.join("masthead.toml"), "[log]\nfilter = \"loud=what\"\n").expect("written");
    assert!(refused(data, &["config"]).contains("log.filter"));
    assert_eq!(std::fs::read_dir(data).expect("read").count(), 1, "to look makes no file");
}

#[test]
fn a_database_without_a_publication_is_called_that() {
    let home = tempfile::tempdir().expect("a directory");
    let data = home.path();
    std::fs::write(data.join("blank.db"), "").expect("written");
    let url = format!("sqlite://{}", data.join("blank.db").display());
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["member", "export"]] {
        let told = refused(data, &[command, &["--database-url", &url]].concat());
        assert!(told.contains("there is no publication at sqlite://"), "{told}");
        assert!(told.contains("masthead migrate"), "{told}");
    }
    done(data, &["migrate", "--database-url", &url]);
    done(data, &["migrate", "--database-url", &url, "--down", "1"]);
    let told = refused(data, &["member", "export", "--database-url", &url]);
    assert!(told.contains("older than this program"), "{told}");
}

#[test]
fn a_file_that_is_wrong_is_named_with_its_fault() {
    let home = tempfile::tempdir().expect("a directory");
    let data = home.path();
    done(data, &["migrate"]);
    let file = data.join("policy.json");
    for (text, fault) in [
        ("{", "policy.json: This is not JSON: "),
        ("[]", "policy.json: This is not a JSON object."),
        (r#"{"rules": 1}"#, "policy.json: rules: "),
    ] {
        std::fs::write(&file, text).expect("written");
        let told = refused(data, &["policy", "set", "policy.json"]);
        assert!(told.contains(fault), "{told}");
    }
}
