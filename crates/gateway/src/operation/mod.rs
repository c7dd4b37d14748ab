//! The use cases: what one can ask of the publication. REST and GraphQL call these and nothing else.
//!
//! Every use case that reads the publication starts from a [`Reading`], which names the viewer; there is no way to ask
//! without one. What the staff does starts from an [`Acting`], and is recorded. Those of members are methods of
//! [`member::Accounts`]; what the staff does with members is in [`membership`]. Seats in groups are managed from a
//! [`group::Managing`], by the staff and by owners.

pub mod access;
mod acting;
pub mod article;
pub mod audit;
pub mod author;
mod budget;
mod cards;
pub mod changes;
pub mod cursor;
mod delivering;
mod described;
mod entitlement;
mod filter;
pub mod gift;
pub mod group;
pub mod institution;
mod link;
pub mod member;
pub mod membership;
mod named;
pub mod newsletter;
pub mod partner;
pub mod pass;
pub mod payment;
pub mod policy;
pub mod preview;
mod reading;
mod role;
pub mod section;
pub mod sitemap;
pub mod source;
pub mod tag;
pub mod tier;
pub mod unlock;

pub use acting::Acting;
pub use budget::Budget;
pub use cards::Cards;
pub use delivering::{Delivering, Sending};
pub use described::{Described, DescribedKind};
pub use filter::Filter;
pub use link::{LinkCode, Opened};
pub use reading::{Desk, Reading};
pub use role::{require, require_to_change};
pub use section::SectionTree;
