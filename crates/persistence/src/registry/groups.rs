//! Groups, who has a seat in them, and who was asked to take one.

use super::Registry;
use crate::error::StoreError;
use crate::record::Record as _;
use crate::row::Row;
use crate::schema::{
    GroupDomain as Domain, GroupInvitation as Invited, GroupOwner as Owner, GroupSeat as Seated,
    Record as Column,
};
use masthead_domain::clock::Timestamp;
use masthead_domain::group::{Group, GroupSelection, Invitation, Seat, SeatBy};
use masthead_domain::id::{GroupId, InvitationId, MemberId, SubscriptionId};
use masthead_domain::member::{Email, Subscription};
use masthead_domain::page::{Page, PageRequest, Position, SortKey};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, QueryResult};

/// How many groups or invitations of one member are read, the newest first.
const MOST_OF_ONE_MEMBER: u64 = 1_000;

/// A group as it is stored, with the number of its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedGroup {
    /// Which.
    pub group: Group,
    /// Grows with every change of the group's own record, and is never given out twice. Seats that are taken or given up
    /// change nothing of it.
    pub version: i64,
    /// How many of its seats are taken.
    pub taken: u32,
    /// How many owners it has, also where `group` is shown to somebody who sees but some of them.
    pub owner_count: usize,
}

/// What counts when somebody is to be invited into a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Invitations {
    /// How many invitations of the group are good now.
    pub open: u64,
    /// How many of those are to one of the addresses, and would be replaced.
    pub again: u64,
    /// How many were written since the instant that was asked for; those that are good no longer count too.
    pub written: u64,
    /// How many of those went to the one among the addresses that got the most.
    pub to_one: u64,
}

impl SavedGroup {
    pub(crate) fn open(cells: &QueryResult) -> Result<Self, StoreError> {
        let row = Row::new(cells, Group::TABLE, "id")?;
        let group = Group::open(&row)?;
        let owner_count = group.owners.len();
        Ok(Self { group, version: row.get("version")?, taken: row.number("taken")?, owner_count })
    }
}

impl Registry<'_> {
    /// The group with this id.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn group(&self, id: GroupId) -> Result<Option<SavedGroup>, StoreError> {
        let ask = groups(Expr::col(Column::Id).eq(id.uuid()));
        self.store.reader().query_one(&ask).await?.as_ref().map(SavedGroup::open).transpose()
    }

    /// A page of the groups that a selection holds, the newest first. One statement.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn groups(
        &self,
        selection: &GroupSelection,
        page: &PageRequest,
    ) -> Result<Page<SavedGroup>, StoreError> {
        let read = |cells: &QueryResult| {
            let saved = SavedGroup::open(cells)?;
            let key = SortKey::Micros(saved.group.created.micros());
            Ok((Position { key, id: saved.group.id.uuid() }, saved))
        };
        let place = |position: &Position| Expr::val(position.id);
        self.newest_first(selected(selection), Column::Id, place, page, read).await
    }

    /// The groups that the member manages, at most 1,000, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn groups_of_owner(&self, member: MemberId) -> Result<Vec<SavedGroup>, StoreError> {
        let owned = GroupSelection { owner: Some(member), ..GroupSelection::default() };
        let ask = selected(&owned).order_by(Column::Id, Order::Desc).limit(MOST_OF_ONE_MEMBER).take();
        self.store.reader().query_all(&ask).await?.iter().map(SavedGroup::open).collect()
    }

    /// A page of the seats of a group that are taken, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn seats(&self, group: GroupId, page: &PageRequest) -> Result<Page<Seat>, StoreError> {
        let read = |cells: &QueryResult| {
            let seat = read_seat(cells)?;
            Ok((Position { key: SortKey::Micros(seat.since.micros()), id: seat.id.uuid() }, seat))
        };
        let ask = seats(Expr::col(Seated::GroupId).eq(group.uuid()));
        self.newest_first(ask, Seated::Id, |position| Expr::val(position.id), page, read).await
    }

    /// The seats of a member with their groups, at most 1,000, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn seats_of(&self, member: MemberId) -> Result<Vec<(Seat, Group)>, StoreError> {
        let ask = seats_of(&[member]).limit(MOST_OF_ONE_MEMBER).take();
        self.store.reader().query_all(&ask).await?.iter().map(read_seat_of_group).collect()
    }

    /// A page of the invitations of a group that are good at this instant, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn invitations(
        &self,
        group: GroupId,
        now: Timestamp,
        page: &PageRequest,
    ) -> Result<Page<Invitation>, StoreError> {
        let read = |cells: &QueryResult| {
            let invitation = read_invitation(cells)?;
            let key = SortKey::Micros(invitation.created.micros());
            Ok((Position { key, id: invitation.id.uuid() }, invitation))
        };
        let ask = invitations(Expr::col(Invited::GroupId).eq(group.uuid()).and(is_good(now)));
        self.newest_first(ask, Invited::Id, |position| Expr::val(position.id), page, read).await
    }

    /// What counts when these addresses are to be invited at this instant. Four statements, however many addresses.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn invited(
        &self,
        group: GroupId,
        emails: &[Email],
        now: Timestamp,
        since: Timestamp,
    ) -> Result<Invitations, StoreError> {
        count_invitations(self.store.reader(), group, emails, now, since).await
    }

    /// The group that has the domain of this address.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn group_of_domain(&self, email: &Email) -> Result<Option<SavedGroup>, StoreError> {
        self.store.reader().query_one(&of_domain(email)).await?.as_ref().map(SavedGroup::open).transpose()
    }

    /// The invitations to an address that are good at this instant, with their groups, at most 1,000.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn invitations_to(
        &self,
        email: &Email,
        now: Timestamp,
    ) -> Result<Vec<(Invitation, Group)>, StoreError> {
        let ask = invitations(Expr::col(Invited::Email).eq(email.as_str()).and(is_good(now)))
            .limit(MOST_OF_ONE_MEMBER)
            .take();
        let found = self.store.reader().query_all(&ask).await?;
        let found = found.iter().map(read_invitation).collect::<Result<Vec<_>, _>>()?;
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let these = Expr::col(Column::Id).is_in(found.iter().map(|one| one.group.uuid()));
        let all = self.store.reader().query_all(&groups(these)).await?;
        let all = all.iter().map(SavedGroup::open).collect::<Result<Vec<_>, _>>()?;
        let with_group = |one: Invitation| {
            let group = all.iter().find(|saved| saved.group.id == one.group)?.group.clone();
            Some((one, group))
        };
        Ok(found.into_iter().filter_map(with_group).collect())
    }
}

