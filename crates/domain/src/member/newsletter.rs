//! Newsletters, and who has confirmed that they want them.

use crate::clock::Timestamp;
use crate::id::NewsletterId;
use crate::slug::Slug;
use serde::{Deserialize, Serialize};

/// A newsletter. Whoever has confirmed a free one holds `subscriber`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Newsletter {
    /// Its identifier.
    pub id: NewsletterId,
    /// Its name in URLs, unique among newsletters.
    pub slug: Slug,
    /// Its name for readers.
    pub name: String,
    /// What it brings, and how often.
    pub description: Option<String>,
    /// Whether a confirmed subscription to it makes a `subscriber`.
    pub makes_subscriber: bool,
    /// Whether it is offered now. One that is no longer offered still counts for those who have it.
    pub active: bool,
}

/// How many newsletters a publication may have.
pub const MAX_NEWSLETTERS: usize = 100;

/// A member's wish for a newsletter, confirmed by mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsletterSubscription {
    /// The newsletter.
    pub newsletter: NewsletterId,
    /// When it was confirmed.
    pub confirmed: Timestamp,
}
