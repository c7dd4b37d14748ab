//! Passes for some time, and reading by place.

use masthead_domain::clock::Clock;
use masthead_gateway::clock::SystemClock;
use masthead_tests::publication::{LOCKS, World};
use masthead_tests::server::{Answer, Asker, Backend, TestServer, within_a_second};
use reqwest::Method;
use serde_json::{Value, json};

masthead_tests::on_both!(
    a_pass_counts_for_its_time,
    a_pass_is_taken_back_within_a_second,
    an_institution_reads_from_its_addresses,
    only_publishers_make_passes,
    passes_are_listed_without_their_codes,
);

async fn make(server: &TestServer, asker: Asker, pass: &Value) -> Answer {
    server.post(server.token(asker), "/v1/passes", pass).await
}

async fn redeem(server: &TestServer, pass: &Value) -> Answer {
    server.post(None, "/v1/passes/redeem", &json!({ "code": pass["code"] })).await
}

fn in_seconds(seconds: i64) -> String {
    SystemClock.now().plus_seconds(seconds).to_string()
}

async fn words(server: &TestServer, token: &str) -> Answer {
    server.get_as(token, &format!("/v1/articles/{LOCKS}")).await
}

async fn a_pass_counts_for_its_time(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let day = json!({ "entitlements": ["member"], "until": in_seconds(3), "uses": 2 });
    let made = make(&server, Asker::Staff, &day).await;
    assert_eq!((made.status, made.header("cache-control")), (201, "no-store"), "{}", made.body);
    let made = made.json();
    let redeemed = redeem(&server, &made).await;
    assert_eq!(redeemed.status, 201, "{}", redeemed.body);
    let token = redeemed.json()["accessToken"].as_str().expect("a token").to_owned();
    let me = server.get_as(&token, "/v1/me").await.json();
    assert_eq!((&me["kind"], &me["entitlements"]), (&json!("guest"), &json!(["member"])));
    let theirs = words(&server, &token).await.json();
    let members = server.get(Asker::Member, &format!("/v1/articles/{LOCKS}")).await.json();
    assert_eq!(theirs["words"], members["words"]);

    assert_eq!(redeem(&server, &made).await.status, 201);
    let third = redeem(&server, &made).await;
    assert_eq!((third.status, &third.json()["code"]), (410, &json!("link_ended")), "two devices");
    tokio::time::sleep(std::time::Duration::from_millis(3_050)).await;
    assert_eq!(words(&server, &token).await.status, 401, "its time is over");

    let later = json!({ "entitlements": ["member"], "from": in_seconds(60), "until": in_seconds(120) });
    let later = make(&server, Asker::Staff, &later).await.json();
    assert_eq!(redeem(&server, &later).await.status, 410, "its time has not come");
    server.stop().await;
}

async fn passes_are_listed_without_their_codes(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let mut made = Vec::new();
    for uses in 1..=3 {
        let pass = json!({ "entitlements": ["member"], "until": in_seconds(3_600), "uses": uses });
        made.push(make(&server, Asker::Staff, &pass).await.json());
    }
    redeem(&server, &made[2]).await;
    let first = server.get(Asker::Staff, "/v1/passes?limit=2").await;
    assert_eq!((first.status, first.header("cache-control")), (200, "no-store"), "{}", first.body);
    assert!(!first.body.contains("code"), "{}", first.body);
    let first = first.json();
    let rows = |page: &Value| -> Vec<_> {
        let rows = page["data"].as_array().expect("rows").iter();
        rows.map(|row| (row["id"].clone(), row["used"].clone())).collect()
    };
    assert_eq!(rows(&first), [(made[2]["id"].clone(), json!(1)), (made[1]["id"].clone(), json!(0))]);
    let next = first["page"]["next"].as_str().expect("a way on");
    let second = server.get(Asker::Staff, &format!("/v1/passes?limit=2&cursor={next}")).await.json();
    assert_eq!(rows(&second), [(made[0]["id"].clone(), json!(0))]);
    assert_eq!(server.get(Asker::Patron, "/v1/passes").await.status, 403);
    let listed =
        server.graphql(Asker::Staff, "{ passes(first: 2) { nodes { id used } pageInfo { hasNextPage } } }");
    let listed = listed.await.json();
    assert_eq!(listed["data"]["passes"]["nodes"][0], json!({ "id": made[2]["id"], "used": 1 }), "{listed}");
    let unknown = json!({ "entitlements": ["member", "tier:none"], "until": in_seconds(60) });
    let refused = make(&server, Asker::Staff, &unknown).await;
    assert_eq!((refused.status, &refused.json()["parameter"]), (400, &json!("entitlements[1]")));
    server.stop().await;
}

