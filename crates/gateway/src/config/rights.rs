//! What machines are told about rights.

use crate::rights::{Payment, Rights, Rsl, Tdm, Usage};
use serde::{Deserialize, Serialize};
use sfv::{BareItem, Dictionary, FieldType as _, ListEntry, Parser};
use url::Url;

/// What machines are told about rights. What is left out is not said.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RightsConfig {
    /// Who has the rights; left out, the publication by its name.
    pub holder: Option<String>,
    /// Where people read what may be done with articles.
    pub terms_url: Option<String>,
    /// Whether text and data mining is reserved (TDMRep).
    pub tdm_reservation: Option<bool>,
    /// Where the policy for text and data mining lies (TDMRep). Goes with `tdm_reservation = true`.
    pub tdm_policy: Option<String>,
    /// What machines may use articles for, such as `train-ai=n, search=y` (`Content-Usage`).
    pub content_usage: Option<String>,
    /// What the licence for machines permits (RSL): `all`, `ai-all`, `ai-train`, `ai-input`, `ai-index`, `search`.
    pub permits: Vec<Usage>,
    /// What it prohibits.
    pub prohibits: Vec<Usage>,
    /// What is to be paid for it: `free`, `purchase`, `subscription`, `training`, `crawl`, `use`, `contribution` or
    /// `attribution`.
    pub payment: Option<Payment>,
}

/// Why the settings say nothing about rights that machines would understand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RightsConfigError {
    /// An address is none.
    #[error("rights.{0}: must be an absolute http or https URL")]
    Url(&'static str),
    /// A policy without a reservation.
    #[error("rights.tdm_policy: goes with rights.tdm_reservation = true")]
    Policy,
    /// The uses are no dictionary.
    #[error("rights.content_usage: must be uses with y or n, such as train-ai=n, search=y")]
    Usage,
    /// The same use is permitted and prohibited.
    #[error("rights.prohibits: names {0}, which rights.permits names too")]
    Both(&'static str),
    /// The holder's name cannot be written.
    #[error("rights.holder: must have 1 to 200 bytes and no control characters")]
    Holder,
}

impl RightsConfig {
    /// What machines are told.
    ///
    /// # Errors
    /// [`RightsConfigError`] names the setting that is wrong.
    pub fn open(&self) -> Result<Rights, RightsConfigError> {
        if self
            .holder
            .as_ref()
            .is_some_and(|name| !(1..=200).contains(&name.len()) || name.contains(char::is_control))
        {
            return Err(RightsConfigError::Holder);
        }
        let terms = self.terms_url.as_deref().map(|text| url(text, "terms_url")).transpose()?;
        let policy = self.tdm_policy.as_deref().map(|text| url(text, "tdm_policy")).transpose()?;
        let tdm = match (self.tdm_reservation, policy) {
            (Some(true), policy) => Some(Tdm { reserved: true, policy }),
            (_, Some(_)) => return Err(RightsConfigError::Policy),
            (Some(false), None) => Some(Tdm { reserved: false, policy: None }),
            (None, None) => None,
        };
        if let Some(both) = self.permits.iter().find(|usage| self.prohibits.contains(usage)) {
            return Err(RightsConfigError::Both(both.code()));
        }
        let says = !self.permits.is_empty() || !self.prohibits.is_empty() || self.payment.is_some();
        let rsl = says.then(|| Rsl {
            permits: self.permits.clone(),
            prohibits: self.prohibits.clone(),
            payment: self.payment,
        });
        let content_usage = self.content_usage.as_deref().map(usage).transpose()?;
        Ok(Rights { holder: self.holder.clone(), terms, tdm, content_usage, rsl })
    }
}

fn url(text: &str, setting: &'static str) -> Result<String, RightsConfigError> {
    let read = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    read.map(|url| url.to_string()).ok_or(RightsConfigError::Url(setting))
}

/// The uses as they are written (RFC 9651): each is `y` or `n`.
fn usage(text: &str) -> Result<String, RightsConfigError> {
    let uses: Dictionary = Parser::new(text).parse().map_err(|_| RightsConfigError::Usage)?;
    let is_said = |entry: &ListEntry| match entry {
        ListEntry::Item(item) => {
            matches!(&item.bare_item, BareItem::Token(said) if matches!(said.as_str(), "y" | "n"))
        }
        ListEntry::InnerList(_) => false,
    };
    if uses.is_empty() || !uses.values().all(is_said) {
        return Err(RightsConfigError::Usage);
    }
    uses.serialize().ok_or(RightsConfigError::Usage)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut RightsConfig)) -> RightsConfigError {
        let mut config = RightsConfig::default();
        change(&mut config);
        config.open().expect_err("refused")
    }

    #[test]
    fn what_machines_would_not_understand_is_refused() {
        assert_eq!(RightsConfig::default().open(), Ok(Rights::default()));
        assert_eq!(
            refused(|config| config.terms_url = Some("/terms".into())),
            RightsConfigError::Url("terms_url")
        );
        assert_eq!(
            refused(|config| config.tdm_policy = Some("https://paper.example/tdm".into())),
            RightsConfigError::Policy
        );
        for text in ["", "train-ai", "train-ai=maybe", "train-ai=(n)", "Train=n"] {
            assert_eq!(refused(|config| config.content_usage = Some(text.into())), RightsConfigError::Usage);
        }
        let both = |config: &mut RightsConfig| {
            config.permits = vec![Usage::Search];
            config.prohibits = vec![Usage::AiTrain, Usage::Search];
        };
        assert_eq!(refused(both), RightsConfigError::Both("search"));
        assert_eq!(refused(|config| config.holder = Some("a\nb".into())), RightsConfigError::Holder);
    }

    #[test]
    fn uses_are_written_in_one_way() {
        let config = RightsConfig { content_usage: Some("train-ai=n,search=y".into()), ..Default::default() };
        assert_eq!(config.open().expect("rights").content_usage.as_deref(), Some("train-ai=n, search=y"));
    }
}
