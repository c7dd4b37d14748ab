//! HTML and Markdown become blocks, and no lock is lost on the way.

use masthead_domain::article::{Block, Mark, Span};
use masthead_domain::clock::Timestamp;
use masthead_domain::id::ArticleId;
use masthead_domain::paywall::Requirement;
use masthead_domain::viewer::Entitlement;
use masthead_gateway::import::html::{self, ArticleLinks, HtmlError};
use masthead_gateway::import::markdown::{self, Breaks};
use masthead_gateway::import::notes::Notes;
use proptest::prelude::*;

fn known() -> ArticleId {
    ArticleId::new(Timestamp::parse("2026-11-22T09:30:00Z").expect("valid"), [7; 10])
}

fn convert(source: &str) -> (Result<Vec<Block>, HtmlError>, Notes) {
    let mut notes = Notes::default();
    let links = ArticleLinks(|slug: &str| (slug == "known").then(known));
    (html::blocks(source, &links, &mut notes), notes)
}

fn blocks(source: &str) -> Vec<Block> {
    convert(source).0.expect(source)
}

fn from_markdown(source: &str) -> Result<Vec<Block>, HtmlError> {
    let links = ArticleLinks(|slug: &str| (slug == "known").then(known));
    markdown::blocks(source, Breaks::Soft, &links, &mut Notes::default())
}

/// A short form of blocks to compare with: the style or list, and the text with its marks.
fn sketch(blocks: &[Block]) -> Vec<String> {
    blocks.iter().map(line).collect()
}

fn line(block: &Block) -> String {
    match block {
        Block::Text(text) => {
            let place = match text.list {
                Some(item) => format!("{}{}", if item.numbered { "#" } else { "*" }, item.level),
                None => text.style.code().to_owned(),
            };
            let spans: Vec<_> = text.spans.iter().map(span).collect();
            format!("{place}: {}", spans.join("|"))
        }
        Block::Gate(gate) => format!("gate {:?} [{}]", gate.headline, sketch(&gate.content).join("; ")),
        Block::Callout(callout) => {
            format!("{} {:?} [{}]", callout.tone.code(), callout.title, sketch(&callout.content).join("; "))
        }
        Block::Image(image) => format!("image {} {:?} {:?}", image.src, image.alt, image.caption),
        Block::Embed(embed) => {
            format!("{} {} {:?} {:?}", embed.kind.code(), embed.url, embed.title, embed.caption)
        }
        Block::Quote(quote) => format!("quote {} — {:?}", quote.text, quote.attribution),
        Block::Code(code) => format!("code {:?} {:?}", code.language, code.code),
        Block::Divider => "divider".to_owned(),
        Block::Html(html) => format!("html {}", html.html),
    }
}

fn span(span: &Span) -> String {
    let mark = |mark: &Mark| match mark {
        Mark::Decorator(decorator) => format!("<{}>", decorator.code()),
        Mark::Link(href) => format!("<{href}>"),
        Mark::Article(_) => "<article>".to_owned(),
    };
    let marks: String = span.marks.iter().map(mark).collect();
    format!("{marks}{}", span.text.replace('\n', "⏎"))
}

#[test]
fn running_text() {
    let source = "<p>One <b>two <i>three</i></b> <a href='https://e.org/'>four</a><br>five</p>
        loose <em>words</em> <div><p>deep</p></div><h1>H</h1><h5>h</h5><blockquote><p>a</p><p>b</p></blockquote>
        <p> </p><p>H<sub>2</sub>O<sup>2</sup> <u>u</u><s>s</s><del>d</del><code>c</code></p>";
    assert_eq!(
        sketch(&blocks(source)),
        [
            "normal: One |<strong>two |<strong><em>three| |<https://e.org/>four⏎|five",
            "normal: loose |<em>words",
            "normal: deep",
            "h2: H",
            "h4: h",
            "blockquote: a",
            "blockquote: b",
            "normal: H|<sub>2|O|<sup>2| |<underline>u|<strike-through>sd|<code>c",
        ]
    );
}

