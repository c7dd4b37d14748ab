//! What a list of articles is asked for.

use super::scalar::DateTime;
use super::words::{ArticleKind, ArticleOrder, ArticleStatus};
use crate::error::{Problem, quote};
use crate::operation::Filter;
use async_graphql::{ID, InputObject, MaybeUndefined};
use masthead_domain::clock::Timestamp;
use masthead_domain::selection::Span;
use std::fmt::Display;
use std::str::FromStr;

/// Every condition that is given must hold. A condition that is null is an error: it would widen the list
/// without being seen.
#[derive(Default, InputObject)]
pub(super) struct ArticleFilter {
    /// Articles, when nothing is said, or pages that stand on their own.
    kind: MaybeUndefined<ArticleKind>,
    /// In this section or one below it: its slug or id.
    section: MaybeUndefined<String>,
    /// With this author in a byline: the slug or id.
    author: MaybeUndefined<String>,
    /// With this tag: its slug or id.
    tag: MaybeUndefined<String>,
    /// Citing this source.
    source: MaybeUndefined<ID>,
    /// In exactly this language (BCP 47).
    language: MaybeUndefined<String>,
    /// Published at or after.
    published_since: MaybeUndefined<DateTime>,
    /// Published before.
    published_until: MaybeUndefined<DateTime>,
    /// Updated at or after.
    updated_since: MaybeUndefined<DateTime>,
    /// Updated before.
    updated_until: MaybeUndefined<DateTime>,
    /// In this state; for the publisher's staff only.
    status: MaybeUndefined<ArticleStatus>,
}

impl ArticleFilter {
    pub(super) fn into_filter(self, order: ArticleOrder) -> Result<Filter, Problem> {
        Ok(Filter {
            kind: given(self.kind, "filter.kind")?.map(Into::into).unwrap_or_default(),
            section: read(self.section, "filter.section")?,
            section_alone: false,
            author: read(self.author, "filter.author")?,
            tag: read(self.tag, "filter.tag")?,
            source: read(self.source, "filter.source")?,
            language: read(self.language, "filter.language")?,
            published: Span {
                since: instant(self.published_since, "filter.publishedSince")?,
                until: instant(self.published_until, "filter.publishedUntil")?,
            },
            updated: Span {
                since: instant(self.updated_since, "filter.updatedSince")?,
                until: instant(self.updated_until, "filter.updatedUntil")?,
            },
            order: order.into(),
            status: given(self.status, "filter.status")?.map(Into::into),
        })
    }
}

fn instant(value: MaybeUndefined<DateTime>, name: &'static str) -> Result<Option<Timestamp>, Problem> {
    Ok(given(value, name)?.map(|at| at.0))
}

/// What may be left out and is not null.
pub(super) fn given<T>(value: MaybeUndefined<T>, name: &'static str) -> Result<Option<T>, Problem> {
    match value {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => Err(is_null(name)),
        MaybeUndefined::Value(value) => Ok(Some(value)),
    }
}

fn is_null(name: &'static str) -> Problem {
    Problem::invalid_parameter(name, format!("{name} is null; leave it out instead."))
}

/// What may be left out, is not null, and has a form.
pub(super) fn read<T, S>(value: MaybeUndefined<S>, name: &'static str) -> Result<Option<T>, Problem>
where
    T: FromStr<Err: Display>,
    S: AsRef<str>,
{
    let parse = |text: S| {
        let text = text.as_ref();
        text.parse().map_err(|error: T::Err| {
            Problem::invalid_parameter(name, format!("{name}: {} is {error}.", quote(text)))
        })
    };
    given(value, name)?.map(parse).transpose()
}
