//! Archives: walking them shows everything once, and they do not shift.

use super::{get, link, parsed};
use crate::partners::{enter, everything, section_id};
use masthead_domain::clock::{Clock, Timestamp};
use masthead_domain::id::ArticleId;
use masthead_domain::viewer::Licence;
use masthead_gateway::clock::SystemClock;
use masthead_tests::publication::{Publication, World, another, day, publication};
use masthead_tests::server::{Backend, TestServer, within_a_second};

masthead_tests::on_both!(
    a_walk_sees_everything_once,
    a_walk_is_the_viewers_own,
    an_archive_that_is_too_long_leads_to_its_last_part,
    what_is_not_over_is_no_archive,
    what_came_this_minute_is_in_the_pages,
);

/// Articles in months that are short, long on one day, long in one hour, and long in one minute.
fn many() -> Publication {
    let mut publication = publication(World::HOME);
    let mut number = 0_u16;
    let mut add = |count: u16, instant: &str, seconds: i64| {
        let first = Timestamp::parse(instant).expect("an instant");
        for at in 0..count {
            number += 1;
            let mut bits = [200; 10];
            bits[..2].copy_from_slice(&number.to_be_bytes());
            publication.articles.push(another(90, &format!("old-{number:04}"), |parts| {
                parts.id = ArticleId::new(day(1), bits);
                parts.section = Some(section_id(if at % 100 == 0 { 3 } else { 1 }));
                parts.published = Some(first.plus_seconds(i64::from(at) * seconds));
                parts.updated = first.plus_seconds(i64::from(at) * seconds);
            }));
        }
    };
    add(10, "2026-03-01T00:00:00Z", 3_600);
    // A month of 280 on two days.
    add(140, "2026-04-10T10:00:00Z", 60);
    add(140, "2026-04-20T10:00:00Z", 60);
    // A day of 260 in two hours, and another day of that month.
    add(130, "2026-05-05T08:00:00Z", 20);
    add(130, "2026-05-05T20:00:00Z", 20);
    add(5, "2026-05-31T23:59:58.999999Z", 0);
    // An hour of more than 500 in one minute, and a few beside it.
    add(505, "2026-06-01T00:00:00Z", 0);
    add(3, "2026-06-01T00:05:00Z", 60);
    publication
}

/// An archive, and the articles in it.
type Archive = (String, Vec<String>);

/// Walks from the feed back through all archives, and from each but those of a long minute forward again.
async fn walk(server: &TestServer, token: Option<&str>, feed: &str) -> Vec<Archive> {
    let mut archives: Vec<Archive> = Vec::new();
    let mut next = link(&get(server, token, feed).await, "prev-archive");
    while let Some(path) = next {
        assert!(archives.len() < 100, "{archives:?}");
        let answer = get(server, token, &path).await;
        let document = parsed(&answer);
        let ids: Vec<_> = document.entries.into_iter().map(|entry| entry.id).collect();
        assert!((1..=250).contains(&ids.len()), "{path}: {}", ids.len());
        assert!(answer.body.contains("<fh:archive/>"), "{path}");
        assert_eq!(link(&answer, "current").as_deref(), feed.split('?').next());
        assert_eq!(link(&answer, "self").as_deref(), Some(path.as_str()));
        let newer = link(&answer, "next-archive");
        match archives.last() {
            Some((newest, _)) if !newest.contains("cursor") && !path.contains("cursor") => {
                assert_eq!(newer.as_ref(), Some(newest), "{path}");
            }
            Some(_) => assert!(newer.is_some(), "{path}"),
            None => assert_eq!(newer, None),
        }
        next = link(&answer, "prev-archive");
        archives.push((path, ids));
    }
    archives
}

fn all_of(archives: &[Archive]) -> Vec<String> {
    let mut ids: Vec<_> = archives.iter().flat_map(|(_, ids)| ids.clone()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "each once");
    ids
}

async fn a_walk_sees_everything_once(backend: Backend) {
    let server = TestServer::start_with(backend, &many()).await;
    let total = get(&server, None, "/v1/articles?limit=1&total=true").await;
    let total = total.json()["page"]["total"].as_u64().expect("a number");
    let archives = walk(&server, None, "/feeds/articles.atom").await;
    assert_eq!(all_of(&archives).len() as u64, total);
    let names: Vec<_> = archives
        .iter()
        .map(|(path, ids)| {
            let (_, name) = path.split_once("archive=").expect("an archive");
            let name = name.split('&').next().unwrap_or_default().replace("%3A", ":");
            (name, ids.len())
        })
        .collect();
    let expected = [
        ("2026-10", 34),
        ("2026-06-01T00:07", 1),
        ("2026-06-01T00:06", 1),
        ("2026-06-01T00:05", 1),
        ("2026-06-01T00:00", 250),
        ("2026-06-01T00:00", 250),
        ("2026-06-01T00:00", 5),
        ("2026-05-31", 5),
        ("2026-05-05T20", 130),
        ("2026-05-05T08", 130),
        ("2026-04-20", 140),
        ("2026-04-10", 140),
        ("2026-03", 10),
    ];
    let names: Vec<_> = names.iter().map(|(name, held)| (name.as_str(), *held)).collect();
    assert_eq!(names, expected);

    // A new article moves nothing.
    let now = SystemClock.now();
    let new = another(91, "brand-new", |parts| (parts.published, parts.updated) = (Some(now), now));
    let mut work = server.store.begin(now).await.expect("begun");
    work.put_articles(&[new]).await.expect("put");
    work.commit().await.expect("committed");
    within_a_second("the new article is in the feed", async || {
        get(&server, None, "/feeds/articles.atom?limit=1").await.body.contains("brand-new")
    })
    .await;
    let later = walk(&server, None, "/feeds/articles.atom").await;
    // Unless the minute of the new one has passed already.
    let old: Vec<_> = later.into_iter().filter(|(path, _)| !path.contains(&now.to_string()[..7])).collect();
    assert_eq!(old, archives);
    server.stop().await;
}

