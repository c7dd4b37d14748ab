//! Private feeds of members, and saved filters of partners.

use super::filter::{given, read};
use super::scalar::DateTime;
use super::words::ArticleKind;
use crate::error::Problem;
use crate::graphql::session::Session;
use crate::operation::membership::feeds;
use crate::operation::partner::filters::{self, NewFilter};
use crate::rest::{feed_url, filter_url};
use crate::site::Site;
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use masthead_domain::filter::SavedFilter as Saved;
use masthead_domain::member;

/// A private feed of a member, without its address.
#[derive(SimpleObject)]
pub(super) struct PrivateFeed {
    id: ID,
    /// What the member calls it.
    name: Option<String>,
    /// The beginning of the secret in its address.
    prefix: String,
    created: DateTime,
    /// When it was last read, to the hour.
    last_used: Option<DateTime>,
    revoked: Option<DateTime>,
}

impl From<&member::PrivateFeed> for PrivateFeed {
    fn from(feed: &member::PrivateFeed) -> Self {
        Self {
            id: feed.id.to_string().into(),
            name: feed.name.clone(),
            prefix: feed.prefix.clone(),
            created: DateTime(feed.created),
            last_used: feed.used.map(DateTime),
            revoked: feed.revoked.map(DateTime),
        }
    }
}

/// A private feed that was just made.
#[derive(SimpleObject)]
struct NewPrivateFeed {
    feed: PrivateFeed,
    /// The address of all articles as RSS. It is shown this once.
    url: String,
}

/// A saved filter of a partner.
#[derive(SimpleObject)]
pub(super) struct SavedFilter {
    id: ID,
    name: String,
    kind: ArticleKind,
    /// The section's id.
    section: Option<ID>,
    /// Whether the sections below it are left out.
    section_alone: bool,
    /// The author's id.
    author: Option<ID>,
    /// The tag's id.
    tag: Option<ID>,
    /// The source's id.
    source: Option<ID>,
    language: Option<String>,
    created: DateTime,
    /// Where the partner's key reads it as RSS.
    url: String,
}

impl SavedFilter {
    pub(super) fn new(filter: &Saved, site: &Site) -> Self {
        let conditions = &filter.conditions;
        Self {
            id: filter.id.to_string().into(),
            name: filter.name.clone(),
            kind: conditions.kind.into(),
            section: conditions.section.map(|id| id.to_string().into()),
            section_alone: conditions.section_alone,
            author: conditions.author.map(|id| id.to_string().into()),
            tag: conditions.tag.map(|id| id.to_string().into()),
            source: conditions.source.map(|id| id.to_string().into()),
            language: conditions.language.as_ref().map(ToString::to_string),
            created: DateTime(filter.created),
            url: filter_url(filter, site),
        }
    }
}

/// A saved filter to be made. Every condition that is given must hold; one that is null is an error.
#[derive(InputObject)]
struct NewSavedFilter {
    name: String,
    /// Articles, when nothing is said, or pages that stand on their own.
    kind: MaybeUndefined<ArticleKind>,
    /// In this section or one below it: its slug or id.
    section: MaybeUndefined<String>,
    /// In the section itself, and in none of those below it.
    #[graphql(default)]
    section_alone: bool,
    /// With this author in a byline: the slug or id.
    author: MaybeUndefined<String>,
    /// With this tag: its slug or id.
    tag: MaybeUndefined<String>,
    /// Citing this source.
    source: MaybeUndefined<ID>,
    /// In exactly this language (BCP 47).
    language: MaybeUndefined<String>,
}

impl NewSavedFilter {
    fn filter(self) -> Result<NewFilter, Problem> {
        Ok(NewFilter {
            name: self.name,
            kind: given(self.kind, "filter.kind")?.map(Into::into).unwrap_or_default(),
            section: read(self.section, "filter.section")?,
            section_alone: self.section_alone,
            author: read(self.author, "filter.author")?,
            tag: read(self.tag, "filter.tag")?,
            source: read(self.source, "filter.source")?,
            language: read(self.language, "filter.language")?,
        })
    }
}

/// What is done with feeds of one's own.
#[derive(Default)]
pub(super) struct FeedMutation;

#[Object]
impl FeedMutation {
    /// Makes a private feed of the member's and shows its address this once. A member has ten at most.
    async fn create_private_feed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the member calls it.")] name: Option<String>,
    ) -> Result<Option<NewPrivateFeed>, Problem> {
        let session = Session::of(ctx);
        let made = session.accounts().make_feed(&session.caller, name).await?;
        Ok(Some(NewPrivateFeed { feed: (&made.feed).into(), url: feed_url(&made, session.site()) }))
    }

    /// Revokes a private feed of the member's own. Its address leads nowhere within a second.
    async fn revoke_private_feed(&self, ctx: &Context<'_>, feed: ID) -> Result<Option<bool>, Problem> {
        let session = Session::of(ctx);
        let id = feed.parse().map_err(|_| Problem::not_found())?;
        session.accounts().revoke_feed(&session.caller, id).await?;
        Ok(Some(true))
    }

    /// Revokes a private feed of a member. For publishers. Its address leads nowhere within a second.
    async fn revoke_member_feed(
        &self,
        ctx: &Context<'_>,
        member: ID,
        feed: ID,
    ) -> Result<Option<bool>, Problem> {
        let member = member.parse().map_err(|_| Problem::not_found())?;
        let feed = feed.parse().map_err(|_| Problem::not_found())?;
        feeds::revoke(&Session::of(ctx).acting(), member, feed).await?;
        Ok(Some(true))
    }

    /// Saves a filter for a partner, who reads what it lets through as a feed. For publishers. A partner has fifty at most.
    async fn create_saved_filter(
        &self,
        ctx: &Context<'_>,
        partner: ID,
        filter: NewSavedFilter,
    ) -> Result<Option<SavedFilter>, Problem> {
        let session = Session::of(ctx);
        let partner = partner.parse().map_err(|_| Problem::not_found())?;
        let saved = filters::add(&session.acting(), partner, filter.filter()?, "filter.").await?;
        Ok(Some(SavedFilter::new(&saved, session.site())))
    }

    /// Takes a saved filter of a partner out. For publishers. Its feed is not found any more.
    async fn delete_saved_filter(
        &self,
        ctx: &Context<'_>,
        partner: ID,
        filter: ID,
    ) -> Result<Option<bool>, Problem> {
        let partner = partner.parse().map_err(|_| Problem::not_found())?;
        let filter = filter.parse().map_err(|_| Problem::not_found())?;
        filters::remove(&Session::of(ctx).acting(), partner, filter).await?;
        Ok(Some(true))
    }
}
