//! Entitlements that whoever writes to us may give to readers.

use super::named;
use super::reading::Reading;
use crate::error::Problem;
use masthead_domain::viewer::Entitlement;

/// Reads entitlements that a reader can hold.
///
/// # Errors
/// A problem with the place of one that none can, or that names a tier that there is not.
pub(super) async fn holdable(reading: &Reading, texts: &[String]) -> Result<Vec<Entitlement>, Problem> {
    let mut held = Vec::with_capacity(texts.len());
    for (at, text) in texts.iter().enumerate() {
        let place = format!("entitlements[{at}]");
        let one = Entitlement::from(text.as_str());
        if !one.is_for_readers() {
            let detail = format!("{place}: must be subscriber, member or tier:SLUG.");
            return Err(Problem::invalid_parameter(&place, detail));
        }
        Problem::none_of(named::tiers(reading, &place, &[&one]).await?)?;
        held.push(one);
    }
    Ok(held)
}
