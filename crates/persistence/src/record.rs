//! Small records that are kept whole, as JSON: what an article names, and what members have.

use crate::error::StoreError;
use crate::row::Row;
use crate::shelf::ShelfKey;
use masthead_domain::author::Author;
use masthead_domain::change::Subject;
use masthead_domain::group::Group;
use masthead_domain::institution::{Institution, MAX_INSTITUTIONS};
use masthead_domain::member::{
    Contribution, GiftSubscription, GiftSubscriptionState, MAX_NEWSLETTERS, Member, Newsletter, Origin,
    Subscription,
};
use masthead_domain::partner::Partner;
use masthead_domain::section::{MAX_SECTIONS, Section};
use masthead_domain::slug::Slug;
use masthead_domain::source::Source;
use masthead_domain::tag::Tag;
use masthead_domain::tier::{MAX_TIERS, Tier};
use sea_orm::sea_query::{Expr, Order, Query, SelectStatement, SimpleExpr};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::schema::Record as Column;

/// A record that has a table of its own.
pub(crate) trait Record: Serialize + DeserializeOwned + Send + Sync {
    /// The table.
    const TABLE: &'static str;
    /// What the change log calls it.
    const SUBJECT: Subject;
    /// What a conflict is about.
    const UNIQUE: &'static str;
    /// What many of them are called.
    const PLURAL: &'static str;
    /// How many a publication may have, where all of them are read at once.
    const MOST: Option<usize>;

    fn id(&self) -> Uuid;

    /// Whom the change log names when it changes: the record itself, or whom it belongs to.
    fn concerns(&self) -> Option<Uuid> {
        Some(self.id())
    }

    /// Its name in URLs, for those that have one.
    fn slug(&self) -> Option<&Slug> {
        None
    }

    /// The columns beside the slug and those that every record has.
    fn columns(&self) -> Vec<(Column, SimpleExpr)> {
        Vec::new()
    }

    /// Reads a record from its row.
    fn open(row: &Row<'_>) -> Result<Self, StoreError> {
        let content: String = row.get("content")?;
        serde_json::from_str(&content).map_err(|error| {
            row.corrupt("content", format!("line {}, column {}", error.line(), error.column()))
        })
    }
}

impl Record for Institution {
    const TABLE: &'static str = "institution";
    const SUBJECT: Subject = Subject::Institution;
    const UNIQUE: &'static str = "institution";
    const PLURAL: &'static str = "institutions";
    const MOST: Option<usize> = Some(MAX_INSTITUTIONS);

    fn id(&self) -> Uuid {
        self.id.uuid()
    }
}

impl Record for Section {
    const TABLE: &'static str = "section";
    const SUBJECT: Subject = Subject::Section;
    const UNIQUE: &'static str = "section slug";
    const PLURAL: &'static str = "sections";
    const MOST: Option<usize> = Some(MAX_SECTIONS);

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn slug(&self) -> Option<&Slug> {
        Some(&self.slug)
    }

    fn columns(&self) -> Vec<(Column, SimpleExpr)> {
        let parent = Expr::val(self.parent.map(|parent| parent.uuid()));
        let shelf = Expr::val(ShelfKey::section(self.id).as_str());
        vec![(Column::Shelf, shelf), (Column::ParentId, parent), (Column::Position, Expr::val(self.position))]
    }
}

impl Record for Author {
    const TABLE: &'static str = "author";
    const SUBJECT: Subject = Subject::Author;
    const UNIQUE: &'static str = "author slug";
    const PLURAL: &'static str = "authors";
    const MOST: Option<usize> = None;

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn slug(&self) -> Option<&Slug> {
        Some(&self.slug)
    }

    fn columns(&self) -> Vec<(Column, SimpleExpr)> {
        let shelf = Expr::val(ShelfKey::author(self.id).as_str());
        let editor = Expr::val(self.responsible_editor().map(|editor| editor.uuid()));
        vec![(Column::Shelf, shelf), (Column::EditorId, editor)]
    }
}

impl Record for Tag {
    const TABLE: &'static str = "tag";
    const SUBJECT: Subject = Subject::Tag;
    const UNIQUE: &'static str = "tag slug";
    const PLURAL: &'static str = "tags";
    const MOST: Option<usize> = None;

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn slug(&self) -> Option<&Slug> {
        Some(&self.slug)
    }

    fn columns(&self) -> Vec<(Column, SimpleExpr)> {
        vec![(Column::Shelf, Expr::val(ShelfKey::tag(self.id).as_str()))]
    }
}

impl Record for Tier {
    const TABLE: &'static str = "tier";
    const SUBJECT: Subject = Subject::Tier;
    const UNIQUE: &'static str = "tier slug";
    const PLURAL: &'static str = "tiers";
    const MOST: Option<usize> = Some(MAX_TIERS);

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn slug(&self) -> Option<&Slug> {
        Some(&self.slug)
    }
}

impl Record for Source {
    const TABLE: &'static str = "source";
    const SUBJECT: Subject = Subject::Source;
    const UNIQUE: &'static str = "source id";
    const PLURAL: &'static str = "sources";
    const MOST: Option<usize> = None;

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn columns(&self) -> Vec<(Column, SimpleExpr)> {
        vec![(Column::Shelf, Expr::val(ShelfKey::source(self.id).as_str()))]
    }
}

