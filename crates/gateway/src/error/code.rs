//! The table of everything that can go wrong in a request, and how each surface says it.

use actix_web::http::StatusCode;
use std::borrow::Cow;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

macro_rules! codes {
    ($(#[doc = $meaning:literal] $name:ident = $status:ident, $rest:literal, $graphql:literal, $title:literal;)+) => {
        /// What went wrong, in one word that programs can match. A code never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {$(
            #[doc = $meaning]
            $name,
        )+}

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The code as REST writes it: lower case with underscores.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $rest),+ }
            }

            /// The code as GraphQL writes it in `extensions.code`: the same word in upper case.
            #[must_use]
            pub const fn graphql(self) -> &'static str {
                match self { $(Self::$name => $graphql),+ }
            }

            /// What the code means, in a sentence or two.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning.trim_start()),+ }
            }

            /// The status of an HTTP response that carries it.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status),+ }
            }

            /// A short sentence that is the same for every occurrence (RFC 9457, `title`).
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title),+ }
            }

            /// The kind of problem as a URI reference (RFC 9457, `type`). It is relative to the API, so it
            /// stays the same whatever host the API is reached by.
            #[must_use]
            pub const fn type_uri(self) -> &'static str {
                match self { $(Self::$name => concat!("/problems/", $rest)),+ }
            }
        }
    };
}

