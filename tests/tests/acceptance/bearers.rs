//! Tokens that name their bearer: what they grant is what the bearer holds now.

use masthead_domain::clock::{Clock, Timestamp};
use masthead_domain::id::MemberId;
use masthead_domain::member::{Member, Status, Subscription};
use masthead_domain::viewer::Bearer;
use masthead_gateway::clock::SystemClock;
use masthead_persistence::Work;
use masthead_tests::people::{member, newsletter, session, subscription};
use masthead_tests::publication::{LOCKS, World, publication};
use masthead_tests::server::{Asker, Backend, TestServer, within_a_second};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

masthead_tests::on_both!(
    a_token_grants_what_its_member_holds_now,
    a_subscription_opens_and_shuts_at_its_instants,
    whoever_is_suspended_is_refused,
    a_session_that_is_ended_is_refused,
    a_bearer_whom_nobody_knows_is_refused,
    one_member_changes_and_the_others_stay,
    described_tokens_can_be_turned_off,
    what_is_taken_back_while_a_request_comes_in_is_gone,
);

const SECOND: Duration = Duration::from_secs(1);

async fn write(server: &TestServer, change: impl AsyncFnOnce(&mut Work)) {
    let mut work = server.store.begin(SystemClock.now()).await.expect("work");
    change(&mut work).await;
    work.commit().await.expect("committed");
}

fn bearer(member: &Member) -> Bearer {
    Bearer::Member { member: member.id, session: None }
}

/// The secrets in the article with every lock, by what opens them.
async fn read(server: &TestServer, token: &str) -> (u16, Vec<&'static str>) {
    let answer = server.get_as(token, &format!("/v1/articles/{LOCKS}?body=text")).await;
    let read = ["subscriber", "member", "patron"];
    (
        answer.status,
        read.into_iter().filter(|who| answer.body.contains(&format!("Hidden for {who}"))).collect(),
    )
}

async fn a_token_grants_what_its_member_holds_now(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let reader = member(1);
    write(&server, async |work| {
        work.put_members(std::slice::from_ref(&reader)).await.expect("put");
        work.put_newsletters(&[newsletter()]).await.expect("put");
    })
    .await;
    let token = server.issue(&bearer(&reader));
    assert_eq!(read(&server, &token).await, (200, vec![]));

    write(&server, async |work| {
        work.confirm_newsletter(reader.id, newsletter().id).await.expect("confirmed");
    })
    .await;
    tokio::time::sleep(SECOND).await;
    assert_eq!(read(&server, &token).await, (200, vec!["subscriber"]));

    let patron = subscription(&reader, "patron");
    write(&server, async |work| {
        work.put_subscriptions(std::slice::from_ref(&patron)).await.expect("put");
    })
    .await;
    tokio::time::sleep(SECOND).await;
    assert_eq!(read(&server, &token).await, (200, vec!["subscriber", "member", "patron"]));
    let me = server.get_as(&token, "/v1/me").await.json();
    assert_eq!(me["entitlements"], serde_json::json!(["subscriber", "member", "tier:patron"]));

    let reader_tier = Subscription { tier: "reader".parse().expect("slug"), ..patron.clone() };
    write(&server, async |work| {
        work.put_subscriptions(&[reader_tier]).await.expect("put");
    })
    .await;
    tokio::time::sleep(SECOND).await;
    assert_eq!(read(&server, &token).await, (200, vec!["subscriber", "member"]), "a downgrade");

    let ended = Subscription { ends: Some(SystemClock.now()), ..patron };
    write(&server, async |work| {
        work.put_subscriptions(&[ended]).await.expect("put");
        work.leave_newsletter(reader.id, newsletter().id).await.expect("left");
    })
    .await;
    tokio::time::sleep(SECOND).await;
    assert_eq!(read(&server, &token).await, (200, vec![]));
    server.stop().await;
}

async fn a_subscription_opens_and_shuts_at_its_instants(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let reader = member(1);
    let now = SystemClock.now();
    let short = Subscription {
        starts: now.plus_seconds(1),
        ends: Some(now.plus_seconds(2)),
        grace_seconds: 1,
        ..subscription(&reader, "reader")
    };
    write(&server, async |work| {
        work.put_members(std::slice::from_ref(&reader)).await.expect("put");
        work.put_subscriptions(&[short]).await.expect("put");
    })
    .await;
    let token = server.issue(&bearer(&reader));
    let until = async |at: Timestamp| {
        let left = at.micros() - SystemClock.now().micros();
        tokio::time::sleep(Duration::from_micros(u64::try_from(left).unwrap_or(0))).await;
    };
    let early = read(&server, &token).await;
    if SystemClock.now() < now.plus_seconds(1) {
        assert_eq!(early, (200, vec![]), "before it starts");
    }
    until(now.plus_seconds(1)).await;
    let running = read(&server, &token).await;
    if SystemClock.now() < now.plus_seconds(3) {
        assert_eq!(running.1, ["subscriber", "member"], "without a write");
    }
    until(now.plus_seconds(3)).await;
    assert_eq!(read(&server, &token).await, (200, vec![]), "its grace is over");
    server.stop().await;
}

