//! Which sections, authors, tags and sources exist for a viewer: those that an article names which exists for them. If
//! they all did, the section or the author of an embargoed article would announce it.

use super::Library;
use crate::record::Record;
use crate::schema::{Record as Column, Shelf};
use crate::shelf::{EDITED, PAGES, Side};
use masthead_domain::author::Author;
use sea_orm::sea_query::{
    Alias, BinOper, Cond, Condition, DynIden, Expr, ExprTrait, IntoIden, Query, SelectStatement,
};

impl Library<'_> {
    /// Whether an article or page that exists for the viewer stands on the record's shelf.
    pub(super) fn named_by_an_article<R: Record>(&self) -> Condition {
        if self.viewer.is_staff() { Cond::all() } else { self.stands_on_shelf_of(R::TABLE.into_iden()) }
    }

    /// Whether an article or page that exists for the viewer names the author, or names a persona for which the author
    /// answers.
    pub(super) fn author_exists(&self) -> Condition {
        if self.viewer.is_staff() {
            return Cond::all();
        }
        let persona = || Alias::new("persona");
        let named_persona = Query::select()
            .expr(Expr::val(1))
            .from_as(Author::TABLE, persona())
            .and_where(Expr::col((persona(), Column::EditorId)).equals((Author::TABLE, Column::Id)))
            .cond_where(self.names_author(persona().into_iden()))
            .take();
        self.names_author(Author::TABLE.into_iden()).add(Expr::exists(named_persona))
    }

    /// Whether an article or page names the author in a row of this table, in a byline or as an editor.
    fn names_author(&self, table: DynIden) -> Condition {
        let edited =
            Expr::val(EDITED).binary(BinOper::Custom("||"), Expr::col((table.clone(), Column::Shelf)));
        self.stands_on_shelf_of(table).add(Expr::exists(self.published_on_shelf(edited)))
    }

    /// Whether an article or page stands on the shelf that a row of this table names.
    fn stands_on_shelf_of(&self, table: DynIden) -> Condition {
        let own = Expr::col((table, Column::Shelf));
        let of_pages = Expr::val(PAGES).binary(BinOper::Custom("||"), own.clone());
        Cond::any()
            .add(Expr::exists(self.published_on_shelf(own)))
            .add(Expr::exists(self.published_on_shelf(of_pages)))
    }

    fn published_on_shelf(&self, shelf: Expr) -> SelectStatement {
        Query::select()
            .expr(Expr::val(1))
            .from(Shelf::Table)
            .and_where(Expr::col((Shelf::Table, Shelf::Stage)).eq(Side::Live.code()))
            .and_where(Expr::col((Shelf::Table, Shelf::Name)).eq(shelf))
            .and_where(Expr::col((Shelf::Table, Shelf::PublishedAt)).lte(self.published_until().micros()))
            .cond_where(self.licensed(&Expr::col((Shelf::Table, Shelf::ArticleId))))
            .take()
    }
}
