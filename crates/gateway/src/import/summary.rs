//! What an import has done, to read at its end.

use super::notes::{Noted, Notes};
use masthead_persistence::Tally;
use std::collections::BTreeMap;
use std::fmt;

/// What became of the records of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// How many the source holds that come in.
    pub found: u64,
    /// How many are new.
    pub created: u64,
    /// How many are different now.
    pub updated: u64,
    /// How many were there already, just like this.
    pub unchanged: u64,
    /// For how many something else is there already under the slug: that is taken for them, and stays as it is.
    pub adopted: u64,
}

impl Counted {
    /// Records that have been found and not been written yet, and some that need not be.
    #[must_use]
    pub const fn found(records: usize, adopted: u64) -> Self {
        Self { found: records as u64 + adopted, created: 0, updated: 0, unchanged: 0, adopted }
    }

    pub(super) const fn add(&mut self, tally: Tally) {
        self.created += tally.created;
        self.updated += tally.updated;
        self.unchanged += tally.unchanged;
    }
}

/// What an import has done. Written out, it is a table with what was changed and left out below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// Whether anything was to be written; a dry run writes nothing.
    pub is_written: bool,
    /// Tiers.
    pub tiers: Counted,
    /// Sections.
    pub sections: Counted,
    /// Authors.
    pub authors: Counted,
    /// Tags.
    pub tags: Counted,
    /// Articles and pages.
    pub articles: Counted,
    /// What was changed on the way, and what was left out.
    pub notes: Notes,
}

impl fmt::Display for ImportSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = [
            ("tiers", self.tiers),
            ("sections", self.sections),
            ("authors", self.authors),
            ("tags", self.tags),
            ("articles, pages", self.articles),
        ];
        if self.is_written {
            let heads = ["found", "created", "updated", "unchanged", "adopted"];
            write_row(f, "", &heads)?;
            for (name, count) in kinds {
                let Counted { found, created, updated, unchanged, adopted } = count;
                write_row(f, name, &[found, created, updated, unchanged, adopted])?;
            }
        } else {
            write_row(f, "", &["found", "adopted"])?;
            kinds.iter().try_for_each(|(name, count)| write_row(f, name, &[count.found, count.adopted]))?;
        }
        write_notes(f, "Changed on the way", self.notes.all_changed())?;
        write_notes(f, "Left out", self.notes.all_left_out())?;
        if !self.is_written {
            writeln!(f, "\nA dry run: nothing was written.")?;
        }
        Ok(())
    }
}

fn write_row(f: &mut fmt::Formatter<'_>, name: &str, cells: &[impl fmt::Display]) -> fmt::Result {
    write!(f, "{name:<15}")?;
    cells.iter().try_for_each(|cell| write!(f, " {cell:>9}"))?;
    writeln!(f)
}

/// Writes a table of notes under a title; nothing when there are none.
pub(crate) fn write_notes(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    notes: &BTreeMap<String, Noted>,
) -> fmt::Result {
    if notes.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{title}")?;
    for (what, noted) in notes {
        writeln!(f, "{:>8}  {what}", noted.count)?;
        if !noted.examples.is_empty() {
            let more = if noted.count > noted.examples.len() as u64 { ", …" } else { "" };
            writeln!(f, "          in {}{more}", noted.examples.join(", "))?;
        }
    }
    Ok(())
}
