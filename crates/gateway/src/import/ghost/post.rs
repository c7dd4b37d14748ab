//! From a post of Ghost to an article.

use super::body;
use super::desk::BodyError;
use super::locks;
use super::survey::{Entry, Survey};
use super::tables::{Post, PostMeta};
use crate::import::html::{self, Links};
use crate::import::notes::Notes;
use masthead_domain::article::{Article, ArticleError, ArticleParts, Byline, Kind, Provenance, Role, Stage};
use masthead_domain::clock::Timestamp;
use masthead_domain::href::Href;
use masthead_domain::image::Image;
use masthead_domain::language::Language;
use masthead_domain::paywall::Requirement;
use serde_json::value::RawValue;
use std::collections::BTreeSet;

/// The longest title that an article takes, in bytes.
const MAX_TITLE: usize = 2_000;

/// Why a post cannot be taken in.
#[derive(Debug, thiserror::Error)]
pub(super) enum PostError {
    /// The row of the post.
    #[error(transparent)]
    Row(serde_json::Error),
    /// The row of its metadata.
    #[error("posts_meta: {0}")]
    Meta(serde_json::Error),
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error(transparent)]
    Article(#[from] ArticleError),
}

/// Converts one post. The texts that Ghost derives from a body (plaintext, excerpt, reading time) are never
/// used: they may hold what is locked.
pub(super) fn convert(
    entry: &Entry,
    post: &[u8],
    meta: Option<&[u8]>,
    survey: &Survey,
    notes: &mut Notes,
) -> Result<Article, PostError> {
    notes.at(&entry.slug);
    let post: Post<'_> = serde_json::from_slice(post).map_err(PostError::Row)?;
    let meta: PostMeta<'_> = match meta {
        Some(text) => serde_json::from_slice(text).map_err(PostError::Meta)?,
        None => PostMeta::default(),
    };
    note_left_out(&post, &meta, notes);
    let (stage, published, updated) = times(&post, entry, notes);
    let requirement =
        locks::of_post(post.visibility.as_deref().unwrap_or_default(), entry.tiers.to_vec(), notes);
    let pieces = body::pieces(
        post.lexical.as_deref(),
        text(post.mobiledoc, "mobiledoc")?.as_deref(),
        if wants_html(&post) { text(post.html, "html")? } else { None }.as_deref(),
        &survey.addresses,
        notes,
    )?;
    let body = locks::lock(pieces, requirement.as_ref(), notes);
    let author = |id: &_| Byline { author: *id, role: Role::Author };
    Ok(Article::new(ArticleParts {
        id: entry.id,
        slug: entry.slug.clone(),
        kind: if post.kind.as_deref() == Some("page") { Kind::Page } else { Kind::Article },
        stage,
        title: title(post.title.as_deref(), notes),
        standfirst: said(post.custom_excerpt.as_deref()),
        hero: hero(&post, &meta, survey, notes),
        body,
        section: entry.section,
        tags: entry.tags.to_vec(),
        flags: BTreeSet::new(),
        bylines: entry.authors.iter().map(author).collect(),
        citations: Vec::new(),
        sources_requirement: Requirement::public(),
        language: language(post.locale.as_deref(), &survey.language, notes),
        provenance: Provenance::default(),
        corrections: Vec::new(),
        canonical: address(post.canonical_url.as_deref(), "canonical link", survey, notes),
        meta_title: said(meta.meta_title.as_deref()),
        meta_description: said(meta.meta_description.as_deref()),
        published,
        updated,
    })?)
}

