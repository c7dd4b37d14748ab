//! Paths that are for reading, outside of the REST API.

use crate::error::{Code, Problem};
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, Resource, web};

/// Paths on which any other method than GET and HEAD is refused.
pub(crate) fn for_reading(paths: &[&str]) -> Resource {
    web::resource(paths.to_vec()).default_service(web::to(async || -> Result<HttpResponse, Problem> {
        let problem = Problem::new(Code::MethodNotAllowed, "This is read with GET and HEAD.");
        Err(problem.with_header(header::ALLOW, HeaderValue::from_static("GET, HEAD")))
    }))
}
