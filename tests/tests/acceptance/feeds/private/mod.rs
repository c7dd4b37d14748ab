//! Private feeds: what a member's address shows, whom it is shut for, and that nobody is told it.

mod desk;

use super::{FORMATS, get, parsed};
use crate::two_worlds::id;
use masthead_domain::clock::Clock;
use masthead_domain::id::{FeedId, MemberId};
use masthead_domain::member::{Member, PrivateFeed, Status};
use masthead_domain::viewer::Bearer;
use masthead_gateway::clock::SystemClock;
use masthead_persistence::SecretHash;
use masthead_tests::people::{member, subscription};
use masthead_tests::publication::{Variant, World, day};
use masthead_tests::server::{Answer, Asker, Backend, TestServer, within_a_second};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    a_feed_shows_what_its_member_may_read,
    a_feed_is_the_members_own_and_nobody_elses,
    what_the_member_has_changes_the_feed_within_a_second,
    a_revoked_feed_is_shut_on_every_node,
    whoever_is_shut_out_has_no_feed,
    the_address_opens_feeds_and_nothing_else,
    whatever_is_no_feed_is_answered_alike,
    nothing_hidden_moves_a_private_feed,
);

/// A token of the member who was put in, and who they are.
async fn reader(server: &TestServer, number: u8, tiers: &[&str]) -> (String, MemberId) {
    let bearer = server.member(number, tiers).await;
    let Bearer::Member { member, .. } = bearer else { panic!("a member") };
    (server.issue(&bearer), member)
}

async fn made(server: &TestServer, token: &str, body: &Value) -> Value {
    let answer = server.post(Some(token), "/v1/me/feeds", body).await;
    assert_eq!((answer.status, answer.header("cache-control")), (201, "no-store"), "{}", answer.body);
    answer.json()
}

/// The path of the feed, without `/articles.rss`.
fn place(made: &Value) -> String {
    let url = made["url"].as_str().expect("an address");
    let path = url.strip_prefix("https://paper.example").expect("of the publication");
    path.strip_suffix("/articles.rss").expect("all articles").to_owned()
}

fn secret(place: &str) -> &str {
    place.rsplit('/').next().expect("a part")
}

async fn new_feed(server: &TestServer, token: &str) -> (String, String) {
    let made = made(server, token, &json!({})).await;
    (place(&made), made["id"].as_str().expect("an id").to_owned())
}

fn is_not_found(answer: &Answer) -> bool {
    answer.status == 404 && answer.json()["code"] == "not_found"
}

async fn a_feed_shows_what_its_member_may_read(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let (token, _) = reader(&server, 1, &["patron"]).await;
    let (place, _) = new_feed(&server, &token).await;
    for scope in ["articles", "sections/world", "authors/quay-watcher", "tags/ports"] {
        for format in FORMATS {
            let answer = get(&server, None, &format!("{place}/{scope}.{format}")).await;
            assert_eq!(answer.status, 200, "{scope}.{format}: {}", answer.body);
            assert_eq!(answer.header("cache-control"), "private, no-cache");
            assert_eq!(answer.header("referrer-policy"), "no-referrer");
            assert_eq!(answer.header("x-robots-tag"), "noindex");
            let own = format!("https://paper.example{place}/{scope}.{format}");
            assert!(answer.header("link").starts_with(&format!("<{own}>; rel=\"self\"")), "{answer:?}");
            // But for its own address it is the feed that the member's token reads.
            let token_reads = get(&server, Some(&token), &format!("/feeds/{scope}.{format}")).await;
            let private = answer.body.replace(&place, "/feeds").replace(&place.replace('/', "\\/"), "/feeds");
            assert_eq!(private, token_reads.body, "{scope}.{format}");
            let etag = answer.header("etag");
            let headers = [("if-none-match", etag)];
            let again =
                server.send(None, Method::GET, &format!("{place}/{scope}.{format}"), &headers, None).await;
            assert_eq!((again.status, again.header("referrer-policy")), (304, "no-referrer"));
            let head = server.send(None, Method::HEAD, &format!("{place}/{scope}.{format}"), &[], None).await;
            assert_eq!((head.status, head.header("etag")), (200, etag));
        }
    }
    assert!(!parsed(&get(&server, None, &format!("{place}/articles.atom")).await).entries.is_empty());
    let archive = get(&server, None, &format!("{place}/articles.atom?archive=2026-10")).await;
    assert_eq!(archive.status, 200);
    assert!(archive.body.contains(&format!("{place}/articles.atom\"")), "the way to the current one");
    let alone = get(&server, None, &format!("{place}/sections/world.json?below=false")).await;
    assert_eq!(alone.status, 200);
    server.stop().await;
}

