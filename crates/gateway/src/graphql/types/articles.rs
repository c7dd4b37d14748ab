//! Lists of articles: pages of them, and how they are read.

use super::article::ArticleObject;
use super::page::{PageArguments, PageInfo};
use crate::error::Problem;
use crate::graphql::session::Session;
use crate::operation::Filter;
use crate::operation::article::{self, Dossier};
use crate::operation::cursor::ListName;
use async_graphql::{Context, Object, SimpleObject};
use masthead_domain::page::{Page, Window};

/// A page of a list of articles.
pub(super) struct ArticleConnection {
    page: Page<Dossier>,
    list: ListName,
    filter: Filter,
}

#[Object]
impl ArticleConnection {
    /// The rows with their cursors.
    async fn edges(&self) -> Vec<ArticleEdge> {
        let rows = self.page.rows.iter();
        rows.map(|(position, row)| ArticleEdge {
            cursor: self.list.encode(position),
            node: ArticleObject(row.clone()),
        })
        .collect()
    }

    /// The rows.
    async fn nodes(&self) -> Vec<ArticleObject> {
        self.page.items().cloned().map(ArticleObject).collect()
    }

    /// Where the page stands.
    async fn page_info(&self) -> PageInfo {
        PageInfo::new(&self.page, self.list)
    }

    /// How many articles the whole list has. It is counted only when it is asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<Option<u64>, Problem> {
        Session::of(ctx).count(self.filter.clone()).await.map(Some)
    }
}

/// A row with its cursor.
#[derive(SimpleObject)]
struct ArticleEdge {
    /// Marks the row in this list.
    cursor: String,
    /// The article.
    node: ArticleObject,
}

/// A page of a list. First and last pages of several lists in one answer are read together; a page beside
/// a cursor can only be one of one list.
pub(super) async fn articles(
    ctx: &Context<'_>,
    filter: Filter,
    arguments: PageArguments,
) -> Result<Option<ArticleConnection>, Problem> {
    let session = Session::of(ctx);
    // Before it is read together with others: they must not fail with it.
    filter.check(session.reading.viewer())?;
    let list = ListName::new(&filter.name());
    let request = arguments.request(list)?;
    let page = match request.window {
        Window::After(None) => session.list(filter.clone(), request.size).await?,
        Window::Before(None) => turned(session.list(filter.clone().reversed(), request.size).await?),
        Window::After(Some(_)) | Window::Before(Some(_)) => {
            article::list(&session.reading, &filter, &request).await?
        }
    };
    Ok(Some(ArticleConnection { page, list, filter }))
}

/// The last page of a list is the first one of the opposite list, turned round.
fn turned(mut page: Page<Dossier>) -> Page<Dossier> {
    page.rows.reverse();
    Page { rows: page.rows, has_next: page.has_previous, has_previous: page.has_next }
}
