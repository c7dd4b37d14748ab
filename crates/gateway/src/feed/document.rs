//! A document of a feed, from a reader, a scope and a format.

use super::archive::{Archives, Interval, MOST};
use super::format::Format;
use super::item::Item;
use super::scope::{Found, Scope};
use super::{Feed, Links};
use crate::error::Problem;
use crate::operation::Reading;
use crate::operation::article::{self, Dossier};
use crate::operation::cursor::ListName;
use crate::rest::parameters::{Parameters, back};
use crate::site::Site;
use masthead_domain::clock::Timestamp;
use masthead_domain::page::{MAX_PAGE, Page, PageRequest, PageSize, Position, SortKey, Window};
use url::form_urlencoded;

/// How many articles a document has when nothing is said.
const DEFAULT_LIMIT: u32 = 50;

/// Where the feeds of a surface lie: an absolute address without a slash at its end, such as
/// `https://api.paper.example/feeds`. All links of a document begin with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Base<'a>(pub(crate) &'a str);

/// What there is to answer.
pub(crate) enum Document {
    /// A document.
    Made {
        body: Vec<u8>,
        /// As a `Link` header has them (RFC 8288).
        links: String,
    },
    /// An archive that has grown too long for one, and the query by which the last part of it is found.
    Split(String),
}

/// What of a feed is wanted.
enum Part {
    Page(PageRequest),
    Archive(Interval, Window),
}

/// Makes a document: of `scope`, as `reading` may see it, in `format`, with links below `base`. It never looks at who asks
/// or with what. The parameters are `limit`, `cursor` and `archive`; `below` goes into the scope.
///
/// # Errors
/// 404 when the scope does not exist for the viewer or the archive is not closed; 400 for a parameter that is wrong or not
/// known; a problem when the database cannot be read.
pub(crate) async fn document(
    reading: &Reading,
    site: &Site,
    base: Base<'_>,
    scope: &Scope,
    format: &dyn Format,
    mut parameters: Parameters,
) -> Result<Document, Problem> {
    let list = |part: &str| ListName::new(&format!("feed {} {:?} {part}", scope.path(), scope.query()));
    let interval = parameters.parse::<Interval>("archive")?;
    if interval.is_some() && parameters.text("limit").is_some() {
        let detail = "limit: does not go with archive: an archive is one document.";
        return Err(Problem::invalid_parameter("limit", detail));
    }
    let part = match interval {
        // Every other archive is one document.
        Some(interval) if interval.is_shortest() => {
            Part::Archive(interval, parameters.window(list(&interval.to_string()))?)
        }
        Some(interval) => Part::Archive(interval, Window::After(None)),
        None => {
            let size = parameters.limit_or(DEFAULT_LIMIT)?;
            Part::Page(PageRequest { size, window: parameters.window(list(""))? })
        }
    };
    parameters.finish()?;

    let found = scope.find(reading, site).await?;
    let archives = Archives { reading, filter: &found.filter };
    let name = list(&interval.map(|interval| interval.to_string()).unwrap_or_default());
    let address = Address { base, scope, format, list: name };
    let (page, links) = match part {
        Part::Page(request) => {
            let page = article::list(reading, &found.filter, &request).await?;
            let links = address.around_page(&request, &page, &archives).await?;
            (page, links)
        }
        Part::Archive(interval, window) => {
            if !archives.has(interval) {
                return Err(Problem::not_found());
            }
            if !interval.is_shortest() && archives.is_too_long(interval).await? {
                // It was too long a moment ago; who asks again finds what there is now.
                let part = archives.last_within(interval).await?.ok_or_else(Problem::unavailable)?;
                return Ok(Document::Split(address.query(&[("archive", &part.to_string())])));
            }
            let page = whole(reading, &found, interval, window.clone()).await?;
            let links = address.around_archive(interval, &window, &page, &archives).await?;
            (page, links)
        }
    };
    let header = header(&links);
    let feed = feed(&found, site, links, interval.is_some(), &page);
    let body = format.write(&feed).map_err(|error| {
        tracing::error!(%error, "a feed cannot be written");
        Problem::internal()
    })?;
    Ok(Document::Made { body, links: header })
}

/// What an archive holds from a place on, the newest first: at most [`MOST`] articles.
async fn whole(
    reading: &Reading,
    found: &Found,
    interval: Interval,
    mut window: Window,
) -> Result<Page<Dossier>, Problem> {
    let filter = interval.of(&found.filter);
    let mut whole = Page::empty();
    loop {
        let left = MOST - u32::try_from(whole.rows.len()).unwrap_or(MOST);
        let Ok(size) = PageSize::new(left.min(MAX_PAGE)) else { return Ok(whole) };
        let page = article::list(reading, &filter, &PageRequest { size, window }).await?;
        whole.rows.extend(page.rows);
        whole.has_next = page.has_next;
        match whole.rows.last() {
            Some((position, _)) if page.has_next => window = Window::After(Some(position.clone())),
            _ => return Ok(whole),
        }
    }
}

