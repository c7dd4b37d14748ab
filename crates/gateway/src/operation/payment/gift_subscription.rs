//! Gift subscriptions: bought by members or made by publishers, and redeemed by whoever has the code.

use super::checkout::{Back, not_for_sale, on_sale, pay};
use crate::auth::{Caller, Secrets};
use crate::error::{Code, Problem};
use crate::operation::acting::Acting;
use crate::operation::link::{LinkCode, bits};
use crate::operation::member::{active, asking, member};
use crate::operation::named;
use crate::operation::partner::forward;
use crate::operation::reading::Reading;
use crate::operation::role::require;
use crate::payment::{Payer, Payments, Wanted};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{GiftSubscriptionId, SubscriptionId};
use masthead_domain::member::{
    GIFT_SUBSCRIPTION_MONTHS, GiftSubscription, GiftSubscriptionOrigin, GiftSubscriptionState, Origin,
    Recipient, Redemption, Subscription,
};
use masthead_domain::page::{Page, PageRequest, Position, SortKey};
use masthead_domain::payment::gift_payments;
use masthead_domain::slug::Slug;
use masthead_domain::tier::{MAX_AMOUNT, Price, Tier};
use masthead_domain::viewer::Role;
use masthead_persistence::Work;

/// The name of the list of gift subscriptions, for cursors.
pub const GIFT_SUBSCRIPTIONS: &str = "gift subscriptions";

/// The most that a publisher makes at once.
const MAX_COUNT: u8 = 100;

/// What is to be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// The tier.
    pub tier: Slug,
    /// For how many months: one of [`GIFT_SUBSCRIPTION_MONTHS`].
    pub months: u8,
    /// Whom the code is sent to when it is paid for; `None` for nobody.
    pub recipient: Option<Recipient>,
}

/// A gift subscription that was just made, with its code, which is nowhere else.
#[derive(Clone, Debug)]
pub struct Wrapped {
    /// What was made.
    pub gift: GiftSubscription,
    /// What it is redeemed with.
    pub code: LinkCode,
}

/// The address of a page on which the member who asks can pay for a gift subscription, and what is paid for. Its code is good
/// as long as a payment for it stands.
///
/// # Errors
/// As [`checkout`](super::checkout()).
pub async fn buy(
    acting: &Acting<'_>,
    payments: &Payments,
    secrets: &Secrets,
    caller: &Caller,
    present: Present,
    back: &Back,
) -> Result<(String, Wrapped), Problem> {
    let reading = acting.reading();
    let giver = member(reading.store(), asking(caller)?).await?;
    check(present.months, "gift.months")?;
    if let Some(Err(error)) = present.recipient.as_ref().map(Recipient::check) {
        let text = format!("gift.recipient.{error}");
        return Err(Problem::invalid_parameter(
            text.split(':').next().unwrap_or_default(),
            format!("{text}."),
        ));
    }
    let tier = on_sale(reading, "gift.tier", &present.tier).await?;
    let (amount, currency) = price(&tier, present.months)?;
    let back = back.chosen(payments)?;
    let origin = GiftSubscriptionOrigin::Bought { giver: Some(giver.id), amount, currency: currency.clone() };
    let id = GiftSubscriptionId::new(acting.now(), bits(acting.chance())?);
    let wrapped = wrap(acting, &present, origin, id, LinkCode::of(secrets.gift_subscription_code(id)));
    let what = Wanted::GiftSubscription {
        id: wrapped.gift.id,
        name: match present.months {
            1 => format!("{}, 1 month", tier.name),
            months => format!("{}, {months} months", tier.name),
        },
        amount,
        currency,
    };
    let payer = Payer::Member { id: giver.id, email: giver.email };
    let url = pay(payments, payer, what, back).await?;
    // Nobody can pay before they know the page. So where the provider refuses, or says nothing in time, nothing is left.
    let mut work = acting.begin().await?;
    active(work.member(giver.id).await?)?;
    work.put_gift_subscriptions(std::slice::from_ref(&wrapped.gift)).await?;
    work.commit().await?;
    Ok((url, wrapped))
}

