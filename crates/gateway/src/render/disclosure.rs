//! What readers are told of pictures and texts that a generative model made (EU AI Act, article 50).

use masthead_domain::image::DigitalSourceType;

/// The note on a picture; `None` when there is nothing to disclose.
#[must_use]
pub const fn picture_note(kind: DigitalSourceType) -> Option<&'static str> {
    match kind {
        DigitalSourceType::TrainedAlgorithmicMedia => Some("AI-generated image."),
        DigitalSourceType::CompositeWithTrainedAlgorithmicMedia => Some("Image with AI-generated parts."),
        _ => None,
    }
}

/// The note on a text; `None` when there is nothing to disclose.
#[must_use]
pub const fn text_note(kind: DigitalSourceType) -> Option<&'static str> {
    match kind {
        DigitalSourceType::TrainedAlgorithmicMedia => Some("The text was drafted by AI."),
        DigitalSourceType::CompositeWithTrainedAlgorithmicMedia => {
            Some("Parts of the text were drafted by AI.")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_generative_model_made_has_a_note() {
        for kind in DigitalSourceType::ALL {
            assert_eq!(picture_note(kind).is_some(), kind.is_generative());
            assert_eq!(text_note(kind).is_some(), kind.is_generative());
        }
    }
}
