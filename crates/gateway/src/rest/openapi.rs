//! The OpenAPI document: what stands in it beside the endpoints themselves.

use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi as _};
use utoipa_actix_web::AppExt;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Masthead",
        description = "A news publication, cut to each token. Send an access token or an API key as `Authorization: Bearer …`; without one you read as anybody.\n\nLocked is not an error: a part that the token may not read stands in its place with an `access` that says why and what opens it. Unknown parameters are errors. Errors are problem documents (RFC 9457).",
        license(name = "Apache-2.0 OR MIT", identifier = "Apache-2.0 OR MIT"),
    ),
    security((), ("bearer" = [])),
    modifiers(&Common),
    components(schemas(crate::error::ProblemDocument)),
    tags(
        (name = "articles", description = "Articles and pages."),
        (name = "sections", description = "The publication's table of contents."),
        (name = "authors", description = "People, AI personas and organisations."),
        (name = "sources", description = "What articles rest on."),
        (name = "tags", description = "What articles are about."),
        (name = "tiers", description = "What readers can become members of."),
        (name = "payments", description = "Paying, and what payment providers report."),
        (name = "newsletters", description = "What the publication sends by mail."),
        (name = "auth", description = "Signing in and out."),
        (name = "me", description = "What the token grants, and what is known of the member."),
        (name = "passes", description = "What opens single articles: the meter, gifts, preview links."),
        (name = "policy", description = "What the publisher has decided for all articles at once."),
        (name = "access", description = "Why a lock is open or shut."),
        (name = "me", description = "What the token grants."),
        (name = "auth", description = "Tokens for programs."),
        (name = "partners", description = "Who syndicates, under which licence and with which keys. For publishers."),
        (name = "keys", description = "Keys for programs of the publisher's own. For admins."),
        (name = "members", description = "Who has an account, and what the publisher gives them. For publishers."),
        (name = "audit", description = "What the publisher's staff has done. For admins."),
    ),
)]
struct Document;

struct Common;

impl Modify for Common {
    fn modify(&self, document: &mut OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// What the document holds beside the endpoints.
#[must_use]
pub(crate) fn frame() -> OpenApi {
    Document::openapi()
}

/// The whole document.
#[must_use]
pub fn document() -> OpenApi {
    let app = actix_web::App::new().into_utoipa_app().openapi(frame()).configure(super::routes);
    app.split_for_parts().1
}
