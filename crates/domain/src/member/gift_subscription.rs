//! Gift subscriptions: a code, good once, for a tier over some months.

use crate::clock::Timestamp;
use crate::id::{GiftSubscriptionId, MemberId, SubscriptionId};
use crate::member::{Delivery, Recipient, Subscription};
use crate::payment::GiftPayment;
use crate::slug::Slug;
use serde::{Deserialize, Serialize};

/// For how many months a tier can be given.
pub const GIFT_SUBSCRIPTION_MONTHS: [u8; 4] = [1, 3, 6, 12];

/// A gift subscription. Whoever redeems its code first has the tier from then on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GiftSubscription {
    /// Its identifier.
    pub id: GiftSubscriptionId,
    /// The tier, by its slug.
    pub tier: Slug,
    /// For how many months: one of [`GIFT_SUBSCRIPTION_MONTHS`].
    pub months: u8,
    /// What is kept of its code: a hash, by which it is found.
    pub code_hash: String,
    /// Where it comes from.
    pub origin: GiftSubscriptionOrigin,
    /// Whom its code is to be sent to when it is paid for. They are known as long as that is so, and no longer.
    #[serde(default)]
    pub recipient: Option<Recipient>,
    /// The letter to the recipient, from the payment until the mail server has accepted it or it is given up.
    #[serde(default)]
    pub letter: Option<Delivery>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was paid for, where it is bought.
    pub paid: Option<Timestamp>,
    /// Since when nothing is left of what was paid for it.
    pub given_back: Option<Timestamp>,
    /// When the publisher took it back.
    pub revoked: Option<Timestamp>,
    /// What has become of it.
    pub redeemed: Option<Redemption>,
}

/// Where a gift subscription comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum GiftSubscriptionOrigin {
    /// Bought through a payment provider: good once it is paid for.
    Bought {
        /// Who buys it; `None` for somebody who was erased.
        giver: Option<MemberId>,
        /// What it costs, in the currency's minor unit.
        amount: i64,
        /// Three letters by ISO 4217, in upper case.
        currency: String,
    },
    /// Made by the publisher: good at once.
    Made,
}

/// That a gift subscription was redeemed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Redemption {
    /// Who has it now; `None` for somebody who was erased.
    pub member: Option<MemberId>,
    /// When.
    pub at: Timestamp,
    /// The subscription that they have of it.
    pub subscription: SubscriptionId,
}

/// How a gift subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GiftSubscriptionState {
    /// No payment for it is known yet.
    Unpaid,
    /// Its code can be redeemed.
    Good,
    /// Somebody has it.
    Redeemed,
    /// Nothing is left of what was paid for it, or the publisher took it back.
    Ended,
}

impl GiftSubscriptionState {
    /// The state in lower case, as APIs write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unpaid => "unpaid",
            Self::Good => "good",
            Self::Redeemed => "redeemed",
            Self::Ended => "ended",
        }
    }
}

impl GiftSubscription {
    /// How it stands. What has ended stays ended, redeemed or not.
    #[must_use]
    pub const fn state(&self) -> GiftSubscriptionState {
        match (&self.ended(), &self.redeemed, &self.origin, &self.paid) {
            (Some(_), ..) => GiftSubscriptionState::Ended,
            (None, Some(_), ..) => GiftSubscriptionState::Redeemed,
            (None, None, GiftSubscriptionOrigin::Bought { .. }, None) => GiftSubscriptionState::Unpaid,
            _ => GiftSubscriptionState::Good,
        }
    }

