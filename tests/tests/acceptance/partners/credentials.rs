//! Keys as credentials: shown directly, or exchanged for a token.

use super::{add_key, all_within_a_second, enter, everything, key, key_text, license, now, partner_id};
use masthead_domain::clock::Clock;
use masthead_domain::partner::{ApiKey, Partner, PartnerStatus};
use masthead_domain::viewer::Licence;
use masthead_gateway::clock::SystemClock;
use masthead_tests::publication::World;
use masthead_tests::server::{Answer, Asker, Backend, TestServer};

masthead_tests::on_both!(
    a_wrong_key_is_refused_in_the_same_words,
    one_request_has_one_credential,
    a_key_is_exchanged_for_a_token,
    who_is_no_client_gets_no_token,
    a_good_key_without_a_valid_licence_is_told_why,
);

const PATH: &str = "/v1/articles/free-to-read";

async fn a_wrong_key_is_refused_in_the_same_words(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let text = enter(&server, everything()).await;
    let unknown = server.get_as(&key_text(7), PATH).await;
    assert_eq!((unknown.status, &unknown.json()["code"]), (401, &"invalid_token".into()));
    assert!(unknown.header("www-authenticate").contains("invalid_token"));
    let wrong_secret = format!("{}{}", &text[..text.len() - 1], "0");
    for round in 0..2 {
        for wrong in [wrong_secret.as_str(), "mh_live_", "mh_live_x", &text[..40], &format!("{text}0")] {
            let answer = server.get_as(wrong, PATH).await;
            assert_eq!(answer, unknown, "{round} {wrong}");
            assert!(!answer.body.contains(&wrong[8..]) || wrong == "mh_live_" || wrong == "mh_live_x");
        }
        assert_eq!(server.get_as(&text, PATH).await.status, 200, "the good one, looked up or remembered");
    }
    server.stop().await;
}

async fn one_request_has_one_credential(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let text = enter(&server, everything()).await;
    let bearer = format!("Bearer {text}");
    let answer = server.get_with(Asker::Staff, PATH, &[("authorization", &bearer)]).await;
    assert_eq!((answer.status, &answer.json()["code"]), (400, &"credentials_conflict".into()));
    server.stop().await;
}

async fn exchange(server: &TestServer, form: &str, headers: &[(&str, &str)]) -> Answer {
    let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
    all.extend(headers);
    let post = reqwest::Method::POST;
    server.send(None, post, "/v1/auth/token", &all, Some(form.to_owned())).await
}

async fn a_key_is_exchanged_for_a_token(backend: Backend) {
    use base64::Engine;
    let server = TestServer::start(backend, World::HOME).await;
    let text = enter(&server, everything()).await;
    let id = key(1).id;
    let form =
        format!("grant_type=client_credentials&client_id={id}&client_secret={text}&scope=content%3Aread");
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{id}:{text}"));
    let basic = format!("Basic {basic}");
    let in_form = exchange(&server, &form, &[]).await;
    let in_header = exchange(&server, "grant_type=client_credentials", &[("authorization", &basic)]).await;
    for answer in [in_form, in_header] {
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
        let token = answer.json();
        assert_eq!((&token["token_type"], &token["expires_in"]), (&"Bearer".into(), &900.into()));
        let token = token["access_token"].as_str().expect("a token").to_owned();
        let article = server.get_as(&token, PATH).await;
        assert_eq!((article.status, &article.json()["attribution"]), (200, &"First in The Paper.".into()));
        assert_eq!(server.get_as(&token, "/v1/me").await.json()["kind"], "partner");
    }
    let token =
        exchange(&server, &form, &[]).await.json()["access_token"].as_str().expect("a token").to_owned();
    let mut work = server.store.begin(SystemClock.now()).await.expect("begun");
    work.revoke_key(id).await.expect("revoked");
    work.commit().await.expect("committed");
    all_within_a_second(&[&server], &token, PATH, |answer| answer.status == 401).await;
    assert_eq!(exchange(&server, &form, &[]).await.json()["error"], "invalid_client");
    server.stop().await;
}

