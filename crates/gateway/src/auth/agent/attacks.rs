//! What has been tried against signatures of machines, with a signature that others made.

use super::*;
use actix_web::test::TestRequest;

/// From the tests of Cloudflare's implementation, signed with the key of RFC 9421, appendix B.1.4.
const KEY: &str = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"any","x":"JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"}]}"#;
const AGENT: &str = r#""https://myexample.com""#;
const INPUT: &str = r#"sig1=("@authority" "signature-agent");alg="ed25519";keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";nonce="ZO3/XMEZjrvSnLtAP9M7jK0WGQf3J+pbmQRUpKDhF9/jsNCWqUh2sq+TH4WTX3/GpNoSZUa8eNWMKqxWp2/c2g==";tag="web-bot-auth";created=1749331474;expires=1749331484"#;
const SIGNATURE_OF_IT: &str =
    "sig1=:3q7S1TtbrFhQhpcZ1gZwHPCFHTvdKXNY1xngkp6lyaqqqv3QZupwpu/wQG5a7qybnrj2vZYMeVKuWepm+rNkDw==:";
const CREATED: i64 = 1_749_331_474;

fn agents(addresses: &[&str]) -> Agents {
    crate::auth::install_cryptography();
    let agent = Agent { name: "https://myexample.com".into(), partner: None, answer: AgentAnswer::default() };
    let url = Url::parse(&agent.name).expect("a URL");
    let keys = AgentKeys::Files(vec![HeldKeys::read(KEY.as_bytes()).expect("a key")]);
    let rules = MachineRules {
        addresses: addresses.iter().map(|text| Address::parse(text).expect("an address")).collect(),
        terms: None,
        unlicensed_keys: KeyAnswer::default(),
        agents: vec![AgentRules { agent, url, keys }],
    };
    let clock: Arc<dyn Clock> = Arc::new(crate::clock::SystemClock);
    Agents::new(rules, &clock).expect("agents")
}

fn prove(agents: &Agents, fields: &[(&str, &str)], now: i64) -> Result<String, Unproven> {
    let request = fields.iter().fold(TestRequest::with_uri("/v1/articles?limit=1"), |request, field| {
        request.append_header((field.0, field.1))
    });
    let (request, now) = (request.to_http_request(), Timestamp::EPOCH.plus_seconds(now));
    let claim = agents.claim(&request, now)?.expect("a claim");
    agents.prove(&claim, &request, now)?;
    if agents.is_first(&claim, now) { Ok(claim.agent().name.clone()) } else { Err(Unproven::Replayed) }
}

fn fields<'a>(agent: &'a str, input: &'a str, signature: &'a str) -> [(&'static str, &'a str); 3] {
    [("signature-agent", agent), ("signature-input", input), ("signature", signature)]
}

#[test]
fn a_signature_that_others_made_is_good_once() {
    let good = fields(AGENT, INPUT, SIGNATURE_OF_IT);
    let agents = agents(&["https://example.com/", "https://other.example"]);
    assert_eq!(prove(&agents, &good, CREATED + 5).as_deref(), Ok("https://myexample.com"));
    assert_eq!(prove(&agents, &good, CREATED + 5), Err(Unproven::Replayed));
    let elsewhere = self::agents(&["https://other.example", "https://example.com:8443"]);
    assert_eq!(prove(&elsewhere, &good, CREATED + 5), Err(Unproven::Signature));
    let second = self::agents(&["https://other.example", "https://example.com"]);
    assert!(prove(&second, &good, CREATED + 5).is_ok(), "any address of ours");
}

#[test]
fn a_signature_is_good_in_its_time() {
    let agents = agents(&["https://example.com"]);
    let good = fields(AGENT, INPUT, SIGNATURE_OF_IT);
    for now in [CREATED + 10, CREATED + 10_000, CREATED - 31, 0] {
        assert_eq!(prove(&agents, &good, now), Err(Unproven::Times), "{now}");
    }
    for (created, expires) in
        [(0, 3_601), (10, 10), (10, 5), (i64::MIN / 10_000, 20), (-5, 999_999_999_999_999_i64)]
    {
        let input =
            INPUT.replace("1749331474", &created.to_string()).replace("1749331484", &expires.to_string());
        let answer = prove(&agents, &fields(AGENT, &input, SIGNATURE_OF_IT), 8);
        assert_eq!(answer, Err(Unproven::Times), "{created} {expires}");
    }
    assert!(prove(&agents, &good, CREATED - 30).is_ok(), "clocks differ");
}

