//! What the surfaces share: the publication, the keys, and the answers that are ready.

use crate::auth::{Believed, Caller, KeyError, KeyRing, TokenOptions, TokenService, revoked};
use crate::cache::{Representations, Standings, Watch};
use crate::client::{Limiter, Proxies};
use crate::clock::{Chance, SystemChance, SystemClock};
use crate::config::Config;
use crate::error::Problem;
use crate::operation::{Desk, Reading};
use crate::site::{Site, SiteError};
use actix_web::HttpRequest;
use masthead_domain::clock::{Clock, Timestamp};
use masthead_domain::viewer::Bearer;
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
    /// Who stands between the server and its clients.
    pub proxies: Proxies,
    /// How often a client may do what costs a token.
    pub limits: ClientLimits,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Where random bytes come from.
    pub chance: Arc<dyn Chance>,
}

/// How often a client may do what costs a token or a write.
pub struct ClientLimits {
    /// Asking for a device token.
    pub devices: Limiter,
    /// Redeeming a code.
    pub redemptions: Limiter,
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
                let (store, generations) = (self.desk.store(), self.watch.generations());
                let caller = self.standings.caller(bearer, expires, store, generations, now).await?;
                caller.ok_or_else(revoked)
            }
        }
    }
}

impl Gateway {
    /// Begins to read for whoever asks.
    #[must_use]
    pub fn reading(&self, caller: &Caller) -> Reading {
        self.desk.reading(Arc::clone(&caller.viewer))
    }

    /// Makes a token for a bearer that lives so many seconds, or as long as a token may.
    ///
    /// # Errors
    /// A problem when none can be made.
    pub fn issue(&self, bearer: &Bearer, seconds: i64) -> Result<Issued, Problem> {
        let (now, seconds) = (self.clock.now(), seconds.clamp(1, self.tokens.max_seconds()));
        let token = self.tokens.issue(bearer, seconds, now).map_err(|error| {
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
    pub fn admit(&self, request: &HttpRequest, limiter: &Limiter) -> Result<(), Problem> {
        let client = self.proxies.client(request.peer_addr(), request.headers());
        limiter.admit(client, self.clock.now()).map_err(Problem::rate_limited)
    }

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
            proxies: Proxies::new(config.trusted_proxies.clone()),
            limits: ClientLimits {
                devices: Limiter::an_hour(config.limits.devices_per_hour),
                redemptions: Limiter::an_hour(config.limits.redemptions_per_hour),
            },
            clock,
            chance: Arc::new(SystemChance),
        })
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
}
