//! The command line: `masthead COMMAND`.

mod config;
mod contracts;
mod demo;
mod gift;
mod group;
mod import;
mod key;
mod member;
mod migrate;
mod newsletter;
mod partner;
mod policy;
mod serve;
mod tier;
mod token;

use crate::clock::{SystemChance, SystemClock};
use crate::config::{Config, ConfigError, Flags, LogFormat, Origins, load};
use crate::error::{Code, Problem};
use crate::logging::{Beginning, Json, Lines, LinesGuard};
use crate::operation::{Acting, Desk, Reading};
use clap::{Args, Parser, Subcommand};
use masthead_domain::clock::Timestamp;
use masthead_domain::page::{MAX_PAGE, Page, PageRequest, PageSize, Window};
use masthead_domain::viewer::{Role, Staff, Viewer};
use masthead_persistence::{Schema, Store, StoreError, StoreOptions};
use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tracing_subscriber::EnvFilter;

/// A headless content API for news publishers. The paywall is decided once, for every surface.
#[derive(Parser)]
#[command(name = "masthead", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Demo),
    Serve(serve::Serve),
    Migrate(migrate::Migrate),
    #[command(subcommand)]
    Import(import::Import),
    #[command(subcommand)]
    Token(token::Token),
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    #[command(subcommand)]
    Member(member::Members),
    #[command(subcommand)]
    Newsletter(newsletter::Newsletters),
    #[command(subcommand)]
    Group(group::Group),
    #[command(subcommand)]
    Tier(tier::Tiers),
    #[command(subcommand)]
    Gift(gift::Gifts),
    #[command(subcommand)]
    Partner(partner::Partner),
    #[command(subcommand)]
    Key(key::Key),
    Contracts(contracts::Contracts),
    Config(config::Show),
}

/// What every command takes.
#[derive(Args, Clone)]
struct Common {
    /// The file with the settings; masthead.toml in the working directory is read when it is there.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the database and the keys lie.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// sqlite://PATH or postgres://USER:PASSWORD@HOST:PORT/NAME
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
}

impl Common {
    fn settings(&self, listen: Option<SocketAddr>) -> Result<Config, ConfigError> {
        Ok(self.settings_with_origins(listen)?.0)
    }

    fn settings_with_origins(&self, listen: Option<SocketAddr>) -> Result<(Config, Origins), ConfigError> {
        let flags = Flags {
            file: self.config.clone(),
            data_dir: self.data_dir.clone(),
            database_url: self.database_url.clone().map(Into::into),
            listen,
        };
        load(&flags, std::env::vars_os())
    }
}

