//! HTML pages: what is made of one, and that none stops a run.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;

use newsmill_article::{
    Article, Content, Limits, Media, Metadata, Origin, Record, Reject, RejectKind,
};
use newsmill_parse::{ALL, parse};
use proptest::prelude::*;

const RIVER: &str = include_str!("../../../fixtures/html/river.html");

fn page(bytes: impl Into<Vec<u8>>, charset: Option<&str>) -> Result<Article, Reject> {
    let record = Record {
        origin: Origin::new("page.html", 0),
        id: Some("p".into()),
        content: Content::Bytes { bytes: bytes.into(), charset: charset.map(str::to_owned) },
        media: Media::Html,
        metadata: Metadata::new(),
        truncated: false,
    };
    parse(record, &Limits::default())
}

/// The article as text: its facts, its blocks, what was cut out of it, its links and images.
fn shape(article: &Article) -> String {
    let mut out = String::new();
    let facts = &article.facts;
    let named = [
        ("title", &facts.title),
        ("published", &facts.published),
        ("modified", &facts.modified),
        ("site", &facts.site),
        ("url", &facts.url),
        ("language", &facts.language),
    ];
    for (name, fact) in named {
        if let Some(fact) = fact {
            writeln!(out, "{name}: {} ({})", fact.value, fact.evidence).unwrap();
        }
    }
    if let Some(byline) = &facts.byline {
        writeln!(out, "byline: {} ({})", byline.value.join(", "), byline.evidence).unwrap();
    }
    let kept = article.kept();
    for block in kept.blocks() {
        let quoted = ">".repeat(block.block.quoted.into());
        let text = &kept.text()[block.range.clone()];
        writeln!(out, "{quoted}{}: {text}", block.block.kind.name()).unwrap();
    }
    for removal in article.removals() {
        writeln!(out, "cut: {}", article.slice(removal.span)).unwrap();
    }
    for link in &facts.links {
        let anchor = link.anchor.map(|a| article.slice(a));
        writeln!(out, "link: {} at {anchor:?}", link.raw).unwrap();
    }
    for image in &facts.images {
        let said = [&image.alt, &image.url, &image.caption, &image.credit];
        let said: Vec<&str> = said.iter().map(|s| s.as_deref().unwrap_or("-")).collect();
        writeln!(out, "image: {}", said.join(" | ")).unwrap();
    }
    write!(out, "page: {}", article.metadata.get("page").unwrap().get()).unwrap();
    out
}

#[test]
fn a_news_page() {
    insta::assert_snapshot!(shape(&page(RIVER, None).unwrap()));
}

#[test]
fn encodings_are_found() {
    let text = |bytes: &[u8], charset| page(bytes, charset).unwrap().text().to_owned();
    let body = |b: &[u8]| [b"<meta charset=windows-1251><p>", b, b"</p>"].concat();
    assert_eq!(text(&body(b"\xd0\xe5\xea\xe0"), None), "Река");
    assert_eq!(text(&body(b"\xd0\xe5\xea\xe0"), Some("koi8-r")), "пЕЙЮ");
    assert_eq!(text(&body("Река".as_bytes()), None), "Река");
    assert_eq!(text(b"\xef\xbb\xbf<meta charset=latin1><p>Caf\xc3\xa9", None), "Café");
    let wide: Vec<u8> =
        "\u{feff}<p>A river</p>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(text(&wide, Some("utf-8")), "A river");
}

