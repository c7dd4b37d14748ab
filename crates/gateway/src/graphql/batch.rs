//! Reads that several fields of one answer need are done together.

use crate::error::Problem;
use std::sync::{Mutex, PoisonError};
use tokio::sync::oneshot;

/// Collects what the fields of one answer ask for, and asks for all of it at once.
///
/// The executor polls all fields of a level before it waits for any. So a field puts its key down, lets the
/// others go first, and the one that comes back first reads for all. A batch belongs to one request and so
/// to one viewer; nothing in it is ever seen by another.
pub(super) struct Batch<K, V> {
    waiting: Mutex<Vec<Waiting<K, V>>>,
}

struct Waiting<K, V> {
    key: K,
    answer: oneshot::Sender<Result<V, Problem>>,
}

impl<K, V> Default for Batch<K, V> {
    fn default() -> Self {
        Self { waiting: Mutex::default() }
    }
}

impl<K: Clone + PartialEq, V: Clone> Batch<K, V> {
    /// What belongs to `key`. `read` gets different keys and gives one value for each, in their order.
    pub(super) async fn load<R>(&self, key: K, read: impl FnOnce(Vec<K>) -> R) -> Result<V, Problem>
    where
        R: Future<Output = Result<Vec<V>, Problem>>,
    {
        let (answer, mine) = oneshot::channel();
        self.lock().push(Waiting { key, answer });
        tokio::task::yield_now().await;
        let all = std::mem::take(&mut *self.lock());
        if !all.is_empty() {
            let mut keys: Vec<K> = Vec::with_capacity(all.len());
            for waiting in &all {
                if !keys.contains(&waiting.key) {
                    keys.push(waiting.key.clone());
                }
            }
            let read = read(keys.clone()).await;
            for waiting in all {
                let value = read.as_ref().map_err(Problem::clone).and_then(|values| {
                    let place = keys.iter().position(|key| *key == waiting.key);
                    place.and_then(|place| values.get(place)).cloned().ok_or_else(Problem::internal)
                });
                // A field that no longer waits does not need its answer.
                let _ = waiting.answer.send(value);
            }
        }
        mine.await.unwrap_or_else(|_| Err(Problem::internal()))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Waiting<K, V>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[actix_web::test]
    async fn what_is_asked_for_together_is_read_once() {
        let batch = Batch::<u32, u32>::default();
        let reads = AtomicUsize::new(0);
        let load = |key| {
            batch.load(key, async |keys: Vec<u32>| {
                reads.fetch_add(1, Ordering::Relaxed);
                Ok(keys.into_iter().map(|key| key * 2).collect())
            })
        };
        let values = join_all([1, 2, 3, 2].map(load)).await;
        assert_eq!(values, [Ok(2), Ok(4), Ok(6), Ok(4)]);
        assert_eq!(reads.load(Ordering::Relaxed), 1);
        assert_eq!(load(9).await, Ok(18));
        assert_eq!(reads.load(Ordering::Relaxed), 2);
    }

    #[actix_web::test]
    async fn a_failure_reaches_everybody() {
        let batch = Batch::<u32, u32>::default();
        let load = |key| batch.load(key, async |_| Err(Problem::unavailable()));
        assert!(join_all([1, 2].map(load)).await.iter().all(|value| *value == Err(Problem::unavailable())));
        assert_eq!(
            batch.load(1, async |_| Ok(Vec::new())).await,
            Err(Problem::internal()),
            "a value is missing"
        );
    }
}
