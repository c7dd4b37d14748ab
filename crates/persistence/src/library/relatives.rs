//! Finding what is related to articles.

use super::Library;
use super::slots::Slot;
use super::window::all_of;
use crate::error::StoreError;
use crate::shelf::shelves_of_relatives;
use masthead_domain::article::Article;
use masthead_domain::page::PageSize;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// How many articles of each shelf are looked at.
const RELATIVES_A_SHELF: u64 = 50;

/// In how many shelves one statement looks. SQLite unites at most 500 statements.
const SHELVES_A_STATEMENT: usize = 400;

/// On how many shelves the relatives of one article are looked for, at most.
const SHELVES_AN_ARTICLE: usize = 10;

impl Library<'_> {
    /// Other articles that stand on the same shelves, those with the most in common first, then the newest. Looks
    /// at the newest fifty of each of at most ten shelves. Statements as for [`Library::articles`].
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn related(&self, article: &Article, size: PageSize) -> Result<Vec<Arc<Article>>, StoreError> {
        let mut related = self.related_of_each(&[article], size).await?;
        Ok(related.pop().unwrap_or_default())
    }

    /// What [`Library::related`] gives for each of these articles, in one statement for every forty of them and one
    /// more for the documents.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn related_of_each(
        &self,
        articles: &[&Article],
        size: PageSize,
    ) -> Result<Vec<Vec<Arc<Article>>>, StoreError> {
        let mut best = Vec::with_capacity(articles.len());
        let at_once = (self.lists_a_statement(SHELVES_A_STATEMENT) / SHELVES_AN_ARTICLE).max(1);
        for some in articles.chunks(at_once) {
            best.extend(self.relatives(some, size).await?);
        }
        let found = self.at_versions(best.iter().flatten().copied()).await?;
        let articles = |versions: Vec<(Uuid, i64)>| {
            versions.iter().filter_map(|(id, _)| found.get(id).cloned()).collect()
        };
        Ok(best.into_iter().map(articles).collect())
    }

    /// The ids and versions of the relatives of each article, best first.
    async fn relatives(
        &self,
        articles: &[&Article],
        size: PageSize,
    ) -> Result<Vec<Vec<(Uuid, i64)>>, StoreError> {
        let mut shelves = Vec::new();
        let mut asks = Vec::new();
        for (place, article) in articles.iter().enumerate() {
            let index = article.index();
            for (shelf, weight) in shelves_of_relatives(&index) {
                let list = i32::try_from(shelves.len()).unwrap_or(i32::MAX);
                asks.push(self.newest(&shelf, list, RELATIVES_A_SHELF, index.id.uuid()));
                shelves.push((place, weight));
            }
        }
        let mut scored: Vec<HashMap<Uuid, (u32, Slot)>> = articles.iter().map(|_| HashMap::new()).collect();
        let Some(ask) = all_of(asks) else { return Ok(articles.iter().map(|_| Vec::new()).collect()) };
        for slot in self.slots(&ask).await? {
            let shelf = usize::try_from(slot.list).ok().and_then(|list| shelves.get(list));
            if let Some((place, weight)) = shelf {
                scored[*place].entry(slot.article_id).or_insert((0, slot)).0 += weight;
            }
        }
        Ok(scored.into_iter().map(|scored| best(scored, size)).collect())
    }
}

fn best(scored: HashMap<Uuid, (u32, Slot)>, size: PageSize) -> Vec<(Uuid, i64)> {
    let mut best: Vec<_> = scored.into_values().collect();
    best.sort_unstable_by_key(|(score, slot)| Reverse((*score, slot.sorted_by, slot.article_id)));
    best.truncate(size.get() as usize);
    best.iter().map(|(_, slot)| slot.version()).collect()
}
