//! Newsletters, as the publisher sets them up.

use super::acting::Acting;
use super::link::bits;
use crate::error::Problem;
use masthead_domain::id::NewsletterId;
use masthead_domain::member::Newsletter;
use masthead_domain::slug::Slug;
use masthead_domain::viewer::Role;

/// What a newsletter is to be.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Its name in URLs.
    pub slug: Slug,
    /// Its name for readers.
    pub name: String,
    /// What it brings, and how often.
    pub description: Option<String>,
    /// Whether a confirmed subscription to it makes a `subscriber`.
    pub makes_subscriber: bool,
    /// Whether it is offered.
    pub active: bool,
}

/// Adds a newsletter, or changes the one with this slug. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not; a problem when the database fails.
pub async fn save(acting: &Acting<'_>, setup: Setup) -> Result<NewsletterId, Problem> {
    acting.must_be(Role::Publisher)?;
    let Setup { slug, name, description, makes_subscriber, active } = setup;
    let all = acting.store().registry().newsletters().await?;
    let (id, action) = match all.iter().find(|newsletter| newsletter.slug == slug) {
        Some(there) => (there.id, "newsletter.changed"),
        None => (NewsletterId::new(acting.now(), bits(acting.chance())?), "newsletter.created"),
    };
    let newsletter = Newsletter { id, slug, name, description, makes_subscriber, active };
    let mut work = acting.begin().await?;
    work.put_newsletters(&[newsletter]).await?;
    acting.finish(work, action, id).await?;
    Ok(id)
}
