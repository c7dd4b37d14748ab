//! Settings: from `masthead.toml`, the environment and flags, in rising order. A key that is not known is an
//! error wherever it stands.

mod database_url;
mod graphql;
mod issuers;
mod machines;
mod origin;
mod payments;
mod per_minute;
mod rights;
mod secret;
mod smtp_url;
mod sources;
mod web_origin;

pub use database_url::DatabaseUrl;
pub use graphql::{GraphQlConfig, GraphQlTimeoutError};
pub use issuers::{ClaimConfig, IssuerConfig, IssuerConfigError, Preset};
pub use machines::{AgentConfig, MachineConfig, MachineConfigError};
pub use origin::{Origin, Origins};
pub use payments::{PaymentConfig, PaymentConfigError, StripeConfig};
pub use per_minute::{PerMinute, PerMinuteError};
pub use rights::{RightsConfig, RightsConfigError};
pub use secret::Secret;
pub use smtp_url::SmtpUrl;
pub use sources::{ConfigError, Flags, load};
pub use web_origin::{WebOrigin, WebOriginError};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;

/// How many seconds a setting may let a request take that writes: half of the time after which one that is sent again with the
/// same `Idempotency-Key` takes over. The other half is for the database.
const LONGEST_WRITE: u8 = 30;
const _: () = assert!(2 * LONGEST_WRITE as i64 <= masthead_persistence::ABANDONED);

/// Every setting. Each has a default, so an empty file is a valid one.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Where the database and the keys lie.
    pub data_dir: PathBuf,
    /// `sqlite://PATH` or `postgres://USER:PASSWORD@HOST:PORT/NAME`; left out, a file in the data directory.
    pub database_url: Option<DatabaseUrl>,
    /// How many connections read at the same time, at most.
    pub read_connections: NonZeroU32,
    /// How many threads answer; left out, one a core.
    pub workers: Option<NonZeroUsize>,
    /// How many seconds requests under way may take after the signal to stop.
    pub drain_seconds: u64,
    /// The networks of proxies whose `X-Forwarded-For` is believed, such as `10.0.0.0/8`.
    pub trusted_proxies: Vec<IpNet>,
    /// How often one client may ask.
    pub limits: LimitConfig,
    /// The publication's public site.
    pub site: SiteConfig,
    /// What machines are told about rights.
    pub rights: RightsConfig,
    /// Tokens.
    pub tokens: TokenConfig,
    /// Other issuers, whose tokens are taken too.
    pub issuers: Vec<IssuerConfig>,
    /// Machines that say who they are.
    pub machines: MachineConfig,
    /// Payments.
    pub payments: PaymentConfig,
    /// How members sign in.
    pub auth: AuthConfig,
    /// How mail is sent.
    pub mail: MailConfig,
    /// Who may read answers from a page of another origin.
    pub cors: CorsConfig,
    /// What is shown to developers.
    pub docs: DocsConfig,
    /// What one GraphQL request may ask for.
    pub graphql: GraphQlConfig,
    /// Answers that are kept ready.
    pub cache: CacheConfig,
    /// Logs.
    pub log: LogConfig,
}

/// How often one client may ask. Every server counts for itself.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitConfig {
    /// How many requests a minute from one address by whoever is not signed in; zero for any number. Credentials that are
    /// refused count here too.
    pub anonymous_per_minute: PerMinute,
    /// How many requests a minute by one member or with one partner's key; zero for any number.
    pub credential_per_minute: PerMinute,
    /// How many requests a minute by one of the staff or with one key of the publisher's programs; zero for any number.
    pub staff_per_minute: PerMinute,
    /// Networks whose addresses are not counted, such as that of the site's own front end.
    pub exempt_networks: Vec<IpNet>,
    /// How many device tokens an hour.
    pub devices_per_hour: NonZeroU32,
    /// How many codes of gifts, preview links and passes an hour, good or bad, how many sessions by place, and how often somebody may
    /// invite to a group or ask for a seat by their domain.
    pub redemptions_per_hour: NonZeroU32,
    /// How many times an hour to go and pay.
    pub checkouts_per_hour: NonZeroU32,
    /// How many private feeds an hour by one member.
    pub feeds_per_hour: NonZeroU32,
}

/// The publication's public site.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteConfig {
    /// The publication's name.
    pub name: String,
    /// The address that paths are resolved against.
    pub url: String,
    /// Where an article lies on the site; `{slug}` stands for its slug.
    pub article_path: String,
    /// Where clients reach this API, such as `https://api.paper.example`: links in feeds lead there. Left out, `url`.
    pub api_url: Option<String>,
}

