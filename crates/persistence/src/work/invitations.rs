//! Writing the invitations to groups. They change nobody's standing, so the log says nothing of them.

use super::{ROWS_A_STATEMENT, Work};
use crate::error::StoreError;
use crate::registry::{
    Invitations, count_invitations, is_good_invitation, read_invitation, select_invitations,
};
use crate::schema::GroupInvitation as Invited;
use masthead_domain::clock::Timestamp;
use masthead_domain::group::Invitation;
use masthead_domain::id::{GroupId, InvitationId};
use masthead_domain::member::Email;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query};

impl Work {
    /// What counts when these addresses are to be invited, where nobody else can invite before the commit. Four statements,
    /// however many addresses.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn invited(
        &mut self,
        group: GroupId,
        emails: &[Email],
        since: Timestamp,
    ) -> Result<Invitations, StoreError> {
        count_invitations(&self.transaction, group, emails, self.now, since).await
    }

    /// Keeps invitations of one group, each to another address, with the hash of its code, which is all that is kept of
    /// that. They take the place of those to the same addresses before, whose codes are good no longer. Two statements.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn invite(
        &mut self,
        group: GroupId,
        invitations: &[(Invitation, String)],
    ) -> Result<(), StoreError> {
        self.enter()?;
        for invitations in invitations.chunks(ROWS_A_STATEMENT) {
            let replaced = Query::update()
                .table(Invited::Table)
                .value(Invited::RevokedAt, self.now.micros())
                .and_where(Expr::col(Invited::GroupId).eq(group.uuid()))
                .and_where(
                    Expr::col(Invited::Email).is_in(invitations.iter().map(|(one, _)| one.email.as_str())),
                )
                .and_where(Expr::col(Invited::RevokedAt).is_null())
                .take();
            self.transaction.execute(&replaced).await?;
            let mut insert = Query::insert();
            insert.into_table(Invited::Table).columns([
                Invited::Id,
                Invited::GroupId,
                Invited::Email,
                Invited::CodeHash,
                Invited::CreatedAt,
                Invited::ExpiresAt,
            ]);
            for (invitation, code_hash) in invitations {
                insert.values_panic([
                    Expr::val(invitation.id.uuid()),
                    Expr::val(group.uuid()),
                    Expr::val(invitation.email.as_str()),
                    Expr::val(code_hash.as_str()),
                    Expr::val(invitation.created.micros()),
                    Expr::val(invitation.expires.micros()),
                ]);
            }
            self.transaction.execute(&insert).await?;
        }
        self.whole = true;
        Ok(())
    }

    /// Forgets the invitations of all groups that have been good no longer since before this instant, because they expired
    /// or were taken back.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn forget_invitations(&mut self, before: Timestamp) -> Result<(), StoreError> {
        self.enter()?;
        // One for each column, so that each has its index.
        for end in [Invited::ExpiresAt, Invited::RevokedAt] {
            let forget = Query::delete()
                .from_table(Invited::Table)
                .and_where(Expr::col(end).lt(before.micros()))
                .take();
            self.transaction.execute(&forget).await?;
        }
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