#[test]
fn lists_nest() {
    let source =
        "<ul><li>a<ol><li><p>b</p><p>b2</p></li></ol></li><li>c</li></ul><ul><ul><li>d</li></ul></ul>";
    assert_eq!(sketch(&blocks(source)), ["*1: a", "#2: b⏎b2", "*1: c", "*2: d"]);
}

#[test]
fn links_are_followed_or_dropped_and_noted() {
    let (result, notes) = convert(
        "<a href='article:known'>a</a> <a href='article:other'>b</a> \
         <a href='javascript:x()'>c</a> <a href='/d'>d</a>",
    );
    assert_eq!(sketch(&result.expect("blocks")), ["normal: <article>a| b c |</d>d"]);
    assert_eq!(notes.all_left_out().values().map(|noted| noted.count).sum::<u64>(), 2);
}

#[test]
fn pictures_and_embeds() {
    let source = "<figure><img src='/a.jpg' alt='A' width='3'><figcaption>The <b>cap</b></figcaption></figure>
        <p>x<img src='https://e.org/b.jpg'>y</p><iframe src='//www.youtube.com/embed/1' title='Film'></iframe>
        <video src='/v.mp4'></video><audio><source src='/a.mp3'></audio><img src='data:image/png;base64,x'>
        <blockquote class='twitter-tweet'><p>Post</p><a href='https://x.com/a/status/1'>date</a></blockquote>";
    assert_eq!(
        sketch(&blocks(source)),
        [
            "image /a.jpg \"A\" Some(\"The cap\")",
            "normal: x",
            "image https://e.org/b.jpg \"\" None",
            "normal: y",
            "video https://www.youtube.com/embed/1 Some(\"Film\") None",
            "video /v.mp4 None None",
            "audio /a.mp3 None None",
            "post https://x.com/a/status/1 None None",
        ]
    );
}

#[test]
fn boxes_listings_and_markup() {
    let source = "<aside>note</aside><details><summary>More</summary><p>folded</p></details>
        <pre><code class='language-rust'>fn a() {\n}\n</code></pre><hr>
        <table onclick='x()'><tr><td>cell<script>alert(1)</script></td></tr></table>
        <masthead-quote attribution='Ada'>It <i>works</i>.</masthead-quote><svg><text>no</text></svg>
        <masthead-callout title='Why'>Because.</masthead-callout>";
    assert_eq!(
        sketch(&blocks(source)),
        [
            "note None [normal: note]",
            "toggle Some(\"More\") [normal: folded]",
            "code Some(\"rust\") \"fn a() {\\n}\"",
            "divider",
            "html <table><tbody><tr><td>cell</td></tr></tbody></table>",
            "quote It works. — Some(\"Ada\")",
            "note Some(\"Why\") [normal: Because.]",
        ]
    );
}

#[test]
fn gates_of_our_own() {
    let markdown = "Before.\n\n<masthead-gate requires=\"subscriber tier:patron\" headline=\"Unlock\" \
        image=\"/i.jpg\" image-alt=\"I\" teaser=\"T\" action=\"Join\">\n\n## In\n\n\
        <masthead-gate requires=\"staff\">\n\nDeep **text**\n\n</masthead-gate>\n\n</masthead-gate>\n\nAfter.\n";
    let blocks = from_markdown(markdown).expect("blocks");
    assert_eq!(
        sketch(&blocks),
        [
            "normal: Before.",
            "gate Some(\"Unlock\") [h2: In; gate None [normal: Deep |<strong>text]]",
            "normal: After."
        ]
    );
    let Block::Gate(gate) = &blocks[1] else { panic!("a gate") };
    let patron = "patron".parse().expect("slug");
    assert_eq!(gate.requirement, Requirement::any_of([Entitlement::Subscriber, Entitlement::Tier(patron)]));
    assert_eq!(gate.image.as_ref().map(|image| image.alt.as_str()), Some("I"));
    assert_eq!((gate.teaser.as_deref(), gate.call_to_action.as_deref()), (Some("T"), Some("Join")));
}

