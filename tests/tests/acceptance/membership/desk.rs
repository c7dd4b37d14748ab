//! Entering, changing, exporting and erasing members.

use super::{deeds, delete, entered, exported, send, text};
use crate::members::Stage;
use masthead_tests::publication::World;
use masthead_tests::server::{Answer, Asker, Backend, TestServer, within_a_second};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    a_member_is_entered_and_changed,
    what_is_wrong_is_named,
    a_suspended_member_is_shut_out_and_comes_back,
    the_staff_sees_and_exports_what_there_is,
    nothing_is_left_of_whoever_the_staff_erases,
);

async fn patch(server: &TestServer, path: &str, etag: &str, body: Value) -> Answer {
    let headers = [("content-type", "application/json"), ("if-match", etag)];
    server.ask(Method::PATCH, Asker::Staff, path, &headers, Some(body.to_string())).await
}

async fn a_member_is_entered_and_changed(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let new = json!({
        "email": "Reader@Paper.Example", "name": "A. Reader", "note": "met at the fair", "labels": ["VIP", "fair"],
        "newsletters": ["weekly"], "comp": { "tier": "patron", "until": "2100-01-01T00:00:00Z" },
    });
    let answer = send(&server, Method::POST, "/v1/members", new).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let member = answer.json();
    let path = format!("/v1/members/{}", text(&member, "id"));
    assert_eq!(answer.header("location"), path);
    assert_eq!((&member["email"], &member["status"]), (&"reader@paper.example".into(), &"active".into()));
    assert_eq!(member["newsletters"][0]["newsletter"]["slug"], "weekly");
    let comp = &member["subscriptions"][0];
    assert_eq!((&comp["tier"], &comp["origin"]), (&"patron".into(), &"comped".into()));
    assert_eq!(comp["ends"], "2100-01-01T00:00:00Z");
    assert_eq!((&member["sessions"], &member["lastSignIn"]), (&0.into(), &Value::Null));
    let found = server.get(Asker::Staff, &path).await;
    assert_eq!((found.json(), found.header("etag")), (member.clone(), answer.header("etag")));

    let etag = found.header("etag").to_owned();
    let change = json!({ "name": null, "labels": ["patron"] });
    let changed = patch(&server, &path, &etag, change.clone()).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert_eq!(changed.json()["name"], Value::Null);
    assert_eq!((&changed.json()["labels"], &changed.json()["note"]), (&json!(["patron"]), &member["note"]));
    assert_ne!(changed.header("etag"), etag);
    let stale = patch(&server, &path, &etag, json!({ "note": null })).await;
    assert_eq!((stale.status, &stale.json()["code"]), (412, &"precondition_failed".into()));
    let same = patch(&server, &path, "*", change).await;
    assert_eq!(same.header("etag"), changed.header("etag"), "nothing has changed");

    let again = send(&server, Method::POST, "/v1/members", json!({ "email": "reader@paper.example" })).await;
    assert_eq!((again.status, &again.json()["parameter"]), (409, &"email".into()));
    let actions: Vec<_> = deeds(&server).await.into_iter().map(|(action, _)| action).collect();
    assert_eq!(actions, ["member.changed", "member.created", "subscription.given"]);
    server.stop().await;
}

async fn what_is_wrong_is_named(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let with = |field: &str, value: Value| {
        let mut body = json!({ "email": "reader@paper.example" });
        body[field] = value;
        body
    };
    for (body, parameter) in [
        (json!({}), "email"),
        (json!({ "email": "reader" }), "email"),
        (with("nmae", "x".into()), "nmae"),
        (with("name", "".into()), "name"),
        (with("note", "x".repeat(2_001).into()), "note"),
        (with("labels", json!(["a,b"])), "labels"),
        (with("newsletters", json!(["none"])), "newsletters"),
        (with("newsletters", json!(["No Slug"])), "newsletters[0]"),
        (with("comp", json!({ "tier": "none" })), "comp.tier"),
        (with("comp", json!({ "tier": "patron", "until": "2020-01-01T00:00:00Z" })), "comp.until"),
        (with("comp", json!({ "tier": "patron", "until": "soon" })), "comp.until"),
        (with("comp", json!({})), "comp.tier"),
    ] {
        let answer = send(&server, Method::POST, "/v1/members", body.clone()).await;
        let found = (answer.status, answer.json()["parameter"].clone());
        assert_eq!(found, (400, parameter.into()), "{body}: {}", answer.body);
    }
    let id = text(&entered(&server, json!({ "email": "reader@paper.example" })).await, "id").to_owned();
    let path = format!("/v1/members/{id}");
    for (body, parameter) in [
        (json!({ "status": "erased" }), "status"),
        (json!({ "email": "other@paper.example" }), "email"),
        (json!({ "labels": "x" }), "labels"),
    ] {
        let answer = send(&server, Method::PATCH, &path, body).await;
        assert_eq!((answer.status, &answer.json()["parameter"]), (400, &parameter.into()), "{}", answer.body);
    }
    for path in ["/v1/members/none", "/v1/members/mem_0199a17d4e0071018101010101010199"] {
        assert_eq!(server.get(Asker::Staff, path).await.status, 404);
        assert_eq!(server.get(Asker::Staff, &format!("{path}/export")).await.status, 404);
        assert_eq!(send(&server, Method::PATCH, path, json!({ "note": "x" })).await.status, 404);
        assert_eq!(delete(&server, path).await.status, 404);
    }
    assert_eq!(deeds(&server).await.len(), 1, "what is refused is no deed");
    server.stop().await;
}

