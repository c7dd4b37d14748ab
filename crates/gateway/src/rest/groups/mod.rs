//! `/v1/groups`: groups, their seats, and invitations to them; and what members do with seats of their own.

pub(crate) mod invitations;
pub(crate) mod list;
pub(crate) mod mine;
pub(crate) mod one;
pub(crate) mod seats;

use crate::auth::Caller;
use crate::error::Problem;
use crate::operation::group::Managing;
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::HttpRequest;

/// Who asks, and may manage seats, and the parameters of the request. Whoever may not is refused before the path and the
/// body are looked at.
async fn managing<'a>(
    request: &HttpRequest,
    gateway: &'a Gateway,
) -> Result<(Managing<'a>, Parameters), Problem> {
    let caller: Caller = gateway.caller(request)?;
    Ok((Managing::new(gateway.acting(&caller), &caller)?, Parameters::of(request)?))
}
