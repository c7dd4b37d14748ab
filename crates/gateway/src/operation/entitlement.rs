//! Entitlements that whoever writes to us may give to readers.

use crate::error::Problem;
use masthead_domain::viewer::Entitlement;

/// Reads entitlements that a reader can hold.
///
/// # Errors
/// A problem with the place of one that none can.
pub(super) fn holdable(texts: &[String]) -> Result<Vec<Entitlement>, Problem> {
    let read = |(at, text): (usize, &String)| {
        let one = Entitlement::from(text.as_str());
        if one.is_for_readers() {
            return Ok(one);
        }
        let place = format!("entitlements[{at}]");
        Err(Problem::invalid_parameter(&place, format!("{place}: no reader can hold this.")))
    };
    texts.iter().enumerate().map(read).collect()
}
