//! What opens single articles, in REST answers.

use crate::operation::Opened;
use crate::operation::gift::NewGift;
use crate::operation::preview::NewPreview;
use crate::operation::unlock::Unlocked;
use crate::render::LockDto;
use crate::site::Site;
use crate::state::Issued;
use masthead_domain::viewer::MeterReading;
use masthead_persistence::{GiftRecord, PreviewRecord};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a reader's meter stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Meter)]
pub(in crate::rest) struct MeterDto {
    /// How many articles a period opens.
    limit: u32,
    /// How many are left of them.
    left: u32,
    /// When the next period begins.
    #[schema(format = DateTime)]
    resets: String,
}

impl From<&MeterReading> for MeterDto {
    fn from(meter: &MeterReading) -> Self {
        Self { limit: meter.limit, left: meter.left, resets: meter.resets.to_string() }
    }
}

/// An article after it was opened by the meter.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Unlock)]
pub(in crate::rest) struct UnlockDto {
    /// The article's id.
    article: String,
    /// Whether one article less is left: not for one that the meter opened before in this period, and not for one
    /// that it does not open.
    spent: bool,
    /// Whether every lock is open.
    complete: bool,
    /// Every lock, in reading order.
    locks: Vec<LockDto>,
    /// Where the meter stands now.
    meter: Option<MeterDto>,
}

impl From<&Unlocked> for UnlockDto {
    fn from(unlocked: &Unlocked) -> Self {
        let view = &unlocked.dossier.view;
        Self {
            article: view.id.to_string(),
            spent: unlocked.spent,
            complete: view.is_complete(),
            locks: view.locks.iter().map(LockDto::from).collect(),
            meter: view.meter.as_ref().map(MeterDto::from),
        }
    }
}

/// A token.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Token)]
pub(in crate::rest) struct TokenDto {
    /// The token, to be sent as `Authorization: Bearer`.
    access_token: String,
    /// Of which kind its bearer is: `device`, `gift`, `pass` or `preview`.
    kind: &'static str,
    /// When it ends.
    #[schema(format = DateTime)]
    expires: String,
    /// The one article that it is for; null when it is for all.
    article: Option<String>,
}

impl TokenDto {
    pub(in crate::rest) fn new(opened: &Opened, issued: Issued) -> Self {
        Self {
            access_token: issued.token,
            kind: opened.bearer.kind(),
            expires: issued.expires.to_string(),
            article: opened.article.map(|article| article.to_string()),
        }
    }
}

/// A code to redeem.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Code)]
pub(in crate::rest) struct CodeRequest {
    /// The code of the link.
    pub(in crate::rest) code: String,
}

/// An article that was given away.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Gift)]
pub(in crate::rest) struct GiftDto {
    #[schema(example = "gif_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    /// The article's id.
    article: String,
    /// Who gave it: a member's id, or somebody of the staff as their token names them.
    giver: String,
    #[schema(format = DateTime)]
    created: String,
    /// When it ends.
    #[schema(format = DateTime)]
    expires: String,
    /// When it was taken back.
    #[schema(format = DateTime)]
    revoked: Option<String>,
    /// How often it can be opened.
    uses: u32,
    /// How often it has been opened.
    used: u32,
}

impl From<&GiftRecord> for GiftDto {
    fn from(gift: &GiftRecord) -> Self {
        Self {
            id: gift.id.to_string(),
            article: gift.article.to_string(),
            giver: gift.giver.name(),
            created: gift.created.to_string(),
            expires: gift.expires.to_string(),
            revoked: gift.revoked.map(|at| at.to_string()),
            uses: gift.uses,
            used: gift.used,
        }
    }
}

/// A gift that was just made. The code is shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = NewGift)]
pub(in crate::rest) struct NewGiftDto {
    #[serde(flatten)]
    gift: GiftDto,
    /// What the link is redeemed with.
    code: String,
    /// The article's address with the code in it.
    link: String,
}

impl NewGiftDto {
    pub(in crate::rest) fn new(new: &NewGift, site: &Site) -> Self {
        let code = new.code.as_str().to_owned();
        let link = site.gift_link(&new.slug, &code);
        Self { gift: GiftDto::from(&new.gift), code, link }
    }
}

/// A link to one version of an article before its publication, without its code.
#[derive(Serialize, ToSchema)]
#[schema(as = Preview)]
pub(in crate::rest) struct PreviewDto {
    #[schema(example = "pre_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b")]
    id: String,
    /// The article's id.
    article: String,
    /// The version that it shows. A later one ends it, and so does the publication.
    version: i64,
    /// Who made it.
    by: String,
    #[schema(format = DateTime)]
    created: String,
    /// When it ends.
    #[schema(format = DateTime)]
    expires: String,
    /// When it was taken back.
    #[schema(format = DateTime)]
    revoked: Option<String>,
}

impl From<&PreviewRecord> for PreviewDto {
    fn from(preview: &PreviewRecord) -> Self {
        Self {
            id: preview.id.to_string(),
            article: preview.article.to_string(),
            version: preview.version,
            by: preview.by.clone(),
            created: preview.created.to_string(),
            expires: preview.expires.to_string(),
            revoked: preview.revoked.map(|at| at.to_string()),
        }
    }
}

/// A preview link that was just made. The code is shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = NewPreview)]
pub(in crate::rest) struct NewPreviewDto {
    #[serde(flatten)]
    preview: PreviewDto,
    /// What the link is redeemed with.
    code: String,
    /// The article's address with the code in it.
    link: String,
}

impl NewPreviewDto {
    pub(in crate::rest) fn new(new: &NewPreview, site: &Site) -> Self {
        let code = new.code.as_str().to_owned();
        let link = site.preview_link(&new.slug, &code);
        Self { preview: PreviewDto::from(&new.preview), code, link }
    }
}
