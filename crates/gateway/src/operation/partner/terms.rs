//! A licence as it is asked for.

use crate::error::Problem;
use masthead_domain::clock::Timestamp;
use masthead_domain::viewer::{Extent, Licence};
use std::collections::BTreeSet;

/// A licence as it is asked for: names that have not been read yet. `None` for sections, tags and languages is all.
#[derive(Clone, Debug)]
pub struct LicenceTerms {
    /// Ids of sections, which cover what is below them too.
    pub sections: Option<Vec<String>>,
    /// Ids of tags.
    pub tags: Option<Vec<String>>,
    /// Languages (BCP 47).
    pub languages: Option<Vec<String>>,
    /// How much of each article.
    pub extent: Extent,
    /// Whether the source links come with it.
    pub source_links: bool,
    /// How many seconds after its publication an article is covered.
    pub delay_seconds: i64,
    /// From when on it is valid; from now on when nothing is said.
    pub valid_from: Option<Timestamp>,
    /// The first instant at which it is no longer valid; `None` for open.
    pub valid_until: Option<Timestamp>,
    /// How many requests for articles it covers a day (UTC); `None` for any number.
    pub daily_quota: Option<u32>,
    /// What must stand with every article.
    pub attribution: Option<String>,
}

impl LicenceTerms {
    /// The licence. What must hold of it is checked where it is granted.
    ///
    /// # Errors
    /// A problem that names the field that has another form.
    pub(super) fn licence(self, now: Timestamp) -> Result<Licence, Problem> {
        Ok(Licence {
            sections: set("licence.sections", self.sections)?,
            tags: set("licence.tags", self.tags)?,
            languages: set("licence.languages", self.languages)?,
            extent: self.extent,
            source_links: self.source_links,
            delay_seconds: self.delay_seconds,
            valid_from: self.valid_from.unwrap_or(now),
            valid_until: self.valid_until,
            daily_quota: self.daily_quota,
            attribution: self.attribution,
        })
    }
}

fn set<T: Ord + std::str::FromStr<Err: std::fmt::Display>>(
    field: &'static str,
    names: Option<Vec<String>>,
) -> Result<Option<BTreeSet<T>>, Problem> {
    let one = |(place, name): (usize, String)| {
        let field = format!("{field}[{place}]");
        name.parse().map_err(|error| Problem::invalid_parameter(&field, format!("{field}: {error}.")))
    };
    names.map(|names| names.into_iter().enumerate().map(one).collect()).transpose()
}
