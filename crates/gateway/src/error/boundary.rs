//! Where errors leave the process: every answer with an error status becomes a problem here.

use super::{Code, Problem};
use crate::auth::without_secret;
use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;

/// Middleware for the whole application. It renders the problems that handlers return, with the path of the
/// request, and makes problems of the errors that the framework raises by itself (no route, a body that is
/// too large, a path that does not decode), so that no client ever meets another form of error.
///
/// # Errors
/// A [`Problem`], when another middleware inside this one failed without an answer.
pub async fn problems(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match next.call(request).await {
        Ok(response) => Ok(rendered(response.map_into_boxed_body())),
        Err(error) => Err(of_error(&error).into()),
    }
}

fn rendered(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    if !(response.status().is_client_error() || response.status().is_server_error()) {
        return response;
    }
    let problem = match response.response().error() {
        Some(error) => of_error(error),
        None if response.headers().contains_key(header::CONTENT_TYPE) => return response,
        None => of_bare_answer(&response),
    };
    let path = without_secret(response.request().path()).into_owned();
    let mut answer = problem.response(Some(&path));
    // Other middleware inside this one (CORS) may have added header fields to the answer that is replaced.
    for (name, value) in response.headers() {
        if !answer.headers().contains_key(name) && name != header::CONTENT_LENGTH {
            answer.headers_mut().append(name.clone(), value.clone());
        }
    }
    response.into_response(answer)
}

fn of_error(error: &Error) -> Problem {
    if let Some(problem) = error.as_error::<Problem>() {
        return problem.clone();
    }
    let status = error.as_response_error().status_code();
    match Code::of_status(status) {
        Code::Internal => {
            tracing::error!(%error, "a request failed");
            Problem::internal()
        }
        Code::Unavailable => Problem::unavailable(),
        Code::NotFound => Problem::not_found(),
        // What the framework says about a request names no internals, only what it could not read.
        code => Problem::new(code, format!("{error}.")),
    }
}

fn of_bare_answer(response: &ServiceResponse<BoxBody>) -> Problem {
    let code = Code::of_status(response.status());
    match code {
        Code::NotFound => Problem::not_found(),
        Code::Internal => Problem::internal(),
        Code::Unavailable => Problem::unavailable(),
        _ => Problem::new(code, format!("{}.", code.title())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::{Method, StatusCode};
    use actix_web::{App, HttpResponse, middleware, test, web};
    use serde_json::{Value, json};

    async fn ask(method: Method, path: &str, payload: usize) -> (StatusCode, Value) {
        let app = test::init_service(
            App::new()
                .app_data(web::PayloadConfig::new(10))
                .route("/hidden", web::get().to(async || Err::<HttpResponse, _>(Problem::not_found())))
                .route("/body", web::post().to(async |_: web::Bytes| HttpResponse::NoContent()))
                .route("/number/{n}", web::get().to(async |_: web::Path<u32>| HttpResponse::NoContent()))
                .route(
                    "/broken",
                    web::get().to(async || {
                        let error = std::io::Error::other("/secret/path is on fire");
                        Err::<HttpResponse, _>(actix_web::error::ErrorInternalServerError(error))
                    }),
                )
                .route("/own", web::get().to(async || HttpResponse::BadRequest().json(json!({"own": 1}))))
                .wrap(middleware::from_fn(problems)),
        )
        .await;
        let request =
            test::TestRequest::with_uri(path).method(method).set_payload("x".repeat(payload)).to_request();
        let response = test::call_service(&app, request).await;
        let status = response.status();
        let body = test::read_body(response).await;
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    #[actix_web::test]
    async fn a_problem_names_the_path_of_its_request() {
        let (status, body) = ask(Method::GET, "/hidden?token=x", 0).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert_eq!(body["instance"], "/hidden");
    }

    #[actix_web::test]
    async fn a_problem_does_not_repeat_the_secret_of_a_feed() {
        let (status, body) = ask(Method::GET, "/feeds/private/mh_fd_x/articles.rss", 0).await;
        assert_eq!(
            (status, &body["instance"]),
            (StatusCode::NOT_FOUND, &json!("/feeds/private/…/articles.rss"))
        );
    }

    #[actix_web::test]
    async fn an_absent_route_answers_like_a_hidden_thing() {
        let (status, mut body) = ask(Method::GET, "/absent", 0).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        body["instance"] = "/hidden".into();
        assert_eq!(body, ask(Method::GET, "/hidden", 0).await.1);
    }

    #[actix_web::test]
    async fn errors_of_the_framework_become_problems() {
        let (status, body) = ask(Method::POST, "/body", 11).await;
        assert_eq!((status, &body["code"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("payload_too_large")));
        let (status, body) = ask(Method::GET, "/number/x", 0).await;
        assert_eq!((status, &body["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
    }

    #[actix_web::test]
    async fn internals_stay_inside() {
        let (status, body) = ask(Method::GET, "/broken", 0).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!body.to_string().contains("secret"), "{body}");
    }

    #[actix_web::test]
    async fn an_answer_that_a_handler_wrote_itself_passes() {
        let (status, body) = ask(Method::GET, "/own", 0).await;
        assert_eq!((status, body), (StatusCode::BAD_REQUEST, json!({"own": 1})));
    }
}
