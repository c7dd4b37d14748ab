//! What a payment provider reports, taken in.

use super::gift_subscription::settle;
use crate::error::Problem;
use crate::operation::member::Accounts;
use blake3::Hasher;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{ContributionId, SubscriptionId};
use masthead_domain::payment::{Report, Terms, fold};
use masthead_persistence::PaymentNotice;

/// Takes a delivery in: it is kept, and what the customer has is folded anew from all that is known of them, and a gift from all
/// payments for it, in one unit of work. So it does not matter in which order and how often deliveries come.
///
/// # Errors
/// A problem when the database fails; the provider will try again.
pub async fn take_in(
    accounts: &Accounts,
    notice: &PaymentNotice,
    terms: &Terms,
    now: Timestamp,
) -> Result<(), Problem> {
    let mut work = accounts.store.begin(now).await?;
    work.keep_notice(notice).await?;
    // A checkout may be open while its member is erased. They do not come back by it.
    if let (Some(Report::Checkout { member }), Some(customer)) = (&notice.report, &notice.customer)
        && work.member(*member).await?.is_none()
    {
        work.forget_customer(&notice.provider, customer).await?;
    }
    let payment = notice.report.as_ref().and_then(Report::payment);
    let customer = match (&notice.customer, payment) {
        (Some(customer), _) => Some(customer.clone()).filter(|_| notice.report.is_some()),
        (None, Some(payment)) => work.customer_of_payment(&notice.provider, payment).await?,
        (None, None) => None,
    };
    if let Some(customer) = customer {
        let events = work.events_of_customer(&notice.provider, &customer).await?;
        let has = fold(&events, terms, |name, at| ids(&notice.provider, name, at));
        let subscriptions = work.with_known_ids(has.subscriptions).await?;
        work.put_subscriptions(&subscriptions).await?;
        work.put_contributions(&has.contributions).await?;
    }
    let has_letter = match payment {
        Some(payment) => settle(&mut work, &notice.provider, payment, now).await?,
        None => false,
    };
    work.commit().await?;
    if has_letter {
        accounts.bell.ring();
    }
    accounts.settle().await;
    Ok(())
}

/// Ids made from the provider's names, so that the same thing always has the same id.
fn ids(provider: &str, name: &str, at: Timestamp) -> (SubscriptionId, ContributionId) {
    let hash = |what: &[u8]| {
        let mut hasher = Hasher::new();
        for part in [what, provider.as_bytes(), name.as_bytes()] {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
        }
        let mut bits = [0; 10];
        hasher.finalize_xof().fill(&mut bits);
        bits
    };
    (SubscriptionId::new(at, hash(b"subscription")), ContributionId::new(at, hash(b"contribution")))
}
