//! The root: what one can ask for.

use super::article::ArticleObject;
use super::articles::{ArticleConnection, articles};
use super::author::{AuthorConnection, AuthorObject};
use super::delivery::DeliveryQuery;
use super::desk::DeskQuery;
use super::explanation::AccessQuery;
use super::filter::ArticleFilter;
use super::gift_subscription::GiftSubscriptionQuery;
use super::group::GroupQuery;
use super::if_there;
use super::member::Newsletter;
use super::membership::{MemberConnection, MemberFilter, MemberRecord, find as find_member};
use super::node::{Node, nodes};
use super::page::PageArguments;
use super::partner::PartnerQuery;
use super::passes::GiftQuery;
use super::preview::PreviewQuery;
use super::section::SectionObject;
use super::source::SourceObject;
use super::tag::{TagConnection, TagObject};
use super::tier::{TierObject, TierQuery};
use super::viewer::Viewer;
use super::words::ArticleOrder;
use crate::error::Problem;
use crate::graphql::http::Sharing;
use crate::graphql::session::Session;
use crate::operation::cursor::ListName;
use crate::operation::{article, author, membership, require, section, source, tag, tier};
use async_graphql::{Context, ID, MergedObject, Object};
use masthead_domain::slug::Slug;
use masthead_domain::viewer::Role;
use masthead_persistence::{ArticleKey, AuthorKey, SectionKey, TagKey};
use std::str::FromStr;

/// What one can ask for. What does not exist and what is hidden are both null.
#[derive(Default, MergedObject)]
pub struct Query(
    PublicationQuery,
    AccessQuery,
    DeliveryQuery,
    DeskQuery,
    GiftQuery,
    GiftSubscriptionQuery,
    GroupQuery,
    PartnerQuery,
    PreviewQuery,
    TierQuery,
);

/// The publication.
#[derive(Default)]
struct PublicationQuery;

#[Object]
impl PublicationQuery {
    /// One article, by id or slug. A slug that it had before leads to it too.
    async fn article(
        &self,
        ctx: &Context<'_>,
        id: Option<ID>,
        slug: Option<String>,
    ) -> Result<Option<ArticleObject>, Problem> {
        let reading = &Session::of(ctx).reading;
        let Some(key) = key(id, slug, ArticleKey::Id, ArticleKey::Slug)? else { return Ok(None) };
        let mut found = article::find(reading, &key).await?;
        if let (None, ArticleKey::Slug(old)) = (&found, &key)
            && let Some(slug) = article::moved(reading, old).await?
        {
            found = article::find(reading, &ArticleKey::Slug(slug)).await?;
        }
        Ok(found.map(ArticleObject))
    }

    /// A page of the articles, newest first.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a page are the arguments of the field")]
    async fn articles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which articles.")] filter: Option<ArticleFilter>,
        #[graphql(default_with = "ArticleOrder::PublishedDescending")] order: ArticleOrder,
        #[graphql(desc = "A page of so many rows, from the start of the list or from just after a cursor.")]
        first: Option<i32>,
        after: Option<String>,
        #[graphql(desc = "A page of so many rows, up to the end of the list or up to just before a cursor.")]
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<ArticleConnection>, Problem> {
        let filter = filter.unwrap_or_default().into_filter(order)?;
        articles(ctx, filter, PageArguments { first, after, last, before }).await
    }

    /// One section, by id or slug.
    async fn section(
        &self,
        ctx: &Context<'_>,
        id: Option<ID>,
        slug: Option<String>,
    ) -> Result<Option<SectionObject>, Problem> {
        let Some(key) = key(id, slug, SectionKey::Id, SectionKey::Slug)? else { return Ok(None) };
        let tree = section::all(&Session::of(ctx).reading).await?;
        Ok(tree.find(&key).map(|section| SectionObject::new(section, &tree)))
    }

    /// All sections, by their order.
    async fn sections(&self, ctx: &Context<'_>) -> Result<Option<Vec<SectionObject>>, Problem> {
        let tree = section::all(&Session::of(ctx).reading).await?;
        Session::of(ctx).reading.charge(tree.all().len())?;
        Ok(Some(tree.all().iter().map(|section| SectionObject::new(section, &tree)).collect()))
    }

    /// One author, by id or slug.
    async fn author(
        &self,
        ctx: &Context<'_>,
        id: Option<ID>,
        slug: Option<String>,
    ) -> Result<Option<AuthorObject>, Problem> {
        let Some(key) = key(id, slug, AuthorKey::Id, AuthorKey::Slug)? else { return Ok(None) };
        Ok(author::find(&Session::of(ctx).reading, &key).await?.map(AuthorObject::from))
    }

