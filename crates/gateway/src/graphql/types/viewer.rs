//! Who asks.

use super::scalar::DateTime;
use super::words::ViewerKind;
use crate::auth::Caller;
use async_graphql::SimpleObject;
use masthead_domain::viewer;

/// Who asks, and what the token grants.
#[derive(SimpleObject)]
pub(super) struct Viewer {
    /// Anonymous, a signed-in reader, or the publisher's staff.
    kind: ViewerKind,
    /// The entitlements that the token carries.
    entitlements: Vec<String>,
    /// When the token expires; null without a token.
    expires: Option<DateTime>,
}

impl Viewer {
    pub(super) fn new(caller: &Caller) -> Self {
        let kind = match &*caller.viewer {
            viewer::Viewer::Anonymous => ViewerKind::Anonymous,
            viewer::Viewer::Member(_) => ViewerKind::Member,
            viewer::Viewer::Staff { .. } => ViewerKind::Staff,
        };
        Self {
            kind,
            entitlements: caller.viewer.entitlements().iter().map(ToString::to_string).collect(),
            expires: caller.expires.map(DateTime),
        }
    }
}