codes! {
    /// The request cannot be read: its body or its path has a wrong form.
    InvalidRequest = BAD_REQUEST, "invalid_request", "INVALID_REQUEST", "The request cannot be read";
    /// A parameter is known and its value is not valid.
    InvalidParameter = BAD_REQUEST, "invalid_parameter", "INVALID_PARAMETER", "A parameter is not valid";
    /// A parameter that this route does not have.
    UnknownParameter = BAD_REQUEST, "unknown_parameter", "UNKNOWN_PARAMETER", "There is no such parameter";
    /// A cursor that was changed, or that belongs to another list.
    InvalidCursor = BAD_REQUEST, "invalid_cursor", "INVALID_CURSOR", "The cursor does not belong to this list";
    /// A GraphQL document that does not parse or does not fit the schema.
    InvalidQuery = BAD_REQUEST, "invalid_query", "INVALID_QUERY", "The query is not valid";
    /// A GraphQL document that nests deeper than the limit.
    QueryTooDeep = BAD_REQUEST, "query_too_deep", "QUERY_TOO_DEEP", "The query nests too deep";
    /// A GraphQL document that would cost more than the limit.
    QueryTooComplex = BAD_REQUEST, "query_too_complex", "QUERY_TOO_COMPLEX", "The query asks for too much";
    /// A GraphQL document that is asked for by its hash and has not been sent yet.
    PersistedQueryNotFound = BAD_REQUEST, "persisted_query_not_found", "PERSISTED_QUERY_NOT_FOUND", "Send the query with its hash";
    /// An `Idempotency-Key` that is no string of 1 to 255 visible characters.
    IdempotencyKeyInvalid = BAD_REQUEST, "idempotency_key_invalid", "IDEMPOTENCY_KEY_INVALID", "The key is not valid";
    /// An `Idempotency-Key` where none is taken, or from somebody for whom no answer can be kept.
    IdempotencyKeyNotTaken = BAD_REQUEST, "idempotency_key_not_taken", "IDEMPOTENCY_KEY_NOT_TAKEN", "No key is taken here";
    /// More than one credential in one request.
    CredentialsConflict = BAD_REQUEST, "credentials_conflict", "CREDENTIALS_CONFLICT", "Send one credential";
    /// A credential that does not prove anything.
    InvalidToken = UNAUTHORIZED, "invalid_token", "INVALID_TOKEN", "The token is not valid";
    /// A code, link or refresh token that is wrong, late, or was used before.
    InvalidGrant = BAD_REQUEST, "invalid_grant", "INVALID_GRANT", "The proof is not valid";
    /// A valid token that speaks for no member, where one is needed.
    MemberRequired = FORBIDDEN, "member_required", "MEMBER_REQUIRED", "The token is not a member's";
    /// The request needs somebody, and came without a token.
    AuthenticationRequired = UNAUTHORIZED, "authentication_required", "AUTHENTICATION_REQUIRED", "A token is needed";
    /// A valid token that was made for something else.
    InsufficientScope = FORBIDDEN, "insufficient_scope", "INSUFFICIENT_SCOPE", "The token does not reach this";
    /// A machine that may read under a licence, and has none.
    PaymentRequired = PAYMENT_REQUIRED, "payment_required", "PAYMENT_REQUIRED", "Reading is to be paid for";
    /// The token's bearer may read, and may not do this.
    InsufficientRole = FORBIDDEN, "insufficient_role", "INSUFFICIENT_ROLE", "Another role is needed";
    /// A good key of a partner who is suspended, or has no licence that is valid now.
    LicenceNotValid = FORBIDDEN, "licence_not_valid", "LICENCE_NOT_VALID", "No licence is valid now";
    /// The token does not open what its bearer wants to give away.
    NotEntitled = FORBIDDEN, "not_entitled", "NOT_ENTITLED", "The token does not open this";
    /// No meter runs for the token.
    NoMeter = FORBIDDEN, "no_meter", "NO_METER", "No meter runs for this token";
    /// Nothing is left of the meter in this period.
    MeterExhausted = FORBIDDEN, "meter_exhausted", "METER_EXHAUSTED", "Nothing is left of the meter";
    /// The member has given away as much as a month allows.
    GiftsExhausted = FORBIDDEN, "gifts_exhausted", "GIFTS_EXHAUSTED", "No gifts are left this month";
    /// A request that a foreign web page could have made in the reader's name.
    Csrf = FORBIDDEN, "csrf", "CSRF", "The request could come from another site";
    /// There is no such thing for this viewer: absent or hidden, the answer is the same.
    NotFound = NOT_FOUND, "not_found", "NOT_FOUND", "There is nothing here";
    /// The route does not take this method.
    MethodNotAllowed = METHOD_NOT_ALLOWED, "method_not_allowed", "METHOD_NOT_ALLOWED", "Another method is needed";
    /// A link that was good once: used up, expired, taken back, or overtaken by a later version.
    LinkEnded = GONE, "link_ended", "LINK_ENDED", "The link has ended";
    /// No institution reads from where the request comes.
    NoInstitution = FORBIDDEN, "no_institution", "NO_INSTITUTION", "No institution reads from here";
    /// What is to be shown before its publication is published.
    AlreadyPublished = CONFLICT, "already_published", "ALREADY_PUBLISHED", "The article is published";
    /// What is there already does not allow it.
    Conflict = CONFLICT, "conflict", "CONFLICT", "It does not go together with what is there";
    /// All seats of a group are taken or offered.
    NoSeatsLeft = CONFLICT, "no_seats_left", "NO_SEATS_LEFT", "No seat is left";
    /// Nobody can buy it now.
    NotForSale = CONFLICT, "not_for_sale", "NOT_FOR_SALE", "It is not for sale";
    /// No payment provider is set up.
    NoPayments = CONFLICT, "no_payments", "NO_PAYMENTS", "No payments are taken";
    /// The payment provider did not answer, or not as it should.
    ProviderFailed = BAD_GATEWAY, "payment_provider_failed", "PAYMENT_PROVIDER_FAILED", "The payment provider failed";
    /// A request with the same `Idempotency-Key` has not been answered yet.
    IdempotencyInFlight = CONFLICT, "idempotency_in_flight", "IDEMPOTENCY_IN_FLIGHT", "The first request is under way";
    /// A request with the same `Idempotency-Key` was done, at least in part, and its answer is gone.
    IdempotencyAnswerLost = CONFLICT, "idempotency_answer_lost", "IDEMPOTENCY_ANSWER_LOST", "The first answer is lost";
    /// The `Idempotency-Key` came with another request before, or with other rights.
    IdempotencyMismatch = UNPROCESSABLE_ENTITY, "idempotency_mismatch", "IDEMPOTENCY_MISMATCH", "The key is another request's";
    /// None of the media types that the client accepts can be sent.
    NotAcceptable = NOT_ACCEPTABLE, "not_acceptable", "NOT_ACCEPTABLE", "No acceptable form";
    /// A condition of the request does not hold (RFC 9110, If-Match).
    PreconditionFailed = PRECONDITION_FAILED, "precondition_failed", "PRECONDITION_FAILED", "A condition does not hold";
    /// The request must say which version it changes (RFC 6585, section 3).
    PreconditionRequired = PRECONDITION_REQUIRED, "precondition_required", "PRECONDITION_REQUIRED", "A condition is needed";
    /// The body of the request is larger than the limit.
    PayloadTooLarge = PAYLOAD_TOO_LARGE, "payload_too_large", "PAYLOAD_TOO_LARGE", "The request is too large";
    /// The address of the request is longer than the limit.
    UriTooLong = URI_TOO_LONG, "uri_too_long", "URI_TOO_LONG", "The address is too long";
    /// The body of the request has a media type that the route does not read.
    UnsupportedMediaType = UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "UNSUPPORTED_MEDIA_TYPE", "Another media type is needed";
    /// The header fields of the request are larger than the limit.
    RequestHeaderFieldsTooLarge = REQUEST_HEADER_FIELDS_TOO_LARGE, "request_header_fields_too_large", "REQUEST_HEADER_FIELDS_TOO_LARGE", "The header fields are too large";
    /// More requests than are answered in this time.
    RateLimited = TOO_MANY_REQUESTS, "rate_limited", "RATE_LIMITED", "Too many requests";
    /// Something failed here, and the client can do nothing about it.
    Internal = INTERNAL_SERVER_ERROR, "internal", "INTERNAL", "Something failed here";
    /// The database or another part is away for the moment.
    Unavailable = SERVICE_UNAVAILABLE, "unavailable", "UNAVAILABLE", "Not available at the moment";
    /// The answer took longer than the limit.
    Timeout = SERVICE_UNAVAILABLE, "timeout", "TIMEOUT", "The answer took too long";
}

