//! The paywall's policy over HTTP: who may, what is refused, and how soon it holds.

use masthead_domain::clock::Clock;
use masthead_domain::viewer::{Role, Staff, Viewer};
use masthead_gateway::clock::SystemClock;
use masthead_tests::publication::{World, day};
use masthead_tests::server::{Answer, Asker, Backend, TestServer, within_a_second};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

masthead_tests::on_both!(
    a_policy_is_saved_whole_and_every_version_is_kept,
    only_the_staff_with_the_role_may,
    a_fault_is_named_with_its_place,
    all_faults_are_told_at_once,
    a_rule_for_the_staff_shuts_out_all_readers,
    a_saved_policy_holds_within_a_second_on_every_server,
    an_age_changes_answers_at_its_instant,
);

async fn put(server: &TestServer, token: Option<&str>, if_match: Option<&str>, policy: &Value) -> Answer {
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(if_match.map(|version| ("if-match", version)));
    server.send(token, Method::PUT, "/v1/policy", &headers, Some(policy.to_string())).await
}

fn for_members(name: &str) -> Value {
    json!({ "rules": [{ "name": name, "when": [{ "kind": "language", "tag": "en" }], "requires": { "anyOf": ["member"] } }] })
}

async fn words(server: &TestServer, asker: Asker, slug: &str) -> u64 {
    let answer = server.get(asker, &format!("/v1/articles/{slug}")).await.json();
    answer["words"].as_u64().expect("words")
}

async fn a_policy_is_saved_whole_and_every_version_is_kept(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let staff = server.token(Asker::Staff);
    let before = server.get(Asker::Staff, "/v1/policy").await;
    assert_eq!((before.status, before.header("etag")), (200, "\"0\""));
    assert_eq!(before.json()["saved"], Value::Null);
    assert_eq!(before.header("cache-control"), "no-store");

    let saved = put(&server, staff, Some("\"0\""), &for_members("first")).await;
    assert_eq!((saved.status, saved.header("etag")), (200, "\"1\""), "{}", saved.body);
    let outdated = put(&server, staff, Some("\"0\""), &for_members("lost")).await;
    assert_eq!((outdated.status, &outdated.json()["code"]), (412, &json!("precondition_failed")));
    let bare = put(&server, staff, None, &for_members("lost")).await;
    assert_eq!((bare.status, &bare.json()["code"]), (428, &json!("precondition_required")));
    for number in 2..=5 {
        let saved = put(&server, staff, Some("*"), &for_members(&format!("rule-{number}"))).await;
        assert_eq!(saved.json()["version"], number);
    }
    let holds = server.get(Asker::Staff, "/v1/policy").await.json();
    assert_eq!(holds["policy"]["rules"][0]["name"], "rule-5");
    assert_eq!(holds["by"], "desk");

    let mut path = "/v1/policy/versions?limit=2".to_owned();
    let mut versions = Vec::new();
    loop {
        let page = server.get(Asker::Staff, &path).await.json();
        versions.extend(page["data"].as_array().expect("rows").iter().map(|row| row["version"].clone()));
        let Some(next) = page["page"]["next"].as_str() else { break };
        path = format!("/v1/policy/versions?limit=2&cursor={next}");
    }
    assert_eq!(versions, [5, 4, 3, 2, 1]);
    let last = server.get(Asker::Staff, &path).await.json();
    let back = last["page"]["previous"].as_str().expect("a way back");
    let back = server.get(Asker::Staff, &format!("/v1/policy/versions?limit=2&cursor={back}")).await.json();
    assert_eq!((&back["data"][0]["version"], &back["data"][1]["version"]), (&json!(3), &json!(2)));
    server.stop().await;
}