/// Tokens.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenConfig {
    /// `iss` of our tokens.
    pub issuer: String,
    /// `aud` of our tokens.
    pub audience: String,
    /// The longest life of a token, in seconds.
    pub max_ttl_seconds: i64,
    /// How many verified tokens are remembered.
    pub remembered: usize,
    /// The key that signs, as PKCS#8 in PEM; left out, one is made in the data directory.
    pub signing_key: Option<PathBuf>,
    /// Public keys that verify too, as PEM: the next one and the last one.
    pub verifying_keys: Vec<PathBuf>,
    /// Whether tokens that describe their viewer themselves (`masthead token mint --as …`) are accepted.
    pub described: bool,
}

/// How members sign in.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuthConfig {
    /// Where the link in a sign-in mail leads; `{token}` stands for the secret that `POST /v1/auth/finish` takes. Left
    /// out, `/sign-in#token={token}` on the site.
    pub link_url: Option<String>,
    /// Where the link in an invitation to a group leads; `{code}` stands for the code that
    /// `POST /v1/groups/invitations/accept` takes. Left out, `/join#code={code}` on the site.
    pub invitation_url: Option<String>,
    /// Where the link in a letter with a gift subscription leads; `{code}` stands for the code that
    /// `POST /v1/gift-subscriptions/redeem` takes. Left out, `/redeem#code={code}` on the site.
    pub gift_url: Option<String>,
    /// The file with the secret that codes, links and refresh tokens are hashed with: 32 bytes in base64. Left out, one
    /// is made in the data directory. Servers on one database need the same.
    pub secret: Option<PathBuf>,
    /// How many sign-in mails one client may ask for in an hour; it may try ten times as many codes.
    pub mails_an_hour_per_client: NonZeroU32,
    /// For how many days a session lasts after it was last used.
    pub session_days: NonZeroU32,
}

/// How mail is sent.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailConfig {
    /// Whom mail is from: `The Paper <hello@paper.example>`. Needed with `mail.smtp`.
    pub from: Option<String>,
    /// The server that takes our mail: `smtps://USER:PASSWORD@HOST`, or `smtp://…?tls=required` for STARTTLS. Left
    /// out, mail is written to files in `mail/` of the data directory.
    pub smtp: Option<SmtpUrl>,
    /// A directory with templates of your own: `sign-in.txt`, `sign-in.html`, `invitation.txt`,
    /// `invitation.html`.
    pub templates: Option<PathBuf>,
}

/// Who may read answers from a page of another origin.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct CorsConfig {
    /// Origins such as `https://example.org`; `*` for all. Left out, the site's own.
    pub origins: Option<Vec<WebOrigin>>,
}

/// What is shown to developers.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct DocsConfig {
    /// Whether Swagger UI is served at `/docs`.
    pub swagger: bool,
    /// Whether GraphiQL is served at `/graphiql`.
    pub graphiql: bool,
}

/// Answers that are kept ready.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct CacheConfig {
    /// How many bytes of them, at most; zero keeps none.
    pub bytes: u64,
}

/// Logs.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// `text` or `json`.
    pub format: LogFormat,
    /// What is logged, as a tracing filter: `info`, `masthead_gateway=debug`, …
    pub filter: String,
}

/// How a log line is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data_dir: PathBuf::from("data"),
            database_url: None,
            read_connections: const { NonZeroU32::new(4).expect("four is not zero") },
            workers: None,
            drain_seconds: 10,
            trusted_proxies: Vec::new(),
            limits: LimitConfig::default(),
            site: SiteConfig::default(),
            rights: RightsConfig::default(),
            tokens: TokenConfig::default(),
            issuers: Vec::new(),
            machines: MachineConfig::default(),
            payments: PaymentConfig::default(),
            auth: AuthConfig::default(),
            mail: MailConfig::default(),
            cors: CorsConfig::default(),
            docs: DocsConfig::default(),
            graphql: GraphQlConfig::default(),
            cache: CacheConfig::default(),
            log: LogConfig::default(),
        }
    }
}

impl Default for LimitConfig {
    fn default() -> Self {
        Self {
            anonymous_per_minute: const { PerMinute::new(1_200).expect("it can be set") },
            credential_per_minute: const { PerMinute::new(1_200).expect("it can be set") },
            staff_per_minute: const { PerMinute::new(12_000).expect("it can be set") },
            exempt_networks: Vec::new(),
            devices_per_hour: const { NonZeroU32::new(60).expect("not zero") },
            redemptions_per_hour: const { NonZeroU32::new(120).expect("not zero") },
            checkouts_per_hour: const { NonZeroU32::new(60).expect("not zero") },
            feeds_per_hour: const { NonZeroU32::new(20).expect("not zero") },
        }
    }
}

