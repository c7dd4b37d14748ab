//! Enums: the domain's own words, in upper case.

use crate::operation;
use async_graphql::Enum;
use masthead_domain::{article, author, group, member, partner, paywall, selection, source, viewer};

/// Whether it belongs to the stream of articles or stands on its own.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "article::Kind")]
pub(super) enum ArticleKind {
    /// Part of the stream.
    Article,
    /// On its own, such as an imprint: in no list of articles.
    Page,
}

/// How far an article has come.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "article::Status")]
pub(super) enum ArticleStatus {
    /// In the making.
    Draft,
    /// Will be published at a set instant.
    Scheduled,
    /// For readers.
    Published,
    /// Taken back.
    Withdrawn,
}

/// How a list of articles is ordered.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "selection::Order")]
pub(super) enum ArticleOrder {
    /// Newest publication first.
    PublishedDescending,
    /// Oldest publication first.
    PublishedAscending,
    /// Latest update first.
    UpdatedDescending,
    /// Earliest update first.
    UpdatedAscending,
}

/// What an author did for an article.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "article::Role")]
pub(super) enum Role {
    /// Wrote it.
    Author,
    /// Contributed to it.
    Contributor,
    /// Edited it.
    Editor,
    /// Translated it.
    Translator,
    /// Took its photographs.
    Photographer,
    /// Drew its illustrations.
    Illustrator,
}

/// What an author is.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub(super) enum AuthorKind {
    /// A person.
    Human,
    /// An AI persona. It is disclosed, and a person answers for it.
    Persona,
    /// A newsroom, agency or institution.
    Organisation,
}

impl From<&author::AuthorKind> for AuthorKind {
    fn from(kind: &author::AuthorKind) -> Self {
        match kind {
            author::AuthorKind::Human => Self::Human,
            author::AuthorKind::Persona { .. } => Self::Persona,
            author::AuthorKind::Organisation => Self::Organisation,
        }
    }
}

/// What kind of material a source is.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "source::SourceKind")]
pub(super) enum SourceKind {
    /// A law, ruling, contract, letter or other record.
    Document,
    /// A study or report.
    Report,
    /// Data.
    Dataset,
    /// A conversation with a person.
    Interview,
    /// A news agency's dispatch.
    Wire,
    /// A statement by a person or body.
    Statement,
}

/// Why a lock is open or shut.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "paywall::Reason")]
pub(super) enum AccessReason {
    /// Open: nothing is required.
    Public,
    /// Open: the viewer holds what is required.
    Entitled,
    /// Open: the viewer works for the publisher.
    Staff,
    /// Open: the reader's meter opened this article.
    Metered,
    /// Open: somebody gave this article to the reader.
    Gifted,
    /// Open: the partner's licence covers it.
    Licensed,
    /// Open: the viewer was sent a link to this article before its publication.
    Preview,
    /// Shut: nobody is signed in.
    SignInRequired,
    /// Shut: who is signed in does not hold what is required.
    NotEntitled,
    /// Shut: the partner's licence does not cover it.
    NotLicensed,
    /// Shut: nothing that a reader can get opens it.
    Unavailable,
}

/// Whether a member may use their account.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "member::Status")]
pub(super) enum MemberStatus {
    /// As usual.
    Active,
    /// Shut out by the publisher: no token of theirs is good.
    Suspended,
}

/// How much of an article a partner may take.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "viewer::Extent")]
pub(super) enum LicenceExtent {
    /// The title, and what is known of the article without its text.
    Headline,
    /// The title, the standfirst and the picture.
    Teaser,
    /// The whole text, members' parts included.
    FullText,
}

/// What a reader can do to open a lock.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub(super) enum OfferKind {
    /// Subscribe to the free newsletter.
    Newsletter,
    /// Become a member of a tier.
    Tier,
    /// Open the article by the meter.
    Meter,
}

/// How a text block is set.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "article::Style")]
pub(super) enum TextStyle {
    /// A paragraph.
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

/// What a list item stands behind.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub(super) enum ListKind {
    /// A bullet.
    Bullet,
    /// A number.
    Number,
}

/// What lies on a run of text.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub(super) enum MarkKind {
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
    /// A link to any address.
    Link,
    /// A link to an article of this publication.
    ArticleLink,
}

impl From<article::Decorator> for MarkKind {
    fn from(decorator: article::Decorator) -> Self {
        match decorator {
            article::Decorator::Strong => Self::Strong,
            article::Decorator::Em => Self::Em,
            article::Decorator::Underline => Self::Underline,
            article::Decorator::StrikeThrough => Self::StrikeThrough,
            article::Decorator::Code => Self::Code,
            article::Decorator::Sub => Self::Sub,
            article::Decorator::Sup => Self::Sup,
        }
    }
}

/// What an embed is.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "article::EmbedKind")]
pub(super) enum EmbedKind {
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

/// What a callout is for.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "article::CalloutTone")]
pub(super) enum CalloutTone {
    /// Something to notice.
    Note,
    /// Something that is folded until the reader opens it.
    Toggle,
}

/// What a viewer is.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub(super) enum ViewerKind {
    /// Somebody who has not said.
    Anonymous,
    /// A signed-in reader.
    Member,
    /// A reader who is not signed in, and was given something to read.
    Guest,
    /// Somebody who syndicates under a licence.
    Partner,
    /// Somebody who works for the publisher.
    Staff,
    /// Whoever was sent a link to an article before its publication.
    Preview,
}

/// Whether a group has come to its end.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "group::GroupStatus")]
pub(super) enum GroupStatus {
    /// It runs as its dates say.
    Active,
    /// The publisher has ended it, for good.
    Ended,
}

/// By what somebody has come to a seat.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "group::SeatBy")]
pub(super) enum SeatBy {
    /// They were invited.
    Invitation,
    /// Their address is of a domain of the group.
    Domain,
}

/// Whether a partner may take anything.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "partner::PartnerStatus")]
pub(super) enum PartnerStatus {
    /// Its keys are good.
    Active,
    /// None of its keys is.
    Suspended,
}

/// What somebody on the staff may do. Each may do what those before it may.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "viewer::Role")]
pub(super) enum StaffRole {
    /// Writes.
    Writer,
    /// Edits and publishes.
    Editor,
    /// Decides about the paywall, members and partners.
    Publisher,
    /// Everything.
    Admin,
}

/// A kind of viewer that can be described.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[graphql(remote = "operation::DescribedKind")]
pub(super) enum DescribedKind {
    /// Without a token.
    Anonymous,
    /// A device on which nobody is signed in.
    Guest,
    /// Somebody with an account, who holds nothing by that.
    Account,
    /// Somebody with an account and the free newsletter.
    Subscriber,
    /// Somebody with an account who pays, or is treated so.
    Member,
    /// Somebody on the staff.
    Staff,
}
