//! TOML as publications write it, and the pieces that its files have in common.

use super::error::{DemoError, Place};
use super::files::Files;
use masthead_domain::clock::{Timestamp, TimestampError};
use masthead_domain::href::Href;
use masthead_domain::image::{DigitalSourceType, Image};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::value::Datetime;

/// Reads TOML that begins on this line of its file.
pub(super) fn read<T: DeserializeOwned>(file: &str, first_line: usize, text: &str) -> Result<T, DemoError> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        DemoError::Form {
            file: file.to_owned(),
            line: first_line + before.matches('\n').count(),
            problem: error.message().to_owned(),
        }
    })
}

/// A place in the file of the publication: `sections[2].parent`.
pub(super) fn at(list: &str, number: usize, key: &str) -> Place {
    Place::new(Files::PUBLICATION, format!("{list}[{number}].{key}"))
}

/// An instant: a TOML date-time with its offset from UTC.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "Datetime")]
pub(super) struct Moment(pub(super) Timestamp);

impl TryFrom<Datetime> for Moment {
    type Error = TimestampError;

    fn try_from(at: Datetime) -> Result<Self, TimestampError> {
        Timestamp::parse(&at.to_string()).map(Self)
    }
}

/// A picture with what readers are told about it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Picture {
    src: Href,
    alt: String,
    caption: Option<String>,
    credit: Option<String>,
    digital_source_type: Option<DigitalSourceType>,
    width: Option<u32>,
    height: Option<u32>,
}

impl From<Picture> for Image {
    fn from(picture: Picture) -> Self {
        Self {
            src: picture.src,
            alt: picture.alt,
            caption: picture.caption,
            credit: picture.credit,
            digital_source_type: picture.digital_source_type,
            width: picture.width,
            height: picture.height,
        }
    }
}
