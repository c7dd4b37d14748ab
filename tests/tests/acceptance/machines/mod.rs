//! Machines that say who they are: what each gets, and that nothing is got by saying it.

mod bot;
mod claims;
mod markdown;

use crate::issuers::provider::Provider;
use crate::partners::{all_within_a_second, enter, everything, key_text, license, partner_id, section_id};
use bot::{AUTHORITY, Bot};
use masthead_domain::partner::PartnerStatus;
use masthead_domain::viewer::{Extent, Licence};
use masthead_gateway::auth::agent::{AgentAnswer, KeyAnswer};
use masthead_gateway::config::{AgentConfig, Config, PerMinute};
use masthead_tests::publication::{LOCKS, World, publication};
use masthead_tests::server::{Answer, Asker, Backend, TestServer, within_a_second};
use serde_json::{Value, json};

masthead_tests::on_both!(
    a_machine_reads_what_its_partner_s_licence_covers,
    without_a_licence_it_gets_what_the_settings_say,
    who_is_to_pay_is_told_the_terms,
    who_gets_nothing_finds_nothing,
    a_machine_has_a_share_of_its_own,
    what_was_not_answered_may_be_sent_again,
    machines_that_nobody_named_use_up_nothing,
    a_key_without_a_licence_gets_what_the_settings_say,
    a_quota_is_the_partner_s,
    what_a_machine_takes_is_noted,
    machines_are_off_by_default,
);

pub(crate) const NAME: &str = "https://bot.example";
const TERMS: &str = "https://paper.example/terms-for-machines";

/// A machine whose keys this provider publishes.
fn agent(name: &str, provider: &Provider, partner: bool, answer: AgentAnswer) -> AgentConfig {
    AgentConfig {
        agent: name.into(),
        directory: Some(provider.url()),
        keys: Vec::new(),
        partner: partner.then(|| partner_id().to_string()),
        answer,
    }
}

fn settings(config: &mut Config, agents: Vec<AgentConfig>) {
    config.machines.enabled = true;
    config.machines.addresses = Some(vec![format!("https://{AUTHORITY}")]);
    config.machines.terms_url = Some(TERMS.into());
    config.machines.agents = agents;
}

async fn server(backend: Backend, agents: Vec<AgentConfig>) -> TestServer {
    TestServer::start_tuned(backend, &publication(World::HOME), |config| settings(config, agents)).await
}

/// A machine, and a server that gives it this.
async fn stage(backend: Backend, partner: bool, answer: AgentAnswer) -> (Bot, TestServer) {
    let bot = Bot::new(NAME);
    let provider = Provider::start(&[&bot.signer]).await;
    let server = server(backend, vec![agent(NAME, &provider, partner, answer)]).await;
    (bot, server)
}

fn paths() -> Vec<String> {
    let article = |query: &str| format!("/v1/articles/{LOCKS}{query}");
    let mut paths = vec![article(""), article("?body=markdown"), article("/sources"), article("/json-ld")];
    paths.extend(
        ["/v1/articles?limit=100&body=text", "/v1/articles/whole-for-members", "/v1/me"].map(str::to_owned),
    );
    paths.extend(["rss", "atom", "json", "ninjs"].map(|format| format!("/feeds/articles.{format}")));
    paths
}

fn without_limits(mut answer: Answer) -> Answer {
    answer.headers.retain(|(name, _)| name != "ratelimit");
    answer
}

