//! Opening an article by the reader's own meter, and devices that have one.

use super::article::{self, Dossier};
use super::link::{Opened, bits};
use super::member::active;
use super::reading::Reading;
use crate::clock::Chance;
use crate::error::{Code, Problem};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::DeviceId;
use masthead_domain::paywall::meter::{Meter, meter_for};
use masthead_domain::viewer::{Bearer, Reader, Viewer};
use masthead_persistence::{ArticleKey, Unlocking};
use std::sync::Arc;

/// How long a device token lives, in seconds: thirty days.
const DEVICE_LIFE: i64 = 30 * 24 * 3_600;

/// An article after it was opened.
#[derive(Clone, Debug)]
pub struct Unlocked {
    /// The article as the reader sees it now.
    pub dossier: Dossier,
    /// Whether one article less is left of the meter.
    pub spent: bool,
}

/// Opens an article by the meter of a member or a device. Nothing is spent where the meter would open nothing, or
/// has opened the article in this period before; then the article comes as it is.
///
/// # Errors
/// 401 without a token, 403 when no meter runs for it or nothing is left, 404 when the article does not exist for it.
pub async fn unlock(
    reading: &Reading,
    bearer: Option<&Bearer>,
    key: &ArticleKey,
) -> Result<Unlocked, Problem> {
    let (bearer, reader) = match (bearer, reading.viewer()) {
        (_, Viewer::Anonymous) => return Err(Problem::authentication_required()),
        (Some(bearer @ (Bearer::Member { .. } | Bearer::Device(_))), Viewer::Reader(reader)) => {
            (bearer, reader)
        }
        _ => return Err(no_meter()),
    };
    let dossier = article::find(reading, key).await?.ok_or_else(Problem::not_found)?;
    let (meter, start) = meter_of(reading, reader).await?.ok_or_else(no_meter)?;
    if !dossier.view.is_metered() {
        return Ok(Unlocked { dossier, spent: false });
    }
    let mut work = reading.store().begin(reading.now()).await?;
    if let Bearer::Member { member, .. } = bearer {
        active(work.member(*member).await?)?;
    }
    let outcome = work.unlock(bearer, start, dossier.view.id, meter.limit).await?;
    if outcome == Unlocking::Exhausted {
        let (_, end) = meter.period.around(reading.now());
        let detail =
            format!("All {} articles of this period are opened. The next begins at {end}.", meter.limit);
        return Err(Problem::new(Code::MeterExhausted, detail));
    }
    work.commit().await?;
    let standing = reading.store().standing(bearer, reading.now()).await?;
    let standing = standing.map_err(crate::auth::no_standing)?;
    let opened = reading.seen_by(Arc::new(standing.viewer));
    let dossier = article::find(&opened, key).await?.ok_or_else(Problem::not_found)?;
    Ok(Unlocked { dossier, spent: outcome == Unlocking::Spent })
}

/// The meter that runs for a reader, and when its period began.
async fn meter_of(reading: &Reading, reader: &Reader) -> Result<Option<(Meter, Timestamp)>, Problem> {
    let policy = reading.policy().await?;
    let held = reader.is_member.then_some(&reader.entitlements);
    let meter = meter_for(&policy.meters, held).cloned();
    Ok(meter.map(|meter| {
        let (start, _) = meter.period.around(reading.now());
        (meter, start)
    }))
}

fn no_meter() -> Problem {
    Problem::new(Code::NoMeter, "No meter runs for this token.")
}

/// A device that nobody has seen before. It needs no row: that its token is signed says that we named it.
///
/// # Errors
/// A problem when there is no chance.
pub fn new_device(chance: &dyn Chance, now: Timestamp) -> Result<Opened, Problem> {
    let bearer = Bearer::Device(DeviceId::new(now, bits(chance)?));
    Ok(Opened { bearer, article: None, seconds: DEVICE_LIFE })
}