#[test]
fn text_as_it_is_shown() {
    let cases = [
        ("<p>One<br>two", "One two"),
        ("<p>One<br><br>two", "One\n\ntwo"),
        ("<p>One<p>two", "One\n\ntwo"),
        ("<div>One<div>two</div>three</div>", "One\n\ntwo\n\nthree"),
        ("<p>A <b>bold</b>\n  word</p>", "A bold word"),
        ("<p>R&amp;D &eacute;t&eacute; &#8220;x&#x201d; &notin; &bogus;", "R&D été “x” ∉ &bogus;"),
        ("<p>Soft&shy;en&#8203;ed&nbsp;text", "Softened text"),
        ("<ul><li>One<li>Two <b>three</b></ul>", "One\n\nTwo three"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<p>Shown<script>if (a<b) hidden()</script><style>p{}</style> here", "Shown here"),
        (
            "<p>Shown<svg><title>hidden</title><path/></svg> here<p>and here",
            "Shown here\n\nand here",
        ),
        ("<p>Shown<!-- > hidden --> here<!--> and here", "Shown here and here"),
        ("<p>1 < 2 and 3 <4, a</ b>c", "1 < 2 and 3 <4, ac"),
        ("<p title='>'>One</p title=x>", "One"),
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table>", "a\tb\nc\td"),
        ("<select><option>hidden</select><p>Shown", "Shown"),
        ("<textarea><p>hidden</textarea><p>Shown", "Shown"),
        ("<p>â€œHelloâ€\u{9d} he said", "“Hello” he said"),
        ("<p>I don\u{92}t\u{85}<p>know\u{85} yet", "I don’t…\n\nknow… yet"),
        ("<p>Ã\u{ad}ndice", "índice"),
        ("<p>One \u{200b} two\u{1} \u{1} three<p>&lrm;<p>four", "One two three\n\nfour"),
    ];
    for (html, expected) in cases {
        let article = page(html, None).unwrap();
        assert_eq!(article.kept().text(), expected, "{html}");
    }
}

#[test]
fn what_a_page_says_of_itself_is_mended() {
    let html = r#"<title>x</title><meta property="og:title" content="The cafÃ© wonâ€™t close">
        <script type="application/ld+json">{"@type":"NewsArticle","author":{"@type":"Person",
        "name":"JosÃ© Ru\u00adiz"}}</script><p>The river rose.<img src=a.jpg alt="The cafÃ©">"#;
    let facts = page(html, None).unwrap().facts;
    assert_eq!(facts.title.unwrap().value, "The café won’t close");
    assert_eq!(facts.byline.unwrap().value, ["José Ruiz"]);
    assert_eq!(facts.images[0].alt.as_deref(), Some("The café"));
}

#[test]
fn a_title_in_doubt_is_inferred() {
    let titled = |address: &str| {
        let html = format!(
            r#"<link rel=canonical href="https://example.org/{address}">
            <meta property="og:title" content="Floods: A Guide to Costs - Example Herald">
            <meta property="og:site_name" content="Example Herald">
            <h1>What Rivers Did to Us</h1><p>The river rose for three days, two people said."#
        );
        page(html, None).unwrap().facts
    };
    let facts = titled("news/4711");
    assert_eq!(facts.title, None);
    assert_eq!(facts.inferred["title"].value, "Floods: A Guide to Costs");
    assert_eq!(facts.inferred["title"].evidence, "meta og:title");
    let facts = titled("floods-guide-costs");
    assert_eq!(facts.title.unwrap().value, "Floods: A Guide to Costs");
    assert!(facts.inferred.is_empty());
}

#[test]
fn dates_are_said_or_left_out() {
    // page, published, modified
    let cases = [
        ("<p>The river rose.", None, None),
        (
            "<script type=application/ld+json>{\"@type\":\"VideoObject\",\"datePublished\":\"2025-03-01\"}</script><p>x",
            None,
            None,
        ),
        (
            "<script type=application/ld+json>{\"@type\":\"WebPage\",\"datePublished\":\"2025-03-01\"}</script><p>x",
            Some("2025-03-01"),
            None,
        ),
        ("<meta property=article:modified_time content=2025-03-14><p>x", None, Some("2025-03-14")),
        (
            "<p><time datetime=2025-03-01>1 March</time><p><time datetime=2025-03-13>13 March</time>",
            Some("2025-03-13"),
            None,
        ),
        (
            "<p>Updated <time class=updated datetime=2025-03-14>14 March</time>",
            None,
            Some("2025-03-14"),
        ),
        (
            "<p>Last updated on 14 March 2025<p>13 March 2025<p>The river rose.",
            Some("2025-03-13"),
            Some("2025-03-14"),
        ),
        (
            "<meta property=article:published_time content=2025-03-14T09:00:00Z>
             <meta property=article:modified_time content=2025-03-14T09:00:00Z>
             <p class=date>12 March 2025<p>The river rose.",
            Some("2025-03-12"),
            Some("2025-03-14T09:00:00Z"),
        ),
        (
            "<meta property=article:published_time content=2025-03-14T02:30:00Z>
             <time datetime=2025-03-13T22:30:00-04:00>10.30 pm</time><p>The river rose.",
            Some("2025-03-13T22:30:00-04:00"),
            None,
        ),
        (
            "<p class=meta-date>Updated on <span class=date>14 March 2025</span><p>The river rose.",
            None,
            Some("2025-03-14"),
        ),
        (
            "<p class=todays-date>15 March 2025<p class=date>12 March 2025<p>x",
            Some("2025-03-12"),
            None,
        ),
        (
            "<meta name=dc.date content=2025-03-15><p class=date>12 March 2025<p>x",
            Some("2025-03-12"),
            None,
        ),
    ];
    for (html, published, modified) in cases {
        let url = "<link rel=canonical href=https://example.org/2025/03/13/a>";
        let facts = page(format!("{url}{html}"), None).unwrap().facts;
        let value = |fact: Option<newsmill_article::Sourced<String>>| fact.map(|f| f.value);
        let got = (value(facts.published), value(facts.modified));
        assert_eq!((got.0.as_deref(), got.1.as_deref()), (published, modified), "{html}");
    }
}

#[test]
fn images_are_told_from_signs_of_the_page() {
    // what the page says before, address, where it is; nothing for a sign
    let cases = [
        ("", "a/silicon-valley.jpg", Some("a/silicon-valley.jpg")),
        ("", "pixel-9-seen.jpg", Some("pixel-9-seen.jpg")),
        ("", "logout-door.jpg", Some("logout-door.jpg")),
        ("", "pixel.gif", None),
        ("", "river-icon.png", None),
        ("", "river.svg?v=2", None),
        (
            "<link rel=canonical href=https://example.org/n/a>",
            "b.jpg",
            Some("https://example.org/n/b.jpg"),
        ),
        ("<base href=https://example.com/x/>", "b.jpg", Some("https://example.com/x/b.jpg")),
    ];
    for (head, address, expected) in cases {
        let images = page(format!("{head}<p>The river rose.<img src={address}>"), None)
            .unwrap()
            .facts
            .images;
        assert_eq!(images.first().and_then(|i| i.url.as_deref()), expected, "{address}");
    }
}

#[test]
fn links_are_where_the_page_has_them() {
    let html = "<base href='https://example.org/a/'><p>See <a href='b?x=1&amp;y=2'>the <i>report</i></a>, \
                <a href='#top'>above</a> or <a href='javascript:x()'>act</a>.";
    let article = page(html, None).unwrap();
    let links: Vec<_> = article
        .facts
        .links
        .iter()
        .map(|l| (l.raw.as_str(), l.anchor.map(|a| article.slice(a))))
        .collect();
    assert_eq!(links, [("https://example.org/a/b?x=1&y=2", Some("the report"))]);
}

#[test]
fn a_page_that_only_holds_its_text_as_data_is_read_from_there() {
    let sentence = "The river rose by two metres in the night, and the old bridge was closed. ";
    let html = format!(
        r#"<script type="application/ld+json">{{"@type":"NewsArticle","articleBody":"{}\n\n{}"}}</script><div id=app></div>"#,
        sentence.repeat(3).trim(),
        sentence.repeat(2).trim()
    );
    let article = page(html.as_str(), None).unwrap();
    assert_eq!(article.kept().blocks().len(), 2);
    assert!(article.kept().text().starts_with("The river rose"));
    let tagged = html.replace(r"\n\n", "</p><style>x</style><p>One<br>two &lt;b&gt;three</b>");
    let article = page(tagged, None).unwrap();
    let text = article.kept().text().to_owned();
    assert_eq!(article.kept().blocks().len(), 3, "{text}");
    assert!(text.contains("closed.\n\nOne\n\ntwo three"), "{text}");
}

#[test]
fn a_page_without_text_is_a_reject() {
    for html in [
        "<html><body></body>",
        "<script>x</script>",
        "<img src=a>",
        "<p>&lrm;</p>",
        "<a href=x>&rlm;</a><pre>\u{200b}</pre>\u{feff}",
    ] {
        assert_eq!(page(html, None).unwrap_err().kind, RejectKind::NoText, "{html}");
    }
}

#[test]
fn hostile_pages_are_read_in_time() {
    let all: Vec<u8> = (0..=255).cycle().take(20_000).collect();
    let pages: Vec<Vec<u8>> = vec![
        "<ul><li>".repeat(60_000).into(),
        "<div>".repeat(100_000).into(),
        "<div class=a><p>b".repeat(30_000).into(),
        "<b><p>x</b>".repeat(30_000).into(),
        "<a href=x><div>y".repeat(30_000).into(),
        "<table><tr><td>z".repeat(30_000).into(),
        "<svg><g>".repeat(30_000).into(),
        "</p></div></b></li>".repeat(30_000).into(),
        "<select><option>".repeat(30_000).into(),
        "<h1><span class=author>x".repeat(20_000).into(),
        "<time datetime=2025-03-13 class=date>x".repeat(20_000).into(),
        "<!--".repeat(100_000).into(),
        "<p a='".repeat(100_000).into(),
        "&".repeat(500_000).into(),
        "<".repeat(500_000).into(),
        "<p>x<br>".repeat(30_000).into(),
        format!("<p class='{}'>text", "author date ".repeat(800_000)).into(),
        format!("<div class='{}'>", "x ".repeat(100_000)).repeat(10).into(),
        format!("<p>{}", "x".repeat(10_000_000)).into(),
        format!("<script type=application/ld+json>{}", "[".repeat(200_000)).into(),
        format!("<script type=application/ld+json>{}", "{\"author\":".repeat(100_000)).into(),
        [b"<p>\0\0text\0<\0p>".to_vec(), all].concat(),
    ];
    for (at, html) in pages.into_iter().enumerate() {
        let started = std::time::Instant::now();
        let _made = page(html, None);
        let spent = started.elapsed();
        assert!(spent.as_secs() < 20, "page {at} took {spent:?}");
    }
}

#[test]
fn a_page_cut_anywhere_is_read() {
    for end in 0..RIVER.len() {
        if let Ok(article) = page(&RIVER.as_bytes()[..end], None) {
            assert!(!article.text().is_empty());
        }
    }
}

#[test]
fn a_damaged_page_is_read() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..400 {
        let mut bytes = RIVER.as_bytes().to_vec();
        for _ in 0..20 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = (state >> 20) as usize % bytes.len();
            bytes[at] ^= 1 << (state >> 60 & 7);
        }
        let _made = page(bytes, None);
    }
}

#[test]
fn every_syntax_has_a_name_of_its_own() {
    assert!(ALL.iter().any(|s| s.name() == "html"));
}

proptest! {
    #[test]
    fn tag_soup_is_read(
        parts in proptest::collection::vec(
            prop_oneof![
                "</?(p|div|li|ul|table|tr|td|a href=x|b|i|h1|h2|blockquote|figure|figcaption|img src=a|br|svg|select|option|form|head|body|template|time|span class=author|x-y)/?>",
                "(The river rose|&amp;|&lt|<|>|\"|'|By Ana Ruiz|13 March 2025|\\PC{0,6}| |\n)",
                "<(script|style|title|textarea|noscript|!--|!doctype|\\?xml|/)",
            ],
            0..60,
        )
    ) {
        let html = parts.concat();
        if let Ok(article) = page(html.clone(), None) {
            for block in article.blocks() {
                prop_assert!(!article.slice(block.span).trim().is_empty(), "{}", html);
            }
            for link in &article.facts.links {
                prop_assert!(article.text().get(link.span.range()).is_some());
            }
            prop_assert_eq!(page(html, None).unwrap(), article);
        }
    }
}