async fn a_machine_reads_what_its_partner_s_licence_covers(backend: Backend) {
    let (bot, server) = stage(backend, true, AgentAnswer::NotFound).await;
    let narrow = Licence {
        sections: Some([section_id(2)].into()),
        extent: Extent::Headline,
        source_links: false,
        ..everything()
    };
    let teaser = Licence { extent: Extent::Teaser, source_links: false, delay_seconds: 60, ..everything() };
    let key = enter(&server, everything()).await;
    let query = "{ articles(first: 100) { nodes { slug bodyText bodyMarkdown attribution sources { nodes { url } } } } }";
    let mut seen = Vec::new();
    for licence in [everything(), teaser, narrow] {
        license(&server, PartnerStatus::Active, licence).await;
        let path = format!("/v1/articles/{LOCKS}?body=text");
        let before = seen.last().cloned();
        within_a_second("the licence holds", async || {
            let body = bot.get(&server, &path).await.body;
            Some(&body) != before.as_ref() && body == server.get_as(&key, &path).await.body
        })
        .await;
        for path in paths() {
            let (by_key, signed) = (server.get_as(&key, &path).await, bot.get(&server, &path).await);
            if path == "/v1/me" {
                assert_eq!(signed.json()["kind"], "partner");
                assert_eq!(signed.json()["partner"], by_key.json()["partner"]);
                continue;
            }
            assert_eq!(signed.status, 200, "{path}: {}", signed.body);
            assert_eq!(signed.header("cache-control"), "private, no-cache", "{path}");
            assert_eq!(without_limits(signed), without_limits(by_key), "{path}");
        }
        let signed = bot.graphql(&server, query).await;
        let by_key = server.post(Some(&key), "/graphql", &json!({ "query": query })).await;
        assert!(signed.json()["errors"].is_null(), "{}", signed.body);
        assert_eq!(signed.body, by_key.body);
        seen.push(bot.get(&server, &path).await.body);
    }
    assert!(seen[0].contains("Hidden for staff") || seen[0].contains("Hidden for patron"), "{}", seen[0]);
    assert!(!seen[1].contains("Hidden for") && !seen[2].contains("Hidden for"));
    let anonymous = server.get(Asker::Anonymous, &format!("/v1/articles/{LOCKS}?body=text")).await;
    assert_eq!(anonymous.header("cache-control"), "public, no-cache");
    assert!(
        anonymous.headers.iter().any(|(name, value)| name == "vary" && value.contains("Signature-Input"))
    );
    server.stop().await;
}

async fn without_a_licence_it_gets_what_the_settings_say(backend: Backend) {
    for (answer, status) in
        [(AgentAnswer::Anonymous, 200), (AgentAnswer::PaymentRequired, 402), (AgentAnswer::NotFound, 404)]
    {
        let (bot, server) = stage(backend, true, answer).await;
        let path = format!("/v1/articles/{LOCKS}?body=text");
        assert_eq!(bot.get(&server, &path).await.status, status, "there is no such partner");
        enter(&server, everything()).await;
        within_a_second("the licence", async || {
            bot.get(&server, &path).await.body.contains("Hidden for member")
        })
        .await;
        license(&server, PartnerStatus::Suspended, everything()).await;
        within_a_second("the suspension", async || {
            let after = bot.get(&server, &path).await;
            after.status == status && !after.body.contains("Hidden for")
        })
        .await;
        if status == 200 {
            let anonymous = server.get(Asker::Anonymous, &path).await;
            let signed = bot.get(&server, &path).await;
            assert_eq!(signed.body, anonymous.body);
            assert_eq!(signed.header("cache-control"), "private, no-cache");
        }
        server.stop().await;
    }
}

async fn who_is_to_pay_is_told_the_terms(backend: Backend) {
    let (bot, server) = stage(backend, false, AgentAnswer::PaymentRequired).await;
    for path in paths() {
        let answer = bot.get(&server, &path).await;
        assert_eq!(answer.status, 402, "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("link"), format!("<{TERMS}>; rel=\"license\""));
        let problem = answer.json();
        assert_eq!((&problem["code"], &problem["terms"]), (&json!("payment_required"), &json!(TERMS)));
    }
    let graphql = bot.graphql(&server, "{ articles(first: 1) { nodes { title } } }").await;
    assert_eq!(graphql.status, 402);
    let error = &graphql.json()["errors"][0]["extensions"];
    assert_eq!((&error["code"], &error["terms"]), (&json!("PAYMENT_REQUIRED"), &json!(TERMS)));
    for path in ["/llms.txt", "/problems/payment_required", "/.well-known/jwks.json"] {
        assert_eq!(bot.get(&server, path).await.status, 200, "{path} is for everybody");
    }
    server.stop().await;
}

