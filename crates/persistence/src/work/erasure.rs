//! Erasing a member. A table that names members is named here too.

use super::{Entry, Work};
use crate::error::StoreError;
use crate::record::{Record, select};
use crate::registry::{Giver, gift_subscriptions_of_member};
use crate::row::Row;
use crate::schema::{
    Consent, Gift, Idempotency, MemberShelf, NewsletterSubscription, PaymentDelivery, PaymentEvent,
    PrivateFeed, Record as Column, RefreshToken, Session, SignIn, Unlock,
};
use masthead_domain::change::{ChangeKind, Subject};
use masthead_domain::member::{Contribution, GiftSubscription, Member, Subscription};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use uuid::Uuid;

/// The most contributions or gift subscriptions of one member that are stripped in one statement.
const MOST_STRIPPED: u64 = 10_000;

impl Work {
    /// Takes away everything that is known of a member. Contributions stay in the books without a name, and of what a
    /// payment provider reported only that it did. Their tokens are good no longer.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is corrupt.
    pub async fn erase_member(&mut self, member: &Member) -> Result<(), StoreError> {
        self.enter()?;
        let id = member.id.uuid();
        self.strip_contributions(id).await?;
        self.strip_payments(id).await?;
        self.erase_from_groups(member).await?;
        self.strip_gift_subscriptions(member).await?;
        let sessions = self.sessions_of(id).await?;
        let of_sessions = Expr::col(RefreshToken::SessionId).in_subquery(
            Query::select()
                .column(Session::Id)
                .from(Session::Table)
                .and_where(Expr::col(Session::MemberId).eq(id))
                .take(),
        );
        for delete in [
            Query::delete().from_table(RefreshToken::Table).and_where(of_sessions).take(),
            Query::delete().from_table(Session::Table).and_where(Expr::col(Session::MemberId).eq(id)).take(),
            Query::delete()
                .from_table(SignIn::Table)
                .and_where(Expr::col(SignIn::Email).eq(member.email.as_str()))
                .take(),
            // The member's own entry in the log shuts them.
            Query::delete()
                .from_table(PrivateFeed::Table)
                .and_where(Expr::col(PrivateFeed::MemberId).eq(id))
                .take(),
            Query::delete().from_table(Consent::Table).and_where(Expr::col(Consent::MemberId).eq(id)).take(),
            Query::delete()
                .from_table(NewsletterSubscription::Table)
                .and_where(Expr::col(NewsletterSubscription::MemberId).eq(id))
                .take(),
            Query::delete()
                .from_table(Subscription::TABLE)
                .and_where(Expr::col(Column::MemberId).eq(id))
                .take(),
            Query::delete()
                .from_table(Unlock::Table)
                .and_where(Expr::col(Unlock::Holder).eq(member.id.to_string()))
                .take(),
            Query::delete()
                .from_table(Gift::Table)
                .and_where(Expr::col(Gift::Giver).eq(Giver::Member(member.id).code()))
                .take(),
            Query::delete()
                .from_table(PaymentDelivery::Table)
                .and_where(Expr::col(PaymentDelivery::Email).eq(member.email.as_str()))
                .take(),
            Query::delete()
                .from_table(Idempotency::Table)
                .and_where(Expr::col(Idempotency::Holder).eq(member.id.to_string()))
                .take(),
            Query::delete()
                .from_table(MemberShelf::Table)
                .and_where(Expr::col(MemberShelf::MemberId).eq(id))
                .take(),
            Query::delete().from_table(Member::TABLE).and_where(Expr::col(Column::Id).eq(id)).take(),
        ] {
            self.transaction.execute(&delete).await?;
        }
        let gone = |subject, id| Entry { subject, id, kind: ChangeKind::Deleted, version: self.now.micros() };
        let mut entries: Vec<_> = sessions.into_iter().map(|id| gone(Subject::Session, id)).collect();
        entries.push(gone(Subject::Member, id));
        self.log(&entries).await?;
        self.whole = true;
        Ok(())
    }

    async fn strip_contributions(&self, member: Uuid) -> Result<(), StoreError> {
        let ask = select::<Contribution>(Expr::col(Column::MemberId).eq(member), MOST_STRIPPED);
        let mut stripped = Vec::new();
        for cells in self.transaction.query_all(&ask).await? {
            let contribution = Contribution::open(&Row::new(&cells, Contribution::TABLE, "id")?)?;
            stripped.push(Contribution { member: None, ..contribution });
        }
        self.put(&stripped).await?;
        Ok(())
    }

    /// Who redeemed a gift keeps it when its giver goes, and a gift that was redeemed is not good again. One that was to be sent
    /// to the member is sent nowhere; its giver has the code.
    async fn strip_gift_subscriptions(&self, member: &Member) -> Result<(), StoreError> {
        let found = self
            .found::<GiftSubscription>(gift_subscriptions_of_member(member.id), MOST_STRIPPED)
            .await?
            .into_iter()
            .map(|gift| gift.without(member.id));
        self.put(&found.collect::<Vec<_>>()).await?;
        let theirs = Expr::col(Column::Recipient).eq(member.email.as_str());
        let sent = self.found::<GiftSubscription>(theirs, MOST_STRIPPED).await?.into_iter();
        let sent = sent.map(GiftSubscription::unaddressed);
        self.put(&sent.collect::<Vec<_>>()).await?;
        Ok(())
    }

    /// What a provider sent holds addresses and names of its customer.
    async fn strip_payments(&self, member: Uuid) -> Result<(), StoreError> {
        let ask = Query::select()
            .columns([PaymentEvent::Provider, PaymentEvent::Customer])
            .from(PaymentEvent::Table)
            .and_where(Expr::col(PaymentEvent::MemberId).eq(member))
            .take();
        for row in self.transaction.query_all(&ask).await? {
            let (provider, customer): (String, String) =
                (row.try_get("", "provider")?, row.try_get("", "customer")?);
            self.blank(&provider, &customer).await?;
        }
        Ok(())
    }

    async fn sessions_of(&self, member: Uuid) -> Result<Vec<Uuid>, StoreError> {
        let ask = Query::select()
            .column(Session::Id)
            .from(Session::Table)
            .and_where(Expr::col(Session::MemberId).eq(member))
            .take();
        let rows = self.transaction.query_all(&ask).await?;
        rows.iter().map(|cells| Ok(Row::new(cells, "session", "id")?.id)).collect()
    }
}
