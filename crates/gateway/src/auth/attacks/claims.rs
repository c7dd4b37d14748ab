//! Claims that are missing, of a wrong type, out of range, or somebody else's.

use super::*;

#[test]
fn times_are_whole_seconds_in_range() {
    let forge = Forge::new();
    let wrong = [
        json!("1795343600"),
        json!(1_795_343_600.0),
        json!(1_795_343_600.5),
        json!(1.8e9),
        json!(-1),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(null),
        json!(true),
        json!([NOW + HOUR]),
        json!({"at": NOW}),
        json!(""),
    ];
    for name in ["exp", "iat", "nbf"] {
        for value in &wrong {
            assert_eq!(forge.with_claims(json!({name: value})), Err(TokenError::Claims), "{name}: {value}");
        }
    }
    for huge in [i64::MAX, 253_402_300_800, 253_402_300_799] {
        assert!(forge.with_claims(json!({"exp": huge})).is_err(), "{huge}");
        assert!(forge.with_claims(json!({"nbf": huge})).is_err(), "{huge}");
        assert!(forge.with_claims(json!({"iat": huge})).is_err(), "{huge}");
    }
    for zero in ["exp", "iat"] {
        assert_eq!(forge.with_claims(json!({zero: 0})), Err(TokenError::Claims), "{zero}");
        assert_eq!(forge.with_claims(json!({zero: "(absent)"})), Err(TokenError::Claims), "{zero}");
    }
}

#[test]
fn a_number_beyond_every_integer_is_no_time() {
    let forge = Forge::new();
    for number in ["1e400", "99999999999999999999999999", "-0.0", "0x6B", "NaN", "Infinity", "01795343600"] {
        let claims = good_claims()
            .to_string()
            .replace(&format!("\"exp\":{}", NOW + HOUR), &format!("\"exp\":{number}"));
        assert!(claims.contains(number));
        let token = forge.sign(&forge.header().to_string(), &claims);
        assert!(forge.service.verify(&token, at(NOW)).is_err(), "{number}");
    }
}

#[test]
fn a_token_ends_exactly_when_it_says() {
    let forge = Forge::new();
    let token = forge.good();
    let end = NOW + HOUR;
    let last = Timestamp::try_from(end * 1_000_000 - 1).expect("in range");
    // Not remembered yet, then remembered: the boundary is the same.
    for _ in 0..2 {
        assert_eq!(forge.service.verify(&token, at(end)), Err(TokenError::Expired));
        assert!(forge.service.verify(&token, last).is_ok());
        assert!(forge.service.verify(&token, last).is_ok(), "remembered");
    }
    assert_eq!(forge.service.verify(&token, at(end + 1)), Err(TokenError::Expired));
}

#[test]
fn a_token_begins_when_it_says_give_or_take_the_leeway() {
    let forge = Forge::new();
    for name in ["nbf", "iat"] {
        assert!(forge.with_claims(json!({name: NOW})).is_ok());
        assert!(forge.with_claims(json!({name: NOW + 5})).is_ok());
        assert_eq!(forge.with_claims(json!({name: NOW + 6})), Err(TokenError::NotYet), "{name}");
    }
    assert!(forge.with_claims(json!({"nbf": "(absent)"})).is_ok());
    assert!(forge.with_claims(json!({"nbf": 0})).is_ok(), "long ago");
}

#[test]
fn a_life_has_a_length() {
    let forge = Forge::new();
    let month = 30 * 24 * HOUR;
    assert!(forge.with_claims(json!({"iat": NOW, "exp": NOW + month})).is_ok());
    assert_eq!(forge.with_claims(json!({"iat": NOW, "exp": NOW + month + 1})), Err(TokenError::Lifetime));
    assert_eq!(forge.with_claims(json!({"iat": NOW, "exp": NOW})), Err(TokenError::Claims));
}

#[test]
fn issuer_and_audience_are_exact() {
    let forge = Forge::new();
    for iss in ["https://issuer.example/", "HTTPS://issuer.example", "https://issuer.example.evil", ""] {
        assert_eq!(forge.with_claims(json!({"iss": iss})), Err(TokenError::Issuer), "{iss}");
    }
    for iss in [json!(["https://issuer.example"]), json!(null), json!(1), json!("(absent)")] {
        assert_eq!(forge.with_claims(json!({"iss": iss})), Err(TokenError::Claims), "{iss}");
    }
    assert!(forge.with_claims(json!({"aud": ["https://other.example", "https://api.example"]})).is_ok());
    for aud in [json!("https://other.example"), json!([]), json!(["https://api.example/"]), json!("")] {
        assert_eq!(forge.with_claims(json!({"aud": aud})), Err(TokenError::Audience), "{aud}");
    }
    for aud in [json!(null), json!(1), json!({}), json!(["https://api.example", 1]), json!("(absent)")] {
        assert_eq!(forge.with_claims(json!({"aud": aud})), Err(TokenError::Claims), "{aud}");
    }
}

#[test]
fn names_are_texts() {
    let forge = Forge::new();
    for name in ["sub", "jti", "client_id"] {
        for value in
            [json!(""), json!("  "), json!("a\u{0}b"), json!(1), json!(null), json!(["x"]), json!("(absent)")]
        {
            assert_eq!(forge.with_claims(json!({name: value})), Err(TokenError::Claims), "{name}: {value}");
        }
    }
    assert!(forge.with_claims(json!({"sub": "x".repeat(255)})).is_ok());
    assert_eq!(forge.with_claims(json!({"sub": "x".repeat(256)})), Err(TokenError::Claims));
}

