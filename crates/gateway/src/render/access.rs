//! The answer for a lock, as REST and Portable Text write it.

use masthead_domain::paywall::{Access, Offer};
use masthead_domain::tier::Price;
use masthead_domain::view::LockView;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether a lock is open, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Access)]
pub struct AccessDto {
    /// Whether it is open.
    pub granted: bool,
    /// Why. Open: `public`, `entitled`, `staff`, `metered`, `gifted`, `licensed`, `preview`. Shut:
    /// `sign_in_required`, `not_entitled`, `not_licensed`, `unavailable`.
    #[schema(example = "sign_in_required")]
    pub reason: &'static str,
    /// The entitlements any one of which opens it; empty when it is public.
    #[schema(example = json!(["member"]))]
    pub required: Vec<String>,
    /// What the viewer could do to open it; empty when it is open.
    pub offers: Vec<OfferDto>,
}

/// Something a reader can do to open a lock.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[schema(as = Offer)]
pub enum OfferDto {
    /// Subscribe to the free newsletter.
    Newsletter,
    /// Become a member of a tier.
    Tier {
        /// The tier's name in URLs.
        slug: String,
        /// The tier's name for readers.
        name: String,
        /// What it costs.
        price: Option<PriceDto>,
    },
    /// Open the article by the meter.
    Meter {
        /// How many articles may still be opened in this period.
        left: u32,
    },
}

/// What a tier costs, in the currency's minor unit (cents).
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Price)]
pub struct PriceDto {
    /// Three upper-case letters by ISO 4217.
    #[schema(example = "EUR")]
    pub currency: String,
    /// For a month.
    pub monthly: Option<i64>,
    /// For a year.
    pub yearly: Option<i64>,
}

/// One lock of an article.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Lock)]
pub struct LockDto {
    /// The `_key` of the gate, or `sources` for the lock on the source links.
    #[schema(example = "b4")]
    pub id: String,
    /// Whether it is open, and why.
    pub access: AccessDto,
}

impl From<&Access> for AccessDto {
    fn from(access: &Access) -> Self {
        Self {
            granted: access.granted(),
            reason: access.reason().code(),
            required: access.required.iter().map(ToString::to_string).collect(),
            offers: access.offers.iter().map(OfferDto::from).collect(),
        }
    }
}

impl From<&Offer> for OfferDto {
    fn from(offer: &Offer) -> Self {
        match offer {
            Offer::Newsletter => Self::Newsletter,
            Offer::Tier(tier) => Self::Tier {
                slug: tier.slug.to_string(),
                name: tier.name.clone(),
                price: tier.price.as_ref().map(PriceDto::from),
            },
            Offer::Meter { left } => Self::Meter { left: *left },
        }
    }
}

impl From<&Price> for PriceDto {
    fn from(price: &Price) -> Self {
        Self { currency: price.currency.clone(), monthly: price.monthly, yearly: price.yearly }
    }
}

impl From<PriceDto> for Price {
    fn from(PriceDto { currency, monthly, yearly }: PriceDto) -> Self {
        Self { currency, monthly, yearly }
    }
}

impl From<&LockView> for LockDto {
    fn from(lock: &LockView) -> Self {
        Self { id: lock.id.clone(), access: AccessDto::from(&lock.access) }
    }
}