async fn a_feed_is_the_members_own_and_nobody_elses(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let (one, _) = reader(&server, 1, &["patron"]).await;
    let (other, _) = reader(&server, 2, &["patron"]).await;
    let (third, _) = reader(&server, 3, &[]).await;
    let (one, _) = new_feed(&server, &one).await;
    let (other, _) = new_feed(&server, &other).await;
    let (third, _) = new_feed(&server, &third).await;
    for format in FORMATS {
        let path = format!("articles.{format}");
        // The first warms what is kept.
        let first = get(&server, None, &format!("{one}/{path}")).await;
        assert!(first.body.contains("Hidden for patron") && first.body.contains(secret(&one)));
        let second = get(&server, None, &format!("{other}/{path}")).await;
        assert!(second.body.contains("Hidden for patron") && second.body.contains(secret(&other)));
        let free = get(&server, None, &format!("{third}/{path}")).await;
        let anonymous = get(&server, None, &format!("/feeds/{path}")).await;
        for (answer, own) in [(&second, Some(&other)), (&free, Some(&third)), (&anonymous, None)] {
            for place in [&one, &other, &third] {
                let all = format!("{answer:?}");
                assert_eq!(all.contains(secret(place)), own == Some(place), "{path}");
            }
        }
        for answer in [&free, &anonymous] {
            assert!(!answer.body.contains("Hidden for"), "{path}");
        }
        let headers = [("if-none-match", first.header("etag"))];
        let asked = server.send(None, Method::GET, &format!("{third}/{path}"), &headers, None).await;
        assert_eq!(asked.status, 200, "another's tag says nothing");
    }
    server.stop().await;
}

async fn what_the_member_has_changes_the_feed_within_a_second(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let twin = server.twin().await;
    let (token, id) = reader(&server, 1, &[]).await;
    let (place, _) = new_feed(&server, &token).await;
    let path = format!("{place}/articles.rss");
    let holds = async |wanted: bool| {
        for node in [&server, &twin] {
            within_a_second("the feed", async || {
                let answer = get(node, None, &path).await;
                answer.status == 200 && answer.body.contains("Hidden for patron") == wanted
            })
            .await;
        }
    };
    holds(false).await;
    let mut has = subscription(&Member { id, ..member(1) }, "patron");
    for (ends, wanted) in [(None, true), (Some(day(1)), false), (None, true)] {
        has.ends = ends;
        let mut work = server.store.begin(SystemClock.now()).await.expect("begun");
        work.put_subscriptions(std::slice::from_ref(&has)).await.expect("put");
        work.commit().await.expect("committed");
        holds(wanted).await;
    }
    server.stop().await;
}

async fn a_revoked_feed_is_shut_on_every_node(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let twin = server.twin().await;
    let (token, _) = reader(&server, 1, &["patron"]).await;
    let (place, id) = new_feed(&server, &token).await;
    let (stays, _) = new_feed(&server, &token).await;
    let path = format!("{place}/articles.json");
    let etag = get(&twin, None, &path).await.header("etag").to_owned();
    assert_eq!(get(&server, None, &path).await.header("etag"), etag);
    let gone = server.send(Some(&token), Method::DELETE, &format!("/v1/me/feeds/{id}"), &[], None).await;
    assert_eq!(gone.status, 204);
    assert!(is_not_found(&get(&server, None, &path).await), "here at once");
    for node in [&server, &twin] {
        within_a_second("shut", async || is_not_found(&get(node, None, &path).await)).await;
        let known = node.send(None, Method::GET, &path, &[("if-none-match", &etag)], None).await;
        assert!(is_not_found(&known), "a known tag says nothing");
        assert_eq!(get(node, None, &format!("{stays}/articles.json")).await.status, 200);
    }
    let again = server.send(Some(&token), Method::DELETE, &format!("/v1/me/feeds/{id}"), &[], None).await;
    assert_eq!(again.status, 204, "it stays revoked");
    server.stop().await;
}

async fn whoever_is_shut_out_has_no_feed(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let twin = server.twin().await;
    let (token, id) = reader(&server, 1, &["patron"]).await;
    let (place, _) = new_feed(&server, &token).await;
    let path = format!("{place}/articles.rss");
    let all = async |wanted: u16| {
        for node in [&server, &twin] {
            within_a_second("as it should", async || get(node, None, &path).await.status == wanted).await;
        }
    };
    all(200).await;
    let change = async |status: &str| {
        let headers = [("content-type", "application/json")];
        let body = Some(json!({ "status": status }).to_string());
        let path = format!("/v1/members/{id}");
        let answer = server.ask(Method::PATCH, Asker::Staff, &path, &headers, body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    };
    change(Status::Suspended.code()).await;
    all(404).await;
    change(Status::Active.code()).await;
    all(200).await;
    let erased = server.send(Some(&server.token_of(id)), Method::DELETE, "/v1/me", &[], None).await;
    assert_eq!(erased.status, 204);
    all(404).await;
    let left = server.store.registry().feeds_of(id).await.expect("read");
    assert!(left.is_empty(), "{left:?}");
    server.stop().await;
}

async fn the_address_opens_feeds_and_nothing_else(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let (token, _) = reader(&server, 1, &["patron"]).await;
    let (place, _) = new_feed(&server, &token).await;
    let secret = secret(&place);
    for path in ["/v1/me", "/v1/articles", "/feeds/articles.rss", "/v1/me/feeds"] {
        let answer = server.get_as(secret, path).await;
        assert_eq!((answer.status, &answer.json()["code"]), (401, &"invalid_token".into()), "{path}");
        assert!(!answer.body.contains(secret));
    }
    // With a token beside it, good or bad, the request has two credentials.
    for token in [token.as_str(), "nonsense"] {
        let answer = server.get_as(token, &format!("{place}/articles.rss")).await;
        assert_eq!((answer.status, &answer.json()["code"]), (400, &"credentials_conflict".into()));
        assert!(!format!("{answer:?}").contains(secret));
    }
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let answer = server.send(None, method, &format!("{place}/articles.rss"), &[], None).await;
        assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"));
        assert!(!format!("{answer:?}").contains(secret));
    }
    for path in ["/v1/me", "/v1/articles", "/filters/fil_x.rss", "/private/x/articles.rss", "", "/"] {
        let answer = get(&server, None, &format!("{place}{path}")).await;
        assert!(is_not_found(&answer) && !format!("{answer:?}").contains(secret), "{path} {answer:?}");
    }
    server.stop().await;
}