async fn who_gets_nothing_finds_nothing(backend: Backend) {
    let (bot, server) = stage(backend, false, AgentAnswer::NotFound).await;
    for path in paths() {
        let mut absent = server.get(Asker::Anonymous, "/v1/articles/nothing").await.json();
        absent["instance"] = path.split('?').next().into();
        let answer = bot.get(&server, &path).await;
        assert_eq!((answer.status, answer.json()), (404, absent), "{path}");
    }
    assert_eq!(bot.graphql(&server, "{ articles(first: 1) { nodes { title } } }").await.status, 404);
    server.stop().await;
}

fn left(answer: &Answer) -> &str {
    answer.header("ratelimit").split(';').nth(1).unwrap_or_default()
}

async fn a_machine_has_a_share_of_its_own(backend: Backend) {
    const OTHER: &str = "https://other.example";
    let (bot, other) = (Bot::new(NAME), Bot::new(OTHER));
    let (provider, elsewhere) =
        (Provider::start(&[&bot.signer]).await, Provider::start(&[&other.signer]).await);
    let agents = vec![
        agent(NAME, &provider, true, AgentAnswer::Anonymous),
        agent(OTHER, &elsewhere, true, AgentAnswer::Anonymous),
    ];
    let server = TestServer::start_tuned(backend, &publication(World::HOME), |config| {
        settings(config, agents);
        config.limits.credential_per_minute = PerMinute::new(3).expect("it can be set");
        config.limits.anonymous_per_minute = PerMinute::new(4).expect("it can be set");
    })
    .await;
    enter(&server, everything()).await;
    server.stop_the_clock();
    for expected in ["r=2", "r=1", "r=0"] {
        assert_eq!(left(&bot.get(&server, "/v1/me").await), expected);
    }
    assert_eq!(bot.get(&server, "/v1/me").await.status, 429);
    assert_eq!(left(&other.get(&server, "/v1/me").await), "r=2", "another machine, the same partner");
    assert_eq!(left(&server.get(Asker::Anonymous, "/v1/me").await), "r=3", "the address has paid for none");

    // Whoever tries what proves nothing reads on as anybody does, and at some time nobody looks at it any more.
    let wrong = bot.fields(&server, |draft| draft.keyid.push('x'));
    for expected in ["r=2", "r=1", "r=0"] {
        assert_eq!(left(&bot::get(&server, "/v1/me", &wrong).await), expected);
    }
    assert_eq!(bot::get(&server, "/v1/me", &wrong).await.status, 429);
    assert_eq!(
        other.get(&server, "/v1/me").await.status,
        429,
        "no tries are left at this address, so it is nobody"
    );
    server.later(60);
    assert_eq!(left(&other.get(&server, "/v1/me").await), "r=2");
    server.stop().await;
}

async fn what_was_not_answered_may_be_sent_again(backend: Backend) {
    let bot = Bot::new(NAME);
    let provider = Provider::start(&[&bot.signer]).await;
    let agents = vec![agent(NAME, &provider, true, AgentAnswer::NotFound)];
    let server = TestServer::start_tuned(backend, &publication(World::HOME), |config| {
        settings(config, agents);
        config.limits.credential_per_minute = PerMinute::new(1).expect("it can be set");
    })
    .await;
    enter(&server, everything()).await;
    server.stop_the_clock();
    assert_eq!(bot.get(&server, "/v1/me").await.json()["kind"], "partner");
    let once = bot.fields(&server, |draft| {
        draft.nonce = Some("bm9uY2U=".into());
        draft.expires = draft.created + 600;
    });
    assert_eq!(bot::get(&server, "/v1/me", &once).await.status, 429, "its minute is used up");
    server.later(60);
    assert_eq!(bot::get(&server, "/v1/me", &once).await.json()["kind"], "partner");
    server.later(60);
    assert_eq!(bot::get(&server, "/v1/me", &once).await.json()["kind"], "anonymous", "it was answered");
    server.stop().await;
}

async fn machines_that_nobody_named_use_up_nothing(backend: Backend) {
    let (bot, stranger) = (Bot::new(NAME), Bot::new("https://stranger.example"));
    let provider = Provider::start(&[&bot.signer]).await;
    let agents = vec![agent(NAME, &provider, true, AgentAnswer::NotFound)];
    let server = TestServer::start_tuned(backend, &publication(World::HOME), |config| {
        settings(config, agents);
        config.limits.anonymous_per_minute = PerMinute::new(3).expect("it can be set");
    })
    .await;
    enter(&server, everything()).await;
    server.stop_the_clock();
    for _ in 0..3 {
        assert_eq!(stranger.get(&server, "/v1/me").await.status, 200);
    }
    assert_eq!(stranger.get(&server, "/v1/me").await.status, 429, "it is anybody");
    assert_eq!(server.get(Asker::Member, "/v1/me").await.status, 200, "others may still be looked into");
    assert_eq!(bot.get(&server, "/v1/me").await.status, 200);
    server.stop().await;
}

