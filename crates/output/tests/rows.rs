//! Rows of articles made by hand, as users see them.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::ops::Range;

use newsmill_article::{
    Article, Block, BlockKind, Cluster, Diff, Duplicate, Entity, EntityKind, Image, LikelyOrigin,
    Link, Method, Origin, OriginKind, Quote, Reason, Reject, RejectKind, Related, RelatedKind,
    Removal, Role, Sourced, Span, Stage,
};
use newsmill_output::{
    ArticleRow, DuplicateRow, Jsonl, Markdown, RejectedRow, RemovedRow, Rows, write_line,
};
use proptest::prelude::*;
use serde::Serialize;

const TEXT: &str = "\
<image: Señales en el puente>\n\
LA CIUDAD\n\
\n\
«El puente 🌉 está abierto», dijo Ana Núñez <www.elpuente.example/nota-1/> el lunes.\n\
\n\
The bridge opened again.\n\
\n\
The bridge opened again.\n\
\n\
“We waited years,” said nobody.\n\
\n\
GO HERE FOR MORE\twww.elpuente.example/nota-1/\n  PLEASE DONATE  elpuente.example/give\n";

fn place(needle: &str) -> Span {
    let start = TEXT.find(needle).unwrap();
    Span::new(TEXT, start..start + needle.len()).unwrap()
}

fn last_place(needle: &str) -> Span {
    let start = TEXT.rfind(needle).unwrap();
    Span::new(TEXT, start..start + needle.len()).unwrap()
}

fn link(raw: &str, span: Span, anchor: Option<Span>) -> Link {
    let url = format!("https://{raw}");
    Link { url, raw: raw.into(), span, anchor, domain: "elpuente.example".into() }
}

fn article() -> Article {
    let paragraph = |span| Block::new(BlockKind::Paragraph, span);
    let blocks = vec![
        Block::new(BlockKind::Heading { level: 2 }, place("LA CIUDAD")),
        paragraph(place("«El").hull(place("lunes."))),
        paragraph(place("The bridge opened again.")),
        paragraph(last_place("The bridge opened again.")),
        Block { quoted: 1, ..paragraph(place("“We").hull(place("nobody."))) },
        paragraph(place("GO HERE").hull(place("give"))),
    ];
    let markup = |span| Removal::new(span, Reason::Markup, Stage::Parse);
    let removals = vec![
        markup(place("<image: Señales en el puente>")),
        markup(place("<www.elpuente.example/nota-1/>")),
    ];
    let mut origin = Origin::new("dump/ñ.jsonl", 7).at(2_048, 512);
    origin.record_id = Some("<urn:uuid:1>".into());
    let mut article = Article::new("ñ-7".into(), origin, TEXT.into(), blocks, removals).unwrap();
    let again = Removal::new(last_place("The bridge opened again."), Reason::Repeat, Stage::Within);
    article.remove(again.with_witness(place("The bridge opened again.")).with_score(1.0));
    let tail = place("GO HERE").hull(place("give"));
    article.remove(Removal::new(tail, Reason::Promo, Stage::Furniture).with_score(0.9));
    article.metadata.push_text("section", "local\u{2028}news \u{1b}").unwrap();

    let facts = &mut article.facts;
    facts.title = Some(Sourced::new("El puente".into(), "metadata title"));
    facts.byline =
        Some(Sourced::new(vec!["Ana Núñez".into()], "first line").at(place("Ana Núñez")));
    facts.language = Some(Sourced::new("es".into(), "words"));
    let footer = last_place("www.elpuente.example/nota-1/");
    let url = Sourced::new("https://www.elpuente.example/nota-1/".into(), "footer link").at(footer);
    facts.inferred.insert("url".into(), url);
    facts.inferred.insert("site".into(), Sourced::new("El Puente".into(), "most links"));
    facts.links = vec![
        link(
            "www.elpuente.example/nota-1/",
            place("www.elpuente.example/nota-1/"),
            Some(place("Ana Núñez")),
        ),
        link("www.elpuente.example/nota-1/", footer, None),
        link("elpuente.example/give", place("elpuente.example/give"), None),
    ];
    let image = place("<image: Señales en el puente>");
    facts.images = vec![Image {
        alt: Some("Señales en el puente".into()),
        url: None,
        caption: None,
        credit: None,
        span: image,
    }];
    let quote = |span, speaker: Option<&str>, cue: Option<&str>| Quote {
        span,
        speaker: speaker.map(Into::into),
        cue: cue.map(Into::into),
        confidence: Some(0.75),
    };
    facts.quotes = vec![
        quote(place("El puente 🌉 está abierto"), Some("Ana Núñez"), Some("dijo")),
        quote(place("We waited years,"), None, None),
        quote(place("HERE FOR"), None, None),
    ];
    facts.entities = vec![
        Entity { kind: EntityKind::Person, span: place("Ana Núñez") },
        Entity { kind: EntityKind::Date, span: place("lunes") },
        Entity { kind: EntityKind::Place, span: last_place("bridge") },
    ];
    article
}

