//! The body of an article, as blocks. In an answer they become Portable Text.

use crate::href::Href;
use crate::id::ArticleId;
use crate::image::Image;
use crate::paywall::Requirement;
use serde::{Deserialize, Serialize};

/// One element of a body. Blocks carry no keys: a view numbers what it shows, so that a key says nothing
/// about what it does not show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Block {
    /// A paragraph, heading, block quote or list item.
    Text(Text),
    /// A picture.
    Image(Image),
    /// Something that lives elsewhere: a video, a sound, a post, a file, a page.
    Embed(Embed),
    /// A quotation set apart, with who said it.
    Quote(Quote),
    /// A box beside the running text.
    Callout(Callout),
    /// A listing.
    Code(Code),
    /// A line between two parts.
    Divider,
    /// Markup that has no block of its own.
    Html(Html),
    /// A locked part.
    Gate(Gate),
}

/// How a text block is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    /// A paragraph.
    #[default]
    Normal,
    /// A heading of the second level; the first is the title.
    H2,
    /// A heading of the third level.
    H3,
    /// A heading of the fourth level.
    H4,
    /// A quotation in the running text.
    Blockquote,
}

impl Style {
    /// The name that Portable Text uses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::H2 => "h2",
            Self::H3 => "h3",
            Self::H4 => "h4",
            Self::Blockquote => "blockquote",
        }
    }
}

/// The place of a text block in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListItem {
    /// Whether the list is numbered; otherwise it has bullets.
    pub numbered: bool,
    /// How deep the item is nested: 1 to 9.
    pub level: u8,
}

/// A paragraph, heading, block quote or list item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Text {
    /// How it is set.
    #[serde(default)]
    pub style: Style,
    /// Its place in a list, if it stands in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<ListItem>,
    /// The text, cut where the marks change.
    pub spans: Vec<Span>,
}

/// A run of text with the same marks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The text. A line break is `\n`.
    pub text: String,
    /// What lies on it, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
}

impl Span {
    /// A run of text without marks.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), marks: Vec::new() }
    }
}

/// A mark on a run of text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mark {
    /// A look or a meaning without further data.
    Decorator(Decorator),
    /// A link to any address.
    Link(Href),
    /// A link to an article of this publication, which follows it when its address changes.
    Article(ArticleId),
}

/// A mark without further data, by the names of Portable Text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decorator {
    /// Of strong importance.
    Strong,
    /// Stressed.
    Em,
    /// Underlined.
    Underline,
    /// Struck through.
    StrikeThrough,
    /// Code.
    Code,
    /// Lowered.
    Sub,
    /// Raised.
    Sup,
}

impl Decorator {
    /// The name that Portable Text uses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Strong => "strong",
            Self::Em => "em",
            Self::Underline => "underline",
            Self::StrikeThrough => "strike-through",
            Self::Code => "code",
            Self::Sub => "sub",
            Self::Sup => "sup",
        }
    }
}

/// What an embed is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EmbedKind {
    /// Moving pictures.
    Video,
    /// Sound.
    Audio,
    /// A post on a social network.
    Post,
    /// A file to download.
    File,
    /// A page elsewhere, shown as a card.
    Bookmark,
    /// Anything else.
    Other,
}

impl EmbedKind {
    /// The kind in lower case, as APIs write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Post => "post",
            Self::File => "file",
            Self::Bookmark => "bookmark",
            Self::Other => "other",
        }
    }
}

/// Something that lives elsewhere. It is described and linked; its markup is the front end's business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Embed {
    /// What it is.
    pub kind: EmbedKind,
    /// Where it lies.
    pub url: Href,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it shows or says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The line below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
}

/// A quotation set apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// What was said.
    pub text: String,
    /// Who said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribution: Option<String>,
}

/// What a callout is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CalloutTone {
    /// Something to notice.
    Note,
    /// Something that is folded until the reader opens it.
    Toggle,
}

impl CalloutTone {
    /// The tone in lower case, as APIs write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Toggle => "toggle",
        }
    }
}

/// A box beside the running text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callout {
    /// What it is for.
    pub tone: CalloutTone,
    /// Its heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it holds.
    pub content: Vec<Block>,
}

/// A listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// The text, with its line breaks.
    pub code: String,
    /// The language it is written in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// Markup that has no block of its own, such as a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Html {
    /// The markup. Whoever makes the block has cleaned it: no script, no event handler, no frame.
    pub html: String,
}

/// A locked part. It stays in its place when shut, and says what would open it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Gate {
    /// Who may read it.
    pub requirement: Requirement,
    /// The invitation's heading. Public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    /// One line on what is inside. Public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teaser: Option<String>,
    /// A picture to stand there. Public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    /// The words on the button. Public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_to_action: Option<String>,
    /// What is locked.
    pub content: Vec<Block>,
}

/// Calls `found` for every link to an article of this publication, in reading order.
pub(super) fn each_link(blocks: &[Block], found: &mut impl FnMut(ArticleId)) {
    for block in blocks {
        match block {
            Block::Text(text) => {
                for mark in text.spans.iter().flat_map(|span| &span.marks) {
                    if let Mark::Article(id) = mark {
                        found(*id);
                    }
                }
            }
            Block::Callout(Callout { content, .. }) | Block::Gate(Gate { content, .. }) => {
                each_link(content, found);
            }
            _ => {}
        }
    }
}
