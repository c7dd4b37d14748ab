//! Writing the invitations to groups. They change nobody's standing, so the log says nothing of them.

use super::Work;
use crate::error::StoreError;
use crate::registry::{is_good_invitation, read_invitation, select_invitations};
use crate::schema::GroupInvitation as Invited;
use masthead_domain::clock::Timestamp;
use masthead_domain::group::Invitation;
use masthead_domain::id::{GroupId, InvitationId};
use masthead_domain::member::Email;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SimpleExpr};

impl Work {
    /// How many invitations of this group have been written since an instant, to anybody and to this address; those
    /// count too that were taken back or have expired.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn invited_since(
        &mut self,
        group: GroupId,
        email: &Email,
        since: Timestamp,
    ) -> Result<(u64, u64), StoreError> {
        let recent = Expr::col(Invited::GroupId)
            .eq(group.uuid())
            .and(Expr::col(Invited::CreatedAt).gt(since.micros()));
        let to_them = recent.clone().and(Expr::col(Invited::Email).eq(email.as_str()));
        Ok((self.count_invitations(recent).await?, self.count_invitations(to_them).await?))
    }

    /// How many invitations of this group are good now.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn open_invitations(&mut self, group: GroupId) -> Result<u64, StoreError> {
        let open = Expr::col(Invited::GroupId).eq(group.uuid()).and(is_good_invitation(self.now));
        self.count_invitations(open).await
    }

    /// How many of these addresses have an invitation of this group that is good now.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn invited_among(&mut self, group: GroupId, emails: &[Email]) -> Result<u64, StoreError> {
        let open = Expr::col(Invited::GroupId).eq(group.uuid()).and(is_good_invitation(self.now));
        let theirs = Expr::col(Invited::Email).is_in(emails.iter().map(Email::as_str));
        self.count_invitations(open.and(theirs)).await
    }

    async fn count_invitations(&self, which: SimpleExpr) -> Result<u64, StoreError> {
        let ask = Query::select()
            .expr_as(Expr::col(Invited::Id).count(), "there")
            .from(Invited::Table)
            .and_where(which)
            .take();
        let row = self.transaction.query_one(&ask).await?;
        let there: i64 = row.map(|row| row.try_get("", "there")).transpose()?.unwrap_or(0);
        Ok(there.unsigned_abs())
    }

    /// Keeps an invitation, of whose code the hash is all that is kept. It takes the place of those to the same address
    /// before it, whose codes are good no longer. Invitations that expired before `forgotten`, of any group, are gone.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn invite(
        &mut self,
        invitation: &Invitation,
        code_hash: &str,
        forgotten: Timestamp,
    ) -> Result<(), StoreError> {
        self.enter()?;
        let of_group = || Expr::col(Invited::GroupId).eq(invitation.group.uuid());
        let old = Query::delete()
            .from_table(Invited::Table)
            .and_where(Expr::col(Invited::ExpiresAt).lt(forgotten.micros()))
            .take();
        self.transaction.execute(&old).await?;
        let replaced = Query::update()
            .table(Invited::Table)
            .value(Invited::RevokedAt, self.now.micros())
            .and_where(of_group())
            .and_where(Expr::col(Invited::Email).eq(invitation.email.as_str()))
            .and_where(Expr::col(Invited::RevokedAt).is_null())
            .take();
        self.transaction.execute(&replaced).await?;
        let insert = Query::insert()
            .into_table(Invited::Table)
            .columns([
                Invited::Id,
                Invited::GroupId,
                Invited::Email,
                Invited::CodeHash,
                Invited::CreatedAt,
                Invited::ExpiresAt,
            ])
            .values_panic([
                Expr::val(invitation.id.uuid()),
                Expr::val(invitation.group.uuid()),
                Expr::val(invitation.email.as_str()),
                Expr::val(code_hash),
                Expr::val(invitation.created.micros()),
                Expr::val(invitation.expires.micros()),
            ])
            .take();
        self.transaction.execute(&insert).await?;
        self.whole = true;
        Ok(())
    }

    /// The invitation whose code has this hash, if it is good now.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or the row is corrupt.
    pub async fn invitation_by_code(&mut self, code_hash: &str) -> Result<Option<Invitation>, StoreError> {
        let ask =
            select_invitations(Expr::col(Invited::CodeHash).eq(code_hash).and(is_good_invitation(self.now)));
        self.transaction.query_one(&ask).await?.as_ref().map(read_invitation).transpose()
    }

    /// Uses the invitations up that a group has sent to an address. Nothing is left of them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn use_invitations(&mut self, group: GroupId, email: &Email) -> Result<(), StoreError> {
        self.enter()?;
        let delete = Query::delete()
            .from_table(Invited::Table)
            .and_where(Expr::col(Invited::GroupId).eq(group.uuid()))
            .and_where(Expr::col(Invited::Email).eq(email.as_str()))
            .take();
        self.transaction.execute(&delete).await?;
        self.whole = true;
        Ok(())
    }

    /// Takes an invitation of this group back, and says whether it was good until now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn revoke_invitation(&mut self, group: GroupId, id: InvitationId) -> Result<bool, StoreError> {
        self.enter()?;
        let update = Query::update()
            .table(Invited::Table)
            .value(Invited::RevokedAt, self.now.micros())
            .and_where(Expr::col(Invited::Id).eq(id.uuid()))
            .and_where(Expr::col(Invited::GroupId).eq(group.uuid()))
            .and_where(is_good_invitation(self.now))
            .take();
        let changed = self.transaction.execute(&update).await?.rows_affected() > 0;
        self.whole = true;
        Ok(changed)
    }
}
