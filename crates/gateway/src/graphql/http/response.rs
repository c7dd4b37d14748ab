//! What a client gets: data and coded errors, and the status that belongs to them.

use super::super::guard::{Refusal, Shape};
use super::media::Media;
use crate::error::{Code, Problem};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};
use serde::Serialize;

/// The most errors in one answer.
const MAX_ERRORS: usize = 50;

/// The longest message, in characters.
const MAX_MESSAGE: usize = 500;

/// Why a request got no data.
pub enum Fault {
    /// It is no GraphQL request, or one that may not be made: the status says so in any media type.
    Http(Problem),
    /// It is a GraphQL request that cannot be executed.
    Request(Vec<ServerError>, StatusCode),
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        match problem.code() {
            Code::PersistedQueryNotFound | Code::QueryTooComplex => {
                let status = problem.code().status();
                Self::Request(vec![coded(&problem)], status)
            }
            _ => Self::Http(problem),
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let status = refusal.code.status();
        Self::Request(vec![refusal.into()], status)
    }
}

impl Fault {
    /// The whole response. No cache may keep it.
    #[must_use]
    pub fn respond(self, media: Media) -> HttpResponse {
        let (errors, status, headers) = match self {
            Self::Http(problem) => {
                (vec![coded(&problem)], problem.code().status(), problem.headers().to_vec())
            }
            Self::Request(errors, status) if media == Media::GraphQl => (errors, status, Vec::new()),
            Self::Request(errors, _) => (errors, StatusCode::OK, Vec::new()),
        };
        let mut response = HttpResponse::build(status);
        for header in headers {
            response.append_header(header);
        }
        response
            .insert_header((header::CONTENT_TYPE, media.content_type()))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::VARY, "Authorization, Accept"))
            .body(document(None, &errors, None))
    }
}

/// What the executor made of a request.
pub struct Outcome {
    data: Value,
    errors: Vec<ServerError>,
}

impl Outcome {
    /// Sorts the executor's answer into data and coded errors.
    ///
    /// # Errors
    /// A [`Fault`] when nothing was executed, because the document does not fit the schema.
    pub fn of(response: Response, shape: &Shape) -> Result<Self, Fault> {
        let executed =
            response.data != Value::Null || response.errors.iter().any(|error| !error.path.is_empty());
        let mut errors: Vec<_> = response.errors.into_iter().map(with_code).collect();
        if executed || errors.is_empty() {
            let data = shape.arrange(response.data, &errors);
            // The order in which fields failed is a matter of chance.
            errors.sort_by_cached_key(place);
            errors.truncate(MAX_ERRORS);
            Ok(Self { data, errors })
        } else {
            errors.truncate(MAX_ERRORS);
            Err(Fault::Request(errors, Code::InvalidQuery.status()))
        }
    }

    /// Whether everything that was asked for is there.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.errors.is_empty()
    }

    /// The body.
    #[must_use]
    pub fn body(&self, cost: Cost) -> Vec<u8> {
        document(Some(&self.data), &self.errors, Some(cost))
    }
}

fn place(error: &ServerError) -> (Vec<(usize, usize)>, String) {
    let at = error.locations.iter().map(|at| (at.line, at.column)).collect();
    (at, serde_json::to_string(&error.path).unwrap_or_default())
}

/// What a request costs, and what it may cost.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Cost {
    /// What this one costs.
    pub requested: u64,
    /// The most that one may cost.
    pub limit: u64,
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<Extensions>,
}

#[derive(Serialize)]
struct Extensions {
    cost: Cost,
}

fn document(data: Option<&Value>, errors: &[ServerError], cost: Option<Cost>) -> Vec<u8> {
    let document = Document { errors, data, extensions: cost.map(|cost| Extensions { cost }) };
    // Values of GraphQL are values of JSON, with texts as keys.
    serde_json::to_vec(&document).unwrap_or_default()
}

fn coded(problem: &Problem) -> ServerError {
    let mut error = ServerError::new(problem.detail(), None);
    let mut coded = extensions(problem.code(), problem.parameter());
    if let Some(terms) = problem.terms() {
        coded.set("terms", terms);
    }
    error.extensions = Some(coded);
    error
}

fn extensions(code: Code, parameter: Option<&str>) -> ErrorExtensionValues {
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", code.graphql());
    if let Some(parameter) = parameter {
        extensions.set("parameter", parameter);
    }
    extensions
}

