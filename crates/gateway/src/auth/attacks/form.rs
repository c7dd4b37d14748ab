//! Texts that are no token, tokens that were changed, and what is remembered of them.

use super::*;
use proptest::prelude::*;

#[test]
fn a_key_that_stands_twice_is_refused() {
    let forge = Forge::new();
    let claims = good_claims().to_string();
    for (name, value) in [("exp", json!(NOW + 2 * HOUR)), ("sub", json!("boss")), ("role", json!("staff"))] {
        let once = claims.replacen('{', &format!("{{\"{name}\":{value},"), 1);
        let twice = once.replacen('{', &format!("{{\"{name}\":{value},"), 1);
        let token = forge.sign(&forge.header().to_string(), &twice);
        assert_eq!(forge.service.verify(&token, at(NOW)), Err(TokenError::Claims), "{name}");
    }
    let header = forge.header().to_string().replacen('{', "{\"alg\":\"none\",", 1);
    let token = forge.sign(&header, &claims);
    assert_eq!(forge.service.verify(&token, at(NOW)), Err(TokenError::Header));
}

#[test]
fn other_forms_are_refused() {
    let forge = Forge::new();
    let good = forge.good();
    let parts: Vec<_> = good.split('.').collect();
    let (header, claims, signature) = (parts[0], parts[1], parts[2]);
    for token in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        header.to_owned(),
        format!("{header}.{claims}"),
        format!("{good}."),
        format!(".{good}"),
        format!("{good}.{signature}"),
        format!("{header}..{signature}"),
        format!(" {good}"),
        format!("{good} "),
        format!("{good}\n"),
        format!("{good}="),
        format!("{header}=.{claims}.{signature}"),
        format!("{header}.{claims}.{}", signature.replace(['-', '_'], "+")),
        "not a token".to_owned(),
        "é".to_owned(),
    ] {
        let answer = forge.service.verify(&token, at(NOW));
        assert!(answer.is_err() || token == good, "{token}");
    }
    for header in [r#"["EdDSA","at+jwt","k"]"#, "null", "\"x\"", "{", "{} {}", "\u{feff}{}", " {}"] {
        let token = forge.sign(header, &good_claims().to_string());
        assert!(forge.service.verify(&token, at(NOW)).is_err(), "{header}");
    }
    let array =
        json!(["https://issuer.example", "https://api.example", "x", "c", "j", "content:read", NOW, NOW + 9]);
    for claims in [array.to_string(), "{}".to_owned(), format!("{}x", good_claims()), String::new()] {
        let token = forge.sign(&forge.header().to_string(), &claims);
        assert!(forge.service.verify(&token, at(NOW)).is_err(), "{claims}");
    }
}

#[test]
fn a_token_has_a_length() {
    let forge = Forge::new();
    let long = forge.with_claims(json!({"filler": "x".repeat(8_192)}));
    assert_eq!(long, Err(TokenError::Length));
    assert!(forge.with_claims(json!({"filler": "x".repeat(4_000)})).is_ok(), "unknown claims are ignored");
}

#[test]
fn a_bad_token_is_not_remembered_and_a_good_one_does_not_cover_for_it() {
    let forge = Forge::new();
    let good = forge.good();
    assert!(forge.service.verify(&good, at(NOW)).is_ok());
    let (message, _) = good.rsplit_once('.').expect("parts");
    for _ in 0..2 {
        let forged = format!("{message}.{}", URL_SAFE_NO_PAD.encode([7; 64]));
        assert_eq!(forge.service.verify(&forged, at(NOW)), Err(TokenError::Signature));
    }
    assert!(forge.service.verify(&good, at(NOW)).is_ok());
}

fn any_viewer() -> impl Strategy<Value = Viewer> {
    let entitlement = prop_oneof![
        Just("subscriber".to_owned()),
        Just("member".to_owned()),
        "[a-z0-9][a-z0-9-]{0,20}".prop_map(|slug| format!("tier:{slug}")),
    ];
    let reader = ("[!-~]{1,40}", prop::collection::vec(entitlement, 0..5))
        .prop_map(|(subject, held)| Viewer::member(subject, held.into_iter().map(Entitlement::from)));
    prop_oneof![
        Just(Viewer::Anonymous),
        reader,
        ("[!-~]{1,40}", prop::sample::select(Role::ALL.to_vec()))
            .prop_map(|(subject, role)| Viewer::Staff(Staff::new(subject, role))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_minted_token_speaks_for_its_viewer(viewer in any_viewer(), seconds in 1..30 * 24 * HOUR) {
        let forge = Forge::new();
        let token = forge.service.mint(&viewer, seconds, at(NOW)).expect("minted");
        let caller = forge.described(&token).expect("good");
        prop_assert_eq!(&*caller.viewer, &viewer);
        prop_assert_eq!(caller.class.to_string(), viewer.class());
        prop_assert_eq!(caller.expires, Some(at(NOW + seconds)));
    }

    #[test]
    fn no_changed_byte_passes(index in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let forge = Forge::new();
        let good = forge.good();
        let mut changed = good.clone().into_bytes();
        let place = index.index(changed.len());
        changed[place] = byte;
        if let Ok(changed) = String::from_utf8(changed) {
            prop_assert_eq!(forge.service.verify(&changed, at(NOW)).is_ok(), changed == good);
        }
    }

    #[test]
    fn no_cut_token_passes(index in any::<prop::sample::Index>()) {
        let forge = Forge::new();
        let good = forge.good();
        let cut = &good[..index.index(good.len())];
        prop_assert!(forge.service.verify(cut, at(NOW)).is_err());
    }

    #[test]
    fn no_text_at_all_is_a_token(text in "\\PC{0,200}") {
        prop_assert!(Forge::new().service.verify(&text, at(NOW)).is_err());
    }
}

#[test]
fn a_token_is_not_minted_for_longer_than_it_may_live() {
    let forge = Forge::new();
    for seconds in [0, -1, 30 * 24 * HOUR + 1, i64::MAX] {
        assert!(forge.service.mint(&Viewer::Anonymous, seconds, at(NOW)).is_err(), "{seconds}");
    }
    let nameless = Viewer::staff(String::new());
    assert!(matches!(
        forge.service.mint(&nameless, 60, at(NOW)),
        Err(MintError::Content(TokenError::Claims))
    ));
}
