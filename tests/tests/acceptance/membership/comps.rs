//! What the publisher gives, and takes back.

use super::{deeds, delete, entered, send, text};
use futures_util::future::join_all;
use masthead_domain::id::SubscriptionId;
use masthead_domain::member::{Origin, Subscription};
use masthead_tests::publication::{World, day};
use masthead_tests::server::{Backend, TestServer, within_a_second};
use reqwest::Method;
use serde_json::json;

masthead_tests::on_both!(
    a_comp_opens_and_shuts_within_a_second,
    what_is_paid_ends_elsewhere,
    a_comp_that_makes_no_sense_is_refused,
);

const PATH: &str = "/v1/articles/every-kind-of-lock?body=text";
const LOCKED: &str = "Hidden for patron";

async fn a_comp_opens_and_shuts_within_a_second(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let twin = server.twin().await;
    let id = text(&entered(&server, json!({ "email": "reader@paper.example" })).await, "id").to_owned();
    let token = server.token_of(id.parse().expect("an id"));
    let everywhere = async |is_open: bool| {
        let nodes = [&server, &twin].map(|node| {
            within_a_second(PATH, async || {
                let answer = node.get_as(&token, PATH).await;
                answer.status == 200 && answer.body.contains(LOCKED) == is_open
            })
        });
        join_all(nodes).await;
    };
    everywhere(false).await;
    let path = format!("/v1/members/{id}/subscriptions");
    for until in [json!(null), json!("2100-01-01T00:00:00Z")] {
        let given = send(&server, Method::POST, &path, json!({ "tier": "patron", "until": until })).await;
        assert_eq!((given.status, &given.json()["ends"]), (201, &until), "{}", given.body);
        everywhere(true).await;
        let given = text(&given.json(), "id").to_owned();
        for _ in 0..2 {
            assert_eq!(delete(&server, &format!("{path}/{given}")).await.status, 204);
        }
        everywhere(false).await;
    }
    let actions: Vec<_> = deeds(&server).await.into_iter().map(|(action, _)| action).collect();
    let (given, ended) = ("subscription.given", "subscription.ended");
    assert_eq!(actions, [ended, given, ended, given, "member.created"], "what is over is not ended again");

    let soon = server.now().plus_seconds(2).to_string();
    send(&server, Method::POST, &path, json!({ "tier": "patron", "until": soon })).await;
    everywhere(true).await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    everywhere(false).await;
    twin.stop().await;
    server.stop().await;
}

async fn what_is_paid_ends_elsewhere(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let id = text(&entered(&server, json!({ "email": "reader@paper.example" })).await, "id").to_owned();
    let other = text(&entered(&server, json!({ "email": "other@paper.example" })).await, "id").to_owned();
    let paid = Origin::Paid { provider: "stripe".into(), reference: "sub_1".into() };
    let subscription = |number: u8, origin: Origin| Subscription {
        id: SubscriptionId::new(day(1), [number; 10]),
        member: id.parse().expect("an id"),
        tier: "patron".parse().expect("a slug"),
        origin,
        starts: day(1),
        ends: None,
        grace_seconds: 0,
        cancelled: None,
    };
    let all = [subscription(1, paid), subscription(2, Origin::Gifted), subscription(3, Origin::Imported)];
    let mut work = server.store.begin(server.now()).await.expect("begun");
    work.put_subscriptions(&all).await.expect("put");
    work.commit().await.expect("committed");
    for (subscription, status) in all.iter().zip([409, 204, 204]) {
        let foreign = format!("/v1/members/{other}/subscriptions/{}", subscription.id);
        assert_eq!(delete(&server, &foreign).await.status, 404, "somebody else's");
        let answer = delete(&server, &format!("/v1/members/{id}/subscriptions/{}", subscription.id)).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
    let listed = server.get(masthead_tests::server::Asker::Staff, "/v1/members?tier=patron").await.json();
    assert_eq!(super::emails(&listed), ["reader@paper.example"], "the one that is paid for goes on");
    server.stop().await;
}

async fn a_comp_that_makes_no_sense_is_refused(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let id = text(&entered(&server, json!({ "email": "reader@paper.example" })).await, "id").to_owned();
    let path = format!("/v1/members/{id}/subscriptions");
    for (body, parameter) in [
        (json!({}), "tier"),
        (json!({ "tier": "none" }), "tier"),
        (json!({ "tier": "patron", "until": "2020-01-01T00:00:00Z" }), "until"),
        (json!({ "tier": "patron", "until": "soon" }), "until"),
        (json!({ "tier": "patron", "from": "now" }), "from"),
    ] {
        let answer = send(&server, Method::POST, &path, body).await;
        assert_eq!((answer.status, &answer.json()["parameter"]), (400, &parameter.into()), "{}", answer.body);
    }
    let nobody = "/v1/members/mem_0199a17d4e0071018101010101010199/subscriptions";
    assert_eq!(send(&server, Method::POST, nobody, json!({ "tier": "patron" })).await.status, 404);
    assert_eq!(delete(&server, &format!("{path}/none")).await.status, 404);
    server.stop().await;
}
