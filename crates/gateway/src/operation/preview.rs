//! Preview links: one version of an article, before its publication, for whoever has the link.

use super::acting::Acting;
use super::article;
use super::link::{LinkCode, Opened, bits};
use super::reading::Reading;
use super::role::require;
use crate::error::{Code, Problem};
use masthead_domain::id::PreviewId;
use masthead_domain::page::{Page, PageRequest};
use masthead_domain::slug::Slug;
use masthead_domain::viewer::{Bearer, Role};
use masthead_persistence::{ArticleKey, PreviewRecord};

/// A preview link that was just made.
#[derive(Debug)]
pub struct NewPreview {
    /// The link.
    pub preview: PreviewRecord,
    /// Its code, which is not kept.
    pub code: LinkCode,
    /// The article's name in URLs.
    pub slug: Slug,
}

/// How long a preview link lives when nothing is said, in seconds: a week.
const USUAL_SECONDS: i64 = 7 * 24 * 3_600;

/// How long the token of a preview link lives, in seconds: a day. It ends earlier when the link does.
const LIFE: i64 = 24 * 3_600;

/// How long a preview link lives at most, in seconds: thirty days.
const MAX_SECONDS: i64 = 30 * 24 * 3_600;

/// Makes a link to the article as it is now, which lives so many seconds or a week. A later version and the publication end it. For editors.
///
/// # Errors
/// 401 and 403 for whoever may not, 404 when there is no such article, 409 when it is published.
pub async fn make(
    acting: &Acting<'_>,
    key: &ArticleKey,
    seconds: Option<i64>,
) -> Result<NewPreview, Problem> {
    let by = acting.must_be(Role::Editor)?.to_owned();
    let seconds = seconds.unwrap_or(USUAL_SECONDS);
    if !(1..=MAX_SECONDS).contains(&seconds) {
        return Err(Problem::invalid_parameter("seconds", format!("seconds: must be 1 to {MAX_SECONDS}.")));
    }
    let reading = acting.reading();
    let dossier = article::find(reading, key).await?.ok_or_else(Problem::not_found)?;
    let now = reading.now();
    let there = reading.store().unpublished(dossier.view.id, now).await?;
    let there = there.ok_or_else(|| {
        Problem::new(Code::AlreadyPublished, "The article is published; everybody may have its address.")
    })?;
    let preview = PreviewRecord {
        id: PreviewId::new(now, bits(acting.chance())?),
        article: dossier.view.id,
        version: there.version,
        by,
        created: now,
        expires: now.plus_seconds(seconds),
        revoked: None,
    };
    let code = LinkCode::draw(acting.chance())?;
    let mut work = acting.begin().await?;
    work.put_preview(&preview, &code.hash()).await?;
    acting.finish(work, "preview.made", preview.id).await?;
    Ok(NewPreview { preview, code, slug: dossier.view.slug.clone() })
}

/// The name of the list of preview links, for cursors.
pub const LIST: &str = "previews";

/// A page of all preview links, the newest first. For editors.
///
/// # Errors
/// 401 and 403 for whoever may not ask.
pub async fn all(reading: &Reading, page: &PageRequest) -> Result<Page<PreviewRecord>, Problem> {
    require(reading.viewer(), Role::Editor)?;
    let page = reading.store().registry().previews(page).await?;
    reading.charge(page.rows.len())?;
    Ok(page)
}

/// Opens a preview link, as often as anybody likes.
///
/// # Errors
/// 404 when no link has the code, 410 when it has ended.
pub async fn redeem(reading: &Reading, code: &LinkCode) -> Result<Opened, Problem> {
    let found = reading.store().registry().preview_by_code(&code.hash()).await?;
    let preview = found.ok_or_else(Problem::not_found)?;
    let standing = reading.store().standing(&Bearer::Preview(preview.id), reading.now()).await?;
    let ended = || {
        let detail = "The link has expired or was taken back, or the article has changed or is published.";
        Problem::new(Code::LinkEnded, detail)
    };
    standing.map_err(|_| ended())?;
    let left = preview.expires.seconds() - reading.now().seconds();
    Ok(Opened {
        bearer: Bearer::Preview(preview.id),
        article: Some(preview.article),
        seconds: LIFE.min(left),
    })
}

/// Takes a preview link back. For editors.
///
/// # Errors
/// 401 and 403 for whoever may not, 404 when there is no such link.
pub async fn revoke(acting: &Acting<'_>, id: PreviewId) -> Result<(), Problem> {
    acting.must_be(Role::Editor)?;
    acting.store().registry().preview(id).await?.ok_or_else(Problem::not_found)?;
    let mut work = acting.begin().await?;
    if work.revoke_preview(id).await? {
        acting.finish(work, "preview.revoked", id).await?;
    }
    Ok(())
}
