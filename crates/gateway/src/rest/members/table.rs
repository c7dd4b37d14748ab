//! `GET /v1/members.csv`, `POST /v1/members/import`

use super::filter;
use crate::body;
use crate::error::Problem;
use crate::operation::membership::table;
use crate::operation::{require, require_to_change};
use crate::rest::answer::{attached, personal};
use crate::rest::dto::MembersImportDto;
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, get, post};
use masthead_domain::viewer::Role;

/// The members as a table, the newest first. For publishers.
///
/// It has the columns of Ghost's members export. A cell that a spreadsheet would take for a formula begins with an
/// apostrophe.
#[utoipa::path(
    get,
    path = "/v1/members.csv",
    operation_id = "exportMembers",
    security(("bearer" = [])),
    tag = "members",
    params(
        ("email" = Option<String>, Query, description = "Who has this address."),
        ("status" = Option<String>, Query, description = "`active` or `suspended`."),
        ("tier" = Option<String>, Query, description = "Who has this tier now, by slug."),
        ("newsletter" = Option<String>, Query, description = "Who gets this newsletter, by slug."),
        ("label" = Option<String>, Query, description = "Who has this label."),
        ("createdFrom" = Option<String>, Query, description = "Accounts made at this instant or later."),
        ("createdTo" = Option<String>, Query, description = "Accounts made before this instant."),
    ),
    responses((status = 200, description = "The table (RFC 4180).", body = String, content_type = "text/csv")),
)]
#[get("/v1/members.csv")]
pub(crate) async fn export_members(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    require(&caller.viewer, Role::Publisher)?;
    let mut parameters = Parameters::of(&request)?;
    let filter = filter(&mut parameters)?;
    parameters.finish()?;
    let table = table::export(&gateway.acting(&caller), filter).await?;
    let response = HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "Authorization"))
        .streaming(table);
    Ok(attached(response, "members.csv"))
}

/// Takes a table of members in, such as Ghost's members export. For publishers.
///
/// All of it is checked before anything is written; a row that is wrong is named with its line and column. Who is there
/// already gets what the table says besides. Taking the same table in again changes nothing.
#[utoipa::path(
    post,
    path = "/v1/members/import",
    operation_id = "importMembers",
    security(("bearer" = [])),
    tag = "members",
    params(
        ("compTier" = Option<String>, Query, description = "The slug of the tier that those get who have a complimentary plan, unless their row names one tier that is here."),
        ("dryRun" = Option<bool>, Query, description = "Says what would be done, and does nothing."),
    ),
    request_body(
        content = String,
        content_type = "text/csv",
        description = "The table, in UTF-8, with a header; at most 16 MiB.",
    ),
    responses((status = 200, description = "What has become of it.", body = MembersImportDto)),
)]
#[post("/v1/members/import")]
pub(crate) async fn import_members(
    request: HttpRequest,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    require_to_change(&caller.viewer, Role::Publisher)?;
    let mut parameters = Parameters::of(&request)?;
    let options = table::Options {
        comp_tier: parameters.parse("compTier")?,
        is_dry_run: parameters.word("dryRun", &[("true", true), ("false", false)])?.unwrap_or(false),
    };
    parameters.finish()?;
    let file = body::csv(&request, payload, table::MAX_BYTES).await?;
    let acting = gateway.acting(&caller);
    let summary = table::import(&acting, &gateway.accounts.secrets, file.freeze(), &options).await?;
    Ok(personal(StatusCode::OK, &MembersImportDto::from(&summary)))
}
