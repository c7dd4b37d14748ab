//! Gifts: who may give, what a gift opens, and when it ends.

use futures_util::future::join_all;
use masthead_domain::clock::Clock;
use masthead_domain::member::Status;
use masthead_domain::viewer::{Bearer, Role, Staff, Viewer};
use masthead_gateway::clock::SystemClock;
use masthead_tests::publication::{LOCKS, World};
use masthead_tests::server::{Answer, Asker, Backend, TestServer, within_a_second};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    a_gift_opens_one_article_as_the_giver_reads_it,
    a_gift_ends_with_its_giver,
    a_gift_is_taken_back_within_a_second,
    uses_and_quotas_hold_whoever_asks_at_once,
    only_who_may_read_may_give,
    of_the_staff_editors_give,
    editors_see_what_they_may_take_back,
    what_a_program_gives_ends_with_its_key,
);

async fn give(server: &TestServer, token: Option<&str>, slug: &str) -> Answer {
    server.send(token, Method::POST, &format!("/v1/articles/{slug}/gifts"), &[], None).await
}

async fn redeem(server: &TestServer, gift: &Value) -> Answer {
    server.post(None, "/v1/gifts/redeem", &json!({ "code": gift["code"] })).await
}

async fn opened(server: &TestServer, gift: &Value) -> String {
    let answer = redeem(server, gift).await;
    assert_eq!((answer.status, answer.header("cache-control")), (201, "no-store"), "{}", answer.body);
    answer.json()["accessToken"].as_str().expect("a token").to_owned()
}

async fn of_the_staff_editors_give(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    for role in Role::ALL {
        let token = server.mint(&Viewer::Staff(Staff::new("desk", role)));
        let expected = if role < Role::Editor { 403 } else { 201 };
        assert_eq!(give(&server, Some(&token), LOCKS).await.status, expected, "{role:?}");
    }
    let reads = service_key(&server, false).await;
    assert_eq!(give(&server, Some(&reads), LOCKS).await.status, 403, "a key that reads and no more");
    server.stop().await;
}

async fn editors_see_what_they_may_take_back(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let bearers = [server.member(1, &["patron"]).await, server.member(2, &["patron"]).await];
    let members = bearers.each_ref().map(|bearer| server.issue(bearer));
    let staff = |role| server.mint(&Viewer::Staff(Staff::new("desk", role)));
    let (editor, writer) = (staff(Role::Editor), staff(Role::Writer));
    let mut given = Vec::new();
    for giver in [&members[0], &members[1], &editor] {
        given.push(give(&server, Some(giver), "whole-for-members").await.json()["id"].clone());
    }
    let listed = async |token: &str, query: &str| {
        let page = server.get_as(token, &format!("/v1/gifts{query}")).await.json();
        let rows = page["data"].as_array().expect("rows").clone();
        let ids: Vec<_> = rows.iter().map(|gift| gift["id"].clone()).collect();
        (ids, rows, page["page"]["next"].clone())
    };
    let (all, rows, _) = listed(&editor, "").await;
    assert_eq!(all, [given[2].clone(), given[1].clone(), given[0].clone()], "the newest first");
    let Bearer::Member { member, .. } = bearers[1] else { panic!("a member") };
    assert_eq!((&rows[0]["giver"], &rows[1]["giver"]), (&json!("desk"), &json!(member.to_string())));
    let (first, _, next) = listed(&editor, "?limit=2").await;
    let (rest, ..) = listed(&editor, &format!("?limit=2&cursor={}", next.as_str().expect("more"))).await;
    assert_eq!([first, rest].concat(), all);
    for (token, own) in members.iter().zip(&given) {
        assert_eq!(listed(token, "").await.0, std::slice::from_ref(own), "a member sees their own");
    }
    for id in &all {
        let path = format!("/v1/gifts/{}", id.as_str().expect("an id"));
        assert_eq!(server.send(Some(&editor), Method::DELETE, &path, &[], None).await.status, 204);
    }
    let (_, rows, _) = listed(&editor, "").await;
    assert!(rows.iter().all(|gift| !gift["revoked"].is_null()), "all that is listed can be taken back");
    let ask = json!({ "query": "{ gifts(first: 5) { nodes { id giver } } }" });
    let nodes = server.post(Some(&editor), "/graphql", &ask).await.json()["data"]["gifts"]["nodes"].clone();
    let ids: Vec<_> = nodes.as_array().expect("rows").iter().map(|gift| gift["id"].clone()).collect();
    assert_eq!(ids, all);
    assert_eq!(server.get_as(&writer, "/v1/gifts").await.status, 403, "who may take nothing back");
    server.stop().await;
}

