//! What a member holds at one instant, and until when that stays so.

use super::{Contribution, Grant, Member, Status, Subscription};
use crate::clock::Timestamp;
use crate::viewer::{Entitlement, Entitlements};

/// What a member holds at one instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// What they hold.
    pub entitlements: Entitlements,
    /// The first instant at which they may hold something else without a change of any record; `None` when
    /// time alone changes nothing.
    pub until: Option<Timestamp>,
}

/// What a member holds who has these. Whoever is suspended holds nothing.
///
/// `is_subscriber` says whether they have confirmed a newsletter that makes one.
#[must_use]
pub fn holdings(
    member: &Member,
    is_subscriber: bool,
    subscriptions: &[Subscription],
    contributions: &[Contribution],
    now: Timestamp,
) -> Holdings {
    if member.status != Status::Active {
        return Holdings::default();
    }
    let mut span = Span { now, until: None };
    let mut held: Vec<Entitlement> = is_subscriber.then_some(Entitlement::Subscriber).into_iter().collect();
    for subscription in subscriptions.iter().filter(|one| one.member == member.id) {
        if span.covers(subscription.starts, subscription.lapses()) {
            held.push(Entitlement::Tier(subscription.tier.clone()));
        }
    }
    for Grant { entitlement, from, until } in contributions
        .iter()
        .filter(|one| one.member == Some(member.id))
        .filter_map(|contribution| contribution.grant.as_ref())
    {
        if span.covers(*from, Some(*until)) {
            held.push(entitlement.clone());
        }
    }
    Holdings { entitlements: held.into_iter().collect(), until: span.until }
}

/// Looks for what counts now, and for when that changes first.
struct Span {
    now: Timestamp,
    until: Option<Timestamp>,
}

impl Span {
    fn covers(&mut self, from: Timestamp, until: Option<Timestamp>) -> bool {
        for edge in [Some(from), until].into_iter().flatten().filter(|edge| *edge > self.now) {
            self.until = Some(self.until.map_or(edge, |until| until.min(edge)));
        }
        from <= self.now && until.is_none_or(|until| self.now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{MemberId, SubscriptionId};
    use crate::member::Origin;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::try_from(seconds * 1_000_000).expect("valid")
    }

    fn member(status: Status) -> Member {
        Member {
            id: MemberId::new(at(1), [1; 10]),
            email: "reader@paper.example".parse().expect("valid"),
            name: None,
            status,
            created: at(1),
            note: None,
            labels: Vec::new(),
        }
    }

    fn subscription(tier: &str, starts: i64, ends: Option<i64>, grace_seconds: i64) -> Subscription {
        Subscription {
            id: SubscriptionId::new(at(1), [2; 10]),
            member: MemberId::new(at(1), [1; 10]),
            tier: tier.parse().expect("slug"),
            origin: Origin::Comped,
            starts: at(starts),
            ends: ends.map(at),
            grace_seconds,
            cancelled: None,
        }
    }

    fn held(all: &[Subscription], now: i64) -> (Vec<String>, Option<Timestamp>) {
        let found = holdings(&member(Status::Active), false, all, &[], at(now));
        (found.entitlements.iter().map(ToString::to_string).collect(), found.until)
    }

    #[test]
    fn a_subscription_counts_from_its_start_to_the_end_of_its_grace() {
        let one = [subscription("patron", 100, Some(200), 50)];
        assert_eq!(held(&one, 99), (vec![], Some(at(100))));
        assert_eq!(held(&one, 100), (vec!["member".into(), "tier:patron".into()], Some(at(250))));
        assert_eq!(held(&one, 249).0.len(), 2);
        assert_eq!(held(&one, 250), (vec![], None));
    }

    #[test]
    fn the_first_change_of_several_counts() {
        let all = [subscription("reader", 0, None, 0), subscription("patron", 100, Some(200), 0)];
        assert_eq!(held(&all, 50), (vec!["member".into(), "tier:reader".into()], Some(at(100))));
        assert_eq!(held(&all, 150).1, Some(at(200)));
        assert_eq!(held(&all, 200), (vec!["member".into(), "tier:reader".into()], None));
    }

    #[test]
    fn a_suspended_member_holds_nothing() {
        let all = [subscription("reader", 0, None, 0)];
        assert_eq!(holdings(&member(Status::Suspended), true, &all, &[], at(50)), Holdings::default());
    }

    #[test]
    fn what_is_somebody_elses_does_not_count() {
        let other =
            Subscription { member: MemberId::new(at(1), [9; 10]), ..subscription("reader", 0, None, 0) };
        assert_eq!(held(&[other], 50), (vec![], None));
    }
}
