//! What was paid for gift subscriptions, and what of it stands, from all that is known of them.

use super::{Event, Report, in_order, returned};
use crate::clock::Timestamp;
use crate::id::GiftSubscriptionId;
use std::collections::BTreeMap;

/// A payment for a gift subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiftPayment {
    /// The gift subscription.
    pub gift_subscription: GiftSubscriptionId,
    /// When it was paid.
    pub at: Timestamp,
    /// How much, in the currency's minor unit.
    pub amount: i64,
    /// Three letters by ISO 4217, in upper case.
    pub currency: String,
    /// Since when nothing of it is left; `None` while it stands.
    pub returned: Option<Timestamp>,
}

/// The payments for gift subscriptions, whoever made them, by reference. The order and the number of times in which an event
/// is given do not matter.
#[must_use]
pub fn gift_payments(events: &[Event]) -> Vec<GiftPayment> {
    let ordered = in_order(events);
    let returned = returned(&ordered);
    let mut gifts = BTreeMap::new();
    for event in &ordered {
        if let Report::GiftSubscription { id, reference, amount, currency } = &event.report {
            gifts.entry(reference.as_str()).or_insert_with(|| GiftPayment {
                gift_subscription: *id,
                at: event.at,
                amount: *amount,
                currency: currency.clone(),
                returned: returned.get(reference.as_str()).copied(),
            });
        }
    }
    gifts.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member::{GiftSubscription, GiftSubscriptionOrigin, GiftSubscriptionState};
    use proptest::prelude::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::try_from(seconds * 1_000_000).expect("valid")
    }

    fn gift_subscription() -> GiftSubscription {
        GiftSubscription {
            id: GiftSubscriptionId::new(at(1), [1; 10]),
            tier: "patron".parse().expect("slug"),
            months: 3,
            code_hash: "hash".into(),
            recipient: None,
            letter: None,
            origin: GiftSubscriptionOrigin::Bought { giver: None, amount: 500, currency: "EUR".into() },
            created: at(1),
            paid: None,
            given_back: None,
            revoked: None,
            redeemed: None,
        }
    }

    fn paid(reference: &str, amount: i64) -> Report {
        let (id, reference) = (gift_subscription().id, reference.into());
        Report::GiftSubscription { id, reference, amount, currency: "EUR".into() }
    }

    fn refund(payment: &str, in_full: bool) -> Report {
        Report::Refund { payment: payment.into(), in_full }
    }

    fn dispute(payment: &str, withdrawn: bool) -> Report {
        Report::Dispute { payment: payment.into(), dispute: format!("d{payment}"), withdrawn }
    }

    fn event(id: &str, seconds: i64, report: Report) -> Event {
        Event { id: id.into(), at: at(seconds), report }
    }

    fn settled(events: &[Event]) -> GiftSubscription {
        gift_subscription().settled(&gift_payments(events))
    }

    #[test]
    fn a_payment_that_went_back_says_so_whatever_came_first() {
        let (pays, part) = (event("p", 20, paid("p1", 500)), event("r", 21, refund("p1", false)));
        let full = event("f", 22, refund("p1", true));
        assert_eq!(gift_payments(&[pays.clone(), part])[0].returned, None);
        assert_eq!(gift_payments(&[full, pays])[0].returned, Some(at(22)));
    }

    #[test]
    fn a_dispute_that_is_won_takes_its_end_back() {
        let pays = event("p", 20, paid("p1", 500));
        // Within one second the money is withdrawn before it is reinstated, whatever the events are called.
        let (gone, back) = (event("z", 30, dispute("p1", true)), event("a", 30, dispute("p1", false)));
        assert_eq!(settled(&[pays.clone(), gone.clone()]).state(), GiftSubscriptionState::Ended);
        assert_eq!(settled(&[back.clone(), gone.clone(), pays.clone()]).state(), GiftSubscriptionState::Good);
        let refunded = event("f", 40, refund("p1", true));
        assert_eq!(settled(&[pays.clone(), gone.clone(), back.clone(), refunded]).given_back, Some(at(40)));
        let lost = event("l", 50, dispute("p1", true));
        assert_eq!(settled(&[lost.clone(), pays.clone(), gone.clone()]).given_back, Some(at(30)));
        assert_eq!(settled(&[lost, pays, gone, back]).given_back, Some(at(50)));
    }

    #[test]
    fn one_payment_of_two_keeps_a_gift_good() {
        let pay = |id: &str, seconds| event(id, seconds, paid(id, 500));
        let first_back = event("f", 30, refund("p1", true));
        let one = [pay("p1", 20), pay("p2", 21), first_back.clone()];
        assert_eq!((settled(&one).state(), settled(&one).paid), (GiftSubscriptionState::Good, Some(at(20))));
        let less = [pay("p1", 20), first_back, event("p2", 21, paid("p2", 499))];
        assert_eq!(settled(&less).state(), GiftSubscriptionState::Ended, "less than it costs keeps nothing");
        let revoked = GiftSubscription { revoked: Some(at(25)), ..settled(&one) };
        assert_eq!(revoked.clone().settled(&gift_payments(&one)), revoked, "no payment undoes it");
        assert_eq!((revoked.state(), revoked.ended()), (GiftSubscriptionState::Ended, Some(at(25))));
    }

    fn any_event() -> impl Strategy<Value = Event> {
        let report = prop_oneof![
            3 => ("p[123]", 499..502_i64).prop_map(|(reference, amount)| paid(&reference, amount)),
            2 => ("p[123]", any::<bool>()).prop_map(|(payment, in_full)| refund(&payment, in_full)),
            3 => ("p[123]", any::<bool>()).prop_map(|(payment, withdrawn)| dispute(&payment, withdrawn)),
        ];
        (0..1_000_u32, 0..10_i64, report)
            .prop_map(|(id, seconds, report)| event(&format!("evt_{id}"), seconds, report))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_order_of_all_payments_ends_in_the_same_gift(
            events in prop::collection::vec(any_event(), 0..12),
            shuffle in any::<prop::sample::Index>(),
        ) {
            // One event has one content, whatever its name.
            let mut seen = std::collections::BTreeSet::new();
            let events: Vec<_> = events.into_iter().filter(|event| seen.insert(event.id.clone())).collect();
            let mut other = events.clone();
            other.reverse();
            if !other.is_empty() {
                let middle = shuffle.index(other.len());
                other.rotate_left(middle);
            }
            // The gift is settled anew with each event that comes, and some come twice.
            let mut gift = gift_subscription();
            for known in 1..=other.len() {
                gift = gift.settled(&gift_payments(&other[..known]));
            }
            other.extend_from_within(..other.len() / 2);
            gift = gift.settled(&gift_payments(&other));
            prop_assert_eq!(&gift, &settled(&events));
            let enough: Vec<_> = gift_payments(&events).into_iter().filter(|one| one.amount >= 500).collect();
            prop_assert_eq!(gift.paid.is_some(), !enough.is_empty());
            let all_went_back = !enough.is_empty() && enough.iter().all(|one| one.returned.is_some());
            prop_assert_eq!(gift.ended().is_some(), all_went_back);
        }
    }
}
