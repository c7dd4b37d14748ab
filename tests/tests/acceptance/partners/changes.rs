//! Following the publication over HTTP.

use super::{add_key, enter, everything, key, key_text, license, now, partner_id, tag_id};
use crate::limits::members;
use masthead_domain::article::{Article, ArticleParts, Correction, Stage};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::PartnerId;
use masthead_domain::partner::{ApiKey, Holder, Partner, PartnerStatus};
use masthead_domain::viewer::{Extent, Licence};
use masthead_tests::publication::{World, another, day};
use masthead_tests::server::{Answer, Asker, Backend, TestServer, within_a_second};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

masthead_tests::on_both!(
    whoever_follows_from_zero_holds_what_is_listed,
    each_change_is_told_and_tombstones_are_bare,
    a_narrower_licence_takes_away_while_a_partner_follows,
    what_waits_for_a_delay_comes_in_time,
    two_nodes_write_and_nothing_is_missed,
    changes_are_for_partners_and_staff,
    whoever_is_shut_out_is_told_why_at_once,
    only_what_brings_something_counts,
    waiting_ends_with_a_change,
    waiting_is_bounded_and_ends_with_the_key,
    the_staff_follows_drafts_too,
);

/// A partner's own index: each article as it was told of last.
#[derive(Default)]
struct Index {
    cursor: Option<String>,
    held: BTreeMap<String, Value>,
}

