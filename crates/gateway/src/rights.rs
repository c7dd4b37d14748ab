//! What machines are told about rights: in headers, beside articles, and in documents of their own.

use crate::site::Site;
use crate::xml::Xml;
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue, LINK};
use actix_web::middleware::Next;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::io;
use std::sync::Arc;

/// What machines are told about rights. The default says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// Who has the rights; `None` for the publication by its name.
    pub holder: Option<String>,
    /// Where people read what may be done with articles.
    pub terms: Option<String>,
    /// Text and data mining (TDMRep, the W3C community group's report of 2024).
    pub tdm: Option<Tdm>,
    /// What machines may use articles for (`Content-Usage`, draft-ietf-aipref-attach).
    pub content_usage: Option<String>,
    /// The licence for machines (RSL 1.0).
    pub rsl: Option<Rsl>,
}

/// Text and data mining.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tdm {
    /// Whether it is reserved.
    pub reserved: bool,
    /// Where the policy lies under which it is allowed.
    pub policy: Option<String>,
}

/// A licence for machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rsl {
    /// What it permits.
    pub permits: Vec<Usage>,
    /// What it prohibits.
    pub prohibits: Vec<Usage>,
    /// What is to be paid.
    pub payment: Option<Payment>,
}

/// What a machine does with an article (RSL 1.0, section 3.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Usage {
    /// Anything.
    All,
    /// Anything with AI.
    AiAll,
    /// To train a model.
    AiTrain,
    /// To feed a model that answers.
    AiInput,
    /// To find it for a model that answers.
    AiIndex,
    /// To find it for people.
    Search,
}

impl Usage {
    /// The use as RSL writes it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::AiAll => "ai-all",
            Self::AiTrain => "ai-train",
            Self::AiInput => "ai-input",
            Self::AiIndex => "ai-index",
            Self::Search => "search",
        }
    }
}

/// What is to be paid for a use (RSL 1.0, `payment`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Payment {
    /// Nothing.
    Free,
    /// A price, once.
    Purchase,
    /// A price for a time.
    Subscription,
    /// For training.
    Training,
    /// For each fetch.
    Crawl,
    /// For each use in an answer.
    Use,
    /// What the user thinks fit.
    Contribution,
    /// A credit with a link.
    Attribution,
}

impl Payment {
    /// The kind as RSL writes it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Purchase => "purchase",
            Self::Subscription => "subscription",
            Self::Training => "training",
            Self::Crawl => "crawl",
            Self::Use => "use",
            Self::Contribution => "contribution",
            Self::Attribution => "attribution",
        }
    }
}

/// Where the licence for machines lies, below the site's address.
pub const RSL_PATH: &str = "/license.xml";

/// The name space of RSL.
pub(crate) const RSL_NAMESPACE: &str = "https://rslstandard.org/rsl";

/// The media type of RSL.
pub const RSL_XML: &str = "application/rsl+xml";

const TDM_RESERVATION: HeaderName = HeaderName::from_static("tdm-reservation");
const TDM_POLICY: HeaderName = HeaderName::from_static("tdm-policy");
const CONTENT_USAGE: HeaderName = HeaderName::from_static("content-usage");

impl Rights {
    /// Whether anything is said.
    #[must_use]
    pub fn are_told(&self) -> bool {
        *self != Self::default()
    }

    /// What is told with every answer.
    #[must_use]
    pub fn headers(&self, site: &Site) -> Vec<(HeaderName, HeaderValue)> {
        let mut headers = Vec::new();
        let mut tell = |name, value: &str| {
            headers.extend(HeaderValue::from_str(value).ok().map(|value| (name, value)));
        };
        if let Some(tdm) = &self.tdm {
            tell(TDM_RESERVATION, if tdm.reserved { "1" } else { "0" });
            if let Some(policy) = &tdm.policy {
                tell(TDM_POLICY, policy);
            }
        }
        if let Some(usage) = &self.content_usage {
            tell(CONTENT_USAGE, usage);
        }
        if self.rsl.is_some() {
            let link = format!("<{}>; rel=\"license\"; type=\"{RSL_XML}\"", site.page(RSL_PATH));
            tell(LINK, &link);
        }
        headers
    }

    /// The rules for the whole site (`/.well-known/tdmrep.json`); `None` where nothing is said.
    #[must_use]
    pub fn tdmrep(&self) -> Option<serde_json::Value> {
        let tdm = self.tdm.as_ref()?;
        let mut rule = json!({ "location": "/*", "tdm-reservation": u8::from(tdm.reserved) });
        if let (Some(rule), Some(policy)) = (rule.as_object_mut(), &tdm.policy) {
            rule.insert("tdm-policy".to_owned(), json!(policy));
        }
        Some(json!([rule]))
    }

