//! Members as the staff looks through them: pages of them, and what those on a page have.

use super::{Registry, subscriptions_by_seats};
use crate::error::StoreError;
use crate::member_shelf::MemberShelfName;
use crate::record::Record as _;
use crate::row::Row;
use crate::schema::{
    GroupSeat, MemberShelf, NewsletterSubscription as Confirmed, PaymentEvent, Record as Column,
};
use masthead_domain::clock::Timestamp;
use masthead_domain::group::Group;
use masthead_domain::id::{MemberId, NewsletterId};
use masthead_domain::member::{Member, MemberSelection, Subscription};
use masthead_domain::page::{MAX_PAGE, Page, PageRequest, Position, SortKey, Window};
use masthead_domain::slug::Slug;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, QueryResult};

/// A member as they are stored, with the number of their state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedMember {
    /// Who.
    pub member: Member,
    /// Grows with every change of the member's own record, and is never given out twice.
    pub version: i64,
}

impl SavedMember {
    pub(crate) fn open(cells: &QueryResult) -> Result<Self, StoreError> {
        let row = Row::new(cells, Member::TABLE, "id")?;
        Ok(Self { member: Member::open(&row)?, version: row.get("version")? })
    }
}

/// How many subscriptions of the members of one page are read, at most.
const MOST_OF_A_PAGE: u64 = MAX_PAGE as u64 * 100;

impl Registry<'_> {
    /// The member with this id, and their version.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn saved_member(&self, id: MemberId) -> Result<Option<SavedMember>, StoreError> {
        let ask = saved_members(Expr::col(Column::Id).eq(id.uuid()));
        self.store.reader().query_one(&ask).await?.as_ref().map(SavedMember::open).transpose()
    }

    /// A page of the members that a selection holds, the newest first. One statement.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn members(
        &self,
        selection: &MemberSelection,
        now: Timestamp,
        page: &PageRequest,
    ) -> Result<Page<SavedMember>, StoreError> {
        let Some(ask) = members(selection, now, page) else { return Ok(Page::empty()) };
        let found = self.store.reader().query_all(&ask).await?;
        let size = page.size.get() as usize;
        let read = |cells: &QueryResult| {
            let saved = SavedMember::open(cells)?;
            let key = SortKey::Micros(saved.member.created.micros());
            Ok((Position { key, id: saved.member.id.uuid() }, saved))
        };
        let mut rows = found.iter().take(size).map(read).collect::<Result<Vec<_>, StoreError>>()?;
        let goes_on = found.len() > size;
        let (has_next, has_previous) = match &page.window {
            Window::After(position) => (goes_on, position.is_some()),
            Window::Before(position) => {
                rows.reverse();
                (position.is_some(), goes_on)
            }
        };
        Ok(Page { rows, has_next, has_previous })
    }

    /// What the members of a page have of tiers now, by seats in groups too.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn subscriptions_that_count(
        &self,
        members: &[MemberId],
        now: Timestamp,
    ) -> Result<Vec<Subscription>, StoreError> {
        if members.is_empty() {
            return Ok(Vec::new());
        }
        let theirs = Expr::col(Column::MemberId).is_in(members.iter().map(|id| id.uuid()));
        let counts = theirs.and(counts(Column::StartsAt, Column::LapsesAt, now));
        let mut all: Vec<Subscription> = self.records(counts, MOST_OF_A_PAGE).await?;
        let by_seats = subscriptions_by_seats(self.store.reader(), members, MOST_OF_A_PAGE).await?;
        all.extend(by_seats.into_iter().filter(|one| one.counts(now)));
        Ok(all)
    }

    /// Which newsletters the members of a page get.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn newsletters_of(
        &self,
        members: &[MemberId],
    ) -> Result<Vec<(MemberId, NewsletterId)>, StoreError> {
        if members.is_empty() {
            return Ok(Vec::new());
        }
        let ask = newsletters_of(members);
        let pair = |cells| {
            let row = Row::new(cells, "newsletter_subscription", "member_id")?;
            Ok((MemberId::from_uuid(row.id), NewsletterId::from_uuid(row.get("newsletter_id")?)))
        };
        self.store.reader().query_all(&ask).await?.iter().map(pair).collect()
    }

    /// What a payment provider calls the members of a page, as far as it has reported it.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn customers_of(
        &self,
        provider: &str,
        members: &[MemberId],
    ) -> Result<Vec<(MemberId, String)>, StoreError> {
        if members.is_empty() {
            return Ok(Vec::new());
        }
        let ask = Query::select()
            .distinct()
            .columns([PaymentEvent::MemberId, PaymentEvent::Customer])
            .from(PaymentEvent::Table)
            .and_where(Expr::col(PaymentEvent::MemberId).is_in(members.iter().map(|id| id.uuid())))
            .and_where(Expr::col(PaymentEvent::Provider).eq(provider))
            .limit(MOST_OF_A_PAGE)
            .take();
        let pair = |cells| {
            let row = Row::new(cells, "payment_event", "member_id")?;
            Ok((MemberId::from_uuid(row.id), row.get("customer")?))
        };
        self.store.reader().query_all(&ask).await?.iter().map(pair).collect()
    }
}

