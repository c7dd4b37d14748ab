//! Gift subscriptions.

use super::member::TierSubscription;
use super::page::{PageArguments, connection};
use super::payment::paying;
use super::scalar::DateTime;
use crate::error::Problem;
use crate::graphql::session::Session;
use crate::operation::cursor::ListName;
use crate::operation::payment::{self, Back, Present, Wrapped};
use crate::operation::{LinkCode, require};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use masthead_domain::member;
use masthead_domain::viewer::Role;

/// A gift subscription: whoever redeems its code first has the tier for some months.
#[derive(Clone, SimpleObject)]
pub(super) struct GiftSubscription {
    id: ID,
    /// The tier's slug.
    tier: String,
    /// For how many months.
    months: u8,
    /// `unpaid`, `good`, `redeemed` or `ended`.
    state: String,
    created: DateTime,
    /// When it was paid for; null where nobody has.
    paid: Option<DateTime>,
    /// When it was taken back, or its payment was given back.
    ended: Option<DateTime>,
    /// When somebody redeemed it.
    redeemed: Option<DateTime>,
    /// The member who bought it; null where none did.
    giver: Option<ID>,
    /// The member who redeemed it.
    holder: Option<ID>,
}

impl From<member::GiftSubscription> for GiftSubscription {
    fn from(gift: member::GiftSubscription) -> Self {
        let id =
            |member: Option<masthead_domain::id::MemberId>| member.map(|member| member.to_string().into());
        Self {
            id: gift.id.to_string().into(),
            tier: gift.tier.to_string(),
            months: gift.months,
            state: gift.state().code().to_owned(),
            created: DateTime(gift.created),
            paid: gift.paid.map(DateTime),
            ended: gift.ended().map(DateTime),
            redeemed: gift.redeemed.as_ref().map(|redeemed| DateTime(redeemed.at)),
            giver: id(gift.giver()),
            holder: id(gift.holder()),
        }
    }
}

connection!(
    /// A page of gift subscriptions.
    GiftSubscriptionConnection, GiftSubscriptionEdge, GiftSubscription, member::GiftSubscription, "GiftSubscriptionConnection", "GiftSubscriptionEdge"
);

/// A gift subscription that was just made. The code is shown this once.
#[derive(SimpleObject)]
pub(super) struct NewGiftSubscription {
    id: ID,
    /// The tier's slug.
    tier: String,
    /// For how many months.
    months: u8,
    /// What it is redeemed with.
    code: String,
}

impl From<Wrapped> for NewGiftSubscription {
    fn from(Wrapped { gift, code }: Wrapped) -> Self {
        Self {
            id: gift.id.to_string().into(),
            tier: gift.tier.to_string(),
            months: gift.months,
            code: code.as_str().to_owned(),
        }
    }
}

/// Whom a gift subscription is for. They are forgotten when the mail server has accepted the letter.
#[derive(InputObject)]
struct RecipientInput {
    email: String,
    /// What the giver calls them, at most 200 bytes.
    name: Option<String>,
    /// What the giver tells them, at most 1,000 bytes.
    message: Option<String>,
}

impl TryFrom<RecipientInput> for member::Recipient {
    type Error = Problem;

    fn try_from(RecipientInput { email, name, message }: RecipientInput) -> Result<Self, Problem> {
        let field = "gift.recipient.email";
        let email =
            email.parse().map_err(|error| Problem::invalid_parameter(field, format!("{field}: {error}.")))?;
        Ok(Self { email, name, message })
    }
}

/// Where to pay for a gift.
#[derive(SimpleObject)]
pub(super) struct GiftCheckoutPage {
    /// A page of the payment provider's, good for a short time and for this payment.
    url: String,
    /// The gift. Its code is good once it is paid for.
    gift: NewGiftSubscription,
}

/// What publishers ask about gift subscriptions.
#[derive(Default)]
pub(super) struct GiftSubscriptionQuery;