/// The groups that `which` finds, with their versions.
pub(crate) fn groups(which: SimpleExpr) -> SelectStatement {
    Query::select()
        .columns([Column::Id, Column::Version, Column::Content, Column::Taken])
        .from(Group::TABLE)
        .and_where(which)
        .take()
}

/// The group that has the domain of this address.
pub(crate) fn of_domain(email: &Email) -> SelectStatement {
    let with_it = Query::select()
        .column(Domain::GroupId)
        .from(Domain::Table)
        .and_where(Expr::col(Domain::Domain).eq(email.domain()))
        .take();
    groups(Expr::col(Column::Id).in_subquery(with_it))
}

pub(crate) fn selected(selection: &GroupSelection) -> SelectStatement {
    let GroupSelection { status, tier, domain, owner } = selection;
    let mut ask = groups(Expr::val(true));
    if let Some(status) = status {
        ask.and_where(Expr::col(Column::Status).eq(status.code()));
    }
    if let Some(tier) = tier {
        ask.and_where(Expr::col(Column::Tier).eq(tier.as_str()));
    }
    if let Some(domain) = domain {
        let of_domain = Query::select()
            .column(Domain::GroupId)
            .from(Domain::Table)
            .and_where(Expr::col(Domain::Domain).eq(domain.as_str()))
            .take();
        ask.and_where(Expr::col(Column::Id).in_subquery(of_domain));
    }
    if let Some(owner) = owner {
        let owned = Query::select()
            .column(Owner::GroupId)
            .from(Owner::Table)
            .and_where(Expr::col(Owner::MemberId).eq(owner.uuid()))
            .take();
        ask.and_where(Expr::col(Column::Id).in_subquery(owned));
    }
    ask
}

/// The seats that `which` finds.
pub(crate) fn seats(which: SimpleExpr) -> SelectStatement {
    Query::select()
        .columns(SEAT.map(|column| (Seated::Table, column)))
        .from(Seated::Table)
        .and_where(which)
        .take()
}

const SEAT: [Seated; 6] =
    [Seated::Id, Seated::GroupId, Seated::MemberId, Seated::TakenBy, Seated::Email, Seated::TakenAt];