/// Which newsletters these members get.
pub(crate) fn newsletters_of(members: &[MemberId]) -> SelectStatement {
    Query::select()
        .columns([Confirmed::MemberId, Confirmed::NewsletterId])
        .from(Confirmed::Table)
        .and_where(Expr::col(Confirmed::MemberId).is_in(members.iter().map(|id| id.uuid())))
        .take()
}

/// The members that `which` finds, with their versions.
pub(crate) fn saved_members(which: SimpleExpr) -> SelectStatement {
    Query::select()
        .columns([Column::Id, Column::Version, Column::Content])
        .from(Member::TABLE)
        .and_where(which)
        .take()
}

/// Whether a subscription counts.
fn counts(starts: Column, lapses: Column, now: Timestamp) -> SimpleExpr {
    let lasts = Expr::col(lapses).is_null().or(Expr::col(lapses).gt(now.micros()));
    Expr::col(starts).lte(now.micros()).and(lasts)
}

/// The statement for a page, with one row more that tells whether the list goes on; `None` when the position is of
/// another kind of list. It walks along one shelf and looks each member up on the others.
pub(crate) fn members(
    selection: &MemberSelection,
    now: Timestamp,
    page: &PageRequest,
) -> Option<SelectStatement> {
    let mut shelves = MemberShelfName::of(selection).into_iter();
    let first = shelves.next()?;
    let shelf = |column| Expr::col((MemberShelf::Table, column));
    let mut ask = Query::select();
    ask.columns([
        (Member::TABLE, Column::Id),
        (Member::TABLE, Column::Version),
        (Member::TABLE, Column::Content),
    ])
    .from(MemberShelf::Table)
    .inner_join(
        Member::TABLE,
        Expr::col((Member::TABLE, Column::Id)).equals((MemberShelf::Table, MemberShelf::MemberId)),
    )
    .and_where(shelf(MemberShelf::Name).eq(first.as_str()));
    for other in shelves {
        ask.and_where(Expr::exists(also_on(&other)));
    }
    if let Some(tier) = &selection.tier {
        let now_of_tier = Query::select()
            .expr(Expr::val(1))
            .from(Subscription::TABLE)
            .and_where(
                Expr::col((Subscription::TABLE, Column::MemberId))
                    .equals((MemberShelf::Table, MemberShelf::MemberId)),
            )
            .and_where(Expr::col(Column::Tier).eq(tier.as_str()))
            .and_where(counts(Column::StartsAt, Column::LapsesAt, now))
            .take();
        ask.and_where(Expr::exists(now_of_tier).or(Expr::exists(seated_now(tier, now))));
    }
    if let Some(email) = &selection.email {
        ask.and_where(Expr::col((Member::TABLE, Column::Email)).eq(email.as_str()));
    }
    if let Some(since) = selection.created.since {
        ask.and_where(shelf(MemberShelf::CreatedAt).gte(since.micros()));
    }
    if let Some(until) = selection.created.until {
        ask.and_where(shelf(MemberShelf::CreatedAt).lt(until.micros()));
    }
    let place = |position: &Position| match position.key {
        SortKey::Micros(micros) => Some(Expr::tuple([Expr::val(micros), Expr::val(position.id)])),
        SortKey::Text(_) => None,
    };
    let here = Expr::tuple([shelf(MemberShelf::CreatedAt), shelf(MemberShelf::MemberId)]);
    let order = match &page.window {
        Window::After(position) => {
            if let Some(position) = position {
                ask.and_where(here.lt(place(position)?));
            }
            Order::Desc
        }
        Window::Before(position) => {
            if let Some(position) = position {
                ask.and_where(here.gt(place(position)?));
            }
            Order::Asc
        }
    };
    ask.order_by((MemberShelf::Table, MemberShelf::CreatedAt), order.clone())
        .order_by((MemberShelf::Table, MemberShelf::MemberId), order)
        .limit(u64::from(page.size.get()) + 1);
    Some(ask)
}

/// Whether the member has a seat in a group that opens a tier now.
fn seated_now(tier: &Slug, now: Timestamp) -> SelectStatement {
    let group = |column| Expr::col((Group::TABLE, column));
    let lasts = group(Column::LapsesAt).is_null().or(group(Column::LapsesAt).gt(now.micros()));
    Query::select()
        .expr(Expr::val(1))
        .from(GroupSeat::Table)
        .inner_join(Group::TABLE, group(Column::Id).equals((GroupSeat::Table, GroupSeat::GroupId)))
        .and_where(
            Expr::col((GroupSeat::Table, GroupSeat::MemberId))
                .equals((MemberShelf::Table, MemberShelf::MemberId)),
        )
        .and_where(group(Column::Tier).eq(tier.as_str()))
        .and_where(group(Column::StartsAt).lte(now.micros()))
        .and_where(lasts)
        .take()
}

/// Whether the member stands on another shelf too. All of its primary key is known.
fn also_on(shelf: &MemberShelfName) -> SelectStatement {
    let other = || Alias::new("other");
    let mut ask = Query::select();
    ask.expr(Expr::val(1)).from_as(MemberShelf::Table, other());
    for column in [MemberShelf::CreatedAt, MemberShelf::MemberId] {
        ask.and_where(Expr::col((other(), column)).equals((MemberShelf::Table, column)));
    }
    ask.and_where(Expr::col((other(), MemberShelf::Name)).eq(shelf.as_str())).take()
}
