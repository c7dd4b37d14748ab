//! The files of a publication, wherever they lie.

use super::error::DemoError;
use rust_embed::RustEmbed;
use std::collections::BTreeMap;

/// The demo publication, inside the binary.
#[derive(RustEmbed)]
#[folder = "demo/"]
struct Embedded;

/// The texts of a publication by their paths: `publication.toml` and `articles/<slug>.md`.
#[derive(Clone, Debug, Default)]
pub struct Files(BTreeMap<String, String>);

impl Files {
    /// The file that describes everything but the articles.
    pub const PUBLICATION: &'static str = "publication.toml";

    /// The files that this program brings with it.
    ///
    /// # Errors
    /// [`DemoError::NotText`] for a file that is not UTF-8.
    pub fn embedded() -> Result<Self, DemoError> {
        let text = |name: &str| {
            let data = Embedded::get(name).map(|file| file.data.into_owned()).unwrap_or_default();
            String::from_utf8(data).map_err(|_| DemoError::NotText { file: name.to_owned() })
        };
        Embedded::iter().map(|name| Ok((name.to_string(), text(&name)?))).collect::<Result<_, _>>().map(Self)
    }

    /// The text of `publication.toml`.
    ///
    /// # Errors
    /// [`DemoError::Absent`].
    pub fn publication(&self) -> Result<&str, DemoError> {
        self.0.get(Self::PUBLICATION).map(String::as_str).ok_or(DemoError::Absent { file: Self::PUBLICATION })
    }

    /// The articles: path, the name that the path gives them, and text, in the order of their paths.
    pub fn articles(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.0.iter().filter_map(|(path, text)| {
            let name = path.strip_prefix("articles/")?.strip_suffix(".md")?;
            Some((path.as_str(), name, text.as_str()))
        })
    }
}

impl FromIterator<(String, String)> for Files {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(files: I) -> Self {
        Self(files.into_iter().collect())
    }
}
