//! What an embedded thing is, by where it lies.

use masthead_domain::article::EmbedKind;
use masthead_domain::href::Href;
use url::Url;

const VIDEO: [&str; 7] = [
    "youtube.com",
    "youtu.be",
    "youtube-nocookie.com",
    "vimeo.com",
    "dailymotion.com",
    "twitch.tv",
    "loom.com",
];
const AUDIO: [&str; 6] =
    ["soundcloud.com", "spotify.com", "podcasts.apple.com", "transistor.fm", "bandcamp.com", "mixcloud.com"];
const POST: [&str; 11] = [
    "twitter.com",
    "x.com",
    "instagram.com",
    "facebook.com",
    "tiktok.com",
    "threads.net",
    "threads.com",
    "bsky.app",
    "mastodon.social",
    "linkedin.com",
    "reddit.com",
];

/// Judges by the host; [`EmbedKind::Other`] when it is not a known one.
pub(crate) fn kind_of(url: &Href) -> EmbedKind {
    let host = Url::parse(url.as_str()).ok().and_then(|url| url.host_str().map(str::to_owned));
    let Some(host) = host else { return EmbedKind::Other };
    let among = |hosts: &[&str]| {
        hosts.iter().any(|one| {
            host.strip_suffix(one).is_some_and(|before| before.is_empty() || before.ends_with('.'))
        })
    };
    if among(&VIDEO) {
        EmbedKind::Video
    } else if among(&AUDIO) {
        EmbedKind::Audio
    } else if among(&POST) {
        EmbedKind::Post
    } else {
        EmbedKind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_tells_what_lies_there() {
        for (url, kind) in [
            ("https://www.youtube.com/embed/x", EmbedKind::Video),
            ("https://open.spotify.com/episode/x", EmbedKind::Audio),
            ("https://x.com/a/status/1", EmbedKind::Post),
            ("https://notx.com/a", EmbedKind::Other),
            ("/content/a", EmbedKind::Other),
        ] {
            assert_eq!(kind_of(&url.parse().expect(url)), kind, "{url}");
        }
    }
}
