//! The templates of letters: text and HTML of each, ours or the publisher's own.

use super::post::MailError;
use minijinja::{Environment, Value, context};
use std::path::Path;

/// The templates that this program brings with it.
const OURS: [(&str, &str); 6] = [
    ("sign-in.txt", include_str!("../../mail/sign-in.txt")),
    ("sign-in.html", include_str!("../../mail/sign-in.html")),
    ("invitation.txt", include_str!("../../mail/invitation.txt")),
    ("invitation.html", include_str!("../../mail/invitation.html")),
    ("gift-subscription.txt", include_str!("../../mail/gift-subscription.txt")),
    ("gift-subscription.html", include_str!("../../mail/gift-subscription.html")),
];

/// What the first line of a text template starts with.
const SUBJECT: &str = "Subject: ";

/// A letter without its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its subject, in one line.
    pub subject: String,
    /// The text for programs that show no HTML.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// What a letter with a gift subscription says.
#[derive(Clone, Copy, Debug)]
pub struct GiftWords<'w> {
    /// The publication.
    pub site: &'w str,
    /// The tier, as readers know it.
    pub tier: &'w str,
    /// For how many months.
    pub months: u8,
    /// Who gives it; `None` where they have no name.
    pub giver: Option<&'w str>,
    /// What the giver calls the recipient.
    pub name: Option<&'w str>,
    /// What the giver tells them.
    pub message: Option<&'w str>,
    /// What it is redeemed with.
    pub code: &'w str,
    /// A page of the publication's that takes the code.
    pub link: &'w str,
}