impl Default for SiteConfig {
    fn default() -> Self {
        Self {
            name: "Masthead".to_owned(),
            url: "http://localhost:3000".to_owned(),
            article_path: "/{slug}".to_owned(),
            api_url: None,
        }
    }
}

impl Default for TokenConfig {
    fn default() -> Self {
        Self {
            issuer: "http://localhost:8080".to_owned(),
            audience: "masthead".to_owned(),
            max_ttl_seconds: 30 * 24 * 3600,
            remembered: 100_000,
            signing_key: None,
            verifying_keys: Vec::new(),
            described: true,
        }
    }
}

impl Default for DocsConfig {
    fn default() -> Self {
        Self { swagger: true, graphiql: true }
    }
}

impl Default for AuthConfig {
    fn default() -> Self {
        Self {
            link_url: None,
            invitation_url: None,
            gift_url: None,
            secret: None,
            mails_an_hour_per_client: const { NonZeroU32::new(60).expect("sixty is not zero") },
            session_days: const { NonZeroU32::new(90).expect("ninety is not zero") },
        }
    }
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self { bytes: 256 * 1024 * 1024 }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "warn,masthead_gateway=info".to_owned() }
    }
}

impl Config {
    /// The database's URL, with the default in the data directory.
    #[must_use]
    pub fn database_url(&self) -> DatabaseUrl {
        let in_data_dir = || format!("sqlite://{}", self.data_dir.join("masthead.db").display()).into();
        self.database_url.clone().unwrap_or_else(in_data_dir)
    }

    /// The origins whose pages may read answers: those of the settings, or the site's own.
    #[must_use]
    pub fn web_origins(&self) -> Vec<WebOrigin> {
        let own = || WebOrigin::of(&self.site.url).into_iter().collect();
        self.cors.origins.clone().unwrap_or_else(own)
    }

    /// The settings as TOML, one a line with where it came from, and with secrets hidden.
    #[must_use]
    pub fn shown(&self, origins: &Origins) -> String {
        let shown = Self { database_url: Some(self.database_url()), ..self.clone() };
        let set = toml::Table::try_from(&shown).map(|settings| origins.annotate(&settings));
        let unset: String = serde_json::to_value(&shown)
            .map(|all| unset("", &all).iter().map(|name| format!("# {name} is not set\n")).collect())
            .unwrap_or_default();
        set.unwrap_or_default() + &unset
    }
}

/// The names of the settings that have no value. What stands in a list is no setting of its own.
fn unset(name: &str, value: &serde_json::Value) -> Vec<String> {
    let below = |(inner, value): (&String, &serde_json::Value)| match name {
        "" => unset(inner, value),
        name => unset(&format!("{name}.{inner}"), value),
    };
    match value {
        serde_json::Value::Null => vec![name.to_owned()],
        serde_json::Value::Object(fields) => fields.iter().flat_map(below).collect(),
        _ => Vec::new(),
    }
}

/// Whether nobody on the way can read or change what is said: it is HTTPS, or HTTP that stays on this machine.
fn is_safe(url: &url::Url) -> bool {
    let is_here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    url.scheme() == "https" || url.scheme() == "http" && is_here
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_hides_the_password() {
        let config = Config {
            database_url: Some("postgres://desk:s3cret@db.example:5432/paper?password=s3cret".into()),
            ..Config::default()
        };
        let shown = config.shown(&Origins::default());
        assert!(!shown.contains("s3cret"), "{shown}");
        assert!(!format!("{config:?}").contains("s3cret"));
        assert!(shown.contains("postgres://desk:hidden@db.example:5432/paper"), "{shown}");
        assert!(toml::from_str::<Config>(&shown).is_ok(), "what is shown can be read back");
    }

    #[test]
    fn pages_of_the_site_may_read_answers_unless_the_settings_say_otherwise() {
        let mut config = Config::default();
        config.site.url = "https://paper.example/en/".to_owned();
        let origins = |config: &Config| {
            config.web_origins().iter().map(|one| one.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(origins(&config), ["https://paper.example"]);
        config.cors.origins = Some(Vec::new());
        assert_eq!(origins(&config), [""; 0]);
    }

    #[test]
    fn what_is_not_set_is_told() {
        let shown = Config::default().shown(&Origins::default());
        assert!(shown.contains("\n# tokens.signing_key is not set\n"), "{shown}");
        assert!(toml::from_str::<Config>(&shown).is_ok(), "what is shown can be read back: {shown}");
    }

    #[test]
    fn the_database_lies_in_the_data_directory() {
        let config = Config { data_dir: "/srv/paper".into(), ..Config::default() };
        assert_eq!(config.database_url().expose(), "sqlite:///srv/paper/masthead.db");
    }
}
