//! A running server on a database of its own, and a client to ask it.

use crate::publication::{Publication, World, publication};
use masthead_domain::clock::{Clock, Timestamp};
use masthead_domain::id::{MemberId, SubscriptionId};
use masthead_domain::member::{Member, Origin, Status, Subscription};
use masthead_domain::paywall::Policy;
use masthead_domain::viewer::{Bearer, Entitlement, Viewer};
use masthead_gateway::auth::{KeyRing, Secrets, TokenService};
use masthead_gateway::clock::{Chance, SystemChance, SystemClock};
use masthead_gateway::config::{Config, GraphQlConfig, PerMinute};
use masthead_gateway::graphql::guard::Limits;
use masthead_gateway::logging::Lines;
use masthead_gateway::server::{ServerOptions, listen};
use masthead_gateway::state::{Gateway, open_tokens};
use masthead_persistence::{Store, StoreOptions};
use reqwest::header::HeaderMap;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::task::JoinHandle;

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file in a directory of its own.
    Sqlite,
    /// A database of its own in the server that `MASTHEAD_TEST_POSTGRES` names. Without one the test fails.
    Postgres,
}

/// Makes a test for each database of an async function that takes a [`Backend`].
#[macro_export]
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::server::Backend::Sqlite).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::server::Backend::Postgres).await;
            })+
        }
    };
}

/// Waits until something is so, for the second within which every change must hold.
pub async fn within_a_second(what: &str, is_so: impl AsyncFn() -> bool) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(1), waiting).await;
    assert!(in_time.is_ok(), "not within a second: {what}");
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asker {
    /// Without a token.
    Anonymous,
    /// With a token that says nothing.
    Nobody,
    /// A subscriber of the free newsletter.
    Subscriber,
    /// A paying member.
    Member,
    /// A member of the tier `patron`.
    Patron,
    /// Somebody at the publisher's desk.
    Staff,
}

impl Asker {
    /// Everybody, from the one who may read least.
    pub const ALL: [Self; 6] =
        [Self::Anonymous, Self::Nobody, Self::Subscriber, Self::Member, Self::Patron, Self::Staff];

    fn viewer(self) -> Option<Viewer> {
        let member = |held: &[&str]| {
            Viewer::member(format!("{self:?}"), held.iter().map(|one| Entitlement::from(*one)))
        };
        match self {
            Self::Anonymous => None,
            Self::Nobody => Some(member(&[])),
            Self::Subscriber => Some(member(&["subscriber"])),
            Self::Member => Some(member(&["member"])),
            Self::Patron => Some(member(&["tier:patron"])),
            Self::Staff => Some(Viewer::staff("desk")),
        }
    }
}

/// An answer, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// All header fields but the date, each as often as it came, by name. The web framework sends fields in an
    /// order that it draws anew for every answer, so the order on the wire says nothing and cannot be compared;
    /// values of a repeated field stay in their order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.body))
    }

    /// A header field, or nothing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

/// A running server. It stops, and its database is gone, when the test ends.
pub struct TestServer {
    /// Where it listens, without a slash at the end.
    pub base: String,
    /// Its database.
    pub store: Store,
    /// The URL of its database.
    pub database_url: String,
    /// Its directory.
    pub data_dir: PathBuf,
    clock: Arc<Hands>,
    issuer: TokenService,
    tokens: BTreeMap<Asker, String>,
    config: Config,
    client: reqwest::Client,
    database: Database,
    stop: actix_web::dev::ServerHandle,
    gateway: Arc<Gateway>,
    courier: JoinHandle<()>,
    /// How often the courier looks for letters when nobody rings.
    every: Duration,
}

/// No test lasts so long: the courier comes at the start and when somebody rings.
const WHEN_RUNG: Duration = Duration::from_secs(3_600);

/// The machine's clock, put forward, until it is stopped.
#[derive(Default)]
struct Hands {
    ahead: AtomicI64,
    stopped: OnceLock<Timestamp>,
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        let now = self.stopped.get().copied().unwrap_or_else(|| SystemClock.now());
        now.plus_seconds(self.ahead.load(Ordering::Relaxed))
    }
}

enum Database {
    File,
    /// That of another server.
    Shared,
    InServer {
        server: String,
        name: String,
    },
}

static STARTED: AtomicU32 = AtomicU32::new(0);

