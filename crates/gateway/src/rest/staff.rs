//! What the routes of the publisher's staff have in common.

use super::parameters::Parameters;
use crate::auth::Caller;
use crate::error::Problem;
use crate::operation::{require, require_to_change};
use crate::state::Gateway;
use actix_web::HttpRequest;
use actix_web::http::Method;
use masthead_domain::viewer::Role;

/// Who asks for a route without parameters that is for this role. Whoever may not is refused before the path and the body are
/// looked at, so that no answer tells them what is there. What is not only read takes the right to change something.
pub(super) fn staff(request: &HttpRequest, gateway: &Gateway, role: Role) -> Result<Caller, Problem> {
    let caller = gateway.caller(request)?;
    match *request.method() {
        Method::GET => require(&caller.viewer, role)?,
        _ => require_to_change(&caller.viewer, role)?,
    };
    Parameters::of(request)?.finish()?;
    Ok(caller)
}
