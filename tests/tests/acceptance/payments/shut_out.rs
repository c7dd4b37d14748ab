//! Members who are suspended between the moment at which their token was believed and the one at which they write.

use super::checkout::{Shop, refused};
use super::gifts::{redeem, states};
use super::stripe::Mood;
use crate::membership::{send, text};
use masthead_domain::id::MemberId;
use masthead_domain::member::{Member, Status};
use masthead_tests::server::{Answer, Asker, Backend, TestServer};
use reqwest::Method;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

masthead_tests::on_both!(
    nobody_redeems_who_was_shut_out_meanwhile,
    nobody_takes_a_seat_who_was_shut_out_meanwhile,
    nobody_has_bought_who_was_shut_out_meanwhile,
    nobody_goes_to_pay_who_was_shut_out_a_moment_ago,
);

/// What is answered to a request whose member is suspended while it waits for its turn to write.
async fn shut_out_meanwhile(
    server: &TestServer,
    member: &str,
    asked: impl Future<Output = Answer>,
) -> Answer {
    let mut turn = server.store.begin(server.now()).await.expect("begun");
    suspend(&mut turn, member).await;
    let commit = async {
        // Long enough to be believed and to wait for the turn.
        tokio::time::sleep(Duration::from_millis(500)).await;
        turn.commit().await.expect("committed");
    };
    tokio::join!(asked, commit).0
}

async fn suspend(work: &mut masthead_persistence::Work, member: &str) {
    let id: MemberId = member.parse().expect("an id");
    let member = work.member(id).await.expect("read").expect("there");
    work.put_members(&[Member { status: Status::Suspended, ..member }]).await.expect("put");
}

async fn nobody_redeems_who_was_shut_out_meanwhile(backend: Backend) {
    let shop = Shop::open(backend).await;
    let made =
        send(&shop.server, Method::POST, "/v1/gift-subscriptions", json!({ "tier": "patron", "months": 1 }));
    let gift = made.await.json()["data"][0].clone();
    let asked = redeem(&shop.server, &shop.token, text(&gift, "code"));
    refused(
        &shut_out_meanwhile(&shop.server, &shop.member, asked).await,
        401,
        "invalid_token",
        Some("Authorization"),
    );
    assert_eq!(states(&shop.server).await, ["good"]);
    shop.server.stop().await;
}

async fn nobody_takes_a_seat_who_was_shut_out_meanwhile(backend: Backend) {
    let shop = Shop::open(backend).await;
    let group = json!({ "name": "x", "tier": "patron", "seats": 2, "domains": ["reader.example"] });
    let group = send(&shop.server, Method::POST, "/v1/groups", group).await.json();
    let asked = shop.server.send(Some(&shop.token), Method::POST, "/v1/me/group", &[], None);
    refused(
        &shut_out_meanwhile(&shop.server, &shop.member, asked).await,
        401,
        "invalid_token",
        Some("Authorization"),
    );
    let group = shop.server.get(Asker::Staff, &format!("/v1/groups/{}", text(&group, "id"))).await.json();
    assert_eq!(group["taken"], 0, "{group}");
    shop.server.stop().await;
}

async fn nobody_has_bought_who_was_shut_out_meanwhile(backend: Backend) {
    let shop = Shop::open(backend).await;
    let may = Arc::new(Semaphore::new(0));
    shop.stripe.feel(Mood::Waits(Arc::clone(&may)));
    let wish = json!({ "gift": { "tier": "patron", "months": 3 } });
    let meanwhile = async {
        while shop.stripe.count() == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let mut work = shop.server.store.begin(shop.server.now()).await.expect("begun");
        suspend(&mut work, &shop.member).await;
        work.commit().await.expect("committed");
        may.add_permits(1);
    };
    let (answer, ()) = tokio::join!(shop.checkout(&wish), meanwhile);
    refused(&answer, 401, "invalid_token", Some("Authorization"));
    assert!(states(&shop.server).await.is_empty(), "nothing can be paid for");
    shop.server.stop().await;
}

async fn nobody_goes_to_pay_who_was_shut_out_a_moment_ago(backend: Backend) {
    let shop = Shop::open(backend).await;
    assert_eq!(shop.server.get_as(&shop.token, "/v1/me").await.status, 200, "they are known");
    let mut work = shop.server.store.begin(shop.server.now()).await.expect("begun");
    suspend(&mut work, &shop.member).await;
    work.commit().await.expect("committed");
    for wish in [
        json!({ "tier": "patron", "interval": "month" }),
        json!({ "contribution": { "amount": 500, "currency": "EUR" } }),
        json!({ "gift": { "tier": "patron", "months": 3 } }),
    ] {
        refused(&shop.checkout(&wish).await, 401, "invalid_token", Some("Authorization"));
    }
    assert_eq!(shop.stripe.count(), 0, "the provider is not asked");
    shop.server.stop().await;
}
