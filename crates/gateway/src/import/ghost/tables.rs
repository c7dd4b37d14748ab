//! The rows of an export, as far as they are read. What is not named here is stepped over: passwords,
//! e-mail addresses and the secrets among the settings never become values.

use masthead_domain::clock::Timestamp;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The id of a row in Ghost: an ObjectId in 24 hexadecimal digits, or what older versions wrote.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Key {
    Object([u8; 12]),
    Other(Box<str>),
}

impl Key {
    pub(super) fn from_text(text: &str) -> Self {
        let digits = text.as_bytes();
        let mut bytes = [0; 12];
        let lower = digits.len() == 24 && digits.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !lower {
            return Self::Other(text.into());
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let digit = |b: u8| if b.is_ascii_digit() { b - b'0' } else { b - b'a' + 10 };
            *byte = digit(pair[0]) << 4 | digit(pair[1]);
        }
        Self::Object(bytes)
    }

    /// When the row was made, which an ObjectId tells in its first four bytes.
    pub(super) fn made(&self) -> Option<Timestamp> {
        let Self::Object([a, b, c, d, ..]) = self else { return None };
        let seconds = i64::from(u32::from_be_bytes([*a, *b, *c, *d]));
        Timestamp::try_from(seconds * 1_000_000).ok()
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Object(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl Visitor<'_> for Read {
            type Value = Key;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an id")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Key, E> {
                Ok(Key::from_text(text))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Key, E> {
                Ok(Key::from_text(&number.to_string()))
            }
        }
        deserializer.deserialize_any(Read)
    }
}

/// Yes or no, which SQLite writes as a number and MySQL as a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flag(pub(super) bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl Visitor<'_> for Read {
            type Value = Flag;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("0, 1, true or false")
            }
            fn visit_bool<E: Error>(self, value: bool) -> Result<Flag, E> {
                Ok(Flag(value))
            }
            fn visit_u64<E: Error>(self, value: u64) -> Result<Flag, E> {
                Ok(Flag(value != 0))
            }
        }
        deserializer.deserialize_any(Read)
    }
}

/// An instant: `2026-11-22 21:53:08` (UTC), RFC 3339, or milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment(pub(super) Timestamp);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl Visitor<'_> for Read {
            type Value = Moment;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a date and time such as 2026-11-22 21:53:08")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Moment, E> {
                let in_utc = || Timestamp::parse(&format!("{}Z", text.replacen(' ', "T", 1)));
                Timestamp::parse(text)
                    .or_else(|_| in_utc())
                    .map(Moment)
                    .map_err(|_| E::custom("not a date and time such as 2026-11-22 21:53:08"))
            }
            fn visit_i64<E: Error>(self, millis: i64) -> Result<Moment, E> {
                Timestamp::try_from(millis.saturating_mul(1_000)).map(Moment).map_err(E::custom)
            }
            fn visit_u64<E: Error>(self, millis: u64) -> Result<Moment, E> {
                self.visit_i64(i64::try_from(millis).unwrap_or(i64::MAX))
            }
        }
        deserializer.deserialize_any(Read)
    }
}

type Line<'a> = Option<Cow<'a, str>>;

/// What names a row in a message.
#[derive(Deserialize)]
pub(super) struct Name {
    pub(super) id: Option<serde_json::Value>,
    pub(super) slug: Option<serde_json::Value>,
}

#[derive(Deserialize)]
pub(super) struct Meta {
    pub(super) version: String,
}

/// What the first sweep reads of a post.
#[derive(Deserialize)]
pub(super) struct PostHead {
    pub(super) id: Key,
    #[serde(default)]
    pub(super) slug: Option<String>,
    #[serde(default)]
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) created_at: Option<Moment>,
}

/// What the conversion reads of a post. The texts that Ghost derives from it are not among it.
#[derive(Deserialize)]
pub(super) struct Post<'a> {
    #[serde(borrow, default)]
    pub(super) title: Line<'a>,
    #[serde(borrow, default)]
    pub(super) lexical: Line<'a>,
    #[serde(borrow, default)]
    pub(super) mobiledoc: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) html: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) feature_image: Line<'a>,
    #[serde(default)]
    pub(super) featured: Option<Flag>,
    #[serde(borrow, default, rename = "type")]
    pub(super) kind: Line<'a>,
    #[serde(borrow, default)]
    pub(super) status: Line<'a>,
    #[serde(borrow, default)]
    pub(super) locale: Line<'a>,
    #[serde(borrow, default)]
    pub(super) visibility: Line<'a>,
    #[serde(default)]
    pub(super) created_at: Option<Moment>,
    #[serde(default)]
    pub(super) updated_at: Option<Moment>,
    #[serde(default)]
    pub(super) published_at: Option<Moment>,
    #[serde(borrow, default)]
    pub(super) custom_excerpt: Line<'a>,
    #[serde(borrow, default)]
    pub(super) codeinjection_head: Line<'a>,
    #[serde(borrow, default)]
    pub(super) codeinjection_foot: Line<'a>,
    #[serde(borrow, default)]
    pub(super) custom_template: Line<'a>,
    #[serde(borrow, default)]
    pub(super) canonical_url: Line<'a>,
}

