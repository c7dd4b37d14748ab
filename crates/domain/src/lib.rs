//! What a news publication is made of, and who may read which part of it.
//!
//! The crate is pure: it does no I/O, knows no database and no web framework, and takes the time of day
//! from its caller. Its one promise is [`paywall::present`], the only way from an [`article::Article`] to
//! something that can be shown. The body and the source links of an article have no other reader here.

pub mod article;
pub mod author;
pub mod change;
pub mod clock;
pub mod filter;
pub mod group;
pub mod href;
pub mod id;
pub mod image;
pub mod institution;
pub mod language;
pub mod member;
pub mod page;
pub mod partner;
pub mod payment;
pub mod paywall;
pub mod section;
pub mod selection;
pub mod slug;
pub mod source;
pub mod tag;
pub mod tier;
pub mod view;
pub mod viewer;