/// A key of an editor's program.
async fn service_key(server: &TestServer, manages: bool) -> String {
    let wanted = json!({ "name": "A program", "role": "editor", "manages": manages });
    let made = server.post(server.token(Asker::Staff), "/v1/keys", &wanted).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.json()["key"].as_str().expect("a key").to_owned()
}

async fn what_a_program_gives_ends_with_its_key(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let key = service_key(&server, true).await;
    let gift = give(&server, Some(&key), LOCKS).await.json();
    let token = opened(&server, &gift).await;
    let path = format!("/v1/articles/{LOCKS}");
    assert_eq!(server.get_as(&token, &path).await.status, 200);
    let known = server.get(Asker::Staff, "/v1/keys").await.json();
    let id = known["data"][0]["id"].as_str().expect("an id").to_owned();
    let revoked =
        server.send(server.token(Asker::Staff), Method::DELETE, &format!("/v1/keys/{id}"), &[], None).await;
    assert_eq!(revoked.status, 204, "{}", revoked.body);
    within_a_second("the gift is shut", async || server.get_as(&token, &path).await.status == 401).await;
    server.stop().await;
}

fn reason(article: &Value, id: &str) -> String {
    let lock = article["locks"].as_array().expect("locks").iter().find(|lock| lock["id"] == id);
    lock.expect("the lock")["access"]["reason"].as_str().expect("a reason").to_owned()
}

async fn a_gift_opens_one_article_as_the_giver_reads_it(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let giver = server.issue(&server.member(1, &["patron"]).await);
    let given = give(&server, Some(&giver), LOCKS).await;
    assert_eq!((given.status, given.header("cache-control")), (201, "no-store"), "{}", given.body);
    let gift = given.json();
    let code = gift["code"].as_str().expect("a code");
    assert_eq!(gift["link"], format!("https://paper.example/{LOCKS}?gift={code}"));

    let token = opened(&server, &gift).await;
    let article = server.get_as(&token, &format!("/v1/articles/{LOCKS}")).await.json();
    for id in ["b4", "b6", "b8"] {
        assert_eq!(reason(&article, id), "gifted", "{id}");
    }
    assert_eq!(reason(&article, "b9"), "unavailable", "what is for the staff is nobody's to give");
    assert_eq!(reason(&article, "sources"), "sign_in_required");
    let sources = server.get_as(&token, &format!("/v1/articles/{LOCKS}/sources")).await;
    assert!(!sources.body.contains("archive.example"));
    let other = server.get_as(&token, "/v1/articles/whole-for-members").await.json();
    assert_eq!(reason(&other, "b0"), "sign_in_required", "another article");
    assert_eq!(server.get_as(&token, "/v1/me").await.json()["entitlements"], json!([]));

    let listed = server.get_as(&giver, "/v1/gifts").await;
    assert_eq!(
        (&listed.json()["data"][0]["id"], &listed.json()["data"][0]["used"]),
        (&gift["id"], &json!(1))
    );
    assert!(!listed.body.contains(code), "a code is shown once");
    let nobody = server.get_as(&token, "/v1/gifts").await;
    assert_eq!((nobody.status, &nobody.json()["code"]), (403, &json!("not_entitled")));

    let of_staff = give(&server, server.token(Asker::Staff), LOCKS).await.json();
    let token = opened(&server, &of_staff).await;
    let article = server.get_as(&token, &format!("/v1/articles/{LOCKS}")).await.json();
    assert_eq!((reason(&article, "b8"), reason(&article, "b9")), ("gifted".into(), "unavailable".into()));
    server.stop().await;
}

async fn a_gift_ends_with_its_giver(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let bearer = server.member(1, &["patron"]).await;
    let gift = give(&server, Some(&server.issue(&bearer)), "whole-for-members").await.json();
    let token = opened(&server, &gift).await;
    let path = "/v1/articles/whole-for-members";
    assert_eq!(reason(&server.get_as(&token, path).await.json(), "b0"), "gifted");

    let Bearer::Member { member, .. } = bearer else { panic!("a member") };
    let mut member = server.store.registry().member(member).await.expect("read").expect("there");
    let mut subscription = server.store.registry().subscriptions(member.id).await.expect("read").remove(0);
    subscription.ends = Some(SystemClock.now());
    let mut work = server.store.begin(SystemClock.now()).await.expect("begun");
    work.put_subscriptions(&[subscription]).await.expect("put");
    work.commit().await.expect("committed");
    within_a_second("the giver holds nothing", async || {
        reason(&server.get_as(&token, path).await.json(), "b0") == "sign_in_required"
    })
    .await;

    member.status = Status::Suspended;
    let mut work = server.store.begin(SystemClock.now()).await.expect("begun");
    work.put_members(&[member]).await.expect("put");
    work.commit().await.expect("committed");
    within_a_second("the giver is shut out", async || server.get_as(&token, path).await.status == 401).await;
    server.stop().await;
}