/// The addresses of the documents of one feed.
struct Address<'a> {
    base: Base<'a>,
    scope: &'a Scope,
    format: &'a dyn Format,
    list: ListName,
}

impl Address<'_> {
    /// The query with these parameters, after those of the scope.
    fn query(&self, parameters: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.scope.query().iter().chain(parameters));
        query.finish()
    }

    fn with(&self, parameters: &[(&str, &str)]) -> String {
        let Base(base) = self.base;
        let path = format!("{base}/{}.{}", self.scope.path(), self.format.extension());
        let query = self.query(parameters);
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }

    fn archive(&self, interval: Interval) -> String {
        self.with(&[("archive", &interval.to_string())])
    }

    async fn around_page(
        &self,
        request: &PageRequest,
        page: &Page<Dossier>,
        archives: &Archives<'_>,
    ) -> Result<Links, Problem> {
        let limit = request.size.get().to_string();
        let at = |cursor: Option<&str>| {
            let mut parameters = Vec::new();
            if request.size.get() != DEFAULT_LIMIT {
                parameters.push(("limit", limit.as_str()));
            }
            parameters.extend(cursor.map(|cursor| ("cursor", cursor)));
            self.with(&parameters)
        };
        let (own, is_first) = match &request.window {
            Window::After(None) => (None, true),
            Window::After(Some(position)) => (Some(self.list.encode(position)), false),
            Window::Before(position) => (position.as_ref().map(|at| back(&self.list.encode(at))), false),
        };
        let first = page.rows.first().filter(|_| page.has_previous);
        let last = page.rows.last().filter(|_| page.has_next);
        // The archives hang on the document to which readers subscribe. When it does not reach down to them, since more has come
        // in the present minute, they hang on the page that does.
        let closed = archives.closed();
        let is_newer = |position: &Position| matches!(position.key, SortKey::Micros(published) if published >= closed.micros());
        let begins_above = match &request.window {
            Window::After(Some(position)) => is_newer(position),
            _ => page.rows.first().is_some_and(|(position, _)| is_newer(position)),
        };
        let ends_above = page.rows.last().is_some_and(|(position, _)| is_newer(position));
        let archive = match (is_first || begins_above) && !(ends_above && page.has_next) {
            true => archives.before(closed).await?,
            false => None,
        };
        if begins_above {
            archives.holds_for_this_minute();
        }
        Ok(Links {
            own: at(own.as_deref()),
            next: last.map(|(position, _)| at(Some(&self.list.encode(position)))),
            previous: first.map(|(position, _)| at(Some(&back(&self.list.encode(position))))),
            previous_archive: archive.map(|interval| self.archive(interval)),
            ..Links::default()
        })
    }

    async fn around_archive(
        &self,
        interval: Interval,
        window: &Window,
        page: &Page<Dossier>,
        archives: &Archives<'_>,
    ) -> Result<Links, Problem> {
        let name = interval.to_string();
        let further = |cursor: &str| self.with(&[("archive", &name), ("cursor", cursor)]);
        let own = match window {
            Window::After(Some(position)) => further(&self.list.encode(position)),
            Window::Before(Some(position)) => further(&back(&self.list.encode(position))),
            Window::After(None) | Window::Before(None) => self.archive(interval),
        };
        let rest = page.rows.last().filter(|_| page.has_next);
        let previous_archive = match rest {
            Some((position, _)) => Some(further(&self.list.encode(position))),
            None => archives.before(interval.start()).await?.map(|one| self.archive(one)),
        };
        // The way forward from a later part of a long minute leads to its beginning.
        let next_archive = match window {
            Window::After(None) => archives.after(interval.end()).await?,
            _ => Some(interval),
        };
        if next_archive.is_none() {
            archives.holds_for_this_minute();
        }
        Ok(Links {
            own,
            current: Some(self.with(&[])),
            previous_archive,
            next_archive: next_archive.map(|one| self.archive(one)),
            ..Links::default()
        })
    }
}

/// The links as a header.
fn header(links: &Links) -> String {
    let link = |(relation, link): (&str, &str)| {
        // The registered name of the relation that JSON and XML call `previous`.
        let relation = if relation == "previous" { "prev" } else { relation };
        format!("<{link}>; rel=\"{relation}\"")
    };
    links.all().map(link).collect::<Vec<_>>().join(", ")
}

fn feed<'a>(
    found: &Found,
    site: &'a Site,
    links: Links,
    is_archive: bool,
    page: &'a Page<Dossier>,
) -> Feed<'a> {
    let items: Vec<_> = page.items().map(|dossier| Item::new(dossier, site)).collect();
    let language = items.first().map(Item::language);
    Feed {
        id: site.tag_uri(&found.name),
        title: found.title.clone(),
        description: found.description.clone(),
        publication: &site.name,
        rights: site.rights(),
        home: site.page("/"),
        style: site.api_path(super::style::PATH),
        links,
        is_archive,
        language: language.filter(|one| items.iter().all(|item| item.language() == *one)),
        updated: items.iter().map(Item::updated).max().unwrap_or(Timestamp::EPOCH),
        items,
    }
}
