//! What the resolvers of one request share.

use super::batch::Batch;
use super::spending::Spending;
use crate::auth::Caller;
use crate::client::{Client, Throttle};
use crate::error::Problem;
use crate::operation::article::{self, Dossier};
use crate::operation::member::Accounts;
use crate::operation::partner::{filters, keys};
use crate::operation::unlock::{self, Unlocked};
use crate::operation::{Acting, Filter, Reading, Sending};
use crate::quota::{self, Quota};
use crate::site::Site;
use crate::state::Gateway;
use async_graphql::Context;
use masthead_domain::filter::SavedFilter;
use masthead_domain::id::{ArticleId, PartnerId};
use masthead_domain::page::{Page, PageSize};
use masthead_domain::partner::ApiKey;
use masthead_domain::viewer::Partner;
use masthead_persistence::ArticleKey;
use std::sync::Arc;

/// One request: who asks, at which instant, and what is being read for them.
pub(super) struct Session {
    pub(super) reading: Reading,
    pub(super) caller: Caller,
    pub(super) spending: Arc<Spending>,
    pub(super) client: Client,
    gateway: Arc<Gateway>,
    lists: Batch<(PageSize, Filter), Page<Dossier>>,
    counts: Batch<Filter, u64>,
    related: Batch<(PageSize, ArticleId), Vec<Dossier>>,
    keys: Batch<PartnerId, Vec<ApiKey>>,
    filters: Batch<PartnerId, Vec<SavedFilter>>,
    quotas: Batch<Partner, Option<Quota>>,
}

impl Session {
    pub(super) fn new(
        gateway: &Arc<Gateway>,
        caller: &Caller,
        spending: &Arc<Spending>,
        client: Client,
    ) -> Self {
        let viewer = Arc::clone(&caller.viewer);
        let reading = gateway.desk.reading_within(viewer, spending.rows(), spending.delivering());
        // The fields that send more say so.
        reading.sends(Sending::TEASER);
        Self {
            reading,
            caller: caller.clone(),
            spending: Arc::clone(spending),
            client,
            gateway: Arc::clone(gateway),
            lists: Batch::default(),
            counts: Batch::default(),
            related: Batch::default(),
            keys: Batch::default(),
            filters: Batch::default(),
            quotas: Batch::default(),
        }
    }

    /// The session of the request that is being answered. Every request is given one.
    pub(super) fn of<'a>(ctx: &Context<'a>) -> &'a Self {
        ctx.data_unchecked()
    }

    pub(super) fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Counts a request against a limit.
    pub(super) fn admit(&self, throttle: &Throttle) -> Result<(), Problem> {
        self.gateway.admit(&self.caller, self.client.address, throttle)
    }

    /// To change something.
    pub(super) fn acting(&self) -> Acting<'_> {
        Acting::new(self.reading.clone(), &*self.gateway.chance)
    }

    pub(super) fn accounts(&self) -> &Accounts {
        &self.gateway.accounts
    }

    pub(super) fn site(&self) -> &Site {
        &self.gateway.site
    }

    /// Opens an article by the meter of whoever asks.
    pub(super) async fn unlock(&self, key: &ArticleKey) -> Result<Unlocked, Problem> {
        let unlocked = unlock::unlock(&self.reading, self.caller.bearer.as_ref(), key).await?;
        if let Some(bearer) = &self.caller.bearer {
            self.gateway.standings.forget(bearer);
        }
        Ok(unlocked)
    }

    /// The first page of a list, read together with the lists that other fields want.
    pub(super) async fn list(&self, filter: Filter, size: PageSize) -> Result<Page<Dossier>, Problem> {
        let read = async |keys| {
            let mut values = Vec::new();
            for Group { size, places, keys } in by_size(keys) {
                values.extend(places.into_iter().zip(article::lists(&self.reading, &keys, size).await?));
            }
            Ok(in_place(values))
        };
        self.lists.load((size, filter), read).await
    }

    /// How many articles a list holds, counted together with the lists of other fields.
    pub(super) async fn count(&self, filter: Filter) -> Result<u64, Problem> {
        let read = async |filters: Vec<Filter>| article::counts(&self.reading, &filters).await;
        self.counts.load(filter, read).await
    }

    /// What to read after an article, found together with what other fields want.
    pub(super) async fn related(&self, article: ArticleId, size: PageSize) -> Result<Vec<Dossier>, Problem> {
        let read = async |keys| {
            let mut values = Vec::new();
            for Group { size, places, keys } in by_size(keys) {
                let related = article::related_of_each(&self.reading, &keys, size).await?;
                values.extend(places.into_iter().zip(related));
            }
            Ok(in_place(values))
        };
        self.related.load((size, article), read).await
    }

    /// The keys of a partner, read together with those that other fields want.
    pub(super) async fn keys(&self, partner: PartnerId) -> Result<Vec<ApiKey>, Problem> {
        self.keys.load(partner, async |ids: Vec<PartnerId>| keys::of_each(&self.reading, &ids).await).await
    }

    /// The saved filters of a partner, read together with those that other fields want.
    pub(super) async fn filters(&self, partner: PartnerId) -> Result<Vec<SavedFilter>, Problem> {
        let read = async |ids: Vec<PartnerId>| filters::of_each(&self.reading, &ids).await;
        self.filters.load(partner, read).await
    }

    /// What is left of a partner's day, read together with what other fields want.
    pub(super) async fn quota(&self, partner: Partner) -> Result<Option<Quota>, Problem> {
        let store = self.gateway.desk.store();
        let read = async |partners: Vec<Partner>| quota::look(&partners, store, self.reading.now()).await;
        self.quotas.load(partner, read).await
    }
}

/// The keys of one page size, and where they stood.
struct Group<K> {
    size: PageSize,
    places: Vec<usize>,
    keys: Vec<K>,
}

/// One read serves one page size; nearly always there is only one.
fn by_size<K>(keys: Vec<(PageSize, K)>) -> Vec<Group<K>> {
    let mut groups: Vec<Group<K>> = Vec::new();
    for (place, (size, key)) in keys.into_iter().enumerate() {
        match groups.iter_mut().find(|group| group.size == size) {
            Some(group) => {
                group.places.push(place);
                group.keys.push(key);
            }
            None => groups.push(Group { size, places: vec![place], keys: vec![key] }),
        }
    }
    groups
}

fn in_place<V>(mut values: Vec<(usize, V)>) -> Vec<V> {
    values.sort_by_key(|(place, _)| *place);
    values.into_iter().map(|(_, value)| value).collect()
}
