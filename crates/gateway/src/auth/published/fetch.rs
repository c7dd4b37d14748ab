//! Fetching a key set: in a bounded time, of a bounded size, and from where the settings say alone.

use super::Publisher;
use super::keys::{Fit, KeySet, KeySetError, NamedBy};
use reqwest::StatusCode;
use reqwest::header::ACCEPT;
use std::time::Duration;
use url::Url;

/// How long a publisher may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The most of an answer that is read, in bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// Why there is no key set.
#[derive(Debug, thiserror::Error)]
pub(in crate::auth) enum FetchError {
    #[error(transparent)]
    Connection(#[from] reqwest::Error),
    #[error("it answered {0}")]
    Status(StatusCode),
    #[error("its answer is longer than {MAX_ANSWER} bytes")]
    Size,
    #[error("its answer is no key set: {0}")]
    Content(#[from] KeySetError),
}

/// A client for all fetchers.
///
/// # Errors
/// When the machine has no roots of trust for TLS.
pub(in crate::auth) fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent("masthead")
        .build()
}

/// Fetches the key set of one publisher.
pub(in crate::auth) struct Fetcher {
    url: Url,
    fit: Fit,
    client: reqwest::Client,
}

impl Fetcher {
    pub(in crate::auth) fn new(publisher: &Publisher<'_>, client: &reqwest::Client) -> Self {
        Self { url: publisher.url.clone(), fit: publisher.fit.clone(), client: client.clone() }
    }

    /// The keys as they are now, under this number.
    pub(in crate::auth) async fn fetch(&self, number: u64) -> Result<KeySet, FetchError> {
        let request = self.client.get(self.url.clone()).header(ACCEPT, self.accepted());
        let mut answer = request.send().await?;
        if answer.status() != StatusCode::OK {
            return Err(FetchError::Status(answer.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(FetchError::Size);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(KeySet::read(&body, number, &self.fit)?)
    }

    const fn accepted(&self) -> &'static str {
        match self.fit.named_by {
            NamedBy::Id => "application/json",
            NamedBy::Thumbprint => {
                "application/http-message-signatures-directory+json, application/json;q=0.9"
            }
        }
    }
}