/// What the first sweep reads of a post's metadata.
#[derive(Deserialize)]
pub(super) struct PostMetaHead {
    pub(super) post_id: Key,
    #[serde(default)]
    pub(super) email_only: Option<Flag>,
}

/// What the conversion reads of it.
#[derive(Default, Deserialize)]
pub(super) struct PostMeta<'a> {
    #[serde(borrow, default)]
    pub(super) og_image: Line<'a>,
    #[serde(borrow, default)]
    pub(super) og_title: Line<'a>,
    #[serde(borrow, default)]
    pub(super) og_description: Line<'a>,
    #[serde(borrow, default)]
    pub(super) twitter_image: Line<'a>,
    #[serde(borrow, default)]
    pub(super) twitter_title: Line<'a>,
    #[serde(borrow, default)]
    pub(super) twitter_description: Line<'a>,
    #[serde(borrow, default)]
    pub(super) meta_title: Line<'a>,
    #[serde(borrow, default)]
    pub(super) meta_description: Line<'a>,
    #[serde(borrow, default)]
    pub(super) feature_image_alt: Line<'a>,
    #[serde(borrow, default)]
    pub(super) feature_image_caption: Line<'a>,
}

/// A row that ties a post or product to something else, in an order.
pub(super) struct Tie {
    pub(super) from: Key,
    pub(super) to: Key,
    pub(super) order: i64,
}

macro_rules! ties {
    ($($(#[$doc:meta])* $name:ident { $from:ident, $to:ident })+) => {$(
        $(#[$doc])*
        #[derive(Deserialize)]
        pub(super) struct $name {
            $from: Key,
            $to: Key,
            #[serde(default)]
            sort_order: Option<i64>,
        }

        impl From<$name> for Tie {
            fn from(row: $name) -> Self {
                Self { from: row.$from, to: row.$to, order: row.sort_order.unwrap_or(0) }
            }
        }
    )+};
}

ties! {
    /// A tag on a post.
    PostTag { post_id, tag_id }
    /// An author of a post.
    PostAuthor { post_id, author_id }
    /// A product that opens a post.
    PostProduct { post_id, product_id }
    /// A benefit of a product.
    ProductBenefit { product_id, benefit_id }
}

#[derive(Deserialize)]
pub(super) struct User {
    pub(super) id: Key,
    pub(super) name: String,
    #[serde(default)]
    pub(super) slug: Option<String>,
    #[serde(default)]
    pub(super) bio: Option<String>,
    #[serde(default)]
    pub(super) website: Option<String>,
    #[serde(default)]
    pub(super) profile_image: Option<String>,
    #[serde(default)]
    pub(super) cover_image: Option<String>,
    #[serde(default)]
    pub(super) location: Option<String>,
    #[serde(default)]
    pub(super) facebook: Option<String>,
    #[serde(default)]
    pub(super) twitter: Option<String>,
    #[serde(default)]
    pub(super) created_at: Option<Moment>,
}

#[derive(Deserialize)]
pub(super) struct Tag {
    pub(super) id: Key,
    pub(super) name: String,
    #[serde(default)]
    pub(super) slug: Option<String>,
    #[serde(default)]
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) visibility: Option<String>,
    #[serde(default)]
    pub(super) feature_image: Option<String>,
    #[serde(default)]
    pub(super) created_at: Option<Moment>,
}

#[derive(Deserialize)]
pub(super) struct Product {
    pub(super) id: Key,
    pub(super) name: String,
    #[serde(default)]
    pub(super) slug: Option<String>,
    #[serde(default)]
    pub(super) description: Option<String>,
    #[serde(default, rename = "type")]
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) visibility: Option<String>,
    #[serde(default)]
    pub(super) active: Option<Flag>,
    #[serde(default)]
    pub(super) currency: Option<String>,
    #[serde(default)]
    pub(super) monthly_price: Option<i64>,
    #[serde(default)]
    pub(super) yearly_price: Option<i64>,
    #[serde(default)]
    pub(super) created_at: Option<Moment>,
}

#[derive(Deserialize)]
pub(super) struct Benefit {
    pub(super) id: Key,
    pub(super) name: String,
}

/// A setting, without its value.
#[derive(Deserialize)]
pub(super) struct Setting {
    pub(super) key: String,
}

/// The value of a setting that may be read.
#[derive(Deserialize)]
pub(super) struct SettingValue {
    pub(super) value: Option<String>,
}
