//! Machines among those who ask: what a signature claims is proved before anything else is looked at.

use super::{Account, Admitted, Asking, TurnedAway};
use crate::auth::agent::{self, Claim, Unproven};
use crate::state::Gateway;
use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, HeaderValue, VARY};

/// Lets a machine in that proves who it is; `None` for everybody else, who goes on as if there were no signature.
pub(super) async fn admit(
    gateway: &Gateway,
    request: &HttpRequest,
    tries: Option<Account>,
) -> Result<Option<Admitted>, Box<TurnedAway>> {
    let claim = gateway.agents.claim(request, gateway.clock.now());
    let Some(claim) = claim.map_err(log_unproven).ok().flatten() else { return Ok(None) };
    if !prove(gateway, request, &claim, tries) {
        return Ok(None);
    }
    let limits = &gateway.limits.requests;
    let remaining = limits.take(limits.of_agent(claim.agent()), gateway, request)?;
    let asking = gateway.ruled(claim.agent()).await;
    // What was not answered may be sent again as it is.
    if asking.is_ok() && !gateway.agents.is_first(&claim, gateway.clock.now()) {
        log_unproven(Unproven::Replayed);
        return Ok(None);
    }
    Ok(Some(Admitted { asking: Asking(asking), remaining }))
}

/// Whether a request proves what it claims. An address that has used up its tries proves nothing for a while.
fn prove(gateway: &Gateway, request: &HttpRequest, claim: &Claim<'_>, tries: Option<Account>) -> bool {
    let limits = &gateway.limits.requests;
    if limits.take(tries, gateway, request).is_err() {
        return false;
    }
    let proved = gateway.agents.prove(claim, request, gateway.clock.now());
    if matches!(proved, Ok(()) | Err(Unproven::Away)) {
        limits.give_back(tries);
    }
    proved.map_err(log_unproven).is_ok()
}

fn log_unproven(why: Unproven) {
    tracing::debug!(%why, "a machine did not prove who it is");
}

/// What depends on a credential depends on a signature too, where one counts.
pub(super) fn vary_by_signature(headers: &mut HeaderMap) {
    let names = |value: &HeaderValue| value.to_str().is_ok_and(|names| names.contains("Authorization"));
    if headers.get_all(VARY).any(names) {
        headers.append(VARY, HeaderValue::from_static(agent::FIELDS));
    }
}
