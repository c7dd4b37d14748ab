//! Paying, and what payment providers report.

pub mod checkout;
pub mod contributions;
pub mod gifts;
pub mod webhook;
