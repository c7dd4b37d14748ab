//! Members, and what they have.

use super::{Registry, SessionRecord, subscriptions_by_seats};
use crate::error::StoreError;
use crate::record::{Record, provider_reference, select};
use crate::row::Row;
use crate::schema::{NewsletterSubscription as Confirmed, Record as Column, Session};
use masthead_domain::id::{MemberId, NewsletterId, SessionId};
use masthead_domain::member::{
    Contribution, Email, MAX_NEWSLETTERS, Member, Newsletter, NewsletterSubscription, Subscription,
};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SimpleExpr};

/// How many subscriptions, contributions or sessions of one member are read, the newest first.
pub(super) const MOST_OF_ONE_MEMBER: u64 = 1_000;

impl Registry<'_> {
    /// The member with this id.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn member(&self, id: MemberId) -> Result<Option<Member>, StoreError> {
        Ok(self.records(Expr::col(Column::Id).eq(id.uuid()), 1).await?.pop())
    }

    /// The member with this address.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn member_by_email(&self, email: &Email) -> Result<Option<Member>, StoreError> {
        Ok(self.records(Expr::col(Column::Email).eq(email.as_str()), 1).await?.pop())
    }

    /// What the member has of tiers, by seats in groups too, past and future too, at most 1,000 of each, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn subscriptions(&self, member: MemberId) -> Result<Vec<Subscription>, StoreError> {
        let theirs = Expr::col(Column::MemberId).eq(member.uuid());
        let mut all: Vec<Subscription> = self.records(theirs, MOST_OF_ONE_MEMBER).await?;
        all.extend(subscriptions_by_seats(self.store.reader(), &[member], MOST_OF_ONE_MEMBER).await?);
        all.sort_by_key(|one| std::cmp::Reverse(one.id));
        Ok(all)
    }

    /// The subscription that a payment provider calls so.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn subscription_of_provider(
        &self,
        provider: &str,
        reference: &str,
    ) -> Result<Option<Subscription>, StoreError> {
        let name = provider_reference(provider, reference);
        Ok(self.records(Expr::col(Column::ProviderReference).eq(name), 1).await?.pop())
    }

    /// What the member has given, at most 1,000.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn contributions(&self, member: MemberId) -> Result<Vec<Contribution>, StoreError> {
        self.records(Expr::col(Column::MemberId).eq(member.uuid()), MOST_OF_ONE_MEMBER).await
    }

    /// All newsletters, by slug.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn newsletters(&self) -> Result<Vec<Newsletter>, StoreError> {
        let mut all: Vec<Newsletter> = self.records(Expr::val(true), MAX_NEWSLETTERS as u64).await?;
        all.sort_by(|one, other| one.slug.cmp(&other.slug));
        Ok(all)
    }

    /// The newsletters that the member has confirmed.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn newsletter_subscriptions(
        &self,
        member: MemberId,
    ) -> Result<Vec<NewsletterSubscription>, StoreError> {
        let ask = Query::select()
            .columns([Confirmed::NewsletterId, Confirmed::ConfirmedAt])
            .from(Confirmed::Table)
            .and_where(Expr::col(Confirmed::MemberId).eq(member.uuid()))
            .limit(MAX_NEWSLETTERS as u64)
            .take();
        let subscription = |cells| {
            let row = Row::new(cells, "newsletter_subscription", "newsletter_id")?;
            let confirmed = row.instant("confirmed_at")?;
            Ok(NewsletterSubscription { newsletter: NewsletterId::from_uuid(row.id), confirmed })
        };
        self.store.reader().query_all(&ask).await?.iter().map(subscription).collect()
    }

    /// At most `limit` of the members who get a newsletter, suspended ones too, by id, after the one with this
    /// id.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn recipients(
        &self,
        newsletter: NewsletterId,
        after: Option<MemberId>,
        limit: u32,
    ) -> Result<Vec<Member>, StoreError> {
        let mut ids = Query::select();
        ids.column(Confirmed::MemberId)
            .from(Confirmed::Table)
            .and_where(Expr::col(Confirmed::NewsletterId).eq(newsletter.uuid()))
            .order_by(Confirmed::MemberId, Order::Asc)
            .limit(u64::from(limit));
        if let Some(after) = after {
            ids.and_where(Expr::col(Confirmed::MemberId).gt(after.uuid()));
        }
        let which = Expr::col(Column::Id).in_subquery(ids);
        let mut members: Vec<Member> = self.records(which, u64::from(limit)).await?;
        members.sort_by_key(|member| member.id);
        Ok(members)
    }

    /// One session.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn session(&self, id: SessionId) -> Result<Option<SessionRecord>, StoreError> {
        Ok(self.sessions_where(Expr::col(Session::Id).eq(id.uuid())).await?.pop())
    }

    /// The sessions of a member, the newest first, at most 1,000.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn sessions(&self, member: MemberId) -> Result<Vec<SessionRecord>, StoreError> {
        self.sessions_where(Expr::col(Session::MemberId).eq(member.uuid())).await
    }

    async fn sessions_where(&self, which: SimpleExpr) -> Result<Vec<SessionRecord>, StoreError> {
        let ask = Query::select()
            .columns([
                Session::Id,
                Session::MemberId,
                Session::Label,
                Session::CreatedAt,
                Session::UsedAt,
                Session::ExpiresAt,
                Session::RevokedAt,
            ])
            .from(Session::Table)
            .and_where(which)
            .order_by(Session::CreatedAt, Order::Desc)
            .limit(MOST_OF_ONE_MEMBER)
            .take();
        let session = |cells| {
            let row = Row::new(cells, "session", "id")?;
            Ok(SessionRecord {
                id: SessionId::from_uuid(row.id),
                member: MemberId::from_uuid(row.get("member_id")?),
                label: row.get("label")?,
                created: row.instant("created_at")?,
                used: row.instant("used_at")?,
                expires: row.instant("expires_at")?,
                revoked: row.ended("revoked_at")?,
            })
        };
        self.store.reader().query_all(&ask).await?.iter().map(session).collect()
    }

    pub(super) async fn records<R: Record>(
        &self,
        which: SimpleExpr,
        limit: u64,
    ) -> Result<Vec<R>, StoreError> {
        let ask = select::<R>(which, limit);
        let open = |cells| R::open(&Row::new(cells, R::TABLE, "id")?);
        self.store.reader().query_all(&ask).await?.iter().map(open).collect()
    }
}
