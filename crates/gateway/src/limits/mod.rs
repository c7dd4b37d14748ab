//! How many requests a minute a client may send, on every surface.
//!
//! Whoever is signed in is counted by who they are, everybody else by their address. A credential that this process has not
//! found good before is looked into at the expense of what the address may try, a share apart from that of its requests, and
//! is paid back when it is good. So inventing credentials brings nobody a bucket of their own, an address that has used up
//! its tries by guessing makes nobody verify anything for it, and many readers behind one address who are not signed in keep
//! nobody there from signing in.
//!
//! A machine proves who it is with a signature. Where that is not good the request goes on as if it had sent none.

mod fields;
mod machines;

pub use fields::Remaining;

use crate::auth::agent::Agent;
use crate::auth::{Caller, PresentedFeed};
use crate::client::{Counters, Name, Proxies, Share, UsedUp, network};
use crate::clock::{Chance, ChanceError};
use crate::config::{LimitConfig, PerMinute};
use crate::error::{Code, Problem, whole_seconds};
use crate::quota::Quota;
use crate::state::Gateway;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpRequest};
use ipnet::IpNet;
use masthead_domain::clock::Clock;
use masthead_domain::viewer::Viewer;
use std::net::Ipv6Addr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The kind of machines among those who are counted.
const AGENT: &str = "agent";

/// What asks whether the process is well is answered however often it asks.
const NOT_COUNTED: [&str; 2] = ["/healthz", "/readyz"];

/// What payment providers report is signed, comes from few addresses, and must not come late: much of it shuts something.
const WEBHOOKS: &str = "/v1/webhooks/";

const MINUTE: Duration = Duration::from_secs(60);

/// How many requests a minute a client may send.
pub struct RequestLimits {
    counters: Counters,
    anonymous: PerMinute,
    credential: PerMinute,
    staff: PerMinute,
    exempt: Vec<IpNet>,
    has_warned: AtomicBool,
}

/// Whose share a request is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Account {
    name: Name,
    most: NonZeroU32,
    is_address: bool,
}

/// Who asks, found out once for each request.
struct Asking(Result<Caller, Problem>);

/// A request that is let in.
struct Admitted {
    asking: Asking,
    remaining: Option<Remaining>,
}

/// A request that is turned away.
struct TurnedAway {
    problem: Problem,
    remaining: Remaining,
}

