//! What a customer has, from all that is known of them.

use super::{Event, PaymentState, Report, SubscriptionReport, Terms, in_order, returned};
use crate::clock::Timestamp;
use crate::id::{ContributionId, MemberId, SubscriptionId};
use crate::member::{Contribution, Grant, Origin, Subscription};
use std::collections::BTreeMap;

/// What a customer of a payment provider has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Customer {
    /// The member who they are; `None` as long as no checkout has said so. Then they have no subscriptions here yet, and
    /// their contributions stand in the books without a name and grant nothing.
    pub member: Option<MemberId>,
    /// Their subscriptions, by reference.
    pub subscriptions: Vec<Subscription>,
    /// Their contributions, by reference. A payment of which nothing is left grants nothing.
    pub contributions: Vec<Contribution>,
}

/// Folds the events of one customer. The order and the number of times in which an event is given do not matter.
///
/// `ids` makes ids from the provider's names, so that the same thing always has the same id.
#[must_use]
pub fn fold(
    events: &[Event],
    terms: &Terms,
    ids: impl Fn(&str, Timestamp) -> (SubscriptionId, ContributionId),
) -> Customer {
    let ordered = in_order(events);
    let returned = returned(&ordered);
    // Whoever went through the checkout first is the customer; a later claim is somebody else's mistake.
    let member = ordered.iter().find_map(|event| match &event.report {
        Report::Checkout { member } => Some(*member),
        _ => None,
    });
    let mut subscriptions: BTreeMap<&str, &SubscriptionReport> = BTreeMap::new();
    let mut payments: BTreeMap<&str, (Timestamp, i64, &str)> = BTreeMap::new();
    for event in &ordered {
        match &event.report {
            Report::Subscription(report) => {
                let known = subscriptions.get(report.reference.as_str());
                // What is over stays over, whatever comes with a later date.
                if known.is_none_or(|known| known.state != PaymentState::Over) {
                    subscriptions.insert(&report.reference, report);
                }
            }
            Report::Payment { reference, amount, currency } => {
                payments.entry(reference).or_insert((event.at, *amount, currency));
            }
            Report::Checkout { .. }
            | Report::GiftSubscription { .. }
            | Report::Refund { .. }
            | Report::Dispute { .. } => {}
        }
    }
    let subscription = |report: &SubscriptionReport| {
        let (ends, grace_seconds) = span(report, terms);
        Some(Subscription {
            id: ids(&report.reference, report.starts).0,
            member: member?,
            tier: report.tier.clone(),
            origin: Origin::Paid { provider: terms.provider.clone(), reference: report.reference.clone() },
            starts: report.starts,
            ends: Some(ends.max(report.starts)),
            grace_seconds,
            cancelled: report.cancelled,
        })
    };
    let contributions = payments.into_iter().map(|(reference, (at, amount, currency))| Contribution {
        id: ids(reference, at).1,
        member,
        amount,
        currency: currency.to_owned(),
        at,
        provider: terms.provider.clone(),
        reference: reference.to_owned(),
        grant: grant(terms, at).filter(|_| member.is_some() && !returned.contains_key(reference)),
    });
    Customer {
        member,
        subscriptions: subscriptions.into_values().filter_map(subscription).collect(),
        contributions: contributions.collect(),
    }
}

/// Until when a subscription counts, and for how many seconds of grace after that.
fn span(report: &SubscriptionReport, terms: &Terms) -> (Timestamp, i64) {
    match report.state {
        PaymentState::Running => (report.paid_until, terms.grace_seconds),
        PaymentState::Unpaid => (report.starts, 0),
        PaymentState::Over => (report.ended.unwrap_or(report.paid_until), 0),
    }
}

