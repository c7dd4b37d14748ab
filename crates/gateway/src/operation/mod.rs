//! The use cases: what one can ask of the publication. REST and GraphQL call these and nothing else.
//!
//! Every use case that reads the publication starts from a [`Reading`], which names the viewer; there is no way to ask
//! without one. Every use case that changes something starts from an [`Acting`], and what it does is recorded.

mod acting;
pub mod article;
pub mod author;
mod cards;
pub mod cursor;
mod filter;
pub mod partner;
mod reading;
pub mod section;
pub mod source;
pub mod tag;
pub mod tier;

pub use acting::Acting;
pub use cards::Cards;
pub use filter::Filter;
pub use reading::{Desk, Reading};
pub use section::SectionTree;
