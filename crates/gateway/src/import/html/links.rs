//! Where the addresses in a text lead.

use masthead_domain::href::Href;
use masthead_domain::id::ArticleId;
use std::borrow::Cow;

/// Knows what the addresses in a text mean.
pub trait Links {
    /// The article of this publication that an address names.
    fn article(&self, address: &str) -> Option<ArticleId>;

    /// The address as a reader needs it.
    fn resolve<'h>(&self, address: &'h str) -> Cow<'h, str> {
        address.into()
    }

    /// Markup that stays markup, with its addresses as a reader needs them.
    fn rewrite<'h>(&self, html: &'h str) -> Cow<'h, str> {
        html.into()
    }

    /// The address as one that a reader may be sent to.
    fn href(&self, address: &str) -> Option<Href> {
        self.resolve(address.trim()).parse().ok()
    }

    /// Where a link in running text leads.
    fn follow(&self, address: &str) -> Lead {
        match self.article(address.trim()) {
            Some(id) => Lead::Article(id),
            None => self.href(address).map_or(Lead::Nowhere, Lead::Href),
        }
    }
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lead {
    /// To an article of this publication.
    Article(ArticleId),
    /// To any other place.
    Href(Href),
    /// Nowhere: it is no address that a reader may be sent to, or the article does not exist.
    Nowhere,
}

/// Takes `article:SLUG` for a link to the article that the look-up knows by this slug, and every other
/// address as it stands.
pub struct ArticleLinks<F>(
    /// The look-up: from a slug to the article that has it.
    pub F,
);

impl<F: Fn(&str) -> Option<ArticleId>> Links for ArticleLinks<F> {
    fn article(&self, address: &str) -> Option<ArticleId> {
        address.strip_prefix("article:").and_then(&self.0)
    }
}
