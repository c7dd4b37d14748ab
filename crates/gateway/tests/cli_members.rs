//! What an operator does with members and newsletters, by the commands of the binary.

use std::path::Path;
use std::process::Command;

/// Runs a command on the data in this directory: whether it succeeded, and what it wrote.
fn masthead(data: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_masthead"))
        .current_dir(data)
        .env_clear()
        .env("MASTHEAD_DATA_DIR", data)
        .args(arguments)
        .output()
        .expect("the command runs");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).expect("text").trim_end().to_owned())
}

fn done(data: &Path, arguments: &[&str]) -> String {
    let (is_success, text) = masthead(data, arguments);
    assert!(is_success, "{arguments:?}: {text}");
    text
}

fn refused(data: &Path, arguments: &[&str]) -> String {
    let (is_success, text) = masthead(data, arguments);
    assert!(!is_success, "{arguments:?}: {text}");
    text
}

#[test]
fn an_operator_adds_lists_and_erases_members() {
    let home = tempfile::tempdir().expect("a directory");
    let data = home.path();
    assert!(refused(data, &["newsletter", "add", "weekly", "--name", "x"]).contains("masthead migrate"));
    done(data, &["migrate"]);
    let newsletter = done(data, &["newsletter", "add", "weekly", "--name", "The Weekly"]);
    assert!(newsletter.starts_with("new_"), "{newsletter}");
    let again = done(data, &["newsletter", "add", "weekly", "--name", "The New Weekly"]);
    assert_eq!(again, newsletter, "the same one");

    let add = ["member", "add", "Reader@Paper.Example", "--name", "A. Reader", "--newsletter", "weekly"];
    let member = done(data, &add);
    assert!(member.starts_with("mem_"), "{member}");
    assert_eq!(done(data, &add), member, "the same one");
    assert!(refused(data, &["member", "add", "x@y.example", "--newsletter", "none"]).contains("none"));
    assert!(refused(data, &["member", "add", "x@y.example", "--tier", "none"]).contains("none"));
    assert!(refused(data, &["member", "add", "nobody"]).contains("e-mail"));

    let token = done(data, &["token", "mint", "--member", "reader@paper.example"]);
    assert_eq!(token.split('.').count(), 3, "{token}");
    assert!(refused(data, &["token", "mint", "--member", "x@y.example"]).contains("no member"));
    refused(data, &["token", "mint"]);
    refused(data, &["token", "mint", "--member", "reader@paper.example", "--as", "member"]);

    let list = ["newsletter", "recipients", "weekly", "--api-url", "https://api.paper.example/"];
    let recipients = done(data, &list);
    let recipient: serde_json::Value = serde_json::from_str(&recipients).expect("one line of JSON");
    assert_eq!(recipient["email"], "reader@paper.example");
    let unsubscribe = recipient["unsubscribe"].as_str().expect("text");
    assert!(unsubscribe.starts_with("<https://api.paper.example/v1/unsubscribe/"), "{unsubscribe}");

    done(data, &["member", "erase", "reader@paper.example"]);
    assert_eq!(done(data, &list), "");
    assert!(refused(data, &["member", "erase", "reader@paper.example"]).contains("no member"));
    assert!(refused(data, &add).contains("forgotten"), "nobody brings them back");
}
