//! Log lines on their way out: gathered in memory and written by a thread of their own, so that no request waits for
//! whoever reads the log.

use crate::config::LogFormat;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tracing_subscriber::fmt::MakeWriter;

/// How many bytes wait, at most. What comes beyond them is lost, and counted.
const MOST: usize = 4 * 1024 * 1024;

/// How long lines are gathered before they are written together.
const GATHERED: Duration = Duration::from_millis(20);

/// How long the last lines may take.
const LAST: Duration = Duration::from_secs(1);

/// Where log lines go. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Lines(Option<Arc<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    lines: Mutex<Gathered>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Gathered {
    text: Vec<u8>,
    lost: u64,
    is_closed: bool,
    is_written: bool,
}

/// Writes what still waits when it is dropped.
#[derive(Debug)]
pub struct LinesGuard {
    waiting: Arc<Waiting>,
}

impl Lines {
    /// Lines that go nowhere.
    #[must_use]
    pub const fn nowhere() -> Self {
        Self(None)
    }

    /// Lines that are written to `out`, until the guard is dropped.
    ///
    /// # Errors
    /// What the system says when there can be no thread.
    pub fn to(out: impl Write + Send + 'static, format: LogFormat) -> io::Result<(Self, LinesGuard)> {
        let waiting = Arc::new(Waiting::default());
        let writing = Arc::clone(&waiting);
        std::thread::Builder::new().name("log".to_owned()).spawn(move || writing.write_to(out, format))?;
        let guard = LinesGuard { waiting: Arc::clone(&waiting) };
        Ok((Self(Some(waiting)), guard))
    }

    /// Adds a line, which `write` appends whole.
    pub(super) fn add(&self, write: impl FnOnce(&mut Vec<u8>)) {
        let Some(waiting) = &self.0 else { return };
        let mut gathered = waiting.lock();
        if gathered.text.len() >= MOST {
            gathered.lost += 1;
            return;
        }
        let is_first = gathered.text.is_empty();
        write(&mut gathered.text);
        drop(gathered);
        if is_first {
            waiting.changed.notify_one();
        }
    }
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, Gathered> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_to(&self, mut out: impl Write, format: LogFormat) {
        let mut text = Vec::new();
        loop {
            let mut gathered = self.lock();
            while gathered.text.is_empty() && !gathered.is_closed {
                gathered = self.changed.wait(gathered).unwrap_or_else(PoisonError::into_inner);
            }
            if !gathered.is_closed {
                // The guard may be dropped meanwhile, which ends the wait.
                let more = self.changed.wait_timeout(gathered, GATHERED);
                gathered = more.unwrap_or_else(PoisonError::into_inner).0;
            }
            text.clear();
            std::mem::swap(&mut text, &mut gathered.text);
            let (lost, is_closed) = (std::mem::take(&mut gathered.lost), gathered.is_closed);
            drop(gathered);
            // Where nobody reads the log any more, nobody can be told.
            let _ = out.write_all(&text);
            if lost > 0 {
                let _ = match format {
                    LogFormat::Text => {
                        writeln!(out, "{lost} log lines were lost: nobody read them fast enough")
                    }
                    LogFormat::Json => writeln!(out, r#"{{"level":"WARN","lost":{lost}}}"#),
                };
            }
            let _ = out.flush();
            if is_closed {
                self.lock().is_written = true;
                self.changed.notify_all();
                return;
            }
        }
    }
}

impl Drop for LinesGuard {
    fn drop(&mut self) {
        let mut gathered = self.waiting.lock();
        gathered.is_closed = true;
        self.waiting.changed.notify_all();
        // Whoever reads the log may have stopped to; the process ends all the same.
        let _ = self.waiting.changed.wait_timeout_while(gathered, LAST, |gathered| !gathered.is_written);
    }
}

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.add(|text| text.extend_from_slice(line));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Keeps what is written.
    #[derive(Clone, Default)]
    pub(in crate::logging) struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Kept {
        pub(in crate::logging) fn text(&self) -> String {
            let kept = self.0.lock().expect("kept").clone();
            String::from_utf8(kept).expect("text")
        }
    }

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("kept").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn all_lines_are_written_in_their_order_before_the_guard_is_gone() {
        let kept = Kept::default();
        let (mut lines, guard) = Lines::to(kept.clone(), LogFormat::Text).expect("a thread");
        let expected: String = (0..1_000).map(|number| format!("line {number}\n")).collect();
        for line in expected.split_inclusive('\n') {
            lines.write_all(line.as_bytes()).expect("written");
        }
        drop(guard);
        assert_eq!(kept.text(), expected);
    }

    #[test]
    fn what_is_too_much_is_counted() {
        /// Takes nothing before it is told to.
        struct Stuck(Kept, Arc<Mutex<()>>);

        impl Write for Stuck {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                drop(self.1.lock().expect("free"));
                self.0.write(bytes)
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }

        let (kept, gate) = (Kept::default(), Arc::new(Mutex::new(())));
        let shut = gate.lock().expect("free");
        let (mut lines, guard) =
            Lines::to(Stuck(kept.clone(), Arc::clone(&gate)), LogFormat::Text).expect("a thread");
        let line = vec![b'x'; MOST / 4];
        for _ in 0..20 {
            lines.write_all(&line).expect("written");
        }
        drop(shut);
        drop(guard);
        let text = kept.text();
        let taken = text.bytes().filter(|byte| *byte == b'x').count() / line.len();
        assert!(taken < 20);
        let told: usize =
            text.split("x").last().and_then(|rest| rest.split(' ').next()?.parse().ok()).expect("a number");
        assert_eq!(taken + told, 20, "nothing is lost in silence");
        Lines::nowhere().add(|_| unreachable!("there is nowhere to write to"));
    }
}
