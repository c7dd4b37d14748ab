//! Which methods each path takes, as the OpenAPI document says.

use utoipa::openapi::OpenApi;
use utoipa::openapi::path::PathItem;

/// Which methods each path takes.
pub struct Methods(Vec<(Vec<String>, String)>);

impl Methods {
    /// Reads them from the document.
    #[must_use]
    pub fn of(document: &OpenApi) -> Self {
        let paths = document.paths.paths.iter();
        let mut methods: Vec<_> =
            paths.map(|(path, item)| (segments(path), methods(item).join(", "))).collect();
        // What is written out wins over a place for anything.
        methods.sort_by_key(|(path, _): &(Vec<String>, _)| {
            path.iter().filter(|part| part.starts_with('{')).count()
        });
        Self(methods)
    }

    /// The methods of this path, as `Allow` lists them; `None` when there is no such path.
    #[must_use]
    pub fn allowed(&self, path: &str) -> Option<String> {
        let path = segments(path);
        let fits = |template: &[String]| {
            let alike = |(wanted, found): (&String, &String)| {
                wanted == found || (wanted.starts_with('{') && !found.is_empty())
            };
            template.len() == path.len() && template.iter().zip(&path).all(alike)
        };
        self.0.iter().find(|(template, _)| fits(template)).map(|(_, methods)| methods.clone())
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').map(str::to_owned).collect()
}

fn methods(item: &PathItem) -> Vec<&'static str> {
    [
        ("GET", item.get.is_some()),
        ("HEAD", item.get.is_some()),
        ("POST", item.post.is_some()),
        ("PUT", item.put.is_some()),
        ("PATCH", item.patch.is_some()),
        ("DELETE", item.delete.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, is_there)| is_there.then_some(name))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(allowed("/v1/nothing"), None);
    }
}
