//! The OpenAPI document: what stands in it beside the endpoints themselves.

use super::methods::takes_key;
use crate::error::PROBLEM_JSON;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, OpenApi as _};
use utoipa_actix_web::AppExt;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Masthead",
        description = "A news publication, cut to each token. Send an access token or an API key as `Authorization: Bearer …`; without one you read as anybody.\n\nLocked is not an error: a part that the token may not read stands in its place with an `access` that says why and what opens it. Unknown parameters are errors. Errors are problem documents (RFC 9457); `/problems` lists their codes.",
        license(name = "Apache-2.0 OR MIT", identifier = "Apache-2.0 OR MIT"),
    ),
    security((), ("bearer" = [])),
    modifiers(&Common),
    components(schemas(crate::error::ProblemDocument)),
    tags(
        (name = "articles", description = "Articles and pages."),
        (name = "sitemaps", description = "Where articles are, for search engines."),
        (name = "changes", description = "What has changed since a place that the token's bearer knows. For partners and the publisher's staff."),
        (name = "sections", description = "The publication's table of contents."),
        (name = "authors", description = "People, AI personas and organisations."),
        (name = "sources", description = "What articles rest on."),
        (name = "tags", description = "What articles are about."),
        (name = "feeds", description = "The publication for feed readers and syndication: RSS, Atom, JSON Feed, ninjs."),
        (name = "tiers", description = "What readers can become members of."),
        (name = "payments", description = "Paying, and what payment providers report."),
        (name = "newsletters", description = "What the publication sends by mail."),
        (name = "auth", description = "Signing in and out, and tokens for programs."),
        (name = "me", description = "What the token grants, and what is known of the member."),
        (name = "passes", description = "What opens single articles: the meter, gifts, preview links."),
        (name = "policy", description = "What the publisher has decided for all articles at once."),
        (name = "access", description = "Why a lock is open or shut."),
        (name = "partners", description = "Who syndicates, under which licence and with which keys. For publishers."),
        (name = "keys", description = "Keys for programs of the publisher's own. For admins."),
        (name = "members", description = "Who has an account, and what the publisher gives them. For publishers."),
        (name = "groups", description = "Companies and departments that have a tier for several members: seats and invitations. For publishers and owners."),
        (name = "audit", description = "What the publisher's staff has done, and owners of groups with the seats of others. For admins."),
    ),
)]
struct Document;

/// What every operation may answer instead.
const PROBLEM: &str = "Problem";

struct Common;

impl Modify for Common {
    fn modify(&self, document: &mut OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name(PROBLEM))).build();
        let response = ResponseBuilder::new()
            .description(
                "A problem (RFC 9457). Its `code` says which; `/problems/CODE` tells what that means.",
            )
            .content(PROBLEM_JSON, problem)
            .build();
        components.responses.insert(PROBLEM.to_owned(), response.into());
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
    let app = actix_web::App::new()
        .into_utoipa_app()
        .openapi(frame())
        .configure(super::routes)
        .configure(crate::feed::routes)
        .configure(crate::sitemap::routes);
    let mut document = app.split_for_parts().1;
    for path in document.paths.paths.values_mut() {
        let operations = [&mut path.get, &mut path.post, &mut path.put, &mut path.patch, &mut path.delete];
        for operation in operations.into_iter().flatten() {
            let problem = Ref::from_response_name(PROBLEM);
            operation.responses.responses.insert("default".to_owned(), problem.into());
            if takes_key(operation) {
                may_be_told_before(operation);
            }
        }
    }
    document
}

/// Names what an operation with an `Idempotency-Key` may answer besides.
fn may_be_told_before(operation: &mut Operation) {
    for (status, description) in [
        ("409", "A request with the same Idempotency-Key is under way, or was done and its answer is lost."),
        ("422", "The Idempotency-Key came with another request before."),
    ] {
        match operation.responses.responses.get_mut(status) {
            Some(RefOr::T(response)) => {
                response.description = format!("{} {description}", response.description)
            }
            _ => {
                let response = ResponseBuilder::new().description(description).build();
                operation.responses.responses.insert(status.to_owned(), response.into());
            }
        }
    }
}
