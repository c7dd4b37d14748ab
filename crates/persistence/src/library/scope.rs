//! What a licence leaves of the publication. What it does not cover does not exist for the partner, so every statement
//! that reads for a viewer asks here which articles there are.

use super::Library;
use crate::schema::Shelf;
use crate::shelf::ShelfKey;
use masthead_domain::clock::Timestamp;
use masthead_domain::viewer::{Licence, Viewer};
use sea_orm::sea_query::{Alias, Cond, Condition, Expr, ExprTrait, Query};

impl<'s> Library<'s> {
    /// The licence of the viewer, if there is one.
    fn licence(&self) -> Option<&'s Licence> {
        match self.viewer {
            Viewer::Partner(partner) => Some(&partner.licence),
            _ => None,
        }
    }

    /// The last instant of publication of what exists for the viewer: now, or earlier when the licence waits.
    pub(crate) fn published_until(&self) -> Timestamp {
        self.now.plus_seconds(-self.viewer.delay_seconds())
    }

    /// What must hold of an article, beside its publication, to exist for the viewer: one of the licence's sections, one
    /// of its tags and its language, each where the licence names any. `article` is the column with its id.
    pub(super) fn licensed(&self, article: &Expr) -> Condition {
        let Some(licence) = self.licence() else { return Cond::all() };
        if !licence.is_valid(self.now) {
            return nothing();
        }
        let mut all = Cond::all();
        for shelves in shelf_sets(licence).into_iter().flatten() {
            all = all.add(stands_on_one_of(&shelves, article));
        }
        all
    }

    /// The shelf of articles to walk instead of that of the whole publication, where the licence names a single one.
    pub(super) fn licensed_shelf(&self) -> Option<ShelfKey> {
        let sets = shelf_sets(self.licence()?);
        sets.into_iter()
            .flatten()
            .find_map(|mut shelves| if shelves.len() == 1 { shelves.pop() } else { None })
    }
}

/// How many names of shelves one statement holds, roughly. SQLite takes 32,766 values in a statement.
const NAMES_A_STATEMENT: usize = 25_000;

impl Library<'_> {
    /// How many lists one statement reads, at most `most`: a licence stands in the statement once for each.
    pub(super) fn lists_a_statement(&self, most: usize) -> usize {
        let names = self.licence().map_or(0, |licence| {
            // The shelf of articles and the one of pages.
            2 * shelf_sets(licence).iter().flatten().map(Vec::len).sum::<usize>()
        });
        NAMES_A_STATEMENT.checked_div(names).map_or(most, |lists| lists.clamp(1, most))
    }
}

/// The shelves that a licence names; a set that it does not restrict is `None`. The narrowest kind comes first.
fn shelf_sets(licence: &Licence) -> [Option<Vec<ShelfKey>>; 3] {
    [
        licence.tags.as_ref().map(|tags| tags.iter().copied().map(ShelfKey::tag).collect()),
        licence.sections.as_ref().map(|sections| sections.iter().copied().map(ShelfKey::section).collect()),
        licence.languages.as_ref().map(|languages| languages.iter().map(ShelfKey::language).collect()),
    ]
}

/// An article or page stands on one of these shelves. None of an empty set.
fn stands_on_one_of(shelves: &[ShelfKey], article: &Expr) -> Condition {
    if shelves.is_empty() {
        return nothing();
    }
    let licensed = || Alias::new("licensed");
    let names = shelves.iter().flat_map(|shelf| [shelf.clone(), shelf.of_pages()]);
    let names: Vec<Expr> = names.map(|name| Expr::val(name.as_str())).collect();
    let there = Query::select()
        .expr(Expr::val(1))
        .from_as(Shelf::Table, licensed())
        .and_where(Expr::col((licensed(), Shelf::ArticleId)).eq(article.clone()))
        .and_where(Expr::col((licensed(), Shelf::Name)).is_in(names))
        .take();
    Cond::all().add(Expr::exists(there))
}

fn nothing() -> Condition {
    Cond::all().add(Expr::val(1).eq(2))
}
