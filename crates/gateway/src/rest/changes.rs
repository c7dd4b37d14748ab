//! `GET /v1/changes`

use super::answer::personal;
use super::dto::{BodyFormat, ChangesDto};
use super::parameters::Parameters;
use crate::cache::AsOf;
use crate::deliveries::Surface;
use crate::error::Problem;
use crate::limits::caller_by_now;
use crate::operation::changes::{self, AFTER, Changes, Follower, Since};
use crate::operation::{Reading, Sending};
use crate::state::Gateway;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use masthead_domain::page::PageSize;
use std::future;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::watch::Receiver;
use tokio::time::sleep;

/// The longest that a request waits for something to change, in seconds.
const LONGEST_WAIT: u64 = 30;

/// What has changed since a place, in order and without gaps.
///
/// For partners and the publisher's staff. Whoever begins without `after`, follows `page.next`, puts each `article` and takes
/// away what is `withdrawn` or `outside_licence`, holds exactly the articles that the token may read. Each article comes once,
/// as it is now, however often it changed. With a partner's daily quota, an answer that brings something counts as one
/// request, and an empty one as none.
#[utoipa::path(
    get,
    path = "/v1/changes",
    operation_id = "listChanges",
    security(("bearer" = [])),
    tag = "changes",
    params(
        ("after" = Option<String>, Query, description = "`page.next` of the answer before; left out, from the beginning."),
        ("limit" = Option<u32>, Query, description = "The most changes.", minimum = 1, maximum = 100, example = 20),
        ("wait" = Option<u32>, Query, description = "How many seconds to wait as long as nothing has changed; left out, none. At most four requests of a client wait at a time.", minimum = 0, maximum = 30, example = 30),
        ("body" = Option<String>, Query, description = "`portable`, `html`, `text`, `markdown` or `none` (the default)."),
    ),
    responses(
        (status = 200, description = "What has changed; nothing, where nothing has.", body = ChangesDto),
        (status = 429, description = "A partner's quota of the day is used up, or too many requests wait."),
    ),
)]
#[get("/v1/changes")]
pub(crate) async fn list_changes(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Problem> {
    let follower = Follower::of(&gateway.caller(&request)?.viewer)?;
    let mut parameters = Parameters::of(&request)?;
    let since = Since::of(follower, parameters.text(AFTER).as_deref())?;
    let size = parameters.limit()?;
    let wait = wait(&mut parameters)?;
    let format = parameters.word("body", &BodyFormat::WORDS)?.unwrap_or(BodyFormat::None);
    parameters.finish()?;

    let (found, reading) = found_within(&request, &gateway, since, size, wait, format).await?;
    if !found.rows.is_empty() {
        let viewer = reading.viewer();
        gateway.quotas.count(&request, viewer, gateway.desk.store(), gateway.clock.now()).await?;
        gateway.note_delivered(viewer, &reading.delivering().delivered(), Surface::Changes).await?;
    }
    Ok(personal(StatusCode::OK, &ChangesDto::new(&found, &gateway.site, format)))
}

fn wait(parameters: &mut Parameters) -> Result<Duration, Problem> {
    let seconds = parameters.parse::<u64>("wait")?.unwrap_or(0);
    if seconds > LONGEST_WAIT {
        let detail = format!("wait: must be a number of seconds from 0 to {LONGEST_WAIT}.");
        return Err(Problem::invalid_parameter("wait", detail));
    }
    Ok(Duration::from_secs(seconds))
}

/// What has changed, as soon as something has; nothing, when the time is over or the server is about to stop.
async fn found_within(
    request: &HttpRequest,
    gateway: &Gateway,
    since: Since,
    size: PageSize,
    wait: Duration,
    format: BodyFormat,
) -> Result<(Changes, Reading), Problem> {
    let mut caller = gateway.caller(request)?;
    let follower = Follower::of(&caller.viewer)?;
    let mut news = gateway.watch.news();
    let mut end = pin!(sleep(wait));
    let mut seat = None;
    loop {
        let as_of = AsOf::of(&gateway.watch, follower.id());
        let reading = gateway.reading(&caller);
        reading.sends(Sending::EVERYTHING.with_text(format != BodyFormat::None));
        let found = changes::since(&reading, since, size, &gateway.ledgers, as_of).await?;
        if !found.rows.is_empty() || found.more || wait.is_zero() {
            return Ok((found, reading));
        }
        if seat.is_none() {
            seat = Some(gateway.waiting.enter(follower.id())?);
        }
        tokio::select! {
            () = &mut end => return Ok((found, reading)),
            () = gateway.waiting.closed() => return Ok((found, reading)),
            () = something_new(gateway, follower, as_of, &mut news) => {}
        }
        // What the token grants may be another thing by now.
        caller = caller_by_now(gateway, request).await?;
        if Follower::of(&caller.viewer)? != follower {
            return Ok((found, reading));
        }
    }
}

/// Ends when there may be something for the follower that was not there in this state.
async fn something_new(gateway: &Gateway, follower: Follower, as_of: Option<AsOf>, news: &mut Receiver<()>) {
    let due = match follower {
        Follower::Partner(partner) => gateway.ledgers.due(partner),
        Follower::Staff(_) => None,
    };
    let time = async {
        match due {
            Some(due) => {
                let micros = due.micros().saturating_sub(gateway.clock.now().micros());
                sleep(Duration::from_micros(u64::try_from(micros).unwrap_or(0))).await;
            }
            None => future::pending().await,
        }
    };
    let change = async {
        // The watch lives as long as the gateway.
        while news.changed().await.is_ok() {
            if AsOf::of(&gateway.watch, follower.id()) != as_of {
                return;
            }
        }
        future::pending().await
    };
    tokio::select! {
        () = time => {}
        () = change => {}
    }
}