#[Object]
impl GiftSubscriptionQuery {
    /// A page of the gift subscriptions, the newest first. For publishers. The list goes forward only.
    async fn gift_subscriptions(
        &self,
        ctx: &Context<'_>,
        first: i32,
        after: Option<String>,
    ) -> Result<Option<GiftSubscriptionConnection>, Problem> {
        let reading = &Session::of(ctx).reading;
        require(reading.viewer(), Role::Publisher)?;
        let list = ListName::new(payment::GIFT_SUBSCRIPTIONS);
        let request =
            PageArguments { first: Some(first), after, ..PageArguments::default() }.request(list)?;
        let page = payment::list(reading, &request).await?;
        Ok(Some(GiftSubscriptionConnection { page, list }))
    }
}

/// What one does with gift subscriptions.
#[derive(Default)]
pub(super) struct GiftSubscriptionMutation;

#[Object]
impl GiftSubscriptionMutation {
    /// Begins to pay for a tier that is given to somebody else. For members.
    async fn start_gift_checkout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tier's slug.")] tier: String,
        #[graphql(desc = "1, 3, 6 or 12.")] months: u8,
        #[graphql(desc = "Where the member comes back to after the payment: a page of the site.")]
        success_url: Option<String>,
        #[graphql(desc = "Where the member comes back to without one.")] cancel_url: Option<String>,
        #[graphql(desc = "Whom the code is sent to when the payment is reported.")] recipient: Option<
            RecipientInput,
        >,
    ) -> Result<Option<GiftCheckoutPage>, Problem> {
        let session = paying(ctx)?;
        let (payments, back) = (&session.gateway().payments, Back { success_url, cancel_url });
        let recipient = recipient.map(member::Recipient::try_from).transpose()?;
        let wish = Present { recipient, ..present("gift.tier", &tier, months)? };
        let secrets = &session.accounts().secrets;
        let (url, wrapped) =
            payment::buy(&session.acting(), payments, secrets, &session.caller, wish, &back).await?;
        Ok(Some(GiftCheckoutPage { url, gift: wrapped.into() }))
    }

    /// Makes gift subscriptions that nobody pays for. For publishers. Their codes are shown this once.
    async fn make_gift_subscriptions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tier's slug.")] tier: String,
        #[graphql(desc = "1, 3, 6 or 12.")] months: u8,
        #[graphql(desc = "How many: 1 to 100.", default = 1)] count: u8,
    ) -> Result<Option<Vec<NewGiftSubscription>>, Problem> {
        let session = Session::of(ctx);
        require(session.reading.viewer(), Role::Publisher)?;
        let made = payment::make(&session.acting(), present("tier", &tier, months)?, count).await?;
        Ok(Some(made.into_iter().map(Into::into).collect()))
    }

    /// Redeems a gift subscription: the member has its tier from now on. For members.
    async fn redeem_gift_subscription(
        &self,
        ctx: &Context<'_>,
        code: String,
    ) -> Result<Option<TierSubscription>, Problem> {
        let session = Session::of(ctx);
        session.admit(&session.gateway().limits.redemptions)?;
        crate::operation::member::asking(&session.caller)?;
        let code = LinkCode::sent(&code)?;
        let subscription = payment::redeem(&session.acting(), &session.caller, &code).await?;
        if let Some(bearer) = &session.caller.bearer {
            session.gateway().standings.forget(bearer);
        }
        Ok(Some((&subscription).into()))
    }

    /// Takes a gift subscription back that nobody has redeemed. For publishers.
    async fn revoke_gift_subscription(&self, ctx: &Context<'_>, id: ID) -> Result<Option<bool>, Problem> {
        let session = Session::of(ctx);
        require(session.reading.viewer(), Role::Publisher)?;
        let id = id.parse().map_err(|_| Problem::not_found())?;
        payment::revoke(&session.acting(), id).await?;
        Ok(Some(true))
    }
}

fn present(field: &str, tier: &str, months: u8) -> Result<Present, Problem> {
    let wrong = |error| Problem::invalid_parameter(field, format!("{field}: {error}."));
    Ok(Present { tier: tier.parse().map_err(wrong)?, months, recipient: None })
}
