//! Answers that are kept, or made and kept.

use super::Gateway;
use crate::auth::Caller;
use crate::auth::agent::WasHead;
use crate::cache::{Key, Representation};
use crate::deliveries::Surface;
use crate::error::Problem;
use crate::operation::Reading;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use std::ops::ControlFlow;
use std::sync::Arc;

impl Gateway {
    /// The answer to what was asked, which depends on the caller's class and the state of the publication alone: the one
    /// that is kept, or one that is made now. `asked` must hold everything else that it depends on. What `make` breaks off with is
    /// sent as it is and not kept; every other answer leaves by [`Self::send`]. It may have no body where `request` has a
    /// condition that finds it unchanged.
    ///
    /// # Errors
    /// Those of `make`, and a problem when the database cannot be read.
    pub(crate) async fn kept<F>(
        &self,
        caller: &Caller,
        request: &HttpRequest,
        asked: &[&[u8]],
        make: F,
    ) -> Result<ControlFlow<HttpResponse, Arc<Representation>>, Problem>
    where
        F: AsyncFnOnce(Reading) -> Result<ControlFlow<HttpResponse, Representation>, Problem>,
    {
        // The epoch is taken before anything is read: what is written meanwhile ends it.
        let key = self.watch.epoch().map(|epoch| Key::new(epoch, &caller.class, asked));
        let ready =
            key.as_ref().and_then(|key| self.representations.answer_to(request, key, self.clock.now()));
        if let Some(ready) = ready {
            return Ok(ControlFlow::Continue(ready));
        }
        let reading = self.reading(caller);
        let made = match make(reading.clone()).await? {
            ControlFlow::Continue(made) => made,
            ControlFlow::Break(response) => return Ok(ControlFlow::Break(response)),
        };
        let made = made.with_delivered(reading.delivering().delivered());
        let Some(key) = key else { return Ok(ControlFlow::Continue(Arc::new(made.for_once()))) };
        let made = Arc::new(made.until(reading.ends().await?));
        self.representations.put(key, Arc::clone(&made));
        Ok(ControlFlow::Continue(made))
    }

    /// Sends an answer that may be kept. What of articles goes out to a partner with it is noted before.
    ///
    /// # Errors
    /// A problem when it cannot be noted: then nothing goes out.
    pub(crate) async fn send(
        &self,
        caller: &Caller,
        surface: Surface,
        ready: &Arc<Representation>,
        request: &HttpRequest,
    ) -> Result<HttpResponse, Problem> {
        if goes_out(ready, request) {
            self.note_delivered(&caller.viewer, ready.delivered(), surface).await?;
        }
        Ok(send_coded(ready, request).await)
    }
}

/// Whether anything of articles goes out with an answer: not to whoever has it already, or asks for its headers.
pub(crate) fn goes_out(ready: &Representation, request: &HttpRequest) -> bool {
    !ready.delivered().is_empty()
        && !ready.is_known_to(request)
        && !request.extensions().contains::<WasHead>()
}

/// Sends an answer that is kept, in the coding that the client likes best. What is compressed for the first time is compressed
/// away from the workers.
async fn send_coded(ready: &Arc<Representation>, request: &HttpRequest) -> HttpResponse {
    let wanting = ready.wanting(request).filter(|_| !ready.is_known_to(request));
    if let Some(coding) = wanting {
        let unprepared = Arc::clone(ready);
        // It fails only when the server stops; then the plain form is sent.
        let _ = web::block(move || unprepared.prepare(coding)).await;
    }
    ready.respond(request)
}