    /// The licence for machines, for what lies at an address; `*` in it stands for anything. `None` where none is given.
    ///
    /// # Errors
    /// Never: it is written into memory.
    pub fn rsl(&self, content: &str, site: &Site) -> io::Result<Option<Vec<u8>>> {
        if self.rsl.is_none() {
            return Ok(None);
        }
        let mut xml = Xml::begin()?;
        xml.element("rsl", &[("xmlns", RSL_NAMESPACE)], |xml| self.write_rsl("", content, site, xml))?;
        Ok(Some(xml.end()))
    }

    /// Writes the licence for machines, for what lies at an address, into a document that has given the name space of RSL this
    /// prefix. Nothing where none is given.
    pub(crate) fn write_rsl(
        &self,
        prefix: &str,
        content: &str,
        site: &Site,
        xml: &mut Xml,
    ) -> io::Result<()> {
        let Some(rsl) = &self.rsl else { return Ok(()) };
        let named = |name: &str| format!("{prefix}{name}");
        xml.element(&named("content"), &[("url", content)], |xml| {
            xml.element(&named("license"), &[], |xml| {
                for (element, uses) in [("permits", &rsl.permits), ("prohibits", &rsl.prohibits)] {
                    if !uses.is_empty() {
                        let uses: Vec<_> = uses.iter().map(|usage| usage.code()).collect();
                        xml.text_with(&named(element), &[("type", "usage")], &uses.join(","))?;
                    }
                }
                rsl.payment
                    .map_or(Ok(()), |payment| xml.empty(&named("payment"), &[("type", payment.code())]))
            })?;
            let holder = self.holder.as_deref().unwrap_or(&site.name);
            xml.empty(&named("copyright"), &[("type", "organization"), ("contactName", holder)])?;
            xml.optional(&named("terms"), self.terms.as_deref())
        })
    }
}

/// Middleware for the whole application: whatever leaves, an article or what was said of one, leaves with its rights.
///
/// # Errors
/// Those of the application.
pub async fn told<B: MessageBody + 'static>(
    headers: Arc<[(HeaderName, HeaderValue)]>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    for (name, value) in &*headers {
        // There may be other links.
        response.headers_mut().append(name.clone(), value.clone());
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_for_machines_says_who_may_do_what() {
        let site = Site::new("The Paper & Sons", "https://paper.example", "/{slug}").expect("a site");
        let rights = Rights {
            terms: Some("https://paper.example/terms?a=1&b=2".into()),
            rsl: Some(Rsl {
                permits: vec![Usage::Search, Usage::AiIndex],
                prohibits: vec![Usage::AiTrain],
                payment: Some(Payment::Subscription),
            }),
            ..Rights::default()
        };
        let document = rights.rsl("https://paper.example/*", &site).expect("written").expect("given");
        insta::assert_snapshot!(String::from_utf8(document).expect("text"), @r#"
        <?xml version="1.0" encoding="utf-8"?>
        <rsl xmlns="https://rslstandard.org/rsl">
         <content url="https://paper.example/*">
          <license>
           <permits type="usage">search,ai-index</permits>
           <prohibits type="usage">ai-train</prohibits>
           <payment type="subscription"/>
          </license>
          <copyright type="organization" contactName="The Paper &amp; Sons"/>
          <terms>https://paper.example/terms?a=1&amp;b=2</terms>
         </content>
        </rsl>
        "#);
        assert!(Rights::default().rsl("/", &site).expect("nothing").is_none());
    }

    #[test]
    fn headers_say_what_is_reserved() {
        let site = Site::new("The Paper", "https://paper.example", "/{slug}").expect("a site");
        let rights = Rights {
            tdm: Some(Tdm { reserved: true, policy: Some("https://paper.example/tdm".into()) }),
            content_usage: Some("train-ai=n".into()),
            ..Rights::default()
        };
        let headers = rights.headers(&site);
        let told: Vec<_> =
            headers.iter().map(|(name, value)| (name.as_str(), value.to_str().expect("ascii"))).collect();
        assert_eq!(
            told,
            [
                ("tdm-reservation", "1"),
                ("tdm-policy", "https://paper.example/tdm"),
                ("content-usage", "train-ai=n")
            ]
        );
        assert_eq!(
            rights.tdmrep().expect("said").to_string(),
            r#"[{"location":"/*","tdm-policy":"https://paper.example/tdm","tdm-reservation":1}]"#
        );
        assert!(Rights::default().headers(&site).is_empty());
    }
}