/// Middleware for the whole application: finds out who asks, counts the request, and tells with the answer what is left.
///
/// # Errors
/// Those of what lies inside.
pub async fn limited(
    gateway: Data<Gateway>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if NOT_COUNTED.contains(&request.path()) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    if request.path().starts_with(WEBHOOKS) {
        request.extensions_mut().insert(Asking(Ok(Caller::anonymous())));
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let (mut response, remaining) = match admit(&gateway, request.request()).await {
        Ok(Admitted { asking, remaining }) => {
            request.extensions_mut().insert(asking);
            (next.call(request).await?.map_into_boxed_body(), remaining)
        }
        Err(turned_away) => {
            let TurnedAway { problem, remaining } = *turned_away;
            (request.error_response(problem), Some(remaining))
        }
    };
    let daily = response.request().extensions().get::<Quota>().copied();
    let remaining = [remaining, daily.map(Quota::remaining)];
    fields::tell(response.headers_mut(), remaining.into_iter().flatten());
    if gateway.agents.are_known() {
        machines::vary_by_signature(response.headers_mut());
    }
    Ok(response)
}

/// Who asks, as the middleware found out.
///
/// # Errors
/// A problem when the request carries a credential that cannot be believed, or is good no longer; it is never taken for
/// anonymous then. A request that did not come through the middleware is refused.
pub(crate) fn caller(request: &HttpRequest) -> Result<Caller, Problem> {
    match request.extensions().get::<Asking>() {
        Some(Asking(asking)) => asking.clone(),
        None => {
            tracing::error!("a request was not counted");
            Err(Problem::internal())
        }
    }
}

async fn admit(gateway: &Gateway, request: &HttpRequest) -> Result<Admitted, Box<TurnedAway>> {
    let limits = &gateway.limits.requests;
    let client = limits.client(&gateway.proxies, request);
    let address = limits.of_address("address", client);
    let take = |account: Option<Account>| limits.take(account, gateway, request);
    // Feed readers go on asking for what has ended; that must shut nobody else out.
    let tries = limits.of_address(
        if PresentedFeed::of_path(request.path()).is_some() { "feed tries" } else { "tries" },
        client,
    );
    if let Some(admitted) = machines::admit(gateway, request, tries).await? {
        return Ok(admitted);
    }
    if let Some(caller) = gateway.known(request) {
        let remaining = take(limits.account(&caller, address))?;
        return Ok(Admitted { asking: Asking(Ok(caller)), remaining });
    }
    let tried = take(tries)?;
    let asking = gateway.look_into(request).await;
    // When we cannot tell whether it is good, that is not the client's doing.
    if asking.as_ref().err().is_none_or(|problem| problem.code().status().is_server_error()) {
        limits.give_back(tries);
    }
    let remaining = match &asking {
        Ok(caller) => take(limits.account(caller, address))?,
        Err(_) => tried,
    };
    Ok(Admitted { asking: Asking(asking), remaining })
}

/// Calls what counts with the kind and id of whoever is signed in; `None` for whoever goes by the address. So do tokens of
/// devices, gifts, previews and passes: anybody gets a device token for the asking, and the others are passed around.
pub(crate) fn somebody<T>(caller: &Caller, count: impl FnOnce(&str, &[u8]) -> T) -> Option<T> {
    if let Some(agent) = &caller.agent {
        return Some(count(AGENT, agent.name.as_bytes()));
    }
    let subject = match &*caller.viewer {
        Viewer::Staff(staff) => staff.subject.as_str(),
        Viewer::Reader(reader) if reader.is_member => reader.subject.as_str(),
        Viewer::Partner(_) => "",
        Viewer::Anonymous | Viewer::Reader(_) | Viewer::Preview(_) => return None,
    };
    Some(match caller.bearer.map(|bearer| bearer.account()) {
        Some((kind, id)) => count(kind, id.as_bytes()),
        None => count(caller.viewer.kind(), subject.as_bytes()),
    })
}

/// Who asks by now, for a request that has taken its time.
///
/// # Errors
/// As for [`caller`].
pub(crate) async fn caller_by_now(gateway: &Gateway, request: &HttpRequest) -> Result<Caller, Problem> {
    if let Some(agent) = &caller(request)?.agent {
        // Its signature was good when it came; with a nonce it is not good again.
        return gateway.ruled(agent).await;
    }
    match gateway.known(request) {
        Some(caller) => Ok(caller),
        None => gateway.look_into(request).await,
    }
}

/// Refuses a request whose body took its time, if what its credential grants has changed meanwhile: who asks was found out
/// before the body was read.
///
/// # Errors
/// A problem when the credential is good no longer, or grants something else.
pub(crate) async fn still_so(gateway: &Gateway, request: &HttpRequest) -> Result<(), Problem> {
    let before = caller(request)?;
    let now = caller_by_now(gateway, request).await?;
    if now.viewer == before.viewer {
        return Ok(());
    }
    let detail = "What your token grants has changed while the request came in. Send it again.";
    Err(Problem::new(Code::Conflict, detail))
}

impl RequestLimits {
    /// The limits that the settings name.
    ///
    /// # Errors
    /// [`ChanceError`] when there are no random bytes.
    pub fn new(
        settings: &LimitConfig,
        clock: Arc<dyn Clock>,
        chance: &dyn Chance,
    ) -> Result<Self, ChanceError> {
        Ok(Self {
            counters: Counters::new(MINUTE, clock, chance)?,
            anonymous: settings.anonymous_per_minute,
            credential: settings.credential_per_minute,
            staff: settings.staff_per_minute,
            exempt: settings.exempt_networks.clone(),
            has_warned: AtomicBool::new(false),
        })
    }

    /// The network that a request comes from; `None` when it is not counted.
    fn client(&self, proxies: &Proxies, request: &HttpRequest) -> Option<Ipv6Addr> {
        let address = proxies.client(request.peer_addr(), request.headers());
        let is_exempt = self.exempt.iter().any(|exempt| exempt.contains(&address));
        (!is_exempt).then(|| network(address))
    }

    /// An account of a network; `None` when it is not counted.
    fn of_address(&self, kind: &str, client: Option<Ipv6Addr>) -> Option<Account> {
        let (most, client) = (self.anonymous.limit()?, client?);
        Some(Account { name: self.counters.name(kind, &client.octets()), most, is_address: true })
    }

    /// The account of whoever asks; `None` when it is not counted.
    fn account(&self, caller: &Caller, address: Option<Account>) -> Option<Account> {
        let most = if caller.viewer.is_staff() { self.staff } else { self.credential };
        let own = somebody(caller, |kind, id| {
            most.limit().map(|most| Account { name: self.counters.name(kind, id), most, is_address: false })
        });
        own.unwrap_or(address)
    }

    /// The account of a machine; `None` when it is not counted.
    fn of_agent(&self, agent: &Agent) -> Option<Account> {
        let most = self.credential.limit()?;
        Some(Account { name: self.counters.name(AGENT, agent.name.as_bytes()), most, is_address: false })
    }

    fn take(
        &self,
        account: Option<Account>,
        gateway: &Gateway,
        request: &HttpRequest,
    ) -> Result<Option<Remaining>, Box<TurnedAway>> {
        let Some(Account { name, most, is_address }) = account else { return Ok(None) };
        let remaining = |left: u32, whole_in: Duration| Remaining {
            policy: "requests",
            quota: most.get(),
            window: seconds(self.counters.within()),
            left,
            whole_in: seconds(whole_in),
        };
        match self.counters.take(name, most) {
            Ok(Share { left, whole_in }) => Ok(Some(remaining(left, whole_in))),
            Err(UsedUp { wait, whole_in }) => {
                if is_address {
                    self.warn_of_a_proxy(gateway, request);
                }
                let problem = Problem::rate_limited("requests", wait);
                Err(Box::new(TurnedAway { problem, remaining: remaining(0, whole_in) }))
            }
        }
    }

    fn give_back(&self, account: Option<Account>) {
        if let Some(Account { name, most, .. }) = account {
            self.counters.give_back(name, most);
        }
    }

    /// Says once why readers may be turned away for what others asked.
    fn warn_of_a_proxy(&self, gateway: &Gateway, request: &HttpRequest) {
        if gateway.proxies.overlooks(request.peer_addr(), request.headers())
            && !self.has_warned.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                "requests are turned away that came through a proxy; if it is yours, name its network in \
                 trusted_proxies, or all who come through it share one limit"
            );
        }
    }
}

