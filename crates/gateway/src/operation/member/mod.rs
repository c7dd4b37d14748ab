//! The members' use cases: signing in and out, what they are called, what they are sent, and all that is known of
//! them.

mod feed;
mod newsletter;
mod profile;
mod session;
mod sign_in;

pub use feed::MadeFeed;
pub use profile::{Everything, NameChange, Profile, Subscribed, unsubscribe_path};
pub(super) use profile::{everything_of, forget};
pub use session::{SessionInfo, Tokens};
pub(super) use sign_in::refused;
pub use sign_in::{Begun, FinishSignIn, Proof, StartSignIn};

use crate::auth::{Caller, Secrets, TokenService};
use crate::cache::Watch;
use crate::client::Client;
use crate::client::Throttle;
use crate::clock::{Chance, ChanceError};
use crate::error::{Code, Problem};
use crate::mail::{Post, Templates};
use crate::operation::payment::Bell;
use masthead_domain::clock::{Clock, Timestamp};
use masthead_domain::id::{ConsentId, MemberId, SessionId};
use masthead_domain::member::{Consent, Member, Purpose, Status};
use masthead_persistence::{Store, Work};
use std::sync::Arc;

/// What the members' use cases work with.
pub struct Accounts {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) watch: Arc<Watch>,
    pub(crate) tokens: Arc<TokenService>,
    pub(crate) secrets: Secrets,
    pub(crate) post: Post,
    /// Calls the courier of the letters that stand in the database.
    pub(crate) bell: Bell,
    pub(crate) templates: Templates,
    /// What the publication is called in mails.
    pub(crate) site: String,
    pub(crate) links: MailLinks,
    /// For how many seconds a session lasts after its last use.
    pub(crate) session_seconds: i64,
    /// Mails that a client may ask for.
    pub(crate) mails: Throttle,
    /// Proofs that a client may try.
    pub(crate) proofs: Throttle,
    /// How often a member may make a private feed: each is a turn of the writers.
    pub(crate) new_feeds: Throttle,
}

/// Where the links in mails lead.
#[derive(Clone, Debug)]
pub struct MailLinks {
    /// Those that sign somebody in.
    pub sign_in: MailLink,
    /// Those of invitations to groups.
    pub invitation: MailLink,
    /// Those of gift subscriptions.
    pub gift: MailLink,
}

/// A member who asks, and the session of their token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asking {
    pub(crate) member: MemberId,
    pub(crate) session: Option<SessionId>,
}

/// The address of a page of the publisher's that takes the secret of a mail.
#[derive(Clone, Debug)]
pub struct MailLink {
    pattern: String,
    /// Where the secret goes.
    place: &'static str,
}

impl MailLink {
    /// Takes an address that is http or https, absolute, and holds the `place` of the secret, such as `{token}`.
    #[must_use]
    pub fn new(pattern: &str, place: &'static str) -> Option<Self> {
        let url = url::Url::parse(pattern).ok()?;
        let fits = matches!(url.scheme(), "http" | "https") && url.has_host() && pattern.contains(place);
        fits.then(|| Self { pattern: pattern.to_owned(), place })
    }

    pub(crate) fn with(&self, secret: &str) -> String {
        self.pattern.replace(self.place, secret)
    }
}

/// Who asks, when it is a member.
pub(crate) fn asking(caller: &Caller) -> Result<Asking, Problem> {
    use masthead_domain::viewer::Bearer;
    match caller.bearer {
        Some(Bearer::Member { member, session }) => Ok(Asking { member, session }),
        None if caller.expires.is_none() => Err(Problem::authentication_required()),
        _ => Err(Problem::new(Code::MemberRequired, "The token speaks for nobody who has an account here.")),
    }
}

/// The member who asks, if they still may. What is known of a token may be a second old; what is written is not written for
/// somebody who was deleted or suspended within that second.
pub(super) fn active(found: Option<Member>) -> Result<Member, Problem> {
    found.filter(|member| member.status == Status::Active).ok_or_else(crate::auth::revoked)
}

/// The member who asks. A token of somebody who was deleted a moment ago is refused.
pub(super) async fn member(store: &Store, asking: Asking) -> Result<Member, Problem> {
    active(store.registry().member(asking.member).await?)
}

impl Accounts {
    /// Random bits for a new id.
    fn bits(&self) -> Result<[u8; 10], ChanceError> {
        let mut bits = [0; 10];
        self.chance.fill(&mut bits)?;
        Ok(bits)
    }

    /// As [`member`].
    pub(super) async fn member(&self, asking: Asking) -> Result<Member, Problem> {
        member(&self.store, asking).await
    }

    /// Begins to write for the member who asks.
    pub(super) async fn begin_for(&self, asking: Asking) -> Result<(Work, Member), Problem> {
        let mut work = self.store.begin(self.clock.now()).await?;
        let member = active(work.member(asking.member).await?)?;
        Ok((work, member))
    }

    /// Takes in at once what has been written, so that this node answers by it from the next request on: it refuses a token that
    /// was revoked, and opens what was paid for. The others see it with their next look.
    pub(in crate::operation) async fn settle(&self) {
        if let Err(error) = self.watch.look(&self.store).await {
            tracing::warn!(%error, "the change log cannot be read; the next look will");
        }
    }

    fn consent(
        &self,
        member: MemberId,
        purpose: Purpose,
        words: &Words,
        now: Timestamp,
    ) -> Result<Consent, Problem> {
        Ok(Consent {
            id: ConsentId::new(now, self.bits()?),
            member,
            purpose,
            wording: words.wording.clone(),
            source: words.source.clone(),
            given: words.given,
            confirmed: now,
            withdrawn: None,
        })
    }
}

/// In which words, where and when somebody agreed.
struct Words {
    wording: String,
    source: String,
    given: Timestamp,
}

impl Words {
    fn new(wording: &str, client: &Client, given: Timestamp) -> Result<Self, Problem> {
        masthead_domain::member::check_wording(wording)
            .map_err(|error| Problem::invalid_parameter("wording", format!("wording: {error}.")))?;
        Ok(Self { wording: wording.to_owned(), source: client.source(), given })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_a_page_with_a_place_for_the_secret() {
        let link = MailLink::new("https://paper.example/in?t={token}#top", "{token}").expect("a link");
        assert_eq!(link.with("mh_in_x"), "https://paper.example/in?t=mh_in_x#top");
        for bad in
            ["https://paper.example/in", "/in#{token}", "javascript:alert('{token}')", "mailto:{token}@x", ""]
        {
            assert!(MailLink::new(bad, "{token}").is_none(), "{bad}");
        }
    }
}