    /// A page of the authors, by slug.
    async fn authors(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<AuthorConnection>, Problem> {
        let list = ListName::new(author::LIST);
        let request = PageArguments { first, after, last, before }.request(list)?;
        let page = author::list(&Session::of(ctx).reading, &request).await?;
        Ok(Some(AuthorConnection { page, list }))
    }

    /// One source. It exists for a viewer only if an article that cites it does.
    async fn source(&self, ctx: &Context<'_>, id: ID) -> Result<Option<SourceObject>, Problem> {
        let Ok(id) = id.parse() else { return Ok(None) };
        Ok(source::find(&Session::of(ctx).reading, id).await?.map(SourceObject))
    }

    /// One tag, by id or slug. It exists for a viewer only if an article with it does.
    async fn tag(
        &self,
        ctx: &Context<'_>,
        id: Option<ID>,
        slug: Option<String>,
    ) -> Result<Option<TagObject>, Problem> {
        let Some(key) = key(id, slug, TagKey::Id, TagKey::Slug)? else { return Ok(None) };
        Ok(tag::find(&Session::of(ctx).reading, &key).await?.map(TagObject))
    }

    /// A page of the tags, by slug.
    async fn tags(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<TagConnection>, Problem> {
        let list = ListName::new(tag::LIST);
        let request = PageArguments { first, after, last, before }.request(list)?;
        let page = tag::list(&Session::of(ctx).reading, &request).await?;
        Ok(Some(TagConnection { page, list }))
    }

    /// All tiers, cheapest first.
    async fn tiers(&self, ctx: &Context<'_>) -> Result<Option<Vec<TierObject>>, Problem> {
        let tiers = tier::all(&Session::of(ctx).reading).await?;
        Session::of(ctx).reading.charge(tiers.len())?;
        Ok(Some(tiers.iter().cloned().map(TierObject).collect()))
    }

    /// The newsletters that are offered, by slug.
    async fn newsletters(&self, ctx: &Context<'_>) -> Result<Option<Vec<Newsletter>>, Problem> {
        let newsletters = Session::of(ctx).accounts().newsletters().await?;
        Ok(Some(newsletters.iter().map(Newsletter::from).collect()))
    }

    /// A page of the members, the newest first. For publishers.
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which members.")] filter: Option<MemberFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<MemberConnection>, Problem> {
        ctx.data_unchecked::<Sharing>().forbid();
        let reading = &Session::of(ctx).reading;
        require(reading.viewer(), Role::Publisher)?;
        let filter = filter.unwrap_or_default().into_filter()?;
        let list = filter.list();
        let request = PageArguments { first, after, last, before }.request(list)?;
        Ok(Some(MemberConnection { page: membership::list(reading, &filter, &request).await?, list }))
    }

    /// One member. For publishers.
    async fn member(&self, ctx: &Context<'_>, id: ID) -> Result<Option<MemberRecord>, Problem> {
        ctx.data_unchecked::<Sharing>().forbid();
        let session = Session::of(ctx);
        require(session.reading.viewer(), Role::Publisher)?;
        let Ok(id) = id.parse() else { return Ok(None) };
        if_there(find_member(session, id).await)
    }

    /// Who asks, and what the token grants.
    async fn viewer(&self, ctx: &Context<'_>) -> Viewer {
        ctx.data_unchecked::<Sharing>().forbid();
        Viewer::new(&Session::of(ctx).caller)
    }

    /// Whatever has this id.
    async fn node(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Node>, Problem> {
        Ok(nodes(Session::of(ctx), &[id]).await?.pop().flatten())
    }

    /// Whatever has these ids, in their order. At most 100.
    async fn nodes(&self, ctx: &Context<'_>, ids: Vec<ID>) -> Result<Option<Vec<Option<Node>>>, Problem> {
        nodes(Session::of(ctx), &ids).await.map(Some)
    }
}

/// The key that is given. `None` when it has no form in which anything could have it: nothing has it.
pub(super) fn key<I: FromStr, K>(
    id: Option<ID>,
    slug: Option<String>,
    by_id: impl FnOnce(I) -> K,
    by_slug: impl FnOnce(Slug) -> K,
) -> Result<Option<K>, Problem> {
    match (id, slug) {
        (Some(id), None) => Ok(id.parse().ok().map(by_id)),
        (None, Some(slug)) => Ok(slug.parse().ok().map(by_slug)),
        (None, None) => Err(Problem::invalid_parameter("id", "Give an id or a slug.")),
        (Some(_), Some(_)) => Err(Problem::invalid_parameter("slug", "Give an id or a slug, not both.")),
    }
}