impl Code {
    /// The code that says what a bare HTTP status says, for answers that the framework gave by itself.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::InvalidToken,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::NOT_ACCEPTABLE => Self::NotAcceptable,
            StatusCode::PRECONDITION_FAILED => Self::PreconditionFailed,
            StatusCode::PAYLOAD_TOO_LARGE => Self::PayloadTooLarge,
            StatusCode::URI_TOO_LONG => Self::UriTooLong,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType,
            StatusCode::TOO_MANY_REQUESTS => Self::RateLimited,
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Self::RequestHeaderFieldsTooLarge,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => Self::Unavailable,
            other if other.is_server_error() => Self::Internal,
            _ => Self::InvalidRequest,
        }
    }
}

impl std::str::FromStr for Code {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text).ok_or(())
    }
}

/// The contract lists every code.
impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        let codes = Self::ALL.iter().map(|code| code.as_str());
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(codes)).into()
    }
}

impl ToSchema for Code {
    fn name() -> Cow<'static, str> {
        "ProblemCode".into()
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_surface_says_the_same_word() {
        for code in Code::ALL {
            assert_eq!(code.graphql(), code.as_str().to_uppercase());
            assert_eq!(code.type_uri(), format!("/problems/{code}"));
            assert!(code.status().is_client_error() || code.status().is_server_error(), "{code}");
            assert!(!code.title().is_empty() && code.meaning().ends_with('.'), "{code}");
        }
    }

    #[test]
    fn a_word_stands_for_one_thing() {
        let words: HashSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(words.len(), Code::ALL.len());
    }

    #[test]
    fn a_bare_status_has_a_code_with_that_status() {
        for status in [400, 401, 404, 405, 406, 412, 413, 414, 415, 429, 431, 500, 503] {
            let status = StatusCode::from_u16(status).expect("valid");
            assert_eq!(Code::of_status(status).status(), status);
        }
        assert_eq!(Code::of_status(StatusCode::IM_A_TEAPOT), Code::InvalidRequest);
        assert_eq!(Code::of_status(StatusCode::NOT_IMPLEMENTED), Code::Internal);
    }
}
