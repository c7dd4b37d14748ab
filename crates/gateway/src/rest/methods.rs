//! Which methods each address takes, read from the OpenAPI document.

use utoipa::openapi::OpenApi;
use utoipa::openapi::path::PathItem;

/// Which methods each address takes.
pub(crate) struct Methods(Vec<(Vec<String>, String)>);

impl Methods {
    /// Reads them from the document.
    pub(crate) fn of_document(document: &OpenApi) -> Self {
        let segments = |path: &str| path.split('/').map(str::to_owned).collect();
        let methods = document.paths.paths.iter().map(|(path, item)| (segments(path), allowed(item)));
        let mut methods: Vec<_> = methods.collect();
        // What is written out wins over a place for anything.
        methods.sort_by_key(|(path, _): &(Vec<String>, _)| {
            path.iter().filter(|part| part.starts_with('{')).count()
        });
        Self(methods)
    }

    /// The methods of an address, as `Allow` writes them; `None` when nothing is there.
    pub(crate) fn of(&self, path: &str) -> Option<&str> {
        let parts: Vec<_> = path.split('/').collect();
        let fits = |pattern: &[String]| {
            pattern.len() == parts.len()
                && pattern
                    .iter()
                    .zip(&parts)
                    .all(|(one, part)| one == part || (one.starts_with('{') && !part.is_empty()))
        };
        self.0.iter().find(|(pattern, _)| fits(pattern)).map(|(_, allowed)| allowed.as_str())
    }
}

fn allowed(item: &PathItem) -> String {
    let methods = [
        ("GET", item.get.is_some()),
        ("HEAD", item.get.is_some()),
        ("POST", item.post.is_some()),
        ("PUT", item.put.is_some()),
        ("DELETE", item.delete.is_some()),
    ];
    let taken: Vec<_> = methods.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect();
    taken.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_takes_what_the_document_says() {
        let methods = Methods::of_document(&crate::rest::document());
        assert_eq!(methods.of("/v1/articles/some-slug"), Some("GET, HEAD"));
        assert_eq!(methods.of("/v1/articles/some-slug/unlock"), Some("POST"));
        assert_eq!(methods.of("/v1/policy"), Some("GET, HEAD, PUT"));
        assert_eq!(methods.of("/v1/gifts/redeem"), Some("POST"), "not a gift of that name");
        assert_eq!(methods.of("/v1/nothing"), None);
        assert_eq!(methods.of("/v1/articles/"), None);
        assert_eq!(methods.of("/v1/articles/a/b/c"), None);
    }
}
