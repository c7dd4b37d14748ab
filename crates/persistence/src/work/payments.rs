//! Keeping what payment providers report.

use super::Work;
use crate::error::StoreError;
use crate::record::reference_of;
use crate::schema::{PaymentDelivery, PaymentEvent as Column, Record as Known};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::GiftSubscriptionId;
use masthead_domain::member::{Email, Subscription};
use masthead_domain::payment::{Event, Report};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Cond, Expr, ExprTrait, OnConflict, Order, Query, SelectStatement, UpdateStatement};
use std::collections::HashMap;
use uuid::Uuid;

/// One delivery of a payment provider, and what was understood of it.
#[derive(Clone, Debug)]
pub struct PaymentNotice {
    /// The provider, such as `stripe`.
    pub provider: String,
    /// The provider's name for the event.
    pub id: String,
    /// The provider's name for the customer; `None` for what names a payment alone, such as a dispute.
    pub customer: Option<String>,
    /// When it happened, as the provider says.
    pub at: Timestamp,
    /// The provider's name for this kind of event.
    pub kind: String,
    /// What it says about what members have; `None` when it says nothing of that.
    pub report: Option<Report>,
    /// Whom it names by their address.
    pub email: Option<Email>,
    /// What came, byte for byte.
    pub raw: String,
}

/// For how many seconds what came is kept: 400 days, longer than anything that a bank or a yearly subscription may ask about.
const RAW_KEPT: i64 = 400 * 24 * 3_600;

/// How many old deliveries are forgotten in passing.
const FORGOTTEN_AT_ONCE: u64 = 200;

/// How many events of one customer, or of one gift, are folded. A monthly subscription makes some forty a year.
const MOST_FOLDED: usize = 10_000;

impl Work {
    /// Keeps a delivery, its raw text for 400 days. One that came before is kept once. What came
    /// without a customer is kept as far as it is understood, since nobody could find it when its person is erased. Of a
    /// customer who was forgotten nothing is kept but what names no person: what was paid, and what went back.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is corrupt.
    pub async fn keep_notice(&mut self, notice: &PaymentNotice) -> Result<(), StoreError> {
        self.enter()?;
        let customer = notice.customer.as_deref().unwrap_or_default();
        let is_forgotten = self.is_forgotten(&notice.provider, customer).await?;
        if !customer.is_empty() && !is_forgotten {
            self.keep_raw(notice, customer).await?;
        }
        let Some(understood) = &notice.report else {
            self.whole = true;
            return Ok(());
        };
        let report = Some(understood).filter(|report| !is_forgotten || is_of_nobody(report));
        let member = match report {
            Some(Report::Checkout { member }) => Some(member.uuid()),
            _ => None,
        };
        let reference = report.and_then(Report::payment).map(str::to_owned);
        let gift = report.and_then(Report::gift_subscription).map(|gift| gift.uuid());
        let report = report.map(serde_json::to_string).transpose();
        let report = report.map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        let insert = Query::insert()
            .into_table(Column::Table)
            .columns([
                Column::Provider,
                Column::EventId,
                Column::Customer,
                Column::MemberId,
                Column::Reference,
                Column::GiftSubscriptionId,
                Column::At,
                Column::ReceivedAt,
                Column::Kind,
                Column::Report,
                Column::Forgotten,
            ])
            .values_panic([
                Expr::val(notice.provider.as_str()),
                Expr::val(notice.id.as_str()),
                Expr::val(customer),
                Expr::val(member),
                Expr::val(reference),
                Expr::val(gift),
                Expr::val(notice.at.micros()),
                Expr::val(self.now.micros()),
                Expr::val(notice.kind.as_str()),
                Expr::val(report),
                Expr::val(is_forgotten),
            ])
            .on_conflict(OnConflict::columns([Column::Provider, Column::EventId]).do_nothing().to_owned())
            .take();
        self.transaction.execute(&insert).await?;
        self.whole = true;
        Ok(())
    }

    /// Forgets some of what came more than 400 days ago.
    pub(super) async fn forget_deliveries(&self) -> Result<(), StoreError> {
        type Delivery = PaymentDelivery;
        let old = Query::select()
            .columns([Delivery::Provider, Delivery::EventId])
            .from(Delivery::Table)
            .and_where(Expr::col(Delivery::ReceivedAt).lt(self.now.plus_seconds(-RAW_KEPT).micros()))
            .order_by(Delivery::ReceivedAt, Order::Asc)
            .limit(FORGOTTEN_AT_ONCE)
            .take();
        let names = Expr::tuple([Expr::col(Delivery::Provider), Expr::col(Delivery::EventId)]);
        let forget = Query::delete().from_table(Delivery::Table).and_where(names.in_subquery(old)).take();
        self.transaction.execute(&forget).await?;
        Ok(())
    }

