//! Keys that others publish: fetched from where the settings say, kept, and fetched anew as needed.

mod fetch;
mod keys;
mod source;

pub(in crate::auth) use fetch::client;
pub(crate) use keys::ALGORITHMS;
#[cfg(test)]
pub(in crate::auth) use keys::KeySetError;
pub(in crate::auth) use keys::{Fit, ForeignKey, KeySet, NamedBy};
pub(in crate::auth) use source::{KeySource, NoKey};

use url::Url;

/// Where somebody publishes keys, and which of them are good here.
pub(in crate::auth) struct Publisher<'a> {
    /// Who it is, for the log.
    pub(in crate::auth) name: &'a str,
    /// Where the keys are.
    pub(in crate::auth) url: &'a Url,
    pub(in crate::auth) fit: Fit,
}
