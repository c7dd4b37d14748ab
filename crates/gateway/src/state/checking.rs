//! Looking for everything because of which a gateway would not open, without opening one.

use super::OpenError;
use super::opening::{mail_from, open_links, open_site, open_smtp, open_templates};
use crate::auth::{KeyError, KeyRing, Secrets};
use crate::config::Config;
use crate::mail::Post;
use std::path::Path;

/// Checks the settings as far as they can be without a database, and makes no file. All faults because of which a gateway would
/// not open are told, but those that hide behind another.
#[must_use]
pub fn check(config: &Config) -> Vec<OpenError> {
    let mut faults: Vec<OpenError> = Vec::new();
    faults.extend(data_directory(config));
    let site = open_site(config);
    faults.extend(
        config.payments.faults(site.as_ref().ok(), &config.web_origins()).into_iter().map(Into::into),
    );
    if let Ok(site) = &site {
        faults.extend(open_links(config, site).into_iter().filter_map(Result::err));
        faults.extend(config.machines.faults(site).into_iter().map(OpenError::from));
    }
    faults.extend(site.err());
    faults.extend(config.issuer_faults().into_iter().map(OpenError::from));
    faults.extend(open_smtp(config).err().map(OpenError::from));
    faults.extend(Post::sender(mail_from(config)).err().map(OpenError::from));
    faults.extend(open_templates(config).err());
    faults.extend(config.graphql.check().err().map(OpenError::from));
    faults.extend(keys(config).into_iter().map(OpenError::from));
    faults
}

/// What is wrong with the files of keys and the secret. Those that would be made are checked when they are there.
fn keys(config: &Config) -> Vec<KeyError> {
    let is_shared = config.database_url().is_shared();
    let usual = |file: std::path::PathBuf| (!is_shared && file.is_file()).then_some(file);
    let settings = &config.tokens;
    let signing = settings.signing_key.clone().or_else(|| usual(KeyRing::default_file(&config.data_dir)));
    let mut faults = KeyRing::faults(signing.as_deref(), &settings.verifying_keys);
    if is_shared && settings.signing_key.is_none() {
        faults.push(KeyError::Unnamed);
    }
    let secret = config.auth.secret.clone().or_else(|| usual(Secrets::default_file(&config.data_dir)));
    faults.extend(secret.and_then(|file| Secrets::open(&file).err()));
    if is_shared && config.auth.secret.is_none() {
        faults.push(KeyError::UnnamedSecret);
    }
    faults
}

/// The directory of the data, if something is to lie in it, and it neither is one nor can be made.
fn data_directory(config: &Config) -> Option<OpenError> {
    let is_shared = config.database_url().is_shared();
    let (key, secret) = (config.tokens.signing_key.is_some(), config.auth.secret.is_some());
    let is_used =
        config.database_url.is_none() || config.mail.smtp.is_none() || !(is_shared || key && secret);
    let there = config.data_dir.ancestors().find(|directory| directory.exists());
    let cannot_be = there.is_some_and(|there: &Path| !there.is_dir());
    (is_used && cannot_be).then(|| OpenError::DataDirectory(config.data_dir.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_gateway_would_not_open_with_is_found_without_making_a_file() {
        crate::auth::install_cryptography();
        let directory = tempfile::tempdir().expect("a directory");
        let usual = || Config { data_dir: directory.path().into(), ..Config::default() };
        let refused = |change: fn(&mut Config)| {
            let mut config = usual();
            change(&mut config);
            let faults: Vec<_> = check(&config).iter().map(ToString::to_string).collect();
            assert_eq!(faults.len(), 1, "{faults:?}");
            faults.join("")
        };
        assert!(check(&usual()).is_empty(), "nothing is wrong");
        for (change, setting) in [
            ((|config| config.site.url = "paper".into()) as fn(&mut Config), "site.url"),
            (|config| config.auth.link_url = Some("https://paper.example/in".into()), "auth.link_url"),
            (
                |config| config.auth.invitation_url = Some("https://x.example/#{token}".into()),
                "invitation_url",
            ),
            (|config| config.mail.smtp = Some("smtp://127.0.0.1:2525".to_owned().into()), "mail.from"),
            (|config| config.tokens.signing_key = Some("/nothing/there.pem".into()), "/nothing/there.pem"),
            (|config| config.tokens.verifying_keys = vec!["/nothing/next.pem".into()], "/nothing/next.pem"),
            (|config| config.tokens.verifying_keys = vec!["/dev/null".into()], "/dev/null holds no "),
            (|config| config.mail.templates = Some("/nothing/letters".into()), "/nothing/letters"),
            (|config| config.machines.terms_url = Some("/terms".into()), "machines.terms_url"),
            (|config| config.data_dir = "/dev/null".into(), "data_dir: /dev/null"),
            (|config| config.data_dir = "/dev/null/below".into(), "data_dir: /dev/null/below"),
            (
                |config| {
                    let thirty_one = std::num::NonZeroU32::new(31).expect("not zero");
                    config.graphql.timeout_seconds = thirty_one;
                },
                "graphql.timeout_seconds: must be 1 to 30",
            ),
        ] {
            let refused = refused(change);
            assert!(refused.contains(setting), "{setting}: {refused}");
        }
        let mut config = usual();
        config.database_url = Some("postgres://desk@localhost/x".into());
        let faults: Vec<_> = check(&config).iter().map(ToString::to_string).collect();
        assert!(faults[0].contains("tokens.signing_key") && faults[1].contains("auth.secret"), "{faults:?}");
        assert_eq!(faults.len(), 2, "what several servers need");
        assert_eq!(std::fs::read_dir(directory.path()).expect("a directory").count(), 0);
    }

    #[test]
    fn all_faults_are_told_at_once() {
        crate::auth::install_cryptography();
        let directory = tempfile::tempdir().expect("a directory");
        let mut config = Config { data_dir: directory.path().into(), ..Config::default() };
        config.auth.link_url = Some("https://paper.example/in".into());
        config.auth.gift_url = Some("https://paper.example/gift".into());
        config.tokens.verifying_keys = vec!["/nothing/one.pem".into(), "/nothing/other.pem".into()];
        config.mail.templates = Some("/nothing/letters".into());
        config.payments.grace_days = 91;
        config.payments.contribution_least = 0;
        let stripe = serde_json::json!({
            "prices": { "price_1": "patron", "price_2": "patron.week", "price_3": "patron.year" },
            "timeout_seconds": 31,
        });
        config.payments.stripe = Some(serde_json::from_value(stripe).expect("settings"));
        let told: Vec<_> = check(&config).iter().map(ToString::to_string).collect();
        for part in [
            "auth.link_url",
            "auth.gift_url",
            "/nothing/one.pem",
            "/nothing/other.pem",
            "/nothing/letters",
            "payments.grace_days",
            "contribution_least",
            "payments.stripe.api_key",
            "payments.stripe.signing_secrets",
            "payments.stripe.timeout_seconds: must be 1 to 30",
            "payments.stripe.prices.price_1",
            "payments.stripe.prices.price_2",
        ] {
            assert!(told.iter().any(|fault| fault.contains(part)), "{part}: {told:?}");
        }
        assert_eq!(told.len(), 12, "{told:?}");
    }
}