    async fn keep_raw(&self, notice: &PaymentNotice, customer: &str) -> Result<(), StoreError> {
        type Delivery = PaymentDelivery;
        let keep = Query::insert()
            .into_table(Delivery::Table)
            .columns([
                Delivery::Provider,
                Delivery::EventId,
                Delivery::Customer,
                Delivery::Email,
                Delivery::ReceivedAt,
                Delivery::Raw,
            ])
            .values_panic([
                Expr::val(notice.provider.as_str()),
                Expr::val(notice.id.as_str()),
                Expr::val(customer),
                Expr::val(notice.email.as_ref().map(Email::as_str)),
                Expr::val(self.now.micros()),
                Expr::val(notice.raw.as_str()),
            ])
            .on_conflict(OnConflict::columns([Delivery::Provider, Delivery::EventId]).do_nothing().to_owned())
            .take();
        self.transaction.execute(&keep).await?;
        Ok(())
    }

    /// The same subscriptions, each with the id that it has here already. A provider may correct when one began, and its id has
    /// been told by then.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is corrupt.
    pub async fn with_known_ids(
        &mut self,
        subscriptions: Vec<Subscription>,
    ) -> Result<Vec<Subscription>, StoreError> {
        if subscriptions.is_empty() {
            return Ok(subscriptions);
        }
        let references = subscriptions.iter().filter_map(reference_of);
        let theirs = Expr::col(Known::ProviderReference).is_in(references);
        let known = self.found::<Subscription>(theirs, MOST_FOLDED as u64).await?;
        let ids: HashMap<_, _> = known.iter().map(|one| (&one.origin, one.id)).collect();
        let with_id =
            |one: Subscription| Subscription { id: *ids.get(&one.origin).unwrap_or(&one.id), ..one };
        Ok(subscriptions.into_iter().map(with_id).collect())
    }

