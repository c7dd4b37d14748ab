//! What an operator asks about partners.

use super::{done, refused};

#[test]
fn an_operator_tries_a_licence_and_lists_what_was_delivered() {
    let home = tempfile::tempdir().expect("a directory");
    let data = home.path();
    done(data, &["migrate"]);
    let partner = done(data, &["partner", "add", "--name", "The Agency"]);
    assert_eq!(done(data, &["partner", "deliveries", &partner]), "");
    let other = "par_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b";
    refused(data, &["partner", "deliveries", other]);
    let file = data.join("licence.json");
    let file_name = file.to_str().expect("a text");
    let licence = r#"{ "sections": null, "tags": null, "languages": ["en"], "extent": "teaser", "sourceLinks": false }"#;
    std::fs::write(&file, licence).expect("written");
    assert_eq!(done(data, &["partner", "preview", file_name]), "0 articles in seven days");
    let told = done(data, &["partner", "preview", file_name, "--partner", &partner]);
    assert_eq!(told, "0 articles in seven days\n0 more than now, and 0 fewer");
    refused(data, &["partner", "preview", file_name, "--partner", other]);
    let feed = done(data, &["partner", "preview", file_name, "--feed", "atom"]);
    assert!(feed.starts_with("<?xml") && feed.ends_with("</feed>"), "{feed}");
    let formats = refused(data, &["partner", "preview", file_name, "--feed", "xml"]);
    assert!(formats.contains("rss, atom, json, ninjs"), "{formats}");
    std::fs::write(&file, "{ \"sections\": null }").expect("written");
    assert!(refused(data, &["partner", "preview", file_name]).contains("licence.json"));
}