/// When the tokens of this process are made: all at one instant, so that two servers say the same of them.
fn minted() -> Timestamp {
    static INSTANT: OnceLock<Timestamp> = OnceLock::new();
    *INSTANT.get_or_init(|| SystemClock.now())
}

impl TestServer {
    /// Starts a server with the publication as it is in this world.
    pub async fn start(backend: Backend, world: World) -> Self {
        Self::start_with(backend, &publication(world)).await
    }

    /// Starts a server with this publication.
    pub async fn start_with(backend: Backend, publication: &Publication) -> Self {
        Self::start_within(backend, publication, GraphQlConfig::default().limits()).await
    }

    /// Starts a server with this publication that answers GraphQL within these limits.
    pub async fn start_within(backend: Backend, publication: &Publication, graphql: Limits) -> Self {
        Self::launch(backend, publication, graphql, WHEN_RUNG, |_| ()).await
    }

    /// Starts a server with a publication and settings of the test's own.
    pub async fn start_tuned(
        backend: Backend,
        publication: &Publication,
        tune: impl FnOnce(&mut Config),
    ) -> Self {
        Self::launch(backend, publication, GraphQlConfig::default().limits(), WHEN_RUNG, tune).await
    }

    /// The same, with a courier who looks for letters this often.
    pub async fn start_carrying(
        backend: Backend,
        publication: &Publication,
        every: Duration,
        tune: impl FnOnce(&mut Config),
    ) -> Self {
        Self::launch(backend, publication, GraphQlConfig::default().limits(), every, tune).await
    }

    async fn launch(
        backend: Backend,
        publication: &Publication,
        graphql: Limits,
        every: Duration,
        tune: impl FnOnce(&mut Config),
    ) -> Self {
        masthead_gateway::auth::install_cryptography();
        let directory = new_directory();
        let (url, database) = match backend {
            Backend::Sqlite => (format!("sqlite://{}/test.db", directory.display()), Database::File),
            Backend::Postgres => new_database().await,
        };
        let mut config = Config { data_dir: directory.clone(), ..Config::default() };
        config.site.url = "https://paper.example".into();
        config.listen = "127.0.0.1:0".parse().expect("an address");
        config.database_url = Some(url.clone().into());
        let key = KeyRing::default_file(&directory);
        KeyRing::make(&key, &SystemChance).expect("a key");
        config.tokens.signing_key = Some(key);
        let secret = Secrets::default_file(&directory);
        Secrets::open_or_make(&secret, &SystemChance).expect("a secret");
        config.auth.secret = Some(secret);
        // More than any test asks. So two servers tell the same of it, however fast they are asked.
        let plenty = PerMinute::new(1_000_000).expect("it can be set");
        config.limits.anonymous_per_minute = plenty;
        config.limits.credential_per_minute = plenty;
        config.limits.staff_per_minute = plenty;
        tune(&mut config);

        let store = Store::connect(&StoreOptions::new(url.clone())).await.expect("connected");
        store.migrate().await.expect("migrated");
        fill(&store, publication).await;

        Self::on(store, config, database, graphql, every).await
    }

    /// Another server on the same database, with the same keys.
    pub async fn twin(&self) -> Self {
        let url = self.config.database_url().expose().to_owned();
        let store = Store::connect(&StoreOptions::new(url)).await.expect("connected");
        let limits = self.config.graphql.limits();
        Self::on(store, self.config.clone(), Database::Shared, limits, self.every).await
    }

    async fn on(store: Store, config: Config, database: Database, graphql: Limits, every: Duration) -> Self {
        let clock = Arc::new(Hands::default());
        let hands = Arc::clone(&clock) as Arc<dyn Clock>;
        let gateway = Arc::new(Gateway::open_at(&config, store.clone(), hands).expect("a gateway"));
        gateway.watch.look(&store).await.expect("a look");
        let (watched, watching) = (Arc::clone(&gateway), store.clone());
        tokio::spawn(async move { watched.watch.follow(&watching).await });
        let carried = Arc::clone(&gateway);
        let courier = tokio::spawn(async move { carried.accounts.carry_letters(every).await });
        let issuer = open_tokens(&config).expect("keys");
        let mint = |asker: Asker| {
            let viewer = asker.viewer()?;
            Some((asker, issuer.mint(&viewer, 3_600, minted()).expect("a token")))
        };
        let tokens = Asker::ALL.into_iter().filter_map(mint).collect();
        let options = ServerOptions {
            listen: config.listen,
            workers: Some(1),
            cors_origins: config.cors.origins.clone().unwrap_or_default(),
            docs: true,
            graphiql: true,
            graphql,
            lines: Lines::nowhere(),
            log_format: config.log.format,
            head_timeout: Duration::from_secs(10),
            drain_timeout: Duration::from_secs(1),
        };
        gateway.agents.fetch_keys(gateway.clock.now()).await;
        let listening = listen(Arc::clone(&gateway), &options).expect("listening");
        let stop = listening.server.handle();
        tokio::spawn(listening.server);
        let redirects = reqwest::redirect::Policy::none();
        Self {
            base: format!("http://{}", listening.address),
            store,
            database_url: config.database_url().expose().to_owned(),
            data_dir: config.data_dir.clone(),
            config,
            clock,
            tokens,
            issuer,
            client: reqwest::Client::builder().redirect(redirects).build().expect("a client"),
            database,
            stop,
            gateway,
            courier,
            every,
        }
    }

