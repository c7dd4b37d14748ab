//! Reading: everything here exists for the viewer.

mod articles;
mod desk;
mod existence;
mod lists;
mod names;
#[cfg(test)]
pub(crate) mod plans;
mod records;
mod relatives;
mod scope;
mod sitemap;
mod slots;
mod window;

pub use desk::Unpublished;
pub use sitemap::{Listed, Stretch};

use crate::schema::Publication;
use crate::store::Store;
use masthead_domain::clock::Timestamp;
use masthead_domain::viewer::Viewer;
use sea_orm::sea_query::{Cond, Condition, Expr, ExprTrait};

/// What exists for one viewer at one instant. Made by [`Store::library`]; there is no other reader.
#[derive(Clone, Copy)]
pub struct Library<'s> {
    pub(crate) store: &'s Store,
    pub(crate) viewer: &'s Viewer,
    pub(crate) now: Timestamp,
}

/// How many ids one statement looks up.
const IDS_A_STATEMENT: usize = 500;

impl Library<'_> {
    /// Which rows of `publication` exist for the viewer. Staff see those that wait for their instant, too.
    fn visible(&self) -> Condition {
        if self.viewer.is_staff() {
            Cond::all()
        } else {
            let published = Expr::col((Publication::Table, Publication::PublishedAt));
            let article = Expr::col((Publication::Table, Publication::ArticleId));
            self.licensed(&article).add(published.lte(self.published_until().micros()))
        }
    }
}
