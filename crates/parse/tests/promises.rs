//! What parsing promises for any text: nothing is lost, nothing panics, time stays in proportion.

// The lints' leave for tests does not reach their helpers.
#![allow(clippy::panic, clippy::unwrap_used)]

use std::time::{Duration, Instant};

use newsmill_article::{Article, Content, Limits, Origin, Record, Tally};
use newsmill_parse::{mend, parse};
use proptest::prelude::*;

fn parsed(text: &str) -> Article {
    match parse(Record::text(Origin::new("t", 0), text), &Limits::default()) {
        Ok(article) => article,
        Err(reject) => panic!("{reject}"),
    }
}

/// The article's text is the record's but for what was decoded wrongly; every character of it that
/// is no white space is kept or removed, once and in order.
fn check_nothing_is_lost(text: &str) {
    let article = parsed(text);
    let same = article.text() == text;
    assert!(same || mend(article.text()) == mend(text), "{:?}", article.text());
    let text = article.text();
    let kept = article.kept();
    let mut tally = Tally { read: 1, ..Tally::default() };
    tally.keep(&article, &kept);
    tally.check().unwrap();
    let words = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let mut left = String::new();
    let mut at = 0;
    for removal in article.removals() {
        left.push_str(&text[at..removal.span.start()]);
        at = removal.span.end();
    }
    left.push_str(&text[at..]);
    assert_eq!(words(&left), words(kept.text()));
    for link in &article.facts.links {
        assert_eq!(link.span.slice(text), link.raw);
    }
    for image in &article.facts.images {
        assert!(!image.span.slice(text).is_empty());
    }
}

/// Pieces that markup is made of, so that chance finds combinations.
const PIECES: &[&str] = &[
    "The river rose",
    "by two metres",
    " ",
    " ",
    "\n",
    "\n",
    "\n\n",
    "\r\n",
    "\u{2028}",
    "> ",
    ">",
    ">> ",
    "<www.example.org/a>",
    "<https://example.org/",
    ">",
    "<",
    "[",
    "]",
    "[1]",
    "[1]: https://e.org/x",
    "(",
    ")",
    "](https://e.org/y)",
    "![",
    "[image: A view]",
    "[image:",
    "*",
    "**",
    "_",
    "#",
    "## ",
    "=== ",
    "====",
    "---",
    "- ",
    "• ",
    "1. ",
    "2. ",
    "a) ",
    "```",
    "\t",
    "    ",
    "|",
    "-- ",
    "-30-",
    "(AP Photo/A. B.)",
    "References",
    "www.example.org",
    ".",
    ",",
    "“",
    "”",
    "é",
    "洪水",
    "\u{feff}",
    "\0",
    "\u{202e}",
    "From: a",
    "Subject: b",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_is_lost_from_any_text(text in any::<String>()) {
        check_nothing_is_lost(&text);
    }

    #[test]
    fn nothing_is_lost_from_markup(picked in proptest::collection::vec(0..PIECES.len(), 0..60)) {
        let text: String = picked.iter().map(|i| PIECES[*i]).collect();
        check_nothing_is_lost(&text);
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut record = Record::text(Origin::new("t", 0), "");
        record.content = Content::Bytes { bytes, charset: None };
        parse(record, &Limits::default()).unwrap();
    }
}

#[test]
fn hostile_texts() {
    let all: String = (0..=255u8).map(char::from).collect();
    for text in [
        "",
        "\0",
        "\u{202e}\u{2066}abc\u{2069}",
        "\u{feff}",
        all.as_str(),
        ">",
        "> ",
        "<",
        "[",
        "![](",
        "*",
        "#",
        "-",
        "```",
        "|\n|",
        "\t\n\t",
        "From ",
        "From: ",
        ":",
        "\n",
        "\r",
        "\u{2029}",
    ] {
        check_nothing_is_lost(text);
    }
}

#[test]
fn limits_hold() {
    let text = "Words <www.example.org/a> [image: A view].\n\n".repeat(50);
    let limits = Limits { blocks_per_article: 7, facts_per_article: 5, ..Limits::default() };
    let article = parse(Record::text(Origin::new("t", 0), text.as_str()), &limits).unwrap();
    assert_eq!(article.blocks().len(), 7);
    assert_eq!((article.facts.links.len(), article.facts.images.len()), (5, 5));
    assert_eq!(article.kept().text().matches("Words").count(), 50);
}

#[test]
fn time_stays_in_proportion() {
    let time = |text: &str| {
        let record = Record::text(Origin::new("t", 0), text);
        let start = Instant::now();
        parse(record, &Limits::default()).unwrap();
        start.elapsed()
    };
    let pieces = [
        "a",
        ">",
        "> ",
        "> a\n",
        "a\n",
        "\n",
        "<",
        "<a",
        "<http://",
        "[",
        "[]",
        "[a](",
        "[image:",
        "![",
        "(http://",
        "*a",
        "*a* ",
        "_a _",
        "a\tb\n",
        "|a|b\n",
        "- a\n",
        "1. a\n",
        "```\n",
        "===\n",
        "a\n---\n",
        "[1]: http://a.b/c\n",
        "    a;\n",
        "a b ",
        "[a][1] ",
        "a. B ",
        "A: b\n",
        "\u{2028}",
        "洪",
    ];
    for piece in pieces {
        let small = piece.repeat(4_000 / piece.len());
        let large = small.repeat(8);
        // Short times say little, and on a busy machine neither does a single try; what is quadratic
        // takes seconds each time.
        let holds = || time(&large) <= time(&small).max(Duration::from_millis(25)) * 12;
        assert!((0..4).any(|_| holds()), "{piece:?}: {:?}, then {:?}", time(&small), time(&large));
    }
}

#[test]
fn time_of_mails_stays_in_proportion() {
    // What stands before, what is repeated.
    let mails = [
        ("Content-Transfer-Encoding: base64\n\n", "=A"),
        ("Content-Transfer-Encoding: base64\n\n", "=\n"),
        ("Content-Transfer-Encoding: quoted-printable\n\n", "= "),
        ("MIME-Version: 1.0\nSubject: ", "=?a?q?x"),
        ("MIME-Version: 1.0\nSubject: ", "=?a?q?x?= "),
        ("Content-Type: text/html\n\n", "<style"),
        ("Content-Type: text/html\n\n", "<script>"),
        ("Content-Type: multipart/mixed; boundary=a\n\n", "--a\n\nx\n"),
        ("Content-Type: multipart/mixed; boundary=a\n\n", "--"),
    ];
    let time = |start: &str, piece: &str, bytes: usize| {
        let raw = format!("{start}{}", piece.repeat(bytes / piece.len()));
        let record = Record::text(Origin::new("t", 0), raw);
        let start = Instant::now();
        // A mail without text is a reject.
        drop(parse(record, &Limits::default()));
        start.elapsed()
    };
    for (start, piece) in mails {
        let holds = || {
            let small = time(start, piece, 32 << 10).max(Duration::from_millis(10));
            time(start, piece, 256 << 10) <= small * 16
        };
        assert!((0..4).any(|_| holds()), "{start:?} {piece:?}");
    }
}

#[test]
fn one_word_of_ten_megabytes() {
    let text = "a".repeat(10 << 20);
    assert_eq!(parsed(&text).kept().text().len(), text.len());
}