#[test]
fn what_is_granted_has_its_type_and_what_is_unknown_opens_nothing() {
    let forge = Forge::new();
    for value in [
        json!("member"),
        json!(null),
        json!([1]),
        json!([null]),
        json!({"member": true}),
        json!([["member"]]),
    ] {
        assert_eq!(forge.with_claims(json!({"entitlements": value})), Err(TokenError::Claims), "{value}");
    }
    let caller = forge
        .with_claims(
            json!({"entitlements": ["staff", "MEMBER", " member", "tier:", "tier:../x", "admin", "*", ""]}),
        )
        .expect("good");
    assert_eq!(*caller.viewer, member("reader-1", &[]));
    let caller = forge.with_claims(json!({"entitlements": ["tier:patron"]})).expect("good");
    assert_eq!(*caller.viewer, member("reader-1", &["member", "tier:patron"]));
    let caller = forge.with_claims(json!({"entitlements": "(absent)"})).expect("good");
    assert_eq!(*caller.viewer, member("reader-1", &[]));
}

#[test]
fn roles_are_known_or_refused() {
    let forge = Forge::new();
    let staff = forge.with_claims(json!({"role": "staff"})).expect("good");
    let least = Staff::new("reader-1", Role::Writer);
    assert_eq!(*staff.viewer, Viewer::Staff(least), "what is not said is not granted");
    let nobody = forge.with_claims(json!({"role": "anonymous", "entitlements": []})).expect("good");
    assert_eq!(*nobody.viewer, Viewer::Anonymous);
    for role in ["", "Staff", "STAFF", "admin", "editor", "member", "staff "] {
        assert_eq!(forge.with_claims(json!({"role": role})), Err(TokenError::Role), "{role}");
    }
    assert_eq!(forge.with_claims(json!({"role": "anonymous"})), Err(TokenError::Role), "holds something");
    for role in [json!(null), json!(["staff"]), json!(true), json!({"staff": true})] {
        assert_eq!(forge.with_claims(json!({"role": role})), Err(TokenError::Claims), "{role}");
    }
}

#[test]
fn a_token_for_something_else_does_not_reach() {
    let forge = Forge::new();
    assert!(forge.with_claims(json!({"scope": "openid content:read"})).is_ok());
    for scope in ["", "openid", "content:readx", "CONTENT:READ"] {
        assert_eq!(forge.with_claims(json!({"scope": scope})), Err(TokenError::Scope), "{scope}");
    }
    for scope in [json!(null), json!(["content:read"]), json!("(absent)")] {
        assert_eq!(forge.with_claims(json!({"scope": scope})), Err(TokenError::Claims), "{scope}");
    }
}

#[test]
fn what_staff_may_do_is_known_or_refused() {
    let forge = Forge::new();
    let staff = forge.with_claims(json!({"role": "staff", "staff_role": "publisher"})).expect("good");
    let publisher = Staff::new("reader-1", Role::Publisher);
    assert_eq!(*staff.viewer, Viewer::Staff(publisher));
    let refused = |role: Value| forge.with_claims(json!({"role": "staff", "staff_role": role}));
    for role in ["", "Admin", "owner", "staff"] {
        assert_eq!(refused(role.into()), Err(TokenError::Role), "{role}");
    }
    for role in [json!(null), json!(["admin"]), json!(1)] {
        assert_eq!(refused(role.clone()), Err(TokenError::Claims), "{role}");
    }
    assert_eq!(
        forge.with_claims(json!({"staff_role": "admin"})),
        Err(TokenError::Claims),
        "without being staff"
    );
}

#[test]
fn a_bearer_is_of_a_known_kind_and_says_nothing_else_of_itself() {
    let forge = Forge::new();
    let member = "mem_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b";
    let bearer = |change: Value| {
        let claims = merged(json!({"sub": member, "bearer": "member", "entitlements": "(absent)"}), change);
        let token = forge.sign(&forge.header().to_string(), &merged(good_claims(), claims).to_string());
        forge.service.verify(&token, at(NOW))
    };
    let known = bearer(json!({})).expect("good");
    let expected = Bearer::Member { member: member.parse().expect("an id"), session: None };
    assert_eq!(known, Believed::Borne { bearer: expected, expires: at(NOW + HOUR) });
    for change in [
        json!({"bearer": "Member"}),
        json!({"bearer": ""}),
        json!({"bearer": "staff"}),
        json!({"bearer": null}),
        json!({"bearer": ["member"]}),
        json!({"bearer": "device"}),
        json!({"bearer": "(absent)", "sid": "ses_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b"}),
        json!({"sub": "reader-1"}),
        json!({"sub": "mem_0192F3C1A7E07C3E9D0B5A4C2F1E6D7B"}),
        json!({"sid": "mem_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b"}),
        json!({"sid": null}),
        json!({"entitlements": ["member"]}),
        json!({"entitlements": []}),
        json!({"role": "staff"}),
        json!({"staff_role": "admin"}),
    ] {
        assert_eq!(bearer(change.clone()), Err(TokenError::Claims), "{change}");
    }
}