fn cluster() -> Cluster {
    let origin = LikelyOrigin {
        name: "Varde Post".into(),
        evidence: OriginKind::Publisher,
        told_by: 1,
        members: 2,
        article: None,
    };
    Cluster {
        id: "a".into(),
        size: 2,
        role: Role::Kept,
        others: vec!["a".into()],
        origin: Some(origin),
    }
}

fn pretty(row: &impl Serialize) -> String {
    serde_json::to_string_pretty(row).unwrap()
}

fn line(row: &impl Serialize) -> String {
    let mut line = Vec::new();
    write_line(row, &mut line).unwrap();
    String::from_utf8(line).unwrap()
}

#[test]
fn an_article_row() {
    let (article, cluster) = (article(), cluster());
    let related = [Related { id: "b".into(), kind: RelatedKind::Contains, similarity: 0.5 }];
    let kept = article.kept();
    insta::assert_snapshot!(pretty(&ArticleRow::new(&article, &kept, Some(&cluster), &related)));
}

#[test]
fn a_row_with_nothing_known() {
    let mut article =
        Article::new("a".into(), Origin::new("-", 0), String::new(), vec![], vec![]).unwrap();
    article.truncated = true;
    insta::assert_snapshot!(line(&ArticleRow::new(&article, &article.kept(), None, &[])));
}

#[test]
fn a_verbatim_row_has_the_records_text() {
    let article = article();
    let row = serde_json::to_value(ArticleRow::verbatim(&article, None, &[])).unwrap();
    assert_eq!(row["text"], TEXT);
    assert_eq!(row["blocks"], serde_json::json!([]));
    assert_eq!(row["promo"], serde_json::json!([]));
    check_places(&row);
}

#[test]
fn a_markdown_document() {
    let article = article();
    let kept = article.kept();
    let mut document = Vec::new();
    Markdown.article(&ArticleRow::new(&article, &kept, None, &[]), &mut document).unwrap();
    insta::assert_snapshot!(String::from_utf8(document).unwrap());
}

#[test]
fn every_kind_of_block_in_markdown() {
    let blocks = [
        (BlockKind::Heading { level: 1 }, 0, "A # heading"),
        (BlockKind::ListItem, 0, "- one"),
        (BlockKind::ListItem, 0, "two * three"),
        (BlockKind::Paragraph, 2, "quoted twice <b>"),
        (BlockKind::Quote, 0, "set off"),
        (BlockKind::Caption, 0, "1. A caption"),
        (BlockKind::Table, 0, "a | b\n``` | d"),
        (BlockKind::Code, 1, "x\n  y"),
    ];
    let mut text = String::new();
    let mut spans = Vec::new();
    for (kind, quoted, block) in blocks {
        let start = text.len();
        text.push_str(block);
        spans.push((kind, quoted, start..text.len()));
        text.push_str("\n\n");
    }
    let made = |(kind, quoted, range): &(BlockKind, u8, Range<usize>)| Block {
        kind: *kind,
        span: Span::new(&text, range.clone()).unwrap(),
        quoted: *quoted,
    };
    let blocks = spans.iter().map(made).collect();
    let article =
        Article::new("a".into(), Origin::new("t", 0), text.clone(), blocks, vec![]).unwrap();
    let mut document = Vec::new();
    Markdown
        .article(&ArticleRow::new(&article, &article.kept(), None, &[]), &mut document)
        .unwrap();
    insta::assert_snapshot!(String::from_utf8(document).unwrap());
}

