//! Nothing behind a gate of the demo is shown to whoever may not read it.

use super::{article, demo, reader, staff, view};
use crate::demo::Files;
use masthead_domain::paywall::Reason;
use masthead_domain::viewer::Viewer;

/// The pieces of text between the gate tags of an article, cut wherever Markdown or a sentence ends, and
/// long enough to stand nowhere by chance.
fn gated(markdown: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut pieces = Vec::new();
    for line in markdown.lines() {
        if line.starts_with("<masthead-gate") {
            depth += 1;
        } else if line.starts_with("</masthead-gate") {
            depth -= 1;
        } else if depth > 0 && !line.starts_with('<') {
            let ends = |c: char| "*[]()|#<>`_&\".!?:".contains(c);
            let texts = line
                .trim_start_matches("- ")
                .split(ends)
                .map(str::trim)
                .filter(|piece| piece.chars().count() >= 20);
            pieces.extend(texts.map(str::to_owned));
        }
    }
    assert_eq!(depth, 0);
    pieces
}

#[test]
fn an_anonymous_reader_sees_no_gated_sentence_and_staff_see_each() {
    let content = demo();
    let files = Files::embedded().expect("text");
    let mut articles_with_gates = 0;
    for (_, name, text) in files.articles() {
        let article = article(&content, name);
        let shown = format!("{:?}", view(&content, article, &Viewer::Anonymous));
        let whole = format!("{:?}", view(&content, article, &staff()));
        let pieces = gated(text);
        articles_with_gates += usize::from(!pieces.is_empty());
        for piece in pieces {
            assert!(!shown.contains(&piece), "{name} shows: {piece}");
            assert!(whole.contains(&piece), "{name} has lost: {piece}");
        }
    }
    assert!(articles_with_gates >= 10, "{articles_with_gates}");
}

/// The locks of an article and why each is open or shut.
fn locks(slug: &str, viewer: &Viewer) -> Vec<(String, Reason)> {
    let content = demo();
    let view = view(&content, article(&content, slug), viewer);
    view.locks.iter().map(|lock| (lock.id.clone(), lock.access.reason())).collect()
}

#[test]
fn the_newsletter_a_tier_and_a_better_tier_open_different_gates() {
    let shut = Reason::NotEntitled;
    let open = Reason::Entitled;
    let reasons = |slug: &str, viewer: &Viewer| -> Vec<Reason> {
        locks(slug, viewer).into_iter().map(|(_, reason)| reason).collect()
    };
    let subscriber = reader(&["subscriber"]);
    let member = reader(&["tier:reader"]);
    let patron = reader(&["tier:patron"]);
    // A gate for subscribers, one for members, and the source links for either.
    assert_eq!(reasons("who-mends-the-cable", &subscriber), [open, shut, open]);
    assert_eq!(reasons("who-mends-the-cable", &member), [shut, open, open]);
    // A gate for members, one for patrons.
    assert_eq!(reasons("tungsten-and-the-price-of-knowing", &member), [open, shut, open]);
    assert_eq!(reasons("tungsten-and-the-price-of-knowing", &patron), [open, open, open]);
    // The whole article.
    assert_eq!(reasons("certificates-of-somewhere", &subscriber), [shut, shut]);
    assert_eq!(reasons("certificates-of-somewhere", &member), [open, open]);
    // No gate, and links for everybody.
    assert_eq!(reasons("how-to-read-an-annex", &Viewer::Anonymous), [Reason::Public]);
}

#[test]
fn a_gate_inside_a_shut_gate_cannot_be_seen() {
    let slug = "nine-centimetres-on-the-danube";
    assert_eq!(locks(slug, &Viewer::Anonymous).len(), 2, "the outer gate, the source links");
    assert_eq!(locks(slug, &reader(&["tier:reader"])).len(), 3, "the inner gate too");
}
