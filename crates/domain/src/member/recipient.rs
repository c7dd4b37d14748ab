//! Whom the code of a gift subscription is sent to.

use super::{Email, MAX_NAME};
use serde::{Deserialize, Serialize};

/// The longest message to a recipient, in bytes.
pub const MAX_MESSAGE: usize = 1_000;

/// Whom the code of a gift subscription is sent to when it is paid for, as its giver says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recipient {
    /// Their address.
    pub email: Email,
    /// What the giver calls them, 1 to [`MAX_NAME`] bytes.
    pub name: Option<String>,
    /// What the giver tells them, 1 to [`MAX_MESSAGE`] bytes; it may have line breaks.
    pub message: Option<String>,
}

/// What is wrong with a recipient. The text begins with the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecipientError {
    /// The name is empty, too long, or holds control characters.
    #[error("name: must have 1 to {MAX_NAME} bytes and no control characters")]
    Name,
    /// The message is empty, too long, or holds control characters other than line breaks.
    #[error("message: must have 1 to {MAX_MESSAGE} bytes and no control characters but line breaks")]
    Message,
}

impl Recipient {
    /// Checks what must hold of every recipient.
    ///
    /// # Errors
    /// [`RecipientError`] names the field.
    pub fn check(&self) -> Result<(), RecipientError> {
        let fits = |text: &str, most| (1..=most).contains(&text.len()) && !text.trim().is_empty();
        let is_name = |text: &str| fits(text, MAX_NAME) && !text.chars().any(char::is_control);
        let is_message = |text: &str| {
            fits(text, MAX_MESSAGE) && !text.chars().any(|letter| letter.is_control() && letter != '\n')
        };
        if !self.name.as_deref().is_none_or(is_name) {
            return Err(RecipientError::Name);
        }
        if !self.message.as_deref().is_none_or(is_message) {
            return Err(RecipientError::Message);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_lines_and_a_name_has_one() {
        let with = |name: &str, message: &str| {
            let email = "anna@home.example".parse().expect("an address");
            Recipient { email, name: Some(name.into()), message: Some(message.into()) }.check()
        };
        assert_eq!(with("Anna", "Happy birthday,\nB."), Ok(()));
        for name in [" ", "", "An\nna", &"x".repeat(MAX_NAME + 1)] {
            assert_eq!(with(name, "x"), Err(RecipientError::Name));
        }
        for message in [" \n", "\u{7}", "a\r\nb", &"x".repeat(MAX_MESSAGE + 1)] {
            assert_eq!(with("x", message), Err(RecipientError::Message));
        }
    }
}
