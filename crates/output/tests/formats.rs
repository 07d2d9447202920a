//! What each format writes can be read back, whatever stands in the articles, and is the same
//! whatever the threads.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::collections::BTreeMap;
use std::io::Read;

use newsmill_article::{
    Article, Block, BlockKind, Cluster, Counts, Entity, EntityKind, Image, Link, Origin, Quote,
    Related, RelatedKind, Role, Sourced, Span, Syndication,
};
use newsmill_output::{
    ArticleRow, ArticleWriter, FORMATS, FileEntry, Files, Format, FrameBuilder, MemoryStore,
    format_named,
};
use serde_json::{Map, Value, json};

/// Texts that act on something somewhere.
fn hostile() -> Vec<String> {
    let controls: String = (0..0x20).chain([0x7f, 0x85, 0x9b]).filter_map(char::from_u32).collect();
    let mut texts: Vec<String> = [
        "A river rose.",
        "",
        " ",
        "\0",
        "=1+1",
        "'=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "＝1",
        "\t=1",
        "\r=1",
        "\n=1",
        "\0=1",
        "=cmd|'/C calc'!A0\",\"=1",
        "\"quoted\", and, 'so' on",
        "\"",
        "one\ntwo\r\nthree\rfour",
        "\r\nWARC/1.1\r\nWARC-Type: response\r\nContent-Length: 0\r\n\r\n\r\n\r\n",
        "\u{202e}gnp.exe\u{2066}\u{2069}\u{200f}",
        "\u{2028}\u{2029}\u{85}\u{feff}\u{fffe}\u{10ffff}",
        "</script><script>alert(1)</script><!--",
        "---\ntitle: no\n...\n",
        "# no heading\n```\n- no item",
        "{\"a\": [null]}",
        "null",
        "NaN",
        "true",
        "../../etc/passwd",
        "CON",
        "e\u{301}👩\u{200d}🔬ﷺ",
        "${jndi:ldap://x}{{7*7}}%s%n",
    ]
    .map(str::to_owned)
    .into();
    texts.push(controls);
    texts.push("ñ".repeat(5_000));
    texts
}

/// An article that has the text in every field.
fn article(text: &str) -> Article {
    // What the row shows as text is the block.
    let own = format!("{text}\n\nEnd.");
    let end = Span::new(&own, own.len() - 4..own.len()).unwrap();
    let mut blocks = vec![Block::new(BlockKind::Heading { level: 2 }, end)];
    if !text.is_empty() {
        let code = Block::new(BlockKind::Code, Span::new(&own, 0..text.len()).unwrap());
        blocks.insert(0, Block { quoted: 1, ..code });
    }
    let mut origin = Origin::new(text, 7).at(u64::from(u32::MAX) + 1, 512);
    origin.record_id = (text.len() > 5).then(|| text.to_owned());
    let mut article = Article::new(text.to_owned().into(), origin, own, blocks, vec![]).unwrap();
    article.truncated = text.len() > 20;
    article.metadata.push_text(text, text).unwrap();
    article.metadata.push_text("n", text).unwrap();
    let whole = Span::whole(article.text());
    let facts = &mut article.facts;
    let told = || Some(Sourced::new(text.to_owned(), text).at(whole));
    facts.title = told();
    facts.byline = Some(Sourced::new(vec![text.to_owned(), "Ana Núñez".into()], text));
    facts.dateline = told();
    facts.published = told();
    facts.modified = Some(Sourced::new("2025-03-13T17:07:00-04:00".into(), "header"));
    facts.site = told();
    facts.url = told();
    facts.inferred.insert("url".into(), told().unwrap());
    facts.inferred.insert(text.to_owned(), Sourced::new("es".into(), text));
    facts.links = vec![Link {
        url: text.into(),
        raw: text.into(),
        span: whole,
        anchor: Some(whole),
        domain: text.into(),
    }];
    facts.images = vec![Image {
        alt: Some(text.into()),
        url: Some(text.into()),
        caption: None,
        credit: Some(text.into()),
        span: whole,
    }];
    facts.keywords = vec![text.to_owned(), "river".into()];
    facts.lead = told();
    facts.syndication =
        Some(Syndication { agencies: told().into_iter().collect(), publisher: told() });
    facts.counts = (text.len() > 3).then_some(Counts {
        words: 3,
        sentences: 1,
        paragraphs: 1,
        reading_ease: (text.len() > 9).then_some(62.5),
    });
    let speaker = Some(text.to_owned());
    facts.quotes = vec![
        Quote { span: whole, speaker: speaker.clone(), cue: speaker, confidence: Some(0.75) },
        Quote { span: whole, speaker: None, cue: None, confidence: None },
    ];
    facts.entities = [EntityKind::Person, EntityKind::Place, EntityKind::Money]
        .map(|kind| Entity { kind, span: whole })
        .into();
    article
}

