//! Authors: a page of them, and one. An author exists for a viewer only if an article that names them does.

use super::cards::Cards;
use super::reading::Reading;
use crate::error::Problem;
use masthead_domain::author::Author;
use masthead_domain::id::AuthorId;
use masthead_domain::page::{Page, PageRequest};
use masthead_persistence::AuthorKey;
use std::collections::HashMap;
use std::sync::Arc;

/// An author, with the person who answers for it if it is a persona.
#[derive(Clone, Debug)]
pub struct AuthorCard {
    /// The author.
    pub author: Author,
    /// The person who answers for a persona.
    pub responsible_editor: Option<Author>,
}

/// The name of the list, for cursors.
pub const LIST: &str = "authors";

/// A page of the authors that exist for the viewer, by slug.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn list(reading: &Reading, page: &PageRequest) -> Result<Page<AuthorCard>, Problem> {
    let found = reading.library().authors(page).await?;
    let editors = editors(reading, found.items()).await?;
    Ok(found.map(|author| card(author, &editors)))
}

/// One author, by id or slug.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn find(reading: &Reading, key: &AuthorKey) -> Result<Option<AuthorCard>, Problem> {
    let Some(author) = reading.library().author(key).await? else { return Ok(None) };
    let editors = editors(reading, [&author]).await?;
    Ok(Some(card(author, &editors)))
}

/// The authors with these ids, in their order; `None` for one that does not exist for the viewer.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn by_ids(reading: &Reading, ids: &[AuthorId]) -> Result<Vec<Option<AuthorCard>>, Problem> {
    let found = Arc::new(Cards::authors_of(reading, ids.iter().copied().collect()).await?);
    Ok(ids.iter().map(|id| found.get(id).map(|author| card(author.clone(), &found))).collect())
}

async fn editors<'a>(
    reading: &Reading,
    authors: impl IntoIterator<Item = &'a Author>,
) -> Result<HashMap<AuthorId, Author>, Problem> {
    Cards::authors_of(reading, authors.into_iter().filter_map(Author::responsible_editor).collect()).await
}

fn card(author: Author, editors: &HashMap<AuthorId, Author>) -> AuthorCard {
    let responsible_editor = author.responsible_editor().and_then(|id| editors.get(&id)).cloned();
    AuthorCard { author, responsible_editor }
}
