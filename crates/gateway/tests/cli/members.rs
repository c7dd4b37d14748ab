//! What an operator does with members, newsletters and tokens.

use super::{done, refused};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

#[test]
fn an_operator_adds_lists_and_erases_members() {
    let home = tempfile::tempdir().expect("a directory");
    let data = home.path();
    for command in [
        &["newsletter", "add", "weekly", "--name", "x"][..],
        &["token", "mint", "--as", "subscriber"],
        &["policy", "show"],
        &["key", "add", "--role", "editor", "--name", "x"],
        &["partner", "list"],
    ] {
        let told = refused(data, command);
        assert!(told.contains("there is no publication at sqlite://"), "{told}");
    }
    assert_eq!(std::fs::read_dir(data).expect("read").count(), 0, "a slip makes no file");
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

    assert_eq!(done(data, &["member", "feeds", "reader@paper.example"]), "", "none yet");
    assert!(refused(data, &["member", "feeds", "x@y.example"]).contains("no member"));
    let absent = "fed_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b";
    refused(data, &["member", "feeds", "reader@paper.example", "--revoke", absent]);

    let token = done(data, &["token", "mint", "--member", "reader@paper.example"]);
    assert_eq!(token.split('.').count(), 3, "{token}");
    assert!(refused(data, &["token", "mint", "--member", "x@y.example"]).contains("no member"));
    refused(data, &["token", "mint"]);
    assert!(refused(data, &["token", "mint", "--as", "member", "--tier", "none"]).contains("no tier none"));
    assert_eq!(done(data, &["token", "mint", "--as", "member"]).split('.').count(), 3);
    done(data, &["tier", "add", "reader", "--name", "Reader"]);
    done(data, &["tier", "add", "patron", "--name", "Patron", "--grant", "reader"]);
    let token = done(data, &["token", "mint", "--as", "member", "--tier", "patron"]);
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).expect("claims")).expect("base64");
    let claims: serde_json::Value = serde_json::from_slice(&claims).expect("JSON");
    assert_eq!(claims["entitlements"], serde_json::json!(["member", "tier:patron", "tier:reader"]));
    let secret = data.join("secret");
    let secret = secret.to_str().expect("a path");
    assert!(done(data, &["token", "secret", secret]).ends_with("written"));
    assert!(refused(data, &["token", "secret", secret]).contains("there already"));
    refused(data, &["token", "mint", "--member", "reader@paper.example", "--as", "member"]);

    let list = ["newsletter", "recipients", "weekly", "--api-url", "https://api.paper.example/"];
    let recipients = done(data, &list);
    let recipient: serde_json::Value = serde_json::from_str(&recipients).expect("one line of JSON");
    assert_eq!(recipient["email"], "reader@paper.example");
    let unsubscribe = recipient["unsubscribe"].as_str().expect("text");
    assert!(unsubscribe.starts_with("https://api.paper.example/v1/unsubscribe/"), "{unsubscribe}");

    done(data, &["member", "erase", "reader@paper.example"]);
    assert_eq!(done(data, &list), "");
    assert!(refused(data, &["member", "erase", "reader@paper.example"]).contains("no member"));
    assert!(refused(data, &add).contains("forgotten"), "nobody brings them back");
}

#[test]
fn an_operator_takes_a_table_of_members_in_and_out() {
    let home = tempfile::tempdir().expect("a directory");
    let data = home.path();
    done(data, &["migrate"]);
    done(data, &["newsletter", "add", "weekly", "--name", "The Weekly"]);
    let file = data.join("members.csv");
    let path = file.to_str().expect("a path");
    let table = "email,name,subscribed_to_emails,created_at\n\
        reader@paper.example,'=A Reader,true,2026-01-02T00:00:00Z\nother@paper.example,,false,2026-01-01T00:00:00Z\n";
    std::fs::write(&file, table).expect("written");
    let dry = done(data, &["member", "import", path, "--dry-run"]);
    assert!(dry.contains("created            2") && dry.contains("nothing was written"), "{dry}");
    let header = "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers";
    assert_eq!(done(data, &["member", "export"]), header);
    done(data, &["member", "import", path]);
    let again = done(data, &["member", "import", path]);
    assert!(again.contains("unchanged          2"), "{again}");
    let exported = done(data, &["member", "export"]);
    let lines: Vec<_> = exported.lines().collect();
    assert_eq!(lines.len(), 3, "{exported}");
    assert!(
        lines[1].ends_with(",reader@paper.example,'=A Reader,,true,false,,2026-01-02T00:00:00Z,,,"),
        "{exported}"
    );

    std::fs::write(&file, "email,name\nthird@paper.example,\"x\n").expect("written");
    let broken = refused(data, &["member", "import", path]);
    assert!(broken.contains("line 2: character 21"), "{broken}");
    assert!(refused(data, &["member", "import", path, "--comp-tier", "none"]).contains("none"));
    assert!(done(data, &["member", "suspend", "reader@paper.example"]).starts_with("suspended: mem_"));
    assert!(done(data, &["member", "activate", "reader@paper.example"]).starts_with("active: mem_"));
    assert!(refused(data, &["member", "suspend", "nobody@paper.example"]).contains("no member"));
}
