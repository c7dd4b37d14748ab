//! Who is signed in has a share of their own, wherever they ask from.

use super::{get, left, per_minute, running, server, turned_away};
use crate::partners::{add_key, enter, everything, key, key_text};
use masthead_domain::partner::{ApiKey, Holder, KeyScope};
use masthead_domain::viewer::{Bearer, Role};
use masthead_gateway::config::PerMinute;
use masthead_tests::people::{member, session};
use masthead_tests::server::{Asker, Backend};
use reqwest::Method;
use serde_json::json;

masthead_tests::on_both!(
    members_behind_one_address_do_not_share,
    rest_and_graphql_take_from_one_share,
    staff_and_programs_have_a_limit_of_their_own,
    each_key_of_a_partner_has_its_share,
);

async fn members_behind_one_address_do_not_share(backend: Backend) {
    let server = running(backend, |limits| {
        limits.credential_per_minute = per_minute(3);
        limits.anonymous_per_minute = per_minute(1);
    })
    .await;
    let session = session(&member(1), server.now().plus_seconds(3_600));
    let mut work = server.store.begin(server.now()).await.expect("begun");
    work.put_members(&[member(1), member(2)]).await.expect("members");
    work.begin_session(&session).await.expect("a session");
    work.commit().await.expect("committed");
    let token = |number, session| server.issue(&Bearer::Member { member: member(number).id, session });
    let (one, again, other) = (token(1, None), token(1, Some(session.id)), token(2, None));
    server.stop_the_clock();
    let ask = async |token: &str| server.get_as(token, "/v1/me").await;
    assert_eq!(left(&ask(&one).await), Some(2));
    assert_eq!(left(&ask(&again).await), Some(1), "another session is no other member");
    assert_eq!(left(&ask(&one).await), Some(0));
    assert_eq!(turned_away(&ask(&one).await), 20);
    turned_away(&ask(&again).await);
    assert_eq!(left(&ask(&other).await), Some(2));
    assert_eq!(get(&server, "/v1/tags", &[]).await.status, 200, "the address has paid for none of them");
    turned_away(&get(&server, "/v1/tags", &[]).await);
    assert_eq!(left(&ask(&other).await), Some(1));

    let described = async |asker| left(&server.get(asker, "/v1/me").await);
    server.later(60);
    assert_eq!(described(Asker::Member).await, Some(2), "so have those who describe themselves");
    assert_eq!(described(Asker::Member).await, Some(1));
    assert_eq!(described(Asker::Patron).await, Some(2));
    server.later(20);
    assert_eq!(left(&ask(&one).await), Some(2), "a whole share after more than a minute");
    server.stop().await;
}

async fn rest_and_graphql_take_from_one_share(backend: Backend) {
    let server = server(backend, |limits| limits.credential_per_minute = per_minute(8)).await;
    let token = server.token(Asker::Member);
    let list = server.get(Asker::Member, "/v1/articles?limit=1").await;
    assert_eq!((list.status, left(&list)), (200, Some(7)));
    let graphql = server.graphql(Asker::Member, "{ tags(first: 1) { nodes { id } } }").await;
    assert_eq!((graphql.status, left(&graphql)), (200, Some(6)));
    let etag = [("if-none-match", list.header("etag"))];
    let unchanged = server.get_with(Asker::Member, "/v1/articles?limit=1", &etag).await;
    assert_eq!((unchanged.status, left(&unchanged)), (304, Some(5)));
    let head = server.send(token, Method::HEAD, "/v1/articles?limit=1", &[], None).await;
    assert_eq!((head.status, left(&head)), (200, Some(4)));
    let absent = server.get(Asker::Member, "/v1/articles/nothing").await;
    assert_eq!((absent.status, left(&absent)), (404, Some(3)));
    assert_eq!(server.get(Asker::Member, "/openapi/v1.json").await.status, 200);
    let wrong = server.post(token, "/graphql", &json!({ "query": "{" })).await;
    assert_eq!(left(&wrong), Some(1), "{wrong:?}");
    assert_eq!(left(&server.get(Asker::Member, "/v1/me").await), Some(0));
    turned_away(&server.get_with(Asker::Member, "/v1/articles?limit=1", &etag).await);
    turned_away(&server.graphql(Asker::Member, "{ tags(first: 1) { nodes { id } } }").await);
    assert_eq!(server.get(Asker::Member, "/healthz").await.status, 200);

    // Many at once are no way around it.
    server.later(60);
    let many = futures_util::future::join_all((0..20).map(|_| server.get(Asker::Member, "/v1/me"))).await;
    assert_eq!(many.iter().filter(|answer| answer.status == 200).count(), 8);
    server.stop().await;
}

async fn staff_and_programs_have_a_limit_of_their_own(backend: Backend) {
    let limited = server(backend, |limits| {
        limits.credential_per_minute = per_minute(1);
        limits.staff_per_minute = per_minute(3);
    })
    .await;
    let program = ApiKey { holder: Holder::Service(Role::Editor), scopes: [KeyScope::Read].into(), ..key(9) };
    add_key(&limited, 9, program.clone()).await;
    for expected in [2, 1, 0] {
        assert_eq!(left(&limited.get_as(&key_text(9), "/v1/articles?limit=1").await), Some(expected));
    }
    turned_away(&limited.get_as(&key_text(9), "/v1/tags").await);
    assert_eq!(left(&limited.get(Asker::Staff, "/v1/me").await), Some(2), "somebody else");
    assert_eq!(left(&limited.get(Asker::Member, "/v1/me").await), Some(0));
    limited.stop().await;

    let off = server(backend, |limits| {
        limits.staff_per_minute = PerMinute::OFF;
        limits.anonymous_per_minute = per_minute(1);
    })
    .await;
    add_key(&off, 9, program).await;
    for _ in 0..5 {
        let answer = off.get_as(&key_text(9), "/v1/tags").await;
        assert_eq!((answer.status, answer.header("ratelimit")), (200, ""));
    }
    off.stop().await;
}

async fn each_key_of_a_partner_has_its_share(backend: Backend) {
    let server = running(backend, |limits| limits.credential_per_minute = per_minute(4)).await;
    let first = enter(&server, everything()).await;
    add_key(&server, 2, key(2)).await;
    let token = server.issue(&Bearer::Key(key(1).id));
    server.stop_the_clock();
    assert_eq!(left(&server.get_as(&first, "/v1/tags").await), Some(3));
    assert_eq!(left(&server.get_as(&key_text(2), "/v1/tags").await), Some(3));
    assert_eq!(
        left(&server.get_as(&token, "/v1/tags").await),
        Some(2),
        "a token that a key was exchanged for"
    );
    server.stop().await;
}
