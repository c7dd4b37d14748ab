//! Writing attempts to sign in, what keeps sessions going, and what people agreed to.

use super::{ROWS_A_STATEMENT, Work};
use crate::error::StoreError;
use crate::idempotency;
use crate::record::select;
use crate::registry::{SignInRecord, read_sign_in, sign_in};
use crate::row::Row;
use crate::schema::{Consent as Agreed, Record as Column, RefreshToken, SignIn, Suppression};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::{MemberId, SessionId, SignInId};
use masthead_domain::member::{Consent, Email, Member, Purpose};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Order, Query, SimpleExpr};

/// For how many seconds attempts are kept, used or not, to count them.
const KEPT: i64 = 24 * 3_600;

/// How many attempts of one address are counted, the newest first.
const MOST_ATTEMPTS: u64 = 100;

/// How somebody proves that the mail came to them. The hashes are keyed ones, in hexadecimal.
#[derive(Clone, Copy, Debug)]
pub enum MailProof<'p> {
    /// By the code, which is good for a few tries only.
    Code {
        /// The attempt that the code belongs to.
        attempt: SignInId,
        /// The hash of the code that was typed.
        hash: &'p str,
        /// How many wrong codes end the attempt.
        tries: i32,
    },
    /// By the secret in the link.
    Link {
        /// The hash of the secret.
        hash: &'p str,
    },
}

/// What became of a refresh token that was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// It was the session's last one, and the new one has its place.
    Done,
    /// It had been used up before.
    Reused,
    /// The session has no refresh token.
    Unknown,
}

impl Work {
    /// When mails were asked for this address, from `since` on, the newest first, at most 100. They are counted where
    /// nobody else can begin another.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or a row is corrupt.
    pub async fn sign_ins(&mut self, email: &Email, since: Timestamp) -> Result<Vec<Timestamp>, StoreError> {
        self.enter()?;
        let ask = Query::select()
            .columns([SignIn::Id, SignIn::CreatedAt])
            .from(SignIn::Table)
            .and_where(Expr::col(SignIn::Email).eq(email.as_str()))
            .and_where(Expr::col(SignIn::CreatedAt).gte(since.micros()))
            .order_by(SignIn::CreatedAt, Order::Desc)
            .limit(MOST_ATTEMPTS)
            .take();
        let created = |cells| Row::new(cells, "sign_in", "id")?.instant("created_at");
        let found = self.transaction.query_all(&ask).await?.iter().map(created).collect::<Result<_, _>>()?;
        self.whole = true;
        Ok(found)
    }

