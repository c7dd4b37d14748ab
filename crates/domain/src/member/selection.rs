//! Which members a list holds.

use super::{Email, Status};
use crate::id::NewsletterId;
use crate::selection::Span;
use crate::slug::Slug;

/// Which members a list holds: those for whom every condition is true. The list goes by the creation of the accounts,
/// the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberSelection {
    /// Who has this address.
    pub email: Option<Email>,
    /// Who may use their account, or may not.
    pub status: Option<Status>,
    /// Who has a subscription to this tier that counts now.
    pub tier: Option<Slug>,
    /// Who gets this newsletter.
    pub newsletter: Option<NewsletterId>,
    /// Who has this label.
    pub label: Option<String>,
    /// Whose account was made within this span.
    pub created: Span,
}
