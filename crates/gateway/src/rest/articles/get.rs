//! `GET /v1/articles/{article}`

use crate::error::Problem;
use crate::feed::article_markdown;
use crate::operation::{Reading, Sending, article};
use crate::rest::answer::{Made, counted_answer_in};
use crate::rest::dto::{ArticleDto, BodyFormat};
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::http::header::{Accept, Header, HeaderValue};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use masthead_persistence::ArticleKey;

const MARKDOWN: HeaderValue = HeaderValue::from_static("text/markdown; charset=utf-8");

/// In which form an article is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Json,
    Markdown,
}

impl Form {
    /// The form that a request prefers. Markdown is sent to whoever names it, and names JSON not at all or with less weight;
    /// everybody else gets JSON.
    fn preferred(request: &HttpRequest) -> Self {
        let Ok(accept) = Accept::parse(request) else { return Self::Json };
        let weight = |name: &str| {
            let named = accept.iter().filter(|range| range.item.essence_str() == name);
            named.map(|range| range.quality).max()
        };
        match (weight("text/markdown"), weight("application/json")) {
            (Some(markdown), json)
                if Some(markdown) > json && markdown > actix_web::http::header::Quality::ZERO =>
            {
                Self::Markdown
            }
            _ => Self::Json,
        }
    }
}

/// One article.
///
/// What the token may see of the article. A part behind a lock stands in its place with `content: null`
/// and an `access` that says what opens it. An old slug is redirected to the present one. With `Accept: text/markdown`, where
/// the publisher lets machines read, the article is a page of Markdown, with its byline, how it was made, its corrections, its
/// sources and its rights; `body` then has no meaning.
#[utoipa::path(
    get,
    path = "/v1/articles/{article}",
    operation_id = "getArticle",
    tag = "articles",
    params(
        ("article" = String, Path, description = "The article's slug or id."),
        ("body" = Option<String>, Query, description = "`portable` (the default), `html`, `text`, `markdown` or `none`."),
    ),
    responses(
        (status = 200, description = "The article.", content(
            (ArticleDto = "application/json"),
            (String = "text/markdown"),
        )),
        (status = 429, description = "A partner's quota of the day is used up."),
        (status = 308, description = "The article has another slug now."),
    ),
)]
#[get("/v1/articles/{article}")]
pub(crate) async fn get_article(
    request: HttpRequest,
    path: Path<String>,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let form = if gateway.agents.are_known() { Form::preferred(&request) } else { Form::Json };
    counted_answer_in(form as u8, &request, &gateway, async |reading| {
        let mut parameters = Parameters::of(&request)?;
        let format = parameters.word("body", &BodyFormat::WORDS)?.unwrap_or(BodyFormat::Portable);
        parameters.finish()?;
        let key = path.parse().map_err(|_| Problem::not_found())?;
        reading.sends(Sending::EVERYTHING.with_text(form == Form::Markdown || format != BodyFormat::None));
        let Some(dossier) = article::find(&reading, &key).await? else {
            return moved(&reading, &key, "").await;
        };
        match form {
            Form::Json => Made::json(&ArticleDto::new(&dossier, &gateway.site, format)),
            Form::Markdown => {
                Ok(Made::typed(article_markdown(&dossier, &gateway.site).into_bytes(), MARKDOWN))
            }
        }
    })
    .await
}

/// Where the article is found now, if its slug has changed.
pub(super) async fn moved(reading: &Reading, key: &ArticleKey, below: &str) -> Result<Made, Problem> {
    let ArticleKey::Slug(old) = key else { return Err(Problem::not_found()) };
    let present = article::moved(reading, old).await?.ok_or_else(Problem::not_found)?;
    Ok(Made::Moved(format!("/v1/articles/{present}{below}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::ACCEPT;
    use actix_web::test::TestRequest;

    #[test]
    fn markdown_is_for_whoever_names_it_before_json() {
        let form = |accepted: &str| {
            Form::preferred(&TestRequest::get().insert_header((ACCEPT, accepted)).to_http_request())
        };
        for accepted in [
            "text/markdown",
            "text/markdown; charset=utf-8",
            "text/markdown, */*",
            "text/html, text/markdown;q=0.9, */*;q=0.1",
            "application/json;q=0.5, text/markdown",
        ] {
            assert_eq!(form(accepted), Form::Markdown, "{accepted}");
        }
        for accepted in [
            "",
            "*/*",
            "text/*",
            "application/json",
            "application/json, text/markdown",
            "text/markdown;q=0.5, application/json",
            "text/markdown;q=0",
            "nonsense",
        ] {
            assert_eq!(form(accepted), Form::Json, "{accepted}");
        }
    }
}
