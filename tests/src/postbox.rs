//! A mail server that keeps what it is sent (RFC 5321, as much of it as one sender needs).

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex as Slot};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc};

/// A letter that came.
#[derive(Clone, Debug)]
pub struct Received {
    /// `MAIL FROM`.
    pub from: String,
    /// `RCPT TO`, each.
    pub to: Vec<String>,
    /// Header fields and body, as they came.
    pub data: String,
}

impl Received {
    /// The six digits that stand on a line of their own.
    #[must_use]
    pub fn code(&self) -> String {
        let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
        let lines = self.data.lines().map(str::trim);
        lines.into_iter().find(is_code).unwrap_or_else(|| panic!("no code in {}", self.data)).to_owned()
    }

    /// The secret in the link.
    #[must_use]
    pub fn link_secret(&self) -> String {
        let whole = self.data.replace("=\r\n", "").replace("=3D", "=");
        let after = |mark| whole.split_once(mark).map(|(_, rest)| rest);
        let rest = after("#token=").or_else(|| after("#code="));
        let rest = rest.unwrap_or_else(|| panic!("no link in {whole}"));
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
    }
}

/// How a mail server takes letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It takes them.
    Takes,
    /// It shuts the door on whoever comes, before a word.
    Away,
    /// It hears whom a letter is for, and says nothing.
    Hangs,
    /// It refuses with this reply.
    Refuses(&'static str),
}

/// A mail server.
pub struct Postbox {
    address: SocketAddr,
    state: Arc<State>,
    letters: Mutex<mpsc::UnboundedReceiver<Received>>,
}

struct State {
    /// How many letters it refuses before it takes any.
    refusals: AtomicU32,
    /// How often somebody has tried to send something.
    tries: AtomicU32,
    /// Its mood, for letters to addresses that hold this text.
    mood: Slot<(String, Mood)>,
    keep: mpsc::UnboundedSender<Received>,
}

impl State {
    fn mood_for(&self, address: &str) -> Mood {
        let mood = self.mood.lock().expect("unpoisoned");
        if address.contains(&mood.0) { mood.1 } else { Mood::Takes }
    }
}

impl Postbox {
    /// A server that takes everything.
    pub async fn start() -> Self {
        Self::start_refusing(0).await
    }

    /// A server that refuses so many letters for the moment (451) before it takes any.
    pub async fn start_refusing(refusals: u32) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (keep, letters) = mpsc::unbounded_channel();
        let state = Arc::new(State {
            refusals: AtomicU32::new(refusals),
            tries: AtomicU32::new(0),
            mood: Slot::new((String::new(), Mood::Takes)),
            keep,
        });
        let serving = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serving.tries.fetch_add(1, Ordering::Relaxed);
                let state = Arc::clone(&serving);
                if state.mood_for("") == Mood::Away {
                    continue;
                }
                tokio::spawn(async move {
                    // A sender that goes away in the middle has sent nothing.
                    let _ = converse(stream, &state).await;
                });
            }
        });
        Self { address, state, letters: Mutex::new(letters) }
    }

    /// Takes all letters like this from now on.
    pub fn feel(&self, mood: Mood) {
        self.feel_about("", mood);
    }

    /// Takes letters to addresses that hold this text like this from now on, and all others.
    pub fn feel_about(&self, address: &str, mood: Mood) {
        *self.state.mood.lock().expect("unpoisoned") = (address.to_owned(), mood);
    }

    /// How often somebody has tried to send something.
    #[must_use]
    pub fn tries(&self) -> u32 {
        self.state.tries.load(Ordering::Relaxed)
    }

    /// Where it is reached.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The next letter. Waits for it.
    pub async fn next(&self) -> Received {
        let mut letters = self.letters.lock().await;
        let letter = tokio::time::timeout(Duration::from_secs(30), letters.recv()).await;
        letter.expect("a letter comes").expect("the server runs")
    }

    /// Whether there is none, some time after it should have come.
    pub async fn is_empty(&self) -> bool {
        tokio::time::sleep(Duration::from_millis(300)).await;
        self.letters.lock().await.is_empty()
    }
}

async fn converse(stream: TcpStream, state: &State) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 postbox ESMTP\r\n").await?;
    let mut letter = Received { from: String::new(), to: Vec::new(), data: String::new() };
    while let Some(line) = lines.next_line().await? {
        let verb = line.split([' ', ':']).next().unwrap_or("").to_ascii_uppercase();
        let argument = line.split_once('<').and_then(|(_, rest)| rest.split('>').next()).unwrap_or("");
        let answer = match verb.as_str() {
            "EHLO" => "250-postbox\r\n250 8BITMIME",
            "MAIL"
                if state
                    .refusals
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1))
                    .is_ok() =>
            {
                "451 try again later"
            }
            "MAIL" => {
                letter = Received { from: argument.to_owned(), to: Vec::new(), data: String::new() };
                "250 ok"
            }
            "RCPT" => match state.mood_for(argument) {
                Mood::Takes => {
                    letter.to.push(argument.to_owned());
                    "250 ok"
                }
                Mood::Refuses(reply) => reply,
                Mood::Away => return Ok(()),
                Mood::Hangs => std::future::pending().await,
            },
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                while let Some(line) = lines.next_line().await? {
                    if line == "." {
                        break;
                    }
                    letter.data.push_str(line.strip_prefix('.').unwrap_or(&line));
                    letter.data.push_str("\r\n");
                }
                // Nobody listens any more when the test is over.
                let _ = state.keep.send(letter.clone());
                "250 kept"
            }
            "RSET" | "NOOP" => "250 ok",
            "QUIT" => "221 bye",
            _ => "502 what?",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
        if verb == "QUIT" {
            return Ok(());
        }
    }
    Ok(())
}
