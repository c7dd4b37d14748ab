//! Signing in: one mail with a code and a link, and either of them back. The account is made when it comes back.

use super::{Accounts, Tokens, Words};
use crate::auth::Secrets;
use crate::client::Client;
use crate::error::{Code, Problem};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{IdError, MemberId, SessionId, SignInId};
use masthead_domain::member::{Email, MAX_NEWSLETTERS, Member, Newsletter, Purpose, Status};
use masthead_domain::slug::Slug;
use masthead_persistence::{MailProof, SessionRecord, SignInRecord, Work};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// For how many seconds code and link are good.
pub(crate) const GOOD_FOR: i64 = 15 * 60;

/// How many wrong codes end an attempt.
const TRIES: i32 = 5;

/// How many mails an address is sent, at most, in how many seconds.
const MAILS_AN_ADDRESS: [(usize, i64); 2] = [(5, 3_600), (12, 24 * 3_600)];

/// A wish to sign in.
pub struct StartSignIn {
    /// Where the mail goes.
    pub email: String,
    /// The newsletters that are wanted, by slug.
    pub newsletters: Vec<String>,
    /// What a new member wants to be called.
    pub name: Option<String>,
    /// Which version of the words stood beside the button. It is needed; that it is missing is told after what is wrong with
    /// the rest.
    pub wording: Option<String>,
}

/// An attempt that has begun. It says nothing about the address.
#[derive(Clone, Copy, Debug)]
pub struct Begun {
    /// What the code is sent back with.
    pub attempt: SignInId,
    /// For how many seconds code and link are good.
    pub seconds: i64,
}

/// What came back.
pub struct FinishSignIn {
    /// What proves that the mail came to them.
    pub proof: Proof,
    /// Where it came from.
    pub client: Client,
}

/// What proves that the mail came to somebody.
pub enum Proof {
    /// The code, with the attempt that it belongs to.
    Code {
        /// The attempt.
        attempt: SignInId,
        /// Six digits.
        code: String,
    },
    /// The secret of the link.
    Link(String),
}

impl Proof {
    /// The proof that these make: a code with its attempt, or the token of a link alone.
    ///
    /// # Errors
    /// A problem when they make none.
    pub fn new(attempt: Option<&str>, code: Option<String>, token: Option<String>) -> Result<Self, Problem> {
        match (attempt, code, token) {
            (Some(attempt), Some(code), None) => {
                let wrong =
                    |error: IdError| Problem::invalid_parameter("attempt", format!("attempt: {error}."));
                Ok(Self::Code { attempt: attempt.parse().map_err(wrong)?, code })
            }
            (None, None, Some(token)) => Ok(Self::Link(token)),
            _ => Err(Problem::invalid_parameter("code", "Send attempt and code, or token alone.")),
        }
    }
}

/// What an attempt keeps until it is finished.
#[derive(Deserialize, Serialize)]
struct Wishes {
    newsletters: Vec<Slug>,
    name: Option<String>,
    wording: String,
    source: String,
}

impl Accounts {
    /// Sends a mail with a code and a link. What is answered, and how soon, is the same for every address: whether
    /// somebody has an account is looked up only when the code comes back.
    ///
    /// # Errors
    /// A problem when a field is wrong, when too many mails were asked for, or when no mail can be sent.
    pub async fn start_sign_in(&self, wish: StartSignIn, client: &Client) -> Result<Begun, Problem> {
        let now = self.clock.now();
        let email: Email = (wish.email.parse())
            .map_err(|error| Problem::invalid_parameter("email", format!("email: {error}.")))?;
        let newsletters = self.wanted(&wish.newsletters).await?;
        check_name(wish.name.as_deref())?;
        let missing = || Problem::invalid_parameter("wording", "wording: is missing.");
        let words = Words::new(&wish.wording.ok_or_else(missing)?, client, now)?;
        self.mails.count(client.address)?;

        let attempt = SignInId::new(now, self.bits()?);
        let code = Secrets::new_code(&*self.chance)?;
        let secret = Secrets::new_link(&*self.chance)?;
        let letter =
            self.templates.sign_in(&self.site, &code, &self.links.sign_in.with(&secret), GOOD_FOR / 60)?;
        // The Message-ID is not the attempt: who reads one must not know the other.
        let letter = self.post.envelope(letter, &email, now, &*self.chance)?;
        let room = self.post.room(1)?;
        let wishes = Wishes {
            newsletters: newsletters.into_iter().map(|newsletter| newsletter.slug).collect(),
            name: wish.name,
            wording: words.wording,
            source: words.source,
        };
        let mut work = self.store.begin(now).await?;
        count_mails(&mut work, &email, now).await?;
        work.begin_sign_in(&SignInRecord {
            id: attempt,
            wishes: serde_json::to_string(&wishes).map_err(|_| Problem::internal())?,
            code_hash: self.secrets.code_hash(attempt, &code),
            link_hash: self.secrets.link_hash(&secret),
            created: now,
            expires: now.plus_seconds(GOOD_FOR),
            email,
        })
        .await?;
        work.commit().await?;
        room.post([letter]);
        Ok(Begun { attempt, seconds: GOOD_FOR })
    }

