//! What the routes of the publisher's staff have in common.

use super::parameters::Parameters;
use crate::auth::Caller;
use crate::error::Problem;
use crate::operation::require;
use crate::state::Gateway;
use actix_web::HttpRequest;
use masthead_domain::viewer::Role;

/// Who asks for a route without parameters that is for this role. Whoever may not is refused before the path and the body are
/// looked at, so that no answer tells them what is there.
pub(super) async fn staff(request: &HttpRequest, gateway: &Gateway, role: Role) -> Result<Caller, Problem> {
    let caller = gateway.caller(request)?;
    require(&caller.viewer, role)?;
    Parameters::of(request)?.finish()?;
    Ok(caller)
}
