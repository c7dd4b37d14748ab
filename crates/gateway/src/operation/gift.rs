//! Gifts: one article, given away by whoever may read it.

use super::acting::Acting;
use super::article;
use super::link::{LinkCode, Opened, bits};
use super::member::active;
use super::reading::Reading;
use super::role::require;
use crate::error::{Code, Problem};
use masthead_domain::article::Status;
use masthead_domain::id::GiftId;
use masthead_domain::page::{Page, PageRequest};
use masthead_domain::paywall::meter::Period;
use masthead_domain::slug::Slug;
use masthead_domain::viewer::{Bearer, Reader, Role, Viewer};
use masthead_persistence::{ArticleKey, GiftRecord, Giver};
use std::sync::Arc;

/// A gift that was just made.
#[derive(Debug)]
pub struct NewGift {
    /// The gift.
    pub gift: GiftRecord,
    /// Its code, which is not kept.
    pub code: LinkCode,
    /// The article's name in URLs.
    pub slug: Slug,
}

/// The name of the list of gifts, for cursors.
pub const LIST: &str = "gifts";

const DAY: i64 = 24 * 3_600;

/// How long the token of a gift lives, in seconds: a day. It ends earlier when the gift does.
const LIFE: i64 = DAY;

/// Gives an article away. A member may, who holds what opens its body, within the policy's quota for a month; so may
/// editors.
///
/// # Errors
/// 401 and 403 for whoever may not, 404 when the article does not exist for them.
pub async fn give(
    acting: &Acting<'_>,
    bearer: Option<&Bearer>,
    key: &ArticleKey,
) -> Result<NewGift, Problem> {
    let reading = acting.reading();
    let giver = giver(reading.viewer(), bearer)?;
    if reading.viewer().is_staff() {
        acting.must_be(Role::Editor)?;
    }
    let held = reading.seen_by(Arc::new(by_themselves(reading.viewer())));
    let dossier = article::find(&held, key).await?.ok_or_else(Problem::not_found)?;
    if dossier.view.status != Status::Published {
        let detail = "Nobody could open it before it is published. Make a preview link for it.";
        return Err(Problem::new(Code::Conflict, detail));
    }
    if !dossier.view.body_is_open() {
        return Err(Problem::new(
            Code::NotEntitled,
            "Only who holds what opens the whole article can give it.",
        ));
    }
    let (now, terms) = (reading.now(), reading.policy().await?.gifts);
    let gift = GiftRecord {
        id: GiftId::new(now, bits(acting.chance())?),
        article: dossier.view.id,
        created: now,
        expires: now.plus_seconds(i64::from(terms.days) * DAY),
        revoked: None,
        uses: terms.uses,
        used: 0,
        giver,
    };
    let code = LinkCode::draw(acting.chance())?;
    let quota = match gift.giver {
        Giver::Member(_) => Some((Period::Month.around(now).0, terms.monthly)),
        Giver::Staff(_) => None,
    };
    let mut work = acting.begin().await?;
    if let Giver::Member(member) = gift.giver {
        active(work.member(member).await?)?;
    }
    if !work.give(&gift, &code.hash(), quota).await? {
        let detail = format!("A member makes {} gifts a month.", terms.monthly);
        return Err(Problem::new(Code::GiftsExhausted, detail));
    }
    acting.finish(work, "gift.made", gift.id).await?;
    Ok(NewGift { gift, code, slug: dossier.view.slug.clone() })
}

/// Opens a gift, which counts once.
///
/// # Errors
/// 404 when no gift has the code, 410 when it is used up, expired or was taken back.
pub async fn redeem(reading: &Reading, code: &LinkCode) -> Result<Opened, Problem> {
    let found = reading.store().registry().gift_by_code(&code.hash()).await?;
    let gift = found.ok_or_else(Problem::not_found)?;
    let mut work = reading.store().begin(reading.now()).await?;
    if work.use_gift(gift.id).await? {
        work.commit().await?;
        let left = gift.expires.seconds() - reading.now().seconds();
        Ok(Opened { bearer: Bearer::Gift(gift.id), article: Some(gift.article), seconds: LIFE.min(left) })
    } else {
        Err(Problem::new(Code::LinkEnded, "The gift is used up, has expired, or was taken back."))
    }
}

/// A page of the gifts that the viewer may take back, the newest first: everybody's for editors, their own for members.
///
/// # Errors
/// 401 and 403 for whoever cannot give.
pub async fn list(
    reading: &Reading,
    bearer: Option<&Bearer>,
    page: &PageRequest,
) -> Result<Page<GiftRecord>, Problem> {
    let own = own(&giver(reading.viewer(), bearer)?);
    Ok(reading.store().registry().gifts(own.as_ref(), page).await?)
}

/// Takes a gift back. The giver may, and an editor may.
///
/// # Errors
/// 404 when there is no such gift that the viewer may take back.
pub async fn revoke(acting: &Acting<'_>, bearer: Option<&Bearer>, id: GiftId) -> Result<(), Problem> {
    let reading = acting.reading();
    let own = own(&giver(reading.viewer(), bearer)?);
    if reading.viewer().is_staff() {
        acting.must_be(Role::Editor)?;
    }
    let gift = reading.store().registry().gift(id).await?;
    gift.filter(|gift| own.is_none_or(|own| own == gift.giver)).ok_or_else(Problem::not_found)?;
    let mut work = acting.begin().await?;
    if work.revoke_gift(id).await? {
        acting.finish(work, "gift.revoked", id).await?;
    }
    Ok(())
}

fn giver(viewer: &Viewer, bearer: Option<&Bearer>) -> Result<Giver, Problem> {
    match (viewer, bearer) {
        (Viewer::Anonymous, _) => Err(Problem::authentication_required()),
        (Viewer::Staff(_), _) => Ok(Giver::Staff(require(viewer, Role::Editor)?.subject.clone())),
        (Viewer::Reader(_), Some(Bearer::Member { member, .. })) => Ok(Giver::Member(*member)),
        _ => Err(Problem::new(Code::NotEntitled, "Members and the staff give articles away.")),
    }
}

/// Whose gifts somebody who gives may take back: a member their own, editors everybody's, which is `None`.
fn own(giver: &Giver) -> Option<Giver> {
    match giver {
        Giver::Member(_) => Some(giver.clone()),
        Giver::Staff(_) => None,
    }
}

/// What the viewer holds themselves: what was opened for them one by one is not theirs to give.
fn by_themselves(viewer: &Viewer) -> Viewer {
    match viewer {
        Viewer::Reader(reader) => {
            Viewer::Reader(Reader { passes: Default::default(), meter: None, ..reader.clone() })
        }
        other => other.clone(),
    }
}