async fn a_walk_is_the_viewers_own(backend: Backend) {
    let server = TestServer::start_with(backend, &many()).await;
    let key = enter(&server, Licence { sections: Some([section_id(3)].into()), ..everything() }).await;
    let archives = walk(&server, Some(&key), "/feeds/articles.rss").await;
    let months: Vec<_> =
        archives.iter().map(|(path, ids)| (path.rsplit('=').next().unwrap_or(""), ids.len())).collect();
    let expected = [("2026-10", 1), ("2026-06", 7), ("2026-05", 5), ("2026-04", 4), ("2026-03", 1)];
    assert_eq!(months, expected, "what others see splits no archive of theirs");
    server.stop().await;
}

async fn an_archive_that_is_too_long_leads_to_its_last_part(backend: Backend) {
    let server = TestServer::start_with(backend, &many()).await;
    for (path, location) in [
        ("/feeds/articles.atom?archive=2026-04", "?archive=2026-04-20"),
        ("/feeds/articles.json?archive=2026-05", "?archive=2026-05-31"),
        ("/feeds/articles.rss?archive=2026-05-05", "?archive=2026-05-05T20"),
        ("/feeds/articles.rss?archive=2026-06", "?archive=2026-06-01T00%3A07"),
        ("/feeds/sections/world.rss?below=false&archive=2026-06", "?below=false&archive=2026-06-01T00%3A07"),
    ] {
        let answer = get(&server, None, path).await;
        assert_eq!((answer.status, answer.header("location")), (307, location), "{path}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    server.stop().await;
}

async fn what_is_not_over_is_no_archive(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let now = server.now().to_string();
    for (archive, status) in [
        ("2025-01", 200),
        ("2026-10", 200),
        ("2026-10-31T23:59", 200),
        (&now[..7], 404),
        (&now[..10], 404),
        ("2031-01", 404),
        ("9999-12", 404),
        ("2026", 400),
        ("2026-10-05T", 400),
        ("2026-10-05T14:30:00", 400),
    ] {
        let answer = get(&server, None, &format!("/feeds/articles.atom?archive={archive}")).await;
        assert_eq!(answer.status, status, "{archive}: {}", answer.body);
        if status == 400 {
            assert_eq!(answer.json()["parameter"], "archive");
        }
    }
    for (query, code) in
        [("archive=2026-10&limit=5", "invalid_parameter"), ("archive=2026-10&cursor=x", "unknown_parameter")]
    {
        let answer = get(&server, None, &format!("/feeds/articles.atom?{query}")).await;
        assert_eq!((answer.status, &answer.json()["code"]), (400, &code.into()), "{query}");
    }
    server.stop().await;
}

async fn what_came_this_minute_is_in_the_pages(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    server.stop_the_clock();
    // To the fifth second of a minute.
    server.later(65 - server.now().seconds().rem_euclid(60));
    let mut work = server.store.begin(server.now()).await.expect("begun");
    let fresh: Vec<_> = (90..95)
        .map(|number| {
            another(number, &format!("fresh-{number}"), |parts| {
                parts.published = Some(server.now().plus_seconds(i64::from(number) - 96));
                parts.updated = server.now();
            })
        })
        .collect();
    work.put_articles(&fresh).await.expect("put");
    work.commit().await.expect("committed");
    let first = "/feeds/articles.atom?limit=2";
    within_a_second("they are there", async || get(&server, None, first).await.body.contains("fresh-94"))
        .await;
    // One was published in the minute before: it is archived, and the others are not.
    let (mut path, mut seen) = (first.to_owned(), Vec::new());
    let archive = loop {
        let answer = get(&server, None, &path).await;
        seen.extend(parsed(&answer).entries.into_iter().map(|entry| entry.id));
        match link(&answer, "prev-archive") {
            Some(archive) => break archive,
            None => path = link(&answer, "next").expect("there is more"),
        }
    };
    let archived = get(&server, None, &archive).await;
    seen.extend(parsed(&archived).entries.into_iter().map(|entry| entry.id));
    for article in &fresh {
        assert!(seen.iter().any(|id| id.ends_with(&article.id().to_string())), "{seen:?}");
    }
    assert_eq!(link(&get(&server, None, first).await, "prev-archive"), None, "{path}");
    // Nothing is written: the minute is over, and what was kept with it.
    server.later(60);
    let later = link(&get(&server, None, first).await, "prev-archive").expect("an archive");
    let minute = get(&server, None, &later).await;
    assert_eq!(parsed(&minute).entries.len(), 4, "{}", minute.body);
    server.stop().await;
}