/// The article's row, with the text in what comes from elsewhere.
fn with_row<T>(article: &Article, then: impl FnOnce(&ArticleRow<'_>) -> T) -> T {
    let id = &article.id;
    let cluster = Cluster {
        id: id.clone(),
        size: 3,
        role: Role::Kept,
        others: vec![id.clone(), "b".into()],
        origin: None,
    };
    let related = [Related { id: id.clone(), kind: RelatedKind::Contains, similarity: 0.5 }];
    let cluster = (!id.as_str().is_empty()).then_some(&cluster);
    then(&ArticleRow::new(article, &article.kept(), cluster, &related))
}

struct Written {
    store: MemoryStore,
    files: Vec<FileEntry>,
}

impl Written {
    fn in_folder(&self, folder: &str) -> Vec<Vec<u8>> {
        let files = self
            .files
            .iter()
            .filter(|file| file.name.rsplit_once('/').is_some_and(|(its, _)| its == folder));
        files.map(|file| self.store.file(&file.name).unwrap()).collect()
    }
}

/// Writes the articles, three a frame.
fn write(articles: &[Article], format: &dyn Format, part_bytes: u64) -> Written {
    let store = MemoryStore::new();
    let mut writer = ArticleWriter::new(&store, format).with_part_bytes(part_bytes);
    for some in articles.chunks(3) {
        let mut frame = FrameBuilder::new(format, 3).unwrap();
        for article in some {
            with_row(article, |row| frame.push(row)).unwrap();
        }
        writer.push(frame.finish().unwrap()).unwrap();
    }
    let files = writer.finish().unwrap();
    Written { store, files }
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    bytes.split_inclusive(|b| *b == b'\n').map(|l| serde_json::from_slice(l).unwrap()).collect()
}

fn unzstd(bytes: &[u8]) -> Vec<u8> {
    zstd::decode_all(bytes).unwrap()
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut all).unwrap();
    all
}

/// Reads what a format wrote and compares it with the rows.
type Check = fn(&Written, &[Value]);

const CHECKS: &[(&str, Check)] = &[
    ("jsonl", check_jsonl),
    #[cfg(feature = "parquet")]
    ("parquet", check_parquet),
    ("markdown", check_markdown),
    ("csv", check_csv),
    ("wet", check_wet),
    ("dolma", check_dolma),
    ("newsarticle", check_newsarticle),
];

