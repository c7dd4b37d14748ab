//! Why a lock is open or shut for somebody, and which answers are the same for whom.

use super::delivering::Sending;
use super::reading::Reading;
use super::role::require;
use crate::error::Problem;
use crate::site::Site;
use masthead_domain::paywall::Explained;
use masthead_domain::view::ArticleView;
use masthead_domain::viewer::{Role, Viewer};
use masthead_persistence::ArticleKey;
use std::sync::Arc;

/// How many articles one request asks about.
const MAX_ARTICLES: usize = 20;

/// Whether the viewer may ask for explanations. For editors.
///
/// # Errors
/// 401 and 403 for whoever may not.
pub fn may_ask(reading: &Reading) -> Result<(), Problem> {
    require(reading.viewer(), Role::Editor).map(drop)
}

/// The locks that somebody sees in an article, with what lies behind each; `None` when it does not exist for them.
/// For editors.
///
/// # Errors
/// 401 and 403 for whoever may not ask, 404 when the article does not exist for them either.
pub async fn explain(
    reading: &Reading,
    viewer: Arc<Viewer>,
    key: &ArticleKey,
) -> Result<Option<Vec<Explained>>, Problem> {
    may_ask(reading)?;
    reading.library().article(key).await?.ok_or_else(Problem::not_found)?;
    let theirs = reading.seen_by(viewer);
    match theirs.library().article(key).await? {
        Some(article) => theirs.explain(&article).await.map(Some),
        None => Ok(None),
    }
}

/// The access class of each article, by addresses, slugs or ids, in their order; `None` for one that does not exist for the viewer.
///
/// # Errors
/// A problem when the database cannot be read.
pub async fn classes_at(
    reading: &Reading,
    site: &Site,
    urls: &[impl AsRef<str>],
) -> Result<Vec<Option<String>>, Problem> {
    if urls.len() > MAX_ARTICLES {
        return Err(Problem::invalid_parameter("url", format!("url: at most {MAX_ARTICLES} articles.")));
    }
    reading.charge(urls.len())?;
    let key = |url: &str| site.slug_in(url).map(ArticleKey::Slug).or_else(|| url.parse().ok());
    let keys: Vec<_> = urls.iter().map(|url| key(url.as_ref())).collect();
    let found = reading.library().articles_by_keys(&keys).await?;
    let articles: Vec<_> = found.iter().flatten().cloned().collect();
    // A class says nothing of what an article holds.
    reading.sends(Sending::NOTHING);
    let mut classes = reading.present(&articles).await?.into_iter().map(|view| class(&view));
    Ok(found.iter().map(|article| article.as_ref().and_then(|_| classes.next())).collect())
}

/// Equal for two viewers exactly when they see the same of the article: a hash of all that they see.
fn class(view: &ArticleView) -> String {
    let [class @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
        *blake3::hash(format!("{view:?}").as_bytes()).as_bytes();
    uuid::Uuid::from_bytes(class).simple().to_string()
}
