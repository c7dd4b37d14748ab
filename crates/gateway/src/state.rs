//! What the surfaces share: the publication, the keys, and the answers that are ready.

use crate::auth::{Caller, TokenService};
use crate::cache::{Representations, Watch};
use crate::error::Problem;
use crate::operation::Desk;
use crate::site::Site;
use actix_web::HttpRequest;
use masthead_domain::clock::Clock;
use std::sync::Arc;

/// What the surfaces share. A second node has the same and needs nothing of this one.
pub struct Gateway {
    /// Where the publication is read.
    pub desk: Desk,
    /// The publication's public site.
    pub site: Site,
    /// In which epoch the publication is.
    pub watch: Watch,
    /// The answers that are ready.
    pub representations: Representations,
    /// Who may be believed.
    pub tokens: TokenService,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
}

impl Gateway {
    /// Who asks.
    ///
    /// # Errors
    /// A problem when the request carries a credential that cannot be believed; it is never taken for
    /// anonymous then.
    pub fn caller(&self, request: &HttpRequest) -> Result<Caller, Problem> {
        self.tokens.caller(request, self.clock.now())
    }
}