#[test]
fn every_format_reads_back_whatever_the_articles_hold() {
    assert!(FORMATS.iter().map(|f| f.name()).eq(CHECKS.iter().map(|(name, _)| *name)));
    let articles: Vec<Article> = hostile().iter().map(|text| article(text)).collect();
    let rows: Vec<Value> =
        articles.iter().map(|a| with_row(a, |row| serde_json::to_value(row).unwrap())).collect();
    for (name, check) in CHECKS {
        for part_bytes in [1, 20_000, 1 << 30] {
            let format = format_named(name).unwrap();
            let written = write(&articles, format, part_bytes);
            check(&written, &rows);
            let kinds = match format.files() {
                Files::Parts(kinds) => kinds.len(),
                _ => 1,
            };
            let counted: u64 = written.files.iter().filter_map(|file| file.rows).sum();
            assert_eq!(counted as usize, rows.len() * kinds, "{name}");
            let parts = written.files.len() / kinds;
            match format.files() {
                Files::Documents(_) => assert_eq!(parts, rows.len()),
                _ if part_bytes == 1 => assert_eq!(parts, rows.len().div_ceil(3), "{name}"),
                _ if part_bytes == 1 << 30 => assert_eq!(parts, 1, "{name}"),
                _ => assert!((2..rows.len().div_ceil(3)).contains(&parts), "{name}: {parts}"),
            }
        }
    }
}

#[test]
fn files_without_an_article_are_whole() {
    for (name, check) in CHECKS {
        let format = format_named(name).unwrap();
        let written = write(&[], format, 1);
        check(&written, &[]);
        assert_eq!(written.files.is_empty(), matches!(format.files(), Files::Documents(_)));
    }
}

#[test]
fn any_number_of_threads_writes_the_same() {
    let texts = (0..60).map(|n| format!("The river rose {n} times. ").repeat(n % 17 + 1));
    let articles: Vec<Article> = texts.map(|text| article(&text)).collect();
    for format in FORMATS {
        let written = [1, 2, 3, 8].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| write(&articles, *format, 5_000)).files
        });
        assert!(written[0].len() > 3, "{format:?}");
        for other in &written[1..] {
            assert_eq!(other, &written[0], "{format:?}");
        }
    }
}

fn check_jsonl(written: &Written, rows: &[Value]) {
    let read: Vec<Value> =
        written.in_folder("articles").iter().flat_map(|part| lines(&unzstd(part))).collect();
    assert_eq!(read, rows);
}

#[cfg(feature = "parquet")]
fn check_parquet(written: &Written, rows: &[Value]) {
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use parquet::basic::Compression;
    use std::io::Write;

    let mut read = Vec::new();
    for part in written.in_folder("articles") {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&part).unwrap();
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        let metadata = builder.metadata().clone();
        for group in metadata.row_groups() {
            for column in group.columns() {
                assert!(matches!(column.compression(), Compression::ZSTD(_)));
                assert!(column.column_index_length().is_some(), "statistics of pages");
                assert!(column.statistics().is_some(), "{}", column.column_path());
            }
        }
        for batch in builder.build().unwrap() {
            let mut json = arrow_json::LineDelimitedWriter::new(Vec::new());
            json.write(&batch.unwrap()).unwrap();
            json.finish().unwrap();
            read.extend(lines(&json.into_inner()));
        }
    }
    let same = |row: &Value| {
        let mut row = row.as_object().unwrap().clone();
        let metadata = row["metadata"].as_str().unwrap();
        row["metadata"] = serde_json::from_str(metadata).unwrap();
        for list in ["inferred", "evidence"] {
            // As the objects of JSON are compared: in the order of names.
            let entries = row[list].as_array_mut().unwrap();
            entries.sort_by_key(|entry| entry["field"].as_str().unwrap().to_owned());
        }
        without_nulls(Value::Object(row))
    };
    let read: Vec<_> = read.iter().map(same).collect();
    let want: Vec<_> = rows.iter().map(|row| without_nulls(in_columns(row))).collect();
    assert_eq!(read, want);
}

/// A row as the columns of Parquet have it.
#[cfg(feature = "parquet")]
fn in_columns(row: &Value) -> Value {
    let mut row = row.as_object().unwrap().clone();
    let record = row["source"]["record"].clone();
    row["source"]["record"] = record.as_str().map_or_else(|| record.to_string(), Into::into).into();
    for list in ["inferred", "evidence"] {
        let entries = row[list].as_object().unwrap().clone();
        let entries = entries.into_iter().map(|(field, entry)| {
            let mut entry = entry.as_object().unwrap().clone();
            entry.insert("field".into(), field.into());
            Value::Object(entry)
        });
        row[list] = entries.collect();
    }
    row.entry("truncated").or_insert(false.into());
    Value::Object(row)
}

