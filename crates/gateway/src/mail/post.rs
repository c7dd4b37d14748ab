//! The queue of letters, and how they leave.

use super::templates::Letter;
use crate::clock::Chance;
use crate::error::Problem;
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use masthead_domain::clock::Timestamp;
use masthead_domain::member::{Delivery, Email};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

/// How many letters wait at the same time.
const QUEUE: usize = 1_000;

/// How many places of the queue letters that can wait leave to those that cannot.
const SPARE: usize = QUEUE / 2;

/// How many letters are under way at the same time.
const UNDER_WAY: usize = 4;

/// How many of them may be letters that do not wait in the queue.
const BESIDE: usize = UNDER_WAY / 2;

/// How long it may take to reach the mail server.
const TIMEOUT: Duration = Duration::from_secs(20);

/// How long an attempt may take as a whole. Whoever waits for a code waits no longer.
const ATTEMPT: Duration = Duration::from_secs(40);

/// The same for a letter that is tried for days. A server may look through it for minutes before it says that it has it, and
/// who does not wait for that sends it twice (RFC 5321, section 4.5.3.2.6). Not as long as the attempt is nobody else's.
const LASTING_ATTEMPT: Duration = Duration::from_secs(600);
const _: () = assert!(LASTING_ATTEMPT.as_secs() < Delivery::LEAST_PAUSE.unsigned_abs());

/// With these the mail server refuses us and not a letter: who we say that we are, or how (RFC 4954, section 6). The publisher
/// can set it right.
const REFUSALS_OF_US: [u16; 4] = [530, 534, 535, 538];

/// With these it says that there is no such mailbox, or none any more (RFC 3463, section 3.2 and 3.3).
const NO_SUCH_MAILBOX: [&str; 6] = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"];

/// How long it waits before each further attempt. A sign-in mail that comes later is of no use.
const RETRIES: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(15), Duration::from_secs(60)];

/// Why mail cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The sender is missing or is no address.
    #[error("mail.from: must be an address such as The Paper <hello@paper.example>")]
    From,
    /// The URL of the server is none. It is not repeated: it may hold a password.
    #[error("mail.smtp: must be a URL such as smtps://USER:PASSWORD@HOST")]
    Smtp,
    /// The directory for letters cannot be made.
    #[error("{}: {source}", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A template cannot be read, or names something that there is not.
    #[error("the template {name}: {fault}")]
    Template {
        /// Its file.
        name: &'static str,
        /// What is wrong with it.
        fault: String,
    },
    /// A letter cannot be put together.
    #[error("a letter cannot be put together: {0}")]
    Letter(String),
}

impl From<MailError> for Problem {
    fn from(error: MailError) -> Self {
        tracing::error!(%error, "mail cannot be sent");
        Self::internal()
    }
}

/// Why a letter was not accepted, in words that name no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// It is worth trying again.
    ForNow(String),
    /// The mail server refuses, and does not say that it is for the mailbox. It may be for us.
    Refused(String),
    /// There is no such mailbox.
    ForGood(String),
}

/// How letters leave.
pub enum Route {
    /// To a server.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// Into files of a directory, for development.
    Files(AsyncFileTransport<Tokio1Executor>),
}

impl Route {
    /// To the server with this URL.
    ///
    /// # Errors
    /// [`MailError::Smtp`] when it is none.
    pub fn smtp(url: &str) -> Result<Self, MailError> {
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| MailError::Smtp)?;
        Ok(Self::Smtp(server.timeout(Some(TIMEOUT)).build()))
    }

    /// Into files of this directory, which is made unless it is there. Nobody else can look into it: the letters hold
    /// codes.
    ///
    /// # Errors
    /// [`MailError::Directory`] when it cannot be made.
    pub fn files(directory: &Path) -> Result<Self, MailError> {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory)
            .map_err(|source| MailError::Directory { path: directory.to_owned(), source })?;
        Ok(Self::Files(AsyncFileTransport::new(directory)))
    }

    /// Hands a letter over, within this time.
    async fn send(&self, message: &Message, within: Duration) -> Result<(), Unsent> {
        let sent = async {
            match self {
                Self::Smtp(server) => server.send(message.clone()).await.map(drop).map_err(|error| {
                    // The server's words may quote the address.
                    let code = error.status().map(u16::from);
                    let status = code.map(|code| code.to_string()).unwrap_or_default();
                    let fault = format!("the mail server failed {status}");
                    let is_ours = code.is_some_and(|code| REFUSALS_OF_US.contains(&code));
                    let words = error.to_string();
                    let says_so = words.split_whitespace().any(|word| NO_SUCH_MAILBOX.contains(&word));
                    match error.is_permanent() && !is_ours {
                        true if says_so => Unsent::ForGood(fault),
                        true => Unsent::Refused(fault),
                        false => Unsent::ForNow(fault),
                    }
                }),
                Self::Files(files) => {
                    let sent = files.send(message.clone()).await;
                    sent.map(drop).map_err(|error| Unsent::ForNow(error.to_string()))
                }
            }
        };
        tokio::time::timeout(within, sent)
            .await
            .unwrap_or_else(|_| Err(Unsent::ForNow("the mail server takes too long".to_owned())))
    }
}

