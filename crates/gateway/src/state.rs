//! What the surfaces share: the publication, the keys, and the answers that are ready.

use crate::auth::{
    Believed, Caller, KeyError, KeyRing, PresentedKey, TokenOptions, TokenService, revoked, unknown_key,
};
use crate::cache::{Epoch, Keys, Representations, Standings, Watch};
use crate::clock::{Chance, SystemChance, SystemClock};
use crate::config::Config;
use crate::error::Problem;
use crate::operation::Desk;
use crate::site::{Site, SiteError};
use actix_web::HttpRequest;
use masthead_domain::clock::{Clock, Timestamp};
use masthead_domain::id::KeyId;
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
    /// Keys that were shown before.
    pub keys: Keys,
    /// Where random bytes come from.
    pub chance: Arc<dyn Chance>,
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
                self.borne(bearer, Some(expires), now).await?.ok_or_else(revoked)
            }
            Believed::Key(presented) => {
                let found = self.keys.find(&presented, self.desk.store(), self.watch.generations()).await?;
                let (key, expires) = found.ok_or_else(unknown_key)?;
                self.borne(Bearer::Key(key), expires, now).await?.ok_or_else(revoked)
            }
        }
    }

    /// Whoever shows this key with this id; `None` when it is another's, unknown, or good no longer.
    ///
    /// # Errors
    /// A problem when the database cannot be read.
    pub async fn client(&self, id: KeyId, presented: &PresentedKey) -> Result<Option<Caller>, Problem> {
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
            keys: Keys::new(config.tokens.remembered),
            chance: Arc::new(SystemChance),
            tokens: open_tokens(config)?,
            clock,
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
