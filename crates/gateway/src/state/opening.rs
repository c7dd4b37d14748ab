//! Putting a gateway together from its settings.

use super::{ClientLimits, Gateway};
use crate::auth::agent::Agents;
use crate::auth::foreign::Issuers;
use crate::auth::{KeyError, KeyRing, Secrets, TokenOptions, TokenService};
use crate::cache::{Feeds, Keys, Ledgers, Representations, Standings, Watch};
use crate::client::{Counters, Proxies, Throttle, Waiting};
use crate::clock::{ChanceError, SystemChance, SystemClock};
use crate::config::{
    Config, GraphQlTimeoutError, IssuerConfigError, MachineConfigError, PaymentConfigError, RightsConfigError,
};
use crate::deliveries::Deliveries;
use crate::limits::RequestLimits;
use crate::mail::{MailError, Post, Route, Templates};
use crate::operation::Desk;
use crate::operation::member::{Accounts, MailLink, MailLinks};
use crate::operation::payment::Bell;
use crate::quota::Quotas;
use crate::site::{Site, SiteError};
use masthead_domain::clock::Clock;
use masthead_persistence::Store;
use std::num::NonZeroU32;
use std::path::PathBuf;
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
        config.graphql.check()?;
        let site = open_site(config)?;
        let watch = Arc::new(Watch::new(Arc::clone(&clock)));
        let tokens = Arc::new(open_tokens(config)?);
        let hourly = Arc::new(Counters::new(HOUR, Arc::clone(&clock), &SystemChance)?);
        let limits = &config.limits;
        let exempt: Arc<[_]> = limits.exempt_networks.clone().into();
        let an_hour = |things, most| Throttle::new(Arc::clone(&hourly), things, most, Arc::clone(&exempt));
        let (mails, proofs) = (config.auth.mails_an_hour_per_client, PROOFS_A_MAIL);
        let members = [
            an_hour("sign-in mails", mails),
            an_hour("sign-in codes and links", mails.saturating_mul(proofs)),
            an_hour("new private feeds", limits.feeds_per_hour),
        ];
        Ok(Self {
            desk: Desk::new(store.clone(), Arc::clone(&clock)),
            representations: Representations::new(config.cache.bytes),
            issuers: open_issuers(config, &clock)?,
            agents: open_agents(config, &site, &clock)?,
            standings: Standings::new(config.tokens.remembered),
            payments: config.payments.open(&site, &config.web_origins())?,
            accounts: open_accounts(config, &site, store, &watch, &tokens, &clock, members)?,
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
            feeds: Feeds::new(config.tokens.remembered, &SystemChance)?,
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
    [mails, proofs, new_feeds]: [Throttle; 3],
) -> Result<Accounts, OpenError> {
    let links = links(config, site)?;
    let route = match open_smtp(config)? {
        Some(smtp) => smtp,
        None => Route::files(&config.data_dir.join("mail"))?,
    };
    Ok(Accounts {
        secrets: open_secrets(config)?,
        post: Post::open(route, mail_from(config))?,
        bell: Bell::default(),
        templates: open_templates(config)?,
        site: site.name.clone(),
        links,
        session_seconds: i64::from(config.auth.session_days.get()) * 24 * 3_600,
        mails,
        proofs,
        new_feeds,
        store,
        watch: Arc::clone(watch),
        tokens: Arc::clone(tokens),
        clock: Arc::clone(clock),
        chance: Arc::new(SystemChance),
    })
}

/// The publication's site, as the settings have it.
///
/// # Errors
/// [`OpenError`] names what is wrong with it.
pub(crate) fn open_site(config: &Config) -> Result<Site, OpenError> {
    let settings = &config.site;
    let site = Site::new(&settings.name, &settings.url, &settings.article_path)?;
    let site = settings.api_url.as_ref().map_or(Ok(site.clone()), |api| site.clone().with_api(api))?;
    Ok(site.with_rights(config.rights.open()?))
}

/// Where the links in mails lead.
fn links(config: &Config, site: &Site) -> Result<MailLinks, OpenError> {
    let [sign_in, invitation, gift] = open_links(config, site);
    Ok(MailLinks { sign_in: sign_in?, invitation: invitation?, gift: gift? })
}

/// Where the links in mails lead that sign somebody in, invite them to a group, and give them a subscription.
pub(super) fn open_links(config: &Config, site: &Site) -> [Result<MailLink, OpenError>; 3] {
    let link = |set: &Option<String>, usual: &str, place, wrong| match set {
        Some(link) => MailLink::new(link, place).ok_or(wrong),
        None => MailLink::new(&site.page(usual), place).ok_or(wrong),
    };
    let auth = &config.auth;
    [
        link(&auth.link_url, "/sign-in#token={token}", "{token}", OpenError::Link),
        link(&auth.invitation_url, "/join#code={code}", "{code}", OpenError::InvitationLink),
        link(&auth.gift_url, "/redeem#code={code}", "{code}", OpenError::GiftLink),
    ]
}

/// The templates of letters. A directory that is not there is a slip: without it ours would be sent, and nobody would know.
pub(super) fn open_templates(config: &Config) -> Result<Templates, OpenError> {
    let directory = config.mail.templates.as_deref();
    match directory.filter(|directory| !directory.is_dir()) {
        Some(none) => Err(OpenError::Templates(none.to_owned())),
        None => Ok(Templates::open(directory)?),
    }
}

/// Whom mail comes from. Nobody writes to the usual one: without a server letters go into files.
pub(super) fn mail_from(config: &Config) -> &str {
    config.mail.from.as_deref().unwrap_or("Masthead <masthead@localhost>")
}

/// The server that sends the mail, if one is set; then an address to send from is, too.
pub(super) fn open_smtp(config: &Config) -> Result<Option<Route>, MailError> {
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

/// The machines that the settings describe.
fn open_agents(config: &Config, site: &Site, clock: &Arc<dyn Clock>) -> Result<Agents, MachineConfigError> {
    match config.machines.open(site)? {
        Some(rules) => Agents::new(rules, clock).map_err(MachineConfigError::Client),
        None => Ok(Agents::default()),
    }
}

/// Why a gateway cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A setting of the site is wrong.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// A setting of rights is wrong.
    #[error(transparent)]
    Rights(#[from] RightsConfigError),
    /// A key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A setting of payments is wrong.
    #[error(transparent)]
    Payments(#[from] PaymentConfigError),
    /// A setting of another issuer is wrong.
    #[error(transparent)]
    Issuer(#[from] IssuerConfigError),
    /// A setting of machines is wrong.
    #[error(transparent)]
    Machines(#[from] MachineConfigError),
    /// Mail cannot be sent.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// What should hold templates is no directory.
    #[error("mail.templates: {} is no directory", .0.display())]
    Templates(PathBuf),
    /// What should hold the data is no directory, and cannot become one.
    #[error("data_dir: {} is no directory", .0.display())]
    DataDirectory(PathBuf),
    /// GraphQL would keep clients waiting.
    #[error(transparent)]
    GraphQl(#[from] GraphQlTimeoutError),
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
