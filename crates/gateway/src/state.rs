//! What the surfaces share: the publication, the keys, and the answers that are ready.

use crate::auth::{Believed, Caller, KeyError, KeyRing, TokenOptions, TokenService, revoked};
use crate::cache::{Representations, Standings, Watch};
use crate::clock::{SystemChance, SystemClock};
use crate::config::{Config, PaymentConfig, PaymentConfigError};
use crate::error::Problem;
use crate::operation::Desk;
use crate::payment::Provider;
use crate::site::{Site, SiteError};
use actix_web::HttpRequest;
use masthead_domain::clock::Clock;
use masthead_domain::payment::Terms;
use masthead_persistence::Store;
use std::sync::Arc;

/// What the surfaces share. A second node has the same and needs nothing of this one.
pub struct Gateway {
    /// Where the publication is read.
    pub desk: Desk,
    /// The publication's public site.
    pub site: Site,
    /// In which epoch the publication is.
    pub watch: Watch,
    /// The answers that are ready.
    pub representations: Representations,
    /// Who may be believed.
    pub tokens: TokenService,
    /// What bearers of tokens may do.
    pub standings: Standings,
    /// Through whom members pay.
    pub payments: Payments,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
}

impl Gateway {
    /// Who asks.
    ///
    /// # Errors
    /// A problem when the request carries a credential that cannot be believed, or is good no longer; it is never
    /// taken for anonymous then.
    pub async fn caller(&self, request: &HttpRequest) -> Result<Caller, Problem> {
        let now = self.clock.now();
        match self.tokens.believed(request, now)? {
            Believed::Described(caller) => Ok(caller),
            Believed::Borne { bearer, expires } => {
                let (store, generations) = (self.desk.store(), self.watch.generations());
                let caller = self.standings.caller(bearer, expires, store, generations, now).await?;
                caller.ok_or_else(revoked)
            }
        }
    }
}

impl Gateway {
    /// Puts together what the settings describe, on this database.
    ///
    /// # Errors
    /// [`OpenError`] names the setting or file that is wrong.
    pub fn open(config: &Config, store: Store) -> Result<Self, OpenError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let site = &config.site;
        Ok(Self {
            desk: Desk::new(store, Arc::clone(&clock)),
            site: Site::new(&site.name, &site.url, &site.article_path)?,
            watch: Watch::new(Arc::clone(&clock)),
            representations: Representations::new(config.cache.bytes),
            standings: Standings::new(config.tokens.remembered),
            tokens: open_tokens(config)?,
            payments: Payments::open(&config.payments)?,
            clock,
        })
    }
}

/// Through whom members pay, and on which terms.
pub struct Payments(Vec<(Arc<dyn Provider>, Terms)>);

impl Payments {
    fn open(config: &PaymentConfig) -> Result<Self, PaymentConfigError> {
        let with_terms = |provider: Arc<dyn Provider>| {
            let terms = config.terms(provider.name());
            (provider, terms)
        };
        Ok(Self(config.providers()?.into_iter().map(with_terms).collect()))
    }

    /// The provider of this name, and the terms for what is paid through it.
    #[must_use]
    pub fn provider(&self, name: &str) -> Option<(&dyn Provider, &Terms)> {
        let found = self.0.iter().find(|(provider, _)| provider.name() == name);
        found.map(|(provider, terms)| (provider.as_ref(), terms))
    }
}

/// The keys and rules for tokens that the settings describe. Makes a signing key when none is named, but not
/// beside a database that several servers may share: each would make its own, and a token of one would be
/// refused by the others.
///
/// # Errors
/// [`KeyError`] names the file or the setting that is wrong.
pub fn open_tokens(config: &Config) -> Result<TokenService, KeyError> {
    let settings = &config.tokens;
    let mut keys = match &settings.signing_key {
        Some(file) => KeyRing::open(file)?,
        None if config.database_url().is_shared() => return Err(KeyError::Unnamed),
        None => KeyRing::open_or_make(&KeyRing::default_file(&config.data_dir), &SystemChance)?,
    };
    for file in &settings.verifying_keys {
        keys.add(file)?;
    }
    let options = TokenOptions {
        issuer: settings.issuer.clone(),
        audience: settings.audience.clone(),
        max_seconds: settings.max_ttl_seconds,
        remembered: settings.remembered,
        described: settings.described,
    };
    Ok(TokenService::new(keys, options, Arc::new(SystemChance)))
}

/// Why a gateway cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A setting of the site is wrong.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// A key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A setting of payments is wrong.
    #[error(transparent)]
    Payments(#[from] PaymentConfigError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_on_one_database_do_not_make_keys_of_their_own() {
        crate::auth::install_cryptography();
        let directory = tempfile::tempdir().expect("a directory");
        let mut config = Config { data_dir: directory.path().into(), ..Config::default() };
        assert!(open_tokens(&config).is_ok(), "on SQLite there is one server");
        config.database_url = Some("postgres://desk@localhost/paper".into());
        let refused = open_tokens(&config).err().expect("refused").to_string();
        assert!(
            refused.contains("tokens.signing_key") && refused.contains("masthead token key"),
            "{refused}"
        );
        let file = directory.path().join("shared.pem");
        assert!(KeyRing::make(&file, &SystemChance).expect("made"));
        assert!(!KeyRing::make(&file, &SystemChance).expect("there already"));
        config.tokens.signing_key = Some(file);
        assert!(open_tokens(&config).is_ok());
    }
}
