//! Writing members, what they have, and their sessions. Whatever changes for a member is logged as a change of the
//! member, so that every node looks anew at what they hold.

use super::{Entry, Tally, Work};
use crate::error::StoreError;
use crate::registry::SessionRecord;
use crate::schema::{NewsletterSubscription as Confirmed, RefreshToken, Session};
use masthead_domain::change::{ChangeKind, Subject};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{MemberId, NewsletterId, SessionId};
use masthead_domain::member::{Contribution, Member, Newsletter, Subscription};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use std::collections::BTreeSet;
use uuid::Uuid;

/// After how many seconds a session that is over is forgotten.
const FORGOTTEN_AFTER: i64 = 30 * 24 * 3_600;

impl Work {
    /// Puts newsletters.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a slug is taken; [`StoreError::Unavailable`] when the database fails.
    pub async fn put_newsletters(&mut self, newsletters: &[Newsletter]) -> Result<Tally, StoreError> {
        self.enter()?;
        let tally = self.put(newsletters).await?;
        Ok(self.leave(tally))
    }

    /// Puts members.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when an address is taken; [`StoreError::Unavailable`] when the database fails.
    pub async fn put_members(&mut self, members: &[Member]) -> Result<Tally, StoreError> {
        self.enter()?;
        let tally = self.put(members).await?;
        if tally.created + tally.updated > 0 {
            let ids: Vec<_> = members.iter().map(|member| member.id).collect();
            self.shelve_members(&ids).await?;
        }
        Ok(self.leave(tally))
    }

    /// Puts subscriptions to tiers.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another subscription has the provider's reference;
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn put_subscriptions(&mut self, subscriptions: &[Subscription]) -> Result<Tally, StoreError> {
        self.enter()?;
        let tally = self.put(subscriptions).await?;
        if tally.created + tally.updated > 0 {
            let ids: BTreeSet<_> = subscriptions.iter().map(|subscription| subscription.member).collect();
            self.shelve_members(&ids.into_iter().collect::<Vec<_>>()).await?;
        }
        Ok(self.leave(tally))
    }

    /// Puts contributions.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another contribution has the provider's reference;
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn put_contributions(&mut self, contributions: &[Contribution]) -> Result<Tally, StoreError> {
        self.enter()?;
        let tally = self.put(contributions).await?;
        Ok(self.leave(tally))
    }

    /// Records that the member has confirmed a newsletter, and says whether they had not before. Doing it twice keeps
    /// the first instant.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn confirm_newsletter(
        &mut self,
        member: MemberId,
        newsletter: NewsletterId,
    ) -> Result<bool, StoreError> {
        Ok(!self.confirm_newsletters(&[(member, newsletter)]).await?.is_empty())
    }

    /// Records that the member no longer wants a newsletter.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn leave_newsletter(
        &mut self,
        member: MemberId,
        newsletter: NewsletterId,
    ) -> Result<(), StoreError> {
        self.enter()?;
        let delete = Query::delete()
            .from_table(Confirmed::Table)
            .and_where(Expr::col(Confirmed::MemberId).eq(member.uuid()))
            .and_where(Expr::col(Confirmed::NewsletterId).eq(newsletter.uuid()))
            .take();
        self.transaction.execute(&delete).await?;
        self.shelve_members(&[member]).await?;
        self.touch(Subject::Member, member.uuid(), ChangeKind::Updated).await
    }

    /// Begins a session, and forgets those of the member that have been over for a month.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn begin_session(&mut self, session: &SessionRecord) -> Result<(), StoreError> {
        self.enter()?;
        self.forget_sessions(session.member).await?;
        let insert = Query::insert()
            .into_table(Session::Table)
            .columns([
                Session::Id,
                Session::MemberId,
                Session::Label,
                Session::CreatedAt,
                Session::UsedAt,
                Session::ExpiresAt,
            ])
            .values_panic([
                Expr::val(session.id.uuid()),
                Expr::val(session.member.uuid()),
                Expr::val(session.label.as_str()),
                Expr::val(session.created.micros()),
                Expr::val(session.used.micros()),
                Expr::val(session.expires.micros()),
            ])
            .take();
        self.transaction.execute(&insert).await?;
        self.touch(Subject::Session, session.id.uuid(), ChangeKind::Created).await
    }

    async fn forget_sessions(&self, member: MemberId) -> Result<(), StoreError> {
        let long_over = || {
            let before = self.now.plus_seconds(-FORGOTTEN_AFTER).micros();
            Expr::col(Session::MemberId).eq(member.uuid()).and(Expr::col(Session::ExpiresAt).lt(before))
        };
        let sessions = Query::select().column(Session::Id).from(Session::Table).and_where(long_over()).take();
        let tokens = Query::delete()
            .from_table(RefreshToken::Table)
            .and_where(Expr::col(RefreshToken::SessionId).in_subquery(sessions))
            .take();
        self.transaction.execute(&tokens).await?;
        let sessions = Query::delete().from_table(Session::Table).and_where(long_over()).take();
        self.transaction.execute(&sessions).await?;
        Ok(())
    }

    /// Keeps a session for longer, because it was used.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn use_session(&mut self, id: SessionId, expires: Timestamp) -> Result<(), StoreError> {
        self.enter()?;
        let update = Query::update()
            .table(Session::Table)
            .value(Session::UsedAt, self.now.micros())
            .value(Session::ExpiresAt, expires.micros())
            .and_where(Expr::col(Session::Id).eq(id.uuid()))
            .take();
        self.transaction.execute(&update).await?;
        self.touch(Subject::Session, id.uuid(), ChangeKind::Updated).await
    }

    /// Ends a session; its tokens are good no longer.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn end_session(&mut self, id: SessionId) -> Result<(), StoreError> {
        self.enter()?;
        let update = Query::update()
            .table(Session::Table)
            .value(Session::RevokedAt, self.now.micros())
            .and_where(Expr::col(Session::Id).eq(id.uuid()))
            .and_where(Expr::col(Session::RevokedAt).is_null())
            .take();
        self.transaction.execute(&update).await?;
        self.touch(Subject::Session, id.uuid(), ChangeKind::Deleted).await
    }

    /// Ends a step with one entry in the log. Its version is the instant, for what has no versions of its own.
    pub(super) async fn touch(
        &mut self,
        subject: Subject,
        id: Uuid,
        kind: ChangeKind,
    ) -> Result<(), StoreError> {
        self.log(&[Entry { subject, id, kind, version: self.now.micros() }]).await?;
        self.whole = true;
        Ok(())
    }
}
