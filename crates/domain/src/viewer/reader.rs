//! Somebody who reads, and what opens for them.

use super::Entitlements;
use crate::clock::Timestamp;
use crate::id::ArticleId;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Somebody who reads: a newsletter subscriber, a paying member, somebody who holds nothing yet, or the bearer
/// of a device token, a gift or a day pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// Who, as the token names them.
    pub subject: String,
    /// Whether they have an account here and are signed in.
    pub is_member: bool,
    /// What they hold for every article.
    pub entitlements: Entitlements,
    /// The articles that were opened for them one by one.
    pub passes: Passes,
    /// How many more they may open themselves; `None` when no meter runs for them.
    pub meter: Option<MeterReading>,
}

impl Reader {
    /// Somebody who holds nothing.
    #[must_use]
    pub fn nobody(subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            is_member: false,
            entitlements: Entitlements::default(),
            passes: Passes::default(),
            meter: None,
        }
    }

    /// Everything that an article's view depends on, as text.
    pub(super) fn class(&self) -> String {
        let mut class = String::new();
        for entitlement in self.entitlements.iter() {
            let _ = write!(class, "{entitlement} ");
        }
        for (article, pass) in self.passes.iter() {
            let _ = write!(class, "{article}={}", pass.kind.code());
            for entitlement in pass.entitlements.iter() {
                let _ = write!(class, ",{entitlement}");
            }
            class.push(' ');
        }
        if let Some(MeterReading { limit, left, resets, opens }) = &self.meter {
            let _ = write!(class, "meter={left}/{limit}@{}", resets.micros());
            for entitlement in opens.iter() {
                let _ = write!(class, ",{entitlement}");
            }
        }
        class
    }
}

/// How an article was opened for one reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PassKind {
    /// By the reader's own meter.
    Metered,
    /// By somebody who may read it and gave it away.
    Gifted,
}

impl PassKind {
    /// The kind in lower case, as APIs write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Metered => "metered",
            Self::Gifted => "gifted",
        }
    }
}

/// What opens one article's gates as if the reader held it. It opens neither the article's source links nor
/// what is not published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// How it came.
    pub kind: PassKind,
    /// What it counts as.
    pub entitlements: Entitlements,
}

/// The passes of one reader, one an article.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passes(BTreeMap<ArticleId, Pass>);

impl Passes {
    /// The pass for this article.
    #[must_use]
    pub fn get(&self, article: ArticleId) -> Option<&Pass> {
        self.0.get(&article)
    }

    /// All of them, by article.
    pub fn iter(&self) -> impl Iterator<Item = (ArticleId, &Pass)> {
        self.0.iter().map(|(article, pass)| (*article, pass))
    }
}

impl FromIterator<(ArticleId, Pass)> for Passes {
    fn from_iter<I: IntoIterator<Item = (ArticleId, Pass)>>(passes: I) -> Self {
        Self(passes.into_iter().collect())
    }
}

/// Where a reader's meter stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeterReading {
    /// How many articles a period opens.
    pub limit: u32,
    /// How many are left of them.
    pub left: u32,
    /// When the next period begins.
    pub resets: Timestamp,
    /// What an article that it opens is opened with.
    pub opens: Entitlements,
}
