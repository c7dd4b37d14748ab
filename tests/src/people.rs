//! Members for tests.

use masthead_domain::clock::Timestamp;
use masthead_domain::id::{MemberId, NewsletterId, SessionId, SubscriptionId};
use masthead_domain::member::{Member, Newsletter, Origin, Status, Subscription};
use masthead_persistence::SessionRecord;

fn long_ago() -> Timestamp {
    Timestamp::parse("2026-01-01T00:00:00Z").expect("valid")
}

/// The member of this number.
#[must_use]
pub fn member(number: u8) -> Member {
    Member {
        id: MemberId::new(long_ago(), [number; 10]),
        email: format!("member-{number}@readers.example").parse().expect("an address"),
        name: Some(format!("Member {number}")),
        status: Status::Active,
        created: long_ago(),
        note: None,
        labels: Vec::new(),
    }
}

/// What the member has of a tier, from long ago until it is ended.
#[must_use]
pub fn subscription(member: &Member, tier: &str) -> Subscription {
    Subscription {
        id: SubscriptionId::new(long_ago(), [1; 10]),
        member: member.id,
        tier: tier.parse().expect("a slug"),
        origin: Origin::Comped,
        starts: long_ago(),
        ends: None,
        grace_seconds: 0,
        cancelled: None,
    }
}

/// A newsletter that makes subscribers.
#[must_use]
pub fn newsletter() -> Newsletter {
    Newsletter {
        id: NewsletterId::new(long_ago(), [1; 10]),
        slug: "the-week".parse().expect("a slug"),
        name: "The week".into(),
        description: None,
        makes_subscriber: true,
        active: true,
    }
}

/// A session of the member that goes on until `expires`.
#[must_use]
pub fn session(member: &Member, expires: Timestamp) -> SessionRecord {
    SessionRecord {
        id: SessionId::new(long_ago(), [1; 10]),
        member: member.id,
        label: "a test".into(),
        created: long_ago(),
        used: long_ago(),
        expires,
        revoked: None,
    }
}