fn seconds(time: Duration) -> i64 {
    i64::try_from(whole_seconds(time)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fixed::{Foreseen, Hands};
    use masthead_domain::clock::Timestamp;
    use masthead_domain::id::{DeviceId, KeyId, MemberId, PassId, SessionId};
    use masthead_domain::viewer::{Bearer, Reader};

    const NOBODY: [u8; 10] = [0; 10];

    fn limits(settings: LimitConfig) -> RequestLimits {
        RequestLimits::new(&settings, Hands::new(), &Foreseen).expect("chance")
    }

    fn address() -> Option<Account> {
        let name = limits(LimitConfig::default()).counters.name("address", b"x");
        Some(Account { name, most: NonZeroU32::MIN, is_address: true })
    }

    fn caller(viewer: Viewer, bearer: Option<Bearer>) -> Caller {
        Caller { class: viewer.class().into(), viewer: Arc::new(viewer), expires: None, bearer, agent: None }
    }

    fn member(number: u8, session: u8) -> Caller {
        let member = MemberId::new(Timestamp::EPOCH, [number; 10]);
        let session = Some(SessionId::new(Timestamp::EPOCH, [session; 10]));
        caller(Viewer::member(member.to_string(), []), Some(Bearer::Member { member, session }))
    }

    #[test]
    fn who_is_signed_in_is_counted_by_who_they_are() {
        let limits = limits(LimitConfig::default());
        let address = address();
        let account = |caller: &Caller| limits.account(caller, address);
        assert_eq!(account(&member(1, 1)), account(&member(1, 2)), "one member, two sessions");
        assert_ne!(account(&member(1, 1)), account(&member(2, 1)));
        assert_ne!(account(&member(1, 1)), address);

        let described = |subject: &str| caller(Viewer::member(subject, []), None);
        assert_eq!(account(&described("a")), account(&described("a")));
        assert_ne!(account(&described("a")), account(&described("b")));
        assert_ne!(account(&described("a")), account(&caller(Viewer::staff("a"), None)));

        let bot = Agent { name: "https://bot.example".into(), partner: None, answer: Default::default() };
        let machine = Caller::anonymous().asked_by(&Arc::new(bot.clone()));
        assert_eq!(account(&machine), limits.of_agent(&bot), "whatever it reads as");
        assert_ne!(account(&machine), address);

        let program = caller(Viewer::staff("a"), Some(Bearer::Key(KeyId::new(Timestamp::EPOCH, NOBODY))));
        let most = account(&program).map(|account| account.most);
        assert_eq!(most, LimitConfig::default().staff_per_minute.limit());
    }

    #[test]
    fn what_is_handed_out_freely_is_counted_by_the_address() {
        let limits = limits(LimitConfig::default());
        let address = address();
        let guest = |bearer| caller(Viewer::Reader(Reader::nobody("guest")), Some(bearer));
        for caller in [
            Caller::anonymous(),
            guest(Bearer::Device(DeviceId::new(Timestamp::EPOCH, NOBODY))),
            guest(Bearer::Pass(PassId::new(Timestamp::EPOCH, NOBODY))),
        ] {
            assert_eq!(limits.account(&caller, address), address, "{caller:?}");
        }
    }

    #[test]
    fn zero_turns_each_of_them_off() {
        let off = PerMinute::OFF;
        let address = address();
        let limits = limits(LimitConfig { credential_per_minute: off, ..LimitConfig::default() });
        assert_eq!(limits.account(&member(1, 1), address), None);
        assert!(limits.account(&caller(Viewer::staff("a"), None), address).is_some());
        assert_eq!(limits.account(&Caller::anonymous(), address), address);
    }
}
