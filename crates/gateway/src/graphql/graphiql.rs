//! GraphiQL at `/graphiql`, out of files that are part of this program.

use crate::error::Problem;
use crate::reading_only::for_reading;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets/graphiql/"]
struct Files;

/// The page runs its own scripts and talks to its own server, and nothing else. The styles that it sets on
/// elements and the fonts inside its style sheet need a word of their own.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// Puts the page and its files into an application.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(
            for_reading(&["/graphiql"])
                .route(web::get().to(async |request: HttpRequest| file(&request, "index.html"))),
        )
        .service(web::redirect("/graphiql/", "/graphiql"))
        .service(
            for_reading(&["/graphiql/{file}"])
                .route(web::get().to(async |request: HttpRequest, name: Path<String>| file(&request, &name))),
        );
}

fn file(request: &HttpRequest, name: &str) -> Result<HttpResponse, Problem> {
    let content_type = content_type(name).ok_or_else(Problem::not_found)?;
    let file = Files::get(name).ok_or_else(Problem::not_found)?;
    let hash: [u8; 32] = file.metadata.sha256_hash();
    let etag = format!("\"{}\"", &blake3::Hash::from(hash).to_hex()[..32]);
    let known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|tag| *tag == *etag);
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::ETAG, etag))
        .insert_header((header::CACHE_CONTROL, "public, no-cache"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"));
    if known {
        return Ok(response.finish());
    }
    Ok(response.content_type(content_type).body(file.data.into_owned()))
}

/// The licences that lie beside the files have no type: they are for readers of the source.
fn content_type(name: &str) -> Option<&'static str> {
    match name.rsplit('.').next() {
        Some("html") => Some("text/html; charset=utf-8"),
        Some("js") => Some("text/javascript; charset=utf-8"),
        Some("css") => Some("text/css; charset=utf-8"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::{TestRequest, call_service, init_service, read_body};
    use actix_web::{App, http::StatusCode};

    #[actix_web::test]
    async fn the_page_is_whole_and_stays_at_home() {
        let app = init_service(App::new().configure(routes)).await;
        let page = call_service(&app, TestRequest::with_uri("/graphiql").to_request()).await;
        assert_eq!(page.status(), StatusCode::OK);
        assert_eq!(page.headers().get("content-security-policy"), Some(&POLICY));
        let page = String::from_utf8(read_body(page).await.to_vec()).expect("text");
        assert!(!page.contains("http://") && !page.contains("https://"), "nothing comes from elsewhere");
        let mut files = 0;
        for part in page.split('"').filter(|part| part.starts_with("/graphiql/")) {
            let file = call_service(&app, TestRequest::with_uri(part).to_request()).await;
            assert_eq!(file.status(), StatusCode::OK, "{part}");
            files += 1;
        }
        assert_eq!(files, 6);
    }

    #[actix_web::test]
    async fn a_file_that_is_known_is_not_sent_again() {
        let app = init_service(App::new().configure(routes)).await;
        let ask = || TestRequest::with_uri("/graphiql/page.js");
        let first = call_service(&app, ask().to_request()).await;
        let etag = first.headers().get("etag").expect("set").clone();
        let again = call_service(&app, ask().insert_header(("if-none-match", etag)).to_request()).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }

    #[actix_web::test]
    async fn nothing_else_is_served() {
        for name in ["README.md", "LICENSE-react", "nothing.js", "..%2f..%2fCargo.toml"] {
            assert!(file(&TestRequest::default().to_http_request(), name).is_err(), "{name}");
        }
    }
}
