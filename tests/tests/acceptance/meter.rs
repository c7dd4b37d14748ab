//! The meter: what it opens, what it costs, and what is left of it, whoever asks at the same time.

use futures_util::future::join_all;
use masthead_domain::viewer::Bearer;
use masthead_tests::publication::{LOCKS, World};
use masthead_tests::server::{Answer, Asker, Backend, TestServer, within_a_second};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    an_article_is_opened_and_counts_once,
    many_at_once_open_what_is_left_and_no_more,
    nothing_is_spent_where_the_meter_opens_nothing,
    only_members_and_devices_have_a_meter,
    a_new_policy_moves_the_meter_within_a_second,
    devices_are_limited_by_address,
    both_surfaces_tell_of_the_meter,
);

fn meters(devices: u32, members: u32) -> Value {
    json!({ "meters": [
        { "who": "devices", "limit": devices, "period": "month", "opens": ["member"] },
        { "who": "members", "limit": members, "period": "month", "opens": ["member"] },
    ] })
}

fn everything_for_members(limit: u32) -> Value {
    let mut policy = meters(limit, limit);
    policy["rules"] = json!([{ "name": "all", "requires": { "anyOf": ["member"] } }]);
    policy
}

async fn unlock(server: &TestServer, token: &str, slug: &str) -> Answer {
    server.send(Some(token), Method::POST, &format!("/v1/articles/{slug}/unlock"), &[], None).await
}

async fn device(server: &TestServer) -> String {
    let answer = server.send(None, Method::POST, "/v1/devices", &[], None).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.json()["accessToken"].as_str().expect("a token").to_owned()
}

async fn an_article_is_opened_and_counts_once(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    server.hold_to(meters(2, 2)).await;
    let member = server.issue(&server.member(1, &[]).await);
    for token in [device(&server).await, member] {
        let article = async || server.get_as(&token, "/v1/articles/whole-for-members?body=text").await.json();
        let before = article().await;
        assert_eq!((&before["words"], &before["meter"]["left"]), (&json!(0), &json!(2)));
        assert_eq!(before["locks"][0]["access"]["offers"][0], json!({ "kind": "meter", "left": 2 }));

        let opened = unlock(&server, &token, "whole-for-members").await;
        assert_eq!((opened.status, opened.header("cache-control")), (200, "no-store"), "{}", opened.body);
        let opened = opened.json();
        assert_eq!((&opened["spent"], &opened["meter"]["left"]), (&json!(true), &json!(1)));
        assert_eq!(opened["locks"][0]["access"]["reason"], "metered");
        let after = article().await;
        assert!(after["bodyText"].as_str().expect("text").contains("Hidden for member"), "at once");
        assert_eq!(after["meter"], opened["meter"]);

        for _ in 0..3 {
            let again = unlock(&server, &token, "whole-for-members").await.json();
            assert_eq!((&again["spent"], &again["meter"]["left"]), (&json!(false), &json!(1)));
        }
        let other = server.get_as(&token, "/v1/articles/opens-with-a-gate").await.json();
        assert_eq!(other["locks"][0]["access"]["granted"], false, "another article is as it was");
    }
    let anonymous = server.get(Asker::Anonymous, "/v1/articles/whole-for-members").await.json();
    assert_eq!((&anonymous["words"], &anonymous["meter"]), (&json!(0), &Value::Null));
    server.stop().await;
}

async fn many_at_once_open_what_is_left_and_no_more(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    server.hold_to(everything_for_members(7)).await;
    let twin = server.twin().await;
    let token = device(&server).await;
    let slugs: Vec<_> = (0..25).map(|number| format!("filler-{number:02}")).collect();
    // Fifty at once, on two servers, two for each article.
    let asks = slugs.iter().flat_map(|slug| [(&server, slug), (&twin, slug)]);
    let answers = join_all(asks.map(|(on, slug)| unlock(on, &token, slug))).await;
    let spent = answers.iter().filter(|answer| answer.status == 200 && answer.json()["spent"] == true);
    assert_eq!(spent.count(), 7);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!((answer.status, &answer.json()["code"]), (403, &json!("meter_exhausted")));
    }
    // Whoever lost the race learns it from the other server within a second.
    within_a_second("the passes", async || {
        let mut open = 0;
        for slug in &slugs {
            let article = twin.get_as(&token, &format!("/v1/articles/{slug}")).await.json();
            open += usize::from(article["words"] != 0);
        }
        open == 7
    })
    .await;
    let me = server.get_as(&token, "/v1/me").await.json();
    assert_eq!((&me["kind"], &me["meter"]["left"]), (&json!("guest"), &json!(0)));
    let shut = server.get_as(&token, "/v1/articles/filler-29").await.json();
    assert_eq!(
        shut["locks"][0]["access"]["offers"]
            .as_array()
            .map(|offers| { offers.iter().filter(|offer| offer["kind"] == "meter").count() }),
        Some(0),
        "an empty meter is not offered"
    );
    twin.stop().await;
    server.stop().await;
}

