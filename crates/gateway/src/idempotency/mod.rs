//! Writes that may be sent again without harm (draft-ietf-httpapi-idempotency-key-header-07): the same key with the same
//! request is done once, and answered the same.
//!
//! A key is claimed in the database before what was asked is done, so it holds on every server and after a restart. What
//! is done marks the claim in its own transaction (`Claim::within`); so the claim of a request that failed, or whose server
//! died, tells whether anything was done. The answer is kept for a day, sealed with a key that needs the client's.

mod answer;
mod guard;
mod key;

pub(crate) use answer::Answer;
pub use guard::once;
pub(crate) use key::{Key, NAME, not_taken};

use crate::auth::{Caller, IdempotencySecrets};
use crate::error::{Code, Problem};
use crate::limits::somebody;
use crate::logging::for_this_request;
use crate::state::Gateway;
use actix_web::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, rt};
use masthead_domain::viewer::Viewer;
use masthead_persistence::{Claim, Claimed, EarlierRequest, KeyedRequest, Progress, StoreError};
use std::sync::Arc;
use uuid::Uuid;

/// What takes no key, by its name over REST and over GraphQL: what counts once by itself, what a one-time code is for, what is
/// asked by nobody in particular, and what answers with articles, which are to be looked at again each time.
pub(crate) const WITHOUT: [&str; 19] = [
    "beginInstitutionSession",
    "createToken",
    "explainAccess",
    "finishSignIn",
    "importMembers",
    "previewLicence",
    "previewPartnerLicence",
    "redeemGift",
    "redeemPass",
    "redeemPreview",
    "refreshTokens",
    "registerDevice",
    "sampleFeed",
    "samplePartnerFeed",
    "signOut",
    "startSignIn",
    "takePaymentEvent",
    "unlockArticle",
    "unsubscribeOneClick",
];

/// After how many seconds to ask again for what is under way.
const RETRY_SECONDS: u32 = 1;

/// What becomes of a request with a key.
pub(crate) enum Turn {
    /// It is the first, and is to be done.
    First(First),
    /// It was done, and this was answered.
    Again(HttpResponse),
}

/// The first request with a key.
pub(crate) struct First {
    gateway: Arc<Gateway>,
    claim: Claim,
    attempt: Uuid,
    seal: [u8; 32],
}

/// How it ended.
pub(crate) enum Ending {
    /// All that was asked was done. There is no answer to keep when it is too large.
    Whole(Option<Answer>),
    /// It was refused, or failed, before anything was done or after a part of it. Then the answer, if there is one, says
    /// which part.
    Part(Option<Answer>),
}

/// Whose turn it is, when this caller asks this with this key.
///
/// # Errors
/// A problem when nobody is named for whom an answer could be kept, when an earlier request with the key asked something
/// else or is under way, or when its answer is lost.
pub(crate) async fn turn(
    gateway: &Arc<Gateway>,
    caller: &Caller,
    key: &Key,
    asked: &[&[u8]],
) -> Result<Turn, Problem> {
    let secrets = &gateway.accounts.secrets;
    // Members and keys are named as they are, so that what is kept for them can be erased with them.
    let holder = somebody(caller, |kind, id| match &caller.bearer {
        // Several machines may read as one partner.
        Some(bearer) if caller.agent.is_none() => bearer.subject(),
        _ => secrets.holder_hash(kind, id),
    });
    let holder = holder.ok_or_else(|| nobody(&caller.viewer))?;
    let IdempotencySecrets { name, fingerprints, seal } = secrets.of_idempotency_key(&holder, key.as_str());
    let mut bits = [0; 16];
    gateway.chance.fill(&mut bits)?;
    let attempt = Uuid::from_bytes(bits);
    let fingerprint = fingerprint(&fingerprints, &caller.viewer, asked);
    let now = gateway.clock.now();
    let request = KeyedRequest { name, holder: &holder, fingerprint, attempt, known: known(&caller.viewer) };
    match gateway.desk.store().claim(&request, now).await? {
        Claimed::Ours(claim) => Ok(Turn::First(First { gateway: Arc::clone(gateway), claim, attempt, seal })),
        Claimed::Before(earlier) if earlier.fingerprint != fingerprint => {
            let detail = "The key came with another request before, or with a token that may do something else. \
                          Send another key with another request.";
            Err(problem(Code::IdempotencyMismatch, detail))
        }
        Claimed::Before(earlier) => {
            let is_over = earlier.is_over(now);
            let EarlierRequest { attempt, progress, .. } = earlier;
            match progress {
                Progress::Ended(sealed) => {
                    let answer = sealed.and_then(|sealed| Answer::open(&sealed, &seal, attempt));
                    answer.map(|answer| Turn::Again(answer.respond())).ok_or_else(lost)
                }
                Progress::Done if is_over => Err(lost()),
                Progress::Begun | Progress::Done => Err(in_flight()),
            }
        }
    }
}

/// How many requests are known of whoever asks, at least: a program of the publisher's makes many, and anybody may become a
/// member to fill our disk.
fn known(viewer: &Viewer) -> u64 {
    if viewer.is_staff() { 10_000 } else { 200 }
}