/// JSON leaves out or says null, a column says null.
#[cfg(feature = "parquet")]
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(fields.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        Value::Array(list) => list.into_iter().map(without_nulls).collect(),
        value => value,
    }
}

fn check_markdown(written: &Written, rows: &[Value]) {
    let documents = written.in_folder("md");
    assert_eq!(documents.len(), rows.len());
    for (document, row) in documents.iter().zip(rows) {
        let document = std::str::from_utf8(document).unwrap();
        let (front, _) = document.strip_prefix("---\n").unwrap().split_once("\n---\n").unwrap();
        for line in front.lines() {
            let (name, value) = line.split_once(": ").unwrap();
            let value: Value = serde_json::from_str(value).unwrap();
            if name == "links" {
                assert_eq!(value[0], row["links"][0]["url"]);
            } else {
                assert_eq!(value, row[name], "{name}");
            }
        }
    }
}

/// A text cell, told from null by its quotes, with what keeps it from being a formula undone.
fn check_csv(written: &Written, rows: &[Value]) {
    let mut read = Vec::new();
    for part in written.in_folder("articles") {
        let mut table = csv::Reader::from_reader(part.as_slice());
        let names = table.headers().unwrap().clone();
        assert_eq!(names.len(), 30);
        for line in table.records() {
            let line = line.unwrap();
            read.push(names.iter().zip(&line).map(|(n, c)| (n.to_owned(), c.to_owned())).collect());
        }
    }
    assert_eq!(read.len(), rows.len());
    for (cells, row) in read.iter().zip(rows) {
        let cells: &BTreeMap<String, String> = cells;
        for (name, cell) in cells {
            let value = match name.split_once('_') {
                Some(("source", part)) => &row["source"][part],
                _ => &row[name.as_str()],
            };
            let shown = match value {
                Value::Null if name == "truncated" => "false".to_owned(),
                Value::Null => String::new(),
                Value::String(text) => {
                    assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0']));
                    let marked = |text: &str| {
                        let acts = ['=', '+', '-', '@', '＝', '\t', '\r', '\n', '\0'];
                        text.trim_start_matches('\'').starts_with(acts)
                    };
                    if marked(text) { format!("'{text}") } else { text.clone() }
                }
                Value::Number(number) => number.to_string(),
                Value::Bool(truth) => truth.to_string(),
                json => {
                    assert_eq!(&serde_json::from_str::<Value>(cell).unwrap(), json, "{name}");
                    continue;
                }
            };
            assert_eq!(*cell, shown, "{name}");
        }
    }
}

fn check_wet(written: &Written, rows: &[Value]) {
    let mut texts = Vec::new();
    for part in written.in_folder("wet") {
        // Each record is a member of its own.
        let mut rest = part.as_slice();
        let mut number = 0;
        while !rest.is_empty() {
            let mut member = flate2::bufread::GzDecoder::new(rest);
            let mut record = Vec::new();
            member.read_to_end(&mut record).unwrap();
            rest = member.into_inner();
            let (header, block) = cut(&record, b"\r\n\r\n");
            let header = std::str::from_utf8(header).unwrap();
            let mut fields = header.split("\r\n");
            assert_eq!(fields.next(), Some("WARC/1.1"));
            let fields: BTreeMap<_, _> = fields.map(|f| f.split_once(": ").unwrap()).collect();
            assert!(header.bytes().all(|b| b == b'\r' || b == b'\n' || (0x20..0x7f).contains(&b)));
            let length: usize = fields["Content-Length"].parse().unwrap();
            assert_eq!(&block[length..], b"\r\n\r\n");
            assert!(fields["WARC-Record-ID"].starts_with("<urn:uuid:"));
            assert_eq!(fields["WARC-Date"].len(), 20);
            let kind = if number == 0 { "warcinfo" } else { "conversion" };
            assert_eq!(fields["WARC-Type"], kind);
            if number > 0 {
                assert!(!fields["WARC-Target-URI"].contains(' '));
                texts.push(String::from_utf8(block[..length].to_vec()).unwrap());
            }
            number += 1;
        }
    }
    assert!(texts.iter().eq(rows.iter().map(|row| row["text"].as_str().unwrap())));
}

