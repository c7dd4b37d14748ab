//! Machines that say who they are, and what each of them gets.

use super::is_safe;
use crate::auth::agent::{
    Address, Agent, AgentAnswer, AgentKeys, AgentRules, HeldKeys, KeyAnswer, MachineRules,
};
use crate::site::Site;
use masthead_domain::id::PartnerId;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};
use url::Url;

const NEEDS_TERMS: &str = "payment_required needs machines.terms_url or rights.terms_url";

/// The most addresses of the API: a signature is tried for each of them.
const MAX_ADDRESSES: usize = 4;

/// Machines that say who they are, by Web Bot Auth, and `/llms.txt`. All others get what anybody gets.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct MachineConfig {
    /// Whether signatures of machines are looked at, and `/llms.txt` is served.
    pub enabled: bool,
    /// The addresses at which clients reach this API, such as `https://api.paper.example`: a signature must be for one of
    /// them. Left out, `site.api_url`, or else `site.url`. What a request says of its host is not believed: whoever a machine
    /// has visited could send its signature on.
    pub addresses: Option<Vec<String>>,
    /// Where the terms are read on which machines may read. Left out, `rights.terms_url`.
    pub terms_url: Option<String>,
    /// What a good key gets whose partner has no valid licence: `forbidden`, `payment_required` or `not_found`.
    pub unlicensed_keys: KeyAnswer,
    /// The machines, each with its keys and what it gets.
    pub agents: Vec<AgentConfig>,
}

/// A machine. It has either a directory or keys.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AgentConfig {
    /// What it calls itself in `Signature-Agent`, such as `https://bot.example`.
    pub agent: String,
    /// Where it publishes its keys: an https URL, or an http URL of this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// Files with its keys, each a JSON Web Key Set. A machine that sends no `Signature-Agent` needs them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<PathBuf>,
    /// The partner as whom it reads, such as `par_…`, for as long as that partner's licence is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// What it gets when it reads as no partner: `anonymous`, `payment_required` or `not_found`.
    #[serde(default)]
    pub answer: AgentAnswer,
}

/// Why the settings describe no machines.
#[derive(Debug, thiserror::Error)]
pub enum MachineConfigError {
    /// A setting is wrong.
    #[error("{place}: {wrong}")]
    Setting {
        /// Where it stands: `machines.agents[0].directory`.
        place: String,
        /// What is wrong with it.
        wrong: &'static str,
    },
    /// No connection can be made secure.
    #[error("machines: {0}")]
    Client(reqwest::Error),
}

fn wrong(place: impl Into<String>, wrong: &'static str) -> MachineConfigError {
    MachineConfigError::Setting { place: place.into(), wrong }
}

impl MachineConfig {
    /// What is said of machines; `None` where they are not told apart.
    ///
    /// # Errors
    /// [`MachineConfigError`] names the setting that is wrong.
    pub fn open(&self, site: &Site) -> Result<Option<MachineRules>, MachineConfigError> {
        let terms = self.terms(site)?;
        let addresses = self.addresses(site)?;
        self.unlicensed_keys(terms.is_some())?;
        let agents =
            (0..self.agents.len()).map(|at| self.agent(at, terms.is_some())).collect::<Result<_, _>>()?;
        Ok(self.enabled.then_some(MachineRules {
            addresses,
            terms,
            unlicensed_keys: self.unlicensed_keys,
            agents,
        }))
    }

    /// What is wrong with these settings, the first fault of each machine.
    #[must_use]
    pub fn faults(&self, site: &Site) -> Vec<MachineConfigError> {
        let terms = self.terms(site);
        let has_terms = !matches!(terms, Ok(None));
        let agents = (0..self.agents.len()).filter_map(|at| self.agent(at, has_terms).err());
        let keys = self.unlicensed_keys(has_terms).err();
        terms.err().into_iter().chain(self.addresses(site).err()).chain(keys).chain(agents).collect()
    }

    fn terms(&self, site: &Site) -> Result<Option<String>, MachineConfigError> {
        let Some(text) = &self.terms_url else { return Ok(site.rights().terms.clone()) };
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let url = url.ok_or_else(|| wrong("machines.terms_url", "must be an absolute http or https URL"))?;
        Ok(Some(url.to_string()))
    }

    fn unlicensed_keys(&self, has_terms: bool) -> Result<(), MachineConfigError> {
        match self.unlicensed_keys {
            KeyAnswer::PaymentRequired if !has_terms => Err(wrong("machines.unlicensed_keys", NEEDS_TERMS)),
            _ => Ok(()),
        }
    }

    fn addresses(&self, site: &Site) -> Result<Vec<Address>, MachineConfigError> {
        if !self.enabled && self.addresses.is_none() {
            return Ok(Vec::new());
        }
        let usual = [site.api("/")];
        let (named, place) = match &self.addresses {
            Some(named) => (named.as_slice(), "machines.addresses"),
            None => (&usual[..], "site.api_url"),
        };
        if !(1..=MAX_ADDRESSES).contains(&named.len()) {
            return Err(wrong(place, "must be 1 to 4 addresses"));
        }
        let address = |text: &String| {
            let address = Address::parse(text);
            address
                .ok_or_else(|| wrong(place, "must be an http or https URL without query, fragment and user"))
        };
        named.iter().map(address).collect()
    }

