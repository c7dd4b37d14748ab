//! One operation, executed: with all that it takes of its own, so that it can go on when its client has gone.

use super::{Asked, Cost, Endpoint, Fault, Media, Outcome, Sharing, of_this_moment};
use crate::auth::Caller;
use crate::client::Client;
use crate::deliveries::Surface;
use crate::error::{Code, Problem};
use crate::graphql::guard::Checked;
use crate::graphql::spending::Spending;
use crate::idempotency::{Answer, Ending, Key, Turn, to_the_end, turn};
use crate::state::Gateway;
use actix_web::HttpResponse;
use async_graphql::{Executor, Request};
use masthead_domain::partner::Delivered;
use std::sync::Arc;
use std::time::Duration;

/// An operation that is about to be executed.
pub(super) struct Execution<E> {
    pub(super) endpoint: Arc<Endpoint<E>>,
    pub(super) gateway: Arc<Gateway>,
    pub(super) caller: Caller,
    pub(super) client: Client,
    pub(super) checked: Arc<Checked>,
    pub(super) asked: Asked,
    pub(super) cost: u64,
}

/// What has come of it.
pub(super) struct Executed {
    outcome: Outcome,
    cost: Cost,
    sharing: Sharing,
    delivered: Arc<[Delivered]>,
}

impl Executed {
    pub(super) fn body(&self) -> Vec<u8> {
        self.outcome.body(self.cost)
    }

    /// What of articles goes out to a partner with it.
    pub(super) fn delivered(&self) -> Arc<[Delivered]> {
        Arc::clone(&self.delivered)
    }

    pub(super) fn is_whole(&self) -> bool {
        self.outcome.is_whole()
    }

    pub(super) fn may_be_shared(&self) -> bool {
        !self.sharing.is_forbidden()
    }
}

impl<E: Executor> Execution<E> {
    pub(super) async fn run(self) -> Result<Executed, Fault> {
        let Self { endpoint, gateway, caller, client, checked, asked, cost } = self;
        let limits = endpoint.guard.limits();
        let shape = checked.shape(asked.operation.as_deref())?;
        let sharing = Sharing::default();
        let cost = Cost { requested: cost, limit: limits.complexity };
        let mut request = Request::new(String::new()).variables(asked.variables).data(sharing.clone());
        request.operation_name.clone_from(&asked.operation);
        request.set_parsed_query(checked.document().clone());
        let spending = Arc::new(Spending::new(limits));
        let viewer = Arc::clone(&caller.viewer);
        let request = request.data(Arc::clone(&spending));
        let request = (endpoint.equip)(request, &gateway, &caller, &spending, client);
        let executing = endpoint.executor.execute(request);
        let response =
            tokio::time::timeout(limits.time, executing).await.map_err(|_| too_slow(limits.time))?;
        // A part of an answer would look like the whole.
        spending.check()?;
        let outcome = Outcome::of(response, shape)?;
        let delivered = spending.delivering().delivered();
        gateway.note_delivered(&viewer, &delivered, Surface::GraphQl).await?;
        Ok(Executed { outcome, cost, sharing, delivered })
    }

    /// Executes a mutation once for all requests with this key. The answer is kept with its errors when a part was done.
    pub(super) async fn once(
        self,
        key: Key,
        document: [u8; 32],
        media: Media,
    ) -> Result<HttpResponse, Fault> {
        to_the_end(async move {
            match turn(&self.gateway, &self.caller, &key, &[b"graphql", &document]).await? {
                Turn::Again(response) => Ok(response),
                Turn::First(first) => first.run(self.answered(media)).await,
            }
        })
        .await?
    }

    async fn answered(self, media: Media) -> (Result<HttpResponse, Fault>, Ending) {
        match self.run().await {
            Err(fault) => (Err(fault), Ending::Part(None)),
            Ok(executed) => {
                let response = of_this_moment(media.content_type(), executed.body().into());
                let (response, answer) = Answer::of(response);
                let ending = if executed.is_whole() { Ending::Whole(answer) } else { Ending::Part(answer) };
                (Ok(response), ending)
            }
        }
    }
}

fn too_slow(time: Duration) -> Problem {
    let detail = format!("The answer took longer than {} ms; ask for less at once.", time.as_millis());
    Problem::new(Code::Timeout, detail)
}