/// The templates of letters.
pub struct Templates(Environment<'static>);

impl Templates {
    /// Our templates, with those that lie in this directory in their place.
    ///
    /// # Errors
    /// [`MailError`] names the template that cannot be read.
    pub fn open(directory: Option<&Path>) -> Result<Self, MailError> {
        let mut all = Environment::new();
        all.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
        for (name, ours) in OURS {
            let text = match directory.map(|directory| std::fs::read_to_string(directory.join(name))) {
                Some(Ok(text)) => text,
                Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(MailError::Template { name, fault: error.to_string() });
                }
                Some(Err(_)) | None => ours.to_owned(),
            };
            all.add_template_owned(name, text)
                .map_err(|error| MailError::Template { name, fault: error.to_string() })?;
        }
        let templates = Self(all);
        templates.try_all()?;
        Ok(templates)
    }

    /// Writes each letter once, so that what is wrong with a template is known before anybody waits for a letter.
    fn try_all(&self) -> Result<(), MailError> {
        let (site, link, code) = ("The Paper", "https://paper.example/", "000000");
        self.sign_in(site, code, link, 15)?;
        self.invitation(site, "The faculty", link, 14)?;
        for said in [None, Some("A word")] {
            let (giver, name, message) = (said, said, said);
            let months = said.map_or(1, |_| 3);
            self.gift_subscription(&GiftWords {
                site,
                tier: "Patron",
                months,
                giver,
                name,
                message,
                code,
                link,
            })?;
        }
        Ok(())
    }

    /// The sign-in mail.
    ///
    /// # Errors
    /// [`MailError`] when a template of the publisher's own names something that there is not.
    pub fn sign_in(&self, site: &str, code: &str, link: &str, minutes: i64) -> Result<Letter, MailError> {
        self.letter("sign-in.txt", "sign-in.html", &context! { site, code, link, minutes })
    }

    /// The mail that offers a seat in a group.
    ///
    /// # Errors
    /// [`MailError`] when a template of the publisher's own names something that there is not.
    pub fn invitation(&self, site: &str, group: &str, link: &str, days: i64) -> Result<Letter, MailError> {
        self.letter("invitation.txt", "invitation.html", &context! { site, group, link, days })
    }

    /// The mail with a gift subscription.
    ///
    /// # Errors
    /// [`MailError`] when a template of the publisher's own names something that there is not.
    pub fn gift_subscription(&self, words: &GiftWords<'_>) -> Result<Letter, MailError> {
        let GiftWords { site, tier, months, giver, name, message, code, link } = *words;
        let words = context! { site, tier, months, giver, name, message, code, link };
        self.letter("gift-subscription.txt", "gift-subscription.html", &words)
    }

    fn letter(&self, text: &'static str, html: &'static str, words: &Value) -> Result<Letter, MailError> {
        let render = |name: &'static str| {
            let template = self.0.get_template(name);
            let rendered = template.and_then(|template| template.render(words));
            rendered.map_err(|error| MailError::Template { name, fault: error.to_string() })
        };
        let written = render(text)?;
        let (subject, rest) = written.split_once('\n').unwrap_or((&written, ""));
        let subject = subject.strip_prefix(SUBJECT).ok_or_else(|| MailError::Template {
            name: text,
            fault: format!("the first line does not start with {SUBJECT:?}"),
        })?;
        Ok(Letter {
            subject: subject.trim().to_owned(),
            text: rest.trim_start().to_owned(),
            html: render(html)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_letter_says_everything_and_escapes_in_html() {
        let templates = Templates::open(None).expect("ours");
        let link = "https://paper.example/sign-in#token=a&b";
        let letter = templates.sign_in("Tom & Sons", "123456", link, 15).expect("a letter");
        assert_eq!(letter.subject, "Sign in to Tom & Sons");
        assert!(letter.text.contains("123456") && letter.text.contains(link), "{}", letter.text);
        assert!(letter.html.contains("Tom &amp; Sons") && letter.html.contains("123456"), "{}", letter.html);
        assert!(letter.html.contains("token=a&amp;b"), "{}", letter.html);
    }

    #[test]
    fn an_invitation_says_who_invites() {
        let templates = Templates::open(None).expect("ours");
        let letter = templates.invitation("The Paper", "Law & Order", "https://x.example/#token=a&b", 14);
        let letter = letter.expect("a letter");
        assert_eq!(letter.subject, "A seat at The Paper from Law & Order");
        assert!(letter.text.contains("#token=a&b") && letter.text.contains("14 days"), "{}", letter.text);
        assert!(
            letter.html.contains("Law &amp; Order") && letter.html.contains("token=a&amp;b"),
            "{}",
            letter.html
        );
    }

    #[test]
    fn a_gift_subscription_comes_with_its_givers_words() {
        let templates = Templates::open(None).expect("ours");
        let words = GiftWords {
            site: "The Paper",
            tier: "Patron",
            months: 3,
            giver: Some("Tom & Ann"),
            name: Some("Ben"),
            message: Some("Happy <birthday>\nto you"),
            code: "abc",
            link: "https://x.example/#token=abc",
        };
        let letter = templates.gift_subscription(&words).expect("a letter");
        assert_eq!(letter.subject, "3 months of The Paper, for you");
        let said = "Dear Ben,\n\nTom & Ann gives you Patron at The Paper for 3 months. They write:\n\nHappy <birthday>\nto you\n";
        assert!(letter.text.starts_with(said), "{}", letter.text);
        assert!(letter.text.contains("    https://x.example/#token=abc\n"), "{}", letter.text);
        assert!(
            letter.html.contains("Tom &amp; Ann") && letter.html.contains("&lt;birthday&gt;"),
            "{}",
            letter.html
        );
        let bare = GiftWords { giver: None, name: None, message: None, months: 1, ..words };
        let letter = templates.gift_subscription(&bare).expect("a letter");
        let said = "Somebody gives you Patron at The Paper for 1 month.\n\nTo begin";
        assert!(letter.text.starts_with(said), "{}", letter.text);
        assert!(!letter.html.contains("write") && !letter.html.contains("Dear"), "{}", letter.html);
    }

    #[test]
    fn a_template_of_the_publishers_own_takes_the_place_of_ours() {
        let own = tempfile::tempdir().expect("a directory");
        std::fs::write(own.path().join("sign-in.txt"), "Subject: Hello\n\n{{ code }}").expect("written");
        let templates = Templates::open(Some(own.path())).expect("theirs");
        let letter = templates.sign_in("x", "654321", "https://x.example", 15).expect("a letter");
        assert_eq!((letter.subject.as_str(), letter.text.as_str()), ("Hello", "654321"));
        for (wrong, why) in [
            ("Subject: {{ nothing }}", "a word that there is not"),
            ("{{ code }}", "no subject"),
            ("{{", "no template"),
        ] {
            std::fs::write(own.path().join("sign-in.txt"), wrong).expect("written");
            let refused = Templates::open(Some(own.path())).err().expect(why).to_string();
            assert!(refused.contains("sign-in.txt"), "{why}: {refused}");
        }
    }
}
