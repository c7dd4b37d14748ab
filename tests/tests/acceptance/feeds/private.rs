//! Private feeds: what a member's address shows, whom it is shut for, and that nobody is told it.

use super::{FORMATS, get, parsed};
use crate::limits::members;
use crate::partners::desk::dump;
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
    an_address_is_shown_once_and_to_its_member,
    the_database_has_no_address,
    a_member_has_ten_feeds,
    a_feed_counts_for_its_member,
    the_staff_sees_and_revokes_feeds,
    graphql_does_the_same,
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

async fn an_address_is_shown_once_and_to_its_member(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let (token, _) = reader(&server, 1, &[]).await;
    let (other, _) = reader(&server, 2, &[]).await;
    let send = async |key: &str, body: Value| {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        server.send(Some(&token), Method::POST, "/v1/me/feeds", &headers, Some(body.to_string())).await
    };
    let first = send("\"a-key\"", json!({ "name": "Phone" })).await;
    assert_eq!(first.status, 201, "{}", first.body);
    assert_eq!(send("\"a-key\"", json!({ "name": "Phone" })).await.body, first.body, "the same, not another");
    let place = place(&first.json());
    let list = server.get_as(&token, "/v1/me/feeds").await;
    let feeds = list.json()["data"].clone();
    assert_eq!(feeds.as_array().map(Vec::len), Some(1));
    assert_eq!((&feeds[0]["name"], &feeds[0]["revoked"]), (&json!("Phone"), &Value::Null));
    assert!(secret(&place).starts_with(feeds[0]["prefix"].as_str().expect("a prefix")));
    let export = server.get_as(&token, "/v1/me/export").await;
    assert_eq!(export.json()["feeds"], feeds);
    for answer in [&list, &export] {
        assert!(!answer.body.contains(secret(&place)));
    }
    assert_eq!(server.get_as(&other, "/v1/me/feeds").await.json()["data"], json!([]));
    let path = format!("/v1/me/feeds/{}", feeds[0]["id"].as_str().expect("an id"));
    let others = server.send(Some(&other), Method::DELETE, &path, &[], None).await;
    assert!(is_not_found(&others), "another's is not there");
    for (body, parameter) in [(json!({ "name": "" }), "name"), (json!({ "name": "a\nb" }), "name")] {
        let answer = server.post(Some(&token), "/v1/me/feeds", &body).await;
        assert_eq!((answer.status, &answer.json()["parameter"]), (400, &parameter.into()));
    }
    assert_eq!(server.post(None, "/v1/me/feeds", &json!({})).await.status, 401);
    let staff = server.post(server.token(Asker::Staff), "/v1/me/feeds", &json!({})).await;
    assert_eq!((staff.status, &staff.json()["code"]), (403, &"member_required".into()));
    server.stop().await;
}

async fn the_database_has_no_address(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let (token, _) = reader(&server, 1, &[]).await;
    let made = made(&server, &token, &json!({ "name": "On the phone" })).await;
    let place = place(&made);
    assert_eq!(get(&server, None, &format!("{place}/articles.rss")).await.status, 200);
    within_a_second("the use is noted", async || {
        !server.get_as(&token, "/v1/me/feeds").await.json()["data"][0]["lastUsed"].is_null()
    })
    .await;
    let prefix = made["prefix"].as_str().expect("a prefix");
    let all = dump(&server, backend).await;
    assert!(all.contains("On the phone") && all.contains(prefix), "the dump is one");
    assert!(!all.contains(&secret(&place)[prefix.len()..]), "the secret is not stored");
    server.stop().await;
}

async fn a_member_has_ten_feeds(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let (token, _) = reader(&server, 1, &[]).await;
    let mut ids = Vec::new();
    for _ in 0..10 {
        ids.push(new_feed(&server, &token).await.1);
    }
    let refused = server.post(Some(&token), "/v1/me/feeds", &json!({})).await;
    assert_eq!((refused.status, &refused.json()["code"]), (409, &"conflict".into()), "{}", refused.body);
    server.send(Some(&token), Method::DELETE, &format!("/v1/me/feeds/{}", ids[3]), &[], None).await;
    new_feed(&server, &token).await;
    let list = server.get_as(&token, "/v1/me/feeds").await.json();
    assert_eq!(list["data"].as_array().map(Vec::len), Some(11), "the revoked one is still listed");
    server.stop().await;
}

