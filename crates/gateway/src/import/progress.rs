//! How far an import has come.

use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Mutex;

/// One part of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Reading the file through; counted in bytes.
    Reading,
    /// Converting and checking every article; counted in articles.
    Checking,
    /// Writing; counted in articles.
    Writing,
}

/// Is told how far an import has come. It may be told from several threads.
pub trait Progress: Send + Sync {
    /// A step begins, of this length.
    fn begin(&self, step: Step, length: u64);

    /// So much more of the step is done.
    fn advance(&self, by: u64);

    /// The step has come to its end, or the import has stopped in it.
    fn end(&self);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: Step, _: u64) {}
    fn advance(&self, _: u64) {}
    fn end(&self) {}
}

/// Draws a bar on the terminal, on standard error; nothing when that is no terminal.
#[derive(Debug, Default)]
pub struct Bar(Mutex<Option<ProgressBar>>);

impl Bar {
    fn with(&self, change: impl FnOnce(&mut Option<ProgressBar>)) {
        if let Ok(mut bar) = self.0.lock() {
            change(&mut bar);
        }
    }
}

impl Progress for Bar {
    fn begin(&self, step: Step, length: u64) {
        let (name, count) = match step {
            Step::Reading => ("reading", "{bytes}/{total_bytes}"),
            Step::Checking => ("checking", "{pos}/{len} articles, {per_sec}"),
            Step::Writing => ("writing", "{pos}/{len} articles, {per_sec}, {eta} left"),
        };
        let bar = ProgressBar::new(length);
        let template = format!("{name:>9} [{{wide_bar}}] {count}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style.progress_chars("=> "));
        }
        self.with(|current| *current = Some(bar));
    }

    fn advance(&self, by: u64) {
        self.with(|current| {
            if let Some(bar) = current {
                bar.inc(by);
            }
        });
    }

    fn end(&self) {
        self.with(|current| {
            if let Some(bar) = current.take() {
                bar.finish_and_clear();
            }
        });
    }
}
