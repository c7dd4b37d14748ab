//! Who asks.

use super::feed::PrivateFeed;
use super::group::{MyGroups, mine};
use super::licence::Licence;
use super::member::Member;
use super::meter::Meter;
use super::scalar::DateTime;
use super::words::{StaffRole, ViewerKind};
use crate::auth::Caller;
use crate::error::Problem;
use crate::graphql::session::Session;
use async_graphql::{ComplexObject, Context, SimpleObject};
use masthead_domain::viewer::{self, Bearer};

/// Who asks, and what the token grants.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct Viewer {
    /// What the viewer is to the paywall.
    kind: ViewerKind,
    /// The entitlements that the token carries.
    entitlements: Vec<String>,
    /// Where the viewer's meter stands; null when none runs for them.
    meter: Option<Meter>,
    /// When the token expires; null without a token.
    expires: Option<DateTime>,
    /// What a partner's licence covers; null for everybody else.
    licence: Option<Licence>,
    /// What the token may do for the publisher; null for everybody but the staff.
    staff: Option<StaffRights>,
}

/// What the token of somebody on the staff, or the key of a program, may do.
#[derive(SimpleObject)]
pub(super) struct StaffRights {
    /// Each role may do what those before it may.
    role: StaffRole,
    /// Whether it may change what its role may; without, it reads and no more.
    manages: bool,
}

#[ComplexObject]
impl Viewer {
    /// The member who asks; null when the token is not a member's.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<Member>, Problem> {
        let session = Session::of(ctx);
        match session.caller.bearer {
            Some(Bearer::Member { .. }) => {
                Ok(Some(session.accounts().profile(&session.caller).await?.into()))
            }
            _ => Ok(None),
        }
    }

    /// The private feeds of the member who asks, revoked ones too, the newest first; null when the token is not a member's.
    async fn feeds(&self, ctx: &Context<'_>) -> Result<Option<Vec<PrivateFeed>>, Problem> {
        let session = Session::of(ctx);
        match session.caller.bearer {
            Some(Bearer::Member { .. }) => {
                let found = session.accounts().feeds(&session.caller).await?;
                session.reading.charge(found.len())?;
                Ok(Some(found.iter().map(Into::into).collect()))
            }
            _ => Ok(None),
        }
    }

    /// What the member who asks has to do with groups; null when the token is not a member's.
    async fn groups(&self, ctx: &Context<'_>) -> Result<Option<MyGroups>, Problem> {
        let session = Session::of(ctx);
        match session.caller.bearer {
            Some(Bearer::Member { .. }) => mine(session).await.map(Some),
            _ => Ok(None),
        }
    }
}

impl Viewer {
    pub(super) fn new(caller: &Caller) -> Self {
        let kind = match &*caller.viewer {
            viewer::Viewer::Anonymous => ViewerKind::Anonymous,
            viewer::Viewer::Reader(reader) if reader.is_member => ViewerKind::Member,
            viewer::Viewer::Reader(_) => ViewerKind::Guest,
            viewer::Viewer::Partner(_) => ViewerKind::Partner,
            viewer::Viewer::Staff(_) => ViewerKind::Staff,
            viewer::Viewer::Preview(_) => ViewerKind::Preview,
        };
        Self {
            kind,
            entitlements: caller.viewer.entitlements().iter().map(ToString::to_string).collect(),
            meter: caller.viewer.meter().map(Meter::from),
            expires: caller.expires.map(DateTime),
            licence: match &*caller.viewer {
                viewer::Viewer::Partner(partner) => Some(Licence(partner.clone())),
                _ => None,
            },
            staff: match &*caller.viewer {
                viewer::Viewer::Staff(staff) => {
                    Some(StaffRights { role: staff.role.into(), manages: !staff.reads_only })
                }
                _ => None,
            },
        }
    }
}
