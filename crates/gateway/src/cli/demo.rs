//! `masthead demo`

use super::serve::serve;
use super::{CommandError, Common, log, open_store, say};
use crate::auth::{KeyRing, Secrets};
use crate::clock::{SystemChance, SystemClock};
use crate::config::Config;
use crate::demo;
use crate::state::open_tokens;
use clap::Args;
use masthead_domain::clock::Clock;
use masthead_domain::viewer::{Bearer, Role, Staff, Viewer};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Serves a demo publication, loaded on the first start, and prints tokens to try.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  masthead demo\n  masthead demo --data-dir /tmp/thalweg --listen 127.0.0.1:9000"
)]
pub(super) struct Demo {
    #[command(flatten)]
    common: Common,
    /// Where to listen; 127.0.0.1:8080 when nothing is said. Port 0 takes a free one.
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
}

impl Demo {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let usual = Config::default();
        let mut config = self.common.settings(self.listen)?;
        // Beside a publication of the user's own, not over it.
        if config.data_dir == usual.data_dir && config.database_url.is_none() {
            config.data_dir = PathBuf::from("data/demo");
        }
        let (lines, _written) = log(&config)?;
        let store = open_store(&config).await?;
        store.migrate().await?;
        let loaded = demo::load(&store, SystemClock.now()).await?;
        if config.site.name == usual.site.name {
            config.site.name.clone_from(&loaded.publication);
        }
        // There is no site in front of it that would answer the addresses of feeds.
        if config.site.api_url.is_none() && config.listen.port() != 0 {
            config.site.api_url = Some(format!("http://{}", config.listen));
        }
        // The demo is served by one server alone, whatever its database.
        if config.tokens.signing_key.is_none() {
            let file = KeyRing::default_file(&config.data_dir);
            KeyRing::make(&file, &SystemChance)?;
            config.tokens.signing_key = Some(file);
        }
        if config.auth.secret.is_none() {
            let file = Secrets::default_file(&config.data_dir);
            Secrets::open_or_make(&file, &SystemChance)?;
            config.auth.secret = Some(file);
        }
        let tokens = open_tokens(&config)?;
        let mint = mint(&config);
        serve(config, store, lines, |address| {
            say("The demo publication. A day's tokens to try:\n");
            let now = SystemClock.now();
            for (name, member) in &loaded.members {
                let bearer = Bearer::Member { member: *member, session: None };
                say(&format!("{name:<11} {}\n", tokens.issue(&bearer, 86_400, now)?));
            }
            let staff =
                tokens.mint(&Viewer::Staff(Staff::new("described:staff", Role::Publisher)), 86_400, now)?;
            say(&format!("{:<11} {staff}\n", "publisher"));
            let base = format!("http://{address}");
            say(&format!(
                "articles    {base}/v1/articles\n\
                 one         {base}/v1/articles/{}\n\
                 a feed      {base}/feeds/articles.rss\n\
                 your token  curl -H 'Authorization: Bearer TOKEN' {base}/v1/me\n\
                 more tokens {mint} --member patron@thalweg.example\n\
                 REST docs   {base}/docs/\n",
                demo::SHOWCASE
            ));
            Ok(())
        })
        .await
    }
}

/// The command that makes more tokens of this publication.
fn mint(config: &Config) -> String {
    let data_dir = config.data_dir.display();
    let command = format!("masthead token mint --data-dir {data_dir}");
    match (&config.database_url, &config.tokens.signing_key) {
        (None, _) => command,
        (Some(url), Some(key)) if url.is_shared() => {
            let (key, url) = (key.display(), url.shown());
            format!("MASTHEAD_TOKENS__SIGNING_KEY={key} {command} --database-url {url}")
        }
        (Some(url), _) => format!("{command} --database-url {}", url.shown()),
    }
}