    /// A token for a bearer, whose standing is looked up.
    #[must_use]
    pub fn issue(&self, bearer: &Bearer) -> String {
        self.issuer.issue(bearer, 3_600, self.now()).expect("a token")
    }

    /// A token that describes a viewer.
    #[must_use]
    pub fn mint(&self, viewer: &Viewer) -> String {
        self.issuer.mint(viewer, 3_600, self.now()).expect("a token")
    }

    /// Puts an active member of this number into the database, who has these tiers from now on.
    pub async fn member(&self, number: u8, tiers: &[&str]) -> Bearer {
        let now = SystemClock.now();
        let id = MemberId::new(now, [number; 10]);
        let member = Member {
            id,
            email: format!("member-{number}@reader.example").parse().expect("an address"),
            name: None,
            status: Status::Active,
            created: now,
            note: None,
            labels: Vec::new(),
        };
        let subscription = |(at, tier): (usize, &&str)| Subscription {
            id: SubscriptionId::new(now, [number + 50 * u8::try_from(at + 1).expect("few"); 10]),
            member: id,
            tier: tier.parse().expect("a slug"),
            origin: Origin::Comped,
            starts: now,
            ends: None,
            grace_seconds: 0,
            cancelled: None,
        };
        let subscriptions: Vec<_> = tiers.iter().enumerate().map(subscription).collect();
        let mut work = self.store.begin(now).await.expect("a unit of work");
        work.put_members(&[member]).await.expect("a member");
        work.put_subscriptions(&subscriptions).await.expect("subscriptions");
        work.commit().await.expect("committed");
        Bearer::Member { member: id, session: None }
    }

    /// Saves a policy and waits until this server holds to it.
    pub async fn hold_to(&self, policy: serde_json::Value) {
        let policy: Policy = serde_json::from_value(policy).expect("a policy");
        assert_eq!(policy.faults(), [], "a policy that may be saved");
        let mut work = self.store.begin(SystemClock.now()).await.expect("a unit of work");
        work.save_policy(&policy, "test", None).await.expect("saved");
        work.commit().await.expect("committed");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }

    /// The token of an asker; none for somebody without.
    #[must_use]
    pub fn token(&self, asker: Asker) -> Option<&str> {
        self.tokens.get(&asker).map(String::as_str)
    }

    /// Asks for a path.
    pub async fn get(&self, asker: Asker, path: &str) -> Answer {
        self.ask(reqwest::Method::GET, asker, path, &[], None).await
    }

    /// Asks with header fields of the test's own.
    pub async fn get_with(&self, asker: Asker, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask(reqwest::Method::GET, asker, path, headers, None).await
    }

    /// Asks for a GraphQL document.
    pub async fn graphql(&self, asker: Asker, query: &str) -> Answer {
        self.graphql_with(asker, &serde_json::json!({ "query": query })).await
    }

    /// Asks with a GraphQL request of the test's own.
    pub async fn graphql_with(&self, asker: Asker, request: &serde_json::Value) -> Answer {
        let headers = [("content-type", "application/json")];
        self.ask(reqwest::Method::POST, asker, "/graphql", &headers, Some(request.to_string())).await
    }

    /// A token of a member without a session, as the publisher makes them.
    #[must_use]
    pub fn token_of(&self, member: MemberId) -> String {
        let bearer = Bearer::Member { member, session: None };
        self.issuer.issue(&bearer, 3_600, minted()).expect("a token")
    }

