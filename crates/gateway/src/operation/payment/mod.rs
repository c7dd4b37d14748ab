//! Paying: where one goes to pay, and what follows from what the provider reports.

mod checkout;
mod events;
mod gift_subscription;
mod letters;

pub use checkout::{Amount, Back, Wish, checkout, contribute};
pub use events::take_in;
pub use gift_subscription::{GIFT_SUBSCRIPTIONS, Present, Wrapped, buy, list, make, redeem, revoke};
pub use letters::{Bell, EVERY};
