//! Gift subscriptions in REST bodies.

use super::fields::parsed;
use crate::error::Problem;
use crate::operation::payment::{Present, Wrapped};
use masthead_domain::member::{GiftSubscription, Recipient};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A gift subscription: whoever redeems its code first has the tier for some months.
#[derive(Serialize, ToSchema)]
#[schema(as = GiftSubscription)]
pub(in crate::rest) struct GiftSubscriptionDto {
    #[schema(example = "gsu_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    /// The tier's slug.
    tier: String,
    /// For how many months.
    months: u8,
    /// `unpaid`, `good`, `redeemed` or `ended`.
    state: &'static str,
    #[schema(format = DateTime)]
    created: String,
    /// When it was paid for; null where nobody has.
    #[schema(format = DateTime)]
    paid: Option<String>,
    /// When it was taken back, or its payment was given back.
    #[schema(format = DateTime)]
    ended: Option<String>,
    /// When somebody redeemed it.
    #[schema(format = DateTime)]
    redeemed: Option<String>,
    /// The member who bought it; null where none did.
    giver: Option<String>,
    /// The member who redeemed it.
    holder: Option<String>,
}

/// A gift subscription that was just made. The code is shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = NewGiftSubscription)]
pub(in crate::rest) struct NewGiftSubscriptionDto {
    #[schema(example = "gsu_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    /// The tier's slug.
    tier: String,
    /// For how many months.
    months: u8,
    /// What it is redeemed with.
    code: String,
}

/// Gift subscriptions to be made.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = GiftSubscriptionRequest)]
pub(in crate::rest) struct GiftSubscriptionRequest {
    /// The tier's slug.
    #[schema(example = "patron")]
    tier: String,
    /// For how many months: 1, 3, 6 or 12.
    #[schema(example = 3)]
    months: u8,
    /// How many.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 100, default = 1)]
    count: u8,
}

const fn one() -> u8 {
    1
}

/// A tier to be given to somebody else.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = PresentRequest)]
pub(in crate::rest) struct PresentDto {
    /// The tier's slug.
    #[schema(example = "patron")]
    tier: String,
    /// For how many months: 1, 3, 6 or 12.
    #[schema(example = 3)]
    months: u8,
    /// Whom the code is sent to when the payment is reported; left out, the giver hands it on.
    recipient: Option<RecipientDto>,
}

/// A gift subscription, for the member who bought or redeemed it.
#[derive(Serialize, ToSchema)]
#[schema(as = OwnGiftSubscription)]
pub(in crate::rest) struct OwnGiftSubscriptionDto {
    #[serde(flatten)]
    gift: GiftSubscriptionDto,
    /// Whom the member wants it to be sent to; null when the letter has gone, or none is to go.
    recipient: Option<RecipientDto>,
}

/// Whom a gift subscription is for. They are forgotten when the mail server has accepted the letter.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = Recipient)]
struct RecipientDto {
    #[schema(example = "anna@home.example")]
    email: String,
    /// What the giver calls them, at most 200 bytes.
    name: Option<String>,
    /// What the giver tells them, at most 1,000 bytes.
    message: Option<String>,
}

impl GiftSubscriptionDto {
    /// As the staff sees it, who need not know its recipient.
    pub(in crate::rest) fn new(gift: &GiftSubscription) -> Self {
        Self {
            id: gift.id.to_string(),
            tier: gift.tier.to_string(),
            months: gift.months,
            state: gift.state().code(),
            created: gift.created.to_string(),
            paid: gift.paid.map(|at| at.to_string()),
            ended: gift.ended().map(|at| at.to_string()),
            redeemed: gift.redeemed.as_ref().map(|redeemed| redeemed.at.to_string()),
            giver: gift.giver().map(|member| member.to_string()),
            holder: gift.holder().map(|member| member.to_string()),
        }
    }
}

impl OwnGiftSubscriptionDto {
    /// As the member may see it.
    pub(in crate::rest) fn new(gift: &GiftSubscription) -> Self {
        let recipient = |Recipient { email, name, message }: &Recipient| RecipientDto {
            email: email.as_str().to_owned(),
            name: name.clone(),
            message: message.clone(),
        };
        Self { gift: GiftSubscriptionDto::new(gift), recipient: gift.recipient.as_ref().map(recipient) }
    }
}

impl NewGiftSubscriptionDto {
    pub(in crate::rest) fn new(wrapped: &Wrapped) -> Self {
        Self {
            id: wrapped.gift.id.to_string(),
            tier: wrapped.gift.tier.to_string(),
            months: wrapped.gift.months,
            code: wrapped.code.as_str().to_owned(),
        }
    }
}

impl GiftSubscriptionRequest {
    pub(in crate::rest) fn wish(self) -> Result<(Present, u8), Problem> {
        let tier = parsed("tier", &self.tier)?;
        Ok((Present { tier, months: self.months, recipient: None }, self.count))
    }
}

impl PresentDto {
    pub(in crate::rest) fn wish(self) -> Result<Present, Problem> {
        let recipient = |RecipientDto { email, name, message }: RecipientDto| {
            Ok::<_, Problem>(Recipient { email: parsed("gift.recipient.email", &email)?, name, message })
        };
        let (tier, recipient) =
            (parsed("gift.tier", &self.tier)?, self.recipient.map(recipient).transpose()?);
        Ok(Present { tier, months: self.months, recipient })
    }
}