async fn a_gift_is_taken_back_within_a_second(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let twin = server.twin().await;
    let giver = server.issue(&server.member(1, &["patron"]).await);
    let other = server.issue(&server.member(2, &["patron"]).await);
    let take_back = async |token: &str, gift: &Value| {
        let path = format!("/v1/gifts/{}", gift["id"].as_str().expect("an id"));
        server.send(Some(token), Method::DELETE, &path, &[], None).await.status
    };
    for who in [giver.as_str(), server.token(Asker::Staff).expect("a token")] {
        let gift = give(&server, Some(&giver), "whole-for-members").await.json();
        let token = opened(&server, &gift).await;
        assert_eq!(twin.get_as(&token, "/v1/articles/whole-for-members").await.status, 200);
        assert_eq!(take_back(&other, &gift).await, 404, "somebody else's");
        assert_eq!(take_back(who, &gift).await, 204);
        for one in [&server, &twin] {
            within_a_second("revoked", async || one.get_as(&token, "/v1/me").await.status == 401).await;
        }
        let ended = redeem(&server, &gift).await;
        assert_eq!((ended.status, &ended.json()["code"]), (410, &json!("link_ended")));
    }
    twin.stop().await;
    server.stop().await;
}

async fn uses_and_quotas_hold_whoever_asks_at_once(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    server.hold_to(json!({ "gifts": { "monthly": 3, "days": 1, "uses": 4 } })).await;
    let giver = server.issue(&server.member(1, &["patron"]).await);
    let given = join_all((0..12).map(|_| give(&server, Some(&giver), "whole-for-members"))).await;
    let (made, refused): (Vec<_>, Vec<_>) = given.iter().partition(|answer| answer.status == 201);
    assert_eq!(made.len(), 3);
    assert!(refused.iter().all(|answer| answer.json()["code"] == "gifts_exhausted"));

    let gift = made[0].json();
    let redeemed = join_all((0..12).map(|_| redeem(&server, &gift))).await;
    let (good, ended): (Vec<_>, Vec<_>) = redeemed.iter().partition(|answer| answer.status == 201);
    assert_eq!(good.len(), 4);
    assert!(
        ended.iter().all(|answer| (answer.status, &answer.json()["code"]) == (410, &json!("link_ended")))
    );
    let unknown = redeem(&server, &json!({ "code": "no-such-code" })).await;
    assert_eq!((unknown.status, &unknown.json()["code"]), (404, &json!("not_found")));
    let strange = server.post(None, "/v1/gifts/redeem", &json!({ "code": "x", "more": 1 })).await;
    assert_eq!((strange.status, &strange.json()["parameter"]), (400, &json!("more")));
    let of_staff = join_all((0..5).map(|_| give(&server, server.token(Asker::Staff), LOCKS))).await;
    assert!(of_staff.iter().all(|answer| answer.status == 201), "the staff have no quota");
    server.stop().await;
}

async fn only_who_may_read_may_give(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let meter =
        json!({ "meters": [{ "who": "members", "limit": 3, "period": "month", "opens": ["member"] }] });
    server.hold_to(meter).await;
    let poor = server.issue(&server.member(1, &[]).await);
    let unlocked =
        server.send(Some(&poor), Method::POST, "/v1/articles/whole-for-members/unlock", &[], None).await;
    assert_eq!(unlocked.json()["spent"], true);
    let reader = server.issue(&server.member(2, &["reader"]).await);
    for (token, slug, status, code) in [
        (None, "whole-for-members", 401, "authentication_required"),
        (server.token(Asker::Patron), "whole-for-members", 403, "not_entitled"),
        (Some(poor.as_str()), "whole-for-members", 403, "not_entitled"),
        (Some(reader.as_str()), LOCKS, 403, "not_entitled"),
        (Some(reader.as_str()), "a-draft-of-both-worlds", 404, "not_found"),
        (server.token(Asker::Staff), "a-draft-of-both-worlds", 409, "conflict"),
    ] {
        let answer = give(&server, token, slug).await;
        assert_eq!((answer.status, &answer.json()["code"]), (status, &json!(code)), "{slug}");
    }
    assert_eq!(give(&server, Some(&reader), "whole-for-members").await.status, 201);
    server.stop().await;
}
