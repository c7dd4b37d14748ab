//! Writing articles: the document, the slug, the shelves and the log, a batch at a time.

use super::{Entry, Tally, Work, batches, fingerprint};
use crate::error::StoreError;
use crate::row::Row;
use crate::schema::{Draft, Publication};
use crate::shelf::Side;
use masthead_domain::article::{Article, Document};
use masthead_domain::change::{ChangeKind, Subject};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr, UnionType};
use std::collections::HashMap;
use uuid::Uuid;

/// How many articles are written in one go.
const ARTICLES_A_BATCH: usize = 250;

struct Before {
    version: i64,
    fingerprint: String,
    live: bool,
}

/// An article that differs from what is stored.
pub(super) struct Changed<'a> {
    pub(super) article: &'a Article,
    pub(super) version: i64,
    document: Document,
    fingerprint: String,
    was: Option<Side>,
    /// How many corrections it had before, where it has any now.
    corrections_before: Option<usize>,
}

impl Changed<'_> {
    pub(super) fn side(&self) -> Side {
        Side::of(self.article.index().stage)
    }

    pub(super) fn id(&self) -> Uuid {
        self.article.id().uuid()
    }

    pub(super) fn slug(&self) -> &str {
        self.article.slug().as_str()
    }

    fn kind(&self) -> ChangeKind {
        match (self.was, self.side()) {
            (None, _) => ChangeKind::Created,
            (Some(Side::Live), Side::Desk) => ChangeKind::Withdrawn,
            (Some(Side::Live), Side::Live) if self.has_new_corrections() => ChangeKind::Corrected,
            (Some(_), _) => ChangeKind::Updated,
        }
    }

    fn has_new_corrections(&self) -> bool {
        self.corrections_before.is_some_and(|before| before < self.article.index().corrections)
    }
}

impl Work {
    /// Puts articles; those of one call may exchange their slugs. A slug that an article had before leads to its present one, also while an
    /// article that a reader may not see has it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another article has a slug now; [`StoreError::Missing`] when a section, tag,
    /// author or source that one refers to is not there; [`StoreError::Unavailable`] when the database fails.
    pub async fn put_articles(&mut self, articles: &[Article]) -> Result<Tally, StoreError> {
        self.enter()?;
        let mut tally = Tally::default();
        let batches = batches(articles, ARTICLES_A_BATCH, |article| article.id().uuid());
        if batches.len() > 1 {
            // An article of a later batch may have a slug now that an earlier one is to get.
            self.give_up_slugs(articles).await?;
        }
        for batch in batches {
            tally += self.put_articles_once(batch).await?;
        }
        Ok(self.leave(tally))
    }

