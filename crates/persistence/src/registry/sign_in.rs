//! Attempts to sign in, what people agreed to, and who asked to be forgotten.

use super::Registry;
use crate::error::StoreError;
use crate::row::Row;
use crate::schema::{Consent as Agreed, SignIn, Suppression};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{ConsentId, MemberId, SignInId};
use masthead_domain::member::{Consent, Email};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, QueryResult};

/// How many consents of one member are read, the newest first.
const MOST_CONSENTS: u64 = 1_000;

/// An attempt to sign in, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInRecord {
    /// Its identifier.
    pub id: SignInId,
    /// The address that the mail went to.
    pub email: Email,
    /// What the attempt asks for beside signing in, as JSON of the gateway's own form.
    pub wishes: String,
    /// The keyed hash of the code in the mail, in hexadecimal.
    pub code_hash: String,
    /// The keyed hash of the secret in the mail's link, in hexadecimal.
    pub link_hash: String,
    /// When the mail was asked for.
    pub created: Timestamp,
    /// The first instant at which neither code nor link is good.
    pub expires: Timestamp,
}

impl Registry<'_> {
    /// What the member agreed to, withdrawn consents too, the newest first, at most 1,000.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read or a row is corrupt.
    pub async fn consents(&self, member: MemberId) -> Result<Vec<Consent>, StoreError> {
        let ask = Query::select()
            .columns([
                Agreed::Id,
                Agreed::Purpose,
                Agreed::Wording,
                Agreed::Source,
                Agreed::GivenAt,
                Agreed::ConfirmedAt,
                Agreed::WithdrawnAt,
            ])
            .from(Agreed::Table)
            .and_where(Expr::col(Agreed::MemberId).eq(member.uuid()))
            .order_by(Agreed::GivenAt, Order::Desc)
            .limit(MOST_CONSENTS)
            .take();
        let consent = |cells| {
            let row = Row::new(cells, "consent", "id")?;
            Ok(Consent {
                id: ConsentId::from_uuid(row.id),
                member,
                purpose: row.parse("purpose")?,
                wording: row.get("wording")?,
                source: row.get("source")?,
                given: row.instant("given_at")?,
                confirmed: row.instant("confirmed_at")?,
                withdrawn: row.optional_instant("withdrawn_at")?,
            })
        };
        self.store.reader().query_all(&ask).await?.iter().map(consent).collect()
    }

    /// Whether somebody with this hash of an address asked to be forgotten.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be read.
    pub async fn is_suppressed(&self, hash: &str) -> Result<bool, StoreError> {
        let ask = Query::select()
            .column(Suppression::At)
            .from(Suppression::Table)
            .and_where(Expr::col(Suppression::Hash).eq(hash))
            .limit(1)
            .take();
        Ok(self.store.reader().query_one(&ask).await?.is_some())
    }
}

/// The attempt that `which` finds.
pub(crate) fn sign_in(which: SimpleExpr) -> SelectStatement {
    Query::select()
        .columns([
            SignIn::Id,
            SignIn::Email,
            SignIn::Wishes,
            SignIn::CodeHash,
            SignIn::LinkHash,
            SignIn::CreatedAt,
            SignIn::ExpiresAt,
        ])
        .from(SignIn::Table)
        .and_where(which)
        .limit(1)
        .take()
}

/// Reads what [`sign_in`] asks for.
pub(crate) fn read_sign_in(cells: &QueryResult) -> Result<SignInRecord, StoreError> {
    let row = Row::new(cells, "sign_in", "id")?;
    Ok(SignInRecord {
        id: SignInId::from_uuid(row.id),
        email: row.parse("email")?,
        wishes: row.get("wishes")?,
        code_hash: row.get("code_hash")?,
        link_hash: row.get("link_hash")?,
        created: row.instant("created_at")?,
        expires: row.instant("expires_at")?,
    })
}
