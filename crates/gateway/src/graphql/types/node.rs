//! Anything that has an id.

use super::article::ArticleObject;
use super::author::AuthorObject;
use super::section::SectionObject;
use super::source::SourceObject;
use super::tag::TagObject;
use super::tier::TierObject;
use crate::error::Problem;
use crate::graphql::session::Session;
use crate::operation::{article, author, section, source, tag, tier};
use async_graphql::{ID, Interface};
use masthead_domain::id::{ArticleId, AuthorId, SectionId, SourceId, TagId, TierId};
use masthead_domain::page::MAX_PAGE;

/// Anything that has an id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Its identifier, unique across all kinds."))]
#[expect(clippy::large_enum_variant, reason = "one value, made and written at once")]
pub(super) enum Node {
    Article(ArticleObject),
    Section(SectionObject),
    Author(AuthorObject),
    Source(SourceObject),
    Tag(TagObject),
    Tier(TierObject),
}

/// The things with these ids, in their order. What does not exist for the viewer is `None`, and so is what
/// is no id: nothing tells which.
pub(super) async fn nodes(session: &Session, ids: &[ID]) -> Result<Vec<Option<Node>>, Problem> {
    if ids.len() > MAX_PAGE as usize {
        let detail = format!("ids has at most {MAX_PAGE} entries.");
        return Err(Problem::invalid_parameter("ids", detail));
    }
    let mut found: Vec<Option<Node>> = ids.iter().map(|_| None).collect();
    let reading = &session.reading;

    let (places, wanted) = of_kind::<ArticleId>(ids);
    if !wanted.is_empty() {
        let articles = article::by_ids(reading, &wanted).await?;
        put(&mut found, places, articles, |article| Node::Article(ArticleObject(article)));
    }
    let (places, wanted) = of_kind::<AuthorId>(ids);
    if !wanted.is_empty() {
        put(&mut found, places, author::by_ids(reading, &wanted).await?, |card| Node::Author(card.into()));
    }
    let (places, wanted) = of_kind::<SourceId>(ids);
    if !wanted.is_empty() {
        let sources = source::by_ids(reading, &wanted).await?;
        put(&mut found, places, sources, |source| Node::Source(SourceObject(source)));
    }
    let (places, wanted) = of_kind::<TagId>(ids);
    if !wanted.is_empty() {
        put(&mut found, places, tag::by_ids(reading, &wanted).await?, |tag| Node::Tag(tag.into()));
    }
    let (places, wanted) = of_kind::<SectionId>(ids);
    if !wanted.is_empty() {
        let tree = section::all(reading).await?;
        let sections = wanted.into_iter().map(|id| SectionObject::of(&tree, id)).collect();
        put(&mut found, places, sections, Node::Section);
    }
    let (places, wanted) = of_kind::<TierId>(ids);
    if !wanted.is_empty() {
        let tiers = tier::all(reading).await?;
        let tiers = wanted.into_iter().map(|id| tiers.iter().find(|tier| tier.id == id).cloned()).collect();
        put(&mut found, places, tiers, |tier| Node::Tier(TierObject(tier)));
    }
    Ok(found)
}

/// The ids of one kind, and where they stand.
fn of_kind<T: std::str::FromStr>(ids: &[ID]) -> (Vec<usize>, Vec<T>) {
    ids.iter().enumerate().filter_map(|(place, id)| Some((place, id.parse().ok()?))).unzip()
}

fn put<T>(found: &mut [Option<Node>], places: Vec<usize>, records: Vec<Option<T>>, node: impl Fn(T) -> Node) {
    for (place, record) in places.into_iter().zip(records) {
        found[place] = record.map(&node);
    }
}
