//! Paying: where one goes to pay, and what follows from what the provider reports.

mod checkout;
mod events;
mod voucher;

pub use checkout::{Amount, Back, Wish, checkout, contribute};
pub use events::take_in;
pub use voucher::{Present, VOUCHERS, Wrapped, buy, list, make, redeem, revoke};