#[test]
fn ledger_rows() {
    let article = article();
    let duplicate = Duplicate {
        kept: "a".into(),
        cluster: "a".into(),
        method: Method::Near,
        similarity: 0.875,
        diff: Diff { added: 3, dropped: 1 },
    };
    let mut rows = line(&DuplicateRow::new(&article, &duplicate));
    for removal in article.removals() {
        rows.push_str(&line(&RemovedRow::new(&article, removal)));
    }
    let origin = Origin::new("dump/\u{202e}x.jsonl", 3).at(99, 10);
    let reject =
        Reject::new(origin, Stage::Read, RejectKind::Malformed, "line is no JSON: \u{1b}[31m");
    rows.push_str(&line(&RejectedRow::new(&reject, Some("rejected.tar!/00000000.jsonl"))));
    insta::assert_snapshot!(rows);
}

#[test]
fn hostile_text_stays_one_line_and_reads_back() {
    let every_byte: Vec<u8> = (0..=255).collect();
    let texts = [
        String::from_utf8_lossy(&every_byte).into_owned(),
        "x".repeat(10 << 20),
        "\0\u{202e}\u{2028}\u{2029}\u{85}\r\n\"\\</script>".repeat(100),
        "\u{10ffff}\u{e000}👩\u{200d}🔬".repeat(1000),
    ];
    for text in texts {
        let article = Article::new(
            "h".into(),
            Origin::new("t", 0),
            text.clone(),
            vec![Block::new(BlockKind::Code, Span::whole(&text))],
            vec![],
        )
        .unwrap();
        let mut bytes = Vec::new();
        Jsonl.article(&ArticleRow::verbatim(&article, None, &[]), &mut bytes).unwrap();
        let (end, line) = bytes.split_last().unwrap();
        assert_eq!(*end, b'\n');
        assert!((0..0x20).all(|control| !line.contains(&control)));
        let row: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(row["text"], text);
        let row =
            serde_json::to_value(ArticleRow::new(&article, &article.kept(), None, &[])).unwrap();
        if text.len() < 1 << 20 {
            check_places(&row);
        }
    }
}

/// `text[start:end]`, counted as users count.
fn points(row: &serde_json::Value, start: &serde_json::Value, end: &serde_json::Value) -> String {
    let at = |v: &serde_json::Value| usize::try_from(v.as_u64().unwrap()).unwrap();
    let (start, end) = (at(start), at(end));
    assert!(start <= end);
    let text = row["text"].as_str().unwrap();
    assert!(end <= text.chars().count());
    text.chars().skip(start).take(end - start).collect()
}

/// Every place in a row lies in its text, and says what the row says stands there.
fn check_places(row: &serde_json::Value) {
    for list in ["quotes", "entities"] {
        for fact in row[list].as_array().unwrap() {
            assert_eq!(points(row, &fact["start"], &fact["end"]), fact["text"].as_str().unwrap());
        }
    }
    let mut end = serde_json::json!(0);
    for block in row["blocks"].as_array().unwrap() {
        let joint = points(row, &end, &block["start"]);
        let first = end == serde_json::json!(0);
        assert_eq!(joint, if first { "" } else { "\n\n" }, "text between blocks");
        assert!(!points(row, &block["start"], &block["end"]).is_empty());
        end = block["end"].clone();
    }
    for link in row["links"].as_array().unwrap() {
        points(row, &link["start"], &link["start"]);
    }
    for told in row["inferred"]
        .as_object()
        .unwrap()
        .values()
        .chain(row["evidence"].as_object().unwrap().values())
    {
        if !told["start"].is_null() {
            points(row, &told["start"], &told["end"]);
        }
    }
}

fn reason(of: usize) -> Reason {
    Reason::ALL[of % Reason::ALL.len()]
}