#[test]
fn a_gate_that_is_not_certain_is_an_error() {
    let locked = "<masthead-gate requires='member'>x</masthead-gate>";
    for (source, error) in [
        ("<masthead-gate>x</masthead-gate>".to_owned(), HtmlError::GateWithoutRequirement),
        ("<masthead-gate requires=' '>x</masthead-gate>".to_owned(), HtmlError::GateWithoutRequirement),
        (locked.replace("member", "membr"), HtmlError::UnknownRequirement { word: "membr".to_owned() }),
        (locked.replace('x', ""), HtmlError::EmptyGate),
        (locked.replace('x', "<p>b").replace("<masth", "<p>a<masth"), HtmlError::EmptyGate),
        (locked.replace('x', "<p>b"), HtmlError::BrokenGate),
        (locked.replace('x', "b<p>c").replace("<masth", "<p>a<masth"), HtmlError::BrokenGate),
        (locked.replace("</masthead-gate>", ""), HtmlError::UnpairedGate { opened: 1, closed: 0 }),
        (format!("<table><td>{locked}</td></table>"), HtmlError::MisplacedGate),
        (format!("<ul><li>{locked}</ul>"), HtmlError::MisplacedGate),
        (format!("<b>{locked}</b>"), HtmlError::MisplacedGate),
        (format!("<details><summary>{locked}</summary></details>"), HtmlError::MisplacedGate),
        ("<p>a</p><!--members-only--><p>b</p>".to_owned(), HtmlError::LooseMark),
    ] {
        assert_eq!(convert(&source).0, Err(error), "{source}");
    }
}

#[test]
fn a_gate_in_one_paragraph_with_its_text_keeps_it_or_fails() {
    let source = "Free <masthead-gate requires=\"member\">locked</masthead-gate> free";
    assert_eq!(
        sketch(&from_markdown(source).expect("blocks")),
        ["normal: Free", "gate None [normal: locked]", "normal: free"]
    );
    assert!(from_markdown("Free <masthead-gate requires=\"member\">locked\n\nmore</masthead-gate>").is_err());
}

#[test]
fn the_cards_of_ghost_in_its_html() {
    let source = r##"<div class="kg-card kg-callout-card"><div class="kg-callout-emoji">!</div>
        <div class="kg-callout-text">Mind this.</div></div>
      <div class="kg-card kg-toggle-card"><div class="kg-toggle-heading"><h4 class="kg-toggle-heading-text">More</h4>
        <button><svg></svg></button></div><div class="kg-toggle-content"><p>Folded.</p></div></div>
      <figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" href="https://e.org/r">
        <div class="kg-bookmark-title">A report</div><div class="kg-bookmark-description">Its findings</div></a>
        <figcaption>c</figcaption></figure>
      <div class="kg-card kg-file-card"><a href="/a.pdf"><div class="kg-file-card-title">A file</div>
        <div class="kg-file-card-filesize">1 KB</div></a></div>
      <div class="kg-card kg-audio-card"><audio src="/a.mp3"></audio><div class="kg-audio-title">Sound</div>
        <span>0:00</span></div>
      <figure class="kg-card kg-gallery-card"><div class="kg-gallery-container"><div><img src="/1.jpg"></div>
        <div><img src="/2.jpg"></div></div><figcaption>Two</figcaption></figure>
      <div class="kg-card kg-button-card"><a href="https://e.org/go" class="kg-btn">Go</a></div>"##;
    assert_eq!(
        sketch(&blocks(source)),
        [
            "note None [normal: Mind this.]",
            "toggle Some(\"More\") [normal: Folded.]",
            "bookmark https://e.org/r Some(\"A report\") Some(\"c\")",
            "file /a.pdf Some(\"A file\") None",
            "audio /a.mp3 Some(\"Sound\") None",
            "image /1.jpg \"\" None",
            "image /2.jpg \"\" Some(\"Two\")",
            "normal: <https://e.org/go>Go",
        ]
    );
}

