//! Writing groups and their seats.
//!
//! What changes for a group is logged as a change of the group, on which the standings of all who have a seat depend: it
//! ends, or opens something else, for all of them with one entry. What changes for one seat is logged as a change of its
//! member.

use super::{IDS_A_STATEMENT, Work};
use crate::error::StoreError;
use crate::record::Record as _;
use crate::registry::{SavedGroup, of_domain, read_seat, select_groups, select_seats};
use crate::schema::{
    GroupDomain as Domain, GroupInvitation as Invited, GroupOwner as Owner, GroupSeat as Seated,
    GroupShutOut as ShutOut, Record as Column,
};
use masthead_domain::change::{ChangeKind, Subject};
use masthead_domain::group::{Group, GroupStatus, Seat, SeatBy};
use masthead_domain::id::{GroupId, MemberId, SubscriptionId};
use masthead_domain::member::{Email, Member};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query, SimpleExpr};
use uuid::Uuid;

/// What became of a wish for a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seating {
    /// It is theirs now.
    Taken,
    /// They have one in this group, and had it before.
    Had(Seat),
    /// None is left, or the group has been ended.
    Full,
    /// It was taken back from them, and they ask for one by their domain.
    ShutOut,
}

impl Work {
    /// The group as it is within this unit of work, so that nobody else changes it before the commit.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn group(&mut self, id: GroupId) -> Result<Option<SavedGroup>, StoreError> {
        let ask = select_groups(Expr::col(Column::Id).eq(id.uuid()));
        self.transaction.query_one(&ask).await?.as_ref().map(SavedGroup::open).transpose()
    }

    /// The group that has the domain of this address.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn group_of_domain(&mut self, email: &Email) -> Result<Option<SavedGroup>, StoreError> {
        self.transaction.query_one(&of_domain(email)).await?.as_ref().map(SavedGroup::open).transpose()
    }

    /// Puts a group, with its domains and owners. The invitations of one that was ended are gone.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] with the domain that another group has; [`StoreError::Unavailable`] when the database
    /// fails.
    pub async fn put_group(&mut self, group: &Group) -> Result<(), StoreError> {
        self.enter()?;
        self.refuse_domains_of_others(group).await?;
        let before = self.group(group.id).await?;
        let id = group.id.uuid();
        for delete in [
            Query::delete().from_table(Domain::Table).and_where(Expr::col(Domain::GroupId).eq(id)).take(),
            Query::delete().from_table(Owner::Table).and_where(Expr::col(Owner::GroupId).eq(id)).take(),
        ] {
            self.transaction.execute(&delete).await?;
        }
        let mut domains = Query::insert();
        domains.into_table(Domain::Table).columns([Domain::Domain, Domain::GroupId]);
        for domain in &group.domains {
            domains.values_panic([Expr::val(domain.as_str()), Expr::val(id)]);
        }
        let mut owners = Query::insert();
        owners.into_table(Owner::Table).columns([Owner::MemberId, Owner::GroupId]);
        for owner in &group.owners {
            owners.values_panic([Expr::val(owner.uuid()), Expr::val(id)]);
        }
        for (insert, is_empty) in [(domains, group.domains.is_empty()), (owners, group.owners.is_empty())] {
            if !is_empty {
                self.transaction.execute(&insert).await?;
            }
        }
        if group.status == GroupStatus::Ended {
            let delete = Query::delete()
                .from_table(Invited::Table)
                .and_where(Expr::col(Invited::GroupId).eq(id))
                .take();
            self.transaction.execute(&delete).await?;
        }
        let tally = self.put(std::slice::from_ref(group)).await?;
        if before.is_some_and(|before| before.group.tier != group.tier) {
            self.shelve_seated(group.id).await?;
        }
        self.leave(tally);
        Ok(())
    }

    async fn refuse_domains_of_others(&self, group: &Group) -> Result<(), StoreError> {
        if group.domains.is_empty() {
            return Ok(());
        }
        let ask = Query::select()
            .column(Domain::Domain)
            .from(Domain::Table)
            .and_where(Expr::col(Domain::Domain).is_in(group.domains.iter().map(|domain| domain.as_str())))
            .and_where(Expr::col(Domain::GroupId).ne(group.id.uuid()))
            .limit(1)
            .take();
        match self.transaction.query_one(&ask).await? {
            None => Ok(()),
            Some(row) => {
                Err(StoreError::Conflict { what: "domain of a group", value: row.try_get("", "domain")? })
            }
        }
    }

    /// Who has a seat stands on the shelf of the group's tier.
    async fn shelve_seated(&mut self, group: GroupId) -> Result<(), StoreError> {
        let mut last = Uuid::nil();
        loop {
            let ask = Query::select()
                .column(Seated::MemberId)
                .from(Seated::Table)
                .and_where(Expr::col(Seated::GroupId).eq(group.uuid()))
                .and_where(Expr::col(Seated::MemberId).gt(last))
                .order_by(Seated::MemberId, sea_orm::sea_query::Order::Asc)
                .limit(IDS_A_STATEMENT as u64)
                .take();
            let rows = self.transaction.query_all(&ask).await?;
            let ids =
                rows.iter().map(|row| row.try_get("", "member_id")).collect::<Result<Vec<Uuid>, _>>()?;
            let Some(end) = ids.last() else { return Ok(()) };
            last = *end;
            self.shelve_members(&ids.into_iter().map(MemberId::from_uuid).collect::<Vec<_>>()).await?;
        }
    }

    /// Gives a member a seat, unless none is left. The count goes up in the statement that looks whether it may, and
    /// nobody else writes before the commit.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is corrupt.
    pub async fn take_seat(&mut self, seat: &Seat) -> Result<Seating, StoreError> {
        self.enter()?;
        let theirs = Expr::col(Seated::MemberId)
            .eq(seat.member.uuid())
            .and(Expr::col(Seated::GroupId).eq(seat.group.uuid()));
        if let Some(cells) = self.transaction.query_one(&select_seats(theirs)).await? {
            self.whole = true;
            return Ok(Seating::Had(read_seat(&cells)?));
        }
        let theirs = Expr::col(ShutOut::MemberId)
            .eq(seat.member.uuid())
            .and(Expr::col(ShutOut::GroupId).eq(seat.group.uuid()));
        match seat.by {
            SeatBy::Invitation => {
                let delete = Query::delete().from_table(ShutOut::Table).and_where(theirs).take();
                self.transaction.execute(&delete).await?;
            }
            SeatBy::Domain => {
                let ask =
                    Query::select().column(ShutOut::MemberId).from(ShutOut::Table).and_where(theirs).take();
                if self.transaction.query_one(&ask).await?.is_some() {
                    self.whole = true;
                    return Ok(Seating::ShutOut);
                }
            }
        }
        let count = Query::update()
            .table(Group::TABLE)
            .value(Column::Taken, Expr::col(Column::Taken).add(1))
            .and_where(Expr::col(Column::Id).eq(seat.group.uuid()))
            .and_where(Expr::col(Column::Status).eq(GroupStatus::Active.code()))
            .and_where(Expr::col(Column::Taken).lt(Expr::col(Column::Seats)))
            .take();
        if self.transaction.execute(&count).await?.rows_affected() == 0 {
            self.whole = true;
            return Ok(Seating::Full);
        }
        let insert = Query::insert()
            .into_table(Seated::Table)
            .columns([
                Seated::Id,
                Seated::GroupId,
                Seated::MemberId,
                Seated::TakenBy,
                Seated::Email,
                Seated::TakenAt,
            ])
            .values_panic([
                Expr::val(seat.id.uuid()),
                Expr::val(seat.group.uuid()),
                Expr::val(seat.member.uuid()),
                Expr::val(seat.by.code()),
                Expr::val(seat.email.as_ref().map(Email::as_str)),
                Expr::val(seat.since.micros()),
            ])
            .take();
        self.transaction.execute(&insert).await?;
        self.shelve_members(&[seat.member]).await?;
        self.touch(Subject::Member, seat.member.uuid(), ChangeKind::Updated).await?;
        Ok(Seating::Taken)
    }

    /// Takes a seat back, and says whether there was one. Its member gets none by their domain any more, until they are invited.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is corrupt.
    pub async fn take_back_seat(&mut self, group: GroupId, id: SubscriptionId) -> Result<bool, StoreError> {
        let Some(member) = self.free(group, Expr::col(Seated::Id).eq(id.uuid())).await? else {
            return Ok(false);
        };
        self.enter()?;
        let insert = Query::insert()
            .into_table(ShutOut::Table)
            .columns([ShutOut::MemberId, ShutOut::GroupId])
            .values_panic([Expr::val(member.uuid()), Expr::val(group.uuid())])
            .on_conflict(OnConflict::columns([ShutOut::MemberId, ShutOut::GroupId]).do_nothing().to_owned())
            .take();
        self.transaction.execute(&insert).await?;
        self.whole = true;
        Ok(true)
    }

    /// Frees the seat that a member has in this group, and says whether they had one.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is corrupt.
    pub async fn free_seat_of(&mut self, group: GroupId, member: MemberId) -> Result<bool, StoreError> {
        Ok(self.free(group, Expr::col(Seated::MemberId).eq(member.uuid())).await?.is_some())
    }

    async fn free(&mut self, group: GroupId, which: SimpleExpr) -> Result<Option<MemberId>, StoreError> {
        self.enter()?;
        let which = which.and(Expr::col(Seated::GroupId).eq(group.uuid()));
        let Some(cells) = self.transaction.query_one(&select_seats(which)).await? else {
            self.whole = true;
            return Ok(None);
        };
        let seat = read_seat(&cells)?;
        let delete = Query::delete()
            .from_table(Seated::Table)
            .and_where(Expr::col(Seated::Id).eq(seat.id.uuid()))
            .take();
        self.transaction.execute(&delete).await?;
        self.count_down(Expr::col(Column::Id).eq(group.uuid())).await?;
        self.shelve_members(&[seat.member]).await?;
        self.touch(Subject::Member, seat.member.uuid(), ChangeKind::Updated).await?;
        Ok(Some(seat.member))
    }

    /// Counts one seat less in these groups.
    async fn count_down(&self, groups: SimpleExpr) -> Result<(), StoreError> {
        let update = Query::update()
            .table(Group::TABLE)
            .value(Column::Taken, Expr::col(Column::Taken).sub(1))
            .and_where(groups)
            .take();
        self.transaction.execute(&update).await?;
        Ok(())
    }

    /// Takes a member who is erased out of all groups: their seats are free, they manage none, and their address stands
    /// in no invitation and at no seat of anybody else.
    pub(super) async fn erase_from_groups(&mut self, member: &Member) -> Result<(), StoreError> {
        let id = member.id.uuid();
        let in_groups = Query::select()
            .column(Seated::GroupId)
            .from(Seated::Table)
            .and_where(Expr::col(Seated::MemberId).eq(id))
            .take();
        self.count_down(Expr::col(Column::Id).in_subquery(in_groups)).await?;
        let owned = Query::select()
            .column(Owner::GroupId)
            .from(Owner::Table)
            .and_where(Expr::col(Owner::MemberId).eq(id))
            .take();
        let ask = select_groups(Expr::col(Column::Id).in_subquery(owned));
        let mut left = Vec::new();
        for cells in self.transaction.query_all(&ask).await? {
            let mut group = SavedGroup::open(&cells)?.group;
            group.owners.remove(&member.id);
            left.push(group);
        }
        self.put(&left).await?;
        let nameless = Query::update()
            .table(Seated::Table)
            .value(Seated::Email, Option::<String>::None)
            .and_where(Expr::col(Seated::Email).eq(member.email.as_str()))
            .take();
        self.transaction.execute(&nameless).await?;
        for delete in [
            Query::delete().from_table(Seated::Table).and_where(Expr::col(Seated::MemberId).eq(id)).take(),
            Query::delete().from_table(Owner::Table).and_where(Expr::col(Owner::MemberId).eq(id)).take(),
            Query::delete().from_table(ShutOut::Table).and_where(Expr::col(ShutOut::MemberId).eq(id)).take(),
            Query::delete()
                .from_table(Invited::Table)
                .and_where(Expr::col(Invited::Email).eq(member.email.as_str()))
                .take(),
        ] {
            self.transaction.execute(&delete).await?;
        }
        Ok(())
    }
}