async fn only_the_staff_with_the_role_may(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let role = |role| server.mint(&Viewer::Staff(Staff::new("desk", role)));
    let (writer, editor) = (role(Role::Writer), role(Role::Editor));
    for (token, reads, writes) in [
        (None, 401, 401),
        (server.token(Asker::Patron), 403, 403),
        (Some(writer.as_str()), 403, 403),
        (Some(editor.as_str()), 200, 403),
        (server.token(Asker::Staff), 200, 200),
    ] {
        for path in ["/v1/policy", "/v1/policy/versions"] {
            let answer = server.send(token, Method::GET, path, &[], None).await;
            assert_eq!(answer.status, reads, "{path} {}", answer.body);
            assert_eq!(answer.header("cache-control"), "no-store");
        }
        let answer = put(&server, token, Some("*"), &json!({})).await;
        assert_eq!(answer.status, writes, "{}", answer.body);
    }
    let refused = put(&server, None, Some("*"), &json!({})).await;
    assert_eq!(refused.json()["code"], "authentication_required");
    assert!(refused.header("www-authenticate").starts_with("Bearer"));
    let refused = put(&server, Some(&editor), Some("*"), &json!({})).await;
    assert_eq!(refused.json()["code"], "insufficient_role");
    server.stop().await;
}

async fn a_fault_is_named_with_its_place(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let staff = server.token(Asker::Staff);
    for (policy, place) in [
        (json!({ "rule": [] }), "rule"),
        (json!({ "rules": [{ "name": "a", "freeBlock": 1 }] }), "rules[0].freeBlock"),
        (json!({ "rules": [{ "name": "a", "when": [{ "kind": "moonPhase" }] }] }), "rules[0].when[0].kind"),
        (json!({ "rules": [{ "name": "a", "when": [{ "id": "x" }] }] }), "rules[0].when[0].kind"),
        (json!({ "rules": [{ "name": "a", "when": [["section", "x"]] }] }), "rules[0].when[0]"),
        (json!({ "rules": [["a"]] }), "rules[0]"),
        (json!({ "gifts": [5, 14, 10] }), "gifts"),
        (
            json!({ "rules": [{ "name": "a", "when": [{ "kind": "section", "id": "sec_0199a17d4e0071018101010101010101" }] }] }),
            "rules[0].when[0].id",
        ),
        (
            json!({ "rules": [{ "name": "a", "requires": { "anyOf": ["tier:none"] } }] }),
            "rules[0].requires.anyOf",
        ),
        (
            json!({ "meters": [{ "who": { "holders": "tier:none" }, "limit": 1, "period": "day" }] }),
            "meters[0].who.holders",
        ),
        (json!({ "rules": [{ "name": "a", "requires": { "anyOf": [] } }] }), "rules[0].requires.anyOf"),
        (json!({ "meters": [{ "who": "members", "limit": 0, "period": "day" }] }), "meters[0].limit"),
    ] {
        let answer = put(&server, staff, Some("*"), &policy).await;
        assert_eq!(answer.status, 400, "{policy}");
        assert_eq!(answer.json()["parameter"], place, "{}", answer.body);
    }
    let plain = [("content-type", "text/plain"), ("if-match", "*")];
    let answer = server.send(staff, Method::PUT, "/v1/policy", &plain, Some("{}".into())).await;
    assert_eq!(answer.status, 415);
    let json = [("content-type", "application/json"), ("if-match", "*")];
    let large = format!("{{\"rules\": [{}]}}", " ".repeat(300_000));
    let answer = server.send(staff, Method::PUT, "/v1/policy", &json, Some(large)).await;
    assert_eq!(answer.status, 413);
    let answer = server.send(staff, Method::POST, "/v1/policy", &json, Some("{}".into())).await;
    assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD, PUT"));
    assert_eq!(server.get(Asker::Staff, "/v1/policy").await.header("etag"), "\"0\"", "nothing was saved");
    server.stop().await;
}