async fn nothing_is_spent_where_the_meter_opens_nothing(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    server.hold_to(meters(3, 3)).await;
    let patron = server.issue(&server.member(1, &["patron"]).await);
    let token = device(&server).await;
    for (token, slug) in [(&token, "free-to-read"), (&patron, "whole-for-members"), (&patron, LOCKS)] {
        let answer = unlock(&server, token, slug).await;
        assert_eq!(answer.status, 200, "{slug} {}", answer.body);
        assert_eq!((&answer.json()["spent"], &answer.json()["meter"]["left"]), (&json!(false), &json!(3)));
    }
    for slug in ["a-draft-of-both-worlds", "nothing"] {
        let answer = unlock(&server, &token, slug).await;
        assert_eq!((answer.status, &answer.json()["code"]), (404, &json!("not_found")));
    }
    // Source links stay shut, and so does what the meter does not open.
    let opened = unlock(&server, &token, LOCKS).await.json();
    let reason = |id: &str| {
        let locks = opened["locks"].as_array().expect("locks");
        let lock = locks.iter().find(|lock| lock["id"] == id).expect("the lock");
        lock["access"]["reason"].as_str().expect("a reason").to_owned()
    };
    assert_eq!((reason("b4"), reason("b6")), ("metered".into(), "metered".into()));
    assert_eq!((reason("b8"), reason("sources")), ("sign_in_required".into(), "sign_in_required".into()));
    let sources = server.get_as(&token, &format!("/v1/articles/{LOCKS}/sources")).await;
    assert!(!sources.body.contains("archive.example"), "{}", sources.body);
    server.stop().await;
}

async fn only_members_and_devices_have_a_meter(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let token = device(&server).await;
    assert_eq!(unlock(&server, &token, "whole-for-members").await.json()["code"], "no_meter");
    server.hold_to(meters(3, 3)).await;
    for (asker, status, code) in [
        (Asker::Anonymous, 401, "authentication_required"),
        (Asker::Nobody, 403, "no_meter"),
        (Asker::Staff, 403, "no_meter"),
    ] {
        let path = "/v1/articles/whole-for-members/unlock";
        let answer = server.ask(Method::POST, asker, path, &[], None).await;
        assert_eq!((answer.status, &answer.json()["code"]), (status, &json!(code)), "{asker:?}");
    }
    let answer = server.get(Asker::Anonymous, "/v1/articles/whole-for-members/unlock").await;
    assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
    server.stop().await;
}

async fn a_new_policy_moves_the_meter_within_a_second(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    server.hold_to(meters(1, 1)).await;
    let token = device(&server).await;
    assert_eq!(unlock(&server, &token, "whole-for-members").await.status, 200);
    assert_eq!(unlock(&server, &token, "opens-with-a-gate").await.status, 403);
    let words = async || {
        let article = server.get_as(&token, "/v1/articles/whole-for-members").await.json();
        (article["words"] != 0, article["meter"]["left"].clone())
    };
    assert_eq!(words().await, (true, json!(0)));
    server.hold_to(meters(5, 1)).await;
    assert_eq!(words().await, (true, json!(4)), "what was opened stays open");
    server.hold_to(json!({})).await;
    assert_eq!(words().await, (false, Value::Null), "without a meter nothing is open by one");
    server.stop().await;
}

async fn devices_are_limited_by_address(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let ask = async |number: u32| {
        // Nobody is trusted here, so this says nothing of where the request comes from.
        let address = format!("198.51.100.{number}");
        let headers = [("x-forwarded-for", address.as_str())];
        server.send(None, Method::POST, "/v1/devices", &headers, None).await
    };
    for number in 0..60 {
        assert_eq!(ask(number).await.status, 201);
    }
    let refused = ask(61).await;
    assert_eq!((refused.status, &refused.json()["code"]), (429, &json!("rate_limited")));
    assert!(refused.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds <= 3_600));
    server.stop().await;
}

async fn both_surfaces_tell_of_the_meter(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    server.hold_to(meters(3, 3)).await;
    let bearer = server.member(1, &[]).await;
    assert!(matches!(bearer, Bearer::Member { .. }));
    let token = server.issue(&bearer);
    let ask =
        async |query: &str| server.post(Some(&token), "/graphql", &json!({ "query": query })).await.json();
    let opened = ask("mutation { unlockArticle(slug: \"whole-for-members\") {
            spent article { words meter { limit left resets } access { locks { access { reason } } } } } }")
    .await;
    let payload = &opened["data"]["unlockArticle"];
    assert_eq!(payload["spent"], true, "{opened}");
    assert_eq!(payload["article"]["access"]["locks"][0]["access"]["reason"], "METERED");
    let rest = server.get_as(&token, "/v1/articles/whole-for-members").await.json();
    assert_eq!(payload["article"]["meter"], rest["meter"]);
    assert_eq!(payload["article"]["words"], rest["words"]);
    let viewer = ask("{ viewer { kind meter { left } } }").await;
    assert_eq!(viewer["data"]["viewer"], json!({ "kind": "MEMBER", "meter": { "left": 2 } }));
    let hidden = ask("mutation { unlockArticle(slug: \"nothing\") { spent } }").await;
    assert_eq!(hidden["errors"][0]["extensions"]["code"], "NOT_FOUND", "{hidden}");
    server.stop().await;
}
