//! What can be wrong with a publication in files, and in which of them.

use crate::import::html::HtmlError;
use masthead_domain::article::ArticleError;
use masthead_persistence::StoreError;

/// Why a publication was not loaded. Everything is read and checked before the first write.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A file that every publication has.
    #[error("{file}: the publication has no such file")]
    Absent {
        /// Its name.
        file: &'static str,
    },
    /// A file that is not text.
    #[error("{file}: not UTF-8")]
    NotText {
        /// Its name.
        file: String,
    },
    /// TOML that does not parse, an unknown or missing key, or a value of the wrong form.
    #[error("{file}:{line}: {problem}")]
    Form {
        /// The file.
        file: String,
        /// The line in it, from one.
        line: usize,
        /// What is wrong there.
        problem: String,
    },
    /// An article without its front matter.
    #[error("{file}:1: must begin with front matter between two lines of +++")]
    NoFrontMatter {
        /// The file.
        file: String,
    },
    /// A name that stands for nothing.
    #[error("{at}: there is no {what} `{name}`")]
    Unknown {
        /// Where the name is used.
        at: Place,
        /// What it should name.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// Two things of one kind with the same name.
    #[error("{at}: the {what} `{name}` is there already")]
    Twice {
        /// Where the name comes up again.
        at: Place,
        /// What it names.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A value of the right form that cannot be.
    #[error("{at}: {problem}")]
    Value {
        /// Where it stands.
        at: Place,
        /// What is wrong with it.
        problem: String,
    },
    /// A body in which a lock is not certain.
    #[error("{file}: {problem}")]
    Body {
        /// The file.
        file: String,
        /// What is wrong.
        problem: HtmlError,
    },
    /// An article whose parts do not go together.
    #[error("{file}: {problem}")]
    Article {
        /// The file.
        file: String,
        /// What is wrong.
        problem: ArticleError,
    },
    /// A database with a publication of its own.
    #[error(
        "the database holds another publication (the {what} `{name}`), and the demo is not loaded over it; name an \
         empty --data-dir or --database-url"
    )]
    Foreign {
        /// What kind of thing is not of the demo.
        what: &'static str,
        /// Its slug.
        name: String,
    },
    /// A database with more in it than a demo.
    #[error(
        "the database holds another publication, and the demo is not loaded over it; name an empty --data-dir or --database-url"
    )]
    Large,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A key in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: String,
    /// The key in it, such as `bylines[0].author`.
    pub key: String,
}

impl Place {
    pub(super) fn new(file: &str, key: impl Into<String>) -> Self {
        Self { file: file.to_owned(), key: key.into() }
    }

    pub(super) fn wrong(self, problem: impl Into<String>) -> DemoError {
        DemoError::Value { at: self, problem: problem.into() }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.file, self.key)
    }
}
