//! What the surfaces share: the publication, the keys, and the answers that are ready.

mod checking;
mod keeping;
mod opening;

pub use checking::check;
pub(crate) use keeping::goes_out;
pub(crate) use opening::open_site;
pub use opening::{OpenError, open_secrets, open_tokens};

use crate::auth::agent::{Agent, AgentAnswer, Agents};
use crate::auth::foreign::{ForeignError, ForeignToken, Issuers};
use crate::auth::{Believed, Caller, PresentedKey, TokenService, unknown_key};
use crate::cache::{Feeds, Keys, Ledgers, Representations, Standings, Watch};
use crate::client::{Client, Proxies, Throttle, Waiting};
use crate::clock::Chance;
use crate::deliveries::{Deliveries, Surface};
use crate::error::{Code, Problem};
use crate::limits::{self, RequestLimits};
use crate::operation::member::Accounts;
use crate::operation::{Acting, Described, Desk, Opened, Reading};
use crate::payment::Payments;
use crate::quota::Quotas;
use crate::site::Site;
use actix_web::HttpRequest;
use masthead_domain::clock::{Clock, Timestamp};
use masthead_domain::id::KeyId;
use masthead_domain::partner::Delivered;
use masthead_domain::viewer::{Bearer, NoStanding, Viewer};
use std::net::IpAddr;
use std::sync::Arc;

/// What the surfaces share. A second node has the same and needs nothing of this one.
pub struct Gateway {
    /// Where the publication is read.
    pub desk: Desk,
    /// The publication's public site.
    pub site: Site,
    /// In which epoch the publication is.
    pub watch: Arc<Watch>,
    /// The answers that are ready.
    pub representations: Representations,
    /// Who may be believed.
    pub tokens: Arc<TokenService>,
    /// Other issuers, whose tokens are taken too.
    pub issuers: Issuers,
    /// Machines that prove who they are.
    pub agents: Agents,
    /// What bearers of tokens may do.
    pub standings: Standings,
    /// Through whom readers pay.
    pub payments: Payments,
    /// Members, and what they do with their accounts.
    pub accounts: Accounts,
    /// Who stands between the server and its clients.
    pub proxies: Proxies,
    /// How often a client may ask, and do what costs a token.
    pub limits: ClientLimits,
    /// Keys that were shown before.
    pub keys: Keys,
    /// Private feeds whose addresses were shown before.
    pub feeds: Feeds,
    /// What partners have used of their days.
    pub quotas: Quotas,
    /// What went out to partners.
    pub deliveries: Deliveries,
    /// Which ledgers of partners are up to date.
    pub ledgers: Ledgers,
    /// Requests that wait for something to happen.
    pub waiting: Waiting,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Where random bytes come from.
    pub chance: Arc<dyn Chance>,
}

/// How often a client may ask, and do what costs a token or a write.
pub struct ClientLimits {
    /// Asking for anything.
    pub requests: RequestLimits,
    /// Asking for a device token.
    pub devices: Throttle,
    /// Redeeming a code.
    pub redemptions: Throttle,
    /// Going to pay.
    pub checkouts: Throttle,
}

/// A token that was just made, and when it ends.
pub struct Issued {
    /// The token.
    pub token: String,
    /// The first instant at which it is good no longer.
    pub expires: Timestamp,
}

impl Gateway {
    /// Who asks, as was found out when the request was counted.
    ///
    /// # Errors
    /// A problem when the request carries a credential that cannot be believed, or is good no longer; it is never
    /// taken for anonymous then.
    pub fn caller(&self, request: &HttpRequest) -> Result<Caller, Problem> {
        limits::caller(request)
    }

    /// Who asks, when nothing has to be verified or read from the database for it: nobody, or somebody whose credential was
    /// found good before and still is.
    pub(crate) fn known(&self, request: &HttpRequest) -> Option<Caller> {
        let (now, generations) = (self.clock.now(), self.watch.generations());
        let borne = |bearer, expires| {
            let caller = self.standings.remembered(bearer, expires, generations?, now)?;
            self.note_use(bearer, now);
            Some(caller)
        };
        match self.tokens.remembered(request, now)? {
            Believed::Described(caller) => Some(caller),
            Believed::Borne { bearer, expires } => borne(bearer, Some(expires)),
            Believed::Key(presented) => {
                let (key, expires) = self.keys.remembered(&presented, generations?)?;
                borne(Bearer::Key(key), expires)
            }
            Believed::Feed(presented) => borne(self.feeds.remembered(presented, generations?)?, None),
            Believed::Foreign(token) => self.issuers.remembered(&token, self.watch.epoch(), now),
        }
    }

