//! What opens articles beside what members have: unlocks of the meter, gifts, preview links, passes for some time.

use super::Registry;
use crate::error::StoreError;
use crate::row::Row;
use crate::schema::{Gift, Pass as PassColumn, Preview, Unlock};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{ArticleId, GiftId, MemberId, PassId, PreviewId};
use masthead_domain::page::{Page, PageRequest, Position, SortKey};
use masthead_domain::paywall::meter::MAX_LIMIT;
use masthead_domain::viewer::{Bearer, Entitlement, Entitlements};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, QueryResult};

/// Who gives an article away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Giver {
    /// A member; the gift opens what they hold themselves.
    Member(MemberId),
    /// Somebody on the staff, as their token names them; the gift opens what any reader can get.
    Staff(String),
}

impl Giver {
    /// The giver as the database writes it.
    pub(crate) fn code(&self) -> String {
        match self {
            Self::Member(id) => id.to_string(),
            Self::Staff(subject) => format!("staff:{subject}"),
        }
    }

    /// The giver as lists name them: a member's id, or what the token of somebody on the staff says.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Member(id) => id.to_string(),
            Self::Staff(subject) => subject.clone(),
        }
    }

    fn of_code(code: &str) -> Option<Self> {
        match code.strip_prefix("staff:") {
            Some(subject) => Some(Self::Staff(subject.to_owned())),
            None => code.parse().ok().map(Self::Member),
        }
    }
}

/// An article that was given away. Its code is known to whoever has the link alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiftRecord {
    /// Its identifier.
    pub id: GiftId,
    /// The article.
    pub article: ArticleId,
    /// Who gave it.
    pub giver: Giver,
    /// When it was given.
    pub created: Timestamp,
    /// The first instant at which it opens nothing.
    pub expires: Timestamp,
    /// When it was taken back before that.
    pub revoked: Option<Timestamp>,
    /// How often it can be opened.
    pub uses: u32,
    /// How often it has been opened.
    pub used: u32,
}

impl GiftRecord {
    /// Whether it opens something at this instant, for whoever has redeemed it.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && now < self.expires
    }
}

/// A link to one version of an article that is not published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewRecord {
    /// Its identifier.
    pub id: PreviewId,
    /// The article.
    pub article: ArticleId,
    /// Its version; a later one is not shown.
    pub version: i64,
    /// Who made it, as their token names them.
    pub by: String,
    /// When it was made.
    pub created: Timestamp,
    /// The first instant at which it shows nothing.
    pub expires: Timestamp,
    /// When it was taken back before that.
    pub revoked: Option<Timestamp>,
}

impl PreviewRecord {
    /// Whether it may show something at this instant.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && now < self.expires
    }
}

/// A pass for some time: whoever has redeemed its code holds something for as long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassRecord {
    /// Its identifier.
    pub id: PassId,
    /// What it counts as, for every article.
    pub entitlements: Entitlements,
    /// From when on.
    pub from: Timestamp,
    /// The first instant at which it counts no longer.
    pub until: Timestamp,
    /// On how many devices its code can be redeemed.
    pub uses: u32,
    /// How often it has been redeemed.
    pub used: u32,
    /// Who made it, as their token names them.
    pub by: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it was taken back.
    pub revoked: Option<Timestamp>,
}

impl PassRecord {
    /// Whether it counts at this instant.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && self.from <= now && now < self.until
    }
}