async fn a_pass_is_taken_back_within_a_second(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let twin = server.twin().await;
    let pass = json!({ "entitlements": ["tier:patron"], "until": in_seconds(3_600) });
    let made = make(&server, Asker::Staff, &pass).await.json();
    let token = redeem(&server, &made).await.json()["accessToken"].as_str().expect("a token").to_owned();
    assert_eq!(words(&twin, &token).await.status, 200);
    let path = format!("/v1/passes/{}", made["id"].as_str().expect("an id"));
    assert_eq!(server.ask(Method::DELETE, Asker::Patron, &path, &[], None).await.status, 403);
    assert_eq!(server.ask(Method::DELETE, Asker::Staff, &path, &[], None).await.status, 204);
    for one in [&server, &twin] {
        within_a_second("revoked", async || words(one, &token).await.status == 401).await;
    }
    assert_eq!(redeem(&server, &made).await.status, 410);
    twin.stop().await;
    server.stop().await;
}

async fn an_institution_reads_from_its_addresses(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let session = async |forwarded: &str| {
        let headers = [("x-forwarded-for", forwarded)];
        server.send(None, Method::POST, "/v1/institutions/session", &headers, None).await
    };
    let add = async |network: &str| {
        let body = json!({ "name": "A library", "networks": [network], "entitlements": ["member"] });
        server.post(server.token(Asker::Staff), "/v1/institutions", &body).await
    };
    assert_eq!(add("198.51.100.0/24").await.status, 201);
    let elsewhere = session("198.51.100.7").await;
    assert_eq!(elsewhere.status, 403, "nobody is trusted to say where a request comes from");
    assert_eq!(elsewhere.json()["code"], "no_institution");
    let library = add("127.0.0.0/8").await.json();
    let here = session("203.0.113.1").await;
    assert_eq!(here.status, 201, "{}", here.body);
    let token = here.json()["accessToken"].as_str().expect("a token").to_owned();
    let article = words(&server, &token).await.json();
    assert_eq!(article["locks"][0]["access"]["reason"], "entitled");

    let listed = server.get(Asker::Staff, "/v1/institutions").await.json();
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(2));
    assert_eq!(server.get(Asker::Patron, "/v1/institutions").await.status, 403);
    let path = format!("/v1/institutions/{}", library["id"].as_str().expect("an id"));
    assert_eq!(server.ask(Method::DELETE, Asker::Staff, &path, &[], None).await.status, 204);
    within_a_second("ended", async || words(&server, &token).await.status == 401).await;
    assert_eq!(session("203.0.113.1").await.status, 403);

    for (network, place) in [("0.0.0.0/0", "networks[0]"), ("nonsense", "networks[0]")] {
        let answer = add(network).await;
        assert_eq!((answer.status, &answer.json()["parameter"]), (400, &json!(place)), "{}", answer.body);
    }
    server.stop().await;
}

async fn only_publishers_make_passes(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let good = json!({ "entitlements": ["member"], "until": in_seconds(60) });
    assert_eq!(make(&server, Asker::Anonymous, &good).await.status, 401);
    assert_eq!(make(&server, Asker::Patron, &good).await.status, 403);
    for (wrong, place) in [
        (json!({ "entitlements": ["staff"], "until": in_seconds(60) }), "entitlements[0]"),
        (json!({ "entitlements": [], "until": in_seconds(60) }), "entitlements"),
        (json!({ "entitlements": ["member"], "until": in_seconds(-60) }), "until"),
        (json!({ "entitlements": ["member"], "until": in_seconds(400 * 86_400) }), "until"),
        (json!({ "entitlements": ["member"], "until": "tomorrow" }), "until"),
        (json!({ "entitlements": ["member"], "until": in_seconds(60), "uses": 0 }), "uses"),
        (json!({ "entitlements": ["member"], "until": in_seconds(60), "forever": true }), "forever"),
    ] {
        let answer = make(&server, Asker::Staff, &wrong).await;
        assert_eq!((answer.status, &answer.json()["parameter"]), (400, &json!(place)), "{}", answer.body);
    }
    server.stop().await;
}
