//! A fault in a file is refused with its place.

use crate::demo::{Files, read};

const PUBLICATION: &str = r#"key = "test"
name = "A Test"
founded = 2026-01-01T00:00:00Z

[[sections]]
slug = "news"
name = "News"

[[tags]]
slug = "rivers"
name = "Rivers"

[[tiers]]
slug = "reader"
name = "Reader"
currency = "EUR"
monthly = 500

[[authors]]
slug = "ada"
name = "Ada"
kind = "human"

[[authors]]
slug = "echo"
name = "Echo"
kind = "persona"
disclosure = "Echo is software."
responsible_editor = "ada"

[[sources]]
slug = "gauge"
title = "Gauge"
publisher = "Office"
kind = "dataset"
language = "en"
date = "2026-02"
"#;

const ARTICLE: &str = r#"+++
slug = "first"
title = "First"
stage = "published"
section = "news"
tags = ["rivers"]
language = "en"
published = 2026-02-01T06:00:00Z
updated = 2026-02-01T06:00:00Z
sources_requires = ["subscriber", "tier:reader"]
bylines = [{ author = "echo", role = "author" }]

[provenance]
responsible_editor = "ada"

[[citations]]
source = "gauge"
+++
Free, with a link to [this very article](article:first).

<masthead-gate requires="tier:reader">

Locked.

</masthead-gate>
"#;

/// The error after one replacement in the publication or the article, or an empty text.
fn fault(from: &str, to: &str) -> String {
    let publication = PUBLICATION.replacen(from, to, 1);
    let article = ARTICLE.replacen(from, to, 1);
    assert!(from.is_empty() || publication != PUBLICATION || article != ARTICLE, "{from} is in neither");
    let files = [("publication.toml", publication), ("articles/first.md", article)];
    let files: Files = files.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
    read(&files).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn the_files_are_right_to_begin_with() {
    assert_eq!(fault("", ""), "");
}

#[test]
fn an_unknown_key_is_refused_with_file_and_line() {
    let error = fault("title = \"First\"", "titel = \"First\"");
    assert!(error.starts_with("articles/first.md:3: unknown field `titel`"), "{error}");
    let error = fault("responsible_editor = \"ada\"\n\n[[cit", "answers = \"ada\"\n\n[[cit");
    assert!(error.starts_with("articles/first.md:14: unknown field `answers`"), "{error}");
    let error = fault("monthly = 500", "montly = 500");
    assert!(error.starts_with("publication.toml:17: unknown field `montly`"), "{error}");
}

#[test]
fn a_value_of_the_wrong_form_is_refused_with_file_and_line() {
    for (from, to, expected) in [
        ("slug = \"first\"", "slug = \"First!\"", "articles/first.md:2: not a slug"),
        ("stage = \"published\"", "stage = \"ready\"", "articles/first.md:4: unknown variant `ready`"),
        (
            "published = 2026-02-01T06:00:00Z",
            "published = 2026-02-01",
            "articles/first.md:8: not an RFC 3339",
        ),
        ("language = \"en\"\npub", "language = \"de_DE\"\npub", "articles/first.md:7: not a language tag"),
        ("title = \"First\"", "title = First", "articles/first.md:3: "),
        ("kind = \"human\"", "kind = \"robot\"", "publication.toml:22: unknown variant `robot`"),
    ] {
        let error = fault(from, to);
        assert!(error.starts_with(expected), "{error}");
    }
    let error = fault("+++\nslug", "slug");
    assert!(error.starts_with("articles/first.md:1: must begin with front matter"), "{error}");
}

#[test]
fn a_name_that_stands_for_nothing_is_refused_with_file_and_key() {
    for (from, to, expected) in [
        ("section = \"news\"", "section = \"olds\"", "section: there is no section `olds`"),
        ("tags = [\"rivers\"]", "tags = [\"seas\"]", "tags[0]: there is no tag `seas`"),
        ("author = \"echo\"", "author = \"bob\"", "bylines[0].author: there is no author `bob`"),
        ("source = \"gauge\"", "source = \"guess\"", "citations[0].source: there is no source `guess`"),
        ("\"subscriber\", ", "\"subscribe\", ", "sources_requires[0]: there is no entitlement `subscribe`"),
        ("\"tier:reader\"]", "\"tier:gold\"]", "sources_requires[1]: there is no tier `gold`"),
        (
            "requires=\"tier:reader\"",
            "requires=\"tier:gold\"",
            "body: masthead-gate: there is no tier `gold`",
        ),
        ("article:first", "article:second", "body: link: there is no article `second`"),
        (
            "responsible_editor = \"ada\"\n\n[[cit",
            "responsible_editor = \"echo\"\n\n[[cit",
            "provenance.responsible_editor: `echo` is not a person",
        ),
    ] {
        assert_eq!(fault(from, to), format!("articles/first.md: {expected}"));
    }
}

#[test]
fn what_cannot_be_is_refused() {
    for (from, to, expected) in [
        (
            "disclosure = \"Echo is software.\"\n",
            "",
            "publication.toml: authors[1].disclosure: a persona needs one",
        ),
        (
            "kind = \"persona\"",
            "kind = \"organisation\"",
            "publication.toml: authors[1].disclosure: only a persona",
        ),
        (
            "slug = \"echo\"",
            "slug = \"ada\"",
            "publication.toml: authors[1].slug: the author `ada` is there already",
        ),
        (
            "currency = \"EUR\"",
            "currency = \"euro\"",
            "publication.toml: tiers[0].currency: not the code of a currency",
        ),
        ("date = \"2026-02\"", "date = \"2026-13\"", "publication.toml: sources[0].date: not a date"),
        (
            "name = \"News\"",
            "name = \"News\"\nparent = \"news\"",
            "publication.toml: sections[0].parent: there is no",
        ),
        (
            "slug = \"first\"",
            "slug = \"other\"",
            "articles/first.md: slug: is `other`, but the file is called `first`",
        ),
        (
            "updated = 2026-02-01",
            "updated = 2026-01-01",
            "articles/first.md: updated: lies before the publication",
        ),
        ("requires=\"tier:reader\"", "", "articles/first.md: masthead-gate: `requires` is missing"),
        ("\n\n</masthead-gate>", "", "articles/first.md: masthead-gate: opened 1 times and closed 0"),
        ("(article:first)", "(javascript:alert)", "articles/first.md: body: would be left out: link"),
    ] {
        let error = fault(from, to);
        assert!(error.starts_with(expected), "{error}\nexpected: {expected}");
    }
}

#[test]
fn a_publication_needs_its_file() {
    let error = read(&Files::default()).expect_err("nothing there");
    assert_eq!(error.to_string(), "publication.toml: the publication has no such file");
}
