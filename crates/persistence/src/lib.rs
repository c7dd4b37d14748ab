//! The publication on SQLite or PostgreSQL, read through the eyes of a viewer.
//!
//! A [`Store`] has one reader and one writer. [`Library`] reads, and everything it returns exists for the viewer
//! it was made for: which rows there are is part of each query. [`Registry`] reads what is known of people, for
//! whoever has been found to have the right. [`Work`] writes: everything it puts, and the
//! entries of the change log that record it, become visible together or not at all.

mod cache;
mod connect;
mod deliveries;
mod delta;
mod error;
mod glance;
mod holders;
mod idempotency;
mod key;
mod library;
mod member_shelf;
mod record;
mod registry;
mod row;
mod schema;
mod shelf;
mod standing;
mod store;
mod usage;
mod work;

pub use connect::StoreOptions;
pub use delta::{Followed, LedgerPlace, LogPage, Notices, Pace};
pub use error::StoreError;
pub use glance::Mark;
pub use idempotency::{ABANDONED, Claim, Claimed, EarlierRequest, KeyedRequest, Progress};
pub use key::{ArticleKey, AuthorKey, SectionKey, TagKey};
pub use library::{Library, Listed, Stretch, Unpublished};
pub use registry::{
    GiftRecord, Giver, Invitations, KnownFeed, KnownKey, PassRecord, PreviewRecord, Registry, SavedGroup,
    SavedMember, SavedPartner, SavedPolicy, SavedTier, SecretHash, SessionRecord, SignInRecord,
};
pub use store::{Schema, Store};
pub use work::{MailProof, PaymentNotice, Rotation, Seating, Tally, Unlocking, Work};
