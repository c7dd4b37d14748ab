//! What was delivered to whom, for publishers.

use super::if_there;
use super::page::{PageArguments, connection};
use super::scalar::DateTime;
use super::words::LicenceExtent;
use crate::error::Problem;
use crate::graphql::session::Session;
use crate::operation::cursor::ListName;
use crate::operation::partner::deliveries;
use crate::operation::require;
use async_graphql::{Context, ID, Object, SimpleObject};
use masthead_domain::id::PartnerId;
use masthead_domain::partner;
use masthead_domain::viewer::Role;
use masthead_persistence::ArticleKey;

/// What of an article has gone out to a partner.
#[derive(Clone, SimpleObject)]
pub(super) struct Delivery {
    partner: ID,
    article: ID,
    /// The most that ever went out.
    extent: LicenceExtent,
    /// Whether direct links to its sources ever went out.
    source_links: bool,
    /// How many editions of so much went out, one after the other.
    editions: i64,
    /// When the last of these had changed for readers.
    updated: DateTime,
    /// When the article first went out.
    first: DateTime,
    /// When anything of it last went out; the same within an hour is not noted again.
    last: DateTime,
    /// By which way that was: `rest`, `graphql`, `changes`, `feed` or `sitemap`.
    surface: String,
}

impl From<partner::Delivery> for Delivery {
    fn from(delivery: partner::Delivery) -> Self {
        let most = delivery.most;
        Self {
            partner: delivery.partner.to_string().into(),
            article: most.article.to_string().into(),
            extent: most.extent.into(),
            source_links: most.source_links,
            editions: delivery.editions,
            updated: DateTime(most.updated),
            first: DateTime(delivery.first_at),
            last: DateTime(delivery.last_at),
            surface: delivery.surface,
        }
    }
}

connection!(
    /// A page of deliveries.
    DeliveryConnection, DeliveryEdge, Delivery, partner::Delivery, "DeliveryConnection", "DeliveryEdge"
);

/// What publishers ask about deliveries.
#[derive(Default)]
pub(super) struct DeliveryQuery;

#[Object]
impl DeliveryQuery {
    /// A page of what was delivered to a partner, the newest articles first. For publishers. The list goes forward only.
    async fn deliveries_to_partner(
        &self,
        ctx: &Context<'_>,
        partner: ID,
        #[graphql(desc = "Of this article alone.")] article: Option<ID>,
        first: i32,
        after: Option<String>,
    ) -> Result<Option<DeliveryConnection>, Problem> {
        let reading = &Session::of(ctx).reading;
        require(reading.viewer(), Role::Publisher)?;
        let Ok(partner) = partner.parse::<PartnerId>() else { return Ok(None) };
        let Ok(article) = article.map(|id| id.parse()).transpose() else { return Ok(None) };
        let list = ListName::new(&deliveries::list_to(partner, article));
        let request =
            PageArguments { first: Some(first), after, ..PageArguments::default() }.request(list)?;
        let found = if_there(deliveries::to(reading, partner, article, &request).await)?;
        Ok(found.map(|page| DeliveryConnection { page, list }))
    }

    /// A page of the partners that an article was delivered to, the newest partners first. For publishers. The list goes
    /// forward only.
    async fn deliveries_of_article(
        &self,
        ctx: &Context<'_>,
        article: ID,
        first: i32,
        after: Option<String>,
    ) -> Result<Option<DeliveryConnection>, Problem> {
        let reading = &Session::of(ctx).reading;
        require(reading.viewer(), Role::Publisher)?;
        let Ok(article) = article.parse::<ArticleKey>() else { return Ok(None) };
        let list = ListName::new(&deliveries::list_of(&article));
        let request =
            PageArguments { first: Some(first), after, ..PageArguments::default() }.request(list)?;
        let found = if_there(deliveries::of(reading, &article, &request).await)?;
        Ok(found.map(|page| DeliveryConnection { page, list }))
    }
}
