//! What must hold of every article.

use super::block::{Block, Text};
use super::parts::{ArticleParts, Stage};

/// The most blocks that an article may have, nested ones included.
pub const MAX_BLOCKS: usize = 20_000;

/// How deep gates and callouts may be nested in each other.
pub const MAX_NESTING: usize = 8;

const MAX_TITLE: usize = 2_000;
const MAX_PARTS: usize = 1_000;

/// What is wrong with an article, and where. A place in the body is a path of block numbers from zero.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArticleError {
    /// The title is empty or longer than 2,000 bytes.
    #[error("title: must have 1 to {MAX_TITLE} bytes")]
    Title,
    /// Published, but without the instant.
    #[error("published: a published article needs the instant of its publication")]
    Unpublished,
    /// Updated before it was published.
    #[error("updated: lies before the publication")]
    UpdatedTooEarly,
    /// Updated before it was corrected: a correction is an update.
    #[error("updated: lies before the last correction")]
    UpdatedBeforeCorrection,
    /// A list with too many entries.
    #[error("{list}: has more than {MAX_PARTS} entries")]
    TooMany {
        /// The name of the list.
        list: &'static str,
    },
    /// The same entry twice in a list that is a set.
    #[error("{list}: has an entry twice")]
    Twice {
        /// The name of the list.
        list: &'static str,
    },
    /// More than [`MAX_BLOCKS`] blocks.
    #[error("body: has more than {MAX_BLOCKS} blocks")]
    TooManyBlocks,
    /// Gates and callouts nested deeper than [`MAX_NESTING`].
    #[error("body[{path}]: is nested deeper than {MAX_NESTING} levels")]
    TooDeep {
        /// Where.
        path: String,
    },
    /// A list item at a level other than 1 to 9.
    #[error("body[{path}]: a list item stands at level 1 to 9")]
    ListLevel {
        /// Where.
        path: String,
    },
    /// A gate with nothing inside: what it locks would be told by its emptiness.
    #[error("body[{path}]: a gate without content")]
    EmptyGate {
        /// Where.
        path: String,
    },
}

pub(super) fn check(parts: &ArticleParts) -> Result<(), ArticleError> {
    if parts.title.trim().is_empty() || parts.title.len() > MAX_TITLE {
        return Err(ArticleError::Title);
    }
    check_times(parts)?;
    for (list, length) in [
        ("tags", parts.tags.len()),
        ("bylines", parts.bylines.len()),
        ("citations", parts.citations.len()),
        ("corrections", parts.corrections.len()),
        ("reviews", parts.provenance.reviews.len()),
    ] {
        if length > MAX_PARTS {
            return Err(ArticleError::TooMany { list });
        }
    }
    if has_twins(&parts.tags) {
        return Err(ArticleError::Twice { list: "tags" });
    }
    if has_twins(&parts.bylines) {
        return Err(ArticleError::Twice { list: "bylines" });
    }
    let mut walk = Walk { left: MAX_BLOCKS, path: Vec::new() };
    walk.blocks(&parts.body)
}

fn check_times(parts: &ArticleParts) -> Result<(), ArticleError> {
    match (parts.stage, parts.published) {
        (Stage::Published, None) => Err(ArticleError::Unpublished),
        (Stage::Published, Some(published)) if parts.updated < published => {
            Err(ArticleError::UpdatedTooEarly)
        }
        _ if parts.corrections.iter().any(|correction| parts.updated < correction.at) => {
            Err(ArticleError::UpdatedBeforeCorrection)
        }
        _ => Ok(()),
    }
}

fn has_twins<T: Eq + std::hash::Hash>(list: &[T]) -> bool {
    let mut seen = std::collections::HashSet::with_capacity(list.len());
    !list.iter().all(|entry| seen.insert(entry))
}

struct Walk {
    left: usize,
    path: Vec<usize>,
}

impl Walk {
    fn blocks(&mut self, blocks: &[Block]) -> Result<(), ArticleError> {
        for (at, block) in blocks.iter().enumerate() {
            self.left = self.left.checked_sub(1).ok_or(ArticleError::TooManyBlocks)?;
            self.path.push(at);
            self.block(block)?;
            self.path.pop();
        }
        Ok(())
    }

    fn block(&mut self, block: &Block) -> Result<(), ArticleError> {
        let content = match block {
            Block::Text(Text { list: Some(item), .. }) if !(1..=9).contains(&item.level) => {
                return Err(ArticleError::ListLevel { path: self.place() });
            }
            Block::Gate(gate) if gate.content.is_empty() => {
                return Err(ArticleError::EmptyGate { path: self.place() });
            }
            Block::Gate(gate) => &gate.content,
            Block::Callout(callout) => &callout.content,
            _ => return Ok(()),
        };
        if self.path.len() > MAX_NESTING {
            return Err(ArticleError::TooDeep { path: self.place() });
        }
        self.blocks(content)
    }

    fn place(&self) -> String {
        self.path.iter().map(usize::to_string).collect::<Vec<_>>().join(".")
    }
}
