//! What was delivered to partners, in REST answers.

use masthead_domain::partner::Delivery;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What of an article has gone out to a partner.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Delivery)]
pub(in crate::rest) struct DeliveryDto {
    #[schema(example = "par_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    partner: String,
    #[schema(example = "art_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    article: String,
    /// The most that ever went out: `headline`, `teaser` or `full_text`.
    extent: &'static str,
    /// Whether direct links to its sources ever went out.
    source_links: bool,
    /// How many editions of so much went out, one after the other.
    editions: i64,
    /// When the last of these had changed for readers.
    #[schema(format = DateTime)]
    updated: String,
    /// Of the last of these: the first half of the BLAKE3 hash of the title, of the standfirst from a teaser on, and of
    /// `bodyText` with the full text, each followed by a zero byte.
    digest: String,
    /// When the article first went out.
    #[schema(format = DateTime)]
    first: String,
    /// When anything of it last went out; the same within an hour is not noted again.
    #[schema(format = DateTime)]
    last: String,
    /// By which way that was: `rest`, `graphql`, `changes`, `feed` or `sitemap`.
    surface: String,
}

impl DeliveryDto {
    pub(in crate::rest) fn new(delivery: &Delivery) -> Self {
        let most = &delivery.most;
        Self {
            partner: delivery.partner.to_string(),
            article: most.article.to_string(),
            extent: most.extent.code(),
            source_links: most.source_links,
            editions: delivery.editions,
            updated: most.updated.to_string(),
            digest: Uuid::from_bytes(most.digest).simple().to_string(),
            first: delivery.first_at.to_string(),
            last: delivery.last_at.to_string(),
            surface: delivery.surface.clone(),
        }
    }
}