/// Makes gift subscriptions that nobody pays for. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not; a problem that names what is wrong.
pub async fn make(acting: &Acting<'_>, present: Present, count: u8) -> Result<Vec<Wrapped>, Problem> {
    acting.must_be(Role::Publisher)?;
    check(present.months, "months")?;
    if !(1..=MAX_COUNT).contains(&count) {
        return Err(Problem::invalid_parameter("count", format!("count: must be 1 to {MAX_COUNT}.")));
    }
    named::tier(acting.reading(), "tier", &present.tier).await?;
    let made = (0..count)
        .map(|_| {
            let id = GiftSubscriptionId::new(acting.now(), bits(acting.chance())?);
            let code = LinkCode::draw(acting.chance())?;
            Ok(wrap(acting, &present, GiftSubscriptionOrigin::Made, id, code))
        })
        .collect::<Result<Vec<_>, Problem>>()?;
    let gift_subscriptions: Vec<_> = made.iter().map(|one| one.gift.clone()).collect();
    let mut work = acting.begin().await?;
    work.put_gift_subscriptions(&gift_subscriptions).await?;
    for gift in &gift_subscriptions {
        acting.record(&mut work, "gift_subscription.made", gift.id).await?;
    }
    work.commit().await?;
    Ok(made)
}

/// Gives the member who asks what a gift subscription holds, from now on; or from the end of what they were given of the
/// same tier before. Whoever redeems what they have redeemed already is told the same again.
///
/// # Errors
/// 401 and 403 when no member asks, 404 when nothing has the code, 409 before it is paid for, 410 when somebody else has it
/// or it was taken back.
pub async fn redeem(acting: &Acting<'_>, caller: &Caller, code: &LinkCode) -> Result<Subscription, Problem> {
    let id = asking(caller)?.member;
    let mut work = acting.begin().await?;
    active(work.member(id).await?)?;
    let found = work.gift_subscription_by_code(&code.hash()).await?;
    let gift = found.ok_or_else(Problem::not_found)?;
    match (gift.state(), &gift.redeemed) {
        (GiftSubscriptionState::Good, _) => {}
        (GiftSubscriptionState::Redeemed, Some(Redemption { member: Some(member), subscription, .. }))
            if *member == id =>
        {
            return work.subscription(*subscription).await?.ok_or_else(Problem::internal);
        }
        (GiftSubscriptionState::Unpaid, _) => {
            let detail = "The gift has not been paid for yet. A payment may take a moment to arrive.";
            return Err(Problem::new(Code::Conflict, detail));
        }
        (GiftSubscriptionState::Redeemed | GiftSubscriptionState::Ended, _) => {
            return Err(Problem::new(Code::LinkEnded, "The gift was redeemed, or was taken back."));
        }
    }
    let now = acting.now();
    let given = work.subscriptions_of(&[id]).await?.into_iter();
    let same = given.filter(|one| one.tier == gift.tier && one.origin == Origin::Gifted);
    let starts = same.filter_map(|one| one.ends).max().map_or(now, |ends| ends.max(now));
    let subscription = Subscription {
        id: SubscriptionId::new(now, bits(acting.chance())?),
        member: id,
        tier: gift.tier.clone(),
        origin: Origin::Gifted,
        starts,
        ends: Some(starts.plus_months(gift.months.into())),
        grace_seconds: 0,
        cancelled: None,
    };
    work.put_subscriptions(std::slice::from_ref(&subscription)).await?;
    let redeemed = Redemption { member: Some(id), at: now, subscription: subscription.id };
    let gift = GiftSubscription { redeemed: Some(redeemed), ..gift }.addressed(now);
    work.put_gift_subscriptions(&[gift]).await?;
    work.commit().await?;
    Ok(subscription)
}

/// Takes a gift subscription back that nobody has redeemed. One that was taken back stays so. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not, 404 when there is none, 409 when somebody has redeemed it.
pub async fn revoke(acting: &Acting<'_>, id: GiftSubscriptionId) -> Result<(), Problem> {
    acting.must_be(Role::Publisher)?;
    let mut work = acting.begin().await?;
    let gift = work.gift_subscription(id).await?.ok_or_else(Problem::not_found)?;
    if gift.state() == GiftSubscriptionState::Redeemed {
        return Err(Problem::new(Code::Conflict, "Somebody has redeemed it; end their subscription."));
    }
    if gift.revoked.is_some() {
        return Ok(());
    }
    // A fact of its own, though nothing may be left of its payment: a bank may pay again.
    let now = acting.now();
    let gift = GiftSubscription { revoked: Some(now), ..gift }.addressed(now);
    work.put_gift_subscriptions(&[gift]).await?;
    acting.finish(work, "gift_subscription.revoked", id).await
}