/// The seats of these members with their groups, the newest first.
pub(crate) fn seats_of(members: &[MemberId]) -> SelectStatement {
    seats(Expr::col((Seated::Table, Seated::MemberId)).is_in(members.iter().map(|id| id.uuid())))
        .column((Group::TABLE, Column::Content))
        .inner_join(
            Group::TABLE,
            Expr::col((Group::TABLE, Column::Id)).equals((Seated::Table, Seated::GroupId)),
        )
        .order_by((Seated::Table, Seated::Id), Order::Desc)
        .take()
}

pub(crate) fn read_seat(cells: &QueryResult) -> Result<Seat, StoreError> {
    let row = Row::new(cells, "group_seat", "id")?;
    let by: String = row.get("taken_by")?;
    let email: Option<String> = row.get("email")?;
    Ok(Seat {
        id: SubscriptionId::from_uuid(row.id),
        group: GroupId::from_uuid(row.get("group_id")?),
        member: MemberId::from_uuid(row.get("member_id")?),
        by: SeatBy::of_code(&by).ok_or_else(|| row.corrupt("taken_by", "none of invitation, domain"))?,
        email: email.map(|email| email.parse().map_err(|error| row.corrupt("email", error))).transpose()?,
        since: row.instant("taken_at")?,
    })
}

/// Reads what [`seats_of`] asks for.
pub(crate) fn read_seat_of_group(cells: &QueryResult) -> Result<(Seat, Group), StoreError> {
    Ok((read_seat(cells)?, Group::open(&Row::new(cells, Group::TABLE, "group_id")?)?))
}

/// What the seats of these members are worth to them, past and future too.
pub(crate) async fn subscriptions_by_seats(
    connection: &impl ConnectionTrait,
    members: &[MemberId],
    limit: u64,
) -> Result<Vec<Subscription>, StoreError> {
    let found = connection.query_all(&seats_of(members).limit(limit).take()).await?;
    let worth = |cells| read_seat_of_group(cells).map(|(seat, group)| group.subscription(&seat));
    found.iter().map(worth).collect()
}

/// The invitations that `which` finds.
pub(crate) fn invitations(which: SimpleExpr) -> SelectStatement {
    Query::select()
        .columns([Invited::Id, Invited::GroupId, Invited::Email, Invited::CreatedAt, Invited::ExpiresAt])
        .from(Invited::Table)
        .and_where(which)
        .take()
}

/// Whether an invitation is good at this instant.
pub(crate) fn is_good(now: Timestamp) -> SimpleExpr {
    Expr::col(Invited::RevokedAt).is_null().and(Expr::col(Invited::ExpiresAt).gt(now.micros()))
}

/// What counts when these addresses are to be invited.
pub(crate) async fn count_invitations(
    connection: &impl ConnectionTrait,
    group: GroupId,
    emails: &[Email],
    now: Timestamp,
    since: Timestamp,
) -> Result<Invitations, StoreError> {
    let of_group = Expr::col(Invited::GroupId).eq(group.uuid());
    let open = of_group.clone().and(is_good(now));
    let written = of_group.and(Expr::col(Invited::CreatedAt).gt(since.micros()));
    let to_them = || Expr::col(Invited::Email).is_in(emails.iter().map(Email::as_str));
    let count = |which: SimpleExpr| {
        Query::select()
            .expr_as(Expr::col(Invited::Id).count(), "there")
            .from(Invited::Table)
            .and_where(which)
            .take()
    };
    let of_one = count(written.clone().and(to_them()))
        .group_by_col(Invited::Email)
        .order_by("there", Order::Desc)
        .limit(1)
        .take();
    let ask = async |ask: SelectStatement| -> Result<u64, StoreError> {
        let row = connection.query_one(&ask).await?;
        let there: i64 = row.map(|row| row.try_get("", "there")).transpose()?.unwrap_or(0);
        Ok(there.unsigned_abs())
    };
    Ok(Invitations {
        open: ask(count(open.clone())).await?,
        again: ask(count(open.and(to_them()))).await?,
        written: ask(count(written)).await?,
        to_one: ask(of_one).await?,
    })
}

pub(crate) fn read_invitation(cells: &QueryResult) -> Result<Invitation, StoreError> {
    let row = Row::new(cells, "group_invitation", "id")?;
    Ok(Invitation {
        id: InvitationId::from_uuid(row.id),
        group: GroupId::from_uuid(row.get("group_id")?),
        email: row.parse("email")?,
        created: row.instant("created_at")?,
        expires: row.instant("expires_at")?,
    })
}
