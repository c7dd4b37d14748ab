//! `POST /v1/auth/token`: a key is exchanged for a token of a quarter of an hour (RFC 6749, section 4.4).

use crate::auth::PresentedKey;
use crate::body;
use crate::error::Problem;
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use masthead_domain::id::KeyId;
use masthead_domain::partner::Unlicensed;
use masthead_domain::viewer::{Bearer, NoStanding};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use std::borrow::Cow;
use url::form_urlencoded;
use utoipa::ToSchema;

/// How long a token lives, in seconds.
const LIFE: i64 = 15 * 60;

/// The one scope of such a token.
const SCOPE: &str = "content:read";

/// What is sent, as a form.
#[derive(ToSchema)]
#[schema(as = TokenRequest)]
#[expect(dead_code, reason = "it describes the form, which is read by hand: a parameter may not come twice")]
pub(crate) struct TokenRequestDto {
    /// `client_credentials`.
    #[schema(example = "client_credentials")]
    grant_type: String,
    /// The key's id; left out when it is sent as `Authorization: Basic`.
    client_id: Option<String>,
    /// The whole key; left out when it is sent as `Authorization: Basic`.
    client_secret: Option<String>,
    /// `content:read`, or nothing.
    scope: Option<String>,
}

/// A token for the key's holder.
#[derive(Serialize, ToSchema)]
#[schema(as = Token)]
pub(crate) struct TokenDto {
    access_token: String,
    /// `Bearer`.
    token_type: &'static str,
    /// How long it lives, in seconds.
    expires_in: i64,
    scope: &'static str,
}

/// Why there is no token (RFC 6749, section 5.2).
#[derive(Serialize, ToSchema)]
#[schema(as = TokenError)]
pub(crate) struct TokenErrorDto {
    /// `invalid_request`, `invalid_client`, `unauthorized_client`, `unsupported_grant_type` or `invalid_scope`.
    error: &'static str,
    /// A sentence for whoever wrote the client.
    error_description: Cow<'static, str>,
}

/// What is wrong with a request for a token.
struct Fault {
    error: &'static str,
    description: Cow<'static, str>,
}

impl Fault {
    const fn request(description: &'static str) -> Self {
        Self { error: "invalid_request", description: Cow::Borrowed(description) }
    }

    /// The key is good, and opens nothing: the client is known and may not (section 5.2).
    fn unlicensed(why: Unlicensed) -> Self {
        let description = Cow::Owned(format!("The key is good, but {why}."));
        Self { error: "unauthorized_client", description }
    }

    fn respond(self) -> HttpResponse {
        let unknown = self.error == "invalid_client";
        let mut response =
            HttpResponse::build(if unknown { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST });
        if unknown {
            response.insert_header((header::WWW_AUTHENTICATE, r#"Basic realm="masthead""#));
        }
        uncached(&mut response).json(TokenErrorDto { error: self.error, error_description: self.description })
    }
}

fn uncached(response: &mut actix_web::HttpResponseBuilder) -> &mut actix_web::HttpResponseBuilder {
    response.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((header::PRAGMA, "no-cache"))
}

const UNKNOWN_CLIENT: Fault = Fault {
    error: "invalid_client",
    description: Cow::Borrowed("The client is not known, or its secret is another."),
};

/// Gives a token for a key.
///
/// The client's id is the key's id and its secret the whole key, sent in the form or as `Authorization: Basic`. What the
/// token grants is looked up whenever it is used, so it ends with the key.
#[utoipa::path(
    post,
    path = "/v1/auth/token",
    operation_id = "createToken",
    tag = "auth",
    request_body(content = TokenRequestDto, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token.", body = TokenDto),
        (status = 400, description = "The request is not valid, or the partner has no valid licence.", body = TokenErrorDto),
        (status = 401, description = "The client is not known.", body = TokenErrorDto),
    ),
    security(()),
)]
#[post("/v1/auth/token")]
pub(crate) async fn create_token(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let body = body::form(&request, payload).await?;
    match token(&gateway, request.headers(), request.query_string(), &body).await? {
        Ok(token) => Ok(uncached(&mut HttpResponse::Ok()).json(token)),
        Err(fault) => Ok(fault.respond()),
    }
}

async fn token(
    gateway: &Gateway,
    headers: &HeaderMap,
    query: &str,
    body: &[u8],
) -> Result<Result<TokenDto, Fault>, Problem> {
    let client = match Form::read(query, body).and_then(|form| form.client(headers)) {
        Ok(client) => client,
        Err(fault) => return Ok(Err(fault)),
    };
    let Client { id, secret } = client;
    let presented = PresentedKey::parse(secret.expose_secret());
    let (Ok(id), Some(presented)) = (id.parse::<KeyId>(), presented) else { return Ok(Err(UNKNOWN_CLIENT)) };
    let holder = match gateway.holder(id, &presented).await? {
        Ok(holder) => holder,
        Err(NoStanding::Ended) => return Ok(Err(UNKNOWN_CLIENT)),
        Err(NoStanding::Unlicensed(why)) => return Ok(Err(Fault::unlicensed(why))),
    };
    let now = gateway.clock.now();
    let left = holder.expires.map_or(LIFE, |expires| expires.seconds() - now.seconds());
    let life = LIFE.min(gateway.tokens.max_seconds()).min(left).max(1);
    let issued = gateway.tokens.issue(&Bearer::Key(id), life, now);
    let access_token = issued.map_err(|error| {
        tracing::error!(%error, "a token was not made");
        Problem::internal()
    })?;
    Ok(Ok(TokenDto { access_token, token_type: "Bearer", expires_in: life, scope: SCOPE }))
}

