//! Where settings come from.

use super::origin::{Origin, Origins};
use super::{Config, DatabaseUrl};
use serde::de::IntoDeserializer;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Settings given as flags; they win over everything.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--config`
    pub file: Option<PathBuf>,
    /// `--data-dir`
    pub data_dir: Option<PathBuf>,
    /// `--database-url`
    pub database_url: Option<DatabaseUrl>,
    /// `--listen`
    pub listen: Option<SocketAddr>,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file that `--config` names cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is no TOML, or has a key or value that is not known. The message names the line and the key,
    /// and does not repeat the line: it may hold a password.
    #[error("{}: {message}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        message: String,
    },
    /// A variable of the environment names no setting or has no valid value.
    #[error("the environment variable {name}: {message}")]
    Variable {
        /// The variable.
        name: String,
        /// What is wrong. Does not repeat the value.
        message: String,
    },
}

/// The file that is read when `--config` names none and it is there.
const USUAL_FILE: &str = "masthead.toml";

/// What every variable starts with. A dot in a setting's name is written as two underscores.
const PREFIX: &str = "MASTHEAD_";

/// Variables with this prefix belong to the tests.
const TESTS: &str = "MASTHEAD_TEST_";

/// Reads the settings: defaults, then the file, then the environment, then the flags. Says of each that is no
/// default where it came from.
///
/// # Errors
/// [`ConfigError`] names the file or variable that is wrong, and what is wrong with it.
pub fn load(
    flags: &Flags,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<(Config, Origins), ConfigError> {
    let path = flags.file.as_deref().unwrap_or(Path::new(USUAL_FILE));
    let mut settings = file(path, flags.file.is_some())?;
    let mut origins = Origins::default();
    origins.set(&settings, &[], &Origin::File(path.to_owned()));
    let mut variables: Vec<_> = environment.into_iter().collect();
    variables.sort();
    for (name, text) in variables {
        let name = name.to_string_lossy();
        if name.starts_with(PREFIX) && !name.starts_with(TESTS) {
            let not_text =
                || ConfigError::Variable { name: name.to_string(), message: "not UTF-8".to_owned() };
            let path = setting(&name);
            settings = with_variable(settings, &name, &path, text.to_str().ok_or_else(not_text)?)?;
            origins.set(&settings, &path, &Origin::Variable(name.into_owned()));
        }
    }
    let mut config = read(&settings)
        .map_err(|error| ConfigError::File { path: USUAL_FILE.into(), message: error.to_string() })?;
    if let Some(data_dir) = &flags.data_dir {
        config.data_dir.clone_from(data_dir);
        origins.set_one("data_dir", Origin::Flag("--data-dir"));
    }
    if let Some(url) = &flags.database_url {
        config.database_url = Some(url.clone());
        origins.set_one("database_url", Origin::Flag("--database-url"));
    }
    if let Some(listen) = flags.listen {
        config.listen = listen;
        origins.set_one("listen", Origin::Flag("--listen"));
    }
    Ok((config, origins))
}

fn file(path: &Path, is_named: bool) -> Result<Table, ConfigError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if !is_named && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Table::new());
        }
        Err(source) => return Err(ConfigError::Unreadable { path: path.into(), source }),
    };
    let wrong = |message: String| ConfigError::File { path: path.into(), message };
    let document = toml::Deserializer::parse(&text).map_err(|error| wrong(told(&text, "", &error)))?;
    // Reading the text into the settings first gives errors with a line.
    serde_path_to_error::deserialize::<_, Config>(document)
        .map_err(|error| wrong(told(&text, &error.path().to_string(), error.inner())))?;
    toml::from_str(&text).map_err(|error| wrong(told(&text, "", &error)))
}

/// Where in the text the error is, at which key, and what it is.
fn told(text: &str, key: &str, error: &toml::de::Error) -> String {
    let line =
        error.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
    let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
    let key = if key.is_empty() || key == "." { String::new() } else { format!("{key}: ") };
    format!("{line}{key}{}", error.message())
}

fn read(settings: &Table) -> Result<Config, serde_path_to_error::Error<toml::de::Error>> {
    serde_path_to_error::deserialize(Value::Table(settings.clone()).into_deserializer())
}

/// The setting that a variable names, table by table.
fn setting(variable: &str) -> Vec<String> {
    variable[PREFIX.len()..].to_lowercase().split("__").map(str::to_owned).collect()
}

/// Sets one setting. The text is read as TOML where that fits the setting, and as plain text otherwise.
fn with_variable(settings: Table, name: &str, path: &[String], text: &str) -> Result<Table, ConfigError> {
    let set = |value: Value| {
        let mut settings = settings.clone();
        insert(&mut settings, path, value).then_some(settings)
    };
    let as_toml =
        toml::from_str::<Table>(&format!("value = {text}")).ok().and_then(|mut one| one.remove("value"));
    let mut fault = "there is no such setting".to_owned();
    for value in as_toml.into_iter().chain([Value::String(text.to_owned())]) {
        let Some(settings) = set(value) else { continue };
        match read(&settings) {
            Ok(_) => return Ok(settings),
            Err(error) if error.inner().message().starts_with("unknown field") => {}
            Err(error) => fault = misfit(error.inner().message()),
        }
    }
    Err(ConfigError::Variable { name: name.to_owned(), message: fault })
}

/// Why a value does not fit. Repeats what is wanted and not what was given, which may be a secret.
fn misfit(message: &str) -> String {
    let wanted = message.rsplit_once(", expected ").map_or("", |(_, wanted)| wanted);
    match wanted {
        "a sequence" => r#"must be a list, such as ["a", "b"]"#.to_owned(),
        "a boolean" => "must be true or false".to_owned(),
        "" => "the value does not fit the setting".to_owned(),
        wanted if wanted.starts_with("struct ") => "is a table; set what stands in it".to_owned(),
        wanted => format!("the value does not fit the setting; wanted is {wanted}"),
    }
}

fn insert(settings: &mut Table, path: &[String], value: Value) -> bool {
    match path {
        [] => false,
        [last] => {
            settings.insert(last.clone(), value);
            true
        }
        [first, rest @ ..] => {
            let below = settings.entry(first.clone()).or_insert_with(|| Value::Table(Table::new()));
            below.as_table_mut().is_some_and(|below| insert(below, rest, value))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::PerMinute;

    fn in_file(text: &str) -> (tempfile::TempDir, Flags) {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("masthead.toml");
        std::fs::write(&path, text).expect("written");
        (directory, Flags { file: Some(path), ..Flags::default() })
    }

    fn variables(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
        pairs.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect()
    }

    #[test]
    fn flags_win_over_the_environment_and_that_over_the_file() {
        let (_directory, mut flags) = in_file(
            "listen = \"127.0.0.1:1\"\nworkers = 1\n[site]\nname = \"File\"\nurl = \"https://file.example\"",
        );
        let environment = variables(&[
            ("MASTHEAD_LISTEN", "127.0.0.1:2"),
            ("MASTHEAD_SITE__NAME", "Environment"),
            ("MASTHEAD_CORS__ORIGINS", "[\"https://a.example\"]"),
            ("PATH", "/bin"),
            ("MASTHEAD_TEST_POSTGRES", "postgres://x"),
        ]);
        flags.listen = Some("127.0.0.1:3".parse().expect("address"));
        let (config, _) = load(&flags, environment).expect("valid");
        assert_eq!(config.listen.port(), 3);
        assert_eq!(config.site.name, "Environment");
        assert_eq!(config.site.url, "https://file.example");
        assert_eq!(config.workers.map(std::num::NonZeroUsize::get), Some(1));
        assert_eq!(config.web_origins(), ["https://a.example".parse().expect("an origin")]);
    }

    #[test]
    fn each_setting_is_shown_with_its_origin_and_without_secrets() {
        let (_directory, mut flags) = in_file(
            "database_url = \"postgres://desk:s3cret@db.example/paper\"\n\
             [site]\nname = \"File\"\nurl = \"https://file.example\"\n[log]\nformat = \"json\"",
        );
        let environment = variables(&[
            ("MASTHEAD_SITE__NAME", "Environment"),
            // A table as a whole: what the file says of the log is gone.
            ("MASTHEAD_LOG", "{ filter = \"info\" }"),
        ]);
        flags.data_dir = Some("/srv/paper".into());
        let (config, origins) = load(&flags, environment).expect("valid");
        let shown = config.shown(&origins);
        let line = |setting: &str| {
            let found = shown.lines().find(|line| line.starts_with(&format!("{setting} = ")));
            let (value, origin) = found.and_then(|line| line.split_once(" # ")).expect(setting);
            (value.trim_end().to_owned(), origin.to_owned())
        };
        let expect = |setting: &str, value: &str, origin: &str| {
            assert_eq!(line(setting), (format!("{setting} = {value}"), origin.to_owned()), "{shown}");
        };
        let file = flags.file.as_ref().expect("a file").display().to_string();
        expect("site.name", "\"Environment\"", "MASTHEAD_SITE__NAME");
        expect("site.url", "\"https://file.example\"", &file);
        expect("log.filter", "\"info\"", "MASTHEAD_LOG");
        expect("log.format", "\"text\"", "default");
        expect("data_dir", "\"/srv/paper\"", "--data-dir");
        expect("cache.bytes", "268435456", "default");
        expect("database_url", "\"postgres://desk:hidden@db.example/paper\"", &file);
        assert!(!shown.contains("s3cret"), "{shown}");
        assert!(toml::from_str::<Config>(&shown).is_ok(), "what is shown can be read back: {shown}");
    }

    #[test]
    fn an_unknown_key_is_named_with_its_place() {
        let (_directory, flags) = in_file("listen = \"127.0.0.1:1\"\n\n[site]\nnmae = \"x\"\n");
        let error = load(&flags, []).expect_err("unknown").to_string();
        assert!(error.contains("line 4") && error.contains("nmae"), "{error}");
    }

    #[test]
    fn a_wrong_value_is_named_with_its_place() {
        for (text, key) in [
            ("[site]\nname = 1", "site.name"),
            ("\nlisten = \"everywhere\"", "listen"),
            ("\nread_connections = 0", "read_connections"),
            ("\nworkers = 0", "workers"),
            ("[tokens]\nremembered = -1", "tokens.remembered"),
            ("[limits]\nanonymous_per_minute = -1", "limits.anonymous_per_minute"),
            ("[limits]\ncredential_per_minute = 1000001", "limits.credential_per_minute"),
            ("[limits]\nstaff_per_minute = \"many\"", "limits.staff_per_minute"),
            ("[limits]\nexempt_networks = [\"10.0.0.0/8\", \"10.0.0.0/33\"]", "limits.exempt_networks[1]"),
            ("[limits]\ndevices_per_hour = 0", "limits.devices_per_hour"),
            ("[cors]\norigins = [\"*\", \"https://a b\"]", "cors.origins[1]"),
            ("[cors]\norigins = [\"https://a.example/\"]", "cors.origins[0]"),
        ] {
            let (_directory, flags) = in_file(text);
            let error = load(&flags, []).expect_err(text).to_string();
            assert!(error.contains("line 2") && error.contains(key), "{error}");
        }
    }

    #[test]
    fn limits_are_on_and_zero_turns_one_off() {
        let (_directory, flags) = in_file("[limits]\nanonymous_per_minute = 0");
        let environment = variables(&[
            ("MASTHEAD_LIMITS__STAFF_PER_MINUTE", "1000000"),
            ("MASTHEAD_LIMITS__EXEMPT_NETWORKS", "[\"10.0.0.0/8\", \"2001:db8::/48\"]"),
        ]);
        let (config, _) = load(&flags, environment).expect("valid");
        let limit = |rate: PerMinute| rate.limit().map(std::num::NonZeroU32::get);
        assert_eq!(limit(config.limits.anonymous_per_minute), None);
        assert_eq!(limit(config.limits.credential_per_minute), Some(1_200), "left out is the default");
        assert_eq!(limit(config.limits.staff_per_minute), Some(1_000_000));
        assert_eq!(config.limits.exempt_networks.len(), 2);
        let (_directory, flags) = in_file("[limits]\nstaff_per_minute = 1000001");
        let error = load(&flags, []).expect_err("too many").to_string();
        assert!(error.contains("must be a number from 0 to 1000000"), "{error}");
    }

    #[test]
    fn no_error_repeats_a_password() {
        for text in [
            "database_url = \"postgres://desk:s3cret@db/paper",
            "database_url = \"postgres://desk:s3cret@db/paper\" extra",
            "database_url = [\"postgres://desk:s3cret@db/paper\"]",
            "databse_url = \"postgres://desk:s3cret@db/paper\"",
        ] {
            let (_directory, flags) = in_file(text);
            let error = load(&flags, []).expect_err(text);
            assert!(error.to_string().contains("line 1"), "{error}");
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
        }
    }

    #[test]
    fn a_variable_that_is_no_text_matters_only_when_it_is_ours() {
        use std::os::unix::ffi::OsStringExt;
        let bytes = || OsString::from_vec(vec![0xff]);
        assert!(load(&Flags::default(), [("PATH".into(), bytes()), (bytes(), "x".into())]).is_ok());
        let error = load(&Flags::default(), [("MASTHEAD_LISTEN".into(), bytes())]).expect_err("not text");
        assert!(error.to_string().contains("MASTHEAD_LISTEN"), "{error}");
    }

    #[test]
    fn a_wrong_variable_is_named_and_its_value_is_not() {
        for (name, text) in [
            ("MASTHEAD_NONSENSE", "s3cret"),
            ("MASTHEAD_WORKERS", "s3cret"),
            ("MASTHEAD_SITE__NAME__X", "s3cret"),
        ] {
            let error = load(&Flags::default(), variables(&[(name, text)])).expect_err(name).to_string();
            assert!(error.contains(name) && !error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn a_file_that_was_named_must_be_there() {
        let flags = Flags { file: Some("/nowhere/masthead.toml".into()), ..Flags::default() };
        assert!(matches!(load(&flags, []), Err(ConfigError::Unreadable { .. })));
    }
}
