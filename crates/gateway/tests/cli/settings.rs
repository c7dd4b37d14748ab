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
fn all_that_is_wrong_with_the_settings_is_told_at_once() {
    let home = tempfile::tempdir().expect("a directory");
    let data = home.path();
    std::fs::write(data.join("none.pem"), "no key").expect("written");
    let wrong = r#"
        [log]
        filter = "loud=what"
        [tokens]
        verifying_keys = ["none.pem", "nowhere.pem"]
        [mail]
        templates = "letters"
        [payments.stripe]
        api_key = "sk_test_x"
        signing_secrets = ["whsec_x"]
        timeout_seconds = 31
        [graphql]
        timeout_seconds = 31
    "#;
    std::fs::write(data.join("masthead.toml"), wrong).expect("written");
    let told = refused(data, &["config"]);
    let faults: Vec<_> = told.lines().filter(|line| line.starts_with("masthead: ")).collect();
    for part in [
        "log.filter",
        "none.pem holds no ",
        "nowhere.pem cannot be used",
        "mail.templates: letters is no directory",
        "payments.stripe.timeout_seconds: must be 1 to 30",
        "graphql.timeout_seconds: must be 1 to 30",
    ] {
        assert!(faults.iter().any(|fault| fault.contains(part)), "{part}: {told}");
    }
    assert_eq!(faults.len(), 6, "{told}");
    std::fs::remove_file(data.join("masthead.toml")).expect("removed");
    let told = refused(data, &["config", "--data-dir", "none.pem"]);
    assert!(told.contains("data_dir: none.pem is no directory"), "{told}");
    let told = refused(data, &["serve", "--listen", "127.0.0.1:0", "--data-dir", "none.pem"]);
    assert!(told.contains("none.pem: "), "{told}");
}

#[test]
fn a_price_is_for_a_tier_that_is_there() {
    let home = tempfile::tempdir().expect("a directory");
    let data = home.path();
    let settings = r#"
        [payments.stripe]
        api_key = "sk_test_x"
        signing_secrets = ["whsec_x"]
        prices = { price_1 = "patron.month", price_2 = "partner.month", price_3 = "parton.year" }
    "#;
    std::fs::write(data.join("masthead.toml"), settings).expect("written");
    done(data, &["config"]);
    assert!(!data.join("masthead.db").exists(), "to look makes no database");
    done(data, &["migrate"]);
    done(data, &["tier", "add", "patron", "--name", "Patron"]);
    let told = refused(data, &["config"]);
    assert!(!told.contains("no tier patron"), "{told}");
    for (price, tier) in [("price_2", "partner"), ("price_3", "parton")] {
        assert!(told.contains(&format!("payments.stripe.prices.{price}: there is no tier {tier}")), "{told}");
        done(data, &["tier", "add", tier, "--name", tier]);
    }
    done(data, &["config"]);
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
