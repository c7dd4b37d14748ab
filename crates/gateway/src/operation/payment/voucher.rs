//! Gift subscriptions: bought by members or made by publishers, and redeemed by whoever has the code.

use super::checkout::{Back, not_for_sale, on_sale, pay};
use crate::auth::Caller;
use crate::error::{Code, Problem};
use crate::operation::acting::Acting;
use crate::operation::link::{LinkCode, bits};
use crate::operation::member::{asking, member};
use crate::operation::named;
use crate::operation::partner::forward;
use crate::operation::reading::Reading;
use crate::operation::role::require;
use crate::payment::{Payer, Payments, Wanted};
use masthead_domain::id::{SubscriptionId, VoucherId};
use masthead_domain::member::{
    Origin, Redemption, Subscription, VOUCHER_MONTHS, Voucher, VoucherOrigin, VoucherState,
};
use masthead_domain::page::{Page, PageRequest, Position, SortKey};
use masthead_domain::payment::gift_payments;
use masthead_domain::slug::Slug;
use masthead_domain::tier::{MAX_AMOUNT, Price, Tier};
use masthead_domain::viewer::Role;
use masthead_persistence::Work;

/// The name of the list of gift subscriptions, for cursors.
pub const VOUCHERS: &str = "gift subscriptions";

/// The most that a publisher makes at once.
const MAX_COUNT: u8 = 100;

/// What is to be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// The tier.
    pub tier: Slug,
    /// For how many months: one of [`VOUCHER_MONTHS`].
    pub months: u8,
}

/// A gift subscription that was just made, with its code, which is nowhere else.
#[derive(Clone, Debug)]
pub struct Wrapped {
    /// What was made.
    pub voucher: Voucher,
    /// What it is redeemed with.
    pub code: LinkCode,
}