#[test]
fn markdown_tables_footnotes_and_breaks() {
    let source = "A | B\n--|--\n1 | 2\n\nText[^1] ~~old~~ <https://e.org>\nnext\n\n[^1]: Note\n";
    let soft = sketch(&from_markdown(source).expect("blocks"));
    assert!(soft[0].starts_with("html <table>"), "{soft:?}");
    assert!(soft[1].ends_with("|<https://e.org>https://e.org| next"), "{soft:?}");
    let links = ArticleLinks(|_: &str| None);
    let hard = markdown::blocks("a\nb", Breaks::Hard, &links, &mut Notes::default());
    assert_eq!(sketch(&hard.expect("blocks")), ["normal: a⏎b"]);
}

#[test]
fn any_depth_is_survived() {
    let deep = format!("{}secret{}", "<div>".repeat(5_000), "</div>".repeat(5_000));
    assert_eq!(sketch(&blocks(&deep)), ["normal: secret"]);
    let gate = format!("{}<masthead-gate requires='member'>x</masthead-gate>", "<div>".repeat(5_000));
    assert_eq!(convert(&gate).0, Err(HtmlError::MisplacedGate));
}

#[test]
fn a_line_of_html_without_its_marks() {
    let source = "<span>AI  generated</span> &amp; <script>x</script>more";
    assert_eq!(html::plain(source).as_deref(), Some("AI generated & more"));
    assert_eq!(html::plain(" <br> "), None);
}

const TAGS: [&str; 39] = [
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<ul>",
    "<li>",
    "</ul>",
    "<table>",
    "<tr><td>",
    "</table>",
    "</a>",
    "<a href='javascript:x'>",
    "<masthead-gate requires='member'>",
    "</masthead-gate>",
    "<blockquote>",
    "</blockquote>",
    "<svg>",
    "<math>",
    "<script>",
    "</script>",
    "<img src=x onerror=x>",
    "<details>",
    "<summary>",
    "</details>",
    "<pre>",
    "<figure>",
    "<figcaption>",
    "</figure>",
    "<style>",
    "<br>",
    "<iframe src='https://e.org'>",
    "&lt;script>",
    "<div class='kg-card kg-toggle-card'>",
    "</div>",
    "<template>",
    "<h2>",
    "</h2>",
    "<!--",
    "-->",
];

fn piece() -> impl Strategy<Value = String> {
    let tags = prop::sample::select(TAGS.to_vec()).prop_map(str::to_owned);
    prop_oneof![3 => tags, 1 => "\\PC{0,12}", 1 => Just("locked".to_owned())]
}

fn free(blocks: &[Block]) -> String {
    let shown = |block: &Block| match block {
        Block::Gate(_) => String::new(),
        Block::Callout(callout) => free(&callout.content),
        other => line(other),
    };
    blocks.iter().map(shown).collect()
}

fn markup(blocks: &[Block], found: &mut impl FnMut(&str)) {
    for block in blocks {
        match block {
            Block::Gate(gate) => markup(&gate.content, found),
            Block::Callout(callout) => markup(&callout.content, found),
            Block::Html(html) => found(&html.html),
            _ => {}
        }
    }
}

proptest! {
    #[test]
    fn nothing_panics_and_no_script_survives(pieces in prop::collection::vec(piece(), 0..40)) {
        if let Ok(blocks) = convert(&pieces.concat()).0 {
            markup(&blocks, &mut |html| {
                for bad in ["<script", "<svg", "<math", "<iframe", "<style", "onerror=x>", "href=\"javascript"] {
                    assert!(!html.to_lowercase().contains(bad), "{html}");
                }
            });
        }
    }

    #[test]
    fn what_stands_in_a_gate_stays_in_it(
        before in prop::collection::vec(piece(), 0..12),
        inside in prop::collection::vec(piece(), 0..12),
        after in prop::collection::vec(piece(), 0..12),
    ) {
        let (before, inside, after) = (before.concat(), inside.concat(), after.concat());
        let [before, inside, after] = [before, inside, after].map(|text| text.replace("locked", "free"));
        let source = format!("{before}<masthead-gate requires='staff'>locked{inside}</masthead-gate>{after}");
        if let Ok(blocks) = convert(&source).0 {
            // What stands inside may close the gate itself, so the first and nearest word is the one to watch.
            prop_assert!(!free(&blocks).contains("locked"), "{source}\n{blocks:?}");
        }
    }
}
