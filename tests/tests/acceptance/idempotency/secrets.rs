//! Answers that show a secret once: whom they are shown again, and what the database has of them.

use super::*;
use crate::partners::desk::dump;
use masthead_domain::viewer::{Role, Staff, Viewer};
use masthead_tests::publication::World;
use masthead_tests::server::Backend;

masthead_tests::on_both!(
    a_secret_is_shown_again_to_whoever_has_its_key,
    two_credentials_with_one_key_have_nothing_in_common,
    whoever_lost_a_role_is_shown_nothing_again,
    a_credential_that_is_good_no_longer_is_shown_nothing,
    the_database_holds_neither_secrets_nor_keys,
);

fn program() -> Value {
    json!({ "name": "Site build", "role": "publisher", "manages": true })
}

fn key_of(answer: &Answer) -> String {
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()["key"].as_str().expect("a key").to_owned()
}

async fn a_secret_is_shown_again_to_whoever_has_its_key(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let key = key_of(&by_staff(&server, KEY, "/v1/keys", &program()).await);
    assert_eq!(key_of(&by_staff(&server, KEY, "/v1/keys", &program()).await), key);
    let keys = server.get(Asker::Staff, "/v1/keys").await.json();
    assert_eq!(keys["data"].as_array().map(Vec::len), Some(1), "{keys}");
    server.stop().await;
}

async fn two_credentials_with_one_key_have_nothing_in_common(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let program = key_of(&by_staff(&server, "program", "/v1/keys", &program()).await);
    let anna = server.mint(&Viewer::staff("anna"));
    let mut ids = Vec::new();
    for credential in [server.token(Asker::Staff).expect("a token"), &anna, &program] {
        let answer = send(&server, credential, KEY, "/v1/partners", &agency()).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        let again = send(&server, credential, KEY, "/v1/partners", &agency()).await;
        assert_eq!(again.body, answer.body);
        ids.push(answer.json()["id"].as_str().expect("an id").to_owned());
    }
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), partners(&server).await), (3, 3));
    server.stop().await;
}

async fn whoever_lost_a_role_is_shown_nothing_again(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let anna = |role| server.mint(&Viewer::Staff(Staff::new("anna", role)));
    let key = key_of(&send(&server, &anna(Role::Admin), KEY, "/v1/keys", &program()).await);
    for role in [Role::Writer, Role::Publisher] {
        let answer = send(&server, &anna(role), KEY, "/v1/keys", &program()).await;
        assert_refused_for_its_key(&answer, 422, "idempotency_mismatch");
        assert!(!answer.body.contains(&key));
    }
    let again = key_of(&send(&server, &anna(Role::Admin), KEY, "/v1/keys", &program()).await);
    assert_eq!(again, key, "another token of the same person");
    server.stop().await;
}

async fn a_credential_that_is_good_no_longer_is_shown_nothing(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let made = by_staff(&server, "program", "/v1/keys", &program()).await;
    let program = key_of(&made);
    assert_eq!(send(&server, &program, KEY, "/v1/partners", &agency()).await.status, 201);
    let path = format!("/v1/keys/{}", made.json()["id"].as_str().expect("an id"));
    assert_eq!(server.ask(Method::DELETE, Asker::Staff, &path, &[], None).await.status, 204);
    masthead_tests::server::within_a_second("the key is good no longer", async || {
        send(&server, &program, KEY, "/v1/partners", &agency()).await.status == 401
    })
    .await;
    assert_eq!(partners(&server).await, 1);
    server.stop().await;
}

async fn the_database_holds_neither_secrets_nor_keys(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let name = "8e03978e-40d5-43e8-bc93-6894a57f9324";
    let key = key_of(&by_staff(&server, KEY, "/v1/keys", &program()).await);
    let secret = key.rsplit_once('_').expect("parts").1;
    let until = server.now().plus_seconds(86_400).to_string();
    let pass = json!({ "entitlements": ["member"], "until": until });
    let pass = by_staff(&server, "pass", "/v1/passes", &pass).await;
    assert_eq!(pass.status, 201, "{}", pass.body);
    let code = pass.json()["code"].as_str().expect("a code").to_owned();
    let rows = rows(&server).await;
    assert_eq!(rows.len(), 2);
    let all = dump(&server, backend).await;
    assert!(all.contains("Site build"), "the dump is one");
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    for hidden in [name, secret, &code] {
        assert!(!all.contains(hidden) && !all.contains(&hex(hidden)), "{hidden}");
    }
    // A key may be as short as its client likes, so that a hash without a secret would be no cover for it.
    assert!(!all.contains(blake3::hash(name.as_bytes()).to_hex().as_str()), "a hash without a secret");
    for row in rows {
        for hidden in [secret, &code, "Site build", "application/json", "no-store"] {
            assert!(!row.windows(hidden.len()).any(|part| part == hidden.as_bytes()), "{hidden}");
        }
    }
    // It is the secret of the server that opens them, and not what stands in the database.
    assert_eq!(key_of(&by_staff(&server, KEY, "/v1/keys", &program()).await), key);
    server.stop().await;
}

/// The answers that are kept.
async fn rows(server: &TestServer) -> Vec<Vec<u8>> {
    use sea_orm::{ConnectionTrait, Database, Statement};
    let connection = Database::connect(&server.database_url).await.expect("connected");
    let ask = Statement::from_string(connection.get_database_backend(), "SELECT answer FROM idempotency");
    let rows = connection.query_all_raw(ask).await.expect("read");
    let rows = rows.iter().map(|row| row.try_get("", "answer").expect("an answer")).collect();
    connection.close().await.expect("closed");
    rows
}
