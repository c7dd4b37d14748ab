//! What the routes for the publisher's staff have in common.

use crate::error::Problem;
use crate::operation::Acting;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use masthead_domain::clock::Timestamp;
use masthead_domain::viewer::Role;
use serde::Serialize;

/// Somebody on the staff, at one instant.
pub(super) struct Desk<'g> {
    pub(super) gateway: &'g Gateway,
    pub(super) now: Timestamp,
    subject: String,
}

impl<'g> Desk<'g> {
    /// Finds out whether the request comes from somebody on the staff with this role.
    pub(super) async fn of(
        request: &HttpRequest,
        gateway: &'g Gateway,
        least: Role,
    ) -> Result<Self, Problem> {
        let caller = gateway.caller(request).await?;
        let subject = caller.staff(least)?.subject.clone();
        Ok(Self { gateway, now: gateway.clock.now(), subject })
    }

    /// To change something.
    pub(super) fn acting(&self) -> Acting<'_> {
        let Gateway { desk, chance, .. } = self.gateway;
        Acting { store: desk.store(), chance: &**chance, now: self.now, by: &self.subject }
    }
}

/// An answer that no cache keeps, with the version of the thing as its ETag where it has one.
pub(super) fn told(status: StatusCode, version: Option<i64>, body: &impl Serialize) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "Authorization"));
    if let Some(etag) = version.and_then(|version| HeaderValue::try_from(format!("\"{version}\"")).ok()) {
        response.insert_header((header::ETAG, etag));
    }
    response.json(body)
}

/// An answer without a body.
pub(super) fn done() -> HttpResponse {
    HttpResponse::NoContent().insert_header((header::CACHE_CONTROL, "no-store")).finish()
}