async fn a_suspended_member_is_shut_out_and_comes_back(backend: Backend) {
    let stage = Stage::set(backend).await;
    let twin = stage.server.twin().await;
    let reader = stage.sign_in("reader@paper.example", &[]).await;
    let path = format!("/v1/members/{}", reader.member);
    let nodes = [&stage.server, &twin];
    for (status, wanted) in [("suspended", 401), ("active", 200)] {
        let answer = send(&stage.server, Method::PATCH, &path, json!({ "status": status })).await;
        assert_eq!(answer.json()["status"], status, "{}", answer.body);
        let shut = nodes.map(|node| {
            within_a_second(status, async || node.get_as(&reader.access, "/v1/me").await.status == wanted)
        });
        futures_util::future::join_all(shut).await;
        let refresh = stage.post("/v1/auth/refresh", json!({ "refreshToken": reader.refresh })).await;
        assert_eq!(refresh.status, if wanted == 200 { 200 } else { 400 }, "{}", refresh.body);
    }
    let actions: Vec<_> = deeds(&stage.server).await;
    let of = |action: &str| (action.to_owned(), reader.member.clone());
    assert_eq!(actions, [of("member.activated"), of("member.suspended")]);
    twin.stop().await;
    stage.server.stop().await;
}

async fn the_staff_sees_and_exports_what_there_is(backend: Backend) {
    let stage = Stage::set(backend).await;
    let reader = stage.sign_in("reader@paper.example", &["weekly"]).await;
    stage.sign_in("reader@paper.example", &[]).await;
    let path = format!("/v1/members/{}", reader.member);
    let member = stage.server.get(Asker::Staff, &path).await.json();
    assert_eq!((&member["sessions"], member["lastSignIn"].is_string()), (&2.into(), true));
    let own = stage.get(&reader.access, "/v1/me/export").await.json();
    let answer = stage.server.get(Asker::Staff, &format!("{path}/export")).await;
    assert!(answer.header("content-disposition").starts_with("attachment"));
    let mut theirs = answer.json();
    for field in ["profile", "note", "labels", "consents"] {
        assert_eq!(theirs[field].take(), own[field], "{field}");
    }
    assert_eq!(theirs["sessions"].as_array().map(Vec::len), Some(2));
    assert_eq!(deeds(&stage.server).await, [("member.exported".to_owned(), reader.member.clone())]);
    stage.server.stop().await;
}

async fn nothing_is_left_of_whoever_the_staff_erases(backend: Backend) {
    use sea_orm::{ConnectionTrait, Database, Statement};
    let server = TestServer::start(backend, World::HOME).await;
    let new = json!({
        "email": "reader@paper.example", "name": "Aurelia Reader", "note": "a noteworthy note",
        "labels": ["a-very-own-label"], "newsletters": ["weekly"], "comp": { "tier": "patron" },
    });
    let id = text(&entered(&server, new.clone()).await, "id").to_owned();
    let token = server.token_of(id.parse().expect("an id"));
    assert_eq!(server.get_as(&token, "/v1/me").await.status, 200);
    send(&server, Method::PATCH, &format!("/v1/members/{id}"), json!({ "note": "another note" })).await;
    exported(&server).await;
    assert_eq!(delete(&server, &format!("/v1/members/{id}")).await.status, 204);
    within_a_second("erased", async || server.get_as(&token, "/v1/me").await.status == 401).await;
    assert_eq!(server.get(Asker::Staff, &format!("/v1/members/{id}")).await.status, 404);
    assert_eq!(server.get(Asker::Staff, "/v1/members").await.json()["data"], json!([]));

    // Every cell of every table.
    let connection = Database::connect(&server.database_url).await.expect("connected");
    let rows = async |ask: String| {
        let ask = Statement::from_string(connection.get_database_backend(), ask);
        connection.query_all_raw(ask).await.expect("read")
    };
    let tables = match backend {
        Backend::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        Backend::Postgres => "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'",
    };
    for row in rows(tables.to_owned()).await {
        let table: String = row.try_get("", "name").expect("a name");
        let columns = match backend {
            Backend::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
            Backend::Postgres => format!(
                "SELECT column_name::text AS name FROM information_schema.columns WHERE table_name = '{table}'"
            ),
        };
        for column in rows(columns).await {
            let column: String = column.try_get("", "name").expect("a name");
            for secret in ["reader@paper", "Aurelia", "noteworthy", "another note", "a-very-own-label"] {
                let ask = format!(
                    "SELECT COUNT(*) AS n FROM \"{table}\" WHERE CAST(\"{column}\" AS TEXT) LIKE '%{secret}%'"
                );
                let found: i64 = rows(ask).await[0].try_get("", "n").expect("a number");
                assert_eq!(found, 0, "{secret} stands in {table}.{column}");
            }
        }
    }
    for table in ["member_shelf", "consent", "subscription", "newsletter_subscription"] {
        let found: i64 =
            rows(format!("SELECT COUNT(*) AS n FROM {table}")).await[0].try_get("", "n").expect("n");
        assert_eq!(found, 0, "{table}");
    }
    connection.close().await.expect("closed");
    let again = send(&server, Method::POST, "/v1/members", new).await;
    assert_eq!((again.status, &again.json()["code"]), (409, &"conflict".into()), "nobody brings them back");
    let actions: Vec<_> = deeds(&server).await.into_iter().map(|(action, _)| action).collect();
    assert_eq!(
        actions,
        ["member.erased", "members.exported", "member.changed", "member.created", "subscription.given"]
    );
    server.stop().await;
}