#[test]
fn what_is_changed_proves_nothing() {
    let agents = agents(&["https://example.com"]);
    let long = format!("{INPUT};x=\"{}\"", "x".repeat(5_000));
    let many = INPUT.replace(
        "(\"@authority\"",
        &format!("(\"@authority\" {}", (0..20).map(|n| format!("\"x{n}\" ")).collect::<String>()),
    );
    let cases = [
        (AGENT, INPUT.replace("web-bot-auth", "other"), Unproven::Tag),
        (AGENT, INPUT.replace(";tag=\"web-bot-auth\"", ""), Unproven::Tag),
        (AGENT, INPUT.replace("tag=\"web-bot-auth\"", "tag=web-bot-auth"), Unproven::Tag),
        (AGENT, format!("{INPUT}, sig2={}", INPUT.trim_start_matches("sig1=")), Unproven::Several),
        (AGENT, INPUT.replace("ed25519", "rsa-pss-sha512"), Unproven::Algorithm),
        (AGENT, INPUT.replace("\"ed25519\"", "ed25519"), Unproven::Algorithm),
        (AGENT, INPUT.replace("sig1", "sig2"), Unproven::Form),
        (AGENT, INPUT.replace(";expires=1749331484", ""), Unproven::Form),
        (AGENT, INPUT.replace("created=1749331474", "created=\"1749331474\""), Unproven::Form),
        (AGENT, INPUT.replace("created=1749331474", "created=1749331474.5"), Unproven::Form),
        (AGENT, INPUT.replace("nonce=\"", "other=\""), Unproven::Signature),
        (AGENT, INPUT.replace("nonce=\"Z", "nonce=\"z"), Unproven::Signature),
        (AGENT, INPUT.replace("keyid=\"p", "keyid=\"q"), Unproven::Key),
        (AGENT, INPUT.replace("poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U", "any"), Unproven::Key),
        (AGENT, INPUT.replace(" \"signature-agent\"", ""), Unproven::Components),
        (AGENT, INPUT.replace("\"@authority\" ", ""), Unproven::Components),
        (AGENT, INPUT.replace("\"@authority\" ", "\"@authority\" \"@authority\" "), Unproven::Components),
        (AGENT, INPUT.replace("\"@authority\" ", "\"@authority\" \"absent\" "), Unproven::Components),
        (AGENT, INPUT.replace("\"@authority\" ", "\"@authority\" \"@status\" "), Unproven::Components),
        (AGENT, INPUT.replace("\"@authority\" ", "\"@authority\";req "), Unproven::Components),
        (AGENT, INPUT.replace("\"@authority\" ", "\"@authority\" \"@path\" "), Unproven::Signature),
        (AGENT, INPUT.replace("\"signature-agent\"", "\"signature-agent\";key=\"a\""), Unproven::Form),
        ("https://myexample.com", INPUT.to_owned(), Unproven::Form),
        (r#""https://other.example""#, INPUT.to_owned(), Unproven::Agent),
        (r#""https://myexample.com.evil.example""#, INPUT.to_owned(), Unproven::Agent),
        (r#""https://myexample.com@evil.example""#, INPUT.to_owned(), Unproven::Agent),
        (r#""http://myexample.com""#, INPUT.to_owned(), Unproven::Agent),
        (r#""https://myexample.com/""#, INPUT.to_owned(), Unproven::Signature),
        (AGENT, "(((".to_owned(), Unproven::Form),
        (AGENT, String::new(), Unproven::Tag),
        (AGENT, long, Unproven::Size),
        (AGENT, many, Unproven::Components),
    ];
    for (agent, input, expected) in cases {
        let answer = prove(&agents, &fields(agent, &input, SIGNATURE_OF_IT), CREATED + 5);
        assert_eq!(answer, Err(expected), "{agent} {input}");
    }
    for (signature, expected) in [
        (
            "sig1=:3q7S1TtbrFhQhpcZ1gZwHPCFHTvdKXNY1xngkp6lyaqqqv3QZupwpu/wQG5a7qybnrj2vZYMeVKuWepm+rNkDA==:",
            Unproven::Signature,
        ),
        ("sig1=::", Unproven::Signature),
        ("sig1=\"x\"", Unproven::Form),
        ("sig2=:AAAA:", Unproven::Form),
        ("", Unproven::Form),
        ("sig1=:A", Unproven::Form),
    ] {
        let answer = prove(&agents, &fields(AGENT, INPUT, signature), CREATED + 5);
        assert_eq!(answer, Err(expected), "{signature}");
    }
    let twice = [
        ("signature-agent", AGENT),
        ("signature-agent", AGENT),
        ("signature-input", INPUT),
        ("signature", SIGNATURE_OF_IT),
    ];
    assert_eq!(prove(&agents, &twice, CREATED + 5), Err(Unproven::Form));
    let unnamed = [("signature-input", INPUT), ("signature", SIGNATURE_OF_IT)];
    assert_eq!(
        prove(&agents, &unnamed, CREATED + 5),
        Err(Unproven::Components),
        "what it covers is not there"
    );
    assert!(
        prove(&agents, &fields(AGENT, INPUT, SIGNATURE_OF_IT), CREATED + 5).is_ok(),
        "the test of the test"
    );
}

#[test]
fn an_address_is_written_in_one_way() {
    let address = |text: &str| Address::parse(text).map(|one| format!("{one:?}"));
    for text in ["https://Example.com", "https://example.com/", "https://example.com:443"] {
        assert_eq!(address(text), address("https://example.com"), "{text}");
    }
    for text in [
        "example.com",
        "ftp://example.com",
        "https://a@example.com",
        "https://example.com?x",
        "https://example.com#x",
    ] {
        assert_eq!(address(text), None, "{text}");
    }
}
