//! Which methods each path takes, and which of its operations take an `Idempotency-Key`, as the OpenAPI document says.

use crate::idempotency::NAME;
use actix_web::http::Method;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn, PathItem};
use utoipa::openapi::{OpenApi, RefOr};

/// Which methods each path takes.
pub struct Methods(Vec<Path>);

/// A path of the document.
struct Path {
    segments: Vec<String>,
    /// As `Allow` lists them.
    allowed: String,
    methods: Vec<(&'static str, bool)>,
}

impl Methods {
    /// Reads them from the document.
    #[must_use]
    pub fn of(document: &OpenApi) -> Self {
        let read = |(path, item): (&String, &PathItem)| {
            let methods = methods(item);
            let names: Vec<_> = methods.iter().map(|(name, _)| *name).collect();
            Path { segments: segments(path), allowed: names.join(", "), methods }
        };
        let mut paths: Vec<_> = document.paths.paths.iter().map(read).collect();
        // What is written out wins over a place for anything.
        paths.sort_by_key(|path| path.segments.iter().filter(|part| part.contains('{')).count());
        Self(paths)
    }

    /// The methods of this path, as `Allow` lists them; `None` when there is no such path.
    #[must_use]
    pub fn allowed(&self, path: &str) -> Option<String> {
        self.path(path).map(|path| path.allowed.clone())
    }

    /// Whether this operation takes an `Idempotency-Key`; `None` when there is no such operation.
    #[must_use]
    pub fn takes_key(&self, method: &Method, path: &str) -> Option<bool> {
        let methods = &self.path(path)?.methods;
        methods.iter().find(|(name, _)| *name == method.as_str()).map(|(_, takes)| *takes)
    }

    fn path(&self, path: &str) -> Option<&Path> {
        let path = segments(path);
        let fits = |template: &[String]| {
            let alike = |(wanted, found): (&String, &String)| {
                // What stands before a place for anything, such as `articles.` before a format, is written out.
                wanted == found
                    || wanted.split_once('{').is_some_and(|(before, _)| {
                        found.strip_prefix(before).is_some_and(|rest| !rest.is_empty())
                    })
            };
            template.len() == path.len() && template.iter().zip(&path).all(alike)
        };
        self.0.iter().find(|path| fits(&path.segments))
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').map(str::to_owned).collect()
}

fn methods(item: &PathItem) -> Vec<(&'static str, bool)> {
    [
        ("GET", &item.get),
        ("HEAD", &item.get),
        ("POST", &item.post),
        ("PUT", &item.put),
        ("PATCH", &item.patch),
        ("DELETE", &item.delete),
    ]
    .into_iter()
    .filter_map(|(name, operation)| Some((name, takes_key(operation.as_ref()?))))
    .collect()
}

/// Whether the document says that the operation takes an `Idempotency-Key`.
pub(super) fn takes_key(operation: &Operation) -> bool {
    let mut parameters = operation.parameters.iter().flatten();
    parameters.any(|parameter| {
        matches!(parameter, RefOr::T(Parameter { name, parameter_in: ParameterIn::Header, .. }) if name == NAME)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idempotency::WITHOUT;

    #[test]
    fn a_path_says_what_it_takes() {
        let methods = Methods::of(&crate::rest::document());
        let allowed = |path: &str| methods.allowed(path);
        assert_eq!(allowed("/v1/articles/a-slug").as_deref(), Some("GET, HEAD"));
        assert_eq!(allowed("/v1/me").as_deref(), Some("GET, HEAD, DELETE"));
        assert_eq!(allowed("/v1/me/profile").as_deref(), Some("GET, HEAD, PATCH"));
        assert_eq!(allowed("/v1/gifts/redeem").as_deref(), Some("POST"), "not a gift of that name");
        assert_eq!(allowed("/v1/unsubscribe/x").as_deref(), Some("POST"));
        assert_eq!(allowed("/v1/unsubscribe/"), None);
        assert_eq!(allowed("/feeds/articles.rss").as_deref(), Some("GET, HEAD"));
        assert_eq!(allowed("/feeds/sections/seas.atom").as_deref(), Some("GET, HEAD"));
        assert_eq!(allowed("/feeds/articles."), None);
        assert_eq!(allowed("/v1/nothing"), None);
    }

    #[test]
    fn whatever_makes_something_for_somebody_takes_a_key() {
        let document = crate::rest::document();
        for item in document.paths.paths.values() {
            for operation in [&item.get, &item.put, &item.patch, &item.delete].into_iter().flatten() {
                assert!(!takes_key(operation), "{:?}", operation.operation_id);
            }
            let Some(post) = &item.post else { continue };
            let id = post.operation_id.as_deref().expect("an id");
            assert_eq!(takes_key(post), !WITHOUT.contains(&id), "{id}");
        }
        let methods = Methods::of(&document);
        assert_eq!(methods.takes_key(&Method::POST, "/v1/tiers"), Some(true));
        assert_eq!(methods.takes_key(&Method::GET, "/v1/tiers"), Some(false));
        assert_eq!(methods.takes_key(&Method::PATCH, "/v1/tiers/x"), Some(false));
        assert_eq!(methods.takes_key(&Method::DELETE, "/v1/tiers"), None);
    }
}
