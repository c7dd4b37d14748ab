//! Members as the staff writes them: many at once, and the shelves on which they are found.

use super::{Entry, IDS_A_STATEMENT, ROWS_A_STATEMENT, Work};
use crate::error::StoreError;
use crate::member_shelf::MemberShelfName;
use crate::record::{Record, select};
use crate::registry::{
    SavedMember, newsletters_of, read_seat, saved_members, select_seats, subscriptions_by_seats,
};
use crate::row::Row;
use crate::schema::{
    GroupSeat, MemberShelf, NewsletterSubscription as Confirmed, Record as Column, Suppression,
};
use masthead_domain::change::{ChangeKind, Subject};
use masthead_domain::id::{MemberId, NewsletterId, SubscriptionId};
use masthead_domain::member::{Email, Member, Subscription};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};
use std::collections::{BTreeMap, BTreeSet};

/// How many subscriptions of the members of one batch are read, at most.
const MOST_SUBSCRIPTIONS: u64 = 1_000_000;

impl Work {
    /// The member with this id and their version, so that nobody else changes them before the commit.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or the row is corrupt.
    pub async fn saved_member(&mut self, id: MemberId) -> Result<Option<SavedMember>, StoreError> {
        let ask = saved_members(Expr::col(Column::Id).eq(id.uuid()));
        self.transaction.query_one(&ask).await?.as_ref().map(SavedMember::open).transpose()
    }

    /// The members who have one of these addresses.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is corrupt.
    pub async fn members_by_emails(&mut self, emails: &[&Email]) -> Result<Vec<Member>, StoreError> {
        let mut found = Vec::new();
        for emails in emails.chunks(IDS_A_STATEMENT) {
            let theirs = Expr::col(Column::Email).is_in(emails.iter().map(|email| email.as_str()));
            found.extend(self.found::<Member>(theirs, IDS_A_STATEMENT as u64).await?);
        }
        Ok(found)
    }

    /// Which of these ids members have.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is corrupt.
    pub async fn members_by_ids(&mut self, ids: &[MemberId]) -> Result<Vec<Member>, StoreError> {
        let mut found = Vec::new();
        for ids in ids.chunks(IDS_A_STATEMENT) {
            let these = Expr::col(Column::Id).is_in(ids.iter().map(|id| id.uuid()));
            found.extend(self.found::<Member>(these, IDS_A_STATEMENT as u64).await?);
        }
        Ok(found)
    }

    /// One subscription, or the seat in a group that it is, as this work has left it.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or the row is corrupt.
    pub async fn subscription(&mut self, id: SubscriptionId) -> Result<Option<Subscription>, StoreError> {
        if let Some(own) = self.found(Expr::col(Column::Id).eq(id.uuid()), 1).await?.pop() {
            return Ok(Some(own));
        }
        let ask = select_seats(Expr::col(GroupSeat::Id).eq(id.uuid()));
        let Some(cells) = self.transaction.query_one(&ask).await? else { return Ok(None) };
        let seat = read_seat(&cells)?;
        Ok(self.group(seat.group).await?.map(|saved| saved.group.subscription(&seat)))
    }

    /// What these members have of tiers, by seats in groups too, past and future too.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is corrupt.
    pub async fn subscriptions_of(&mut self, members: &[MemberId]) -> Result<Vec<Subscription>, StoreError> {
        let mut found = Vec::new();
        for members in members.chunks(IDS_A_STATEMENT) {
            let theirs = Expr::col(Column::MemberId).is_in(members.iter().map(|id| id.uuid()));
            found.extend(self.found::<Subscription>(theirs, MOST_SUBSCRIPTIONS).await?);
            found.extend(subscriptions_by_seats(&self.transaction, members, MOST_SUBSCRIPTIONS).await?);
        }
        Ok(found)
    }

    /// Which of these hashes of addresses belong to somebody who asked to be forgotten.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is corrupt.
    pub async fn suppressed(&mut self, hashes: &[String]) -> Result<BTreeSet<String>, StoreError> {
        let mut found = BTreeSet::new();
        for hashes in hashes.chunks(IDS_A_STATEMENT) {
            let ask = Query::select()
                .column(Suppression::Hash)
                .from(Suppression::Table)
                .and_where(Expr::col(Suppression::Hash).is_in(hashes.iter().map(String::as_str)))
                .take();
            for row in self.transaction.query_all(&ask).await? {
                found.insert(row.try_get("", "hash")?);
            }
        }
        Ok(found)
    }

