//! `/v1/members`, for the publisher's staff. What members do themselves is in `rest/member`.

pub(super) mod feeds;
pub(super) mod list;
pub(super) mod one;
pub(super) mod subscriptions;
pub(super) mod table;

use super::parameters::Parameters;
use crate::error::Problem;
use crate::operation::membership::Filter;
use masthead_domain::member::Status;
use masthead_domain::selection::Span;

/// Takes the parameters that say which members a list holds.
fn filter(parameters: &mut Parameters) -> Result<Filter, Problem> {
    let statuses = [Status::Active, Status::Suspended].map(|status| (status.code(), status));
    Ok(Filter {
        email: parameters.parse("email")?,
        status: parameters.word("status", &statuses)?,
        tier: parameters.parse("tier")?,
        newsletter: parameters.parse("newsletter")?,
        label: parameters.text("label"),
        created: Span { since: parameters.instant("createdFrom")?, until: parameters.instant("createdTo")? },
    })
}
