//! What is said beside a text in a feed: how it was made, what was corrected, what it rests on, and whose it is.

use super::item::{Cited, Item};
use crate::render::{body_html_apart, picture_note, text_note};
use crate::site::Site;
use maud::{Markup, html};

/// The text of an item with everything that must be said beside it.
pub(super) fn content(item: &Item<'_>, site: &Site) -> String {
    let page = html! {
        (disclosure(item))
        (body_html_apart(&item.view.body, site, &item.url()))
        (corrections(item))
        (sources(item))
        (attribution(item))
    };
    page.into_string()
}

/// How an article was made, in sentences for readers.
pub(super) fn disclosures(item: &Item<'_>) -> Vec<String> {
    let mut said = Vec::new();
    said.extend(item.text_source().and_then(text_note).map(str::to_owned));
    said.extend(item.view.provenance.statement.clone());
    for persona in item.personas() {
        // The words of the publication say what must be said, or we do.
        let is_said = persona.disclosure.contains(persona.name) && persona.disclosure.contains("AI persona");
        if !is_said {
            said.push(format!("{} is an AI persona.", persona.name));
        }
        said.push(persona.disclosure.to_owned());
        let unnamed = persona.editor.filter(|name| !persona.disclosure.contains(name));
        said.extend(unnamed.map(|name| format!("{name} answers for it.")));
    }
    said.extend(item.view.provenance.responsible_editor.and(item.responsible_editor()).map(responsible));
    said
}

fn responsible(name: &str) -> String {
    format!("Responsible editor: {name}.")
}

fn disclosure(item: &Item<'_>) -> Markup {
    let mut said = item.disclosures();
    // The picture above the text is not in it.
    let picture = item.view.hero.as_ref().and_then(|image| image.digital_source_type).and_then(picture_note);
    said.extend(picture.map(|note| format!("Above the text: {note}")));
    html! { @if !said.is_empty() { p class="disclosure" { em { (said.join(" ")) } } } }
}

fn corrections(item: &Item<'_>) -> Markup {
    html! {
        @if !item.corrections().is_empty() {
            section class="corrections" {
                h2 { "Corrections" }
                @for correction in item.corrections() {
                    p { time datetime=(correction.at) { (correction.at.to_utc().date()) } ": " (correction.text) }
                }
            }
        }
    }
}

fn sources(item: &Item<'_>) -> Markup {
    let mut cited = item.sources().peekable();
    html! {
        @if cited.peek().is_some() {
            section class="sources" {
                h2 { "Sources" }
                ul { @for one in cited { li { (source(&one)) } } }
            }
        }
    }
}

fn source(cited: &Cited<'_>) -> Markup {
    let source = cited.source;
    html! {
        (source.publisher) ": "
        @match &cited.link {
            Some(link) => a href=(link) { (source.title) },
            None => (source.title),
        }
        @if let Some(date) = &source.date { ", " (date) }
        @if let Some(note) = cited.note { " (" (note) ")" }
    }
}

/// What a licence asks to stand with the article, with the way to it.
fn attribution(item: &Item<'_>) -> Markup {
    html! {
        @if let Some(words) = &item.view.attribution {
            p class="attribution" { (words) " " a href=(item.canonical()) { (item.view.title) } }
        }
    }
}
