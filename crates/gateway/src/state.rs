//! What the surfaces share: the publication, the keys, and the answers that are ready.

use crate::auth::foreign::{ForeignError, ForeignToken, Issuers};
use crate::auth::{
    Believed, Caller, KeyError, KeyRing, PresentedKey, Secrets, TokenOptions, TokenService, revoked,
    unknown_key,
};
use crate::cache::{Epoch, Keys, Representations, Standings, Watch};
use crate::client::{Client, Proxies, Throttle};
use crate::clock::{Chance, SystemChance, SystemClock};
use crate::config::{Config, IssuerConfigError, PaymentConfig, PaymentConfigError};
use crate::error::Problem;
use crate::mail::{MailError, Post, Route, Templates};
use crate::operation::access::Described;
use crate::operation::member::{Accounts, SignInLink};
use crate::operation::{Acting, Desk, Opened, Reading};
use crate::payment::Provider;
use crate::site::{Site, SiteError};
use actix_web::HttpRequest;
use masthead_domain::clock::{Clock, Timestamp};
use masthead_domain::id::KeyId;
use masthead_domain::payment::Terms;
use masthead_domain::viewer::{Bearer, Viewer};
use masthead_persistence::Store;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// What the surfaces share. A second node has the same and needs nothing of this one.
pub struct Gateway {
    /// Where the publication is read.
    pub desk: Desk,
    /// The publication's public site.
    pub site: Site,
    /// In which epoch the publication is.
    pub watch: Arc<Watch>,
    /// The answers that are ready.
    pub representations: Representations,
    /// Who may be believed.
    pub tokens: Arc<TokenService>,
    /// Other issuers, whose tokens are taken too.
    pub issuers: Issuers,
    /// What bearers of tokens may do.
    pub standings: Standings,
    /// Through whom members pay.
    pub payments: Payments,
    /// Members, and what they do with their accounts.
    pub accounts: Accounts,
    /// Who stands between the server and its clients.
    pub proxies: Proxies,
    /// How often a client may do what costs a token.
    pub limits: ClientLimits,
    /// Keys that were shown before.
    pub keys: Keys,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Where random bytes come from.
    pub chance: Arc<dyn Chance>,
}

/// How often a client may do what costs a token or a write.
pub struct ClientLimits {
    /// Asking for a device token.
    pub devices: Throttle,
    /// Redeeming a code.
    pub redemptions: Throttle,
}

/// A token that was just made, and when it ends.
pub struct Issued {
    /// The token.
    pub token: String,
    /// The first instant at which it is good no longer.
    pub expires: Timestamp,
}

impl Gateway {
    /// Who asks.
    ///
    /// # Errors
    /// A problem when the request carries a credential that cannot be believed, or is good no longer; it is never
    /// taken for anonymous then.
    pub async fn caller(&self, request: &HttpRequest) -> Result<Caller, Problem> {
        let believed = self.tokens.believed(request, self.clock.now())?;
        self.caller_of(believed).await
    }

    /// Who a token speaks for now.
    ///
    /// # Errors
    /// A problem when what it names is good no longer, or the database cannot be read.
    pub async fn caller_of(&self, believed: Believed) -> Result<Caller, Problem> {
        let now = self.clock.now();
        match believed {
            Believed::Described(caller) => Ok(caller),
            Believed::Borne { bearer, expires } => {
                self.borne(bearer, Some(expires), now).await?.ok_or_else(revoked)
            }
            Believed::Key(presented) => {
                let found = self.keys.find(&presented, self.desk.store(), self.watch.generations()).await?;
                let (key, expires) = found.ok_or_else(unknown_key)?;
                self.borne(Bearer::Key(key), expires, now).await?.ok_or_else(revoked)
            }
            Believed::Foreign(token) => Ok(self.foreign(&token, now).await?),
        }
    }

    async fn foreign(&self, token: &ForeignToken, now: Timestamp) -> Result<Caller, ForeignError> {
        self.issuers.caller(token, self.desk.store(), self.watch.epoch(), now).await
    }

    /// Whoever shows this key with this id; `None` when it is another's, unknown, or good no longer.
    ///
    /// # Errors
    /// A problem when the database cannot be read.
    pub async fn holder(&self, id: KeyId, presented: &PresentedKey) -> Result<Option<Caller>, Problem> {
        let found = self.keys.find(presented, self.desk.store(), self.watch.generations()).await?;
        match found {
            Some((key, expires)) if key == id => {
                self.borne(Bearer::Key(key), expires, self.clock.now()).await
            }
            _ => Ok(None),
        }
    }