impl Record for Newsletter {
    const TABLE: &'static str = "newsletter";
    const SUBJECT: Subject = Subject::Newsletter;
    const UNIQUE: &'static str = "newsletter slug";
    const PLURAL: &'static str = "newsletters";
    const MOST: Option<usize> = Some(MAX_NEWSLETTERS);

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn slug(&self) -> Option<&Slug> {
        Some(&self.slug)
    }
}

impl Record for Member {
    const TABLE: &'static str = "member";
    const SUBJECT: Subject = Subject::Member;
    const UNIQUE: &'static str = "address of a member";
    const PLURAL: &'static str = "members";
    const MOST: Option<usize> = None;

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn columns(&self) -> Vec<(Column, SimpleExpr)> {
        vec![
            (Column::Email, Expr::val(self.email.as_str())),
            (Column::Status, Expr::val(self.status.code())),
            (Column::CreatedAt, Expr::val(self.created.micros())),
        ]
    }
}

/// By which name of a provider's a subscription is known, if it is paid through one.
pub(crate) fn reference_of(subscription: &Subscription) -> Option<String> {
    match &subscription.origin {
        Origin::Paid { provider, reference } => Some(provider_reference(provider, reference)),
        _ => None,
    }
}

impl Record for Subscription {
    const TABLE: &'static str = "subscription";
    const SUBJECT: Subject = Subject::Member;
    const UNIQUE: &'static str = "provider's reference of a subscription";
    const PLURAL: &'static str = "subscriptions";
    const MOST: Option<usize> = None;

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn concerns(&self) -> Option<Uuid> {
        Some(self.member.uuid())
    }

    fn columns(&self) -> Vec<(Column, SimpleExpr)> {
        vec![
            (Column::MemberId, Expr::val(self.member.uuid())),
            (Column::ProviderReference, Expr::val(reference_of(self))),
            (Column::Tier, Expr::val(self.tier.as_str())),
            (Column::StartsAt, Expr::val(self.starts.micros())),
            (Column::LapsesAt, Expr::val(self.lapses().map(|at| at.micros()))),
        ]
    }
}

impl Record for Contribution {
    const TABLE: &'static str = "contribution";
    const SUBJECT: Subject = Subject::Member;
    const UNIQUE: &'static str = "provider's reference of a contribution";
    const PLURAL: &'static str = "contributions";
    const MOST: Option<usize> = None;

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn concerns(&self) -> Option<Uuid> {
        self.member.map(|member| member.uuid())
    }

    fn columns(&self) -> Vec<(Column, SimpleExpr)> {
        vec![
            (Column::MemberId, Expr::val(self.member.map(|member| member.uuid()))),
            (Column::ProviderReference, Expr::val(provider_reference(&self.provider, &self.reference))),
        ]
    }
}

impl Record for GiftSubscription {
    const TABLE: &'static str = "gift_subscription";
    const SUBJECT: Subject = Subject::Member;
    const UNIQUE: &'static str = "code of a gift subscription";
    const PLURAL: &'static str = "gift subscriptions";
    const MOST: Option<usize> = None;

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    /// Nothing is held by a code; what its redemption gives is a subscription.
    fn concerns(&self) -> Option<Uuid> {
        None
    }

    fn columns(&self) -> Vec<(Column, SimpleExpr)> {
        let unpaid = (self.state() == GiftSubscriptionState::Unpaid).then_some(self.created.micros());
        vec![
            (Column::CodeHash, Expr::val(self.code_hash.as_str())),
            (Column::GiverId, Expr::val(self.giver().map(|member| member.uuid()))),
            (Column::RedeemedBy, Expr::val(self.holder().map(|member| member.uuid()))),
            (Column::Recipient, Expr::val(self.recipient.as_ref().map(|to| to.email.as_str()))),
            (Column::UnpaidSince, Expr::val(unpaid)),
            (Column::LetterDue, Expr::val(self.letter.map(|letter| letter.next.micros()))),
        ]
    }
}

impl Record for Partner {
    const TABLE: &'static str = "partner";
    const SUBJECT: Subject = Subject::Partner;
    const UNIQUE: &'static str = "partner id";
    const PLURAL: &'static str = "partners";
    const MOST: Option<usize> = None;

    fn id(&self) -> Uuid {
        self.id.uuid()
    }
}

impl Record for Group {
    const TABLE: &'static str = "member_group";
    const SUBJECT: Subject = Subject::Group;
    const UNIQUE: &'static str = "group id";
    const PLURAL: &'static str = "groups";
    const MOST: Option<usize> = None;

    fn id(&self) -> Uuid {
        self.id.uuid()
    }

    fn columns(&self) -> Vec<(Column, SimpleExpr)> {
        vec![
            (Column::Status, Expr::val(self.status.code())),
            (Column::Tier, Expr::val(self.tier.as_str())),
            (Column::Seats, Expr::val(i64::from(self.seats))),
            (Column::StartsAt, Expr::val(self.starts.micros())),
            (Column::LapsesAt, Expr::val(self.lapses().map(|at| at.micros()))),
        ]
    }
}

/// What a payment provider calls a thing, as one text that is unique among all providers.
pub(crate) fn provider_reference(provider: &str, reference: &str) -> String {
    format!("{provider}:{reference}")
}

/// At most `limit` records that `which` finds, the newest first.
pub(crate) fn select<R: Record>(which: SimpleExpr, limit: u64) -> SelectStatement {
    Query::select()
        .columns([Column::Id, Column::Content])
        .from(R::TABLE)
        .and_where(which)
        .order_by(Column::Id, Order::Desc)
        .limit(limit)
        .take()
}