struct Client {
    id: String,
    secret: SecretString,
}

/// The parameters of the form.
#[derive(Default)]
struct Form {
    grant_type: Option<String>,
    id: Option<String>,
    secret: Option<SecretString>,
    scope: Option<String>,
}

impl Form {
    /// Parameters that are not known are ignored (section 3.2); one that comes twice is an error, and an empty one is not
    /// there.
    fn read(query: &str, body: &[u8]) -> Result<Self, Fault> {
        if !query.is_empty() {
            return Err(Fault::request("Nothing is sent in the query string: it stands in logs."));
        }
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(body).filter(|(_, value)| !value.is_empty()) {
            let is_new = match &*name {
                "grant_type" => form.grant_type.replace(value.into_owned()).is_none(),
                "client_id" => form.id.replace(value.into_owned()).is_none(),
                "client_secret" => form.secret.replace(value.into_owned().into()).is_none(),
                "scope" => form.scope.replace(value.into_owned()).is_none(),
                _ => true,
            };
            if !is_new {
                return Err(Fault::request("A parameter stands more than once."));
            }
        }
        Ok(form)
    }

    /// Who asks. A client says so in one way (section 2.3).
    fn client(self, headers: &HeaderMap) -> Result<Client, Fault> {
        match self.grant_type.as_deref() {
            Some("client_credentials") => {}
            Some(_) => {
                let description = Cow::Borrowed("grant_type is client_credentials.");
                return Err(Fault { error: "unsupported_grant_type", description });
            }
            None => return Err(Fault::request("grant_type is missing.")),
        }
        if self.scope.is_some_and(|scope| scope != SCOPE) {
            return Err(Fault {
                error: "invalid_scope",
                description: Cow::Borrowed("scope is content:read."),
            });
        }
        let mut values = headers.get_all(header::AUTHORIZATION);
        match (values.next(), values.next(), self.id, self.secret) {
            (None, None, Some(id), Some(secret)) => Ok(Client { id, secret }),
            (Some(value), None, id, None) => {
                let client = basic(value).ok_or(UNKNOWN_CLIENT)?;
                if id.is_some_and(|id| id != client.id) {
                    return Err(Fault::request("client_id is another than in the header."));
                }
                Ok(client)
            }
            (None, ..) => Err(Fault::request("client_id and client_secret are missing.")),
            _ => Err(Fault::request("The request brings more than one credential. Send one.")),
        }
    }
}

/// The name and password of RFC 7617, each encoded as in a form (RFC 6749, section 2.3.1).
fn basic(value: &HeaderValue) -> Option<Client> {
    let (scheme, encoded) = value.to_str().ok()?.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    // Neither has a character that a form would encode.
    Some(Client { id: id.to_owned(), secret: secret.to_owned().into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(body: &str, authorization: &[&str]) -> Result<(String, String), &'static str> {
        let mut headers = HeaderMap::new();
        for value in authorization {
            headers.append(header::AUTHORIZATION, HeaderValue::from_str(value).expect("ascii"));
        }
        let form = Form::read("", body.as_bytes()).and_then(|form| form.client(&headers));
        form.map(|client| (client.id, client.secret.expose_secret().to_owned())).map_err(|fault| fault.error)
    }

    #[test]
    fn a_client_says_who_it_is_in_one_way() {
        let good = Ok(("key".to_owned(), "s".to_owned()));
        let grant = "grant_type=client_credentials";
        let basic = format!("Basic {}", STANDARD.encode("key:s"));
        let inside = format!("{grant}&client_id=key&client_secret=s");
        assert_eq!(client(&inside, &[]), good);
        assert_eq!(client(&format!("{inside}&scope=content:read&x=y"), &[]), good);
        assert_eq!(client(grant, &[&basic]), good);
        assert_eq!(client(&format!("{grant}&client_id=key"), &[&basic]), good);
        for (body, headers, error) in [
            ("", vec![], "invalid_request"),
            (grant, vec![], "invalid_request"),
            (&inside, vec![basic.as_str()], "invalid_request"),
            (grant, vec![basic.as_str(), basic.as_str()], "invalid_request"),
            (&format!("{inside}&client_id=key"), vec![], "invalid_request"),
            (&format!("{grant}&client_id=other"), vec![basic.as_str()], "invalid_request"),
            (grant, vec!["Bearer x"], "invalid_client"),
            (grant, vec!["Basic %"], "invalid_client"),
            ("grant_type=password&client_id=key&client_secret=s", vec![], "unsupported_grant_type"),
            (&format!("{inside}&scope=manage"), vec![], "invalid_scope"),
        ] {
            assert_eq!(client(body, &headers), Err(error), "{body} {headers:?}");
        }
        assert!(Form::read("client_secret=s", b"").is_err());
    }
}