async fn a_key_without_a_licence_gets_what_the_settings_say(backend: Backend) {
    for (answer, status) in
        [(KeyAnswer::Forbidden, 403), (KeyAnswer::PaymentRequired, 402), (KeyAnswer::NotFound, 404)]
    {
        let server = TestServer::start_tuned(backend, &publication(World::HOME), |config| {
            settings(config, Vec::new());
            config.machines.unlicensed_keys = answer;
        })
        .await;
        let key = enter(&server, everything()).await;
        assert_eq!(server.get_as(&key, "/v1/articles").await.status, 200);
        license(&server, PartnerStatus::Suspended, everything()).await;
        all_within_a_second(&[&server], &key, "/v1/articles", |answer| answer.status == status).await;
        let refused = server.get_as(&key, "/v1/articles").await;
        let terms = if status == 402 { json!(TERMS) } else { Value::Null };
        assert_eq!(refused.json()["terms"], terms, "{refused:?}");
        let unknown = server.get_as(&key_text(9), "/v1/articles").await;
        assert_eq!(unknown.status, 401, "whoever has no good key learns of no terms");
        server.stop().await;
    }
}

async fn a_quota_is_the_partner_s(backend: Backend) {
    let (bot, server) = stage(backend, true, AgentAnswer::NotFound).await;
    let key = enter(&server, Licence { daily_quota: Some(3), ..everything() }).await;
    assert_eq!(bot.get(&server, "/v1/articles").await.status, 200);
    assert_eq!(server.get_as(&key, "/v1/articles").await.status, 200);
    assert_eq!(bot.get(&server, "/feeds/articles.rss").await.status, 200);
    for path in ["/v1/articles", "/feeds/articles.rss"] {
        assert_eq!(bot.get(&server, path).await.status, 429, "{path}");
    }
    assert_eq!(server.get_as(&key, "/v1/articles").await.status, 429);
    server.stop().await;
}

async fn what_a_machine_takes_is_noted(backend: Backend) {
    let (bot, server) = stage(backend, true, AgentAnswer::NotFound).await;
    enter(&server, everything()).await;
    let path = format!("/v1/partners/{}/deliveries", partner_id());
    let noted = async || server.get(Asker::Staff, &path).await.json()["data"][0].take();
    for (asked, extent) in [("none", "teaser"), ("markdown", "full_text")] {
        assert_eq!(bot.get(&server, &format!("/v1/articles/{LOCKS}?body={asked}")).await.status, 200);
        let noted = noted().await;
        assert_eq!((&noted["extent"], &noted["surface"]), (&json!(extent), &json!("rest")), "{noted}");
    }
    server.stop().await;
}

async fn machines_are_off_by_default(backend: Backend) {
    let bot = Bot::new(NAME);
    let provider = Provider::start(&[&bot.signer]).await;
    let server = TestServer::start_tuned(backend, &publication(World::HOME), |config| {
        settings(config, vec![agent(NAME, &provider, true, AgentAnswer::NotFound)]);
        config.machines.enabled = false;
    })
    .await;
    enter(&server, everything()).await;
    for path in paths() {
        let (signed, anonymous) = (bot.get(&server, &path).await, server.get(Asker::Anonymous, &path).await);
        assert_eq!(without_limits(signed), without_limits(anonymous.clone()), "{path}");
        assert!(anonymous.headers.iter().all(|(_, value)| !value.contains("Signature")), "{path}");
    }
    assert_eq!(server.get(Asker::Anonymous, "/llms.txt").await.status, 404);
    assert_eq!(provider.fetches(), 0);
    let me: Value = bot.get(&server, "/v1/me").await.json();
    assert_eq!(me["kind"], "anonymous");
    server.stop().await;
}