/// Why a command failed, for the person who called it.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("{error}{}", cause(.error))]
    Store {
        #[from]
        error: StoreError,
    },
    #[error(transparent)]
    Open(#[from] crate::state::OpenError),
    #[error(transparent)]
    Key(#[from] crate::auth::KeyError),
    #[error(transparent)]
    Mint(#[from] crate::auth::MintError),
    #[error(transparent)]
    Chance(#[from] crate::clock::ChanceError),
    #[error(transparent)]
    Import(#[from] Box<crate::import::ghost::ImportError>),
    #[error(transparent)]
    Demo(#[from] crate::demo::DemoError),
    #[error("{what}: {source}")]
    System { what: String, source: std::io::Error },
    #[error("{}", told(.0))]
    Problem(#[from] Problem),
    #[error("{0}")]
    Refused(String),
}

/// Whoever sits at the command line, who is taken to have every right: they have the database.
fn reading(store: &Store) -> Reading {
    let admin = Staff::new("command line", Role::Admin);
    Desk::new(store.clone(), Arc::new(SystemClock)).reading(Arc::new(Viewer::Staff(admin)))
}

/// The same, to change something.
fn acting(store: &Store) -> Acting<'static> {
    Acting::new(reading(store), &SystemChance)
}

/// What a problem says to whoever sees everything: what is not there for them is not there.
fn told(problem: &Problem) -> &str {
    match problem.code() {
        Code::NotFound => "there is none with this id",
        _ => problem.detail(),
    }
}

/// What lies behind a failure, which whoever runs the server may see.
fn cause(error: &StoreError) -> String {
    std::error::Error::source(error).map(|source| format!(": {source}")).unwrap_or_default()
}

impl CommandError {
    fn system(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::System { what, source }
    }
}

/// Runs the command that the process was started with.
pub async fn run() -> ExitCode {
    crate::auth::install_cryptography();
    let outcome = match Arguments::parse().command {
        Command::Demo(command) => command.run().await,
        Command::Serve(command) => command.run().await,
        Command::Migrate(command) => command.run().await,
        Command::Import(command) => command.run().await,
        Command::Token(command) => command.run().await,
        Command::Member(command) => command.run().await,
        Command::Newsletter(command) => command.run().await,
        Command::Tier(command) => command.run().await,
        Command::Gift(command) => command.run().await,
        Command::Policy(command) => command.run().await,
        Command::Group(command) => command.run().await,
        Command::Partner(command) => command.run().await,
        Command::Key(command) => command.run().await,
        Command::Contracts(command) => command.run(),
        Command::Config(command) => command.run().await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// What a command was asked for goes to standard output. Nobody may be reading it any more (`| head`), and
/// that is not a failure.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush());
}

/// Prints every row of a list, page by page.
async fn print_all<T>(
    list: impl AsyncFn(PageRequest) -> Result<Page<T>, Problem>,
    line: impl Fn(&T) -> String,
) -> Result<(), CommandError> {
    let size = PageSize::new(MAX_PAGE).map_err(|error| CommandError::Refused(error.to_string()))?;
    let mut request = PageRequest::first(size);
    loop {
        let page = list(request.clone()).await?;
        for row in page.items() {
            say(&line(row));
        }
        match page.rows.last().filter(|_| page.has_next) {
            Some((position, _)) => request.window = Window::After(Some(position.clone())),
            None => return Ok(()),
        }
    }
}

fn complain(text: &str) {
    eprintln!("masthead: {}", text.trim_end());
}

/// What is logged.
fn filter(config: &Config) -> Result<EnvFilter, CommandError> {
    EnvFilter::try_new(&config.log.filter)
        .map_err(|error| CommandError::Refused(format!("log.filter: {error}")))
}

/// Starts to write logs, to standard error. The last ones are written when the guard is dropped.
fn log(config: &Config) -> Result<(Lines, LinesGuard), CommandError> {
    let filter = filter(config)?;
    let errors = std::io::stderr();
    let is_read_by_people = errors.is_terminal();
    let (lines, guard) = Lines::to(errors, config.log.format).map_err(CommandError::system("the log"))?;
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(is_read_by_people)
        .with_writer(lines.clone());
    match config.log.format {
        LogFormat::Text => logs.with_timer(Beginning).init(),
        LogFormat::Json => logs.event_format(Json).init(),
    }
    Ok((lines, guard))
}

/// Opens a database that is there and has its schema already.
async fn open_publication(config: &Config) -> Result<Store, CommandError> {
    let url = config.database_url();
    if !url.may_be_there() {
        let advice = "`masthead serve`, `demo`, `import` and `migrate` make one";
        return Err(CommandError::Refused(format!("there is no publication at {}; {advice}", url.shown())));
    }
    let store = open_store(config).await?;
    has_schema(&store, config, "run `masthead migrate`").await?;
    Ok(store)
}

/// Refuses a database without the schema that this program works with, and says what to do.
async fn has_schema(store: &Store, config: &Config, advice: &str) -> Result<(), CommandError> {
    let fault = match store.schema().await? {
        Schema::Current => return Ok(()),
        Schema::Older => "the database's schema is older than this program".to_owned(),
        Schema::Absent => format!("there is no publication at {}", config.database_url().shown()),
    };
    Err(CommandError::Refused(format!("{fault}; {advice}")))
}

/// The instant at the start of a day (`2026-12-31`), or an instant with its time.
fn instant(text: &str) -> Result<Timestamp, String> {
    let parsed = Timestamp::parse(text).or_else(|_| Timestamp::parse(&format!("{text}T00:00:00Z")));
    parsed.map_err(|_| format!("{text:?} is no date such as 2026-12-31"))
}

async fn open_store(config: &Config) -> Result<Store, CommandError> {
    if config.database_url.is_none() {
        std::fs::create_dir_all(&config.data_dir)
            .map_err(CommandError::system(config.data_dir.display().to_string()))?;
    }
    let options = StoreOptions {
        read_connections: config.read_connections.get(),
        ..StoreOptions::new(config.database_url().expose())
    };
    Ok(Store::connect(&options).await?)
}
