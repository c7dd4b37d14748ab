//! The sealed form of an article, in which a database keeps it.

use super::parts::ArticleParts;
use super::{Article, ArticleError};

/// An article as one opaque text. It holds everything, locked parts too: persistence moves it in and out,
/// and nothing else may name it.
#[derive(Clone, PartialEq, Eq)]
pub struct Document(String);

/// Why a text is no [`Document`].
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The text has another form than the one that [`Document::seal`] writes.
    #[error("not an article document: {0}")]
    Form(String),
    /// The form is right and the article is not.
    #[error(transparent)]
    Article(#[from] ArticleError),
}

impl Document {
    /// Writes the article out.
    #[must_use]
    pub fn seal(article: &Article) -> Self {
        // Only maps with keys other than strings fail to serialize, and there are none.
        Self(serde_json::to_string(article.parts()).unwrap_or_default())
    }

    /// Reads an article back.
    ///
    /// # Errors
    /// [`DocumentError`] when the text was not written by [`Document::seal`]. Its message quotes nothing
    /// of the text.
    pub fn open(text: &str) -> Result<Article, DocumentError> {
        let parts: ArticleParts = serde_json::from_str(text).map_err(|error| {
            DocumentError::Form(format!("line {}, column {}", error.line(), error.column()))
        })?;
        Ok(Article::new(parts)?)
    }

    /// The text to store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Shows nothing of the text.
impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Document(sealed)")
    }
}
