//! How content comes in from elsewhere: markup and whole publications.
//!
//! [`html`] is the one way from HTML to blocks, [`markdown`] leads there, and [`ghost`] reads an export of
//! Ghost. Whatever is changed or left out on the way is written into [`notes::Notes`], so that nothing is
//! lost in silence.

pub mod ghost;
pub mod html;
pub mod markdown;
pub mod notes;
pub mod progress;
pub mod summary;