    /// Forgets some of what is kept for a time that is over: answers to requests with a key, gift subscriptions that nobody has
    /// paid for, what payment providers sent, and invitations. People sign in all the time, so it is done then.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn forget_old(&mut self) -> Result<(), StoreError> {
        self.enter()?;
        self.transaction.execute(&idempotency::forget_old(self.now)).await?;
        self.forget_unpaid().await?;
        self.forget_deliveries().await?;
        self.whole = true;
        self.forget_invitations(self.now.plus_seconds(-KEPT)).await
    }

    /// Begins an attempt, and forgets those that are older than a day. With them go the invitations to groups that have been
    /// good no longer for a day, and answers that were kept for one: people sign in all the time, whatever else is done.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn begin_sign_in(&mut self, attempt: &SignInRecord) -> Result<(), StoreError> {
        self.enter()?;
        let forget = Query::delete()
            .from_table(SignIn::Table)
            .and_where(Expr::col(SignIn::CreatedAt).lt(self.now.plus_seconds(-KEPT).micros()))
            .take();
        self.transaction.execute(&forget).await?;
        self.whole = true;
        self.forget_old().await?;
        self.enter()?;
        let insert = Query::insert()
            .into_table(SignIn::Table)
            .columns([
                SignIn::Id,
                SignIn::Email,
                SignIn::Wishes,
                SignIn::CodeHash,
                SignIn::LinkHash,
                SignIn::Tries,
                SignIn::CreatedAt,
                SignIn::ExpiresAt,
            ])
            .values_panic([
                Expr::val(attempt.id.uuid()),
                Expr::val(attempt.email.as_str()),
                Expr::val(attempt.wishes.as_str()),
                Expr::val(attempt.code_hash.as_str()),
                Expr::val(attempt.link_hash.as_str()),
                Expr::val(0),
                Expr::val(attempt.created.micros()),
                Expr::val(attempt.expires.micros()),
            ])
            .take();
        self.transaction.execute(&insert).await?;
        self.whole = true;
        Ok(())
    }

    /// Uses an attempt up and returns it; `None` when the proof is wrong, late, or was used before. A wrong code
    /// counts as a try, so the work is to be committed in either case.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or the row is corrupt.
    pub async fn use_sign_in(&mut self, proof: MailProof<'_>) -> Result<Option<SignInRecord>, StoreError> {
        self.enter()?;
        let which = match proof {
            MailProof::Code { attempt, hash, tries } => Expr::col(SignIn::Id)
                .eq(attempt.uuid())
                .and(Expr::col(SignIn::CodeHash).eq(hash))
                .and(Expr::col(SignIn::Tries).lt(tries)),
            MailProof::Link { hash } => Expr::col(SignIn::LinkHash).eq(hash),
        };
        let update = Query::update()
            .table(SignIn::Table)
            .value(SignIn::UsedAt, self.now.micros())
            .and_where(which.clone())
            .and_where(Expr::col(SignIn::UsedAt).is_null())
            .and_where(Expr::col(SignIn::ExpiresAt).gt(self.now.micros()))
            .take();
        let used = self.transaction.execute(&update).await?.rows_affected() == 1;
        let mut found = None;
        if used {
            let cells = self.transaction.query_one(&sign_in(which)).await?;
            found = cells.as_ref().map(read_sign_in).transpose()?;
        } else if let MailProof::Code { attempt, tries, .. } = proof {
            let count = Query::update()
                .table(SignIn::Table)
                .value(SignIn::Tries, Expr::col(SignIn::Tries).add(1))
                .and_where(Expr::col(SignIn::Id).eq(attempt.uuid()))
                .and_where(Expr::col(SignIn::Tries).lt(tries))
                .take();
            self.transaction.execute(&count).await?;
        }
        self.whole = true;
        Ok(found)
    }

    /// The member with this address, as this work has left them.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or the row is corrupt.
    pub async fn member_by_email(&mut self, email: &Email) -> Result<Option<Member>, StoreError> {
        self.member_where(Expr::col(Column::Email).eq(email.as_str())).await
    }

    /// The member with this id, as this work has left them.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or the row is corrupt.
    pub async fn member(&mut self, id: MemberId) -> Result<Option<Member>, StoreError> {
        self.member_where(Expr::col(Column::Id).eq(id.uuid())).await
    }

    async fn member_where(&mut self, which: SimpleExpr) -> Result<Option<Member>, StoreError> {
        self.enter()?;
        let ask = select::<Member>(which, 1);
        let cells = self.transaction.query_one(&ask).await?;
        let open = |cells| crate::record::Record::open(&Row::new(cells, "member", "id")?);
        let found = cells.as_ref().map(open).transpose()?;
        self.whole = true;
        Ok(found)
    }

    /// Gives a new session its first refresh token. `hash` is a keyed hash in hexadecimal.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn begin_refresh(&mut self, session: SessionId, hash: &str) -> Result<(), StoreError> {
        self.enter()?;
        let insert = Query::insert()
            .into_table(RefreshToken::Table)
            .columns([RefreshToken::SessionId, RefreshToken::Generation, RefreshToken::Hash])
            .values_panic([Expr::val(session.uuid()), Expr::val(1_i64), Expr::val(hash)])
            .take();
        self.transaction.execute(&insert).await?;
        self.whole = true;
        Ok(())
    }

    /// Puts a new refresh token in the place of the one of this generation, which is used up with it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn rotate_refresh(
        &mut self,
        session: SessionId,
        generation: i64,
        hash: &str,
        next_hash: &str,
    ) -> Result<Rotation, StoreError> {
        self.enter()?;
        let of_session = Expr::col(RefreshToken::SessionId).eq(session.uuid());
        let update = Query::update()
            .table(RefreshToken::Table)
            .value(RefreshToken::Generation, generation.saturating_add(1))
            .value(RefreshToken::Hash, next_hash)
            .and_where(of_session.clone())
            .and_where(Expr::col(RefreshToken::Generation).eq(generation))
            .and_where(Expr::col(RefreshToken::Hash).eq(hash))
            .take();
        let rotated = self.transaction.execute(&update).await?.rows_affected() == 1;
        let ask = Query::select()
            .column(RefreshToken::Generation)
            .from(RefreshToken::Table)
            .and_where(of_session)
            .take();
        let rotation = if rotated {
            Rotation::Done
        } else if self.transaction.query_one(&ask).await?.is_some() {
            Rotation::Reused
        } else {
            Rotation::Unknown
        };
        self.whole = true;
        Ok(rotation)
    }

    /// Writes down what somebody agreed to.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn log_consent(&mut self, consent: &Consent) -> Result<(), StoreError> {
        self.log_consents(std::slice::from_ref(consent)).await
    }

    /// Writes down what many have agreed to.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn log_consents(&mut self, consents: &[Consent]) -> Result<(), StoreError> {
        self.enter()?;
        for consents in consents.chunks(ROWS_A_STATEMENT) {
            let mut insert = Query::insert();
            insert.into_table(Agreed::Table).columns([
                Agreed::Id,
                Agreed::MemberId,
                Agreed::Purpose,
                Agreed::Wording,
                Agreed::Source,
                Agreed::GivenAt,
                Agreed::ConfirmedAt,
                Agreed::WithdrawnAt,
            ]);
            for consent in consents {
                insert.values_panic([
                    Expr::val(consent.id.uuid()),
                    Expr::val(consent.member.uuid()),
                    Expr::val(consent.purpose.to_string()),
                    Expr::val(consent.wording.as_str()),
                    Expr::val(consent.source.as_str()),
                    Expr::val(consent.given.micros()),
                    Expr::val(consent.confirmed.micros()),
                    Expr::val(consent.withdrawn.map(|at| at.micros())),
                ]);
            }
            self.transaction.execute(&insert).await?;
        }
        self.whole = true;
        Ok(())
    }

    /// Writes down that the member no longer agrees to this.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn withdraw_consent(&mut self, member: MemberId, purpose: &Purpose) -> Result<(), StoreError> {
        self.enter()?;
        let update = Query::update()
            .table(Agreed::Table)
            .value(Agreed::WithdrawnAt, self.now.micros())
            .and_where(Expr::col(Agreed::MemberId).eq(member.uuid()))
            .and_where(Expr::col(Agreed::Purpose).eq(purpose.to_string()))
            .and_where(Expr::col(Agreed::WithdrawnAt).is_null())
            .take();
        self.transaction.execute(&update).await?;
        self.whole = true;
        Ok(())
    }

    /// Writes down that whoever has this hash of an address asked to be forgotten.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn suppress(&mut self, hash: &str) -> Result<(), StoreError> {
        self.enter()?;
        let insert = Query::insert()
            .into_table(Suppression::Table)
            .columns([Suppression::Hash, Suppression::At])
            .values_panic([Expr::val(hash), Expr::val(self.now.micros())])
            .on_conflict(OnConflict::column(Suppression::Hash).do_nothing().to_owned())
            .take();
        self.transaction.execute(&insert).await?;
        self.whole = true;
        Ok(())
    }

    /// Takes a suppression back: they have come again by themselves.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database fails.
    pub async fn unsuppress(&mut self, hash: &str) -> Result<(), StoreError> {
        self.enter()?;
        let delete = Query::delete()
            .from_table(Suppression::Table)
            .and_where(Expr::col(Suppression::Hash).eq(hash))
            .take();
        self.transaction.execute(&delete).await?;
        self.whole = true;
        Ok(())
    }
}
