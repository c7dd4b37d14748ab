//! What members do with their accounts. Every answer is for one person and one moment, so no cache keeps it.

pub(super) mod account;
pub(super) mod auth;
pub(super) mod newsletters;
pub(super) mod sessions;

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;

fn personal(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((header::VARY, "Authorization"));
    answer
}

/// An answer with a document.
fn document(status: StatusCode, document: &impl Serialize) -> HttpResponse {
    personal(status).json(document)
}

/// An answer that says only that it was done.
fn done() -> HttpResponse {
    personal(StatusCode::NO_CONTENT).finish()
}
