//! What the publisher gives members of tiers, and takes back.

use super::super::acting::Acting;
use super::super::link::bits;
use super::super::named;
use crate::error::{Code, Problem};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{MemberId, SubscriptionId};
use masthead_domain::member::{Origin, Subscription};
use masthead_domain::slug::Slug;
use masthead_domain::viewer::Role;
use masthead_persistence::Work;

/// A tier that is given.
#[derive(Clone, Debug)]
pub struct Comp {
    /// Which.
    pub tier: Slug,
    /// The first instant at which they no longer have it; `None` while it goes on.
    pub until: Option<Timestamp>,
}

impl Comp {
    /// Checks that it can be given; `within` is where it stands in the request, with a dot behind.
    pub(super) async fn check(&self, acting: &Acting<'_>, within: &str) -> Result<(), Problem> {
        named::tier(acting.reading(), &format!("{within}tier"), &self.tier).await?;
        if self.until.is_some_and(|until| until <= acting.now()) {
            let field = format!("{within}until");
            return Err(Problem::invalid_parameter(&field, format!("{field}: must lie ahead.")));
        }
        Ok(())
    }

    pub(super) async fn put(
        self,
        acting: &Acting<'_>,
        work: &mut Work,
        member: MemberId,
    ) -> Result<Subscription, Problem> {
        let id = SubscriptionId::new(acting.now(), bits(acting.chance())?);
        let subscription = comped(id, member, self.tier, acting.now(), self.until);
        work.put_subscriptions(std::slice::from_ref(&subscription)).await?;
        acting.record(work, "subscription.given", id).await?;
        Ok(subscription)
    }
}

/// Gives a member a tier from now on. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not, 404 when there is no such member; a problem that names what is wrong.
pub async fn give(acting: &Acting<'_>, member: MemberId, comp: Comp) -> Result<Subscription, Problem> {
    acting.must_be(Role::Publisher)?;
    comp.check(acting, "").await?;
    let mut work = acting.begin().await?;
    work.member(member).await?.ok_or_else(Problem::not_found)?;
    let given = comp.put(acting, &mut work, member).await?;
    work.commit().await?;
    Ok(given)
}

/// Ends a subscription now that nobody pays for. One that is over already stays so. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not, 404 when the member has no such subscription, 409 when it ends elsewhere.
pub async fn end(acting: &Acting<'_>, member: MemberId, id: SubscriptionId) -> Result<(), Problem> {
    acting.must_be(Role::Publisher)?;
    let mut work = acting.begin().await?;
    let found = work.subscription(id).await?.filter(|found| found.member == member);
    let subscription = found.ok_or_else(Problem::not_found)?;
    let elsewhere = match subscription.origin {
        Origin::Paid { .. } => Some("It is paid for; end it with the payment provider."),
        Origin::Group { .. } => Some("It is a seat in a group; take the seat back there."),
        Origin::Comped | Origin::Gifted | Origin::Imported => None,
    };
    if let Some(detail) = elsewhere {
        return Err(Problem::new(Code::Conflict, detail));
    }
    if subscription.lapses().is_some_and(|lapses| lapses <= acting.now()) {
        return Ok(());
    }
    work.put_subscriptions(&[subscription.ended(acting.now())]).await?;
    acting.finish(work, "subscription.ended", id).await
}

pub(super) fn comped(
    id: SubscriptionId,
    member: MemberId,
    tier: Slug,
    starts: Timestamp,
    ends: Option<Timestamp>,
) -> Subscription {
    Subscription { id, member, tier, origin: Origin::Comped, starts, ends, grace_seconds: 0, cancelled: None }
}
