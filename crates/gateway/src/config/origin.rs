//! Where each setting came from, for whoever asks why the server does what it does.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use toml::{Table, Value};

/// Where a setting came from, when it is no default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The file with the settings.
    File(PathBuf),
    /// A variable of the environment.
    Variable(String),
    /// A flag.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(formatter, "{}", path.display()),
            Self::Variable(name) => formatter.write_str(name),
            Self::Flag(name) => formatter.write_str(name),
        }
    }
}

/// The widest line that the others are made as wide as.
const WIDEST: usize = 60;

/// The origins of all settings that are no defaults, by name: `site.url`.
#[derive(Clone, Debug, Default)]
pub struct Origins(BTreeMap<String, Origin>);

impl Origins {
    /// Notes that what stands at `path` and below it has come from `origin`, and forgets settings that are gone:
    /// a table may have taken the place of another.
    pub(super) fn set(&mut self, settings: &Table, path: &[String], origin: &Origin) {
        let path = path.join(".");
        let names: Vec<_> = leaves(settings).into_iter().map(|(name, _)| name).collect();
        self.0.retain(|name, _| names.contains(name));
        for name in names {
            let below = name.strip_prefix(&path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            if path.is_empty() || below {
                self.0.insert(name, origin.clone());
            }
        }
    }

    /// Notes the origin of one setting.
    pub(super) fn set_one(&mut self, name: &str, origin: Origin) {
        self.0.insert(name.to_owned(), origin);
    }

    /// The settings, one a line, each with its origin.
    pub(super) fn annotate(&self, settings: &Table) -> String {
        let leaves = leaves(settings);
        let lines = leaves.iter().map(|(name, value)| (format!("{name} = {value}"), self.0.get(name)));
        let lines: Vec<_> = lines.collect();
        let widths = lines.iter().map(|(line, _)| line.chars().count());
        let width = widths.filter(|width| *width <= WIDEST).max().unwrap_or_default();
        let written = lines.iter().map(|(line, origin)| {
            let origin = origin.map_or_else(|| "default".to_owned(), Origin::to_string);
            format!("{line:<width$} # {origin}\n")
        });
        written.collect()
    }
}

/// Every setting by its name with dots. Those that stand in no table come first.
fn leaves(settings: &Table) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    let (tables, values): (Vec<_>, Vec<_>) = settings.iter().partition(|(_, value)| value.is_table());
    found.extend(values.into_iter().map(|(name, value)| (name.clone(), value)));
    for (name, table) in tables {
        let below = table.as_table().map(leaves).unwrap_or_default();
        found.extend(below.into_iter().map(|(inner, value)| (format!("{name}.{inner}"), value)));
    }
    found
}
