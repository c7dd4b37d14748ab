//! Passes for some time: bought or given, and redeemed by whoever has the code.

use super::acting::Acting;
use super::entitlement::holdable;
use super::link::{LinkCode, Opened, bits};
use super::reading::Reading;
use super::role::require;
use crate::error::{Code, Problem};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::PassId;
use masthead_domain::page::{Page, PageRequest};
use masthead_domain::viewer::{Bearer, Role};
use masthead_persistence::PassRecord;

/// What a new pass is to be.
#[derive(Clone, Debug)]
pub struct Terms {
    /// What it counts as, for every article.
    pub entitlements: Vec<String>,
    /// From when on; from now on when nothing is said.
    pub from: Option<Timestamp>,
    /// The first instant at which it counts no longer.
    pub until: Timestamp,
    /// On how many devices its code can be redeemed: 1 to [`MAX_USES`].
    pub uses: u32,
}

/// The most devices of one pass.
pub const MAX_USES: u32 = 10_000;

/// The longest pass, in seconds: a year.
const MAX_SECONDS: i64 = 366 * 24 * 3_600;

/// Makes a pass and draws its code. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not, 400 with the place of what is wrong.
pub async fn make(acting: &Acting<'_>, terms: Terms) -> Result<(PassRecord, LinkCode), Problem> {
    let by = acting.must_be(Role::Publisher)?.to_owned();
    let now = acting.now();
    let from = terms.from.unwrap_or(now);
    let entitlements = holdable(acting.reading(), &terms.entitlements).await?;
    if entitlements.is_empty() {
        return Err(Problem::invalid_parameter("entitlements", "entitlements: name at least one."));
    }
    if terms.until <= from || terms.until <= now || terms.until > from.plus_seconds(MAX_SECONDS) {
        let detail = "until: must lie after from and after now, and at most a year after from.";
        return Err(Problem::invalid_parameter("until", detail));
    }
    if !(1..=MAX_USES).contains(&terms.uses) {
        return Err(Problem::invalid_parameter("uses", format!("uses: must be 1 to {MAX_USES}.")));
    }
    let pass = PassRecord {
        id: PassId::new(now, bits(acting.chance())?),
        entitlements: entitlements.into_iter().collect(),
        from,
        until: terms.until,
        uses: terms.uses,
        used: 0,
        by,
        created: now,
        revoked: None,
    };
    let code = LinkCode::draw(acting.chance())?;
    let mut work = acting.begin().await?;
    work.put_pass(&pass, &code.hash()).await?;
    acting.finish(work, "pass.made", pass.id).await?;
    Ok((pass, code))
}

/// The name of the list of passes, for cursors.
pub const LIST: &str = "passes";

/// A page of all passes, the newest first. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not ask.
pub async fn all(reading: &Reading, page: &PageRequest) -> Result<Page<PassRecord>, Problem> {
    require(reading.viewer(), Role::Publisher)?;
    let page = reading.store().registry().passes(page).await?;
    reading.charge(page.rows.len())?;
    Ok(page)
}

/// Opens a pass, which counts once.
///
/// # Errors
/// 404 when no pass has the code, 410 when it counts not yet or no longer, or is used up.
pub async fn redeem(reading: &Reading, code: &LinkCode) -> Result<Opened, Problem> {
    let found = reading.store().registry().pass_by_code(&code.hash()).await?;
    let pass = found.ok_or_else(Problem::not_found)?;
    let mut work = reading.store().begin(reading.now()).await?;
    if work.use_pass(pass.id).await? {
        work.commit().await?;
        let seconds = pass.until.seconds() - reading.now().seconds();
        Ok(Opened { bearer: Bearer::Pass(pass.id), article: None, seconds })
    } else {
        Err(Problem::new(Code::LinkEnded, "The pass is used up, was taken back, or is not for this time."))
    }
}

/// Takes a pass back. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not, 404 when there is no such pass.
pub async fn revoke(acting: &Acting<'_>, id: PassId) -> Result<(), Problem> {
    acting.must_be(Role::Publisher)?;
    acting.store().registry().pass(id).await?.ok_or_else(Problem::not_found)?;
    let mut work = acting.begin().await?;
    if work.revoke_pass(id).await? {
        acting.finish(work, "pass.revoked", id).await?;
    }
    Ok(())
}
