//! Newsletters: which there are, and getting them or not.

use crate::body;
use crate::error::{Code, Problem};
use crate::operation::member::asking;
use crate::rest::answer::done;
use crate::rest::answer::{Made, answer};
use crate::rest::dto::{DataDto, NewsletterDto, SubscribeDto};
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, post, put};

/// The bytes of a one-click form, at most.
const FORM_BYTES: usize = 4 * 1024;

/// The newsletters that are offered.
#[utoipa::path(
    get,
    path = "/v1/newsletters",
    operation_id = "listNewsletters",
    tag = "newsletters",
    responses((status = 200, description = "The newsletters.", body = DataDto<NewsletterDto>)),
)]
#[get("/v1/newsletters")]
pub(crate) async fn list_newsletters(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    answer(&request, &gateway, async |_| {
        Parameters::of(&request)?.finish()?;
        let newsletters = gateway.accounts.newsletters().await?;
        Made::json(&DataDto { data: newsletters.iter().map(NewsletterDto::from).collect() })
    })
    .await
}

/// Gets the member a newsletter from now on. Their address is proven, so no mail is needed.
#[utoipa::path(
    put,
    path = "/v1/me/newsletters/{newsletter}",
    operation_id = "subscribeNewsletter",
    security(("bearer" = [])),
    tag = "me",
    params(("newsletter" = String, Path, description = "The newsletter's slug.")),
    request_body = SubscribeDto,
    responses((status = 204, description = "They get it.")),
)]
#[put("/v1/me/newsletters/{newsletter}")]
pub(crate) async fn subscribe_newsletter(
    request: HttpRequest,
    path: Path<String>,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    asking(&caller)?;
    let SubscribeDto { wording } = body::json(&request, payload).await?;
    gateway.accounts.subscribe(&caller, &path, &wording, &gateway.client(&request)).await?;
    Ok(done())
}

/// Stops a newsletter for the member.
#[utoipa::path(
    delete,
    path = "/v1/me/newsletters/{newsletter}",
    operation_id = "unsubscribeNewsletter",
    security(("bearer" = [])),
    tag = "me",
    params(("newsletter" = String, Path, description = "The newsletter's slug.")),
    responses((status = 204, description = "They do not get it.")),
)]
#[delete("/v1/me/newsletters/{newsletter}")]
pub(crate) async fn unsubscribe_newsletter(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let caller = gateway.caller(&request)?;
    Parameters::of(&request)?.finish()?;
    gateway.accounts.unsubscribe(&caller, &path).await?;
    Ok(done())
}

/// Stops a newsletter with one click, without signing in (RFC 8058). Mail programs send the form
/// `List-Unsubscribe=One-Click`.
#[utoipa::path(
    post,
    path = "/v1/unsubscribe/{unsubscribe}",
    operation_id = "unsubscribeOneClick",
    tag = "newsletters",
    params(("unsubscribe" = String, Path, description = "The token of the mail.")),
    request_body(
        content = String,
        content_type = "application/x-www-form-urlencoded",
        description = "`List-Unsubscribe=One-Click`",
    ),
    responses((status = 204, description = "It will not be sent again.")),
    security(()),
)]
#[post("/v1/unsubscribe/{unsubscribe}")]
pub(crate) async fn unsubscribe_one_click(
    request: HttpRequest,
    path: Path<String>,
    payload: Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    Parameters::of(&request)?.finish()?;
    let media = body::media_type(&request);
    let form = body::read(&request, payload, FORM_BYTES).await?;
    if !is_one_click(&media, &form)? {
        let rule = "The form is List-Unsubscribe=One-Click.";
        return Err(Problem::invalid_parameter("List-Unsubscribe", rule));
    }
    gateway.accounts.unsubscribe_by_token(&path).await?;
    Ok(done())
}

/// Whether this is the form of RFC 8058, section 3.1, in either of its two media types.
fn is_one_click(media: &str, form: &[u8]) -> Result<bool, Problem> {
    const NAME: &str = "List-Unsubscribe";
    const VALUE: &str = "One-Click";
    match media {
        "application/x-www-form-urlencoded" => {
            Ok(url::form_urlencoded::parse(form).eq([(NAME.into(), VALUE.into())]))
        }
        // Of the one form that there is, name and value are all that is looked for.
        "multipart/form-data" => Ok(std::str::from_utf8(form).is_ok_and(|form| {
            let mut lines = form.lines().map(str::trim_end);
            lines.any(|line| line.contains(&format!("name=\"{NAME}\""))) && lines.any(|line| line == VALUE)
        })),
        _ => Err(Problem::new(
            Code::UnsupportedMediaType,
            "Send a form, urlencoded or as multipart/form-data.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_rfc_8058_is_read_in_both_types() {
        let urlencoded = "application/x-www-form-urlencoded";
        assert_eq!(is_one_click(urlencoded, b"List-Unsubscribe=One-Click"), Ok(true));
        assert_eq!(is_one_click(urlencoded, b""), Ok(false));
        assert_eq!(is_one_click(urlencoded, b"List-Unsubscribe=Two-Clicks"), Ok(false));
        assert_eq!(is_one_click(urlencoded, b"List-Unsubscribe=One-Click&x=y"), Ok(false));
        let parts =
            b"--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
        assert_eq!(is_one_click("multipart/form-data", parts), Ok(true));
        assert_eq!(is_one_click("multipart/form-data", b"One-Click"), Ok(false));
        assert!(is_one_click("application/json", b"{}").is_err());
    }
}
