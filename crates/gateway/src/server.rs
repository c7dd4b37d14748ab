//! The HTTP server: which path leads to which surface, and what holds for all of them.

use crate::auth::agent::WasHead;
use crate::clock::SystemChance;
use crate::config::{LogFormat, WebOrigin};
use crate::error::{Code, Problem, all_kinds, one_kind, problems};
use crate::feed;
use crate::graphql;
use crate::graphql::guard::Limits;
use crate::idempotency::once;
use crate::limits::limited;
use crate::llms::{LLMS_PATH, llms};
use crate::logging::{Lines, RequestLog};
use crate::reading_only::for_reading;
use crate::rest;
use crate::rights::{RSL_PATH, RSL_XML, told};
use crate::sitemap;
use crate::state::Gateway;
use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::{Condition, Next, from_fn};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, Error, HttpMessage, HttpRequest, HttpResponse, HttpServer};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::SwaggerUi;

/// How the server listens and what it shows.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Where it listens.
    pub listen: SocketAddr,
    /// How many threads answer; `None` for one a core.
    pub workers: Option<usize>,
    /// The origins whose pages may read answers; `*` for all.
    pub cors_origins: Vec<WebOrigin>,
    /// Whether Swagger UI is served at `/docs`.
    pub docs: bool,
    /// Whether GraphiQL is served at `/graphiql`.
    pub graphiql: bool,
    /// What one GraphQL request may ask for.
    pub graphql: Limits,
    /// Where a line for each request goes.
    pub lines: Lines,
    /// How such a line is written.
    pub log_format: LogFormat,
    /// How long a client may take to send a request's head.
    pub head_timeout: Duration,
    /// How long requests under way may take after the signal to stop.
    pub drain_timeout: Duration,
}

/// A server that listens, and its address.
pub struct Listening {
    /// The address, with the real port when port 0 was asked for.
    pub address: SocketAddr,
    /// The server; it answers while it is awaited.
    pub server: Server,
}

/// Starts to listen.
///
/// # Errors
/// What the system says when the address cannot be listened on.
pub fn listen(gateway: Arc<Gateway>, options: &ServerOptions) -> io::Result<Listening> {
    let listener = TcpListener::bind(options.listen)?;
    let address = listener.local_addr()?;
    let gateway = Data::from(gateway);
    let endpoint = Data::new(graphql::endpoint(options.graphql.clone()));
    let methods = Data::new(rest::Methods::of(&rest::document()));
    let log = RequestLog::new(&SystemChance, options.lines.clone(), options.log_format)
        .map_err(io::Error::other)?;
    let settings = options.clone();
    let rights: Arc<[_]> = gateway.site.rights().headers(&gateway.site).into();
    let server = HttpServer::new(move || {
        let cors = cors(&settings.cors_origins);
        let log = log.clone();
        let has_cors = !settings.cors_origins.is_empty();
        let rights = Arc::clone(&rights);
        App::new()
            .into_utoipa_app()
            .openapi(rest::frame())
            .configure(rest::routes)
            .configure(feed::routes)
            .configure(sitemap::routes)
            .map(|app| {
                app.app_data(gateway.clone())
                    .app_data(endpoint.clone())
                    .app_data(methods.clone())
                    .configure(service_routes)
                    .configure(feed::style_routes)
                    .service(graphql::http::Endpoint::<graphql::Publication>::resource("/graphql"))
                    .configure(|config| graphiql(config, settings.graphiql))
                    .configure(|config| docs(config, settings.docs))
                    .default_service(web::to(nothing_here))
                    .wrap(from_fn(once))
                    .wrap(from_fn(limited))
                    .wrap(Condition::new(has_cors, cors))
                    .wrap(from_fn(problems))
                    .wrap(from_fn(head_as_get))
                    .wrap(Condition::new(
                        !rights.is_empty(),
                        from_fn(move |request, next| told(Arc::clone(&rights), request, next)),
                    ))
                    .wrap(from_fn(move |request, next| log.clone().observe(request, next)))
            })
            .into_app()
    })
    .tcp_nodelay(true)
    // A client that has gone wants no answer: its request is dropped where it stands.
    .h1_allow_half_closed(false)
    .client_request_timeout(options.head_timeout)
    .shutdown_timeout(options.drain_timeout.as_secs());
    let server = match options.workers {
        Some(workers) => server.workers(workers),
        None => server,
    };
    Ok(Listening { address, server: server.listen(listener)?.run() })
}

