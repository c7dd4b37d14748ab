//! The addresses in an export, which call the site `__GHOST_URL__`.

use super::slugs::SlugIndex;
use crate::import::html::Links;
use masthead_domain::id::ArticleId;
use std::borrow::Cow;
use std::sync::Arc;

const SITE: &str = "__GHOST_URL__";

/// Resolves them against the site's own address, or to paths on the publication's site when that is not
/// known, and knows the articles of the export.
#[derive(Clone, Debug)]
pub(super) struct Addresses {
    /// The site's address without the slash at its end; empty for paths.
    site: String,
    articles: Arc<SlugIndex>,
}

impl Addresses {
    pub(super) fn new(site: Option<&url::Url>, articles: Arc<SlugIndex>) -> Self {
        let site = site.map(|url| url.as_str().trim_end_matches('/').to_owned()).unwrap_or_default();
        Self { site, articles }
    }

    /// What follows the site in an address on it.
    fn on_site<'h>(&self, address: &'h str) -> Option<&'h str> {
        let on_known_site = || (!self.site.is_empty()).then(|| address.strip_prefix(&self.site)).flatten();
        address.strip_prefix(SITE).or_else(on_known_site)
    }
}

impl Links for Addresses {
    /// An article of the export, by the address `/slug/` on the site.
    fn article(&self, address: &str) -> Option<ArticleId> {
        let path = self.on_site(address)?.split(['?', '#']).next()?;
        let slug = path.strip_prefix('/')?;
        self.articles.get(slug.strip_suffix('/').unwrap_or(slug)).copied()
    }

    fn resolve<'h>(&self, address: &'h str) -> Cow<'h, str> {
        match address.strip_prefix(SITE) {
            Some("") if self.site.is_empty() => "/".into(),
            Some(rest) => format!("{}{rest}", self.site).into(),
            None => address.into(),
        }
    }

    fn rewrite<'h>(&self, html: &'h str) -> Cow<'h, str> {
        if html.contains(SITE) { html.replace(SITE, &self.site).into() } else { html.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::html::Lead;
    use masthead_domain::clock::Timestamp;

    #[test]
    fn the_site_is_resolved_and_its_articles_are_known() {
        let id = ArticleId::new(Timestamp::parse("2026-11-22T09:30:00Z").expect("valid"), [7; 10]);
        let articles = Arc::new(SlugIndex::from([("a-post".into(), id)]));
        let paths = Addresses::new(None, Arc::clone(&articles));
        let url = "https://example.org/mag/".parse().expect("url");
        let full = Addresses::new(Some(&url), articles);
        for known in ["__GHOST_URL__/a-post/", "__GHOST_URL__/a-post", "__GHOST_URL__/a-post/?ref=x#y"] {
            assert_eq!(paths.follow(known), Lead::Article(id), "{known}");
        }
        assert_eq!(full.follow("https://example.org/mag/a-post/"), Lead::Article(id));
        for (address, path, whole) in [
            ("__GHOST_URL__/content/a.jpg", "/content/a.jpg", "https://example.org/mag/content/a.jpg"),
            ("__GHOST_URL__", "/", "https://example.org/mag"),
            ("__GHOST_URL__/#/portal/", "/#/portal/", "https://example.org/mag/#/portal/"),
            ("https://e.org/", "https://e.org/", "https://e.org/"),
        ] {
            assert_eq!(paths.follow(address), Lead::Href(path.parse().expect("path")));
            assert_eq!(full.follow(address), Lead::Href(whole.parse().expect("whole")));
        }
        assert_eq!(paths.follow("//evil.example"), Lead::Nowhere);
    }
}
