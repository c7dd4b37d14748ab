//! A picture, as REST and Portable Text write it.

use crate::site::Site;
use masthead_domain::image::Image;
use serde::Serialize;
use utoipa::ToSchema;

/// A picture.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Image)]
pub struct ImageDto {
    /// The absolute address of the picture.
    pub src: String,
    /// What it shows, for those who cannot see it.
    pub alt: String,
    /// The line below it.
    pub caption: Option<String>,
    /// Who made it or owns it.
    pub credit: Option<String>,
    /// How it was made: a concept URI of the IPTC digital source type vocabulary.
    #[schema(example = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia")]
    pub digital_source_type: Option<String>,
    /// Width in pixels.
    pub width: Option<u32>,
    /// Height in pixels.
    pub height: Option<u32>,
}

impl ImageDto {
    /// The picture with absolute addresses.
    #[must_use]
    pub fn new(image: &Image, site: &Site) -> Self {
        Self {
            src: site.absolute(&image.src),
            alt: image.alt.clone(),
            caption: image.caption.clone(),
            credit: image.credit.clone(),
            digital_source_type: image.digital_source_type.map(|kind| kind.uri()),
            width: image.width,
            height: image.height,
        }
    }
}
