//! What has changed since a place that the follower knows, for partners and for the staff.

use super::article::{self, Dossier};
use super::cursor::ListName;
use super::reading::Reading;
use crate::auth::no_standing;
use crate::cache::{AsOf, Ledgers};
use crate::error::{Code, Problem};
use masthead_domain::change::{Notice, NoticeKind};
use masthead_domain::id::PartnerId;
use masthead_domain::page::{PageSize, Position, SortKey};
use masthead_domain::viewer::Viewer;
use masthead_persistence::LedgerPlace;
use std::collections::HashMap;
use uuid::Uuid;

/// The parameter that names the place.
pub const AFTER: &str = "after";

/// How many times a ledger is brought up to date for one answer, as long as there is nothing to answer with.
const MOST_TIMES: usize = 25;

/// Who follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follower {
    /// A partner, by its ledger.
    Partner(PartnerId),
    /// Somebody of the staff, by the change log itself.
    Staff(Uuid),
}

/// A place in what a follower is told: a sequence, and what tells it apart. For a partner that is where its ledger ended when it
/// began to follow, for the staff the instant of the entry of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    follower: Follower,
    sequence: i64,
    beside: i64,
}

/// A change of one article, with the article as the follower may see it. It comes without when it is gone for them.
#[derive(Clone, Debug)]
pub struct Change {
    /// What happened.
    pub notice: Notice,
    /// The article as it is now.
    pub dossier: Option<Dossier>,
}

/// Some changes, in order.
#[derive(Clone, Debug)]
pub struct Changes {
    /// The changes.
    pub rows: Vec<Change>,
    /// The place after them.
    pub next: Since,
    /// Whether there are more already.
    pub more: bool,
}

impl Follower {
    /// Who follows as this viewer.
    ///
    /// # Errors
    /// 401 for nobody, 403 for everybody but partners and the staff.
    pub fn of(viewer: &Viewer) -> Result<Self, Problem> {
        match viewer {
            Viewer::Partner(partner) => Ok(Self::Partner(partner.id)),
            Viewer::Staff(staff) => {
                let [id @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
                    *blake3::hash(staff.subject.as_bytes()).as_bytes();
                Ok(Self::Staff(Uuid::from_bytes(id)))
            }
            Viewer::Anonymous => Err(Problem::authentication_required()),
            Viewer::Reader(_) | Viewer::Preview(_) => {
                let detail = "Changes are for partners and the publisher's staff.";
                Err(Problem::new(Code::InsufficientScope, detail))
            }
        }
    }

    /// Who it is, for counting.
    #[must_use]
    pub const fn id(self) -> Uuid {
        match self {
            Self::Partner(partner) => partner.uuid(),
            Self::Staff(id) => id,
        }
    }

    fn list(self) -> ListName {
        match self {
            Self::Partner(partner) => ListName::new(&format!("changes {partner}")),
            Self::Staff(_) => ListName::new("changes"),
        }
    }
}

impl Since {
    /// The place that a cursor names; without one, that before everything.
    ///
    /// # Errors
    /// A problem when it is no cursor of this follower's.
    pub fn of(follower: Follower, cursor: Option<&str>) -> Result<Self, Problem> {
        let Some(cursor) = cursor else { return Ok(Self { follower, sequence: 0, beside: 0 }) };
        let position = follower.list().decode(AFTER, cursor)?;
        let SortKey::Micros(beside) = position.key else { return Err(lost()) };
        let sequence = i64::try_from(position.id.as_u128()).map_err(|_| lost())?;
        Ok(Self { follower, sequence, beside })
    }

    /// The cursor that names the place.
    #[must_use]
    pub fn cursor(&self) -> String {
        let id = Uuid::from_u128(u128::try_from(self.sequence).unwrap_or(0));
        self.follower.list().encode(&Position { key: SortKey::Micros(self.beside), id })
    }
}

/// The answer to a cursor that leads beyond what there is: the database was put back to an earlier state.
fn lost() -> Problem {
    let detail = "What this cursor was given for is not there any more. Begin anew, without a cursor.";
    Problem::new(Code::InvalidCursor, detail).about(AFTER)
}

/// What has changed since a place, at most `size` articles. `as_of` is a state of the publication that was taken before.
///
/// # Errors
/// A problem when the place is gone, a partner may take nothing by now, or the database fails.
pub async fn since(
    reading: &Reading,
    since: Since,
    size: PageSize,
    ledgers: &Ledgers,
    as_of: Option<AsOf>,
) -> Result<Changes, Problem> {
    match since.follower {
        Follower::Partner(partner) => of_partner(reading, partner, since, size, ledgers, as_of).await,
        Follower::Staff(_) => of_log(reading, since, size).await,
    }
}

async fn of_partner(
    reading: &Reading,
    partner: PartnerId,
    since: Since,
    size: PageSize,
    ledgers: &Ledgers,
    as_of: Option<AsOf>,
) -> Result<Changes, Problem> {
    let (store, now) = (reading.store(), reading.now());
    let mut has_looked = false;
    let mut is_current = ledgers.is_current(partner, as_of, now);
    for _ in 0..MOST_TIMES {
        if !is_current {
            let followed = store.follow(partner, now).await?.map_err(no_standing)?;
            (is_current, has_looked) = (followed.is_current, true);
            if is_current {
                ledgers.note(partner, as_of, followed.due);
            }
        }
        let place = LedgerPlace { sequence: since.sequence, began: since.beside };
        let found = store.notices(partner, place, size).await?.ok_or_else(lost)?;
        if !is_current && !found.more {
            continue;
        }
        let beside = found.began;
        let mut rows = dossiers(reading, found.rows).await?;
        // What the ledger holds and the partner may not see now has changed since the ledger was brought up to date.
        // Or the licence was read, or the time, a moment before or after. Nothing beyond it is told before that is settled.
        let doubtful = rows.iter().position(|row| row.dossier.is_none() && !row.notice.kind.is_tombstone());
        if let Some(first) = doubtful {
            if !has_looked {
                is_current = false;
                continue;
            }
            rows.truncate(first);
        }
        let sequence = rows.last().map_or(since.sequence, |row| row.notice.sequence);
        let more = doubtful.is_none() && (found.more || !is_current);
        return Ok(Changes { rows, next: Since { sequence, beside, ..since }, more });
    }
    Ok(Changes { rows: Vec::new(), next: since, more: true })
}

async fn of_log(reading: &Reading, since: Since, size: PageSize) -> Result<Changes, Problem> {
    let found =
        reading.store().article_changes((since.sequence, since.beside), size).await?.ok_or_else(lost)?;
    let mut rows = dossiers(reading, found.notices).await?;
    for row in rows.iter_mut().filter(|row| row.dossier.is_none()) {
        row.notice.kind = NoticeKind::Withdrawn;
    }
    let (sequence, beside) = found.last;
    Ok(Changes { rows, next: Since { sequence, beside, ..since }, more: found.more })
}

/// The changes with their articles as they exist for the viewer now.
async fn dossiers(reading: &Reading, notices: Vec<Notice>) -> Result<Vec<Change>, Problem> {
    // What is withdrawn is there for the staff.
    let is_wanted = |notice: &&Notice| reading.viewer().is_staff() || !notice.kind.is_tombstone();
    let ids: Vec<_> = notices.iter().filter(is_wanted).map(|notice| notice.article).collect();
    let found = article::by_ids(reading, &ids).await?;
    let mut found: HashMap<_, _> = ids.into_iter().zip(found).collect();
    let change = |notice: Notice| Change { dossier: found.remove(&notice.article).flatten(), notice };
    Ok(notices.into_iter().map(change).collect())
}
