//! What the staff does with partners, and that no secret stays behind.

use super::{add_key, all_within_a_second, key, key_text};
use masthead_domain::page::{PageRequest, PageSize};
use masthead_domain::partner::{ApiKey, Holder, KeyScope};
use masthead_domain::viewer::{Role, Viewer};
use masthead_gateway::clock::SystemClock;
use masthead_gateway::operation::Desk;
use masthead_gateway::operation::partner::keys;
use masthead_tests::publication::{LOCKS, World};
use masthead_tests::server::{Answer, Asker, Backend, TestServer};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;

masthead_tests::on_both!(
    a_partner_is_entered_licensed_and_let_in,
    a_change_says_what_it_is_based_on,
    what_is_wrong_is_named,
    only_publishers_may,
    the_staffs_deeds_are_recorded,
    a_key_is_nowhere_in_the_database,
    partners_come_in_pages,
    the_list_of_all_keys_costs_two_statements,
);

async fn send(
    server: &TestServer,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> Answer {
    let mut all = vec![("content-type", "application/json")];
    all.extend(headers);
    server.ask(method, Asker::Staff, path, &all, Some(body.to_string())).await
}

fn licence() -> Value {
    json!({ "extent": "full_text", "sourceLinks": true, "sections": null, "tags": null, "languages": null })
}

/// Enters a partner, with a licence for everything, and gives its id.
async fn entered(server: &TestServer) -> String {
    let body = json!({ "name": "The Agency", "licence": licence() });
    let answer = send(server, Method::POST, "/v1/partners", &[], &body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()["id"].as_str().expect("an id").to_owned()
}

async fn new_key(server: &TestServer, partner: &str) -> Value {
    let path = format!("/v1/partners/{partner}/keys");
    let answer = send(server, Method::POST, &path, &[], &json!({ "name": "Feed reader" })).await;
    assert_eq!((answer.status, answer.header("cache-control")), (201, "no-store"), "{}", answer.body);
    answer.json()
}

async fn a_partner_is_entered_licensed_and_let_in(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let body = json!({ "name": "The Agency", "contact": "desk@agency.example" });
    let answer = send(&server, Method::POST, "/v1/partners", &[], &body).await;
    let id = answer.json()["id"].as_str().expect("an id").to_owned();
    assert_eq!((answer.status, answer.header("location")), (201, format!("/v1/partners/{id}").as_str()));
    let path = format!("/v1/partners/{id}");
    assert_eq!(server.get(Asker::Staff, &format!("{path}/licence")).await.status, 404, "it has none");
    let key = new_key(&server, &id).await["key"].as_str().expect("a key").to_owned();
    assert!(key.starts_with("mh_live_"));
    let refused = server.get_as(&key, "/v1/articles").await;
    assert_eq!((refused.status, &refused.json()["code"]), (403, &"licence_not_valid".into()));

    let put = send(&server, Method::PUT, &format!("{path}/licence"), &[("if-match", "*")], &licence()).await;
    assert_eq!(put.status, 200, "{}", put.body);
    all_within_a_second(&[&server], &key, "/v1/articles", |answer| answer.status == 200).await;
    let known = server.get(Asker::Staff, &format!("{path}/licence")).await;
    assert_eq!(known.json(), put.json());
    assert_eq!(known.header("etag"), put.header("etag"));

    let keys = server.get(Asker::Staff, &format!("{path}/keys")).await;
    let keys = keys.json()["data"].take();
    assert_eq!((keys.as_array().map(Vec::len), &keys[0]["active"]), (Some(1), &true.into()));
    assert!(keys[0].get("key").is_none(), "the key was shown once");
    new_key(&server, &id).await;
    let third = send(&server, Method::POST, &format!("{path}/keys"), &[], &json!({ "name": "x" })).await;
    assert_eq!((third.status, &third.json()["code"]), (409, &"conflict".into()));

    let suspend = send(&server, Method::PATCH, &path, &[], &json!({ "status": "suspended" })).await;
    assert_eq!(suspend.json()["status"], "suspended");
    assert_eq!(suspend.json()["contact"], "desk@agency.example", "what is left out stays");
    all_within_a_second(&[&server], &key, "/v1/articles", |answer| answer.status == 403).await;
    let change =
        send(&server, Method::PATCH, &path, &[], &json!({ "status": "active", "contact": null })).await;
    assert_eq!((&change.json()["status"], &change.json()["contact"]), (&"active".into(), &Value::Null));
    all_within_a_second(&[&server], &key, "/v1/articles", |answer| answer.status == 200).await;

    let key_id = keys[0]["id"].as_str().expect("an id");
    for _ in 0..2 {
        let revoke =
            server.ask(Method::DELETE, Asker::Staff, &format!("{path}/keys/{key_id}"), &[], None).await;
        assert_eq!(revoke.status, 204, "{}", revoke.body);
    }
    all_within_a_second(&[&server], &key, "/v1/articles", |answer| answer.status == 401).await;
    assert_eq!(server.ask(Method::DELETE, Asker::Staff, &path, &[], None).await.status, 204);
    assert_eq!(server.get(Asker::Staff, &path).await.status, 404);
    assert_eq!(server.ask(Method::DELETE, Asker::Staff, &path, &[], None).await.status, 404);
    server.stop().await;
}

async fn a_change_says_what_it_is_based_on(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let id = entered(&server).await;
    let path = format!("/v1/partners/{id}/licence");
    let code = |answer: &Answer| answer.json()["code"].as_str().expect("a code").to_owned();
    let missing = send(&server, Method::PUT, &path, &[], &licence()).await;
    assert_eq!((missing.status, code(&missing)), (428, "precondition_required".into()));
    let etag = server.get(Asker::Staff, &format!("/v1/partners/{id}")).await.header("etag").to_owned();
    let wider = json!({ "extent": "teaser", "sourceLinks": false, "sections": null, "tags": null, "languages": null });
    let first = send(&server, Method::PUT, &path, &[("if-match", &etag)], &wider).await;
    assert_eq!(first.status, 200, "{}", first.body);
    assert_ne!(first.header("etag"), etag);
    for stale in [etag.as_str(), "\"x\"", "W/\"1\""] {
        let second = send(&server, Method::PUT, &path, &[("if-match", stale)], &licence()).await;
        assert_eq!((second.status, code(&second)), (412, "precondition_failed".into()), "{stale}");
    }
    assert_eq!(server.get(Asker::Staff, &path).await.json()["extent"], "teaser", "nothing was written");
    let named = json!({ "name": "Another" });
    let patch =
        send(&server, Method::PATCH, &format!("/v1/partners/{id}"), &[("if-match", &etag)], &named).await;
    assert_eq!(patch.status, 412);
    server.stop().await;
}

async fn what_is_wrong_is_named(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let with = |said: Value| {
        let mut licence = json!({ "sections": null, "tags": null, "languages": null });
        licence.as_object_mut().expect("an object").extend(said.as_object().expect("an object").clone());
        json!({ "name": "x", "licence": licence })
    };
    let section = "sec_0199a17d4e0071018101010101010199";
    for (body, parameter) in [
        (json!({}), "name"),
        (json!({ "name": "" }), "name"),
        (json!({ "name": "x", "nmae": "y" }), "nmae"),
        (json!({ "name": 1 }), "name"),
        (with(json!({ "extent": "all", "sourceLinks": true })), "licence.extent"),
        // What is not said is not granted.
        (json!({ "name": "x", "licence": { "extent": "teaser", "sourceLinks": true } }), "licence.sections"),
        (
            with(json!({ "extent": "teaser", "sourceLinks": true, "delaySeconds": -1 })),
            "licence.delaySeconds",
        ),
        (
            with(json!({ "extent": "teaser", "sourceLinks": true, "validUntil": "tomorrow" })),
            "licence.validUntil",
        ),
        (
            with(json!({ "extent": "teaser", "sourceLinks": true, "languages": ["english language"] })),
            "licence.languages[0]",
        ),
        (with(json!({ "extent": "teaser", "sourceLinks": true, "sections": [section] })), "licence.sections"),
        (
            with(
                json!({ "extent": "teaser", "sourceLinks": true, "tags": ["tag_0199a17d4e0071018101010101010199"] }),
            ),
            "licence.tags",
        ),
    ] {
        let answer = send(&server, Method::POST, "/v1/partners", &[], &body).await;
        assert_eq!(
            (answer.status, &answer.json()["parameter"]),
            (400, &parameter.into()),
            "{body}: {}",
            answer.body
        );
    }
    let id = entered(&server).await;
    let path = format!("/v1/partners/{id}/keys");
    let past = json!({ "name": "x", "expires": "2020-01-01T00:00:00Z" });
    assert_eq!(send(&server, Method::POST, &path, &[], &past).await.json()["parameter"], "expires");
    let text = [("content-type", "text/plain")];
    let answer = server.ask(Method::POST, Asker::Staff, "/v1/partners", &text, Some("{}".into())).await;
    assert_eq!(answer.status, 415);
    let long = json!({ "name": "x".repeat(300_000) });
    assert_eq!(send(&server, Method::POST, "/v1/partners", &[], &long).await.status, 413);
    let broken = [("content-type", "application/json")];
    let answer =
        server.ask(Method::POST, Asker::Staff, "/v1/partners", &broken, Some("{\"name\":".into())).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    server.stop().await;
}

async fn only_publishers_may(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let id = entered(&server).await;
    let partner = new_key(&server, &id).await["key"].as_str().expect("a key").to_owned();
    let program = |number, role, scopes: &[KeyScope]| ApiKey {
        holder: Holder::Service(role),
        scopes: scopes.iter().copied().collect(),
        ..key(number)
    };
    let manages = [KeyScope::Read, KeyScope::Manage];
    for (number, role, scopes) in [
        (1, Role::Editor, &manages[..]),
        (2, Role::Admin, &manages[..1]),
        (3, Role::Publisher, &manages[..]),
        (4, Role::Admin, &manages[..]),
    ] {
        add_key(&server, number, program(number, role, scopes)).await;
    }
    let routes = [
        (Method::GET, "/v1/partners".to_owned()),
        (Method::POST, "/v1/partners".to_owned()),
        (Method::GET, format!("/v1/partners/{id}")),
        (Method::PATCH, format!("/v1/partners/{id}")),
        (Method::GET, format!("/v1/partners/{id}/licence")),
        (Method::PUT, format!("/v1/partners/{id}/licence")),
        (Method::GET, format!("/v1/partners/{id}/keys")),
        (Method::POST, format!("/v1/partners/{id}/keys")),
        (Method::DELETE, format!("/v1/partners/{id}/keys/{}", key(4).id)),
        (Method::DELETE, format!("/v1/partners/{id}")),
        (Method::GET, "/v1/audit".to_owned()),
    ];
    let json = [("content-type", "application/json")];
    for (method, path) in &routes {
        for (who, credential, status) in [
            ("anonymous", None, 401),
            ("a member", server.token(Asker::Member), 403),
            ("a partner", Some(partner.as_str()), 403),
            ("an editor", Some(&*key_text(1)), 403),
            (
                "an admin's key that only reads",
                Some(&*key_text(2)),
                if *method == Method::GET { 200 } else { 403 },
            ),
        ] {
            let body = Some("{}".to_owned());
            let answer = server.send(credential, method.clone(), path, &json, body).await;
            assert_eq!(answer.status, status, "{who} {method} {path}: {}", answer.body);
        }
    }
    let refused = server.post(Some(&key_text(2)), "/v1/partners", &json!({ "name": "x" })).await;
    assert_eq!(refused.json()["code"], "insufficient_scope", "it has the role, and only reads");
    let gift = server.post(Some(&key_text(2)), &format!("/v1/articles/{LOCKS}/gifts"), &json!({})).await;
    assert_eq!((gift.status, &gift.json()["code"]), (403, &json!("insufficient_scope")));
    assert_eq!(server.get_as(&key_text(2), "/v1/policy").await.status, 200, "an admin's key that only reads");
    assert_eq!(server.get_as(&key_text(3), "/v1/partners").await.status, 200, "a publisher");
    assert_eq!(server.get_as(&key_text(3), "/v1/audit").await.status, 403, "a publisher");
    assert_eq!(server.get_as(&key_text(4), "/v1/audit").await.status, 200, "an admin");
    let foreign = format!("/v1/partners/{id}/keys/{}", key(4).id);
    let answer = server.ask(Method::DELETE, Asker::Staff, &foreign, &[], None).await;
    assert_eq!(answer.status, 404, "a key of somebody else");
    server.stop().await;
}

async fn the_staffs_deeds_are_recorded(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let id = entered(&server).await;
    let key = new_key(&server, &id).await;
    let path = format!("/v1/partners/{id}");
    send(&server, Method::PUT, &format!("{path}/licence"), &[("if-match", "*")], &licence()).await;
    send(&server, Method::PATCH, &path, &[], &json!({ "status": "suspended" })).await;
    send(&server, Method::PATCH, &path, &[], &json!({ "status": "nonsense" })).await;
    server
        .ask(
            Method::DELETE,
            Asker::Staff,
            &format!("{path}/keys/{}", key["id"].as_str().expect("an id")),
            &[],
            None,
        )
        .await;
    server.ask(Method::DELETE, Asker::Staff, &path, &[], None).await;
    let (mut deeds, mut next) = (Vec::new(), "/v1/audit?limit=4".to_owned());
    loop {
        let page = server.get(Asker::Staff, &next).await.json();
        deeds.extend(page["data"].as_array().expect("rows").iter().cloned());
        match page["page"]["next"].as_str() {
            Some(cursor) => next = format!("/v1/audit?limit=4&cursor={cursor}"),
            None => break,
        }
    }
    let actions: Vec<_> = deeds.iter().map(|deed| deed["action"].as_str().expect("an action")).collect();
    assert_eq!(
        actions,
        [
            "partner.deleted",
            "key.revoked",
            "partner.suspended",
            "licence.replaced",
            "key.created",
            "partner.created"
        ]
    );
    assert!(deeds.iter().all(|deed| deed["by"] == "desk"));
    assert_eq!(deeds[0]["subject"], id.as_str());
    assert_eq!(deeds[1]["subject"], key["id"]);
    assert!(!deeds.iter().any(|deed| deed.to_string().contains(key["key"].as_str().expect("a key"))));
    server.stop().await;
}

/// All that is stored, as text.
pub(crate) async fn dump(server: &TestServer, backend: Backend) -> String {
    use sea_orm::{ConnectionTrait, Database, Statement};
    let url = &server.database_url;
    if backend == Backend::Sqlite {
        let file = url.strip_prefix("sqlite://").expect("a file");
        let mut all = std::fs::read(file).expect("the database");
        all.extend(std::fs::read(format!("{file}-wal")).unwrap_or_default());
        return String::from_utf8_lossy(&all).into_owned();
    }
    let connection = Database::connect(url).await.expect("connected");
    let ask = async |sql: &str| {
        let statement = Statement::from_string(connection.get_database_backend(), sql);
        let rows = connection.query_all_raw(statement).await.expect("read");
        rows.iter().map(|row| row.try_get_by_index::<String>(0).expect("a text")).collect::<Vec<_>>()
    };
    let mut all = String::new();
    for table in ask("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'").await {
        all.push_str(&ask(&format!("SELECT t::text FROM \"{table}\" t")).await.join("\n"));
    }
    connection.close().await.expect("closed");
    all
}

async fn a_key_is_nowhere_in_the_database(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let id = entered(&server).await;
    let made = new_key(&server, &id).await;
    let key = made["key"].as_str().expect("a key").to_owned();
    assert_eq!(server.get_as(&key, "/v1/articles").await.status, 200);
    let (start, secret) = key.rsplit_once('_').expect("three parts");
    let prefix = made["prefix"].as_str().expect("a prefix");
    assert_eq!(start, format!("mh_live_{prefix}"));
    let all = dump(&server, backend).await;
    assert!(all.contains(prefix), "the dump is one");
    assert!(!all.contains(secret) && !all.contains(&key), "the secret is not stored");
    let mut used = Value::Null;
    for _ in 0..50 {
        used =
            server.get(Asker::Staff, &format!("/v1/partners/{id}/keys")).await.json()["data"][0]["lastUsed"]
                .take();
        if !used.is_null() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(used.is_string(), "that it was used is noted");
    server.stop().await;
}

async fn partners_come_in_pages(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(entered(&server).await);
    }
    let (mut found, mut next, mut pages) = (Vec::new(), "/v1/partners?limit=2".to_owned(), 0);
    loop {
        let answer = server.get(Asker::Staff, &next).await;
        let page = answer.json();
        pages += 1;
        let rows = page["data"].as_array().expect("rows").iter();
        found.extend(rows.map(|row| row["id"].as_str().expect("an id").to_owned()));
        let Some(cursor) = page["page"]["next"].as_str() else { break };
        assert!(answer.header("link").contains(cursor));
        next = format!("/v1/partners?limit=2&cursor={cursor}");
    }
    found.sort();
    ids.sort();
    assert_eq!((found, pages), (ids, 3));
    for path in ["/v1/partners?cursor=~AAAA", "/v1/partners?limit=0", "/v1/partners?x=1"] {
        assert_eq!(server.get(Asker::Staff, path).await.status, 400, "{path}");
    }
    server.stop().await;
}

async fn the_list_of_all_keys_costs_two_statements(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let desk = Desk::new(server.store.clone(), Arc::new(SystemClock));
    let request = PageRequest::first(PageSize::new(100).expect("a size"));
    let mut costs = Vec::new();
    for number in 1..=3 {
        let partner = entered(&server).await;
        new_key(&server, &partner).await;
        let mut least = u64::MAX;
        for _ in 0..10 {
            let before = server.store.queries();
            let reading = desk.reading(Arc::new(Viewer::staff("desk")));
            let listed = keys::list(&reading, &request).await.expect("a page");
            // The watch asks, too.
            least = least.min(server.store.queries() - before);
            assert!(listed.items().all(|(_, state)| *state == keys::KeyState::Good));
            assert_eq!(listed.rows.len(), number);
        }
        costs.push(least);
    }
    assert_eq!(costs, [2; 3], "the keys, their partners");
    server.stop().await;
}
