//! Who asks.

use super::licence::Licence;
use super::scalar::DateTime;
use super::words::ViewerKind;
use crate::auth::Caller;
use async_graphql::SimpleObject;
use masthead_domain::viewer;

/// Who asks, and what the token grants.
#[derive(SimpleObject)]
pub(super) struct Viewer {
    /// What the viewer is to the paywall.
    kind: ViewerKind,
    /// The entitlements that the token carries.
    entitlements: Vec<String>,
    /// When the token expires; null without a token.
    expires: Option<DateTime>,
    /// What a partner's licence covers; null for everybody else.
    licence: Option<Licence>,
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
            expires: caller.expires.map(DateTime),
            licence: match &*caller.viewer {
                viewer::Viewer::Partner(partner) => Some(Licence(partner.clone())),
                _ => None,
            },
        }
    }
}