/// The post office: takes letters and sends them, a few at a time.
pub struct Post {
    queue: mpsc::Sender<Message>,
    from: Mailbox,
    /// How many letters have been taken and neither sent nor given up.
    open: Arc<AtomicUsize>,
    route: Arc<Route>,
    under_way: Arc<Semaphore>,
}

/// A turn to send one letter beside the queue. It is given back with this.
pub struct Turn {
    route: Arc<Route>,
    _permit: OwnedSemaphorePermit,
}

impl Turn {
    /// Sends a letter and says what the mail server did with it.
    ///
    /// # Errors
    /// [`Unsent`] when it was not accepted.
    pub async fn send(self, Envelope(message): &Envelope) -> Result<(), Unsent> {
        self.route.send(message, LASTING_ATTEMPT).await
    }
}

/// A letter that is ready to leave.
pub struct Envelope(Message);

/// Room in the queue for some letters.
pub struct Room<'p> {
    places: mpsc::PermitIterator<'p, Message>,
    open: &'p AtomicUsize,
}

impl Room<'_> {
    /// Posts letters and returns at once. There must be room for all of them: one for which there is none is not posted.
    pub fn post(self, letters: impl IntoIterator<Item = Envelope>) {
        for (place, Envelope(message)) in self.places.zip(letters) {
            self.open.fetch_add(1, Ordering::AcqRel);
            place.send(message);
        }
    }
}

impl Post {
    /// Opens the office. Ask it to finish before the process ends.
    ///
    /// # Errors
    /// [`MailError::From`] when the sender is no address.
    pub fn open(route: Route, from: &str) -> Result<Self, MailError> {
        let from = Self::sender(from)?;
        let (queue, letters) = mpsc::channel(QUEUE);
        let open = Arc::new(AtomicUsize::new(0));
        let (route, under_way) = (Arc::new(route), Arc::new(Semaphore::new(UNDER_WAY)));
        tokio::spawn(deliver(Arc::clone(&route), letters, Arc::clone(&open), Arc::clone(&under_way)));
        Ok(Self { queue, from, open, route, under_way })
    }

    /// Turns to send letters of which the sender has to know what becomes of them. Waits for the first and takes what else is
    /// free, at most half of all: codes to sign in leave beside them.
    pub async fn turns(&self) -> Vec<Turn> {
        let turn = |permit| Turn { route: Arc::clone(&self.route), _permit: permit };
        let first = Arc::clone(&self.under_way).acquire_owned().await;
        let others = (1..BESIDE).map_while(|_| Arc::clone(&self.under_way).try_acquire_owned().ok());
        first.into_iter().chain(others).map(turn).collect()
    }

    /// The sender of letters.
    ///
    /// # Errors
    /// [`MailError::From`] when it is no address.
    pub fn sender(from: &str) -> Result<Mailbox, MailError> {
        from.parse().map_err(|_| MailError::From)
    }

    /// Waits until every letter has left, at most so long. Says how many have not.
    pub async fn finish(&self, within: Duration) -> usize {
        let done = async {
            while self.open.load(Ordering::Acquire) > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        // What is left when the time is over is counted below.
        let _ = tokio::time::timeout(within, done).await;
        self.open.load(Ordering::Acquire)
    }

    /// Keeps room for so many letters. Ask for it before you write down that they go: with room, a letter is posted for
    /// sure. Room that is not used is given back.
    ///
    /// # Errors
    /// A problem when too many letters wait already.
    pub fn room(&self, letters: usize) -> Result<Room<'_>, Problem> {
        self.room_beside(0, letters)
    }

