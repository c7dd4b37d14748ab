//! What has changed, in REST answers.

use super::article::{ArticleDto, BodyFormat};
use crate::operation::changes::{Change, Changes};
use crate::site::Site;
use serde::Serialize;
use utoipa::ToSchema;

/// What has changed since a place.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Changes)]
pub(in crate::rest) struct ChangesDto {
    /// The changes, in order. Each article comes once, as it is now.
    data: Vec<ChangeDto>,
    page: ChangesPageDto,
}

/// Where the changes end.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChangesPage)]
struct ChangesPageDto {
    /// The cursor to go on with, when there is more or later.
    next: String,
    /// Whether there is more already.
    more: bool,
}

/// A change of one article.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Change)]
pub(in crate::rest) struct ChangeDto {
    /// `created`, `updated` or `corrected`: put the article. `withdrawn` or `outside_licence`: take it away.
    kind: &'static str,
    #[schema(example = "art_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    /// When it was noted.
    #[schema(format = DateTime)]
    at: String,
    /// The article as it is now; left out when it is to be taken away.
    #[serde(skip_serializing_if = "Option::is_none")]
    article: Option<ArticleDto>,
}

impl ChangesDto {
    /// Shows changes, with bodies in the form that is wanted.
    pub(in crate::rest) fn new(changes: &Changes, site: &Site, format: BodyFormat) -> Self {
        let page = ChangesPageDto { next: changes.next.cursor(), more: changes.more };
        Self { data: changes.rows.iter().map(|row| ChangeDto::new(row, site, format)).collect(), page }
    }
}

impl ChangeDto {
    fn new(change: &Change, site: &Site, format: BodyFormat) -> Self {
        let Change { notice, dossier } = change;
        Self {
            kind: notice.kind.code(),
            id: notice.article.to_string(),
            at: notice.at.to_string(),
            article: dossier.as_ref().map(|dossier| ArticleDto::new(dossier, site, format)),
        }
    }
}