    /// Who asks, whatever it takes to find out.
    ///
    /// # Errors
    /// As for [`Self::caller`].
    pub(crate) async fn look_into(&self, request: &HttpRequest) -> Result<Caller, Problem> {
        let believed = self.tokens.believed(request, self.clock.now())?;
        self.caller_of(believed).await
    }

    /// Who a token speaks for now.
    ///
    /// # Errors
    /// A problem when what it names is good no longer, or the database cannot be read.
    pub async fn caller_of(&self, believed: Believed) -> Result<Caller, Problem> {
        let now = self.clock.now();
        match believed {
            Believed::Described(caller) => Ok(caller),
            Believed::Borne { bearer, expires } => {
                let standing = self.borne(bearer, Some(expires), now).await?;
                standing.map_err(|why| self.agents.no_standing(why))
            }
            Believed::Key(presented) => {
                let found = self.keys.find(&presented, self.desk.store(), self.watch.generations()).await?;
                let (key, expires) = found.ok_or_else(unknown_key)?;
                let standing = self.borne(Bearer::Key(key), expires, now).await?;
                standing.map_err(|why| self.agents.no_standing(why))
            }
            Believed::Feed(presented) => {
                let found = self.feeds.find(presented, self.desk.store(), self.watch.generations()).await?;
                // There is nothing to sign in with: unknown, revoked and shut are nothing here, and say the same.
                let bearer = found.ok_or_else(Problem::not_found)?;
                self.borne(bearer, None, now).await?.map_err(|_| Problem::not_found())
            }
            Believed::Foreign(token) => Ok(self.foreign(&token, now).await?),
        }
    }

    /// What a machine that has proved who it is gets: what its partner's licence covers, or else what the settings say.
    ///
    /// # Errors
    /// The answer to a machine that gets none, and a problem when the database cannot be read.
    pub(crate) async fn ruled(&self, agent: &Arc<Agent>) -> Result<Caller, Problem> {
        let licensed = match agent.partner {
            Some(partner) => self.borne(Bearer::Partner(partner), None, self.clock.now()).await?.ok(),
            None => None,
        };
        let caller = match (licensed, agent.answer) {
            (Some(partner), _) => partner,
            (None, AgentAnswer::Anonymous) => Caller::anonymous(),
            (None, AgentAnswer::PaymentRequired) => return Err(self.agents.payment_required()),
            (None, AgentAnswer::NotFound) => return Err(Problem::not_found()),
        };
        Ok(caller.asked_by(agent))
    }

    async fn foreign(&self, token: &ForeignToken, now: Timestamp) -> Result<Caller, ForeignError> {
        self.issuers.caller(token, self.desk.store(), self.watch.epoch(), now).await
    }

    /// Whoever shows this key with this id. One that is another's or unknown is as one that has ended.
    ///
    /// # Errors
    /// A problem when the database cannot be read.
    pub async fn holder(
        &self,
        id: KeyId,
        presented: &PresentedKey,
    ) -> Result<Result<Caller, NoStanding>, Problem> {
        let found = self.keys.find(presented, self.desk.store(), self.watch.generations()).await?;
        match found {
            Some((key, expires)) if key == id => {
                self.borne(Bearer::Key(key), expires, self.clock.now()).await
            }
            _ => Ok(Err(NoStanding::Ended)),
        }
    }

