//! Rights in articles.

use crate::render::RightsDto;
use async_graphql::Object;

/// What may be done with an article, for machines.
pub(super) struct Rights(pub(super) RightsDto);

#[Object]
impl Rights {
    /// Who has them.
    async fn holder(&self) -> &str {
        &self.0.holder
    }

    /// Where people read what may be done with it.
    async fn terms_url(&self) -> Option<&str> {
        self.0.terms_url.as_deref()
    }

    /// What the token's licence asks to stand with it.
    async fn usage_terms(&self) -> Option<&str> {
        self.0.usage_terms.as_deref()
    }

    /// Whether text and data mining is reserved (TDMRep); null when nothing is said.
    async fn tdm_reservation(&self) -> Option<bool> {
        self.0.tdm_reservation
    }

    /// Where the policy for text and data mining lies.
    async fn tdm_policy(&self) -> Option<&str> {
        self.0.tdm_policy.as_deref()
    }

    /// What machines may use it for (`Content-Usage`).
    async fn content_usage(&self) -> Option<&str> {
        self.0.content_usage.as_deref()
    }

    /// Where the licence for machines lies (RSL).
    async fn rsl(&self) -> Option<&str> {
        self.0.rsl.as_deref()
    }
}
