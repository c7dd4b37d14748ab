//! Pictures.

use crate::graphql::session::Session;
use async_graphql::{Context, Object};
use masthead_domain::image;

/// A picture.
pub(super) struct Image<'a>(pub(super) &'a image::Image);

#[Object]
impl Image<'_> {
    /// The absolute address of the picture.
    async fn src(&self, ctx: &Context<'_>) -> String {
        Session::of(ctx).site().absolute(&self.0.src)
    }

    /// What it shows, for those who cannot see it.
    async fn alt(&self) -> &str {
        &self.0.alt
    }

    /// The line below it.
    async fn caption(&self) -> Option<&str> {
        self.0.caption.as_deref()
    }

    /// Who made it or owns it.
    async fn credit(&self) -> Option<&str> {
        self.0.credit.as_deref()
    }

    /// How it was made: a concept URI of the IPTC digital source type vocabulary.
    async fn digital_source_type(&self) -> Option<String> {
        self.0.digital_source_type.map(|kind| kind.uri())
    }

    /// Width in pixels.
    async fn width(&self) -> Option<u32> {
        self.0.width
    }

    /// Height in pixels.
    async fn height(&self) -> Option<u32> {
        self.0.height
    }
}