    fn agent(&self, at: usize, has_terms: bool) -> Result<AgentRules, MachineConfigError> {
        let place = |field: &str| format!("machines.agents[{at}].{field}");
        let agent = &self.agents[at];
        let url = Url::parse(&agent.agent).ok().filter(is_safe).filter(is_alone);
        let url = url.ok_or_else(|| {
            wrong(
                place("agent"),
                "must be an https URL such as https://bot.example, or an http URL of this machine",
            )
        })?;
        if self.agents[..at].iter().any(|other| Url::parse(&other.agent).as_ref() == Ok(&url)) {
            return Err(wrong(place("agent"), "stands twice"));
        }
        let partner = agent.partner.as_ref().map(|id| id.parse::<PartnerId>()).transpose();
        let partner =
            partner.map_err(|_| wrong(place("partner"), "must be the id of a partner, such as par_…"))?;
        if agent.answer == AgentAnswer::PaymentRequired && !has_terms {
            return Err(wrong(place("answer"), NEEDS_TERMS));
        }
        let keys = match (&agent.directory, agent.keys.as_slice()) {
            (Some(_), [_, ..]) => {
                return Err(wrong(place("keys"), "stands instead of directory, not beside it"));
            }
            (None, []) => return Err(wrong(place("directory"), "is missing, and there are no keys either")),
            (Some(directory), []) => {
                let url = Url::parse(directory).ok().filter(is_safe).filter(has_no_user);
                AgentKeys::Directory(url.ok_or_else(|| {
                    let needed = "must be an https URL, or an http URL of this machine, without a password";
                    wrong(place("directory"), needed)
                })?)
            }
            (None, files) => {
                let held = |(key, file): (usize, &PathBuf)| {
                    held_in(file).ok_or_else(|| {
                        wrong(
                            place(&format!("keys[{key}]")),
                            "is no file with a key set that holds an Ed25519 key",
                        )
                    })
                };
                let keys = files.iter().enumerate().map(held).collect::<Result<Vec<_>, _>>()?;
                let others = self.agents[..at]
                    .iter()
                    .flat_map(|other| other.keys.iter().filter_map(|file| held_in(file)));
                if others.into_iter().any(|other| keys.iter().any(|one| one.shares_a_key_with(&other))) {
                    return Err(wrong(place("keys"), "hold a key of another machine's"));
                }
                AgentKeys::Files(keys)
            }
        };
        let agent = Agent { name: agent.agent.clone(), partner, answer: agent.answer };
        Ok(AgentRules { agent, url, keys })
    }
}

fn held_in(file: &Path) -> Option<HeldKeys> {
    HeldKeys::read(&fs::read(file).ok()?)
}

fn has_no_user(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none()
}

/// Whether an address names somebody, and nothing of theirs.
fn is_alone(url: &Url) -> bool {
    has_no_user(url) && url.path() == "/" && url.query().is_none() && url.fragment().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"
        enabled = true
        terms_url = "https://paper.example/terms"
        [[agents]]
        agent = "https://bot.example"
        directory = "https://bot.example/keys"
        answer = "payment_required"
        [[agents]]
        agent = "https://other.example"
        directory = "http://127.0.0.1:1/keys"
        partner = "par_0199a17d4e0071018101010101010101"
    "#;

    fn site() -> Site {
        Site::new("The Paper", "https://paper.example", "/{slug}").expect("valid")
    }

    fn faults(settings: &str) -> Vec<String> {
        let config: MachineConfig = toml::from_str(settings).expect("settings");
        let faults: Vec<_> = config.faults(&site()).iter().map(ToString::to_string).collect();
        assert_eq!(config.open(&site()).err().map(|error| error.to_string()), faults.first().cloned());
        faults
    }

    #[test]
    fn machines_are_off_unless_the_settings_say_otherwise() {
        assert!(MachineConfig::default().open(&site()).expect("valid").is_none());
        assert_eq!(faults(ONE), [""; 0]);
        assert_eq!(faults("[[agents]]\nagent = \"x\"").len(), 1, "what is off is looked at too");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (from, to, expected) in [
            ("https://bot.example\"", "bot.example\"", "machines.agents[0].agent: must be an https URL"),
            (
                "https://bot.example\"",
                "http://bot.example\"",
                "machines.agents[0].agent: must be an https URL",
            ),
            ("https://bot.example\"", "https://bot.example/x\"", "machines.agents[0].agent: must be"),
            ("https://other.example", "https://bot.example/", "machines.agents[1].agent: stands twice"),
            ("https://bot.example/keys", "http://bot.example/keys", "machines.agents[0].directory: must be"),
            (
                "https://bot.example/keys",
                "https://a:b@bot.example/keys",
                "machines.agents[0].directory: must be",
            ),
            ("directory = \"https://bot.example/keys\"", "", "machines.agents[0].directory: is missing"),
            ("answer", "keys = [\"/nothing\"]\nanswer", "machines.agents[0].keys: stands instead"),
            (
                "directory = \"https://bot.example/keys\"",
                "keys = [\"/dev/null\"]",
                "machines.agents[0].keys[0]: is no file",
            ),
            ("par_0199", "art_0199", "machines.agents[1].partner: must be the id"),
            (
                "terms_url = \"https://paper.example/terms\"",
                "",
                "machines.agents[0].answer: payment_required",
            ),
            ("https://paper.example/terms", "/terms", "machines.terms_url: must be"),
            ("enabled = true", "addresses = []", "machines.addresses: must be 1 to 4"),
            ("enabled = true", "addresses = [\"paper.example\"]", "machines.addresses: must be an http"),
        ] {
            let faults = faults(&ONE.replacen(from, to, 1));
            assert!(faults.len() == 1 && faults[0].starts_with(expected), "{expected}: {faults:?}");
        }
    }
}
