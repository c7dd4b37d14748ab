//! Sessions: what keeps a member signed in, and how that ends.

use super::sign_in::refused;
use super::{Accounts, asking};
use crate::auth::{Caller, RefreshParts};
use crate::error::{Code, Problem};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{MemberId, SessionId};
use masthead_domain::member::Status;
use masthead_domain::viewer::Bearer;
use masthead_persistence::{Rotation, SessionRecord};

/// For how many seconds an access token is good.
const ACCESS: i64 = 15 * 60;

/// The longest life of a session in seconds, however often it is used: a year.
const LONGEST: i64 = 365 * 24 * 3_600;

/// What a member is given to ask with.
pub struct Tokens {
    /// The access token (RFC 9068).
    pub access: String,
    /// For how many seconds it is good.
    pub access_seconds: i64,
    /// The refresh token, good once.
    pub refresh: String,
    /// The first instant at which it is good no longer.
    pub refresh_expires: Timestamp,
    /// Whose they are.
    pub member: MemberId,
}

/// A session, as its member may see it.
pub struct SessionInfo {
    /// What is stored of it.
    pub record: SessionRecord,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

impl Accounts {
    pub(super) fn first_refresh(&self, session: SessionId) -> Result<String, Problem> {
        Ok(self.secrets.new_refresh(RefreshParts { session, generation: 1 }, &*self.chance)?)
    }

    pub(super) fn tokens_of(
        &self,
        member: MemberId,
        session: SessionId,
        refresh: String,
        refresh_expires: Timestamp,
        now: Timestamp,
    ) -> Result<Tokens, Problem> {
        let access_seconds = ACCESS.min(self.tokens.max_seconds());
        let bearer = Bearer::Member { member, session: Some(session) };
        let access = self.tokens.issue(&bearer, access_seconds, now)?;
        Ok(Tokens { access, access_seconds, refresh, refresh_expires, member })
    }

    /// Gives new tokens for a refresh token, which is used up with that. One that was used before has been stolen, or
    /// its successor has, so the session ends.
    ///
    /// # Errors
    /// A problem when the token is none of ours, was used before, or its session is over; they all sound the same.
    pub async fn refresh(&self, token: &str) -> Result<Tokens, Problem> {
        let now = self.clock.now();
        let RefreshParts { session: id, generation } =
            self.secrets.refresh_parts(token).ok_or_else(refused)?;
        let registry = self.store.registry();
        let session = registry.session(id).await?.filter(|session| session.is_live(now));
        let session = session.ok_or_else(refused)?;
        let member = registry.member(session.member).await?;
        if member.is_none_or(|member| member.status != Status::Active) {
            return Err(refused());
        }
        let next = RefreshParts { session: id, generation: generation.saturating_add(1) };
        let next = self.secrets.new_refresh(next, &*self.chance)?;
        let (hash, next_hash) = (self.secrets.refresh_hash(token), self.secrets.refresh_hash(&next));
        let expires = now.plus_seconds(self.session_seconds).min(session.created.plus_seconds(LONGEST));
        let mut work = self.store.begin(now).await?;
        match work.rotate_refresh(id, generation, &hash, &next_hash).await? {
            Rotation::Done => {
                work.use_session(id, expires).await?;
                work.commit().await?;
                self.tokens_of(session.member, id, next, expires, now)
            }
            Rotation::Reused => {
                work.end_session(id).await?;
                work.commit().await?;
                self.settle().await;
                tracing::warn!(session = %id, "a refresh token came a second time; its session is over");
                Err(refused())
            }
            Rotation::Unknown => Err(refused()),
        }
    }

    /// Ends the session of a refresh token, or of the token that asks. A refresh token that is good for nothing ends
    /// nothing, and that is no error (RFC 7009, section 2.2).
    ///
    /// # Errors
    /// A problem when neither is given, or the database fails.
    pub async fn sign_out(&self, caller: &Caller, refresh: Option<&str>) -> Result<(), Problem> {
        let session = match refresh {
            Some(token) => self.secrets.refresh_parts(token).map(|parts| parts.session),
            None => {
                let none = || Problem::new(Code::MemberRequired, "The token belongs to no session.");
                Some(asking(caller)?.session.ok_or_else(none)?)
            }
        };
        let Some(session) = session else { return Ok(()) };
        if self.store.registry().session(session).await?.is_some() {
            self.end(session).await?;
        }
        Ok(())
    }

    /// The sessions that go on, the newest first.
    ///
    /// # Errors
    /// A problem when no member asks or the database fails.
    pub async fn sessions(&self, caller: &Caller) -> Result<Vec<SessionInfo>, Problem> {
        let asking = asking(caller)?;
        let now = self.clock.now();
        let all = self.store.registry().sessions(asking.member).await?;
        let live = all.into_iter().filter(|session| session.is_live(now));
        let info =
            |record: SessionRecord| SessionInfo { is_current: asking.session == Some(record.id), record };
        Ok(live.map(info).collect())
    }

    /// Ends one of the member's own sessions.
    ///
    /// # Errors
    /// A problem when no member asks, when they have no such session, or the database fails.
    pub async fn end_session(&self, caller: &Caller, session: SessionId) -> Result<(), Problem> {
        let asking = asking(caller)?;
        let found = self.store.registry().session(session).await?;
        let now = self.clock.now();
        if !found.is_some_and(|found| found.member == asking.member && found.is_live(now)) {
            return Err(Problem::not_found());
        }
        self.end(session).await
    }

    async fn end(&self, session: SessionId) -> Result<(), Problem> {
        let mut work = self.store.begin(self.clock.now()).await?;
        work.end_session(session).await?;
        work.commit().await?;
        self.settle().await;
        Ok(())
    }
}
