//! The publication's public site: where readers find what the API describes.

use crate::rights::Rights;
use masthead_domain::href::Href;
use masthead_domain::slug::Slug;
use url::Url;

/// The place of [`Site::article_url`]'s slug in the pattern.
const SLUG: &str = "{slug}";

/// The publication's public site.
#[derive(Clone, Debug)]
pub struct Site {
    /// The publication's name.
    pub name: String,
    base: Url,
    article_path: String,
    api: Option<Url>,
    rights: Rights,
}

/// Why a setting makes no [`Site`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SiteError {
    /// The base is no absolute http or https URL.
    #[error("site.url: must be an absolute http or https URL")]
    Base,
    /// The address of the API is no absolute http or https URL.
    #[error("site.api_url: must be an absolute http or https URL")]
    Api,
    /// The pattern does not start with a slash or does not hold `{slug}`.
    #[error("site.article_path: must start with / and hold {{slug}}")]
    Pattern,
}

impl Site {
    /// Checks the settings.
    ///
    /// # Errors
    /// [`SiteError`] names the setting that is wrong.
    pub fn new(name: impl Into<String>, base: &str, article_path: &str) -> Result<Self, SiteError> {
        let base = web_address(base).ok_or(SiteError::Base)?;
        if !article_path.starts_with('/') || !article_path.contains(SLUG) {
            return Err(SiteError::Pattern);
        }
        Ok(Self {
            name: name.into(),
            base,
            article_path: article_path.to_owned(),
            api: None,
            rights: Rights::default(),
        })
    }

    /// With an API that is reached at this address and not below the site's own.
    ///
    /// # Errors
    /// [`SiteError::Api`] when it is no address.
    pub fn with_api(mut self, api: &str) -> Result<Self, SiteError> {
        self.api = Some(web_address(api).ok_or(SiteError::Api)?);
        Ok(self)
    }

    /// Where clients reach a path of the API.
    #[must_use]
    pub fn api(&self, path: &str) -> String {
        below(self.api.as_ref().unwrap_or(&self.base), path)
    }

    /// The same as a path, for what is read by whoever reads the document that names it.
    #[must_use]
    pub fn api_path(&self, path: &str) -> String {
        let prefix = self.api.as_ref().unwrap_or(&self.base).path().trim_end_matches('/');
        format!("{prefix}{path}")
    }

    /// A name by RFC 4151 for a thing of the publication: made of the site's host and the thing's id, it stays when slugs,
    /// paths and the way the site is reached change.
    #[must_use]
    pub fn tag_uri(&self, id: &str) -> String {
        // A day on which no other publication can have had the host; it never changes, or every name would.
        const SINCE: &str = "2026-01-01";
        format!("tag:{},{SINCE}:{id}", self.base.host_str().unwrap_or("localhost"))
    }

    /// The same, with what machines are told about rights.
    #[must_use]
    pub fn with_rights(self, rights: Rights) -> Self {
        Self { rights, ..self }
    }

    /// What machines are told about rights.
    #[must_use]
    pub const fn rights(&self) -> &Rights {
        &self.rights
    }

    /// The address that paths are resolved against.
    #[must_use]
    pub const fn base(&self) -> &Url {
        &self.base
    }

    /// Where readers find the article.
    #[must_use]
    pub fn article_url(&self, slug: &Slug) -> String {
        self.resolve(&self.article_path.replace(SLUG, slug.as_str()))
    }

    /// Where a gift is opened: the article's address with the code in it.
    #[must_use]
    pub fn gift_link(&self, slug: &Slug, code: &str) -> String {
        format!("{}?gift={code}", self.article_url(slug))
    }

    /// Where a preview link is opened.
    #[must_use]
    pub fn preview_link(&self, slug: &Slug, code: &str) -> String {
        format!("{}?preview={code}", self.article_url(slug))
    }

    /// The slug in the address of an article, when it lies where [`Site::article_url`] says.
    #[must_use]
    pub fn slug_in(&self, url: &str) -> Option<Slug> {
        let pattern = self.resolve(&self.article_path);
        let (before, after) = pattern.split_once(SLUG)?;
        let path = url.split(['?', '#']).next()?;
        path.strip_prefix(before)?.strip_suffix(after)?.parse().ok()
    }

    /// The address in full: what lies on the publication's own site gets its base.
    #[must_use]
    pub fn absolute(&self, href: &Href) -> String {
        if href.as_str().starts_with(['/', '?', '#']) {
            self.resolve(href.as_str())
        } else {
            href.as_str().to_owned()
        }
    }

    /// The address of a page of the site.
    #[must_use]
    pub fn page(&self, path: &str) -> String {
        self.resolve(path)
    }

    fn resolve(&self, path: &str) -> String {
        below(&self.base, path)
    }
}

fn web_address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

fn below(base: &Url, path: &str) -> String {
    let base = base.as_str().trim_end_matches('/');
    format!("{base}{}{path}", if path.starts_with('/') { "" } else { "/" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_absolute() {
        let site = Site::new("The Paper", "https://paper.example/en/", "/read/{slug}").expect("valid");
        let slug = "budget".parse().expect("slug");
        assert_eq!(site.article_url(&slug), "https://paper.example/en/read/budget");
        assert_eq!(site.slug_in("https://paper.example/en/read/budget?from=mail"), Some(slug));
        assert_eq!(site.slug_in("https://paper.example/read/budget"), None);
        assert_eq!(site.slug_in("https://other.example/en/read/budget"), None);
        let absolute = |text: &str| site.absolute(&text.parse().expect("href"));
        assert_eq!(absolute("/images/a.jpg"), "https://paper.example/en/images/a.jpg");
        assert_eq!(absolute("#notes"), "https://paper.example/en/#notes");
        assert_eq!(absolute("https://other.example/"), "https://other.example/");
    }

    #[test]
    fn the_api_may_lie_elsewhere() {
        let site = Site::new("The Paper", "https://paper.example/en/", "/{slug}").expect("valid");
        assert_eq!(site.api("/feeds"), "https://paper.example/en/feeds");
        assert_eq!(site.tag_uri("art_1"), "tag:paper.example,2026-01-01:art_1");
        assert_eq!(site.clone().with_api("api.paper.example").err(), Some(SiteError::Api));
        let site = site.with_api("https://api.paper.example/").expect("valid");
        assert_eq!(site.api("/feeds"), "https://api.paper.example/feeds");
        assert_eq!(site.tag_uri("art_1"), "tag:paper.example,2026-01-01:art_1", "names stay");
    }

    #[test]
    fn bad_settings_are_named() {
        assert_eq!(Site::new("", "ftp://x", "/{slug}").err(), Some(SiteError::Base));
        assert_eq!(Site::new("", "https://x.example", "/articles").err(), Some(SiteError::Pattern));
    }
}
