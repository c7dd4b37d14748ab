//! Mail: letters made from templates, queued, and handed to a server or written to files.
//!
//! Whoever posts a letter does not wait for it, so the time of an answer says nothing about mail. What has to be known of a
//! letter's end is sent beside the queue, by a task of its own.

mod post;
mod templates;

pub use post::{Envelope, MailError, Post, Room, Route, Turn, Unsent};
pub use templates::{GiftWords, Letter, Templates};