async fn all_faults_are_told_at_once(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let nowhere = "sec_0199a17d4e0071018101010101010101";
    let policy = json!({
        "rules": [
            { "name": "a", "when": [{ "kind": "moonPhase" }, { "kind": "section", "id": nowhere }] },
            { "name": "a", "when": [{ "kind": "olderThan", "seconds": 0 }, { "kind": "flag", "nmae": "x" }] },
            { "name": "c", "requires": { "anyOf": ["tier:none", "tier:nor-this"] } },
        ],
        "meters": [{ "who": "members", "limit": 0, "period": "day", "opens": ["tier:none"] }],
        "gifts": { "monthly": 0, "days": 0, "uses": 1 },
    });
    let answer = put(&server, server.token(Asker::Staff), Some("*"), &policy).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    let problem = answer.json();
    assert_eq!(problem["parameter"], "rules[0].when[0].kind", "that of the first");
    let detail = problem["detail"].as_str().expect("a detail");
    for told in [
        "rules[0].when[0].kind: ",
        &format!("rules[0].when[1].id: there is no {nowhere}."),
        "rules[1].name: another rule has this name.",
        "rules[1].when[0].seconds: must be 1 to ",
        "\"rules[1].when[1].nmae\"",
        "rules[2].requires.anyOf: there is no tier none.",
        "rules[2].requires.anyOf: there is no tier nor-this.",
        "meters[0].limit: must be 1 to 1000.",
        "meters[0].opens: there is no tier none.",
        "gifts.days: must be 1 to 366.",
    ] {
        assert!(detail.contains(told), "{told}: {detail}");
    }
    let many: Vec<_> = (0..30).map(|_| json!({ "name": "a", "freeBlocks": 1_001 })).collect();
    let answer = put(&server, server.token(Asker::Staff), Some("*"), &json!({ "rules": many })).await.json();
    assert!(answer["detail"].as_str().expect("a detail").ends_with(" There are more."), "{answer}");
    server.stop().await;
}

async fn a_rule_for_the_staff_shuts_out_all_readers(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let policy = json!({ "rules": [{ "name": "embargo", "requires": { "anyOf": ["staff"] } }] });
    assert_eq!(put(&server, server.token(Asker::Staff), Some("\"0\""), &policy).await.status, 200);
    within_a_second("the rule", async || words(&server, Asker::Patron, "free-to-read").await == 0).await;
    let article = server.get(Asker::Patron, "/v1/articles/free-to-read").await.json();
    let access = &article["locks"][0]["access"];
    assert_eq!((&access["reason"], &access["offers"]), (&json!("unavailable"), &json!([])), "{access}");
    assert!(words(&server, Asker::Staff, "free-to-read").await > 0);
    server.stop().await;
}

async fn a_saved_policy_holds_within_a_second_on_every_server(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let twin = server.twin().await;
    for one in [&server, &twin] {
        assert!(words(one, Asker::Anonymous, "free-to-read").await > 0);
    }
    let saved = put(&server, server.token(Asker::Staff), Some("\"0\""), &for_members("all")).await;
    assert_eq!(saved.status, 200);
    for one in [&server, &twin] {
        within_a_second("the rule", async || words(one, Asker::Anonymous, "free-to-read").await == 0).await;
        assert!(words(one, Asker::Member, "free-to-read").await > 0);
    }
    let list = server.get(Asker::Anonymous, "/v1/articles?limit=100").await.json();
    let rows = list["data"].as_array().expect("rows");
    assert!(rows.iter().all(|row| row["words"] == 0 && row["locks"][0]["id"] == "b0"));
    put(&twin, twin.token(Asker::Staff), Some("\"1\""), &json!({})).await;
    for one in [&server, &twin] {
        within_a_second("no rule", async || words(one, Asker::Anonymous, "free-to-read").await > 0).await;
    }
    twin.stop().await;
    server.stop().await;
}

async fn an_age_changes_answers_at_its_instant(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    // The free article was published on the 18th. In two seconds it is as old as the rule asks.
    let age = SystemClock.now().seconds() - day(18).seconds() + 3;
    let policy = json!({ "rules": [{
        "name": "archive",
        "when": [{ "kind": "olderThan", "seconds": age }],
        "requires": { "anyOf": ["member"] },
    }] });
    assert_eq!(put(&server, server.token(Asker::Staff), Some("\"0\""), &policy).await.status, 200);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let flips = day(18).plus_seconds(age);
    let mut before = 0;
    loop {
        let asked = SystemClock.now();
        let open = words(&server, Asker::Anonymous, "free-to-read").await > 0;
        let answered = SystemClock.now();
        if answered < flips {
            assert!(open, "before its instant");
            before += 1;
        } else if asked >= flips {
            assert!(!open, "from its instant on, without a second's grace");
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(before > 0, "the article was asked for before, and kept");
    server.stop().await;
}