    /// Since when it stands like this.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        let redeemed = || self.redeemed.as_ref().map(|redeemed| redeemed.at);
        self.ended().or_else(redeemed).or(self.paid).unwrap_or(self.created)
    }

    /// When it ended, by its payments or by the publisher, whichever was first.
    #[must_use]
    pub const fn ended(&self) -> Option<Timestamp> {
        match (self.given_back, self.revoked) {
            (Some(given_back), Some(revoked)) if given_back.micros() > revoked.micros() => Some(revoked),
            (None, revoked) => revoked,
            (given_back, _) => given_back,
        }
    }

    /// The same as all payments for it make it, whoever made them: paid since the first that sufficed, and ended when nothing
    /// is left of any that did. What nobody pays for stays as it is.
    #[must_use]
    pub fn settled(self, payments: &[GiftPayment]) -> Self {
        let GiftSubscriptionOrigin::Bought { amount, currency, .. } = &self.origin else { return self };
        let enough = || {
            payments.iter().filter(|payment| {
                payment.gift_subscription == self.id
                    && payment.amount >= *amount
                    && payment.currency == *currency
            })
        };
        let paid = enough().map(|payment| payment.at).min();
        let stands = enough().any(|payment| payment.returned.is_none());
        let given_back = enough().filter_map(|payment| payment.returned).max().filter(|_| !stands);
        Self { paid, given_back, ..self }
    }

    /// What is left of the subscription that its redemption gave: all its months, or those before its end.
    #[must_use]
    pub fn leaves(&self, given: &Subscription) -> Subscription {
        let whole = given.starts.plus_months(self.months.into());
        let ended = self.ended().filter(|ended| *ended < whole);
        Subscription {
            ends: Some(ended.map_or(whole, |ended| ended.max(given.starts))),
            cancelled: ended,
            ..given.clone()
        }
    }

    /// Who bought it, if a member did.
    #[must_use]
    pub const fn giver(&self) -> Option<MemberId> {
        match &self.origin {
            GiftSubscriptionOrigin::Bought { giver, .. } => *giver,
            GiftSubscriptionOrigin::Made => None,
        }
    }

    /// Who has redeemed it, if somebody has.
    #[must_use]
    pub fn holder(&self) -> Option<MemberId> {
        self.redeemed.as_ref()?.member
    }

    /// The same without a member who was erased. Whom they wanted to give it to was theirs to say.
    #[must_use]
    pub fn without(self, member: MemberId) -> Self {
        let known = if self.giver() == Some(member) { self.unaddressed() } else { self };
        known.naming(|named| named != member)
    }

    /// The same as its state wants it: with a letter that is due now, or was before, where the code can be sent; without its
    /// recipient where nothing is to be sent to them any more.
    #[must_use]
    pub fn addressed(self, now: Timestamp) -> Self {
        match self.state() {
            GiftSubscriptionState::Unpaid => Self { letter: None, ..self },
            GiftSubscriptionState::Good => {
                let due = self.letter.unwrap_or(Delivery::due(now));
                Self { letter: self.recipient.is_some().then_some(due), ..self }
            }
            GiftSubscriptionState::Redeemed | GiftSubscriptionState::Ended => self.unaddressed(),
        }
    }

    /// The same when nothing is to be sent to anybody: its recipient is forgotten.
    #[must_use]
    pub fn unaddressed(self) -> Self {
        Self { recipient: None, letter: None, ..self }
    }

    /// The same as a member may see it who bought or redeemed it: it names nobody else, but for its giver the recipient, whom
    /// they have named themselves.
    #[must_use]
    pub fn seen_by(self, member: MemberId) -> Self {
        let seen = if self.giver() == Some(member) { self } else { self.unaddressed() };
        seen.naming(|named| named == member)
    }

    fn naming(mut self, keeps: impl Fn(MemberId) -> bool) -> Self {
        if let GiftSubscriptionOrigin::Bought { giver, .. } = &mut self.origin {
            *giver = giver.filter(|giver| keeps(*giver));
        }
        if let Some(redeemed) = &mut self.redeemed {
            redeemed.member = redeemed.member.filter(|member| keeps(*member));
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_bought_is_good_between_its_payment_and_its_end() {
        let at = Timestamp::EPOCH;
        let (giver, holder) = (MemberId::new(at, [1; 10]), MemberId::new(at, [2; 10]));
        let bought =
            GiftSubscriptionOrigin::Bought { giver: Some(giver), amount: 500, currency: "EUR".into() };
        let unpaid = GiftSubscription {
            id: GiftSubscriptionId::new(at, [1; 10]),
            tier: "patron".parse().expect("a slug"),
            months: 3,
            code_hash: "hash".into(),
            recipient: None,
            letter: None,
            origin: bought,
            created: at,
            paid: None,
            given_back: None,
            revoked: None,
            redeemed: None,
        };
        assert_eq!(unpaid.state(), GiftSubscriptionState::Unpaid);
        let paid = GiftSubscription { paid: Some(at), ..unpaid.clone() };
        assert_eq!(paid.state(), GiftSubscriptionState::Good);
        let redeemed =
            Redemption { member: Some(holder), at, subscription: SubscriptionId::new(at, [3; 10]) };
        let redeemed = GiftSubscription { redeemed: Some(redeemed), ..paid.clone() };
        assert_eq!(redeemed.state(), GiftSubscriptionState::Redeemed);
        for one in [&unpaid, &paid, &redeemed] {
            assert_eq!(
                GiftSubscription { given_back: Some(at), ..one.clone() }.state(),
                GiftSubscriptionState::Ended
            );
            assert_eq!(
                GiftSubscription { revoked: Some(at), ..one.clone() }.state(),
                GiftSubscriptionState::Ended
            );
        }
        let made = GiftSubscription { origin: GiftSubscriptionOrigin::Made, ..unpaid };
        assert_eq!(made.state(), GiftSubscriptionState::Good, "nobody pays for it");
        assert_eq!(redeemed.clone().without(holder).holder(), None);
        assert_eq!(redeemed.clone().without(giver).giver(), None);
        assert_eq!(redeemed.clone().without(MemberId::new(at, [9; 10])), redeemed);
        let seen = redeemed.seen_by(holder);
        assert_eq!((seen.giver(), seen.holder()), (None, Some(holder)));
    }

    #[test]
    fn a_state_is_told_with_the_instant_at_which_it_was_reached() {
        let at = |seconds: i64| Timestamp::EPOCH.plus_seconds(seconds);
        let mut gift = GiftSubscription {
            id: GiftSubscriptionId::new(at(1), [1; 10]),
            tier: "patron".parse().expect("a slug"),
            months: 3,
            code_hash: "hash".into(),
            origin: GiftSubscriptionOrigin::Bought { giver: None, amount: 500, currency: "EUR".into() },
            recipient: None,
            letter: None,
            created: at(1),
            paid: None,
            given_back: None,
            revoked: None,
            redeemed: None,
        };
        assert_eq!((gift.state(), gift.since()), (GiftSubscriptionState::Unpaid, at(1)));
        gift.paid = Some(at(2));
        assert_eq!((gift.state(), gift.since()), (GiftSubscriptionState::Good, at(2)));
        let subscription = SubscriptionId::new(at(3), [1; 10]);
        gift.redeemed = Some(Redemption { member: None, at: at(3), subscription });
        assert_eq!((gift.state(), gift.since()), (GiftSubscriptionState::Redeemed, at(3)));
        gift.given_back = Some(at(5));
        gift.revoked = Some(at(4));
        assert_eq!((gift.state(), gift.since()), (GiftSubscriptionState::Ended, at(4)));
        let made = GiftSubscription {
            origin: GiftSubscriptionOrigin::Made,
            paid: None,
            given_back: None,
            revoked: None,
            redeemed: None,
            ..gift
        };
        assert_eq!((made.state(), made.since()), (GiftSubscriptionState::Good, at(1)));
    }

    #[test]
    fn a_recipient_is_known_as_long_as_a_letter_is_to_be_sent() {
        let at = Timestamp::EPOCH;
        let giver = MemberId::new(at, [1; 10]);
        let email = "anna@home.example".parse().expect("an address");
        let recipient = Recipient { email, name: None, message: None };
        let unpaid = GiftSubscription {
            id: GiftSubscriptionId::new(at, [1; 10]),
            tier: "patron".parse().expect("a slug"),
            months: 3,
            code_hash: "hash".into(),
            origin: GiftSubscriptionOrigin::Bought {
                giver: Some(giver),
                amount: 500,
                currency: "EUR".into(),
            },
            recipient: Some(recipient.clone()),
            letter: None,
            created: at,
            paid: None,
            given_back: None,
            revoked: None,
            redeemed: None,
        };
        let later = at.plus_seconds(9);
        assert_eq!(unpaid.clone().addressed(later), unpaid);
        let forgotten = |gift: &GiftSubscription| (gift.recipient.is_none(), gift.letter);
        assert_eq!(forgotten(&unpaid.clone().without(giver)), (true, None));
        let paid = GiftSubscription { paid: Some(at), ..unpaid.clone() }.addressed(later);
        assert_eq!((paid.recipient.as_ref(), paid.letter), (Some(&recipient), Some(Delivery::due(later))));
        let tried = GiftSubscription { letter: Delivery::due(at).tried(later), ..paid.clone() };
        assert_eq!(tried.clone().addressed(later), tried, "what was tried is not due anew");
        let sent = tried.clone().unaddressed();
        assert_eq!(forgotten(&sent), (true, None));
        assert_eq!(sent.clone().addressed(later), sent, "once");
        let holder = MemberId::new(at, [2; 10]);
        let redeemed =
            Redemption { member: Some(holder), at, subscription: SubscriptionId::new(at, [3; 10]) };
        for over in [
            GiftSubscription { revoked: Some(at), ..tried.clone() },
            GiftSubscription { given_back: Some(at), ..tried.clone() },
            GiftSubscription { redeemed: Some(redeemed), ..tried.clone() },
        ] {
            assert_eq!(forgotten(&over.addressed(later)), (true, None));
        }
        assert_eq!(forgotten(&tried.clone().without(giver)), (true, None));
        assert_eq!(tried.clone().without(holder), tried);
        assert_eq!(tried.clone().seen_by(giver).recipient, Some(recipient));
        assert_eq!(
            forgotten(&tried.seen_by(holder)),
            (true, None),
            "the giver alone may see whom they named"
        );
    }

    #[test]
    fn what_was_given_ends_with_the_gift_and_comes_again_with_it() {
        let at = |seconds: i64| Timestamp::try_from(seconds * 1_000_000).expect("valid");
        let gift = GiftSubscription {
            id: GiftSubscriptionId::new(at(0), [1; 10]),
            tier: "patron".parse().expect("a slug"),
            months: 1,
            code_hash: "hash".into(),
            recipient: None,
            letter: None,
            origin: GiftSubscriptionOrigin::Made,
            created: at(0),
            paid: None,
            given_back: None,
            revoked: None,
            redeemed: None,
        };
        let given = Subscription {
            id: SubscriptionId::new(at(0), [2; 10]),
            member: MemberId::new(at(0), [3; 10]),
            tier: gift.tier.clone(),
            origin: crate::member::Origin::Gifted,
            starts: at(100),
            ends: Some(at(100).plus_months(1)),
            grace_seconds: 0,
            cancelled: None,
        };
        assert_eq!(gift.leaves(&given), given);
        for (ended, left) in [(50, 100), (150, 150)] {
            let over = GiftSubscription { given_back: Some(at(ended)), ..gift.clone() }.leaves(&given);
            assert_eq!((over.ends, over.cancelled), (Some(at(left)), Some(at(ended))));
            assert!(!over.counts(at(left)), "nothing counts from its end on");
            assert_eq!(gift.leaves(&over), given, "all of it comes again");
        }
        let late = GiftSubscription { given_back: Some(at(100).plus_months(2)), ..gift };
        assert_eq!(late.leaves(&given), given, "what is over is not touched");
    }
}
