//! GraphQL over HTTP: our own thin layer in front of the executor.
//!
//! The order of a request: who asks, which media type, what is asked, does the guard let it pass, is the
//! answer ready, and only then is anything executed.

mod execution;
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
use crate::deliveries::Surface;
use crate::error::{Code, Problem};
use crate::idempotency;
use crate::state::{Gateway, goes_out};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web;
use actix_web::web::{Data, Payload, resource};
use actix_web::{HttpRequest, HttpResponse, Resource};
use async_graphql::parser::types::OperationType;
use async_graphql::{Executor, Request};
use bytes::Bytes;
use execution::Execution;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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
        self: &Arc<Self>,
        request: &HttpRequest,
        payload: Payload,
        gateway: &Arc<Gateway>,
        media: Media,
    ) -> Result<HttpResponse, Fault> {
        let caller = gateway.caller(request)?;
        let (store, now) = (gateway.desk.store(), gateway.clock.now());
        gateway.quotas.count(request, &caller.viewer, store, now).await?;
        self.answer_to(caller, request, payload, gateway, media).await
    }

    async fn answer_to(
        self: &Arc<Self>,
        caller: Caller,
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
        let Chosen { kind, cost, shared } =
            self.guard.choose(&checked, asked.operation.as_deref(), &asked.variables)?;
        check_kind(kind, is_get)?;
        self.persisted.keep(&asked, &text);

        let audience = Audience::of(&caller);
        let document = || checked.key(asked.operation.as_deref(), &asked.variables);
        let epoch = if shared { gateway.watch.epoch() } else { None };
        let key = epoch.map(|epoch| {
            Key::new(epoch, &caller.class, &[b"graphql", &document(), &[media as u8, audience as u8]])
        });
        if let Some(ready) =
            key.as_ref().and_then(|key| gateway.representations.get(key, gateway.clock.now()))
        {
            // Conditions are looked at for GET alone: whoever posts one is sent everything.
            if !is_get || goes_out(&ready, request) {
                gateway.note_delivered(&caller.viewer, ready.delivered(), Surface::GraphQl).await?;
            }
            return Ok(respond(&ready, request, true));
        }
        // Reading changes nothing, however often it is done.
        let once = match kind {
            OperationType::Mutation => idempotency::Key::of(request.headers())?,
            OperationType::Query | OperationType::Subscription => None,
        };
        if once.is_some() {
            let roots = checked.roots(asked.operation.as_deref())?;
            if roots.iter().any(|root| idempotency::WITHOUT.contains(root)) {
                return Err(idempotency::not_taken().into());
            }
        }
        let once = once.map(|key| (key, document()));
        // Looked up before anything is read, so that nothing arrives unseen in between.
        let ends = match key {
            Some(_) => gateway.reading(&caller).next_arrival().await?,
            None => None,
        };
        let execution = Execution {
            endpoint: Arc::clone(self),
            gateway: Arc::clone(gateway),
            client: gateway.client(request),
            caller,
            checked,
            asked,
            cost,
        };
        if let Some((key, document)) = once {
            return execution.once(key, document, media).await;
        }
        let executed = execution.run().await?;
        let representation = Representation::new(executed.body(), media.content_type(), audience)
            .with_delivered(executed.delivered());
        let representation = Arc::new(representation.until(ends));
        let shared = shared && executed.is_whole() && executed.may_be_shared();
        if let Some(key) = key.filter(|_| shared) {
            gateway.representations.put(key, Arc::clone(&representation));
        }
        Ok(respond(&representation, request, shared))
    }
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
            let endpoint = endpoint.into_inner();
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
    of_this_moment(representation.content_type().clone(), representation.body().clone())
}

/// An answer that no cache keeps.
fn of_this_moment(content_type: HeaderValue, body: Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "Authorization, Accept"))
        .body(body)
}

fn check_kind(kind: OperationType, is_get: bool) -> Result<(), Problem> {
    match kind {
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
