//! Private feeds of members and saved filters of partners, in REST requests and answers.

use super::fields::{not_null, parsed};
use crate::error::Problem;
use crate::feed::private::place;
use crate::operation::member::MadeFeed;
use crate::operation::partner::filters::NewFilter;
use crate::site::Site;
use masthead_domain::article::Kind;
use masthead_domain::filter::SavedFilter;
use masthead_domain::member::PrivateFeed;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A private feed to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPrivateFeed)]
pub(in crate::rest) struct NewFeedDto {
    /// What the member calls it.
    #[schema(example = "The reader on my phone")]
    pub(in crate::rest) name: Option<String>,
}

/// A private feed, without its address.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PrivateFeed)]
pub(in crate::rest) struct FeedDto {
    #[schema(example = "fed_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    /// What the member calls it.
    name: Option<String>,
    /// The beginning of the secret in its address.
    #[schema(example = "mh_fd_Zx81Qa")]
    prefix: String,
    #[schema(format = DateTime)]
    created: String,
    /// When it was last read, to the hour.
    #[schema(format = DateTime)]
    last_used: Option<String>,
    /// When it was revoked.
    #[schema(format = DateTime)]
    revoked: Option<String>,
}

impl From<&PrivateFeed> for FeedDto {
    fn from(feed: &PrivateFeed) -> Self {
        Self {
            id: feed.id.to_string(),
            name: feed.name.clone(),
            prefix: feed.prefix.clone(),
            created: feed.created.to_string(),
            last_used: feed.used.map(|at| at.to_string()),
            revoked: feed.revoked.map(|at| at.to_string()),
        }
    }
}

/// A private feed that was just made. Its address is shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = MadePrivateFeed)]
pub(in crate::rest) struct MadeFeedDto {
    #[serde(flatten)]
    feed: FeedDto,
    /// The address of all articles as RSS. Every other feed below `/feeds` lies in its place too: `sections/world.atom`,
    /// `tags/ports.json`.
    #[schema(example = "https://paper.example/feeds/private/mh_fd_Zx81Qa…/articles.rss")]
    url: String,
}

/// The address that a feed reader is given first.
pub(crate) fn feed_url(made: &MadeFeed, site: &Site) -> String {
    site.api(&format!("{}/articles.rss", place(made.secret.expose_secret())))
}

impl MadeFeedDto {
    pub(in crate::rest) fn new(made: &MadeFeed, site: &Site) -> Self {
        Self { feed: FeedDto::from(&made.feed), url: feed_url(made, site) }
    }
}

/// A saved filter to be made. Every condition that is set must hold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = NewSavedFilter)]
pub(in crate::rest) struct NewFilterDto {
    #[schema(example = "Harbours in English")]
    name: String,
    /// `article` (the default) or `page`.
    #[serde(default, deserialize_with = "not_null")]
    kind: Option<String>,
    /// In this section or one below it: its slug or id.
    #[serde(default, deserialize_with = "not_null")]
    section: Option<String>,
    /// In the section itself, and in none of those below it.
    #[serde(default)]
    section_alone: bool,
    /// With this author in a byline: the slug or id.
    #[serde(default, deserialize_with = "not_null")]
    author: Option<String>,
    /// With this tag: its slug or id.
    #[serde(default, deserialize_with = "not_null")]
    tag: Option<String>,
    /// Citing this source: its id.
    #[serde(default, deserialize_with = "not_null")]
    source: Option<String>,
    /// In exactly this language (BCP 47).
    #[serde(default, deserialize_with = "not_null")]
    language: Option<String>,
}

impl NewFilterDto {
    pub(in crate::rest) fn filter(self) -> Result<NewFilter, Problem> {
        fn read<T: std::str::FromStr<Err: std::fmt::Display>>(
            field: &str,
            text: Option<&String>,
        ) -> Result<Option<T>, Problem> {
            text.map(|text| parsed(field, text)).transpose()
        }
        let kind = match self.kind.as_deref() {
            None | Some("article") => Kind::Article,
            Some("page") => Kind::Page,
            Some(_) => return Err(Problem::invalid_parameter("kind", "kind: is none of article, page.")),
        };
        Ok(NewFilter {
            kind,
            section: read("section", self.section.as_ref())?,
            section_alone: self.section_alone,
            author: read("author", self.author.as_ref())?,
            tag: read("tag", self.tag.as_ref())?,
            source: read("source", self.source.as_ref())?,
            language: read("language", self.language.as_ref())?,
            name: self.name,
        })
    }
}

/// A saved filter of a partner.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SavedFilter)]
pub(in crate::rest) struct FilterDto {
    #[schema(example = "fil_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    name: String,
    /// `article` or `page`.
    kind: &'static str,
    /// The section's id.
    section: Option<String>,
    /// Whether the sections below it are left out.
    section_alone: bool,
    /// The author's id.
    author: Option<String>,
    /// The tag's id.
    tag: Option<String>,
    /// The source's id.
    source: Option<String>,
    language: Option<String>,
    #[schema(format = DateTime)]
    created: String,
    /// Where the partner's key reads it as RSS; `atom`, `json` and `ninjs` at the end give the other formats.
    url: String,
}

/// Where a partner's key reads a filter as RSS.
pub(crate) fn filter_url(filter: &SavedFilter, site: &Site) -> String {
    site.api(&format!("/feeds/filters/{}.rss", filter.id))
}

impl FilterDto {
    pub(in crate::rest) fn new(filter: &SavedFilter, site: &Site) -> Self {
        let conditions = &filter.conditions;
        Self {
            id: filter.id.to_string(),
            name: filter.name.clone(),
            kind: conditions.kind.code(),
            section: conditions.section.map(|id| id.to_string()),
            section_alone: conditions.section_alone,
            author: conditions.author.map(|id| id.to_string()),
            tag: conditions.tag.map(|id| id.to_string()),
            source: conditions.source.map(|id| id.to_string()),
            language: conditions.language.as_ref().map(ToString::to_string),
            created: filter.created.to_string(),
            url: filter_url(filter, site),
        }
    }
}