/// The address of a page on which the member who asks can pay for a gift, and the gift. Its code is good as long as a payment
/// for it stands.
///
/// # Errors
/// As [`checkout`](super::checkout()).
pub async fn buy(
    acting: &Acting<'_>,
    payments: &Payments,
    caller: &Caller,
    present: Present,
    back: &Back,
) -> Result<(String, Wrapped), Problem> {
    let reading = acting.reading();
    let giver = member(reading.store(), asking(caller)?).await?;
    check(present.months, "gift.months")?;
    let tier = on_sale(reading, "gift.tier", &present.tier).await?;
    let (amount, currency) = price(&tier, present.months)?;
    payments.cashier()?;
    let back = back.chosen(payments)?;
    let origin = VoucherOrigin::Bought { giver: Some(giver.id), amount, currency: currency.clone() };
    let wrapped = wrap(acting, &present, origin)?;
    // It is there before the provider can report a payment for it.
    let mut work = acting.begin().await?;
    work.put_vouchers(std::slice::from_ref(&wrapped.voucher)).await?;
    work.commit().await?;
    let what = Wanted::Gift {
        voucher: wrapped.voucher.id,
        name: match present.months {
            1 => format!("{}, 1 month", tier.name),
            months => format!("{}, {months} months", tier.name),
        },
        amount,
        currency,
    };
    let url = pay(payments, Payer::Member { id: giver.id, email: giver.email }, what, back).await?;
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
    let made =
        (0..count).map(|_| wrap(acting, &present, VoucherOrigin::Made)).collect::<Result<Vec<_>, _>>()?;
    let vouchers: Vec<_> = made.iter().map(|one| one.voucher.clone()).collect();
    let mut work = acting.begin().await?;
    work.put_vouchers(&vouchers).await?;
    for voucher in &vouchers {
        acting.record(&mut work, "gift_subscription.made", voucher.id).await?;
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
    work.member(id).await?.ok_or_else(crate::auth::revoked)?;
    let found = work.voucher_by_code(&code.hash()).await?;
    let voucher = found.ok_or_else(Problem::not_found)?;
    match (voucher.state(), &voucher.redeemed) {
        (VoucherState::Good, _) => {}
        (VoucherState::Redeemed, Some(Redemption { member: Some(member), subscription, .. }))
            if *member == id =>
        {
            return work.subscription(*subscription).await?.ok_or_else(Problem::internal);
        }
        (VoucherState::Unpaid, _) => {
            let detail = "The gift has not been paid for yet. A payment may take a moment to arrive.";
            return Err(Problem::new(Code::Conflict, detail));
        }
        (VoucherState::Redeemed | VoucherState::Ended, _) => {
            return Err(Problem::new(Code::LinkEnded, "The gift was redeemed, or was taken back."));
        }
    }
    let now = acting.now();
    let given = work.subscriptions_of(&[id]).await?.into_iter();
    let same = given.filter(|one| one.tier == voucher.tier && one.origin == Origin::Gifted);
    let starts = same.filter_map(|one| one.ends).max().map_or(now, |ends| ends.max(now));
    let subscription = Subscription {
        id: SubscriptionId::new(now, bits(acting.chance())?),
        member: id,
        tier: voucher.tier.clone(),
        origin: Origin::Gifted,
        starts,
        ends: Some(starts.plus_months(voucher.months.into())),
        grace_seconds: 0,
        cancelled: None,
    };
    work.put_subscriptions(std::slice::from_ref(&subscription)).await?;
    let redeemed = Redemption { member: Some(id), at: now, subscription: subscription.id };
    work.put_vouchers(&[Voucher { redeemed: Some(redeemed), ..voucher }]).await?;
    work.commit().await?;
    Ok(subscription)
}

/// Takes a gift subscription back that nobody has redeemed. One that was taken back stays so. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not, 404 when there is none, 409 when somebody has redeemed it.
pub async fn revoke(acting: &Acting<'_>, id: VoucherId) -> Result<(), Problem> {
    acting.must_be(Role::Publisher)?;
    let mut work = acting.begin().await?;
    let voucher = work.voucher(id).await?.ok_or_else(Problem::not_found)?;
    if voucher.state() == VoucherState::Redeemed {
        return Err(Problem::new(Code::Conflict, "Somebody has redeemed it; end their subscription."));
    }
    if voucher.revoked.is_some() {
        return Ok(());
    }
    // A fact of its own, though nothing may be left of its payment: a bank may pay again.
    work.put_vouchers(&[Voucher { revoked: Some(acting.now()), ..voucher }]).await?;
    acting.finish(work, "gift_subscription.revoked", id).await
}

/// A page of gift subscriptions, the newest first. The list goes forward only. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not ask; a problem when the request looks back or the database cannot be read.
pub async fn list(reading: &Reading, request: &PageRequest) -> Result<Page<Voucher>, Problem> {
    require(reading.viewer(), Role::Publisher)?;
    let before = forward(request)?.map(|position| VoucherId::from_uuid(position.id));
    let (rows, has_next) = reading.store().registry().vouchers(before, request.size).await?;
    reading.charge(rows.len())?;
    let row = |voucher: Voucher| {
        let key = SortKey::Micros(voucher.created.micros());
        (Position { key, id: voucher.id.uuid() }, voucher)
    };
    Ok(Page { rows: rows.into_iter().map(row).collect(), has_next, has_previous: false })
}

/// What is known of all payments for a gift becomes what it is good for, whoever paid. It ends when nothing that was paid for it
/// is left, and so does what somebody has of it; both come again when a bank pays again. What the staff ended stays so.
pub(super) async fn settle(work: &mut Work, provider: &str, payment: &str) -> Result<(), Problem> {
    for id in work.vouchers_of_payment(provider, payment).await? {
        let Some(voucher) = work.voucher(id).await? else {
            tracing::warn!(gift = %id, "a payment for a gift that there is not");
            continue;
        };
        let settled = voucher.clone().settled(&gift_payments(&work.events_of_voucher(provider, id).await?));
        if settled.state() == VoucherState::Unpaid {
            tracing::warn!(gift = %id, "less was paid than a gift costs; it opens nothing");
        }
        if let Some(redeemed) = &voucher.redeemed
            && let Some(subscription) = work.subscription(redeemed.subscription).await?
            && subscription == voucher.leaves(&subscription)
        {
            work.put_subscriptions(&[settled.leaves(&subscription)]).await?;
        }
        work.put_vouchers(&[settled]).await?;
    }
    Ok(())
}

fn wrap(acting: &Acting<'_>, present: &Present, origin: VoucherOrigin) -> Result<Wrapped, Problem> {
    let code = LinkCode::draw(acting.chance())?;
    let voucher = Voucher {
        id: VoucherId::new(acting.now(), bits(acting.chance())?),
        tier: present.tier.clone(),
        months: present.months,
        code_hash: code.hash(),
        origin,
        created: acting.now(),
        paid: None,
        given_back: None,
        revoked: None,
        redeemed: None,
    };
    Ok(Wrapped { voucher, code })
}

fn check(months: u8, field: &str) -> Result<(), Problem> {
    if VOUCHER_MONTHS.contains(&months) {
        return Ok(());
    }
    let known = VOUCHER_MONTHS.map(|months| months.to_string()).join(", ");
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