    async fn put_articles_once(&mut self, articles: &[Article]) -> Result<Tally, StoreError> {
        let before = self.articles_before(articles).await?;
        let mut tally = Tally::default();
        let mut changed = Vec::new();
        for article in articles {
            let document = Document::seal(article);
            let fingerprint = fingerprint(document.as_str());
            let before = before.get(&article.id().uuid());
            match before {
                Some(before) if before.fingerprint == fingerprint => {
                    tally.unchanged += 1;
                    continue;
                }
                Some(_) => tally.updated += 1,
                None => tally.created += 1,
            }
            changed.push(Changed {
                article,
                version: self.version_after(before.map(|before| before.version)),
                document,
                fingerprint,
                was: before.map(|before| if before.live { Side::Live } else { Side::Desk }),
                corrections_before: None,
            });
        }
        if !changed.is_empty() {
            self.count_corrections(&mut changed).await?;
            self.check_references(&changed.iter().map(|one| one.article).collect::<Vec<_>>()).await?;
            self.clear(&changed).await?;
            self.write_documents(&changed).await?;
            self.write_slugs(&changed).await?;
            self.shelve(changed.iter().map(|one| (one.article, one.version))).await?;
            let entry = |one: &Changed<'_>| Entry {
                subject: Subject::Article,
                id: one.id(),
                kind: one.kind(),
                version: one.version,
            };
            self.log(&changed.iter().map(entry).collect::<Vec<_>>()).await?;
        }
        Ok(tally)
    }

    async fn articles_before(&self, articles: &[Article]) -> Result<HashMap<Uuid, Before>, StoreError> {
        let ids = || articles.iter().map(|article| article.id().uuid());
        let mut published = Query::select()
            .columns([Publication::ArticleId, Publication::Version, Publication::Fingerprint])
            .expr_as(Expr::val(true), "live")
            .from(Publication::Table)
            .and_where(Expr::col(Publication::ArticleId).is_in(ids()))
            .take();
        let drafts: SelectStatement = Query::select()
            .columns([Draft::ArticleId, Draft::Version, Draft::Fingerprint])
            .expr_as(Expr::val(false), "live")
            .from(Draft::Table)
            .and_where(Expr::col(Draft::ArticleId).is_in(ids()))
            .take();
        let ask = published.union(UnionType::All, drafts).take();
        let mut before = HashMap::new();
        for cells in self.transaction.query_all(&ask).await? {
            let row = Row::new(&cells, "publication", "article_id")?;
            let fingerprint = row.get("fingerprint")?;
            let stored = Before { version: row.get("version")?, fingerprint, live: row.get("live")? };
            before.insert(row.id, stored);
        }
        Ok(before)
    }

    /// Looks up how many corrections published articles had that have some now. Few have any, so for most writes this
    /// costs no statement.
    async fn count_corrections(&self, changed: &mut [Changed<'_>]) -> Result<(), StoreError> {
        let corrected = |one: &Changed<'_>| {
            let was_and_is_live = (one.was, one.side()) == (Some(Side::Live), Side::Live);
            was_and_is_live && one.article.index().corrections > 0
        };
        let ids: Vec<_> = changed.iter().filter(|one| corrected(one)).map(Changed::id).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let ask = Query::select()
            .columns([Publication::ArticleId, Publication::Document])
            .from(Publication::Table)
            .and_where(Expr::col(Publication::ArticleId).is_in(ids))
            .take();
        let mut before = HashMap::new();
        for cells in self.transaction.query_all(&ask).await? {
            let row = Row::new(&cells, "publication", "article_id")?;
            let document: String = row.get("document")?;
            let article = Document::open(&document).map_err(|error| row.corrupt("document", error))?;
            before.insert(row.id, article.index().corrections);
        }
        for one in changed {
            one.corrections_before = before.get(&one.id()).copied();
        }
        Ok(())
    }

    /// Takes away what is stored of these articles, but for the slugs they had.
    async fn clear(&self, changed: &[Changed<'_>]) -> Result<(), StoreError> {
        let known: Vec<_> = changed.iter().filter(|one| one.was.is_some()).map(Changed::id).collect();
        if known.is_empty() {
            return Ok(());
        }
        let known = || known.iter().copied();
        let deletes = [
            Query::delete()
                .from_table(Publication::Table)
                .and_where(Expr::col(Publication::ArticleId).is_in(known()))
                .take(),
            Query::delete()
                .from_table(Draft::Table)
                .and_where(Expr::col(Draft::ArticleId).is_in(known()))
                .take(),
        ];
        for delete in &deletes {
            self.transaction.execute(delete).await?;
        }
        self.retire_slugs(known()).await?;
        self.unshelve(known()).await
    }

    async fn write_documents(&self, changed: &[Changed<'_>]) -> Result<(), StoreError> {
        let mut published = Query::insert();
        published.into_table(Publication::Table).columns([
            Publication::ArticleId,
            Publication::Version,
            Publication::Slug,
            Publication::SectionId,
            Publication::Document,
            Publication::Fingerprint,
            Publication::PublishedAt,
        ]);
        let mut drafts = Query::insert();
        drafts.into_table(Draft::Table).columns([
            Draft::ArticleId,
            Draft::Version,
            Draft::Slug,
            Draft::SectionId,
            Draft::Document,
            Draft::Fingerprint,
        ]);
        let (mut any_published, mut any_drafts) = (false, false);
        for one in changed {
            let index = one.article.index();
            let mut values: Vec<SimpleExpr> = vec![
                Expr::val(one.id()),
                Expr::val(one.version),
                Expr::val(index.slug.as_str()),
                Expr::val(index.section.map(|section| section.uuid())),
                Expr::val(one.document.as_str()),
                Expr::val(one.fingerprint.as_str()),
            ];
            match one.side() {
                Side::Live => {
                    any_published = true;
                    values.push(Expr::val(index.published.map(|at| at.micros())));
                    published.values_panic(values);
                }
                Side::Desk => {
                    any_drafts = true;
                    drafts.values_panic(values);
                }
            }
        }
        for (insert, any) in [(published, any_published), (drafts, any_drafts)] {
            if any {
                self.transaction.execute(&insert).await?;
            }
        }
        Ok(())
    }
}