fn cut<'b>(bytes: &'b [u8], at: &[u8]) -> (&'b [u8], &'b [u8]) {
    let found = bytes.windows(at.len()).position(|window| window == at).unwrap();
    (&bytes[..found], &bytes[found + at.len()..])
}

fn check_dolma(written: &Written, rows: &[Value]) {
    let (documents, attributes) =
        (written.in_folder("documents"), written.in_folder("attributes/newsmill"));
    assert_eq!(documents.len(), attributes.len());
    let mut rows = rows.iter();
    for (documents, attributes) in documents.iter().zip(&attributes) {
        let (documents, attributes) = (lines(&gunzip(documents)), lines(&gunzip(attributes)));
        assert_eq!(documents.len(), attributes.len());
        for (document, attributes) in documents.iter().zip(&attributes) {
            let row = rows.next().unwrap();
            assert_eq!((&document["id"], &document["text"]), (&row["id"], &row["text"]));
            assert_eq!(
                (&attributes["id"], &document["source"]),
                (&row["id"], &row["source"]["path"])
            );
            assert_eq!(document["added"], "2025-03-13T21:07:00.000Z");
            assert_eq!(document["created"], Value::Null);
            assert_eq!(document["metadata"]["metadata"], row["metadata"]);
            let attributes = attributes["attributes"].as_object().unwrap();
            let length = row["text"].as_str().unwrap().chars().count();
            for span in attributes.values().flat_map(|spans| spans.as_array().unwrap()) {
                assert!(span[0].as_u64() <= span[1].as_u64());
                assert!(span[1].as_u64() <= Some(length as u64));
            }
            let sure = attributes.get("newsmill__quote__speaker").map(|spans| &spans[0][2]);
            let quotes = row["quotes"].as_array().unwrap().len();
            assert_eq!(sure, (quotes > 0).then_some(&json!(0.75)));
        }
    }
    assert!(rows.next().is_none());
}

fn check_newsarticle(written: &Written, rows: &[Value]) {
    let mut read: Vec<Map<String, Value>> = Vec::new();
    for part in written.in_folder("newsarticle") {
        let json = unzstd(&part);
        assert!(!json.iter().any(|b| b"<>&".contains(b)), "nothing acts in a page");
        assert!(!String::from_utf8(json.clone()).unwrap().contains(['\u{2028}', '\u{2029}']));
        read.extend(lines(&json).into_iter().map(|row| row.as_object().unwrap().clone()));
    }
    assert_eq!(read.len(), rows.len());
    for (object, row) in read.iter().zip(rows) {
        assert_eq!(object["@type"], "NewsArticle");
        let same = [
            ("identifier", "id"),
            ("articleBody", "text"),
            ("headline", "title"),
            ("url", "url"),
            ("datePublished", "published"),
            ("dateModified", "modified"),
        ];
        for (theirs, ours) in same {
            assert_eq!(object[theirs], row[ours], "{ours}");
        }
        assert_eq!(object["author"][0]["name"], row["byline"][0]);
        assert_eq!(object["publisher"]["name"], row["site"]);
        assert_eq!(object["isBasedOn"]["publisher"]["name"], row["site"]);
        assert_eq!(object["abstract"], row["lead"]);
        assert!(object.values().all(|value| !value.is_null()));
    }
}
