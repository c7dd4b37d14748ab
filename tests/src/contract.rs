//! The OpenAPI document, as tests walk it.

use serde_json::Value;

/// One operation of the document.
pub struct Operation<'d> {
    /// Its path, with its parameters in braces.
    pub path: &'d str,
    /// Its method in upper case.
    pub method: reqwest::Method,
    /// What the document says of it.
    pub item: &'d Value,
}

impl Operation<'_> {
    /// Whether it is for everybody, with a token or without: then it says nothing of its own about security.
    #[must_use]
    pub fn is_for_readers(&self) -> bool {
        self.item["security"].is_null()
    }

    /// Whether it needs a token.
    #[must_use]
    pub fn needs_a_token(&self) -> bool {
        let needed = |requirement: &Value| requirement.as_object().is_some_and(|one| !one.is_empty());
        self.item["security"].as_array().is_some_and(|all| !all.is_empty() && all.iter().all(needed))
    }
}

/// Every operation of the document.
pub fn operations(document: &Value) -> impl Iterator<Item = Operation<'_>> {
    let paths = document["paths"].as_object().expect("paths");
    paths.iter().flat_map(|(path, item)| {
        item.as_object().expect("operations").iter().map(move |(method, item)| {
            let method = method.to_uppercase().parse().expect("a method");
            Operation { path: path.as_str(), method, item }
        })
    })
}

/// Every operation with which anybody may read.
pub fn for_readers(document: &Value) -> impl Iterator<Item = Operation<'_>> {
    operations(document)
        .filter(|operation| operation.is_for_readers() && operation.method == reqwest::Method::GET)
}