async fn whoever_is_suspended_is_refused(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let reader = member(1);
    write(&server, async |work| {
        work.put_members(std::slice::from_ref(&reader)).await.expect("put");
    })
    .await;
    let token = server.issue(&bearer(&reader));
    assert_eq!(read(&server, &token).await.0, 200);
    let suspended = Member { status: Status::Suspended, ..reader };
    write(&server, async |work| {
        work.put_members(&[suspended]).await.expect("put");
    })
    .await;
    tokio::time::sleep(SECOND).await;
    let refused = server.get_as(&token, "/v1/articles").await;
    assert_eq!((refused.status, &refused.json()["code"]), (401, &"invalid_token".into()));
    assert!(refused.header("www-authenticate").contains(r#"error="invalid_token""#));
    server.stop().await;
}

async fn a_session_that_is_ended_is_refused(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let reader = member(1);
    let session = session(&reader, SystemClock.now().plus_seconds(3_600));
    write(&server, async |work| {
        work.put_members(&[reader.clone(), member(2)]).await.expect("put");
        work.begin_session(&session).await.expect("begun");
    })
    .await;
    let signed_in = |member: MemberId| server.issue(&Bearer::Member { member, session: Some(session.id) });
    let token = signed_in(reader.id);
    assert_eq!(read(&server, &token).await.0, 200);
    assert_eq!(read(&server, &signed_in(member(2).id)).await.0, 401, "somebody else's session");
    write(&server, async |work| work.end_session(session.id).await.expect("ended")).await;
    tokio::time::sleep(SECOND).await;
    assert_eq!(read(&server, &token).await.0, 401);
    assert_eq!(read(&server, &server.issue(&bearer(&reader))).await.0, 200, "a token without a session");
    server.stop().await;
}

async fn a_bearer_whom_nobody_knows_is_refused(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let id = member(99).id.uuid();
    for bearer in [
        bearer(&member(99)),
        Bearer::Gift(masthead_domain::id::GiftId::from_uuid(id)),
        Bearer::Pass(masthead_domain::id::PassId::from_uuid(id)),
        Bearer::Preview(masthead_domain::id::PreviewId::from_uuid(id)),
        Bearer::Key(masthead_domain::id::KeyId::from_uuid(id)),
    ] {
        for path in ["/v1/articles", "/v1/me", "/v1/articles/free-to-read"] {
            let answer = server.get_as(&server.issue(&bearer), path).await;
            assert_eq!(answer.status, 401, "{bearer:?} {path}");
        }
    }
    server.stop().await;
}

async fn one_member_changes_and_the_others_stay(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let members: Vec<_> = (1..=5).map(member).collect();
    write(&server, async |work| {
        work.put_members(&members).await.expect("put");
        work.put_subscriptions(&[subscription(&members[0], "patron")]).await.expect("put");
    })
    .await;
    tokio::time::sleep(SECOND).await;
    for (number, one) in members.iter().enumerate() {
        let read = read(&server, &server.issue(&bearer(one))).await.1;
        assert_eq!(read.is_empty(), number > 0, "{number}");
    }
    server.stop().await;
}

/// A request whose head is there in time and whose body is not.
async fn what_is_taken_back_while_a_request_comes_in_is_gone(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let reader = member(1);
    write(&server, async |work| {
        work.put_members(std::slice::from_ref(&reader)).await.expect("put");
        work.put_subscriptions(&[subscription(&reader, "patron")]).await.expect("put");
    })
    .await;
    let token = server.issue(&bearer(&reader));
    within_a_second("open", async || read(&server, &token).await.1.contains(&"patron")).await;
    let query = format!(r#"{{"query":"{{ article(slug: \"{LOCKS}\") {{ bodyText }} }}"}}"#);
    let slow = async |change: &dyn Fn() -> Member| {
        let mut stream =
            TcpStream::connect(server.base.trim_start_matches("http://")).await.expect("connected");
        let head = format!(
            "POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Connection: close\r\nContent-Length: {}\r\n\r\n",
            query.len()
        );
        stream.write_all(head.as_bytes()).await.expect("sent");
        stream.write_all(&query.as_bytes()[..5]).await.expect("sent");
        tokio::time::sleep(Duration::from_millis(100)).await;
        let changed = change();
        write(&server, async |work| work.put_members(&[changed]).await.map(drop).expect("put")).await;
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        stream.write_all(&query.as_bytes()[5..]).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        answer
    };
    let as_before = slow(&|| reader.clone()).await;
    assert!(as_before.starts_with("HTTP/1.1 200") && as_before.contains("Hidden for patron"), "{as_before}");
    let suspended = slow(&|| Member { status: Status::Suspended, ..reader.clone() }).await;
    assert!(!suspended.contains("Hidden") && suspended.contains("INVALID_TOKEN"), "{suspended}");
    server.stop().await;
}

async fn described_tokens_can_be_turned_off(backend: Backend) {
    let server = TestServer::start_tuned(backend, &publication(World::HOME), |config| {
        config.tokens.described = false;
    })
    .await;
    let reader = member(1);
    write(&server, async |work| {
        work.put_members(std::slice::from_ref(&reader)).await.expect("put");
    })
    .await;
    for asker in [Asker::Member, Asker::Staff] {
        assert_eq!(server.get(asker, "/v1/articles").await.status, 401, "{asker:?}");
    }
    assert_eq!(server.get(Asker::Anonymous, "/v1/articles").await.status, 200);
    assert_eq!(read(&server, &server.issue(&bearer(&reader))).await.0, 200);
    server.stop().await;
}