fn grant(terms: &Terms, at: Timestamp) -> Option<Grant> {
    let (entitlement, seconds) = terms.contribution_grants.as_ref()?;
    Some(Grant { entitlement: entitlement.clone(), from: at, until: at.plus_seconds(*seconds) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::viewer::Entitlement;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::try_from(seconds * 1_000_000).expect("valid")
    }

    fn ids(name: &str, at: Timestamp) -> (SubscriptionId, ContributionId) {
        let mut bits = [0; 10];
        for (place, byte) in name.bytes().enumerate().take(10) {
            bits[place] = byte;
        }
        (SubscriptionId::new(at, bits), ContributionId::new(at, bits))
    }

    fn terms() -> Terms {
        Terms {
            provider: "stripe".into(),
            grace_seconds: 100,
            contribution_grants: Some((Entitlement::Member, 1_000)),
        }
    }

    fn any_event() -> impl Strategy<Value = Event> {
        let state =
            prop_oneof![Just(PaymentState::Running), Just(PaymentState::Unpaid), Just(PaymentState::Over)];
        let subscription = ("s[12]", "[ab]", state, any::<bool>(), 0..50_i64, 0..50_i64).prop_map(
            |(reference, tier, state, is_first, starts, paid)| {
                Report::Subscription(SubscriptionReport {
                    reference,
                    tier: tier.parse().expect("slug"),
                    is_first,
                    state,
                    starts: at(starts),
                    paid_until: at(starts + paid),
                    cancelled: None,
                    ended: (state == PaymentState::Over).then_some(at(starts + paid)),
                })
            },
        );
        let report = prop_oneof![
            2 => (0..3_u8).prop_map(|who| Report::Checkout { member: MemberId::new(at(1), [who; 10]) }),
            5 => subscription,
            2 => ("p[12]", 1..900_i64).prop_map(|(reference, amount)| Report::Payment {
                reference, amount, currency: "EUR".into(),
            }),
            1 => ("p[12]", any::<bool>()).prop_map(|(payment, in_full)| Report::Refund { payment, in_full }),
            2 => ("p[12]", "d[12]", any::<bool>()).prop_map(|(payment, dispute, withdrawn)| Report::Dispute {
                payment, dispute, withdrawn,
            }),
        ];
        (0..1_000_u32, 0..20_i64, report).prop_map(|(id, seconds, report)| Event {
            id: format!("evt_{id}"),
            at: at(seconds),
            report,
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_order_and_any_repetition_end_in_the_same(
            events in prop::collection::vec(any_event(), 0..12),
            again in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
            shuffle in any::<u64>(),
        ) {
            // One event has one content, whatever its name.
            let mut seen = BTreeSet::new();
            let events: Vec<_> = events.into_iter().filter(|event| seen.insert(event.id.clone())).collect();
            let mut other = events.clone();
            if !events.is_empty() {
                other.extend(again.iter().map(|index| events[index.index(events.len())].clone()));
            }
            other.sort_by_key(|event| {
                event.id.bytes().fold(shuffle, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
            });
            prop_assert_eq!(fold(&events, &terms(), ids), fold(&other, &terms(), ids));
        }
    }

    fn report(reference: &str, state: PaymentState, is_first: bool, paid_until: i64) -> Report {
        Report::Subscription(SubscriptionReport {
            reference: reference.into(),
            tier: "patron".parse().expect("slug"),
            is_first,
            state,
            starts: at(10),
            paid_until: at(paid_until),
            cancelled: None,
            ended: (state == PaymentState::Over).then_some(at(60)),
        })
    }

    fn event(id: &str, seconds: i64, report: Report) -> Event {
        Event { id: id.into(), at: at(seconds), report }
    }

    fn checkout() -> Event {
        event("c", 9, Report::Checkout { member: MemberId::new(at(1), [1; 10]) })
    }

    fn lapses(events: &[Event]) -> Option<Timestamp> {
        fold(events, &terms(), ids).subscriptions.first().and_then(Subscription::lapses)
    }

    #[test]
    fn a_customer_whom_no_checkout_names_has_nothing_yet() {
        let running = event("s", 10, report("s1", PaymentState::Running, true, 50));
        assert_eq!(fold(std::slice::from_ref(&running), &terms(), ids), Customer::default());
        assert_eq!(lapses(&[running, checkout()]), Some(at(150)));
    }

    #[test]
    fn what_somebody_without_an_account_gave_stands_in_the_books() {
        let paid = |id: &str, seconds| {
            let report = Report::Payment { reference: id.into(), amount: 500, currency: "EUR".into() };
            event(id, seconds, report)
        };
        let nobodys = fold(&[paid("p1", 20)], &terms(), ids);
        assert_eq!((nobodys.member, nobodys.subscriptions.len()), (None, 0));
        assert_eq!(nobodys.contributions[0].member, None);
        assert_eq!(nobodys.contributions[0].grant, None);
        let theirs = fold(&[paid("p1", 20), checkout()], &terms(), ids);
        assert_eq!(theirs.contributions[0].id, nobodys.contributions[0].id, "it is the same one");
        assert_eq!(theirs.contributions[0].member, theirs.member);
        assert!(theirs.contributions[0].grant.is_some());
    }

    #[test]
    fn the_first_report_of_a_second_comes_first() {
        let first = event("z", 10, report("s1", PaymentState::Unpaid, true, 10));
        let paid = event("a", 10, report("s1", PaymentState::Running, false, 50));
        assert_eq!(lapses(&[checkout(), first, paid]), Some(at(150)));
    }

    #[test]
    fn what_is_over_stays_over_and_has_no_grace() {
        let over = event("o", 60, report("s1", PaymentState::Over, false, 50));
        let late = event("l", 61, report("s1", PaymentState::Running, false, 90));
        assert_eq!(lapses(&[checkout(), over, late]), Some(at(60)));
    }

    #[test]
    fn a_refund_in_full_takes_the_grant_back_even_when_it_comes_first() {
        let paid =
            event("p", 20, Report::Payment { reference: "p1".into(), amount: 500, currency: "EUR".into() });
        let part = event("r", 21, Report::Refund { payment: "p1".into(), in_full: false });
        let full = event("f", 22, Report::Refund { payment: "p1".into(), in_full: true });
        let grant = |events: &[Event]| fold(events, &terms(), ids).contributions[0].grant.clone();
        assert_eq!(grant(&[checkout(), paid.clone(), part]).map(|grant| grant.until), Some(at(1_020)));
        assert_eq!(grant(&[full, checkout(), paid]), None);
    }

    #[test]
    fn a_bank_takes_the_grant_as_long_as_it_has_the_money() {
        let paid =
            event("p", 20, Report::Payment { reference: "p1".into(), amount: 500, currency: "EUR".into() });
        let dispute = |id: &str, seconds, withdrawn| {
            event(id, seconds, Report::Dispute { payment: "p1".into(), dispute: "d1".into(), withdrawn })
        };
        let (gone, back) = (dispute("g", 30, true), dispute("b", 40, false));
        let grants = |events: &[Event]| fold(events, &terms(), ids).contributions[0].grant.is_some();
        assert!(!grants(&[gone.clone(), checkout(), paid.clone()]));
        assert!(grants(&[back.clone(), gone.clone(), paid.clone(), checkout()]));
        let full = event("f", 21, Report::Refund { payment: "p1".into(), in_full: true });
        assert!(!grants(&[checkout(), paid, full, gone, back]), "a refund is not undone by a bank");
    }
}
