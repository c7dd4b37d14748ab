//! The paywall: decided here, once, for every surface.

mod decision;
mod present;
mod requirement;

pub use decision::{Access, Decision, Offer, Reason};
pub use present::{Surroundings, present};
pub use requirement::Requirement;
