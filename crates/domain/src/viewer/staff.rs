//! Whoever works for the publisher.

use serde::{Deserialize, Serialize};

/// What somebody on the staff may do. Each role may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads everything, drafts too.
    Writer,
    /// Makes preview links and gifts, and asks why a lock is shut.
    Editor,
    /// Changes the paywall's policy, members, tiers and partners.
    Publisher,
    /// Makes keys for other programs and erases people.
    Admin,
}

impl Role {
    /// Every role, the one with the fewest rights first.
    pub const ALL: [Self; 4] = [Self::Writer, Self::Editor, Self::Publisher, Self::Admin];

    /// The role in lower case, as tokens and APIs write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Writer => "writer",
            Self::Editor => "editor",
            Self::Publisher => "publisher",
            Self::Admin => "admin",
        }
    }
}

/// The text names no [`Role`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is none of writer, editor, publisher, admin")]
pub struct RoleError;

impl std::str::FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        Self::ALL.into_iter().find(|role| role.code() == text).ok_or(RoleError)
    }
}

/// Somebody on the publisher's staff, or a program that acts for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    /// Who, as the token names them.
    pub subject: String,
    /// What they may do.
    pub role: Role,
    /// Whether they only look: what the role may read, and nothing that changes anything.
    pub reads_only: bool,
}

impl Staff {
    /// Somebody with every right of this role.
    #[must_use]
    pub fn new(subject: impl Into<String>, role: Role) -> Self {
        Self { subject: subject.into(), role, reads_only: false }
    }
}
