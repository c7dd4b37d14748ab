//! The letters with the codes of gift subscriptions. One is due from the payment until the mail server has accepted it, and
//! stands in the database until then: neither a restart nor a mail server that is away loses it.

use crate::error::Problem;
use crate::mail::{Envelope, GiftWords, Unsent};
use crate::operation::link::LinkCode;
use crate::operation::member::Accounts;
use futures_util::future::join_all;
use masthead_domain::clock::Timestamp;
use masthead_domain::id::GiftSubscriptionId;
use masthead_domain::member::{Delivery, GiftSubscription, Recipient};
use masthead_persistence::Work;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;

/// How often the courier looks for letters when nobody rings.
pub const EVERY: Duration = Duration::from_secs(30);

/// How long it waits before it tries again to write down what has become of a letter: less than the letter's next try.
const PAUSES_TO_SETTLE: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(30), Duration::from_secs(120)];

/// Calls the courier, or sends it home.
#[derive(Default)]
pub struct Bell {
    rung: Notify,
    closed: AtomicBool,
}

impl Bell {
    /// A letter is due.
    pub(super) fn ring(&self) {
        self.rung.notify_one();
    }

    fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.ring();
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}

/// A letter that is to be sent by this node and for a while by no other.
struct Claimed {
    gift: GiftSubscription,
    recipient: Recipient,
    /// With the try that has begun.
    letter: Delivery,
    /// What readers call the tier.
    tier: String,
    /// What the giver is called, if they are.
    giver: Option<String>,
}

/// A try that no other one is to follow.
struct Settled {
    gift: GiftSubscriptionId,
    letter: Delivery,
    is_accepted: bool,
}

impl Accounts {
    /// Sends the courier home: it ends with what the mail server says of the letters that it carries, and begins no other.
    pub fn close_letters(&self) {
        self.bell.close();
    }

    /// Carries the letters that are due to the mail server: now, whenever the bell rings, and every so often, until the bell is
    /// closed.
    pub async fn carry_letters(&self, every: Duration) {
        let mut ticks = tokio::time::interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !self.bell.is_closed() {
            tokio::select! {
                _ = ticks.tick() => {}
                () = self.bell.rung.notified() => {}
            }
            while !self.bell.is_closed() {
                match self.carry_some().await {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(_) => {
                        tracing::warn!("the letters of gift subscriptions wait for the database");
                        break;
                    }
                }
            }
        }
    }

    /// Tries some of the letters that are due. Says whether there were any.
    async fn carry_some(&self) -> Result<bool, Problem> {
        // Whether there are any is found out without a turn of writing.
        if !self.store.registry().has_gift_letter_due(self.clock.now()).await? {
            return Ok(false);
        }
        // First the turns: a letter that waited for one could be somebody else's by then.
        let turns = self.post.turns().await;
        if self.bell.is_closed() {
            return Ok(false);
        }
        let (were_due, claimed) = self.claim(turns.len()).await?;
        let tries = claimed.into_iter().zip(turns).map(|(claimed, turn)| async move {
            let sent = match self.envelope_of(&claimed) {
                Ok(envelope) => turn.send(&envelope).await,
                Err(_) => Err(Unsent::ForNow("it cannot be made".to_owned())),
            };
            if let Some(settled) = outcome(&claimed, sent) {
                self.settle_letter(&settled).await;
            }
        });
        join_all(tries).await;
        Ok(were_due)
    }

    /// Writes down what has become of a letter, as soon as that is known: until it is written it may go a second time.
    async fn settle_letter(&self, settled: &Settled) {
        for pause in PAUSES_TO_SETTLE {
            if self.forget_recipient(settled).await.is_ok() {
                return;
            }
            tokio::time::sleep(pause).await;
        }
        if self.forget_recipient(settled).await.is_err() {
            tracing::error!(gift = %settled.gift, "what became of a letter cannot be written; it may come twice");
        }
    }

