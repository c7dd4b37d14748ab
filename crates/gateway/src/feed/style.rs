//! How a browser shows a feed: with CSS. It needs no script and no transformation.

use crate::reading_only::for_reading;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};

/// Where the style is served. Every feed is shown by the server that made it.
pub(super) const PATH: &str = "/feeds/style.css";

/// Serves the style.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(for_reading(&[PATH]).route(web::get().to(style)));
}

async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .body(include_str!("style.css"))
}
