//! Where payers come back to after the provider's page. Only to pages of the publisher's own: an address of anybody's
//! choice would make the checkout a way to lead readers astray.

use crate::error::Problem;
use url::{Origin, Url};

/// The longest address, in bytes. Stripe takes 5,000.
const MAX_URL: usize = 2_000;

/// Where payers come back to.
#[derive(Clone, Debug)]
pub struct Returns {
    success: Url,
    cancel: Url,
    origins: Vec<Origin>,
}

/// The two addresses of one checkout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTo {
    /// After the payment.
    pub success: String,
    /// Without one.
    pub cancel: String,
}

/// Why the settings name no place to come back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("payments.{0}: must be an absolute http or https URL without a user name")]
pub struct ReturnsError(&'static str);

impl Returns {
    /// Back to these pages, or else to pages of the site. A checkout may name others of the same origins, and of `origins`.
    ///
    /// # Errors
    /// [`ReturnsError`] names the setting that is wrong.
    pub fn new(
        site: &Url,
        success: Option<&str>,
        cancel: Option<&str>,
        origins: impl IntoIterator<Item = Url>,
    ) -> Result<Self, ReturnsError> {
        let page = |name, given: Option<&str>, outcome: &str| match given {
            Some(url) => page(url).ok_or(ReturnsError(name)),
            None => {
                let mut page = site.clone();
                page.set_query(Some(&format!("checkout={outcome}")));
                Ok(page)
            }
        };
        let (success, cancel) =
            (page("success_url", success, "done")?, page("cancel_url", cancel, "cancelled")?);
        let mut known = vec![site.origin(), success.origin(), cancel.origin()];
        known.extend(origins.into_iter().map(|url| url.origin()));
        Ok(Self { success, cancel, origins: known })
    }

    /// Where the payer of one checkout comes back to.
    ///
    /// # Errors
    /// A problem that names the address that is no page of the publisher's.
    pub fn choose(&self, success: Option<&str>, cancel: Option<&str>) -> Result<ReturnTo, Problem> {
        Ok(ReturnTo {
            success: self.one("successUrl", success, &self.success)?,
            cancel: self.one("cancelUrl", cancel, &self.cancel)?,
        })
    }

    fn one(&self, name: &str, wanted: Option<&str>, default: &Url) -> Result<String, Problem> {
        let Some(wanted) = wanted else { return Ok(default.to_string()) };
        let found = page(wanted).filter(|page| self.origins.contains(&page.origin()));
        // What is sent on is what was looked at, not what came: two readers of one odd text may see two addresses.
        found.map(String::from).ok_or_else(|| {
            Problem::invalid_parameter(
                name,
                format!("{name}: must be a page of the site, or of an origin in cors.origins."),
            )
        })
    }
}

fn page(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= MAX_URL)?;
    let is_page = matches!(url.scheme(), "http" | "https") && url.has_host();
    (is_page && url.username().is_empty() && url.password().is_none()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn returns() -> Returns {
        let url = |text| Url::parse(text).expect("a URL");
        let thanks = Some("https://thanks.example/you");
        Returns::new(&url("https://paper.example"), thanks, None, [url("https://app.paper.example:8443")])
            .expect("settings")
    }

    #[test]
    fn nobody_is_led_astray() {
        let returns = returns();
        for good in [
            "https://paper.example/done?session={CHECKOUT_SESSION_ID}",
            "https://PAPER.example:443/",
            "https://app.paper.example:8443/x",
            "https://thanks.example/",
        ] {
            let chosen = returns.choose(Some(good), Some(good)).expect("a page of the publisher's");
            assert_eq!(chosen.success, Url::parse(good).expect("a URL").to_string());
        }
        for bad in [
            "https://evil.example/",
            "https://paper.example.evil.example/",
            "https://paper.example@evil.example/",
            "https://user@paper.example/",
            "https://app.paper.example/",
            "http://paper.example/",
            "//paper.example/",
            "/done",
            "javascript:alert(1)",
            "https:\\\\evil.example",
            "",
        ] {
            let problem = returns.choose(None, Some(bad)).expect_err(bad);
            assert_eq!(problem.parameter(), Some("cancelUrl"), "{bad}");
        }
        let long = format!("https://paper.example/{}", "x".repeat(MAX_URL));
        returns.choose(Some(&long), None).expect_err("too long");
    }

    #[test]
    fn who_names_no_page_comes_back_to_the_site() {
        let chosen = returns().choose(None, None).expect("the settings' own");
        assert_eq!(chosen.success, "https://thanks.example/you");
        assert_eq!(chosen.cancel, "https://paper.example/?checkout=cancelled");
        let site = Url::parse("https://paper.example").expect("a URL");
        assert!(Returns::new(&site, None, Some("thanks"), []).is_err());
    }
}