    /// Records that members get newsletters, and says of which of them that is new.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is corrupt.
    pub async fn confirm_newsletters(
        &mut self,
        wanted: &[(MemberId, NewsletterId)],
    ) -> Result<Vec<(MemberId, NewsletterId)>, StoreError> {
        self.enter()?;
        let members: BTreeSet<_> = wanted.iter().map(|(member, _)| *member).collect();
        let members: Vec<_> = members.into_iter().collect();
        let there: BTreeSet<_> = self.confirmed(&members).await?.into_iter().collect();
        let wanted: BTreeSet<_> = wanted.iter().copied().collect();
        let new: Vec<_> = wanted.difference(&there).copied().collect();
        for new in new.chunks(ROWS_A_STATEMENT) {
            let mut insert = Query::insert();
            insert.into_table(Confirmed::Table).columns([
                Confirmed::MemberId,
                Confirmed::NewsletterId,
                Confirmed::ConfirmedAt,
            ]);
            for (member, newsletter) in new {
                insert.values_panic([
                    Expr::val(member.uuid()),
                    Expr::val(newsletter.uuid()),
                    Expr::val(self.now.micros()),
                ]);
            }
            self.transaction.execute(&insert).await?;
        }
        let changed: BTreeSet<_> = new.iter().map(|(member, _)| *member).collect();
        let changed: Vec<_> = changed.into_iter().collect();
        let entry = |id: &MemberId| Entry {
            subject: Subject::Member,
            id: id.uuid(),
            kind: ChangeKind::Updated,
            version: self.now.micros(),
        };
        self.log(&changed.iter().map(entry).collect::<Vec<_>>()).await?;
        self.shelve_members(&changed).await?;
        self.whole = true;
        Ok(new)
    }

    /// Puts members on the shelves on which they are to be found now, and takes them off all others.
    pub(super) async fn shelve_members(&mut self, members: &[MemberId]) -> Result<(), StoreError> {
        for members in members.chunks(IDS_A_STATEMENT) {
            let mut shelves: BTreeMap<MemberId, BTreeSet<MemberShelfName>> = BTreeMap::new();
            let mut created = BTreeMap::new();
            for member in self.members_by_ids(members).await? {
                created.insert(member.id, member.created);
                shelves.entry(member.id).or_default().extend(MemberShelfName::own(&member));
            }
            for (member, newsletter) in self.confirmed(members).await? {
                shelves.entry(member).or_default().insert(MemberShelfName::newsletter(newsletter));
            }
            for one in self.subscriptions_of(members).await? {
                shelves.entry(one.member).or_default().insert(MemberShelfName::tier(&one.tier));
            }
            let theirs = Expr::col(MemberShelf::MemberId).is_in(members.iter().map(|id| id.uuid()));
            let delete = Query::delete().from_table(MemberShelf::Table).and_where(theirs).take();
            self.transaction.execute(&delete).await?;
            // Whoever is no member stands nowhere.
            let rows: Vec<_> = created
                .iter()
                .flat_map(|(id, at)| shelves[id].iter().map(move |shelf| (shelf, *at, *id)))
                .collect();
            for rows in rows.chunks(ROWS_A_STATEMENT) {
                let mut insert = Query::insert();
                insert.into_table(MemberShelf::Table).columns([
                    MemberShelf::Name,
                    MemberShelf::CreatedAt,
                    MemberShelf::MemberId,
                ]);
                for (shelf, at, id) in rows {
                    insert.values_panic([
                        Expr::val(shelf.as_str()),
                        Expr::val(at.micros()),
                        Expr::val(id.uuid()),
                    ]);
                }
                self.transaction.execute(&insert).await?;
            }
        }
        Ok(())
    }

    async fn confirmed(&self, members: &[MemberId]) -> Result<Vec<(MemberId, NewsletterId)>, StoreError> {
        let mut found = Vec::new();
        for members in members.chunks(IDS_A_STATEMENT) {
            for cells in self.transaction.query_all(&newsletters_of(members)).await? {
                let row = Row::new(&cells, "newsletter_subscription", "member_id")?;
                let newsletter = NewsletterId::from_uuid(row.get("newsletter_id")?);
                found.push((MemberId::from_uuid(row.id), newsletter));
            }
        }
        Ok(found)
    }

    pub(super) async fn found<R: Record>(&self, which: SimpleExpr, limit: u64) -> Result<Vec<R>, StoreError> {
        let rows = self.transaction.query_all(&select::<R>(which, limit)).await?;
        rows.iter().map(|cells| R::open(&Row::new(cells, R::TABLE, "id")?)).collect()
    }
}
