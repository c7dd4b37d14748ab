//! What a reader of Markdown makes of text that was written as such, tried with an independent parser.

use super::inline::{Inline, Marks, destination};
use super::{listing, markdown_line, markdown_link};
use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};
use proptest::prelude::*;

const LINK: &str = "https://paper.example/a_(b)?c=1&copy;=2*&d";

#[derive(Debug, Default, PartialEq, Eq)]
struct Read {
    words: Vec<String>,
    elements: Vec<&'static str>,
    links: Vec<String>,
}

fn read(markdown: &str) -> Read {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    let arena = Arena::new();
    let mut read = Read::default();
    let mut text = String::new();
    for node in parse_document(&arena, markdown, &options).descendants() {
        let element = match &node.data().value {
            NodeValue::Document | NodeValue::Paragraph => continue,
            NodeValue::Text(words) => {
                text.push_str(words);
                continue;
            }
            NodeValue::SoftBreak | NodeValue::LineBreak => {
                text.push('\n');
                continue;
            }
            NodeValue::Code(code) => {
                text.push_str(&code.literal);
                "code"
            }
            NodeValue::Link(link) => {
                read.links.push(link.url.clone());
                "link"
            }
            NodeValue::Strong => "strong",
            NodeValue::Emph => "em",
            NodeValue::Strikethrough => "struck",
            NodeValue::Heading(_) => "heading",
            _ => "something else",
        };
        read.elements.push(element);
    }
    read.words = text.split_whitespace().map(str::to_owned).collect();
    read
}

#[derive(Clone, Debug)]
struct Run {
    text: String,
    marks: [bool; 5],
}

fn marks(run: &Run) -> Marks<'static> {
    let [is_strong, is_stressed, is_struck, is_code, is_linked] = run.marks;
    Marks { is_strong, is_stressed, is_struck, is_code, link: is_linked.then_some(LINK) }
}

fn written(runs: &[Run], mut inline: Inline) -> String {
    for (at, run) in runs.iter().enumerate() {
        let next = runs[at + 1..].iter().find_map(|run| run.text.chars().next());
        inline.run(&run.text, marks(run), next);
    }
    inline.finish()
}

fn words(text: &str) -> Vec<String> {
    let text: String = text.chars().filter(|c| c.is_whitespace() || !c.is_control()).collect();
    text.split_whitespace().map(str::to_owned).collect()
}

fn holds_nothing_but(runs: &[Run], markdown: &str, more: &[&str]) {
    let read = read(markdown);
    let expected: String = runs.iter().map(|run| run.text.as_str()).collect();
    assert_eq!(read.words, words(&expected), "{markdown}");
    let has = |mark: usize| runs.iter().any(|run| run.marks[mark]);
    let kinds = ["strong", "em", "struck", "code", "link"];
    for element in &read.elements {
        let kind = kinds.iter().position(|kind| kind == element);
        assert!(kind.is_some_and(has) || more.contains(element), "{element} in {markdown}");
    }
    assert!(read.links.iter().all(|link| link == LINK), "{:?} in {markdown}", read.links);
}

fn runs() -> impl Strategy<Value = Vec<Run>> {
    let text = "([ \\na-c1-3*_`~\\[\\]()<>!#+=|&;:.\\\\^$\"'/@-]|é|“|—|Ⓐ|\u{a0}|\u{b}|\u{7}|\r|&amp;|1\\.|\n- |\n    |</p>){0,12}";
    let run = (text, any::<[bool; 5]>(), 0..3_u8);
    let run =
        run.prop_map(|(text, marks, plain)| Run { text, marks: if plain == 0 { [false; 5] } else { marks } });
    prop::collection::vec(run, 0..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn text_stays_text(runs in runs()) {
        holds_nothing_but(&runs, &written(&runs, Inline::default()), &[]);
        let heading = written(&runs, Inline::one_line());
        prop_assert!(!heading.contains('\n'));
        holds_nothing_but(&runs, &format!("## {heading}"), &["heading"]);
    }

    #[test]
    fn listings_stay_listings(code in "[a`~ \\n>-]{0,30}") {
        let arena = Arena::new();
        let markdown = listing(&code, Some("ru`st x"));
        let document = parse_document(&arena, &markdown, &Options::default());
        let blocks: Vec<_> = document.children().collect();
        prop_assert_eq!(blocks.len(), 1);
        let data = blocks[0].data();
        let NodeValue::CodeBlock(block) = &data.value else { panic!("{markdown}") };
        prop_assert_eq!(block.literal.trim_end_matches('\n'), code.trim_end_matches('\n'));
        prop_assert_eq!(&block.info, "rustx");
    }
}

fn one(text: &str, marks: [bool; 5]) -> Run {
    Run { text: text.to_owned(), marks }
}

#[test]
fn marks_are_written() {
    let strong = [true, false, false, false, false];
    let plain = [false; 5];
    let sentence = [one("The ", plain), one("toll ", strong), one("nobody voted for.", plain)];
    assert_eq!(written(&sentence, Inline::default()), "The **toll** nobody voted for.");
    let all = [one("x", [true, true, true, true, true])];
    assert_eq!(read(&written(&all, Inline::default())).elements, ["link", "em", "strong", "struck", "code"]);
    assert_eq!(
        markdown_link("Terms [1]", "https://x.example/a b"),
        r"[Terms \[1\]](<https://x.example/a b>)"
    );
    assert_eq!(destination(""), "<>");
}

#[test]
fn what_looks_like_markup_is_escaped_and_no_more() {
    for (text, expected) in [
        ("AT&T, a-b, 3.5 (x) & more!", r"AT&T, a-b, 3.5 (x) & more\!"),
        ("1. May", r"1\. May"),
        ("- not a list", r"\- not a list"),
        ("# no heading", r"\# no heading"),
        ("&lt;b>", r"\&lt;b>"),
        ("<script>", r"\<script>"),
        ("[a](b)", r"\[a\](b)"),
        ("a | b", r"a \| b"),
    ] {
        let mut inline = Inline::default();
        inline.text(text);
        assert_eq!(inline.finish(), expected);
    }
    assert_eq!(markdown_line("a\nb #"), r"a b \#");
}