/// For what only the settings change.
const PUBLIC_FOR_AN_HOUR: (header::HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=3600");

/// What every service has beside its surfaces.
fn service_routes(config: &mut ServiceConfig) {
    config
        .service(for_reading(&["/healthz"]).route(web::get().to(alive)))
        .service(for_reading(&["/readyz"]).route(web::get().to(ready)))
        .service(for_reading(&["/problems"]).route(web::get().to(all_kinds)))
        .service(for_reading(&["/problems/{code}"]).route(web::get().to(one_kind)))
        .service(for_reading(&["/.well-known/jwks.json"]).route(web::get().to(key_set)))
        .service(for_reading(&["/.well-known/tdmrep.json"]).route(web::get().to(mining_rules)))
        .service(for_reading(&[LLMS_PATH]).route(web::get().to(llms)))
        .service(for_reading(&[RSL_PATH]).route(web::get().to(licence_for_machines)));
}

fn graphiql(config: &mut ServiceConfig, shown: bool) {
    if shown {
        config.configure(graphql::graphiql::routes);
    }
}

fn docs(config: &mut ServiceConfig, shown: bool) {
    let document = rest::document();
    if shown {
        config
            .service(SwaggerUi::new("/docs/{_:.*}").url("/openapi/v1.json", document))
            .service(web::redirect("/docs", "/docs/"))
            .service(for_reading(&["/docs/{_:.*}", "/openapi/v1.json"]));
    } else {
        config.service(for_reading(&["/openapi/v1.json"]).route(web::get().to(move || {
            let document = document.clone();
            async move { HttpResponse::Ok().json(document) }
        })));
    }
}

/// That the process runs.
async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// Whether the change log can be read: the database answers and has a schema.
async fn ready(gateway: Data<Gateway>) -> Result<HttpResponse, Problem> {
    gateway.desk.store().glance(None, &Default::default(), gateway.clock.now()).await?;
    Ok(HttpResponse::Ok().content_type("text/plain").body("ready\n"))
}

/// The public keys (RFC 7517). The next key is published before it signs, so an hour is soon enough.
async fn key_set(gateway: Data<Gateway>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/jwk-set+json"))
        .insert_header(PUBLIC_FOR_AN_HOUR)
        .body(gateway.tokens.jwks().to_owned())
}

/// What is reserved of text and data mining (TDMRep, section "File on the origin server").
async fn mining_rules(gateway: Data<Gateway>) -> Result<HttpResponse, Problem> {
    let rules = gateway.site.rights().tdmrep().ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().insert_header(PUBLIC_FOR_AN_HOUR).json(rules))
}

/// The licence for machines, for the whole site.
async fn licence_for_machines(gateway: Data<Gateway>) -> Result<HttpResponse, Problem> {
    let site = &gateway.site;
    let licence = site.rights().rsl(&site.page("/*"), site).map_err(|_| Problem::internal())?;
    let licence = licence.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().content_type(RSL_XML).insert_header(PUBLIC_FOR_AN_HOUR).body(licence))
}

/// What no route takes: a path that there is with another method, or one that there is not.
async fn nothing_here(request: HttpRequest, methods: Data<rest::Methods>) -> Result<HttpResponse, Problem> {
    let method = request.method().as_str();
    let others =
        methods.allowed(request.path()).filter(|allowed| !allowed.split(", ").any(|one| one == method));
    let Some(allowed) = others else { return Err(Problem::not_found()) };
    let problem = Problem::new(Code::MethodNotAllowed, format!("Here one may {allowed}."));
    Err(match HeaderValue::try_from(allowed) {
        Ok(allowed) => problem.with_header(header::ALLOW, allowed),
        Err(_) => problem,
    })
}

/// HEAD is answered as GET is (RFC 9110, section 9.3.2); the server leaves the body out.
async fn head_as_get(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
        request.extensions_mut().insert(WasHead);
    }
    next.call(request).await
}

/// Pages of these origins may read answers. They send their token in a header; cookies are never looked at.
fn cors(origins: &[WebOrigin]) -> Cors {
    let cors = Cors::default()
        .allowed_methods([
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT, header::IF_NONE_MATCH])
        .allowed_header(header::IF_MATCH)
        .allowed_headers(["graphql-require-preflight", "idempotency-key"])
        .expose_headers([header::ETAG, header::LINK, header::LOCATION, header::RETRY_AFTER])
        .expose_headers(["ratelimit", "ratelimit-policy"])
        .max_age(3600);
    if origins.iter().any(WebOrigin::is_any) {
        return cors.allow_any_origin().send_wildcard();
    }
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin.as_str()))
}