    /// Lets time go on by so many seconds.
    pub fn later(&self, seconds: i64) {
        self.clock.ahead.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Stops the server's clock, so that time goes on as [`Self::later`] says and not otherwise.
    pub fn stop_the_clock(&self) {
        self.clock.stopped.get_or_init(|| SystemClock.now());
    }

    /// What time it is for the server.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Asks in any way.
    pub async fn ask(
        &self,
        method: reqwest::Method,
        asker: Asker,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Answer {
        self.send(self.token(asker), method, path, headers, body).await
    }

    /// Sends JSON with a token.
    pub async fn post(&self, token: Option<&str>, path: &str, body: &serde_json::Value) -> Answer {
        let headers = [("content-type", "application/json")];
        self.send(token, reqwest::Method::POST, path, &headers, Some(body.to_string())).await
    }

    /// Asks for a path with a token.
    pub async fn get_as(&self, token: &str, path: &str) -> Answer {
        self.send(Some(token), reqwest::Method::GET, path, &[], None).await
    }

    /// Asks in any way, with any token.
    pub async fn send(
        &self,
        token: Option<&str>,
        method: reqwest::Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        let headers = shown(response.headers());
        Answer { status, headers, body: response.text().await.expect("a body") }
    }

    /// Ends the server in the midst of whatever it does. Its database stays.
    pub async fn crash(&self) {
        self.courier.abort();
        self.stop.stop(false).await;
    }

    /// Stops the server and takes its database away. Nothing that waits for another try holds it up.
    pub async fn stop(mut self) {
        self.stop.stop(false).await;
        self.gateway.accounts.close_letters();
        let courier = tokio::time::timeout(Duration::from_secs(10), &mut self.courier).await;
        assert!(courier.is_ok(), "the courier goes home");
        self.store.close().await.expect("closed");
        if let Database::InServer { server, name } = self.database {
            run(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

fn shown(headers: &HeaderMap) -> Vec<(String, String)> {
    let field = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        (name.to_string(), value.to_str().expect("text").to_owned())
    };
    let mut fields: Vec<_> = headers.iter().map(field).filter(|(name, _)| name != "date").collect();
    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
    fields
}

/// Writes the publication into a store with a schema.
pub async fn fill(store: &Store, publication: &Publication) {
    let mut work = store.begin(SystemClock.now()).await.expect("a unit of work");
    work.put_tiers(&publication.tiers).await.expect("tiers");
    work.put_newsletters(&publication.newsletters).await.expect("newsletters");
    work.put_sections(&publication.sections).await.expect("sections");
    work.put_authors(&publication.authors).await.expect("authors");
    work.put_tags(&publication.tags).await.expect("tags");
    work.put_sources(&publication.sources).await.expect("sources");
    work.put_articles(&publication.earlier).await.expect("earlier articles");
    work.put_articles(&publication.articles).await.expect("articles");
    work.commit().await.expect("committed");
}

/// A directory for nobody else. It stays: a server that was stopped may still write. `tempfile` would do; but whatever this
/// library depends on, the benchmark does too, and shares what a release build has built only with the same features of all.
fn new_directory() -> PathBuf {
    use std::os::unix::fs::DirBuilderExt;
    let mut name = [0; 16];
    SystemChance.fill(&mut name).expect("random bytes");
    let path = std::env::temp_dir().join(format!("masthead-{:032x}", u128::from_be_bytes(name)));
    std::fs::DirBuilder::new().mode(0o700).create(&path).expect("a directory");
    path
}

async fn new_database() -> (String, Database) {
    let server = std::env::var("MASTHEAD_TEST_POSTGRES")
        .expect("MASTHEAD_TEST_POSTGRES must be the URL of a PostgreSQL server; scripts/test starts one");
    let number = STARTED.fetch_add(1, Ordering::Relaxed);
    let name = format!("masthead_acceptance_{}_{number}", std::process::id());
    run(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    run(&server, &format!("CREATE DATABASE {name}")).await;
    let base = server.rsplit_once('/').expect("a URL with a database").0;
    (format!("{base}/{name}"), Database::InServer { server, name })
}

async fn run(server: &str, statement: &str) {
    use sea_orm::{ConnectionTrait, Database, Statement};
    let connection = Database::connect(server).await.expect("the server answers");
    let statement = Statement::from_string(connection.get_database_backend(), statement);
    connection.execute_raw(statement).await.expect("the statement runs");
    connection.close().await.expect("closed");
}
