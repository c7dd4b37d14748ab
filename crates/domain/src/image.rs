//! Pictures, and how they were made.

use crate::href::Href;
use serde::{Deserialize, Serialize};

/// How a picture or a text came to be, by the IPTC vocabulary
/// `http://cv.iptc.org/newscodes/digitalsourcetype/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DigitalSourceType {
    /// Made by a generative model: an AI illustration, a text drafted by AI.
    TrainedAlgorithmicMedia,
    /// A composite in which a generative model made some element.
    CompositeWithTrainedAlgorithmicMedia,
    /// Improved by an algorithm without changing what it shows.
    AlgorithmicallyEnhanced,
    /// Drawn from data by a program, such as a chart.
    DataDrivenMedia,
    /// Captured from life by a camera or recorder.
    DigitalCapture,
    /// Made by a person, then edited by people with non-generative tools.
    HumanEdits,
    /// Made by a person with digital tools.
    DigitalCreation,
}

impl DigitalSourceType {
    /// Every type, in the order of the declaration.
    pub const ALL: [Self; 7] = [
        Self::TrainedAlgorithmicMedia,
        Self::CompositeWithTrainedAlgorithmicMedia,
        Self::AlgorithmicallyEnhanced,
        Self::DataDrivenMedia,
        Self::DigitalCapture,
        Self::HumanEdits,
        Self::DigitalCreation,
    ];

    /// Whether a generative model made it or some part of it, which has to be told to whoever sees or reads it
    /// (EU AI Act, article 50).
    #[must_use]
    pub const fn is_generative(self) -> bool {
        matches!(self, Self::TrainedAlgorithmicMedia | Self::CompositeWithTrainedAlgorithmicMedia)
    }

    /// The last part of the IPTC concept URI.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TrainedAlgorithmicMedia => "trainedAlgorithmicMedia",
            Self::CompositeWithTrainedAlgorithmicMedia => "compositeWithTrainedAlgorithmicMedia",
            Self::AlgorithmicallyEnhanced => "algorithmicallyEnhanced",
            Self::DataDrivenMedia => "dataDrivenMedia",
            Self::DigitalCapture => "digitalCapture",
            Self::HumanEdits => "humanEdits",
            Self::DigitalCreation => "digitalCreation",
        }
    }

    /// The whole IPTC concept URI.
    #[must_use]
    pub fn uri(self) -> String {
        format!("http://cv.iptc.org/newscodes/digitalsourcetype/{}", self.code())
    }
}

/// A picture with what a reader needs to know of it. Texts are plain, without markup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Image {
    /// Where the picture lies.
    pub src: Href,
    /// What it shows, for those who cannot see it. Empty for a picture that only decorates.
    #[serde(default)]
    pub alt: String,
    /// The line below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// Who made it or owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<String>,
    /// How it was made; `None` when the publisher has not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digital_source_type: Option<DigitalSourceType>,
    /// Width in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
}

impl Image {
    /// A picture of which only the address and the alternative text are known.
    #[must_use]
    pub fn new(src: Href, alt: impl Into<String>) -> Self {
        Self {
            src,
            alt: alt.into(),
            caption: None,
            credit: None,
            digital_source_type: None,
            width: None,
            height: None,
        }
    }
}