/// What is asked, and with what rights: whoever has lost a role is not shown again what it had shown them.
fn fingerprint(key: &[u8; 32], viewer: &Viewer, asked: &[&[u8]]) -> [u8; 32] {
    let rights = match viewer {
        Viewer::Staff(staff) if staff.reads_only => "reads",
        Viewer::Staff(staff) => staff.role.code(),
        _ => viewer.kind(),
    };
    let mut hasher = blake3::Hasher::new_keyed(key);
    for part in [rights.as_bytes()].iter().chain(asked) {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
    }
    *hasher.finalize().as_bytes()
}

/// Answers a request with a key to its end, also when the client goes away meanwhile.
///
/// # Errors
/// A problem when it was cut short. The claim then says whether anything was done.
pub(crate) async fn to_the_end<T: 'static>(
    answering: impl Future<Output = T> + 'static,
) -> Result<T, Problem> {
    rt::spawn(for_this_request(answering)).await.map_err(|error| {
        tracing::error!(%error, "a request with a key was cut short");
        Problem::internal()
    })
}

impl First {
    /// Does what was asked. `asked` gives what is made of it, and how it ended.
    pub(crate) async fn run<T>(self, asked: impl Future<Output = (T, Ending)>) -> T {
        let (made, ending) = self.claim.within(asked).await;
        self.settle(ending).await;
        made
    }

    /// Keeps the answer, or gives the key back when nothing was done. The client gets its answer in any case.
    async fn settle(&self, ending: Ending) {
        let store = self.gateway.desk.store();
        let settled = match ending {
            Ending::Whole(answer) => self.keep(answer).await,
            Ending::Part(answer) => match store.release(self.claim).await {
                Ok(false) => self.keep(answer).await,
                released => released.map(|_| ()),
            },
        };
        if let Err(error) = settled {
            tracing::error!(%error, "what became of a request with a key was not kept");
        }
    }

    async fn keep(&self, answer: Option<Answer>) -> Result<(), StoreError> {
        let sealed = answer.map(|answer| answer.seal(&self.seal, self.attempt, &*self.gateway.chance));
        let sealed = sealed.and_then(|sealed| {
            sealed.inspect_err(|error| tracing::error!(%error, "an answer was not sealed")).ok()
        });
        let now = self.gateway.clock.now();
        self.gateway.desk.store().keep_answer(self.claim, sealed.as_deref(), now).await
    }
}

fn problem(code: Code, detail: &'static str) -> Problem {
    Problem::new(code, detail).about(NAME)
}

fn in_flight() -> Problem {
    problem(Code::IdempotencyInFlight, "A request with this key is under way. Ask again in a moment.")
        .with_header(RETRY_AFTER, RETRY_SECONDS.into())
}

fn lost() -> Problem {
    let detail = "A request with this key was done, at least in part, and its answer is not there to be given again: it was \
                  lost, or too large. Look at what there is before you send it once more, with another key.";
    problem(Code::IdempotencyAnswerLost, detail)
}

/// The key may be anybody's where nobody says who they are.
fn nobody(viewer: &Viewer) -> Problem {
    if *viewer != Viewer::Anonymous {
        let detail = "An Idempotency-Key is for whoever is signed in, and this token signs nobody in.";
        return problem(Code::IdempotencyKeyNotTaken, detail);
    }
    let asked = Problem::authentication_required();
    let challenge = asked.headers().iter().find(|(name, _)| *name == WWW_AUTHENTICATE).cloned();
    let detail = "An Idempotency-Key is for whoever is signed in. Send a token with it, or leave it out.";
    let refused = problem(Code::AuthenticationRequired, detail);
    match challenge {
        Some((name, value)) => refused.with_header(name, value),
        None => refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use masthead_domain::viewer::{Role, Staff};

    #[test]
    fn a_fingerprint_tells_requests_and_rights_apart() {
        let print = |viewer: &Viewer, asked: &[&[u8]]| fingerprint(&[1; 32], viewer, asked);
        let staff = |role| Viewer::Staff(Staff::new("desk", role));
        let publisher = staff(Role::Publisher);
        let one = print(&publisher, &[b"POST", b"/v1/tiers", b"{}"]);
        assert_eq!(one, print(&publisher, &[b"POST", b"/v1/tiers", b"{}"]));
        assert_ne!(one, print(&publisher, &[b"POST", b"/v1/tiers", b"{ }"]));
        assert_ne!(one, print(&publisher, &[b"POST", b"/v1/tiers{}", b""]), "where a part ends counts");
        assert_ne!(one, print(&staff(Role::Editor), &[b"POST", b"/v1/tiers", b"{}"]));
        let reads = Viewer::Staff(Staff { reads_only: true, ..Staff::new("desk", Role::Publisher) });
        assert_ne!(one, print(&reads, &[b"POST", b"/v1/tiers", b"{}"]));
        assert_ne!(one, fingerprint(&[2; 32], &publisher, &[b"POST", b"/v1/tiers", b"{}"]), "it is keyed");
        // What a member holds may change with what they ask; it is still the same request.
        let member = |held: &[masthead_domain::viewer::Entitlement]| Viewer::member("m", held.to_vec());
        let held = ["tier:patron".into()];
        assert_eq!(print(&member(&[]), &[b"x"]), print(&member(&held), &[b"x"]));
    }
}
