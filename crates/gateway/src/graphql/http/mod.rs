//! GraphQL over HTTP: our own thin layer in front of the executor.
//!
//! The order of a request: who asks, which media type, what is asked, does the guard let it pass, is the
//! answer ready, and only then is anything executed.

mod media;
mod persisted;
mod request;
mod response;

pub use media::Media;
pub use persisted::PersistedQueries;
pub use request::Asked;
pub use response::{Cost, Fault, Outcome};

use super::guard::{Chosen, Guard};
use super::spending::Spending;
use crate::auth::Caller;
use crate::body;
use crate::cache::{Audience, Key, Representation};
use crate::client::Client;
use crate::error::{Code, Problem};
use crate::state::Gateway;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web;
use actix_web::web::{Data, Payload, resource};
use actix_web::{HttpRequest, HttpResponse, Resource};
use async_graphql::parser::types::OperationType;
use async_graphql::{Executor, Request};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A schema behind its guard.
pub struct Endpoint<E> {
    executor: E,
    guard: Guard,
    persisted: PersistedQueries,
    /// Gives a request what its resolvers need.
    equip: fn(Request, &Arc<Gateway>, &Caller, &Arc<Spending>, Client) -> Request,
}

/// Whether the answer to one request may be kept for others of the same class. A resolver whose value
/// depends on more than the class says so here; it is the second belt beside the guard's list of shared
/// fields.
#[derive(Clone, Debug, Default)]
pub struct Sharing(Arc<AtomicBool>);

impl Sharing {
    /// The answer is for this viewer alone.
    pub fn forbid(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_forbidden(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl<E: Executor> Endpoint<E> {
    /// An endpoint that executes with this schema. `equip` puts into a request what the resolvers take out
    /// of their context.
    #[must_use]
    pub fn new(
        executor: E,
        guard: Guard,
        equip: fn(Request, &Arc<Gateway>, &Caller, &Arc<Spending>, Client) -> Request,
    ) -> Self {
        Self { executor, guard, persisted: PersistedQueries::default(), equip }
    }

    /// The route.
    #[must_use]
    pub fn resource(path: &str) -> Resource {
        resource(path).route(web::get().to(serve::<E>)).route(web::post().to(serve::<E>)).default_service(
            web::to(async || {
                let problem = Problem::new(Code::MethodNotAllowed, "GraphQL is asked with GET or POST.");
                let problem = problem.with_header(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
                Fault::from(problem).respond(Media::Json)
            }),
        )
    }

    /// Answers. A partner's requests are counted, and what is left is told.
    async fn answer(
        &self,
        request: &HttpRequest,
        payload: Payload,
        gateway: &Arc<Gateway>,
        media: Media,
    ) -> Result<HttpResponse, Fault> {
        let caller = gateway.caller(request)?;
        let (store, now) = (gateway.desk.store(), gateway.clock.now());
        gateway.quotas.count(request, &caller.viewer, store, now).await?;
        self.answer_to(&caller, request, payload, gateway, media).await
    }

    async fn answer_to(
        &self,
        caller: &Caller,
        request: &HttpRequest,
        payload: Payload,
        gateway: &Arc<Gateway>,
        media: Media,
    ) -> Result<HttpResponse, Fault> {
        let is_get = *request.method() == Method::GET;
        let asked = if is_get {
            request::check_origin(request)?;
            Asked::from_query(request.query_string())?
        } else {
            request::check_content_type(request.headers())?;
            Asked::from_body(&body::read(request, payload, self.guard.limits().body_bytes).await?)?
        };
        let text = self.persisted.text(&asked)?;
        let checked = self.guard.check(&text)?;
        let chosen = self.guard.choose(&checked, asked.operation.as_deref(), &asked.variables)?;
        check_kind(&chosen, is_get)?;
        self.persisted.keep(&asked, &text);

        let audience = Audience::of(caller);
        let epoch = if chosen.shared { gateway.epoch_for(caller) } else { None };
        let key = epoch.map(|epoch| {
            let document = checked.key(asked.operation.as_deref(), &asked.variables);
            Key::new(epoch, &caller.class, &[b"graphql", &document, &[media as u8, audience as u8]])
        });
        if let Some(ready) = key.as_ref().and_then(|key| gateway.representations.get(key)) {
            return Ok(respond(&ready, request, true));
        }

        let sharing = Sharing::default();
        let cost = Cost { requested: chosen.cost, limit: self.guard.limits().complexity };
        let mut executed = Request::new(String::new()).variables(asked.variables).data(sharing.clone());
        executed.operation_name = asked.operation;
        executed.set_parsed_query(checked.document().clone());
        let spending = Arc::new(Spending::new(self.guard.limits()));
        let executed = executed.data(Arc::clone(&spending));
        let executed = (self.equip)(executed, gateway, caller, &spending, gateway.client(request));
        let time = self.guard.limits().time;
        let response =
            tokio::time::timeout(time, self.executor.execute(executed)).await.map_err(|_| too_slow(time))?;
        // A part of an answer would look like the whole.
        spending.check()?;
        let outcome = Outcome::of(response, chosen.shape)?;

        let representation =
            Arc::new(Representation::new(outcome.body(cost), media.content_type(), audience));
        let shared = chosen.shared && outcome.is_whole() && !sharing.is_forbidden();
        if let Some(key) = key.filter(|_| shared) {
            gateway.representations.put(key, Arc::clone(&representation));
        }
        Ok(respond(&representation, request, shared))
    }
}

fn too_slow(time: Duration) -> Problem {
    let detail = format!("The answer took longer than {} ms; ask for less at once.", time.as_millis());
    Problem::new(Code::Timeout, detail)
}

async fn serve<E: Executor>(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
    endpoint: Data<Endpoint<E>>,
) -> HttpResponse {
    match Media::negotiate(request.headers()) {
        Err(problem) => Fault::from(problem).respond(Media::Json),
        Ok(media) => {
            let answer = endpoint.answer(&request, payload, &gateway.into_inner(), media).await;
            answer.unwrap_or_else(|fault| fault.respond(media))
        }
    }
}

/// A GET whose answer depends on the class alone may be kept by caches, which ask before each use. Every
/// other answer may not.
fn respond(representation: &Representation, request: &HttpRequest, shared: bool) -> HttpResponse {
    if shared && *request.method() == Method::GET {
        return representation.respond(request);
    }
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, representation.content_type().clone()))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "Authorization, Accept"))
        .body(representation.body().clone())
}

fn check_kind(chosen: &Chosen<'_>, is_get: bool) -> Result<(), Problem> {
    match chosen.kind {
        OperationType::Query => Ok(()),
        OperationType::Mutation if is_get => {
            Err(Problem::new(Code::MethodNotAllowed, "A mutation is sent with POST.")
                .with_header(header::ALLOW, HeaderValue::from_static("POST")))
        }
        OperationType::Mutation => Ok(()),
        OperationType::Subscription => {
            Err(Problem::new(Code::InvalidRequest, "A subscription needs a connection of its own."))
        }
    }
}
