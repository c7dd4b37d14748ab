//! Finding articles by a slug that they have or had.

use crate::schema::ArticleSlug;
use masthead_domain::slug::Slug;
use sea_orm::sea_query::{Expr, ExprTrait, IntoColumnRef, Order, Query, SelectStatement};

/// Keeps to the article that has this slug now. `owner` is the column with the article's id.
pub(super) fn has_slug<'q>(
    ask: &'q mut SelectStatement,
    owner: impl IntoColumnRef,
    slug: &Slug,
) -> &'q mut SelectStatement {
    with_slug(ask, owner, slug).and_where(retired_at().is_null())
}

/// Keeps to the article that had this slug before; of several, to the one that gave it up last.
pub(super) fn had_slug<'q>(
    ask: &'q mut SelectStatement,
    owner: impl IntoColumnRef,
    slug: &Slug,
) -> &'q mut SelectStatement {
    with_slug(ask, owner, slug)
        .and_where(retired_at().is_not_null())
        .order_by((ArticleSlug::Table, ArticleSlug::RetiredAt), Order::Desc)
        .order_by((ArticleSlug::Table, ArticleSlug::ArticleId), Order::Desc)
        .limit(1)
}

/// Which articles have these slugs now, whoever may see them.
pub(super) fn owners_of(slugs: &[&Slug]) -> SelectStatement {
    Query::select()
        .columns([ArticleSlug::ArticleId, ArticleSlug::Slug])
        .from(ArticleSlug::Table)
        .and_where(
            Expr::col((ArticleSlug::Table, ArticleSlug::Slug)).is_in(slugs.iter().map(|slug| slug.as_str())),
        )
        .and_where(retired_at().is_null())
        .take()
}

fn with_slug<'q>(
    ask: &'q mut SelectStatement,
    owner: impl IntoColumnRef,
    slug: &Slug,
) -> &'q mut SelectStatement {
    let named = Expr::col((ArticleSlug::Table, ArticleSlug::ArticleId));
    ask.inner_join(ArticleSlug::Table, named.equals(owner))
        .and_where(Expr::col((ArticleSlug::Table, ArticleSlug::Slug)).eq(slug.as_str()))
}

fn retired_at() -> Expr {
    Expr::col((ArticleSlug::Table, ArticleSlug::RetiredAt))
}