    /// Claims at most so many of the letters that are due, and says whether any was. What has changed since the payment is
    /// looked at again: recipients to whom nothing is to be sent any more are forgotten.
    async fn claim(&self, most: usize) -> Result<(bool, Vec<Claimed>), Problem> {
        let mut work = self.store.begin(self.clock.now()).await?;
        // The claim counts from here on, however long the turn of writing was in coming.
        let now = self.clock.now();
        let due = work.gift_letters_due(now, most.try_into().unwrap_or(u64::MAX)).await?;
        let were_due = !due.is_empty();
        let (mut changed, mut claimed) = (Vec::new(), Vec::new());
        for gift in due {
            let gift = gift.addressed(now);
            let next = self.next_try(&mut work, &gift, now).await?;
            let Some((recipient, letter)) = next else {
                changed.push(gift.unaddressed());
                continue;
            };
            let giver = match gift.giver() {
                Some(giver) => work.member(giver).await?.and_then(|giver| giver.name),
                None => None,
            };
            let saved = work.tier(&gift.tier).await?;
            let tier = saved.map_or_else(|| gift.tier.to_string(), |saved| saved.tier.name);
            let gift = GiftSubscription { letter: Some(letter), ..gift };
            changed.push(gift.clone());
            claimed.push(Claimed { gift, recipient, letter, tier, giver });
        }
        work.put_gift_subscriptions(&changed).await?;
        work.commit().await?;
        Ok((were_due, claimed))
    }

    /// To whom a letter goes now, and its next try; nothing when it goes to nobody.
    async fn next_try(
        &self,
        work: &mut Work,
        gift: &GiftSubscription,
        now: Timestamp,
    ) -> Result<Option<(Recipient, Delivery)>, Problem> {
        let (Some(recipient), Some(letter)) = (&gift.recipient, gift.letter) else { return Ok(None) };
        let hash = self.secrets.suppression_hash(&recipient.email);
        if !work.suppressed(&[hash]).await?.is_empty() {
            return Ok(None);
        }
        let tried = letter.tried(now);
        if tried.is_none() {
            given_up(gift.id);
        }
        Ok(tried.map(|letter| (recipient.clone(), letter)))
    }

    fn envelope_of(&self, claimed: &Claimed) -> Result<Envelope, Problem> {
        let Claimed { gift, recipient, tier, giver, .. } = claimed;
        let code = LinkCode::of(self.secrets.gift_subscription_code(gift.id));
        if code.hash() != gift.code_hash {
            // A letter with a code that opens nothing is worse than none.
            tracing::error!(gift = %gift.id, "auth.secret is not the one with which the gift subscription was made");
            return Err(Problem::internal());
        }
        let letter = self.templates.gift_subscription(&GiftWords {
            site: &self.site,
            tier,
            months: gift.months,
            giver: giver.as_deref(),
            name: recipient.name.as_deref(),
            message: recipient.message.as_deref(),
            code: code.as_str(),
            link: &self.links.gift.with(code.as_str()),
        })?;
        let about = gift.id.to_string();
        Ok(self.post.lasting_envelope(letter, &recipient.email, self.clock.now(), &about)?)
    }

    /// Forgets to whom a letter has gone, or was to go. One whose claim has ended meanwhile is tried again, unless it has gone.
    async fn forget_recipient(&self, settled: &Settled) -> Result<(), Problem> {
        let mut work = self.store.begin(self.clock.now()).await?;
        let found = work.gift_subscription(settled.gift).await?;
        let theirs = found.filter(|gift| settled.is_accepted || gift.letter == Some(settled.letter));
        let Some(forgotten) = theirs.map(GiftSubscription::unaddressed) else { return Ok(()) };
        work.put_gift_subscriptions(&[forgotten]).await?;
        Ok(work.commit().await?)
    }
}

/// What a try has come to, where no other one is to follow. For the next one it is claimed already. The log names no address.
fn outcome(claimed: &Claimed, sent: Result<(), Unsent>) -> Option<Settled> {
    let (gift, letter) = (claimed.gift.id, claimed.letter);
    let is_accepted = match sent {
        Ok(()) => true,
        Err(Unsent::ForNow(fault)) if !letter.is_last() => {
            tracing::warn!(%gift, fault, tries = letter.tries, "the letter with a gift subscription is tried again");
            return None;
        }
        // The publisher may have to set something right, for which they have a day.
        Err(Unsent::Refused(fault)) if !letter.has_taken_a_day() => {
            tracing::error!(%gift, fault, tries = letter.tries, "the mail server refuses the letter with a gift subscription");
            return None;
        }
        Err(Unsent::ForNow(fault) | Unsent::Refused(fault) | Unsent::ForGood(fault)) => {
            tracing::error!(%gift, fault, "the letter with a gift subscription was not sent");
            given_up(gift);
            false
        }
    };
    Some(Settled { gift, letter, is_accepted })
}

/// The giver has the code too. What was paid is not undone for a letter.
fn given_up(gift: GiftSubscriptionId) {
    tracing::error!(%gift, "the letter with a gift subscription is given up; its giver has the code");
}