fn said(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Reads a text that is only needed now and then.
fn text(raw: Option<&RawValue>, form: &'static str) -> Result<Option<String>, BodyError> {
    let Some(raw) = raw else { return Ok(None) };
    serde_json::from_str(raw.get()).map_err(|_| BodyError::Form { form, what: "is no text".to_owned() })
}

fn wants_html(post: &Post<'_>) -> bool {
    let empty = |raw: &RawValue| matches!(raw.get(), "\"\"" | "null");
    post.lexical.as_deref().is_none_or(|text| text.trim().is_empty()) && post.mobiledoc.is_none_or(empty)
}

fn title(title: Option<&str>, notes: &mut Notes) -> String {
    let Some(mut title) = said(title) else {
        notes.changed("post without a title: called (Untitled), as in Ghost");
        return "(Untitled)".to_owned();
    };
    if title.len() > MAX_TITLE {
        notes.changed("title longer than 2,000 bytes: cut");
        let end = (0..=MAX_TITLE).rev().find(|end| title.is_char_boundary(*end)).unwrap_or(0);
        title.truncate(end);
    }
    title
}

/// How far the post has come, when it was published, and when it last changed for readers.
fn times(post: &Post<'_>, entry: &Entry, notes: &mut Notes) -> (Stage, Option<Timestamp>, Timestamp) {
    let at = |moment: Option<super::tables::Moment>| moment.map(|moment| moment.0);
    let made = at(post.created_at).or(entry.key.made());
    let epoch = || Timestamp::try_from(0).expect("the epoch is a valid instant");
    let (stage, published) = match (post.status.as_deref(), at(post.published_at)) {
        (Some("published" | "scheduled"), Some(published)) => (Stage::Published, Some(published)),
        (Some("published"), None) => {
            notes.changed("published post without its date: the date of its making");
            (Stage::Published, Some(made.unwrap_or_else(epoch)))
        }
        (Some("scheduled"), None) => {
            notes.changed("scheduled post without its date: a draft");
            (Stage::Draft, None)
        }
        (_, published) => (Stage::Draft, published),
    };
    let updated = at(post.updated_at).or(published).or(made).unwrap_or_else(epoch);
    (stage, published, published.map_or(updated, |published| updated.max(published)))
}

fn hero(post: &Post<'_>, meta: &PostMeta<'_>, survey: &Survey, notes: &mut Notes) -> Option<Image> {
    let src = address(post.feature_image.as_deref(), "feature image", survey, notes)?;
    let mut image = Image::new(src, said(meta.feature_image_alt.as_deref()).unwrap_or_default());
    image.caption = meta.feature_image_caption.as_deref().and_then(html::plain);
    Some(image)
}

fn address(text: Option<&str>, of: &str, survey: &Survey, notes: &mut Notes) -> Option<Href> {
    let address = said(text)?;
    let href = survey.addresses.href(&address);
    if href.is_none() {
        notes.left_out_with(&format!("{of} with an address that is not allowed"), address);
    }
    href
}

fn language(locale: Option<&str>, otherwise: &Language, notes: &mut Notes) -> Language {
    let Some(locale) = said(locale) else { return otherwise.clone() };
    locale.parse().unwrap_or_else(|_| {
        notes.changed_with("language that is not known: that of the publication", &locale);
        otherwise.clone()
    })
}

/// What a post may have that an article has no place for.
fn note_left_out(post: &Post<'_>, meta: &PostMeta<'_>, notes: &mut Notes) {
    let any = |texts: &[&Option<std::borrow::Cow<'_, str>>]| {
        texts.iter().any(|text| text.as_deref().is_some_and(|text| !text.trim().is_empty()))
    };
    if any(&[&meta.og_image, &meta.og_title, &meta.og_description]) {
        notes.left_out("a post's own title, text or picture for Facebook (og)");
    }
    if any(&[&meta.twitter_image, &meta.twitter_title, &meta.twitter_description]) {
        notes.left_out("a post's own title, text or picture for Twitter");
    }
    if any(&[&post.codeinjection_head, &post.codeinjection_foot]) {
        notes.left_out("code injected into a post's page");
    }
    if any(&[&post.custom_template]) {
        notes.left_out("a post's own template");
    }
    if post.featured.unwrap_or_default().0 {
        notes.left_out("the sign that a post is featured");
    }
}
