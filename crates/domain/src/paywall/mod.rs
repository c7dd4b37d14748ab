//! The paywall: decided here, once, for every surface.

mod decision;
pub mod meter;
pub mod policy;
mod present;
mod requirement;

pub use decision::{Access, Decision, Lock, Offer, Reason};
pub use policy::Policy;
pub use present::{Explained, Surroundings, explain, present};
pub use requirement::Requirement;
