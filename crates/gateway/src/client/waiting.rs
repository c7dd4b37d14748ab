//! Clients that wait for something to happen: how many there may be, and when they all are sent home.

use crate::error::Problem;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch::Sender;
use tokio::sync::{Semaphore, SemaphorePermit};
use uuid::Uuid;

/// How many requests wait at the same time.
const MOST: usize = 2_000;

/// How many of them are one client's.
const MOST_OF_ONE: u32 = 4;

/// When whoever finds no room should try again.
const RETRY: Duration = Duration::from_secs(5);

/// The requests that wait.
pub struct Waiting {
    room: Semaphore,
    each: Mutex<HashMap<Uuid, u32>>,
    closed: Sender<bool>,
}

/// A request that waits. Its room is free again when this is dropped.
pub struct Seat<'w> {
    waiting: &'w Waiting,
    who: Uuid,
    _permit: SemaphorePermit<'w>,
}

impl Default for Waiting {
    fn default() -> Self {
        Self { room: Semaphore::new(MOST), each: Mutex::default(), closed: Sender::new(false) }
    }
}

impl Waiting {
    /// Takes room for a request of this client.
    ///
    /// # Errors
    /// 429 when the client has as many waiting as it may, or there is no room at all.
    pub fn enter(&self, who: Uuid) -> Result<Seat<'_>, Problem> {
        let full = || Problem::rate_limited("requests that wait", RETRY);
        let permit = self.room.try_acquire().map_err(|_| full())?;
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        let own = each.entry(who).or_default();
        if *own >= MOST_OF_ONE {
            return Err(full());
        }
        *own += 1;
        Ok(Seat { waiting: self, who, _permit: permit })
    }

    /// Ends all waiting, now and from now on: the server is about to stop.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    /// Ends when all waiting does.
    pub async fn closed(&self) {
        // The sender lives as long as we do, so this fails never.
        let _ = self.closed.subscribe().wait_for(|closed| *closed).await;
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut each = self.waiting.each.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = each.get_mut(&self.who) {
            *own -= 1;
            if *own == 0 {
                each.remove(&self.who);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn room_is_bounded_for_each_and_free_again() {
        let waiting = Waiting::default();
        let who = Uuid::from_u128(1);
        let mut seats: Vec<_> = (0..MOST_OF_ONE).map(|_| waiting.enter(who).expect("room")).collect();
        assert!(waiting.enter(who).is_err(), "one more than its own");
        assert!(waiting.enter(Uuid::from_u128(2)).is_ok(), "another's");
        seats.pop();
        assert!(waiting.enter(who).is_ok());
        drop(seats);
        assert!(waiting.each.lock().expect("a lock").is_empty(), "nothing is kept of who went");
        let all: Vec<_> = (0..MOST as u128 / 4)
            .flat_map(|who| (0..4).map(move |_| who))
            .map(|who| waiting.enter(Uuid::from_u128(who)).expect("room"))
            .collect();
        assert!(waiting.enter(Uuid::from_u128(u128::MAX)).is_err(), "no room at all");
        drop(all);
        waiting.close();
        waiting.closed().await;
    }
}
