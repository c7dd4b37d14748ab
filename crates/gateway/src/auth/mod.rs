//! Who is asking: from the `Authorization` header to a [`Viewer`].

use masthead_domain::clock::Timestamp;
use masthead_domain::viewer::Viewer;
use std::sync::Arc;

/// Who is asking, with what a request needs to know about them. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who, and what they hold.
    pub viewer: Arc<Viewer>,
    /// [`Viewer::class`], made once.
    pub class: Arc<str>,
    /// When the token that says so ends; `None` when the request came without a token.
    pub expires: Option<Timestamp>,
}

impl Caller {
    fn new(viewer: Viewer, expires: Option<Timestamp>) -> Self {
        Self { class: viewer.class().into(), viewer: Arc::new(viewer), expires }
    }

    /// Somebody who sent no token.
    #[must_use]
    pub fn anonymous() -> Self {
        Self::new(Viewer::Anonymous, None)
    }
}
