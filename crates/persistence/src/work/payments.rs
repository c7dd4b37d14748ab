//! Keeping what payment providers report.

use super::Work;
use crate::error::StoreError;
use crate::schema::PaymentEvent as Column;
use masthead_domain::clock::Timestamp;
use masthead_domain::payment::{Event, Report};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Order, Query};
use uuid::Uuid;

/// One delivery of a payment provider, as it came.
#[derive(Clone, Debug)]
pub struct PaymentNotice {
    /// The provider, such as `stripe`.
    pub provider: String,
    /// The provider's name for the event.
    pub id: String,
    /// The provider's name for the customer.
    pub customer: String,
    /// When it happened, as the provider says.
    pub at: Timestamp,
    /// The provider's name for this kind of event.
    pub kind: String,
    /// What we understood of it; `None` when it says nothing about what members have.
    pub report: Option<Report>,
    /// What came, byte for byte.
    pub raw: String,
}

/// How many events of one customer are folded. A monthly subscription makes some forty a year.
const MOST_OF_ONE_CUSTOMER: usize = 10_000;

impl Work {
    /// Keeps a delivery. One that came before is kept once.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn keep_notice(&mut self, notice: &PaymentNotice) -> Result<(), StoreError> {
        self.enter()?;
        let report = notice.report.as_ref().map(serde_json::to_string).transpose();
        let report = report.map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        let member = match &notice.report {
            Some(Report::Checkout { member }) => Some(member.uuid()),
            _ => None,
        };
        let insert = Query::insert()
            .into_table(Column::Table)
            .columns([
                Column::Provider,
                Column::EventId,
                Column::Customer,
                Column::MemberId,
                Column::At,
                Column::ReceivedAt,
                Column::Kind,
                Column::Report,
                Column::Raw,
            ])
            .values_panic([
                Expr::val(notice.provider.as_str()),
                Expr::val(notice.id.as_str()),
                Expr::val(notice.customer.as_str()),
                Expr::val(member),
                Expr::val(notice.at.micros()),
                Expr::val(self.now.micros()),
                Expr::val(notice.kind.as_str()),
                Expr::val(report),
                Expr::val(notice.raw.as_str()),
            ])
            .on_conflict(OnConflict::columns([Column::Provider, Column::EventId]).do_nothing().to_owned())
            .take();
        self.transaction.execute(&insert).await?;
        self.whole = true;
        Ok(())
    }

    /// All that is known of a customer, as this unit of work sees it.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] when there is more than can be folded; [`StoreError`] when the database fails or a
    /// row is corrupt.
    pub async fn events_of_customer(&self, provider: &str, customer: &str) -> Result<Vec<Event>, StoreError> {
        let ask = Query::select()
            .columns([Column::EventId, Column::At, Column::Report])
            .from(Column::Table)
            .and_where(Expr::col(Column::Provider).eq(provider))
            .and_where(Expr::col(Column::Customer).eq(customer))
            .and_where(Expr::col(Column::Report).is_not_null())
            .order_by(Column::At, Order::Asc)
            .limit(MOST_OF_ONE_CUSTOMER as u64 + 1)
            .take();
        let rows = self.transaction.query_all(&ask).await?;
        if rows.len() > MOST_OF_ONE_CUSTOMER {
            return Err(StoreError::TooMany { what: "events of one customer", limit: MOST_OF_ONE_CUSTOMER });
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