/// An article of three blocks with removals, links, quotes and entities anywhere.
fn any_article() -> impl Strategy<Value = Article> {
    let cuts = proptest::collection::vec((0usize..200, 0usize..30, 0usize..6), 0..8);
    let facts = proptest::collection::vec((0usize..200, 0usize..30), 0..8);
    ("([a-d ]|é|😀|\n|\u{2028}){0,60}", "([a-d ]|é|\t){0,60}", "([a-d ]|中|\r){0,60}", cuts, facts)
        .prop_map(|(one, two, three, cuts, facts)| {
            let text = format!("{one}\n\n{two}\n{three}");
            let second = one.len() + 2;
            let third = second + two.len() + 1;
            let kinds = [BlockKind::Paragraph, BlockKind::Heading { level: 2 }, BlockKind::Table];
            let ranges = [0..one.len(), second..second + two.len(), third..text.len()];
            let blocks = kinds
                .into_iter()
                .zip(ranges)
                .map(|(kind, range)| Block::new(kind, Span::new(&text, range).unwrap()));
            let mut article = Article::new(
                "a".into(),
                Origin::new("t", 0),
                text.clone(),
                blocks.collect(),
                vec![],
            )
            .unwrap();
            for (start, len, why) in cuts {
                if let Ok(span) = article.span(start..start + len) {
                    article.remove(Removal::new(span, reason(why), Stage::Within));
                }
            }
            for (start, len) in facts {
                if let Ok(span) = article.span(start..start + len) {
                    article.facts.links.push(link("x", span, Some(span)));
                    article.facts.quotes.push(Quote {
                        span,
                        speaker: None,
                        cue: None,
                        confidence: None,
                    });
                    article.facts.entities.push(Entity { kind: EntityKind::Place, span });
                    article.facts.site = Some(Sourced::new("s".into(), "e").at(span));
                    article
                        .facts
                        .inferred
                        .insert("url".into(), Sourced::new("u".into(), "e").at(span));
                }
            }
            article
        })
}

proptest! {
    #[test]
    fn places_in_rows_say_what_stands_there(article in any_article()) {
        let kept = article.kept();
        let row = serde_json::to_value(ArticleRow::new(&article, &kept, None, &[])).unwrap();
        check_places(&row);
        let verbatim = serde_json::to_value(ArticleRow::verbatim(&article, None, &[])).unwrap();
        check_places(&verbatim);
    }

    #[test]
    fn a_link_is_shown_or_in_the_promo_or_in_what_was_removed(article in any_article()) {
        let kept = article.kept();
        let row = serde_json::to_value(ArticleRow::new(&article, &kept, None, &[])).unwrap();
        let shown = row["links"].as_array().unwrap().len();
        let promo: usize =
            row["promo"].as_array().unwrap().iter().map(|p| p["links"].as_array().unwrap().len()).sum();
        let lost = |span: Span| article.removals().iter().any(|r| {
            !matches!(r.reason, Reason::Markup | Reason::Promo)
                && r.span.contains(span)
                && (!span.is_empty() || span.start() < r.span.end())
        });
        let lost = article.facts.links.iter().filter(|l| lost(l.span)).count();
        prop_assert_eq!(shown + promo + lost, article.facts.links.len());
    }

    #[test]
    fn replaying_the_removed_rows_gives_the_text(article in any_article()) {
        let text = article.text();
        let mut again = Article::new(
            article.id.clone(), article.origin.clone(), text.to_owned(), article.blocks().to_vec(), vec![],
        ).unwrap();
        for removal in article.removals() {
            let row: serde_json::Value =
                serde_json::from_str(&line(&RemovedRow::new(&article, removal))).unwrap();
            let at = |name: &str| usize::try_from(row[name].as_u64().unwrap()).unwrap();
            let why = Reason::ALL.into_iter().find(|r| r.name() == row["reason"]).unwrap();
            let span = again.span(at("start")..at("end")).unwrap();
            again.remove(Removal::new(span, why, Stage::Within));
        }
        let kept = article.kept();
        let row = ArticleRow::new(&article, &kept, None, &[]);
        let again = again.kept();
        prop_assert_eq!(again.text(), row.text());
    }
}
