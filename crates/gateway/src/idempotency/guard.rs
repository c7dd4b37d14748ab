//! Keys over REST: a middleware in front of all routes. Which operations take a key stands with each of them, in what the
//! contract says of its parameters.

use super::{Answer, Ending, Key, Turn, key, to_the_end, turn};
use crate::auth::Caller;
use crate::body;
use crate::error::Problem;
use crate::limits::caller;
use crate::rest::Methods;
use crate::state::Gateway;
use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::{Data, Payload};
use bytes::Bytes;
use std::sync::Arc;

/// Looks for mutations itself.
const GRAPHQL: &str = "/graphql";

/// What payment providers and mail programs send here follows their own contract, and is idempotent.
const OF_OTHERS: [&str; 2] = ["/v1/webhooks/", "/v1/unsubscribe/"];

/// Middleware for all routes, inside of the one that finds out who asks: a request with a key is done once.
///
/// # Errors
/// Those of what lies inside.
pub async fn once(
    gateway: Data<Gateway>,
    methods: Data<Methods>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let asked = match Asked::of(&methods, &mut request).await {
        Ok(asked) => asked,
        Err(problem) => return Ok(request.error_response(problem)),
    };
    let Some(asked) = asked else { return Ok(next.call(request).await?.map_into_boxed_body()) };
    let gateway = gateway.into_inner();
    to_the_end(async move {
        match asked.turn(&gateway, &request).await {
            Err(problem) => Ok(request.error_response(problem)),
            Ok(Turn::Again(response)) => Ok(request.into_response(response)),
            Ok(Turn::First(first)) => {
                request.set_payload(asked.body.into());
                first.run(async { ended(next.call(request).await) }).await
            }
        }
    })
    .await?
}

/// A request with a key.
struct Asked {
    key: Key,
    caller: Caller,
    body: Bytes,
}

impl Asked {
    /// Reads a request; `None` when it has no key, or nothing that a key would be for.
    async fn of(methods: &Methods, request: &mut ServiceRequest) -> Result<Option<Self>, Problem> {
        let path = request.path();
        // Reading changes nothing, however often it is done.
        if !request.headers().contains_key(key::FIELD)
            || request.method().is_safe()
            || path == GRAPHQL
            || OF_OTHERS.iter().any(|start| path.starts_with(start))
        {
            return Ok(None);
        }
        match methods.takes_key(request.method(), path) {
            Some(true) => {}
            Some(false) => return Err(key::not_taken()),
            None => return Ok(None),
        }
        let Some(key) = Key::of(request.headers())? else { return Ok(None) };
        let caller = caller(request.request())?;
        let payload = request.extract::<Payload>().await.map_err(|_| Problem::internal())?;
        let body = body::read(request.request(), payload, body::JSON_BYTES).await?.freeze();
        Ok(Some(Self { key, caller, body }))
    }

    async fn turn(&self, gateway: &Arc<Gateway>, request: &ServiceRequest) -> Result<Turn, Problem> {
        let target = request.uri().path_and_query().map_or("", |target| target.as_str());
        let asked = [request.method().as_str().as_bytes(), target.as_bytes(), &self.body];
        turn(gateway, &self.caller, &self.key, &asked).await
    }
}

/// The response, and how the request ended.
fn ended(
    answered: Result<ServiceResponse<impl MessageBody + 'static>, Error>,
) -> (Result<ServiceResponse<BoxBody>, Error>, Ending) {
    match answered.map(ServiceResponse::map_into_boxed_body) {
        Ok(response) if response.status().is_success() => {
            let (request, response) = response.into_parts();
            let (response, answer) = Answer::of(response);
            (Ok(ServiceResponse::new(request, response)), Ending::Whole(answer))
        }
        other => (other, Ending::Part(None)),
    }
}
