//! Mail: letters made from templates, queued, and handed to a server or written to files.
//!
//! Whoever posts a letter does not wait for it, so the time of an answer says nothing about mail.

mod post;
mod templates;

pub use post::{Envelope, MailError, Post, Room, Route};
pub use templates::{GiftWords, Letter, Templates};
