//! What a person should know after an import: what was changed on the way, and what was left out.

use std::collections::BTreeMap;
use std::fmt::Display;

/// How many examples are kept of each note.
pub const EXAMPLES: usize = 3;

/// How many different notes are kept; a file can name any number of unknown things.
const MAX_NOTES: usize = 200;
const MAX_EXAMPLE: usize = 120;
const FURTHER: &str = "further notes of other kinds";

/// Counted notes, each with its first examples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    changed: BTreeMap<String, Noted>,
    left_out: BTreeMap<String, Noted>,
    record: String,
}

/// How often something was noted, and where first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Noted {
    /// How often.
    pub count: u64,
    /// The first records, at most [`EXAMPLES`].
    pub examples: Vec<String>,
}

impl Notes {
    /// Names the record that the following notes are about.
    pub fn at(&mut self, record: impl Display) {
        self.record = record.to_string();
    }

    /// Notes that something came in differently from how it stood in the source.
    pub fn changed(&mut self, what: &str) {
        note(&mut self.changed, what, &self.record, "");
    }

    /// Like [`Self::changed`], with a word on the case at hand.
    pub fn changed_with(&mut self, what: &str, detail: impl Display) {
        note(&mut self.changed, what, &self.record, &detail.to_string());
    }

    /// Notes that something did not come in.
    pub fn left_out(&mut self, what: &str) {
        note(&mut self.left_out, what, &self.record, "");
    }

    /// Like [`Self::left_out`], with a word on the case at hand.
    pub fn left_out_with(&mut self, what: &str, detail: impl Display) {
        note(&mut self.left_out, what, &self.record, &detail.to_string());
    }

    /// Like [`Self::left_out`], for many at once and without an example.
    pub fn left_out_many(&mut self, what: &str, count: u64) {
        if count > 0 {
            slot(&mut self.left_out, what).count += count;
        }
    }

    /// What came in differently.
    #[must_use]
    pub const fn all_changed(&self) -> &BTreeMap<String, Noted> {
        &self.changed
    }

    /// What did not come in.
    #[must_use]
    pub const fn all_left_out(&self) -> &BTreeMap<String, Noted> {
        &self.left_out
    }

    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.left_out.is_empty()
    }

    /// Adds notes that were taken after these.
    pub fn append(&mut self, later: Self) {
        merge(&mut self.changed, later.changed);
        merge(&mut self.left_out, later.left_out);
    }
}

fn slot<'a>(notes: &'a mut BTreeMap<String, Noted>, what: &str) -> &'a mut Noted {
    let what = if notes.len() >= MAX_NOTES && !notes.contains_key(what) { FURTHER } else { what };
    notes.entry(printable(what)).or_default()
}

fn note(notes: &mut BTreeMap<String, Noted>, what: &str, record: &str, detail: &str) {
    let noted = slot(notes, what);
    noted.count += 1;
    if noted.examples.len() < EXAMPLES {
        let example = match (record, detail) {
            ("", detail) => printable(detail),
            (record, "") => printable(record),
            (record, detail) => printable(&format!("{record}: {detail}")),
        };
        if !example.is_empty() && !noted.examples.contains(&example) {
            noted.examples.push(example);
        }
    }
}

fn merge(into: &mut BTreeMap<String, Noted>, from: BTreeMap<String, Noted>) {
    for (what, later) in from {
        let noted = slot(into, &what);
        noted.count += later.count;
        for example in later.examples {
            if noted.examples.len() < EXAMPLES && !noted.examples.contains(&example) {
                noted.examples.push(example);
            }
        }
    }
}

/// A text that a terminal can show: without control characters, and not long.
fn printable(text: &str) -> String {
    let mut shown: String = text.chars().filter(|c| !c.is_control()).take(MAX_EXAMPLE).collect();
    if text.chars().nth(MAX_EXAMPLE).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_keeps_the_first_examples() {
        let mut notes = Notes::default();
        for number in 0..5 {
            notes.at(format_args!("post-{number}"));
            notes.left_out_with("card", "a\u{1b}[31m");
        }
        let noted = &notes.all_left_out()["card"];
        assert_eq!(noted.count, 5);
        assert_eq!(noted.examples, ["post-0: a[31m", "post-1: a[31m", "post-2: a[31m"]);
    }

    #[test]
    fn the_number_of_different_notes_is_bounded() {
        let mut notes = Notes::default();
        for number in 0..1_000 {
            notes.changed(&format!("kind {number}"));
        }
        assert_eq!(notes.all_changed().len(), MAX_NOTES + 1);
        assert_eq!(notes.all_changed()[FURTHER].count, 800);
    }
}
