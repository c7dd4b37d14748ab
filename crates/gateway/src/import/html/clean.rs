//! Markup that stays markup: what of it may reach a reader.

use ammonia::{Builder, UrlRelative, UrlRelativeEvaluate};
use masthead_domain::href::Href;
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Elements that go with everything inside them; what they hold is no text.
const GONE: [&str; 13] = [
    "applet", "base", "embed", "frameset", "iframe", "math", "noscript", "object", "script", "style", "svg",
    "template", "textarea",
];

/// Ammonia's list of elements and attributes for text, without classes and ids, and with only the
/// addresses that [`Href`] takes.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| cleaner(on_our_site));

fn cleaner<'a>(relative: impl UrlRelativeEvaluate<'a>) -> Builder<'a> {
    let mut builder = Builder::default();
    builder
        .clean_content_tags(HashSet::from(GONE))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .url_relative(UrlRelative::Custom(Box::new(relative)));
    builder
}

fn on_our_site(address: &str) -> Option<Cow<'_, str>> {
    address.parse::<Href>().is_ok().then_some(Cow::Borrowed(address))
}

/// Takes out of markup whatever could act on the reader's machine: scripts, frames, event handlers,
/// drawings, forms, addresses of other schemes. `None` when nothing is left to see.
pub(crate) fn clean(html: &str) -> Option<String> {
    let cleaned = CLEANER.clean(html).to_string();
    let cleaned = cleaned.trim();
    let something = cleaned.contains("<img") || !text(cleaned).trim().is_empty();
    something.then(|| cleaned.to_owned())
}

/// Cleans markup once more, with addresses on the publication's own site written out by `absolute`.
pub(crate) fn clean_with(html: &str, absolute: impl Fn(&Href) -> String + Send + Sync) -> String {
    cleaner(WrittenOut(absolute)).clean(html).to_string()
}

struct WrittenOut<F>(F);

impl<'a, F: Fn(&Href) -> String + Send + Sync + 'a> UrlRelativeEvaluate<'a> for WrittenOut<F> {
    fn evaluate<'url>(&self, address: &'url str) -> Option<Cow<'url, str>> {
        address.parse().ok().map(|href| Cow::Owned((self.0)(&href)))
    }
}

/// The text between the tags, roughly: only to tell whether there is any.
fn text(html: &str) -> String {
    html.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_out() {
        let html = "<p><a href=\"/a\">a</a><a href=\"https://b.example/\">b</a><img src=\"/c.jpg\"></p>";
        let written = clean_with(html, |href| format!("https://paper.example{href}"));
        assert!(written.contains("href=\"https://paper.example/a\""), "{written}");
        assert!(written.contains("href=\"https://b.example/\""), "{written}");
        assert!(written.contains("src=\"https://paper.example/c.jpg\""), "{written}");
    }

    #[test]
    fn what_acts_is_gone_and_what_is_read_stays() {
        let table = "<table><tbody><tr><td onclick=\"x()\" style=\"color:red\">cell <a href=\"javascript:x()\">l</a></td></tr></tbody></table>";
        let cleaned = clean(&format!("{table}<script>alert(1)</script><svg><animate onbegin=x /></svg>"));
        assert_eq!(
            cleaned.expect("something"),
            "<table><tbody><tr><td>cell <a rel=\"noopener noreferrer\">l</a></td></tr></tbody></table>"
        );
        assert_eq!(clean("<svg><title>t</title></svg><script>x</script>"), None);
        assert_eq!(
            clean("<img src=\"//evil.example/x\" onerror=x alt=a>").expect("something"),
            "<img alt=\"a\">"
        );
    }
}