impl Index {
    async fn poll(&mut self, server: &TestServer, credential: &str, query: &str) -> Vec<(String, String)> {
        let after = self.cursor.as_ref().map(|cursor| format!("&after={cursor}")).unwrap_or_default();
        let answer = server.get_as(credential, &format!("/v1/changes?body=text{query}{after}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        self.take(&answer.json())
    }

    fn take(&mut self, answer: &Value) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let mut told = Vec::new();
        for row in answer["data"].as_array().expect("changes") {
            let (kind, id) = (text(&row["kind"]), text(&row["id"]));
            match kind.as_str() {
                "created" | "updated" | "corrected" => {
                    assert_eq!(row["article"]["id"], row["id"]);
                    self.held.insert(id.clone(), row["article"].clone());
                }
                "withdrawn" | "outside_licence" => {
                    let names: Vec<_> = row.as_object().expect("a row").keys().collect();
                    assert_eq!(names, ["at", "id", "kind"], "a tombstone has nothing in it");
                    self.held.remove(&id);
                }
                other => panic!("{other}"),
            }
            told.push((kind, id));
        }
        self.cursor = Some(text(&answer["page"]["next"]));
        told
    }

    async fn poll_to_the_end(&mut self, server: &TestServer, credential: &str) -> Vec<(String, String)> {
        let mut all = Vec::new();
        loop {
            let some = self.poll(server, credential, "&limit=2").await;
            if some.is_empty() {
                return all;
            }
            all.extend(some);
        }
    }
}

/// All that a credential lists, each as it is read by itself.
async fn listed(server: &TestServer, credential: &str) -> BTreeMap<String, Value> {
    let list = server.get_as(credential, "/v1/articles?limit=100").await.json();
    assert!(list["page"]["next"].is_null(), "one page");
    let mut all = BTreeMap::new();
    for row in list["data"].as_array().expect("articles") {
        let id = row["id"].as_str().expect("an id");
        let article = server.get_as(credential, &format!("/v1/articles/{id}?body=text")).await.json();
        all.insert(id.to_owned(), article);
    }
    all
}

async fn put(server: &TestServer, articles: &[Article]) {
    let mut work = server.store.begin(now()).await.expect("begun");
    work.put_articles(articles).await.expect("put");
    work.commit().await.expect("committed");
}

fn id(number: u8) -> String {
    crate::two_worlds::article_id(number)
}

fn told(some: &[(&str, u8)]) -> Vec<(String, String)> {
    some.iter().map(|(kind, number)| ((*kind).to_owned(), id(*number))).collect()
}

/// An article with the tag of the tests' licences.
fn tagged(number: u8, change: impl FnOnce(&mut ArticleParts)) -> Article {
    another(number, &format!("followed-{number}"), |parts| {
        parts.tags = vec![tag_id(1)];
        change(parts);
    })
}

/// One that these licences do not cover.
fn untagged(number: u8) -> Article {
    another(number, &format!("followed-{number}"), |parts| parts.tags = Vec::new())
}

/// Polls until something comes, as the gateway notices changes within a second.
async fn soon(index: &mut Index, server: &TestServer, credential: &str) -> Vec<(String, String)> {
    index.poll(server, credential, "&wait=5").await
}

async fn whoever_follows_from_zero_holds_what_is_listed(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let text = enter(&server, everything()).await;
    for extent in [Extent::FullText, Extent::Headline, Extent::Teaser] {
        for (tags, source_links) in [(None, true), (Some([tag_id(1)].into()), false)] {
            let licence = Licence { tags, source_links, extent, ..everything() };
            license(&server, PartnerStatus::Active, licence).await;
            within_a_second("another licence", async || {
                let me = server.get_as(&text, "/v1/me").await.json();
                me["partner"]["licence"]["extent"] == extent.code()
                    && me["partner"]["licence"]["sourceLinks"] == source_links
            })
            .await;
            let mut index = Index::default();
            let told = index.poll_to_the_end(&server, &text).await;
            assert_eq!(index.held, listed(&server, &text).await, "{extent:?}");
            assert!(
                told.len() == index.held.len() && told.iter().all(|(kind, _)| kind == "created"),
                "{told:?}"
            );
        }
    }
    server.stop().await;
}

async fn each_change_is_told_and_tombstones_are_bare(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let text = enter(&server, Licence { tags: Some([tag_id(1)].into()), ..everything() }).await;
    let mut index = Index::default();
    index.poll_to_the_end(&server, &text).await;
    put(&server, &[tagged(90, |_| {})]).await;
    assert_eq!(soon(&mut index, &server, &text).await, told(&[("created", 90)]));
    put(&server, &[tagged(90, |parts| parts.title = "Said otherwise".into())]).await;
    assert_eq!(soon(&mut index, &server, &text).await, told(&[("updated", 90)]));
    assert_eq!(index.held[&id(90)]["title"], "Said otherwise");
    let correction = || Correction { at: day(24), text: "It was Tuesday.".into() };
    let corrected = |parts: &mut ArticleParts| {
        parts.corrections = vec![correction()];
        parts.updated = day(24);
    };
    put(&server, &[tagged(90, corrected)]).await;
    assert_eq!(soon(&mut index, &server, &text).await, told(&[("corrected", 90)]));
    assert_eq!(index.held[&id(90)]["corrections"][0]["text"], "It was Tuesday.");
    put(&server, &[untagged(90)]).await;
    assert_eq!(soon(&mut index, &server, &text).await, told(&[("outside_licence", 90)]));
    put(&server, &[tagged(90, |_| {})]).await;
    assert_eq!(soon(&mut index, &server, &text).await, told(&[("created", 90)]));
    put(&server, &[tagged(90, |parts| parts.stage = Stage::Withdrawn)]).await;
    assert_eq!(soon(&mut index, &server, &text).await, told(&[("withdrawn", 90)]));
    assert_eq!(index.held, listed(&server, &text).await);
    let mut fresh = Index::default();
    let all = fresh.poll_to_the_end(&server, &text).await;
    assert!(all.iter().all(|(kind, _)| kind == "created"), "nobody hears of what they never had: {all:?}");
    server.stop().await;
}

async fn a_narrower_licence_takes_away_while_a_partner_follows(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let twin = server.twin().await;
    let text = enter(&server, everything()).await;
    let mut index = Index::default();
    index.poll(&server, &text, "&limit=2").await;
    index.poll_to_the_end(&twin, &text).await;
    let before = index.held.len();
    license(&server, PartnerStatus::Active, Licence { tags: Some([tag_id(1)].into()), ..everything() }).await;
    let narrower = async |index: &mut Index| {
        for node in [&server, &twin].into_iter().cycle().take(60) {
            let gone = index.poll(node, &text, "&limit=3").await;
            assert!(gone.iter().all(|(kind, _)| kind == "outside_licence"), "{gone:?}");
            if index.held == listed(&twin, &text).await && index.held.len() < before {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("nothing was taken away: {:?}", index.held.keys());
    };
    narrower(&mut index).await;
    license(&server, PartnerStatus::Active, everything()).await;
    within_a_second("a wider licence", async || {
        server.get_as(&text, "/v1/me").await.json()["partner"]["licence"]["tags"].is_null()
    })
    .await;
    let again = index.poll_to_the_end(&server, &text).await;
    assert!(!again.is_empty() && again.iter().all(|(kind, _)| kind == "created"), "{again:?}");
    assert_eq!(index.held, listed(&server, &text).await);
    server.stop().await;
}

async fn what_waits_for_a_delay_comes_in_time(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let text = enter(&server, Licence { delay_seconds: 3_600, ..everything() }).await;
    let mut index = Index::default();
    index.poll_to_the_end(&server, &text).await;
    // In half a second it will be an hour old.
    let published = now().plus_seconds(-3_599);
    let fresh = tagged(91, |parts| (parts.published, parts.updated) = (Some(published), published));
    put(&server, &[fresh]).await;
    assert_eq!(index.poll(&server, &text, "").await, []);
    assert_eq!(index.poll(&server, &text, "&wait=10").await, told(&[("created", 91)]), "woken by the time");
    let later = now().plus_seconds(-1_800);
    put(&server, &[tagged(92, |parts| (parts.published, parts.updated) = (Some(later), later))]).await;
    assert_eq!(index.poll(&server, &text, "").await, []);
    server.later(1_801);
    assert_eq!(soon(&mut index, &server, &text).await, told(&[("created", 92)]));
    server.stop().await;
}

async fn two_nodes_write_and_nothing_is_missed(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let twin = server.twin().await;
    let text = enter(&server, Licence { tags: Some([tag_id(1)].into()), ..everything() }).await;
    let write = async |node: &TestServer, first: u8| {
        for number in first..first + 25 {
            put(node, &[tagged(number, |_| {}), untagged(number + 60)]).await;
            put(node, &[tagged(first, |parts| parts.title = format!("After {number}"))]).await;
        }
    };
    let mut index = Index::default();
    let follow = async {
        while index.held.len() < 50 {
            index.poll(&server, &text, "&limit=3&wait=1").await;
            index.poll(&twin, &text, "&limit=3&wait=1").await;
        }
    };
    let all = futures_util::future::join3(write(&server, 100), write(&twin, 130), follow);
    tokio::time::timeout(Duration::from_secs(60), all).await.expect("everything comes");
    index.poll_to_the_end(&twin, &text).await;
    let mut attempts = 0;
    while index.held != listed(&server, &text).await {
        attempts += 1;
        assert!(attempts < 50, "what is told last never comes");
        tokio::time::sleep(Duration::from_millis(100)).await;
        index.poll_to_the_end(&twin, &text).await;
    }
    server.stop().await;
}

/// Enters a partner who may take everything, and answers with its key.
pub(super) async fn another_partner(server: &TestServer, number: u8) -> String {
    let id = PartnerId::new(day(1), [number; 10]);
    let mut work = server.store.begin(now()).await.expect("begun");
    let partner = Partner {
        id,
        name: "Another Agency".into(),
        contact: None,
        status: PartnerStatus::Active,
        created: day(1),
        licence: Some(everything()),
    };
    work.put_partner(&partner).await.expect("put");
    work.commit().await.expect("committed");
    add_key(server, number, ApiKey { holder: Holder::Partner(id), ..key(number) }).await;
    key_text(number)
}

async fn changes_are_for_partners_and_staff(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let text = enter(&server, everything()).await;
    let code =
        |answer: &Answer| (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned());
    let refused = async |asker| code(&server.get(asker, "/v1/changes").await);
    assert_eq!(refused(Asker::Anonymous).await, (401, "authentication_required".into()));
    for asker in [Asker::Nobody, Asker::Subscriber, Asker::Patron] {
        assert_eq!(refused(asker).await, (403, "insufficient_scope".into()), "{asker:?}");
    }
    let other = another_partner(&server, 2).await;
    let cursor = |answer: Answer| answer.json()["page"]["next"].as_str().expect("a cursor").to_owned();
    let own = cursor(server.get_as(&text, "/v1/changes?limit=1").await);
    let staff = cursor(server.get(Asker::Staff, "/v1/changes?limit=1").await);
    assert_ne!(own, staff);
    for (credential, cursor) in [(&text, &staff), (&other, &own), (&text, &"nonsense".to_owned())] {
        let answer = server.get_as(credential, &format!("/v1/changes?after={cursor}")).await;
        assert_eq!(code(&answer), (400, "invalid_cursor".into()), "{cursor}");
    }
    for query in ["wait=31", "wait=-1", "wait=soon", "limit=0", "limit=101", "body=pdf", "after=", "cursor=x"]
    {
        let answer = server.get_as(&text, &format!("/v1/changes?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
    }
    let answer = server.get_as(&text, "/v1/changes").await;
    assert_eq!((answer.header("cache-control"), answer.header("vary")), ("no-store", "Authorization"));
    let mut work = server.store.begin(now()).await.expect("begun");
    work.remove_partner(partner_id()).await.expect("removed");
    work.commit().await.expect("committed");
    within_a_second("a partner who is gone", async || {
        server.get_as(&text, &format!("/v1/changes?after={own}")).await.status == 401
    })
    .await;
    server.stop().await;
}

async fn whoever_is_shut_out_is_told_why_at_once(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let text = enter(&server, everything()).await;
    for _ in 0..8 {
        license(&server, PartnerStatus::Active, everything()).await;
        within_a_second("a partner who is let in", async || {
            server.get_as(&text, "/v1/me").await.status == 200
        })
        .await;
        license(&server, PartnerStatus::Suspended, everything()).await;
        // The gateway may not have looked yet, and believes that the partner may read.
        let refused = server.get_as(&text, "/v1/changes").await;
        assert_eq!((refused.status, refused.json()["code"].as_str()), (403, Some("licence_not_valid")));
        let detail = refused.json()["detail"].as_str().unwrap_or_default().to_owned();
        assert!(detail.contains("suspended"), "{detail}");
    }
    server.stop().await;
}

async fn only_what_brings_something_counts(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let text = enter(&server, Licence { daily_quota: Some(3), ..everything() }).await;
    let left = |answer: &Answer| members(answer, "ratelimit").get("daily").map(|daily| daily["r"]);
    let first = server.get_as(&text, "/v1/changes?limit=100").await;
    assert_eq!((first.status, left(&first)), (200, Some(2)));
    let next = first.json()["page"]["next"].as_str().expect("a cursor").to_owned();
    for _ in 0..3 {
        let empty = server.get_as(&text, &format!("/v1/changes?after={next}")).await;
        assert_eq!((empty.status, left(&empty)), (200, None), "nothing came, and nothing is taken");
    }
    for (wanted, status) in [(Some(1), 200), (Some(0), 200), (Some(0), 429)] {
        let again = server.get_as(&text, "/v1/changes?limit=1").await;
        assert_eq!((left(&again), again.status), (wanted, status));
        assert_eq!(again.body.contains("\"article\""), status == 200, "{}", again.body);
    }
    server.stop().await;
}

/// How long ago it was.
fn since(began: Timestamp) -> Duration {
    Duration::from_micros(u64::try_from(now().micros() - began.micros()).unwrap_or(0))
}

async fn waiting_ends_with_a_change(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let text = enter(&server, everything()).await;
    let mut index = Index::default();
    index.poll_to_the_end(&server, &text).await;
    let began = now();
    assert_eq!(index.poll(&server, &text, "&wait=1").await, [], "nothing happens");
    assert!(since(began) >= Duration::from_secs(1));
    let began = now();
    let write = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        // What is not for the partner wakes nobody, and takes nothing of the time.
        put(&server, &[tagged(93, |parts| parts.stage = Stage::Draft)]).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        put(&server, &[tagged(94, |_| {})]).await;
    };
    let (found, ()) = futures_util::future::join(index.poll(&server, &text, "&wait=30"), write).await;
    assert_eq!(found, told(&[("created", 94)]));
    assert!(since(began) < Duration::from_secs(5), "as soon as there is something");
    server.stop().await;
}

async fn waiting_is_bounded_and_ends_with_the_key(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let text = enter(&server, everything()).await;
    let mut index = Index::default();
    index.poll_to_the_end(&server, &text).await;
    let path = format!("/v1/changes?wait=20&after={}", index.cursor.as_ref().expect("a cursor"));
    let began = now();
    let waiting = futures_util::future::join_all((0..4).map(|_| server.get_as(&text, &path)));
    let meanwhile = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let fifth = server.get_as(&text, &path).await;
        assert_eq!((fifth.status, fifth.header("retry-after")), (429, "5"));
        assert_eq!(server.get_as(&text, &path.replace("wait=20", "wait=0")).await.status, 200);
        let mut work = server.store.begin(now()).await.expect("begun");
        assert!(work.revoke_key(key(1).id).await.expect("revoked"));
        work.put_articles(&[tagged(95, |_| {})]).await.expect("put");
        work.commit().await.expect("committed");
    };
    let (answers, ()) = futures_util::future::join(waiting, meanwhile).await;
    for answer in answers {
        assert_eq!(answer.status, 401, "who may not read by now is told nothing");
    }
    assert!(since(began) < Duration::from_secs(10));
    server.stop().await;
}

async fn the_staff_follows_drafts_too(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let staff = server.token(Asker::Staff).expect("a token").to_owned();
    let mut path = "/v1/changes?limit=50".to_owned();
    let mut seen = BTreeMap::new();
    loop {
        let page = server.get_as(&staff, &path).await.json();
        for row in page["data"].as_array().expect("changes") {
            let status = row["article"]["status"].as_str().expect("all that there is");
            seen.insert(row["id"].as_str().expect("an id").to_owned(), status.to_owned());
        }
        path = format!("/v1/changes?limit=50&after={}", page["page"]["next"].as_str().expect("a cursor"));
        if page["page"]["more"] == false {
            break;
        }
    }
    for status in ["published", "draft", "scheduled", "withdrawn"] {
        let list = server.get_as(&staff, &format!("/v1/articles?limit=100&status={status}")).await.json();
        for row in list["data"].as_array().expect("articles") {
            assert_eq!(seen.get(row["id"].as_str().expect("an id")).map(String::as_str), Some(status));
        }
    }
    put(&server, &[tagged(96, |parts| parts.stage = Stage::Draft), tagged(97, |_| {})]).await;
    put(&server, &[tagged(97, |parts| parts.stage = Stage::Withdrawn)]).await;
    let page = server.get_as(&staff, &path).await.json();
    let rows: Vec<_> = page["data"]
        .as_array()
        .expect("changes")
        .iter()
        .map(|row| json!([row["kind"], row["id"], row["article"]["status"]]))
        .collect();
    assert_eq!(rows, [json!(["created", id(96), "draft"]), json!(["withdrawn", id(97), "withdrawn"])]);
    server.stop().await;
}
