//! What the surfaces share: the publication, the keys, and the answers that are ready.

use crate::auth::{Believed, Caller, KeyError, KeyRing, Secrets, TokenOptions, TokenService, revoked};
use crate::cache::{Representations, Standings, Watch};
use crate::client::Client;
use crate::clock::{SystemChance, SystemClock};
use crate::config::Config;
use crate::error::Problem;
use crate::mail::{MailError, Post, Route, Templates};
use crate::operation::Desk;
use crate::operation::member::{Accounts, SignInLink};
use crate::site::{Site, SiteError};
use crate::throttle::Throttle;
use actix_web::HttpRequest;
use actix_web::http::header::HeaderName;
use masthead_domain::clock::Clock;
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
    /// What bearers of tokens may do.
    pub standings: Standings,
    /// Members, and what they do with their accounts.
    pub accounts: Accounts,
    /// The header field in which the proxy before the server writes the client's address.
    pub client_address: Option<HeaderName>,
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
    /// Where a request comes from.
    #[must_use]
    pub fn client(&self, request: &HttpRequest) -> Client {
        Client::of(request, self.client_address.as_ref())
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
        let header = config.auth.client_address_header.as_deref();
        let client_address =
            header.map(|name| name.parse().map_err(|_| OpenError::ClientAddress)).transpose()?;
        Ok(Self {
            desk: Desk::new(store.clone(), Arc::clone(&clock)),
            representations: Representations::new(config.cache.bytes),
            standings: Standings::new(config.tokens.remembered),
            accounts: open_accounts(config, &site, store, &watch, &tokens, &clock)?,
            client_address,
            site,
            watch,
            tokens,
            clock,
        })
    }
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
    const HOUR: Duration = Duration::from_secs(3_600);
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
        mails: Throttle::new(auth.mails_an_hour_per_client, HOUR, Arc::clone(clock)),
        proofs: Throttle::new(
            auth.mails_an_hour_per_client.saturating_mul(PROOFS_A_MAIL),
            HOUR,
            Arc::clone(clock),
        ),
        store,
        watch: Arc::clone(watch),
        tokens: Arc::clone(tokens),
        clock: Arc::clone(clock),
        chance: Arc::new(SystemChance),
    })
}

/// The secret that the settings name. Makes one when there is none.
///
/// # Errors
/// [`KeyError`] names the file that is wrong.
pub fn open_secrets(config: &Config) -> Result<Secrets, KeyError> {
    match &config.auth.secret {
        Some(file) => Secrets::open(file),
        None => Secrets::open_or_make(&Secrets::default_file(&config.data_dir), &SystemChance),
    }
}

/// The keys and rules for tokens that the settings describe. Makes a signing key when there is none.
///
/// # Errors
/// [`KeyError`] names the file that is wrong.
pub fn open_tokens(config: &Config) -> Result<TokenService, KeyError> {
    let settings = &config.tokens;
    let mut keys = match &settings.signing_key {
        Some(file) => KeyRing::open(file)?,
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
    /// Mail cannot be sent.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The link of sign-in mails leads nowhere.
    #[error("auth.link_url: must be an absolute http or https URL that holds {{token}}")]
    Link,
    /// The name of a header field is none.
    #[error("auth.client_address_header: must be the name of a header field")]
    ClientAddress,
}