    /// Signs somebody in, and makes their account if they have none.
    ///
    /// # Errors
    /// A problem when the proof is wrong, late, or was used before, which all sound the same; or when too many were
    /// tried.
    pub async fn finish_sign_in(&self, finish: FinishSignIn) -> Result<Tokens, Problem> {
        let FinishSignIn { proof, client } = finish;
        self.proofs.count(client.address)?;
        let now = self.clock.now();
        let offered = self.store.registry().newsletters().await?;
        let hash = match &proof {
            Proof::Code { attempt, code } => self.secrets.code_hash(*attempt, code.trim()),
            Proof::Link(secret) => self.secrets.link_hash(secret.trim()),
        };
        let proof = match &proof {
            Proof::Code { attempt, .. } => MailProof::Code { attempt: *attempt, hash: &hash, tries: TRIES },
            Proof::Link(_) => MailProof::Link { hash: &hash },
        };
        let mut work = self.store.begin(now).await?;
        let Some(attempt) = work.use_sign_in(proof).await? else {
            // What was tried counts.
            work.commit().await?;
            return Err(refused());
        };
        let Some(member) = self.enter(&mut work, &attempt, &offered, now).await? else {
            work.commit().await?;
            return Err(refused());
        };
        let session = SessionRecord {
            id: SessionId::new(now, self.bits()?),
            member,
            label: client.agent,
            created: now,
            used: now,
            expires: now.plus_seconds(self.session_seconds),
            revoked: None,
        };
        let refresh = self.first_refresh(session.id)?;
        work.begin_session(&session).await?;
        work.begin_refresh(session.id, &self.secrets.refresh_hash(&refresh)).await?;
        work.commit().await?;
        self.tokens_of(member, session.id, refresh, session.expires, now)
    }

    /// The member whose address is proven now, new or not, with what they wished for. `None` when the publisher has
    /// shut them out.
    async fn enter(
        &self,
        work: &mut Work,
        attempt: &SignInRecord,
        offered: &[Newsletter],
        now: Timestamp,
    ) -> Result<Option<MemberId>, Problem> {
        let wishes: Wishes = serde_json::from_str(&attempt.wishes).map_err(|_| Problem::internal())?;
        let words = Words { wording: wishes.wording, source: wishes.source, given: attempt.created };
        let known = work.member_by_email(&attempt.email).await?;
        let member = match known {
            Some(member) if member.status != Status::Active => return Ok(None),
            Some(member) => member.id,
            None => {
                let member = Member {
                    id: MemberId::new(now, self.bits()?),
                    email: attempt.email.clone(),
                    name: wishes.name,
                    status: Status::Active,
                    created: now,
                    note: None,
                    labels: Vec::new(),
                };
                let id = member.id;
                work.put_members(&[member]).await?;
                work.log_consent(&self.consent(id, Purpose::Account, &words, now)?).await?;
                work.unsuppress(&self.secrets.suppression_hash(&attempt.email)).await?;
                id
            }
        };
        // One that is no longer offered is no longer to be had.
        for newsletter in offered.iter().filter(|one| one.active && wishes.newsletters.contains(&one.slug)) {
            self.confirm(work, member, newsletter, &words, now).await?;
        }
        Ok(Some(member))
    }

    async fn wanted(&self, slugs: &[String]) -> Result<Vec<Newsletter>, Problem> {
        if slugs.is_empty() {
            return Ok(Vec::new());
        }
        if slugs.len() > MAX_NEWSLETTERS {
            let most = format!("newsletters: at most {MAX_NEWSLETTERS}.");
            return Err(Problem::invalid_parameter("newsletters", most));
        }
        let offered = self.newsletters().await?;
        let mut wanted = Vec::new();
        for (place, slug) in slugs.iter().enumerate() {
            let name = format!("newsletters[{place}]");
            let found = offered.iter().find(|one| one.slug.as_str() == slug).ok_or_else(|| {
                Problem::invalid_parameter(&name, format!("{name}: there is no such newsletter."))
            })?;
            if !wanted.contains(found) {
                wanted.push(found.clone());
            }
        }
        Ok(wanted)
    }
}

/// Refuses one mail more than an address is sent.
async fn count_mails(work: &mut Work, email: &Email, now: Timestamp) -> Result<(), Problem> {
    let longest = MAILS_AN_ADDRESS.iter().map(|(_, seconds)| *seconds).max().unwrap_or(0);
    let sent = work.sign_ins(email, now.plus_seconds(-longest)).await?;
    for (most, seconds) in MAILS_AN_ADDRESS {
        let since = now.plus_seconds(-seconds);
        // The newest first: the one that must grow old enough is the last that still counts.
        if let Some(counting) = sent.get(most - 1).filter(|at| **at > since) {
            let wait = u64::try_from(counting.micros() - since.micros()).unwrap_or(0);
            let wait = Duration::from_micros(wait) + Duration::from_secs(1);
            return Err(Problem::rate_limited("sign-in mails to this address", wait));
        }
    }
    Ok(())
}

/// One answer for every proof that proves nothing.
pub(in crate::operation) fn refused() -> Problem {
    Problem::new(Code::InvalidGrant, "It is wrong, has been used, or is too old.")
}

/// Checks what somebody wants to be called.
pub(super) fn check_name(name: Option<&str>) -> Result<(), Problem> {
    use masthead_domain::member::MAX_NAME;
    let fits = |name: &str| {
        (1..=MAX_NAME).contains(&name.len()) && !name.trim().is_empty() && !name.chars().any(char::is_control)
    };
    if name.is_none_or(fits) {
        return Ok(());
    }
    let rule = format!("name: must have 1 to {MAX_NAME} bytes and no control characters.");
    Err(Problem::invalid_parameter("name", rule))
}
