//! What is known of people. Nothing here asks who wants to know: the gateway's use cases do, before they call.

mod audit;
mod feeds;
mod gift_subscriptions;
mod groups;
mod institutions;
mod keys;
mod members;
mod membership;
mod newest;
mod partners;
mod passes;
#[cfg(test)]
mod plans;
mod policy;
mod sign_in;
mod tiers;

pub use feeds::KnownFeed;
pub(crate) use feeds::{feeds as select_feeds, open as open_feed};
pub(crate) use gift_subscriptions::{
    letters_due as gift_letters_due, of_member as gift_subscriptions_of_member,
};
pub use groups::{Invitations, SavedGroup};
pub(crate) use groups::{
    count_invitations, groups as select_groups, invitations as select_invitations,
    is_good as is_good_invitation, of_domain, read_invitation, read_seat, seats as select_seats,
    subscriptions_by_seats,
};
pub use keys::{KnownKey, SecretHash};
pub(crate) use keys::{keys as select_keys, open as open_key};
pub use membership::SavedMember;
pub(crate) use membership::{newsletters_of, saved_members};
pub use partners::SavedPartner;
pub(crate) use partners::partners as select_partners;
pub use passes::{GiftRecord, Giver, PassRecord, PreviewRecord};
pub use policy::SavedPolicy;
pub use sign_in::SignInRecord;
pub(crate) use sign_in::{read_sign_in, sign_in};
pub use tiers::SavedTier;
pub(crate) use tiers::saved_tier;

use crate::store::Store;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{MemberId, SessionId};

/// What is known of people. Made by [`Store::registry`].
#[derive(Clone, Copy)]
pub struct Registry<'s> {
    pub(crate) store: &'s Store,
}

/// A session of a member, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// Its identifier.
    pub id: SessionId,
    /// Whose it is.
    pub member: MemberId,
    /// What the client called itself, at most 200 bytes.
    pub label: String,
    /// When it was begun.
    pub created: Timestamp,
    /// When it was last used for a new token.
    pub used: Timestamp,
    /// The first instant at which it is over.
    pub expires: Timestamp,
    /// When it was ended before that.
    pub revoked: Option<Timestamp>,
}

impl SessionRecord {
    /// Whether it goes on at this instant.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && now < self.expires
    }
}
