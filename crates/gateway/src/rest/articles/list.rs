//! `GET /v1/articles`

use crate::error::Problem;
use crate::operation::cursor::ListName;
use crate::operation::{Filter, Sending, article};
use crate::rest::answer::{Made, counted_answer};
use crate::rest::dto::{ArticleSummaryDto, BodyFormat, ListDto};
use crate::rest::links::{link_header, page_of};
use crate::rest::parameters::Parameters;
use crate::state::Gateway;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use masthead_domain::article::{Kind, Status};
use masthead_domain::selection::{Order, Span};

const KINDS: [(&str, Kind); 2] = [("article", Kind::Article), ("page", Kind::Page)];

const ORDERS: [(&str, Order); 4] = [
    ("-published", Order::PublishedDescending),
    ("published", Order::PublishedAscending),
    ("-updated", Order::UpdatedDescending),
    ("updated", Order::UpdatedAscending),
];

const STATUSES: [(&str, Status); 4] = [
    ("published", Status::Published),
    ("scheduled", Status::Scheduled),
    ("draft", Status::Draft),
    ("withdrawn", Status::Withdrawn),
];

const TOTAL: [(&str, bool); 2] = [("true", true), ("false", false)];

fn filter(parameters: &mut Parameters) -> Result<Filter, Problem> {
    Ok(Filter {
        kind: parameters.word("kind", &KINDS)?.unwrap_or_default(),
        section: parameters.parse("section")?,
        section_alone: false,
        author: parameters.parse("author")?,
        tag: parameters.parse("tag")?,
        source: parameters.parse("source")?,
        language: parameters.parse("language")?,
        published: span(parameters, "publishedSince", "publishedUntil")?,
        updated: span(parameters, "updatedSince", "updatedUntil")?,
        order: parameters.word("order", &ORDERS)?.unwrap_or_default(),
        status: parameters.word("status", &STATUSES)?,
    })
}

fn span(parameters: &mut Parameters, since: &'static str, until: &'static str) -> Result<Span, Problem> {
    Ok(Span { since: parameters.instant(since)?, until: parameters.instant(until)? })
}

/// The articles, newest first.
///
/// A page of the articles that exist for the token, with what it may see of each.
#[utoipa::path(
    get,
    path = "/v1/articles",
    operation_id = "listArticles",
    tag = "articles",
    params(
        ("limit" = Option<u32>, Query, description = "Rows on a page.", minimum = 1, maximum = 100, example = 20),
        ("cursor" = Option<String>, Query, description = "`page.next` or `page.previous` of a page of the same list."),
        ("kind" = Option<String>, Query, description = "`article` (the default) or `page`."),
        ("section" = Option<String>, Query, description = "In this section or one below it: its slug or id."),
        ("author" = Option<String>, Query, description = "With this author in a byline: the slug or id."),
        ("tag" = Option<String>, Query, description = "With this tag: its slug or id."),
        ("source" = Option<String>, Query, description = "Citing this source: its id."),
        ("language" = Option<String>, Query, description = "In exactly this language (BCP 47).", example = "en"),
        ("publishedSince" = Option<String>, Query, format = DateTime, description = "Published at or after."),
        ("publishedUntil" = Option<String>, Query, format = DateTime, description = "Published before."),
        ("updatedSince" = Option<String>, Query, format = DateTime, description = "Updated at or after."),
        ("updatedUntil" = Option<String>, Query, format = DateTime, description = "Updated before."),
        ("order" = Option<String>, Query, description = "`-published` (the default), `published`, `-updated` or `updated`."),
        ("status" = Option<String>, Query, description = "For the publisher's staff only: `published` (the default), `scheduled`, `draft` or `withdrawn`."),
        ("body" = Option<String>, Query, description = "`portable`, `html`, `text`, `markdown` or `none` (the default)."),
        ("total" = Option<bool>, Query, description = "Whether to count the whole list."),
    ),
    responses((status = 200, description = "A page of articles.", body = ListDto<ArticleSummaryDto>)),
)]
#[get("/v1/articles")]
pub(crate) async fn list_articles(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    counted_answer(&request, &gateway, async |reading| {
        let mut parameters = Parameters::of(&request)?;
        let filter = filter(&mut parameters)?;
        let list = ListName::new(&filter.name());
        let page = parameters.page(list)?;
        let format = parameters.word("body", &BodyFormat::WORDS)?.unwrap_or(BodyFormat::None);
        let total = parameters.word("total", &TOTAL)?.unwrap_or(false);
        parameters.finish()?;

        reading.sends(Sending::TEASER.with_text(format != BodyFormat::None));
        let found = article::list(&reading, &filter, &page).await?;
        let mut page = page_of(&found, list);
        if total {
            page.total = Some(article::count(&reading, &filter).await?);
        }
        let links = link_header(&request, &page);
        let data =
            found.items().map(|dossier| ArticleSummaryDto::new(dossier, &gateway.site, format)).collect();
        Made::page(&ListDto { data, page }, links)
    })
    .await
}
