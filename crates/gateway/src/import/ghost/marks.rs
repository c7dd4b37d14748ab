//! The marks that Ghost puts into its HTML: where the paywall stands, and which cards have a rule of their
//! own. Ghost itself finds them in the text and not among the elements, and so do we: what it cuts off is
//! what we lock.

use super::locks;
use crate::import::html::{GATED, PAYWALL};
use crate::import::notes::Notes;
use masthead_domain::paywall::Requirement;

/// A stretch of HTML between marks.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stretch<'h> {
    /// Markup, and the rules that lie on it, outermost first.
    Html(&'h str, Vec<Requirement>),
    Paywall,
}

/// Whether there is any mark in the text.
pub(super) fn any(text: &str) -> bool {
    text.contains(PAYWALL) || text.contains(GATED)
}

/// Cuts HTML at the marks. A rule whose end is missing lies on everything that follows.
pub(super) fn cut<'h>(html: &'h str, notes: &mut Notes) -> Vec<Stretch<'h>> {
    let mut stretches = Vec::new();
    let mut rules: Vec<Option<Requirement>> = Vec::new();
    let mut rest = html;
    loop {
        let next = [PAYWALL, GATED].iter().filter_map(|mark| Some((rest.find(mark)?, *mark))).min();
        let (until, mark) = next.unwrap_or((rest.len(), ""));
        if !rest[..until].trim().is_empty() {
            stretches.push(Stretch::Html(&rest[..until], rules.iter().flatten().cloned().collect()));
        }
        rest = &rest[until + mark.len()..];
        if mark.is_empty() {
            return stretches;
        }
        if mark == PAYWALL {
            stretches.push(Stretch::Paywall);
            continue;
        }
        let (rule, after) = rest.split_once("-->").unwrap_or((rest, ""));
        rest = after;
        if rule.trim_start().starts_with("end") {
            rules.pop();
        } else {
            rules.push(locks::of_mark(rule, notes));
        }
    }
}

/// Takes the marks out of a text in which they cannot be kept; the caller has seen to what they lock.
pub(super) fn strip(text: &str) -> String {
    text.replace(PAYWALL, "").replace(GATED, "<!--")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_at_the_marks() {
        let html = "<p>a</p><!--members-only--><!--kg-gated-block:begin nonMember:false memberSegment:\"\" -->b\
            <!--kg-gated-block:end-->c<!--kg-gated-block:begin what-->d";
        let staff = || vec![Requirement::staff()];
        let expected = [
            Stretch::Html("<p>a</p>", vec![]),
            Stretch::Paywall,
            Stretch::Html("b", staff()),
            Stretch::Html("c", vec![]),
            Stretch::Html("d", staff()),
        ];
        assert_eq!(cut(html, &mut Notes::default()), expected);
    }
}