    async fn borne(
        &self,
        bearer: Bearer,
        expires: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Result<Caller, NoStanding>, Problem> {
        let (store, generations) = (self.desk.store(), self.watch.generations());
        let caller = self.standings.caller(bearer, expires, store, generations, now).await?;
        if caller.is_ok() {
            self.note_use(bearer, now);
        }
        Ok(caller)
    }

    /// Notes that a key or a private feed was used. Nobody waits for it: writers take turns, and to read needs none.
    fn note_use(&self, bearer: Bearer, now: Timestamp) {
        let is_due = match bearer {
            Bearer::Key(key) => self.keys.is_to_be_noted(key, now),
            Bearer::Feed { feed, .. } => self.feeds.is_to_be_noted(feed, now),
            _ => false,
        };
        if !is_due {
            return;
        }
        let store = self.desk.store().clone();
        tokio::spawn(async move {
            let noted = match bearer {
                Bearer::Key(key) => store.note_use(key, now).await,
                Bearer::Feed { feed, .. } => store.note_feed_use(feed, now).await,
                _ => Ok(()),
            };
            if let Err(error) = noted {
                tracing::warn!(%error, kind = bearer.kind(), "a use was not noted");
            }
        });
    }
}

impl Gateway {
    /// Where a request comes from.
    #[must_use]
    pub fn client(&self, request: &HttpRequest) -> Client {
        Client::of(request, &self.proxies)
    }

    /// Begins to read for whoever asks.
    #[must_use]
    pub fn reading(&self, caller: &Caller) -> Reading {
        self.desk.reading(Arc::clone(&caller.viewer))
    }

    /// Notes what of articles is about to go out to whoever asks, if that is a partner.
    ///
    /// # Errors
    /// A problem when it cannot be noted: then nothing may go out.
    pub async fn note_delivered(
        &self,
        viewer: &Viewer,
        delivered: &[Delivered],
        surface: Surface,
    ) -> Result<(), Problem> {
        self.deliveries.note(viewer, delivered, surface, self.desk.store(), self.clock.now()).await
    }

    /// Begins to change something for whoever asks.
    #[must_use]
    pub fn acting(&self, caller: &Caller) -> Acting<'_> {
        Acting::new(self.reading(caller), &*self.chance)
    }

    /// Whose eyes somebody of the staff wants to see with: a token's, or a described viewer's.
    ///
    /// # Errors
    /// A problem when it is neither or both, or cannot be.
    pub async fn whose(
        &self,
        token: Option<&str>,
        described: Option<&Described>,
    ) -> Result<Arc<Viewer>, Problem> {
        match (token, described) {
            (Some(token), None) => {
                let wrong = |error| Problem::invalid_parameter("token", format!("token: {error}."));
                let now = self.clock.now();
                let caller = match self.tokens.verify(token, now).map_err(wrong)? {
                    Believed::Foreign(token) => match self.foreign(&token, now).await {
                        Err(ForeignError::Token(error)) => return Err(wrong(error)),
                        caller => caller?,
                    },
                    believed => self.caller_of(believed).await.map_err(|problem| match problem.code() {
                        // It is that token which is good no longer, and not the credential of whoever asks.
                        Code::InvalidToken | Code::LicenceNotValid => {
                            Problem::invalid_parameter("token", format!("token: {}", problem.detail()))
                        }
                        _ => problem,
                    })?,
                };
                Ok(caller.viewer)
            }
            (None, Some(described)) => {
                let reading = self.desk.reading(Arc::new(Viewer::Anonymous));
                Ok(Arc::new(described.viewer(&reading).await?))
            }
            (None, None) => Err(Problem::invalid_parameter("viewer", "Give a token or a viewer.")),
            (Some(_), Some(_)) => {
                Err(Problem::invalid_parameter("viewer", "Give a token or a viewer, not both."))
            }
        }
    }

    /// Makes a token for what was opened. It lives as long as that allows, and as a token may.
    ///
    /// # Errors
    /// A problem when none can be made.
    pub fn issue(&self, opened: &Opened) -> Result<Issued, Problem> {
        let (now, seconds) = (self.clock.now(), opened.seconds.clamp(1, self.tokens.max_seconds()));
        let token = self.tokens.issue(&opened.bearer, seconds, now).map_err(|error| {
            tracing::error!(%error, "no token can be made");
            Problem::internal()
        })?;
        // A token counts in whole seconds.
        let expires = Timestamp::EPOCH.plus_seconds(now.seconds() + seconds);
        Ok(Issued { token, expires })
    }

    /// Counts a request against a limit: of whoever is signed in, or of the address.
    ///
    /// # Errors
    /// A problem that says when to come back.
    pub fn admit(&self, caller: &Caller, address: IpAddr, throttle: &Throttle) -> Result<(), Problem> {
        let own = limits::somebody(caller, |kind, id| throttle.count_somebody(kind, id));
        own.unwrap_or_else(|| throttle.count(address))
    }
}