/// A page of gift subscriptions, the newest first. The list goes forward only. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not ask; a problem when the request looks back or the database cannot be read.
pub async fn list(reading: &Reading, request: &PageRequest) -> Result<Page<GiftSubscription>, Problem> {
    require(reading.viewer(), Role::Publisher)?;
    let before = forward(request)?.map(|position| GiftSubscriptionId::from_uuid(position.id));
    let (rows, has_next) = reading.store().registry().gift_subscriptions(before, request.size).await?;
    reading.charge(rows.len())?;
    let row = |gift: GiftSubscription| {
        let key = SortKey::Micros(gift.created.micros());
        (Position { key, id: gift.id.uuid() }, gift)
    };
    Ok(Page { rows: rows.into_iter().map(row).collect(), has_next, has_previous: false })
}

/// What is known of all payments for a gift becomes what it is good for, whoever paid. It ends when nothing that was paid for it
/// is left, and so does what somebody has of it; both come again when a bank pays again. What the staff ended stays so. The
/// answer is whether a letter with a code is to be sent.
pub(super) async fn settle(
    work: &mut Work,
    provider: &str,
    payment: &str,
    now: Timestamp,
) -> Result<bool, Problem> {
    let mut has_letter = false;
    for id in work.gift_subscriptions_of_payment(provider, payment).await? {
        let Some(gift) = work.gift_subscription(id).await? else {
            tracing::warn!(gift = %id, "a payment for a gift that there is not");
            continue;
        };
        let settled =
            gift.clone().settled(&gift_payments(&work.events_of_gift_subscription(provider, id).await?));
        if settled.state() == GiftSubscriptionState::Unpaid {
            tracing::warn!(gift = %id, "less was paid than a gift costs; it opens nothing");
        }
        if let Some(redeemed) = &gift.redeemed
            && let Some(subscription) = work.subscription(redeemed.subscription).await?
            && subscription == gift.leaves(&subscription)
        {
            work.put_subscriptions(&[settled.leaves(&subscription)]).await?;
        }
        let settled = settled.addressed(now);
        work.put_gift_subscriptions(std::slice::from_ref(&settled)).await?;
        has_letter |= settled.letter.is_some();
    }
    Ok(has_letter)
}

fn wrap(
    acting: &Acting<'_>,
    present: &Present,
    origin: GiftSubscriptionOrigin,
    id: GiftSubscriptionId,
    code: LinkCode,
) -> Wrapped {
    let gift = GiftSubscription {
        id,
        tier: present.tier.clone(),
        months: present.months,
        code_hash: code.hash(),
        origin,
        recipient: present.recipient.clone(),
        letter: None,
        created: acting.now(),
        paid: None,
        given_back: None,
        revoked: None,
        redeemed: None,
    };
    Wrapped { gift, code }
}

fn check(months: u8, field: &str) -> Result<(), Problem> {
    if GIFT_SUBSCRIPTION_MONTHS.contains(&months) {
        return Ok(());
    }
    let known = GIFT_SUBSCRIPTION_MONTHS.map(|months| months.to_string()).join(", ");
    Err(Problem::invalid_parameter(field, format!("{field}: must be one of {known}.")))
}

/// What a tier costs for some months: by the year for twelve where it has such a price, by the month otherwise.
fn price(tier: &Tier, months: u8) -> Result<(i64, String), Problem> {
    let of_months = |price: &Price| price.monthly.map(|monthly| monthly * i64::from(months));
    let amount = tier.price.as_ref().and_then(|price| match months {
        12 => price.yearly.or_else(|| of_months(price)),
        _ => of_months(price),
    });
    match (&tier.price, amount) {
        (Some(price), Some(amount)) if (1..=MAX_AMOUNT).contains(&amount) => {
            Ok((amount, price.currency.clone()))
        }
        _ => Err(not_for_sale(format!("The tier {} has no price for {months} months.", tier.slug))),
    }
}