impl Registry<'_> {
    /// One pass.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn pass(&self, id: PassId) -> Result<Option<PassRecord>, StoreError> {
        self.pass_where(Expr::col(PassColumn::Id).eq(id.uuid())).await
    }

    /// A page of all passes, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn passes(&self, page: &PageRequest) -> Result<Page<PassRecord>, StoreError> {
        let read = |cells: &QueryResult| {
            let pass = pass(cells)?;
            Ok((Position { key: SortKey::Micros(pass.created.micros()), id: pass.id.uuid() }, pass))
        };
        self.newest_first(passes(), PassColumn::Id, |position| position.id.into(), page, read).await
    }

    /// The pass with the code of this hash, whether it still counts or not.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn pass_by_code(&self, code_hash: &str) -> Result<Option<PassRecord>, StoreError> {
        self.pass_where(Expr::col(PassColumn::CodeHash).eq(code_hash)).await
    }

    async fn pass_where(&self, which: SimpleExpr) -> Result<Option<PassRecord>, StoreError> {
        let ask = passes().and_where(which).take();
        self.store.reader().query_one(&ask).await?.as_ref().map(pass).transpose()
    }

    /// The articles that a bearer has opened by a meter in the period that began then.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn unlocks(
        &self,
        holder: &Bearer,
        period_start: Timestamp,
    ) -> Result<Vec<ArticleId>, StoreError> {
        self.unlocks_of(&holder.subject(), period_start).await
    }

    pub(crate) async fn unlocks_of(
        &self,
        holder: &str,
        period_start: Timestamp,
    ) -> Result<Vec<ArticleId>, StoreError> {
        let ask = Query::select()
            .column(Unlock::ArticleId)
            .from(Unlock::Table)
            .and_where(Expr::col(Unlock::Holder).eq(holder))
            .and_where(Expr::col(Unlock::PeriodStart).eq(period_start.micros()))
            .limit(u64::from(MAX_LIMIT))
            .take();
        let article = |cells| Ok(ArticleId::from_uuid(Row::new(cells, "unlock", "article_id")?.id));
        self.store.reader().query_all(&ask).await?.iter().map(article).collect()
    }

    /// One gift.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn gift(&self, id: GiftId) -> Result<Option<GiftRecord>, StoreError> {
        let ask = gifts(Expr::col(Gift::Id).eq(id.uuid()));
        self.store.reader().query_one(&ask).await?.as_ref().map(gift).transpose()
    }

    /// The gift with the code of this hash, whether it still opens something or not.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn gift_by_code(&self, code_hash: &str) -> Result<Option<GiftRecord>, StoreError> {
        let ask = gifts(Expr::col(Gift::CodeHash).eq(code_hash));
        self.store.reader().query_one(&ask).await?.as_ref().map(gift).transpose()
    }

    /// A page of what was given away, by somebody or by anybody, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn gifts(
        &self,
        giver: Option<&Giver>,
        page: &PageRequest,
    ) -> Result<Page<GiftRecord>, StoreError> {
        let ask = gifts(giver.map_or(Expr::val(true), |giver| Expr::col(Gift::Giver).eq(giver.code())));
        let read = |cells: &QueryResult| {
            let gift = gift(cells)?;
            Ok((Position { key: SortKey::Micros(gift.created.micros()), id: gift.id.uuid() }, gift))
        };
        // Ids sort by the time they were made.
        self.newest_first(ask, Gift::Id, |position| position.id.into(), page, read).await
    }

    /// One preview link.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn preview(&self, id: PreviewId) -> Result<Option<PreviewRecord>, StoreError> {
        self.preview_where(Expr::col(Preview::Id).eq(id.uuid())).await
    }

    /// The preview link with the code of this hash, whether it still shows something or not.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or the row is corrupt.
    pub async fn preview_by_code(&self, code_hash: &str) -> Result<Option<PreviewRecord>, StoreError> {
        self.preview_where(Expr::col(Preview::CodeHash).eq(code_hash)).await
    }

    async fn preview_where(&self, which: SimpleExpr) -> Result<Option<PreviewRecord>, StoreError> {
        let ask = previews().and_where(which).take();
        self.store.reader().query_one(&ask).await?.as_ref().map(preview).transpose()
    }

    /// A page of all preview links, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn previews(&self, page: &PageRequest) -> Result<Page<PreviewRecord>, StoreError> {
        let read = |cells: &QueryResult| {
            let preview = preview(cells)?;
            Ok((Position { key: SortKey::Micros(preview.created.micros()), id: preview.id.uuid() }, preview))
        };
        self.newest_first(previews(), Preview::Id, |position| position.id.into(), page, read).await
    }
}

fn passes() -> SelectStatement {
    Query::select()
        .columns([
            PassColumn::Id,
            PassColumn::Entitlements,
            PassColumn::FromAt,
            PassColumn::UntilAt,
            PassColumn::Uses,
            PassColumn::Used,
            PassColumn::MadeBy,
            PassColumn::CreatedAt,
            PassColumn::RevokedAt,
        ])
        .from(PassColumn::Table)
        .take()
}

fn pass(cells: &QueryResult) -> Result<PassRecord, StoreError> {
    let row = Row::new(cells, "pass", "id")?;
    let held: String = row.get("entitlements")?;
    let held: Vec<Entitlement> =
        serde_json::from_str(&held).map_err(|_| row.corrupt("entitlements", "no list"))?;
    Ok(PassRecord {
        id: PassId::from_uuid(row.id),
        entitlements: held.into_iter().collect(),
        from: row.instant("from_at")?,
        until: row.instant("until_at")?,
        uses: row.number("uses")?,
        used: row.number("used")?,
        by: row.get("made_by")?,
        created: row.instant("created_at")?,
        revoked: row.ended("revoked_at")?,
    })
}

fn previews() -> SelectStatement {
    Query::select()
        .columns([
            Preview::Id,
            Preview::ArticleId,
            Preview::ArticleVersion,
            Preview::MadeBy,
            Preview::CreatedAt,
            Preview::ExpiresAt,
            Preview::RevokedAt,
        ])
        .from(Preview::Table)
        .take()
}

fn preview(cells: &QueryResult) -> Result<PreviewRecord, StoreError> {
    let row = Row::new(cells, "preview", "id")?;
    Ok(PreviewRecord {
        id: PreviewId::from_uuid(row.id),
        article: ArticleId::from_uuid(row.get("article_id")?),
        version: row.get("article_version")?,
        by: row.get("made_by")?,
        created: row.instant("created_at")?,
        expires: row.instant("expires_at")?,
        revoked: row.ended("revoked_at")?,
    })
}

fn gifts(which: SimpleExpr) -> SelectStatement {
    Query::select()
        .columns([
            Gift::Id,
            Gift::ArticleId,
            Gift::Giver,
            Gift::CreatedAt,
            Gift::ExpiresAt,
            Gift::RevokedAt,
            Gift::Uses,
            Gift::Used,
        ])
        .from(Gift::Table)
        .and_where(which)
        .take()
}

fn gift(cells: &QueryResult) -> Result<GiftRecord, StoreError> {
    let row = Row::new(cells, "gift", "id")?;
    let giver: String = row.get("giver")?;
    Ok(GiftRecord {
        id: GiftId::from_uuid(row.id),
        article: ArticleId::from_uuid(row.get("article_id")?),
        giver: Giver::of_code(&giver).ok_or_else(|| row.corrupt("giver", "nobody who gives"))?,
        created: row.instant("created_at")?,
        expires: row.instant("expires_at")?,
        revoked: row.ended("revoked_at")?,
        uses: row.number("uses")?,
        used: row.number("used")?,
    })
}