    /// Who made a payment, as far as anything that came says so.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn customer_of_payment(
        &self,
        provider: &str,
        payment: &str,
    ) -> Result<Option<String>, StoreError> {
        let ask = Query::select()
            .column(Column::Customer)
            .from(Column::Table)
            .and_where(Expr::col(Column::Provider).eq(provider))
            .and_where(Expr::col(Column::Reference).eq(payment))
            .and_where(Expr::col(Column::Customer).ne(""))
            .limit(1)
            .take();
        let row = self.transaction.query_one(&ask).await?;
        Ok(row.map(|row| row.try_get("", "customer")).transpose()?)
    }

    /// Forgets who a customer is. What was paid and what went back stays, without a name: the books are to be right, and
    /// somebody else may have a gift that a refund must end.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is corrupt.
    pub async fn forget_customer(&mut self, provider: &str, customer: &str) -> Result<(), StoreError> {
        self.enter()?;
        self.blank(provider, customer).await?;
        self.whole = true;
        Ok(())
    }

    /// The same, as a part of something.
    pub(super) async fn blank(&self, provider: &str, customer: &str) -> Result<(), StoreError> {
        let events = self.events_of_customer(provider, customer).await?;
        let kept = events.into_iter().filter(|event| is_of_nobody(&event.report)).map(|event| event.id);
        let of_customer = |update: &mut UpdateStatement| {
            update
                .table(Column::Table)
                .and_where(Expr::col(Column::Provider).eq(provider))
                .and_where(Expr::col(Column::Customer).eq(customer))
                .take()
        };
        let strip = of_customer(
            Query::update().value(Column::Forgotten, true).value(Column::MemberId, Option::<Uuid>::None),
        );
        self.transaction.execute(&strip).await?;
        let deliveries = Query::delete()
            .from_table(PaymentDelivery::Table)
            .and_where(Expr::col(PaymentDelivery::Provider).eq(provider))
            .and_where(Expr::col(PaymentDelivery::Customer).eq(customer))
            .take();
        self.transaction.execute(&deliveries).await?;
        let mut silence = of_customer(
            Query::update()
                .value(Column::Report, Option::<String>::None)
                .value(Column::Reference, Option::<String>::None),
        );
        silence.and_where(Expr::col(Column::EventId).is_not_in(kept));
        self.transaction.execute(&silence).await?;
        Ok(())
    }

    /// Whether a customer was forgotten.
    async fn is_forgotten(&self, provider: &str, customer: &str) -> Result<bool, StoreError> {
        if customer.is_empty() {
            return Ok(false);
        }
        let ask = Query::select()
            .column(Column::EventId)
            .from(Column::Table)
            .and_where(Expr::col(Column::Provider).eq(provider))
            .and_where(Expr::col(Column::Customer).eq(customer))
            .and_where(Expr::col(Column::Forgotten).eq(true))
            .limit(1)
            .take();
        Ok(self.transaction.query_one(&ask).await?.is_some())
    }

    /// All that is known of a customer, as this unit of work sees it: what names them, and what names a payment of theirs.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] when there is more than can be folded; [`StoreError`] when the database fails or a
    /// row is corrupt.
    pub async fn events_of_customer(&self, provider: &str, customer: &str) -> Result<Vec<Event>, StoreError> {
        let theirs = Query::select()
            .column(Column::Reference)
            .from(Column::Table)
            .and_where(Expr::col(Column::Provider).eq(provider))
            .and_where(Expr::col(Column::Customer).eq(customer))
            .and_where(Expr::col(Column::Reference).is_not_null())
            .take();
        let ask = Query::select()
            .columns([Column::EventId, Column::At, Column::Report])
            .from(Column::Table)
            .and_where(Expr::col(Column::Provider).eq(provider))
            .cond_where(Cond::any().add(Expr::col(Column::Customer).eq(customer)).add(
                Expr::col(Column::Customer).eq("").and(Expr::col(Column::Reference).in_subquery(theirs)),
            ))
            .take();
        self.events(ask).await
    }

    /// The gift subscriptions that a payment pays for: one, unless the provider contradicts itself.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is corrupt.
    pub async fn gift_subscriptions_of_payment(
        &self,
        provider: &str,
        payment: &str,
    ) -> Result<Vec<GiftSubscriptionId>, StoreError> {
        let ask = Query::select()
            .distinct()
            .column(Column::GiftSubscriptionId)
            .from(Column::Table)
            .and_where(Expr::col(Column::Provider).eq(provider))
            .and_where(Expr::col(Column::Reference).eq(payment))
            .and_where(Expr::col(Column::GiftSubscriptionId).is_not_null())
            .limit(MOST_FOLDED as u64)
            .take();
        let rows = self.transaction.query_all(&ask).await?;
        rows.iter()
            .map(|row| Ok(GiftSubscriptionId::from_uuid(row.try_get("", "gift_subscription_id")?)))
            .collect()
    }

    /// All that is known of the payments for a gift subscription, whoever made them, as this unit of work sees it.
    ///
    /// # Errors
    /// As [`events_of_customer`](Self::events_of_customer).
    pub async fn events_of_gift_subscription(
        &self,
        provider: &str,
        gift: GiftSubscriptionId,
    ) -> Result<Vec<Event>, StoreError> {
        let payments = Query::select()
            .column(Column::Reference)
            .from(Column::Table)
            .and_where(Expr::col(Column::Provider).eq(provider))
            .and_where(Expr::col(Column::GiftSubscriptionId).eq(gift.uuid()))
            .take();
        let ask = Query::select()
            .columns([Column::EventId, Column::At, Column::Report])
            .from(Column::Table)
            .and_where(Expr::col(Column::Provider).eq(provider))
            .and_where(Expr::col(Column::Reference).in_subquery(payments))
            .take();
        self.events(ask).await
    }

    /// The events that are asked for, as far as they say anything.
    async fn events(&self, mut ask: SelectStatement) -> Result<Vec<Event>, StoreError> {
        ask.and_where(Expr::col(Column::Report).is_not_null())
            .order_by(Column::At, Order::Asc)
            .limit(MOST_FOLDED as u64 + 1);
        let rows = self.transaction.query_all(&ask).await?;
        if rows.len() > MOST_FOLDED {
            return Err(StoreError::TooMany { what: "events that are folded", limit: MOST_FOLDED });
        }
        let corrupt = |column, fault: String| StoreError::Corrupt {
            table: "payment_event",
            column,
            id: Uuid::nil(),
            fault,
        };
        let event = |row: &sea_orm::QueryResult| {
            let at: i64 = row.try_get("", "at")?;
            let report: String = row.try_get("", "report")?;
            Ok(Event {
                id: row.try_get("", "event_id")?,
                at: Timestamp::try_from(at).map_err(|error| corrupt("at", error.to_string()))?,
                report: serde_json::from_str(&report)
                    .map_err(|error| corrupt("report", format!("column {}", error.column())))?,
            })
        };
        rows.iter().map(event).collect()
    }
}

/// Whether a report is still needed when its customer is forgotten. It names a payment and a gift, and no person.
fn is_of_nobody(report: &Report) -> bool {
    report.payment().is_some()
}
