//! Three members of the demo publication, to try it as.

use super::names::Ids;
use super::{Content, DemoError};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{ConsentId, MemberId, SubscriptionId};
use masthead_domain::member::{Consent, Member, Origin, Purpose, Status, Subscription};
use masthead_persistence::Work;

/// Their names, and the tier that each has.
const PEOPLE: [(&str, Option<&str>); 3] =
    [("subscriber", None), ("member", Some("reader")), ("patron", Some("patron"))];

/// Adds the members who are not there yet, and says who they are. Those who are there stay as they are.
pub(super) async fn load(
    work: &mut Work,
    content: &Content,
    now: Timestamp,
) -> Result<Vec<(&'static str, MemberId)>, DemoError> {
    let mut people = Vec::new();
    for (name, tier) in PEOPLE {
        // The instant is a part of every id, so it stays the same from one start to the next.
        let ids = Ids { key: "people of the demo".to_owned(), founded: Timestamp::EPOCH };
        let (at, bits) = ids.of("member", name);
        let id = MemberId::new(at, bits);
        people.push((name, id));
        let Ok(email) = format!("{name}@thalweg.example").parse() else { continue };
        if work.member(id).await?.is_some() || work.member_by_email(&email).await?.is_some() {
            continue;
        }
        let member = Member {
            id,
            email,
            name: None,
            status: Status::Active,
            created: now,
            note: None,
            labels: Vec::new(),
        };
        work.put_members(&[member]).await?;
        for newsletter in &content.newsletters {
            work.confirm_newsletter(id, newsletter.id).await?;
            let (at, bits) = ids.of("consent", &format!("{name} {}", newsletter.slug));
            work.log_consent(&Consent {
                id: ConsentId::new(at, bits),
                member: id,
                purpose: Purpose::Newsletter(newsletter.slug.clone()),
                wording: "demo".to_owned(),
                source: "operator".to_owned(),
                given: now,
                confirmed: now,
                withdrawn: None,
            })
            .await?;
        }
        if let Some(tier) = content.tiers.iter().find(|one| Some(one.slug.as_str()) == tier) {
            let (at, bits) = ids.of("subscription", name);
            let subscription = Subscription {
                id: SubscriptionId::new(at, bits),
                member: id,
                tier: tier.slug.clone(),
                origin: Origin::Comped,
                starts: now,
                ends: None,
                grace_seconds: 0,
                cancelled: None,
            };
            work.put_subscriptions(&[subscription]).await?;
        }
    }
    Ok(people)
}
