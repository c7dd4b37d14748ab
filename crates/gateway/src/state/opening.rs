//! Putting a gateway together from its settings.

use super::{ClientLimits, Gateway};
use crate::auth::foreign::Issuers;
use crate::auth::{KeyError, KeyRing, Secrets, TokenOptions, TokenService};
use crate::cache::{Keys, Ledgers, Representations, Standings, Watch};
use crate::client::{Counters, Proxies, Throttle, Waiting};
use crate::clock::{ChanceError, SystemChance, SystemClock};
use crate::config::{Config, IssuerConfigError, PaymentConfigError};
use crate::deliveries::Deliveries;
use crate::limits::RequestLimits;
use crate::mail::{MailError, Post, Route, Templates};
use crate::operation::Desk;
use crate::operation::member::{Accounts, MailLink, MailLinks};
use crate::quota::Quotas;
use crate::site::{Site, SiteError};
use masthead_domain::clock::Clock;
use masthead_persistence::Store;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

/// How many proofs a client may try for every mail that it may ask for.
const PROOFS_A_MAIL: NonZeroU32 = const { NonZeroU32::new(10).expect("ten is not zero") };

impl Gateway {
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
        let site = open_site(config)?;
        let watch = Arc::new(Watch::new(Arc::clone(&clock)));
        let tokens = Arc::new(open_tokens(config)?);
        let hourly = Arc::new(Counters::new(HOUR, Arc::clone(&clock), &SystemChance)?);
        let limits = &config.limits;
        let exempt: Arc<[_]> = limits.exempt_networks.clone().into();
        let an_hour = |things, most| Throttle::new(Arc::clone(&hourly), things, most, Arc::clone(&exempt));
        let (mails, proofs) = (config.auth.mails_an_hour_per_client, PROOFS_A_MAIL);
        let sign_in = (
            an_hour("sign-in mails", mails),
            an_hour("sign-in codes and links", mails.saturating_mul(proofs)),
        );
        Ok(Self {
            desk: Desk::new(store.clone(), Arc::clone(&clock)),
            representations: Representations::new(config.cache.bytes),
            issuers: open_issuers(config, &clock)?,
            standings: Standings::new(config.tokens.remembered),
            payments: config.payments.open(&site, &config.web_origins())?,
            accounts: open_accounts(config, &site, store, &watch, &tokens, &clock, sign_in)?,
            proxies: Proxies::new(config.trusted_proxies.clone()),
            limits: ClientLimits {
                requests: RequestLimits::new(limits, Arc::clone(&clock), &SystemChance)?,
                devices: an_hour("device tokens", limits.devices_per_hour),
                redemptions: an_hour("codes, seats and invitations", limits.redemptions_per_hour),
                checkouts: an_hour("pages to pay on", limits.checkouts_per_hour),
            },
            site,
            watch,
            tokens,
            keys: Keys::new(config.tokens.remembered),
            quotas: Quotas::default(),
            deliveries: Deliveries::default(),
            ledgers: Ledgers::default(),
            waiting: Waiting::default(),
            clock,
            chance: Arc::new(SystemChance),
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
    (mails, proofs): (Throttle, Throttle),
) -> Result<Accounts, OpenError> {
    let links = open_links(config, site)?;
    let route = match open_smtp(config)? {
        Some(smtp) => smtp,
        None => Route::files(&config.data_dir.join("mail"))?,
    };
    Ok(Accounts {
        secrets: open_secrets(config)?,
        post: Post::open(route, mail_from(config))?,
        templates: Templates::open(config.mail.templates.as_deref())?,
        site: site.name.clone(),
        links,
        session_seconds: i64::from(config.auth.session_days.get()) * 24 * 3_600,
        mails,
        proofs,
        store,
        watch: Arc::clone(watch),
        tokens: Arc::clone(tokens),
        clock: Arc::clone(clock),
        chance: Arc::new(SystemChance),
    })
}

/// Checks the settings as far as they can be without a database, and makes no file: what a gateway would not open with is
/// refused.
///
/// # Errors
/// As [`Gateway::open`].
pub fn check(config: &Config) -> Result<(), OpenError> {
    let site = open_site(config)?;
    config.payments.open(&site, &config.web_origins())?;
    config.issuers()?;
    open_links(config, &site)?;
    open_smtp(config)?;
    Post::sender(mail_from(config))?;
    Templates::open(config.mail.templates.as_deref())?;
    let is_shared = config.database_url().is_shared();
    if is_shared || config.tokens.signing_key.is_some() {
        open_tokens(config)?;
    }
    if is_shared || config.auth.secret.is_some() {
        open_secrets(config)?;
    }
    Ok(())
}

fn open_site(config: &Config) -> Result<Site, SiteError> {
    let site = &config.site;
    Site::new(&site.name, &site.url, &site.article_path)
}

/// Where the links in mails lead.
fn open_links(config: &Config, site: &Site) -> Result<MailLinks, OpenError> {
    let link = |set: &Option<String>, usual: &str, place| match set {
        Some(link) => MailLink::new(link, place),
        None => MailLink::new(&site.page(usual), place),
    };
    let auth = &config.auth;
    Ok(MailLinks {
        sign_in: link(&auth.link_url, "/sign-in#token={token}", "{token}").ok_or(OpenError::Link)?,
        invitation: link(&auth.invitation_url, "/join#code={code}", "{code}")
            .ok_or(OpenError::InvitationLink)?,
        gift: link(&auth.gift_url, "/redeem#code={code}", "{code}").ok_or(OpenError::GiftLink)?,
    })
}

/// Whom mail comes from. Nobody writes to the usual one: without a server letters go into files.
fn mail_from(config: &Config) -> &str {
    config.mail.from.as_deref().unwrap_or("Masthead <masthead@localhost>")
}

/// The server that sends the mail, if one is set; then an address to send from is, too.
fn open_smtp(config: &Config) -> Result<Option<Route>, MailError> {
    let Some(url) = &config.mail.smtp else { return Ok(None) };
    if config.mail.from.is_none() {
        return Err(MailError::From);
    }
    Route::smtp(url.expose()).map(Some)
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
fn open_issuers(config: &Config, clock: &Arc<dyn Clock>) -> Result<Issuers, IssuerConfigError> {
    let rules = config.issuers()?;
    Issuers::new(rules, config.tokens.remembered, clock).map_err(IssuerConfigError::Client)
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
    /// There are no random bytes.
    #[error(transparent)]
    Chance(#[from] ChanceError),
    /// The link of sign-in mails leads nowhere.
    #[error("auth.link_url: must be an absolute http or https URL that holds {{token}}")]
    Link,
    /// The address of an invitation's link is none.
    #[error("auth.invitation_url: must be an absolute http or https URL that holds {{code}}")]
    InvitationLink,
    /// The address of the link to a gift subscription is none.
    #[error("auth.gift_url: must be an absolute http or https URL that holds {{code}}")]
    GiftLink,
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
            check(&config).expect_err("refused").to_string()
        };
        check(&usual()).expect("nothing is wrong");
        for (change, setting) in [
            ((|config| config.site.url = "paper".into()) as fn(&mut Config), "site.url"),
            (|config| config.auth.link_url = Some("https://paper.example/in".into()), "auth.link_url"),
            (
                |config| config.auth.invitation_url = Some("https://x.example/#{token}".into()),
                "invitation_url",
            ),
            (|config| config.mail.smtp = Some("smtp://127.0.0.1:2525".to_owned().into()), "mail.from"),
            (|config| config.tokens.signing_key = Some("/nothing/there.pem".into()), "/nothing/there.pem"),
            (|config| config.database_url = Some("postgres://desk@localhost/x".into()), "tokens.signing_key"),
        ] {
            let refused = refused(change);
            assert!(refused.contains(setting), "{setting}: {refused}");
        }
        assert_eq!(std::fs::read_dir(directory.path()).expect("a directory").count(), 0);
    }

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