async fn whatever_is_no_feed_is_answered_alike(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let (token, _) = reader(&server, 1, &["patron"]).await;
    let (place, id) = new_feed(&server, &token).await;
    let good = secret(&place).to_owned();
    server.send(Some(&token), Method::DELETE, &format!("/v1/me/feeds/{id}"), &[], None).await;
    let unknown = format!("mh_fd_{}", "A".repeat(43));
    let (longer, shorter) = (format!("{good}A"), &good[..good.len() - 1]);
    // The watch looks at the log five times a second; the least of several tries is the request's own.
    let statements = async |secret: &str| {
        let (mut cost, mut last) = (u64::MAX, None);
        for _ in 0..4 {
            let before = server.store.queries();
            last = Some(get(&server, None, &format!("/feeds/private/{secret}/articles.rss")).await);
            cost = cost.min(server.store.queries() - before);
        }
        (cost, last.expect("an answer"))
    };
    let (cost, wanted) = statements(&unknown).await;
    assert!(is_not_found(&wanted), "{wanted:?}");
    assert_eq!(cost, 1, "a look-up along an index");
    assert_eq!(wanted.json()["instance"], "/feeds/private/…/articles.rss");
    assert_eq!(wanted.header("referrer-policy"), "no-referrer");
    for secret in [good.as_str(), &longer, shorter, "x", "articles", "mh_live_0", &"x".repeat(2_000)] {
        let (statements, answer) = statements(secret).await;
        assert_eq!((statements, &answer), (cost, &wanted), "{secret}");
    }
    // Another spelling of the place is no way around.
    for path in [
        format!("/feeds/%70rivate/{good}/articles.rss"),
        format!("/feeds/private/{}/articles.rss", good.replace("mh_", "mh%5F")),
        format!("//feeds/private/{good}/articles.rss"),
    ] {
        let answer = get(&server, None, &path).await;
        assert!(is_not_found(&answer) && !answer.body.contains(&good[6..]), "{path} {answer:?}");
    }
    server.stop().await;
}

/// The secret of the feed that both worlds have.
const KNOWN: &str = "mh_fd_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Gives a member who holds what is for members, and not what is for patrons, the same feed in every world.
async fn known_feed(server: &TestServer) {
    let reader = member(1);
    let feed = PrivateFeed {
        id: FeedId::new(day(1), [1; 10]),
        member: reader.id,
        name: None,
        prefix: "mh_fd_AAAAAA".into(),
        created: day(1),
        used: None,
        revoked: None,
    };
    let hash = SecretHash(*blake3::hash(KNOWN.as_bytes()).as_bytes());
    let mut work = server.store.begin(SystemClock.now()).await.expect("begun");
    work.put_members(std::slice::from_ref(&reader)).await.expect("a member");
    work.put_subscriptions(&[subscription(&reader, "reader")]).await.expect("a subscription");
    work.add_feed(&feed, hash).await.expect("a feed");
    work.commit().await.expect("committed");
}

async fn nothing_hidden_moves_a_private_feed(backend: Backend) {
    let here = TestServer::start(backend, World::HOME).await;
    let other = World { for_patrons: Variant::B, unpublished: Variant::B, ..World::HOME };
    let there = TestServer::start(backend, other).await;
    for server in [&here, &there] {
        known_feed(server).await;
    }
    let mut paths = super::paths();
    paths.push(format!("/feeds/tags/{}.rss", id("tag", 3)));
    for path in paths.iter().filter(|path| !path.contains("/private/")) {
        let Some(below) = path.strip_prefix("/feeds") else { continue };
        let path = format!("/feeds/private/{KNOWN}{below}");
        let (a, b) = (get(&here, None, &path).await, get(&there, None, &path).await);
        assert_eq!(a, b, "{path}");
        let (a, b) = (get(&here, None, &path).await, get(&there, None, &path).await);
        assert_eq!(a, b, "{path}, again");
    }
    let open = get(&here, None, &format!("/feeds/private/{KNOWN}/articles.rss")).await;
    assert!(open.body.contains("Hidden for member"), "the member sees something that others do not");
    assert!(!open.body.contains("Hidden for patron"));
    here.stop().await;
    there.stop().await;
}
