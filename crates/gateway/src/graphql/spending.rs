//! What answering one request uses up: rows, bytes, and the time of the worker.

use super::guard::Limits;
use crate::error::{Code, Problem};
use crate::operation::{Budget, Delivering};
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo};
use async_graphql::{ServerError, ServerResult, Value, async_trait};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use tokio::sync::Semaphore;

/// How much work is done before other requests on the worker have their turn; a plain field is one.
const SLICE: u32 = 1_000;

/// The work of rendering a body.
const BODY_WORK: u32 = 250;

/// What one request may use up, and what it has used up.
pub struct Spending {
    rows: Arc<Budget>,
    delivering: Arc<Delivering>,
    most_bytes: u64,
    bytes: AtomicU64,
    work: AtomicU32,
    turn: Semaphore,
}

impl Spending {
    /// Nothing is used up yet.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            rows: Arc::new(Budget::new(limits.rows)),
            delivering: Arc::default(),
            most_bytes: limits.answer_bytes,
            bytes: AtomicU64::new(0),
            work: AtomicU32::new(0),
            turn: Semaphore::new(1),
        }
    }

    pub(super) fn rows(&self) -> Arc<Budget> {
        Arc::clone(&self.rows)
    }

    /// What goes out to a partner with the answer.
    pub(super) fn delivering(&self) -> Arc<Delivering> {
        Arc::clone(&self.delivering)
    }

    /// Notes rows of a list that cannot fail by itself: the next field that is measured fails instead.
    pub(super) fn charge_rows(&self, rows: usize) {
        let _ = self.rows.charge(rows);
    }

    /// # Errors
    /// A problem when the rows or the bytes are used up. The request gets no data then.
    pub fn check(&self) -> Result<(), Problem> {
        self.rows.check()?;
        if self.bytes.load(Ordering::Relaxed) <= self.most_bytes {
            return Ok(());
        }
        let most = self.most_bytes;
        let detail = format!("The answer would have more than {most} bytes; ask for less at once.");
        Err(Problem::new(Code::QueryTooComplex, detail))
    }

    fn charge_bytes(&self, bytes: u64) -> Result<(), Problem> {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.check()
    }

    /// Waits for its turn to render a body.
    pub(super) async fn body(&self) {
        self.step(BODY_WORK).await;
    }

    /// The executor goes on with all fields at once, in one poll of its task. So a field that finds the slice
    /// used up does not only yield, it holds up the others too until the task is polled again.
    async fn step(&self, work: u32) {
        let is_used_up = || self.work.load(Ordering::Relaxed).saturating_add(work) > SLICE;
        if is_used_up() {
            // It is never closed.
            let Ok(_turn) = self.turn.acquire().await else { return };
            if is_used_up() {
                tokio::task::yield_now().await;
                self.work.store(0, Ordering::Relaxed);
            }
            self.work.fetch_add(work, Ordering::Relaxed);
        } else {
            self.work.fetch_add(work, Ordering::Relaxed);
        }
    }
}

/// Measures every field as it is resolved. Needs the request's [`Spending`] in its data.
pub(super) struct Meter;

impl ExtensionFactory for Meter {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for Meter {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let Some(spending) = ctx.data_opt::<Arc<Spending>>() else { return next.run(ctx, info).await };
        let key = info.alias.unwrap_or(info.name).len() as u64;
        let is_leaf = info.field.selection_set.node.items.is_empty();
        let is_list = info.return_type.starts_with('[');
        if is_leaf {
            spending.step(1).await;
        }
        let value = next.run(ctx, info).await?;
        // The entries of a list come here one by one.
        let inside = value.as_ref().filter(|_| is_leaf && !is_list).map_or(0, bytes);
        let charged = spending.charge_bytes(key.saturating_add(4).saturating_add(inside));
        charged.map_err(|problem| ServerError::new(problem.detail(), None))?;
        Ok(value)
    }
}

/// About how many bytes a value has as JSON.
fn bytes(value: &Value) -> u64 {
    match value {
        Value::Null | Value::Boolean(_) | Value::Number(_) => 4,
        Value::String(text) => text.len() as u64 + 2,
        Value::Enum(name) => name.len() as u64 + 2,
        Value::Binary(bytes) => bytes.len() as u64,
        Value::List(list) => list.iter().map(|value| bytes(value) + 1).sum::<u64>() + 2,
        Value::Object(object) => {
            object.iter().map(|(name, value)| name.len() as u64 + 4 + bytes(value)).sum::<u64>() + 2
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;

    /// However many fields are resolved at once, none of the polls of their task does more than a slice.
    #[actix_web::test]
    async fn a_slice_of_work_is_done_at_once() {
        let spending = Spending::new(&Limits::default());
        let done = AtomicU32::new(0);
        let body = async || {
            spending.body().await;
            done.fetch_add(BODY_WORK, Ordering::Relaxed);
        };
        let mut all = std::pin::pin!(join_all((0..200).map(|_| body())));
        let (mut polls, mut before) = (0, 0);
        let most = std::future::poll_fn(|context| {
            let polled = all.as_mut().poll(context);
            let now = done.load(Ordering::Relaxed);
            assert!(now - before <= 2 * SLICE, "{} at once", now - before);
            (polls, before) = (polls + 1, now);
            polled.map(|_| polls)
        })
        .await;
        assert_eq!(done.load(Ordering::Relaxed), 200 * BODY_WORK);
        assert!(most >= 200 * BODY_WORK / SLICE / 2, "{most} polls");
    }

    #[test]
    fn bytes_are_counted_to_the_last() {
        let spending = Spending::new(&Limits { answer_bytes: 10, ..Limits::default() });
        assert!(spending.charge_bytes(10).is_ok());
        assert!(spending.check().is_ok());
        assert!(spending.charge_bytes(1).is_err());
        assert_eq!(spending.check().map_err(|problem| problem.code()), Err(Code::QueryTooComplex));
    }

    #[test]
    fn a_value_is_measured_about_as_json_writes_it() {
        for json in [
            serde_json::json!("text"),
            serde_json::json!([{"_type": "block", "children": [{"text": "x".repeat(500)}]}, null]),
        ] {
            let written = json.to_string().len() as u64;
            let measured = bytes(&Value::from_json(json).expect("a value"));
            assert!(measured.abs_diff(written) <= 8, "{measured} for {written}");
        }
    }
}