async fn a_feed_counts_for_its_member(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    server.stop_the_clock();
    let (token, _) = reader(&server, 1, &[]).await;
    let (place, _) = new_feed(&server, &token).await;
    let left = |answer: &Answer| members(answer, "ratelimit")["requests"]["r"];
    let by_token = left(&server.get_as(&token, "/v1/me").await);
    let by_feed = get(&server, None, &format!("{place}/articles.rss")).await;
    assert_eq!(left(&by_feed), by_token - 1, "one account");
    assert_eq!(left(&server.get_as(&token, "/v1/me").await), by_token - 2);
    // Whoever guesses pays from what the address may try, and in the end finds nothing, not even what is there.
    let tight = TestServer::start_tuned(backend, &super::one_article(), |config| {
        config.limits.anonymous_per_minute =
            masthead_gateway::config::PerMinute::new(2).expect("it can be set");
    })
    .await;
    tight.stop_the_clock();
    let guess = async |number: u8| {
        get(&tight, None, &format!("/feeds/private/mh_fd_{number:043}/articles.rss")).await.status
    };
    assert_eq!([guess(1).await, guess(2).await, guess(3).await], [404, 404, 429]);
    assert_eq!(get(&tight, None, "/feeds/articles.rss").await.status, 200, "its requests are another share");
    tight.stop().await;
    server.stop().await;
}

async fn the_staff_sees_and_revokes_feeds(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let (token, member) = reader(&server, 1, &[]).await;
    let (other, elsewhere) = reader(&server, 2, &[]).await;
    let (place, id) = new_feed(&server, &token).await;
    let path = format!("/v1/members/{member}/feeds");
    let list = server.get(Asker::Staff, &path).await;
    assert_eq!((list.status, &list.json()["data"][0]["id"]), (200, &json!(id)));
    assert!(!list.body.contains(secret(&place)));
    for (asker, status) in [(Asker::Anonymous, 401), (Asker::Member, 403)] {
        assert_eq!(server.get(asker, &path).await.status, status);
    }
    assert_eq!(server.get_as(&other, &path).await.status, 403);
    let revoke = async |member: MemberId| {
        let path = format!("/v1/members/{member}/feeds/{id}");
        server.ask(Method::DELETE, Asker::Staff, &path, &[], None).await
    };
    assert!(is_not_found(&revoke(elsewhere).await), "it is not theirs");
    assert_eq!(revoke(member).await.status, 204);
    within_a_second("shut", async || {
        is_not_found(&get(&server, None, &format!("{place}/articles.rss")).await)
    })
    .await;
    let deeds = server.get(Asker::Staff, "/v1/audit").await;
    assert_eq!(deeds.json()["data"][0]["action"], "feed.revoked");
    assert_eq!(deeds.json()["data"][0]["subject"], json!(id));
    assert!(!deeds.body.contains("mh_fd_"));
    server.stop().await;
}

async fn graphql_does_the_same(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let (token, member) = reader(&server, 1, &["patron"]).await;
    let ask = async |token: Option<&str>, query: String| {
        server.post(token, "/graphql", &json!({ "query": query })).await.json()
    };
    let query = r#"mutation { createPrivateFeed(name: "Desk") { url feed { id name prefix lastUsed } } }"#;
    let answer = ask(Some(&token), query.to_owned()).await;
    let made = &answer["data"]["createPrivateFeed"];
    let place = place(made);
    assert_eq!(made["feed"]["name"], "Desk", "{answer}");
    let feed = get(&server, None, &format!("{place}/articles.atom")).await;
    assert!(feed.body.contains("Hidden for patron"));
    let id = made["feed"]["id"].as_str().expect("an id").to_owned();
    let own = ask(Some(&token), "{ viewer { feeds { id prefix } } }".to_owned()).await;
    assert_eq!(own["data"]["viewer"]["feeds"][0]["id"], json!(id), "{own}");
    let nobody = ask(None, "{ viewer { feeds { id } } }".to_owned()).await;
    assert_eq!(nobody["data"]["viewer"]["feeds"], Value::Null);
    let staff = server.token(Asker::Staff);
    let seen = ask(staff, format!(r#"{{ member(id: "{member}") {{ feeds {{ id name }} }} }}"#)).await;
    assert_eq!(seen["data"]["member"]["feeds"][0]["name"], "Desk", "{seen}");
    let revoke = format!(r#"mutation {{ revokeMemberFeed(member: "{member}", feed: "{id}") }}"#);
    assert_eq!(
        ask(Some(&token), revoke.clone()).await["errors"][0]["extensions"]["code"],
        "INSUFFICIENT_ROLE"
    );
    assert_eq!(ask(staff, revoke).await["data"]["revokeMemberFeed"], true);
    let again = ask(Some(&token), format!(r#"mutation {{ revokePrivateFeed(feed: "{id}") }}"#)).await;
    assert_eq!(again["data"]["revokePrivateFeed"], true, "{again}");
    let revoked = ask(Some(&token), "{ viewer { feeds { revoked } } }".to_owned()).await;
    assert!(revoked["data"]["viewer"]["feeds"][0]["revoked"].is_string(), "{revoked}");
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