    async fn borne(
        &self,
        bearer: Bearer,
        expires: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Option<Caller>, Problem> {
        let (store, generations) = (self.desk.store(), self.watch.generations());
        let caller = self.standings.caller(bearer, expires, store, generations, now).await?;
        if let (Some(_), Bearer::Key(key)) = (&caller, bearer)
            && self.keys.is_to_be_noted(key, now)
        {
            // Nobody waits for it: writers take turns, and to read needs none.
            let store = store.clone();
            tokio::spawn(async move {
                if let Err(error) = store.note_use(key, now).await {
                    tracing::warn!(%error, "the use of a key was not noted");
                }
            });
        }
        Ok(caller)
    }

    /// The epoch under which an answer to the caller may be kept. Nothing is kept for a partner whose licence waits: what
    /// exists for it changes at instants of its own, of which the watch knows nothing.
    #[must_use]
    pub fn epoch_for(&self, caller: &Caller) -> Option<Epoch> {
        if caller.viewer.delay_seconds() > 0 { None } else { self.watch.epoch() }
    }
}

impl Gateway {
    /// Where a request comes from.
    #[must_use]
    pub fn client(&self, request: &HttpRequest) -> Client {
        Client::of(request, &self.proxies)
    }

    /// Begins to read for whoever asks.
    #[must_use]
    pub fn reading(&self, caller: &Caller) -> Reading {
        self.desk.reading(Arc::clone(&caller.viewer))
    }

    /// Begins to change something for whoever asks.
    #[must_use]
    pub fn acting(&self, caller: &Caller) -> Acting<'_> {
        Acting::new(self.reading(caller), &*self.chance)
    }

    /// Whose eyes somebody of the staff wants to see with: a token's, or a described viewer's.
    ///
    /// # Errors
    /// A problem when it is neither or both, or cannot be.
    pub async fn whose(
        &self,
        token: Option<&str>,
        described: Option<&Described>,
    ) -> Result<Arc<Viewer>, Problem> {
        match (token, described) {
            (Some(token), None) => {
                let wrong = |error| Problem::invalid_parameter("token", format!("token: {error}."));
                let now = self.clock.now();
                let caller = match self.tokens.verify(token, now).map_err(wrong)? {
                    Believed::Foreign(token) => match self.foreign(&token, now).await {
                        Err(ForeignError::Token(error)) => return Err(wrong(error)),
                        caller => caller?,
                    },
                    believed => self.caller_of(believed).await?,
                };
                Ok(caller.viewer)
            }
            (None, Some(described)) => Ok(Arc::new(described.viewer()?)),
            (None, None) => Err(Problem::invalid_parameter("viewer", "Give a token or a viewer.")),
            (Some(_), Some(_)) => {
                Err(Problem::invalid_parameter("viewer", "Give a token or a viewer, not both."))
            }
        }
    }

    /// Makes a token for what was opened. It lives as long as that allows, and as a token may.
    ///
    /// # Errors
    /// A problem when none can be made.
    pub fn issue(&self, opened: &Opened) -> Result<Issued, Problem> {
        let (now, seconds) = (self.clock.now(), opened.seconds.clamp(1, self.tokens.max_seconds()));
        let token = self.tokens.issue(&opened.bearer, seconds, now).map_err(|error| {
            tracing::error!(%error, "no token can be made");
            Problem::internal()
        })?;
        // A token counts in whole seconds.
        let expires = Timestamp::EPOCH.plus_seconds(now.seconds() + seconds);
        Ok(Issued { token, expires })
    }

    /// Counts a request of the client against a limit.
    ///
    /// # Errors
    /// A problem that says when to come back.
    pub fn admit(&self, request: &HttpRequest, throttle: &Throttle) -> Result<(), Problem> {
        throttle.count(self.client(request).address)
    }

    /// Puts together what the settings describe, on this database, with the machine's clock.
    ///
    /// # Errors
    /// [`OpenError`] names the setting or file that is wrong.
    pub fn open(config: &Config, store: Store) -> Result<Self, OpenError> {
        Self::open_at(config, store, Arc::new(SystemClock))
    }

