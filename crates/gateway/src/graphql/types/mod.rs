//! The types of the schema, one a file. Each is a thin face of a record or a view; none decides anything.
//!
//! A field that can fail is nullable, so that its failure never hides its neighbours. Every other field is
//! null only where there may be nothing, or where the viewer may not see it.

mod access;
mod article;
mod articles;
mod author;
mod block;
mod delivery;
mod desk;
mod explanation;
mod feed;
mod filter;
mod gift_subscription;
mod group;
mod image;
mod licence;
mod member;
mod membership;
mod meter;
mod mutation;
mod node;
mod page;
mod partner;
mod passes;
mod payment;
mod preview;
mod query;
mod rights;
mod scalar;
mod section;
mod source;
mod tag;
mod text;
mod tier;
mod viewer;
mod words;

pub use mutation::Mutation;
pub use query::Query;

use crate::error::{Code, Problem};

/// What is not there for whoever asks is null.
fn if_there<T>(found: Result<T, Problem>) -> Result<Option<T>, Problem> {
    match found {
        Err(problem) if problem.code() == Code::NotFound => Ok(None),
        found => found.map(Some),
    }
}