    /// The same for letters that can wait, such as invitations: they leave half of the queue to those that cannot, such as
    /// codes to sign in.
    ///
    /// # Errors
    /// As [`room`](Self::room).
    pub fn spare_room(&self, letters: usize) -> Result<Room<'_>, Problem> {
        self.room_beside(SPARE, letters)
    }

    fn room_beside(&self, left: usize, letters: usize) -> Result<Room<'_>, Problem> {
        let has_room = self.queue.capacity() >= letters.saturating_add(left);
        let places = has_room.then(|| self.queue.try_reserve_many(letters).ok()).flatten();
        let places = places.ok_or_else(|| {
            tracing::error!("too many letters wait; is the mail server away?");
            Problem::unavailable()
        })?;
        Ok(Room { places, open: &self.open })
    }

    /// Puts a letter into its envelope. Its Message-ID is drawn by chance.
    ///
    /// # Errors
    /// [`MailError`] when it cannot be put together, or when there are no random bytes.
    pub fn envelope(
        &self,
        letter: Letter,
        to: &Email,
        now: Timestamp,
        chance: &dyn Chance,
    ) -> Result<Envelope, Problem> {
        let mut mark = [0; 16];
        chance.fill(&mut mark)?;
        Ok(Envelope(self.message(letter, to, now, &format!("{:032x}", u128::from_be_bytes(mark)))?))
    }

    /// The same for a letter that may have to be sent twice, as nobody knows how the first time ended. Whatever is sent `about`
    /// one thing has one Message-ID, by which whoever gets it can tell (RFC 5322, section 3.6.4).
    ///
    /// # Errors
    /// [`MailError`] when it cannot be put together.
    pub fn lasting_envelope(
        &self,
        letter: Letter,
        to: &Email,
        now: Timestamp,
        about: &str,
    ) -> Result<Envelope, MailError> {
        let mark = blake3::derive_key("masthead Message-ID of a letter", about.as_bytes());
        let mark = blake3::Hash::from_bytes(mark).to_hex();
        Ok(Envelope(self.message(letter, to, now, &mark[..32])?))
    }

    fn message(&self, letter: Letter, to: &Email, now: Timestamp, mark: &str) -> Result<Message, MailError> {
        let failed = |error: &dyn std::fmt::Display| MailError::Letter(error.to_string());
        let address: Address =
            to.as_str().parse().map_err(|_| MailError::Letter("an address is none for mail".to_owned()))?;
        let seconds = u64::try_from(now.seconds()).unwrap_or(0);
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(letter.subject)
            .date(UNIX_EPOCH + Duration::from_secs(seconds))
            .message_id(Some(format!("<{mark}@{}>", self.from.email.domain())))
            .multipart(MultiPart::alternative_plain_html(letter.text, letter.html))
            .map_err(|error| failed(&error))
    }
}

async fn deliver(
    route: Arc<Route>,
    mut letters: mpsc::Receiver<Message>,
    open: Arc<AtomicUsize>,
    under_way: Arc<Semaphore>,
) {
    while let Some(message) = letters.recv().await {
        let Ok(first) = Arc::clone(&under_way).acquire_owned().await else { return };
        let (route, open, under_way) = (Arc::clone(&route), Arc::clone(&open), Arc::clone(&under_way));
        tokio::spawn(async move {
            let mut permit = first;
            for pause in RETRIES.map(Some).into_iter().chain([None]) {
                match (route.send(&message, ATTEMPT).await, pause) {
                    (Ok(()), _) => break,
                    (Err(Unsent::ForNow(fault)), Some(pause)) => {
                        tracing::warn!(fault, "a letter is tried again");
                        // Who waits holds up nobody.
                        drop(permit);
                        tokio::time::sleep(pause).await;
                        match Arc::clone(&under_way).acquire_owned().await {
                            Ok(next) => permit = next,
                            Err(_) => break,
                        }
                    }
                    (Err(Unsent::ForNow(fault) | Unsent::Refused(fault) | Unsent::ForGood(fault)), _) => {
                        tracing::error!(fault, "a letter was not sent");
                        break;
                    }
                }
            }
            open.fetch_sub(1, Ordering::AcqRel);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemChance;
    use crate::error::Code;

    #[tokio::test]
    async fn who_has_room_posts_for_sure_and_nobody_else_beyond_it() {
        let letters = tempfile::tempdir().expect("a directory");
        let post = Post::open(Route::files(letters.path()).expect("a route"), "The Paper <a@paper.example>");
        let post = post.expect("an office");
        let envelope = || {
            let letter = Letter { subject: "x".into(), text: "x".into(), html: "x".into() };
            let to = "anna@home.example".parse().expect("an address");
            post.envelope(letter, &to, Timestamp::EPOCH, &SystemChance).expect("a letter")
        };
        let room = post.room(QUEUE).expect("all the room");
        assert_eq!(post.room(1).map(drop).expect_err("none is left").code(), Code::Unavailable);
        room.post([envelope(), envelope()]);
        assert_eq!(post.finish(Duration::from_secs(10)).await, 0);
        assert_eq!(std::fs::read_dir(letters.path()).expect("a directory").count(), 2);
        drop(post.room(QUEUE).expect("what was not used was given back"));
        let waiting = post.spare_room(QUEUE - SPARE).expect("half of it");
        assert!(post.spare_room(1).is_err(), "the other half is for letters that cannot wait");
        drop(post.room(SPARE).expect("who signs in gets their letter"));
        drop(waiting);
        assert!(post.room(QUEUE + 1).is_err());
    }
}