    /// Puts together what the settings describe, on this database, with a clock of the caller's own.
    ///
    /// # Errors
    /// [`OpenError`] names the setting or file that is wrong.
    pub fn open_at(config: &Config, store: Store, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let site = &config.site;
        let site = Site::new(&site.name, &site.url, &site.article_path)?;
        let watch = Arc::new(Watch::new(Arc::clone(&clock)));
        let tokens = Arc::new(open_tokens(config)?);
        Ok(Self {
            desk: Desk::new(store.clone(), Arc::clone(&clock)),
            representations: Representations::new(config.cache.bytes),
            issuers: open_issuers(config)?,
            standings: Standings::new(config.tokens.remembered),
            payments: Payments::open(&config.payments)?,
            accounts: open_accounts(config, &site, store, &watch, &tokens, &clock)?,
            proxies: Proxies::new(config.trusted_proxies.clone()),
            limits: ClientLimits {
                devices: an_hour(config.limits.devices_per_hour, &clock),
                redemptions: an_hour(config.limits.redemptions_per_hour, &clock),
            },
            site,
            watch,
            tokens,
            keys: Keys::new(config.tokens.remembered),
            clock,
            chance: Arc::new(SystemChance),
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

/// So many an hour of each client, one more from time to time.
fn an_hour(most: NonZeroU32, clock: &Arc<dyn Clock>) -> Throttle {
    Throttle::new(most, Duration::from_secs(3_600), Arc::clone(clock))
}

/// What the members' use cases work with.
fn open_accounts(
    config: &Config,
    site: &Site,
    store: Store,
    watch: &Arc<Watch>,
    tokens: &Arc<TokenService>,
    clock: &Arc<dyn Clock>,
) -> Result<Accounts, OpenError> {
    /// How many proofs a client may try for every mail that it may ask for.
    const PROOFS_A_MAIL: NonZeroU32 = const { NonZeroU32::new(10).expect("ten is not zero") };
    let (auth, mail) = (&config.auth, &config.mail);
    let link = match &auth.link_url {
        Some(link) => SignInLink::new(link),
        None => SignInLink::new(&site.page("/sign-in#token={token}")),
    };
    let route = match &mail.smtp {
        Some(url) => Route::smtp(url.expose())?,
        None => Route::files(&config.data_dir.join("mail"))?,
    };
    let from = match (&mail.from, &mail.smtp) {
        (Some(from), _) => from.as_str(),
        (None, None) => "Masthead <masthead@localhost>",
        (None, Some(_)) => return Err(MailError::From.into()),
    };
    Ok(Accounts {
        secrets: open_secrets(config)?,
        post: Post::open(route, from)?,
        templates: Templates::open(mail.templates.as_deref())?,
        site: site.name.clone(),
        link: link.ok_or(OpenError::Link)?,
        session_seconds: i64::from(auth.session_days.get()) * 24 * 3_600,
        mails: an_hour(auth.mails_an_hour_per_client, clock),
        proofs: an_hour(auth.mails_an_hour_per_client.saturating_mul(PROOFS_A_MAIL), clock),
        store,
        watch: Arc::clone(watch),
        tokens: Arc::clone(tokens),
        clock: Arc::clone(clock),
        chance: Arc::new(SystemChance),
    })
}

/// The secret that the settings name. Makes one when none is named, but not beside a database that several servers
/// may share.
///
/// # Errors
/// [`KeyError`] names the file that is wrong.
pub fn open_secrets(config: &Config) -> Result<Secrets, KeyError> {
    match &config.auth.secret {
        Some(file) => Secrets::open(file),
        None if config.database_url().is_shared() => Err(KeyError::UnnamedSecret),
        None => Secrets::open_or_make(&Secrets::default_file(&config.data_dir), &SystemChance),
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
        foreign: config.issuers.iter().map(|issuer| issuer.issuer.clone()).collect(),
    };
    Ok(TokenService::new(keys, options, Arc::new(SystemChance)))
}

/// The other issuers that the settings describe.
fn open_issuers(config: &Config) -> Result<Issuers, IssuerConfigError> {
    let rules = config.issuers()?;
    Issuers::new(rules, config.tokens.remembered).map_err(IssuerConfigError::Client)
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
    /// A setting of another issuer is wrong.
    #[error(transparent)]
    Issuer(#[from] IssuerConfigError),
    /// Mail cannot be sent.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The link of sign-in mails leads nowhere.
    #[error("auth.link_url: must be an absolute http or https URL that holds {{token}}")]
    Link,
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