async fn who_is_no_client_gets_no_token(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let text = enter(&server, everything()).await;
    add_key(&server, 2, key(2)).await;
    let (id, other) = (key(1).id, key(2).id);
    let grant = "grant_type=client_credentials";
    let unknown =
        exchange(&server, &format!("{grant}&client_id={id}&client_secret={}", key_text(7)), &[]).await;
    assert_eq!((unknown.status, &unknown.json()["error"]), (401, &"invalid_client".into()));
    assert!(unknown.header("www-authenticate").starts_with("Basic "));
    for form in [
        format!("{grant}&client_id={other}&client_secret={text}"),
        format!("{grant}&client_id=nobody&client_secret={text}"),
        format!("{grant}&client_id={id}&client_secret=x"),
    ] {
        assert_eq!(exchange(&server, &form, &[]).await, unknown, "{form}");
    }
    for (form, headers, error) in [
        (format!("client_id={id}&client_secret={text}"), vec![], "invalid_request"),
        (
            format!("grant_type=password&client_id={id}&client_secret={text}"),
            vec![],
            "unsupported_grant_type",
        ),
        (format!("{grant}&client_id={id}&client_secret={text}&scope=manage"), vec![], "invalid_scope"),
        (
            format!("{grant}&client_id={id}&client_secret={text}"),
            vec![("authorization", "Basic eDp5")],
            "invalid_request",
        ),
    ] {
        let answer = exchange(&server, &form, &headers).await;
        assert_eq!((answer.status, &answer.json()["error"]), (400, &error.into()), "{form}");
        assert!(!answer.body.contains(&text), "no secret comes back");
    }
    server.stop().await;
}

/// What is wrong with the licence is for whoever shows the key, by itself or as a token, and for nobody else.
async fn a_good_key_without_a_valid_licence_is_told_why(backend: Backend) {
    let server = TestServer::start(backend, World::HOME).await;
    let text = enter(&server, everything()).await;
    add_key(&server, 2, ApiKey { expires: Some(now()), ..key(2) }).await;
    let form = |number| {
        let (id, text) = (key(number).id, key_text(number));
        format!("grant_type=client_credentials&client_id={id}&client_secret={text}")
    };
    let token = exchange(&server, &form(1), &[]).await.json()["access_token"].take();
    let token = token.as_str().expect("a token");
    let wrong = format!("{}0", &text[..text.len() - 1]);
    let (begins, ended) = (now().plus_seconds(3_600), now().plus_seconds(-3_600));
    for (status, licence, why) in [
        (
            PartnerStatus::Suspended,
            Some(everything()),
            "the partner is suspended by the publisher".to_owned(),
        ),
        (PartnerStatus::Active, None, "the partner has no licence".to_owned()),
        (
            PartnerStatus::Active,
            Some(Licence { valid_from: begins, ..everything() }),
            format!("the partner's licence begins at {begins}"),
        ),
        (
            PartnerStatus::Active,
            Some(Licence { valid_until: Some(ended), ..everything() }),
            format!("the partner's licence ended at {ended}"),
        ),
    ] {
        set(&server, status, licence).await;
        let detail = format!("Your key is good, but {why}.");
        for credential in [text.as_str(), token] {
            all_within_a_second(&[&server], credential, PATH, |answer| answer.status == 403).await;
            let refused = server.get_as(credential, PATH).await.json();
            assert_eq!(
                (&refused["code"], &refused["detail"]),
                (&"licence_not_valid".into(), &detail.clone().into())
            );
        }
        let refused = exchange(&server, &form(1), &[]).await;
        assert_eq!((refused.status, refused.header("cache-control")), (400, "no-store"));
        assert_eq!(refused.json()["error"], "unauthorized_client");
        assert_eq!(refused.json()["error_description"], format!("The key is good, but {why}."));
        for credential in [wrong.as_str(), &key_text(2)] {
            let refused = server.get_as(credential, PATH).await;
            assert_eq!((refused.status, &refused.json()["code"]), (401, &"invalid_token".into()));
            assert!(!refused.body.contains(&why), "{}", refused.body);
        }
        assert_eq!(exchange(&server, &form(2), &[]).await.json()["error"], "invalid_client", "expired");
        for (id, secret) in [(key(1).id, wrong.as_str()), (key(2).id, text.as_str())] {
            let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
            let refused = exchange(&server, &form, &[]).await;
            assert_eq!(refused.json()["error"], "invalid_client", "{form}");
            assert!(!refused.body.contains(&why), "{}", refused.body);
        }
    }
    license(&server, PartnerStatus::Active, everything()).await;
    all_within_a_second(&[&server], token, PATH, |answer| answer.status == 200).await;
    server.stop().await;
}

async fn set(server: &TestServer, status: PartnerStatus, licence: Option<Licence>) {
    let mut work = server.store.begin(now()).await.expect("begun");
    let saved = work.partner(partner_id()).await.expect("read").expect("there");
    work.put_partner(&Partner { status, licence, ..saved.partner }).await.expect("put");
    work.commit().await.expect("committed");
}
