//! By what a thing is looked up: its id or its slug.

use masthead_domain::id::{ArticleId, AuthorId, SectionId, TagId};
use masthead_domain::slug::{Slug, SlugError};
use std::str::FromStr;

macro_rules! keys {
    ($($(#[$doc:meta])* $name:ident($id:ident);)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            /// By its identifier.
            Id($id),
            /// By its name in URLs.
            Slug(Slug),
        }

        impl FromStr for $name {
            type Err = SlugError;

            /// Reads an id or a slug. An id of another kind is neither.
            fn from_str(text: &str) -> Result<Self, SlugError> {
                match text.parse() {
                    Ok(id) => Ok(Self::Id(id)),
                    Err(_) => text.parse().map(Self::Slug),
                }
            }
        }
    )+};
}

keys! {
    /// By what an article is looked up.
    ArticleKey(ArticleId);
    /// By what an author is looked up.
    AuthorKey(AuthorId);
    /// By what a section is looked up.
    SectionKey(SectionId);
    /// By what a tag is looked up.
    TagKey(TagId);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_another_kind_is_no_key() {
        let id = "art_0192f3c1a7e07c3e9d0b5a4c2f1e6d7b";
        assert!(matches!(id.parse(), Ok(ArticleKey::Id(_))));
        assert!(id.parse::<TagKey>().is_err());
        assert!(matches!("a-slug".parse(), Ok(TagKey::Slug(_))));
    }
}
