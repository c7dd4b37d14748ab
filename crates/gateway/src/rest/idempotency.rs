//! What the contract says of the header field `Idempotency-Key`. An operation that lists it among its parameters takes it.

use utoipa::IntoParams;

/// The parameter of what makes something for somebody who is signed in.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it describes the field, which is read before the route is found")]
pub(crate) struct IdempotencyKey {
    /// A string of your choice, 1 to 255 visible ASCII characters, another one for each thing that you want made. Sent again
    /// within a day with the same request, it makes nothing new, and is answered as the first time.
    #[param(rename = "Idempotency-Key", example = "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"")]
    idempotency_key: Option<String>,
}
