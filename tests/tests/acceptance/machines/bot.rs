//! A machine that signs what it asks (RFC 9421, section 3.1), as the drafts of Web Bot Auth say, and in every way that they
//! do not.

use crate::issuers::provider::Signer;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use masthead_tests::server::{Answer, Asker, TestServer};
use reqwest::Method;

pub(super) const AUTHORITY: &str = "api.paper.example";

/// A signature in the making. Each part can be made wrong.
pub(super) struct Draft {
    pub(super) label: String,
    /// What is covered, as it is written, with the value that the machine sees.
    pub(super) components: Vec<(String, String)>,
    pub(super) created: i64,
    pub(super) expires: i64,
    pub(super) alg: Option<String>,
    pub(super) keyid: String,
    pub(super) tag: String,
    pub(super) nonce: Option<String>,
    /// `Signature-Agent`, if it is sent.
    pub(super) agent: Option<String>,
}

pub(super) type Fields = Vec<(&'static str, String)>;

/// A machine with its name and its key.
pub(super) struct Bot {
    pub(super) name: &'static str,
    pub(super) signer: Signer,
}

impl Bot {
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, signer: Signer::eddsa("any") }
    }

    pub(super) fn draft(&self, now: i64) -> Draft {
        let agent = format!("\"{}\"", self.name);
        Draft {
            label: "sig1".into(),
            components: vec![
                ("\"@authority\"".into(), AUTHORITY.into()),
                ("\"signature-agent\"".into(), agent.clone()),
            ],
            created: now - 1,
            expires: now + 60,
            alg: Some("ed25519".into()),
            keyid: self.signer.thumbprint(),
            tag: "web-bot-auth".into(),
            nonce: None,
            agent: Some(agent),
        }
    }

    /// The header fields with the signature.
    pub(super) fn sign(&self, draft: &Draft) -> Fields {
        let covered: Vec<_> = draft.components.iter().map(|(name, _)| name.as_str()).collect();
        let mut params =
            format!("({});created={};expires={}", covered.join(" "), draft.created, draft.expires);
        params += &format!(";keyid=\"{}\"", draft.keyid);
        params += &draft.alg.as_ref().map(|alg| format!(";alg=\"{alg}\"")).unwrap_or_default();
        params += &draft.nonce.as_ref().map(|nonce| format!(";nonce=\"{nonce}\"")).unwrap_or_default();
        params += &format!(";tag=\"{}\"", draft.tag);
        let lines: String =
            draft.components.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
        let signature = self.signer.signature(&format!("{lines}\"@signature-params\": {params}"));
        let signature = STANDARD.encode(URL_SAFE_NO_PAD.decode(signature).expect("base64"));
        let mut fields = vec![
            ("signature-input", format!("{}={params}", draft.label)),
            ("signature", format!("{}=:{signature}:", draft.label)),
        ];
        fields.extend(draft.agent.clone().map(|agent| ("signature-agent", agent)));
        fields
    }

    /// Good fields, but for what is changed.
    pub(super) fn fields(&self, server: &TestServer, change: impl FnOnce(&mut Draft)) -> Fields {
        let mut draft = self.draft(server.now().seconds());
        change(&mut draft);
        self.sign(&draft)
    }

    /// Asks for a path with a good signature.
    pub(super) async fn get(&self, server: &TestServer, path: &str) -> Answer {
        get(server, path, &self.fields(server, |_| ())).await
    }

    pub(super) async fn graphql(&self, server: &TestServer, query: &str) -> Answer {
        let mut fields = self.fields(server, |_| ());
        fields.push(("content-type", "application/json".into()));
        let body = serde_json::json!({ "query": query }).to_string();
        server.send(None, Method::POST, "/graphql", &borrowed(&fields), Some(body)).await
    }
}

pub(super) fn borrowed(fields: &Fields) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

pub(super) async fn get(server: &TestServer, path: &str, fields: &Fields) -> Answer {
    server.get_with(Asker::Anonymous, path, &borrowed(fields)).await
}
