//! What the kinds of problems mean: where the `type` of a problem leads.

use super::{Code, Problem};
use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Path;
use serde::Serialize;

/// A kind of problem.
#[derive(Serialize)]
struct Kind {
    code: &'static str,
    status: u16,
    title: &'static str,
    meaning: &'static str,
}

impl From<Code> for Kind {
    fn from(code: Code) -> Self {
        let (status, title, meaning) = (code.status().as_u16(), code.title(), code.meaning());
        Self { code: code.as_str(), status, title, meaning }
    }
}

/// Every kind of problem.
pub async fn all_kinds() -> HttpResponse {
    let kinds: Vec<Kind> = Code::ALL.iter().copied().map(Kind::from).collect();
    told(&serde_json::json!({ "data": kinds }))
}

/// One kind of problem.
///
/// # Errors
/// 404 when there is none with this code.
pub async fn one_kind(code: Path<String>) -> Result<HttpResponse, Problem> {
    let code: Code = code.parse().map_err(|()| Problem::not_found())?;
    Ok(told(&Kind::from(code)))
}

/// They change with the program alone.
fn told(kinds: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "public, max-age=3600")).json(kinds)
}
