//! Who may look after members.

use super::entered;
use masthead_domain::clock::Clock;
use masthead_domain::id::KeyId;
use masthead_domain::partner::{ApiKey, Holder, KeyScope};
use masthead_domain::viewer::{Role, Staff, Viewer};
use masthead_gateway::clock::SystemClock;
use masthead_persistence::SecretHash;
use masthead_tests::publication::{World, day};
use masthead_tests::server::{Asker, Backend, TestServer};
use reqwest::Method;
use serde_json::json;

masthead_tests::on_both!(only_publishers_may);

/// Makes a key of a program and gives its text.
async fn key(server: &TestServer, number: u8, role: Role, scopes: &[KeyScope]) -> String {
    let text = format!("mh_live_{number:012x}_{}", format!("{number:02x}").repeat(32));
    let key = ApiKey {
        id: KeyId::new(day(1), [number; 10]),
        holder: Holder::Service(role),
        name: format!("Key {number}"),
        prefix: format!("{number:012x}"),
        scopes: scopes.iter().copied().collect(),
        created: day(1),
        expires: None,
        revoked: None,
        used: None,
    };
    let hash = SecretHash(*blake3::hash(text.as_bytes()).as_bytes());
    let mut work = server.store.begin(SystemClock.now()).await.expect("begun");
    work.add_key(&key, hash).await.expect("added");
    work.commit().await.expect("committed");
    text
}

async fn only_publishers_may(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let member = entered(&server, json!({ "email": "reader@paper.example" })).await;
    let id = super::text(&member, "id").to_owned();
    let own = server.token_of(id.parse().expect("an id"));
    let partner = crate::partners::enter(&server, crate::partners::everything()).await;
    let staff = |role| server.mint(&Viewer::Staff(Staff::new("somebody", role)));
    let reads = key(&server, 7, Role::Admin, &[KeyScope::Read]).await;
    let manages = key(&server, 8, Role::Publisher, &[KeyScope::Read, KeyScope::Manage]).await;
    let given = "sub_0199a17d4e0071018101010101010101";
    let routes = [
        (Method::GET, "/v1/members".to_owned()),
        (Method::POST, "/v1/members".to_owned()),
        (Method::GET, "/v1/members.csv".to_owned()),
        (Method::POST, "/v1/members/import".to_owned()),
        (Method::GET, format!("/v1/members/{id}")),
        (Method::PATCH, format!("/v1/members/{id}")),
        (Method::GET, format!("/v1/members/{id}/export")),
        (Method::POST, format!("/v1/members/{id}/subscriptions")),
        (Method::DELETE, format!("/v1/members/{id}/subscriptions/{given}")),
        (Method::DELETE, format!("/v1/members/{id}")),
    ];
    let json = [("content-type", "application/json")];
    for (method, path) in &routes {
        for (who, credential, status) in [
            ("anonymous", None, 401),
            ("a token that says member", server.token(Asker::Member), 403),
            ("the member", Some(own.as_str()), 403),
            ("a partner", Some(partner.as_str()), 403),
            ("a writer", Some(&*staff(Role::Writer)), 403),
            ("an editor", Some(&*staff(Role::Editor)), 403),
        ] {
            let answer = server.send(credential, method.clone(), path, &json, Some("{}".to_owned())).await;
            assert_eq!(answer.status, status, "{who} {method} {path}: {}", answer.body);
            assert_eq!(answer.header("cache-control"), "no-store", "{who} {method} {path}");
            assert!(!answer.body.contains("reader@"), "{who} {method} {path}");
        }
        let answer = server.send(Some(&reads), method.clone(), path, &json, Some("{}".to_owned())).await;
        // To take data away is a deed, which is recorded.
        let takes_away = path.ends_with(".csv") || path.ends_with("/export");
        let status = if *method == Method::GET && !takes_away { 200 } else { 403 };
        assert_eq!(answer.status, status, "a key that only reads, {method} {path}: {}", answer.body);
    }
    for (who, credential) in [("a publisher", staff(Role::Publisher)), ("a key that manages", manages)] {
        for path in ["/v1/members", "/v1/members.csv", &format!("/v1/members/{id}/export")] {
            let answer = server.get_as(&credential, path).await;
            assert_eq!((answer.status, answer.header("vary")), (200, "Authorization"), "{who} {path}");
            assert!(answer.body.contains("reader@paper.example"), "{who} {path}");
        }
    }
    server.stop().await;
}