/// Gives an error the code of our table. What a use case reported carries its problem; what the executor
/// found wrong carries nothing; and anything else is a failure of ours that nobody else may read.
fn with_code(mut error: ServerError) -> ServerError {
    let has_code = error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some());
    if let Some(problem) = error.source::<Problem>() {
        let (message, coded) = (problem.detail().to_owned(), extensions(problem.code(), problem.parameter()));
        error.message = message;
        error.extensions = Some(coded);
    } else if error.source.is_some() {
        tracing::error!(error = %error.message, "a field failed");
        let problem = Problem::internal();
        error.message = problem.detail().to_owned();
        error.extensions = Some(extensions(problem.code(), None));
    } else if !has_code {
        let code = if error.path.is_empty() { Code::InvalidQuery } else { Code::InvalidParameter };
        error.extensions.get_or_insert_default().set("code", code.graphql());
    }
    if let Some((end, _)) = error.message.char_indices().nth(MAX_MESSAGE) {
        error.message.truncate(end);
        error.message.push('…');
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::guard::{Catalogue, Guard, Limits};
    use async_graphql::{EmptyMutation, EmptySubscription, Error, Object, Schema};
    use serde_json::json;

    struct Query;

    #[Object]
    impl Query {
        async fn fine(&self) -> i32 {
            1
        }
        async fn hidden(&self) -> Result<Option<i32>, Problem> {
            Err(Problem::invalid_parameter("first", "first is a number from 1 to 100."))
        }
        async fn broken(&self) -> async_graphql::Result<Option<i32>> {
            Err(std::io::Error::other("/secret/path is on fire").into())
        }
        async fn alone(&self) -> Result<Option<i32>, Problem> {
            Err(Problem::unavailable())
        }
        async fn told(&self) -> async_graphql::Result<Option<i32>> {
            Err(Error::new("x".repeat(1_000)))
        }
    }

    async fn run(query: &str) -> Result<serde_json::Value, (serde_json::Value, StatusCode)> {
        let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
        let sdl = schema.sdl();
        let limits = Limits::default();
        let guard = Guard::new(limits.clone(), Catalogue::read(&sdl, &[], &limits).expect("a schema"));
        let checked = guard.check(query).expect("passes");
        let shape = checked.shape(None).expect("one operation");
        match Outcome::of(schema.execute(query).await, shape) {
            Ok(outcome) => {
                let body = outcome.body(Cost { requested: 1, limit: 2 });
                Ok(serde_json::from_slice(&body).expect("json"))
            }
            Err(Fault::Request(errors, status)) => Err((json!(errors), status)),
            Err(Fault::Http(problem)) => panic!("{problem}"),
        }
    }

    #[actix_web::test]
    async fn data_comes_with_its_cost() {
        let body = run("{ fine }").await.expect("data");
        assert_eq!(body, json!({"data": {"fine": 1}, "extensions": {"cost": {"requested": 1, "limit": 2}}}));
    }

    #[actix_web::test]
    async fn a_problem_keeps_its_code_and_its_parameter() {
        let body = run("{ fine hidden }").await.expect("data");
        assert_eq!(body["data"], json!({"fine": 1, "hidden": null}));
        assert_eq!(body["errors"][0]["message"], "first is a number from 1 to 100.");
        assert_eq!(
            body["errors"][0]["extensions"],
            json!({"code": "INVALID_PARAMETER", "parameter": "first"})
        );
        assert_eq!(body["errors"][0]["path"], json!(["hidden"]));
    }

    #[actix_web::test]
    async fn internals_stay_inside() {
        let body = run("{ broken }").await.expect("data");
        assert!(!body.to_string().contains("secret"), "{body}");
        assert_eq!(body["errors"][0]["extensions"]["code"], "INTERNAL");
    }

    #[actix_web::test]
    async fn a_field_that_failed_alone_is_null_and_data_is_not() {
        let body = run("{ alone }").await.expect("data");
        assert_eq!(body["data"], json!({"alone": null}));
        assert_eq!(body["errors"][0]["extensions"]["code"], "UNAVAILABLE");
    }

    #[actix_web::test]
    async fn what_does_not_fit_the_schema_has_no_data() {
        let (errors, status) = run("{ unknown }").await.expect_err("errors");
        assert_eq!(errors[0]["extensions"]["code"], "INVALID_QUERY");
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }

    #[actix_web::test]
    async fn messages_are_short() {
        let body = run("{ told }").await.expect("data");
        assert_eq!(body["errors"][0]["message"].as_str().expect("text").chars().count(), MAX_MESSAGE + 1);
    }

    #[test]
    fn with_plain_json_a_request_that_was_read_is_answered_with_200() {
        let refusal = || Fault::Request(vec![ServerError::new("x", None)], StatusCode::BAD_REQUEST);
        assert_eq!(refusal().respond(Media::Json).status(), StatusCode::OK);
        assert_eq!(refusal().respond(Media::GraphQl).status(), StatusCode::BAD_REQUEST);
        for media in [Media::Json, Media::GraphQl] {
            let response = Fault::from(Problem::new(Code::Csrf, "x")).respond(media);
            assert_eq!(response.status(), StatusCode::FORBIDDEN);
            assert_eq!(response.headers().get("cache-control").expect("set"), "no-store");
        }
    }
}
