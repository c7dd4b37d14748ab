//! Members: people with an account, what they subscribe to, and what that opens.

mod consent;
mod delivery;
mod email;
mod feed;
mod gift_subscription;
mod holdings;
mod newsletter;
mod recipient;
mod selection;
mod subscription;

pub use consent::{Consent, ConsentError, MAX_WORDING, Purpose, check_wording};
pub use delivery::Delivery;
pub use email::{Email, EmailError};
pub use feed::PrivateFeed;
pub use gift_subscription::{
    GIFT_SUBSCRIPTION_MONTHS, GiftSubscription, GiftSubscriptionOrigin, GiftSubscriptionState, Redemption,
};
pub use holdings::{Holdings, holdings};
pub use newsletter::{MAX_NEWSLETTERS, Newsletter, NewsletterSubscription};
pub use recipient::{MAX_MESSAGE, Recipient, RecipientError};
pub use selection::MemberSelection;
pub use subscription::{Contribution, Grant, MAX_GRACE, Origin, Subscription, SubscriptionError};

use crate::clock::Timestamp;
use crate::id::MemberId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whether a member may use their account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As usual.
    #[default]
    Active,
    /// Shut out by the publisher: no token of theirs is good.
    Suspended,
}

impl Status {
    /// The status in lower case, as APIs and the database write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

/// Somebody with an account. Their address is proven: an account is made when a code that was sent to it comes
/// back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Its identifier, never reused.
    pub id: MemberId,
    /// The address that they sign in with, unique among members.
    pub email: Email,
    /// What they want to be called, at most [`MAX_NAME`] bytes.
    pub name: Option<String>,
    /// Whether they may use the account.
    pub status: Status,
    /// When the account was made.
    pub created: Timestamp,
    /// What the publisher notes about them, at most [`MAX_NOTE`] bytes. The member sees it in the export of their data.
    pub note: Option<String>,
    /// Words of the publisher's own to sort members by, at most [`MAX_LABELS`].
    pub labels: Vec<String>,
}

/// The longest name, in bytes.
pub const MAX_NAME: usize = 200;
/// The longest note, in bytes.
pub const MAX_NOTE: usize = 2_000;
/// The most labels of one member; each has 1 to [`MAX_NAME`] bytes, no comma, and no space around it.
pub const MAX_LABELS: usize = 50;

/// What is wrong with a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MemberError {
    /// The name is empty, too long, or holds control characters.
    #[error("name: must have 1 to {MAX_NAME} bytes and no control characters")]
    Name,
    /// The note is too long.
    #[error("note: at most {MAX_NOTE} bytes")]
    Note,
    /// Too many labels, or one that is empty, too long, or could not stand in a list with commas.
    #[error(
        "labels: at most {MAX_LABELS}, each once and of 1 to {MAX_NAME} bytes, without commas or space around it"
    )]
    Labels,
}

impl MemberError {
    /// The field that is wrong.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Note => "note",
            Self::Labels => "labels",
        }
    }
}

impl Member {
    /// Checks what must hold of every member.
    ///
    /// # Errors
    /// [`MemberError`] names the field.
    pub fn check(&self) -> Result<(), MemberError> {
        let plain = |text: &str| {
            (1..=MAX_NAME).contains(&text.len())
                && !text.trim().is_empty()
                && !text.chars().any(char::is_control)
        };
        if self.name.as_deref().is_some_and(|name| !plain(name)) {
            return Err(MemberError::Name);
        }
        if self.note.as_ref().is_some_and(|note| note.len() > MAX_NOTE) {
            return Err(MemberError::Note);
        }
        let fits = |label: &String| plain(label) && !label.contains(',') && label.trim() == label;
        let once: BTreeSet<_> = self.labels.iter().collect();
        if self.labels.len() > MAX_LABELS || once.len() < self.labels.len() || !self.labels.iter().all(fits) {
            return Err(MemberError::Labels);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_can_stand_in_a_list_with_commas() {
        let at = Timestamp::EPOCH;
        let labelled = |labels: &[&str]| Member {
            id: MemberId::new(at, [1; 10]),
            email: "reader@paper.example".parse().expect("valid"),
            name: None,
            status: Status::Active,
            created: at,
            note: None,
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        };
        assert_eq!(labelled(&["VIP", "from the fair"]).check(), Ok(()));
        for wrong in [&["a,b"][..], &[" a"], &["a "], &[""], &["a", "a"], &["a\nb"]] {
            assert_eq!(labelled(wrong).check(), Err(MemberError::Labels), "{wrong:?}");
        }
    }
}
