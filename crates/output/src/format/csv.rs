//! CSV: tables for spreadsheets.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use super::{Compression, Files, Format, Kind, Rows};
use crate::ArticleRow;

/// CSV by [RFC 4180]: a line of names, then one line an article, fields in the order of the row,
/// lines ended by CR LF, UTF-8 without a byte order mark. Every text is quoted, so that line
/// breaks and commas in it are text; null is an empty field without quotes. Fields of a row that
/// are lists or objects are JSON; `source` is four columns.
///
/// No text is a formula to a spreadsheet ([OWASP, CSV Injection]): one that starts with `=`, `+`,
/// `-`, `@` (or their full-width forms), a tab, CR, LF or NUL has an apostrophe put before it, and
/// so has one with apostrophes before such a character. To undo it: where a text starts with
/// apostrophes and then such a character, take one apostrophe away. A spreadsheet that takes
/// semicolons for separators reads other cells than the file has: import it with commas.
///
/// [RFC 4180]: https://www.rfc-editor.org/rfc/rfc4180
/// [OWASP, CSV Injection]: https://owasp.org/www-community/attacks/CSV_Injection
///
/// ```
/// use newsmill_output::{Csv, Rows};
/// let mut names = Vec::new();
/// Csv.head(&mut names)?;
/// assert!(names.starts_with(b"id,source_path,source_record,") && names.ends_with(b"\r\n"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Csv;

static TABLES: [Kind; 1] =
    [Kind { folder: "articles", extension: "csv", compression: Compression::None, rows: &Csv }];

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> &'static str {
        "CSV for spreadsheets, one article a line, without formulas"
    }

    fn files(&self) -> Files {
        Files::Parts(&TABLES)
    }
}

enum Cell<'a> {
    Text(&'a str),
    Json(String),
    Number(u64),
    Truth(bool),
}

type Column = (&'static str, for<'a> fn(&'a ArticleRow<'_>) -> io::Result<Option<Cell<'a>>>);

/// In the order of the row.
const COLUMNS: &[Column] = &[
    ("id", |row| text(Some(row.id.as_str()))),
    ("source_path", |row| text(Some(row.source.path))),
    ("source_record", |row| match row.source.record {
        crate::RecordName::Id(id) => text(Some(id)),
        crate::RecordName::Ordinal(ordinal) => Ok(Some(Cell::Number(ordinal))),
    }),
    ("source_offset", |row| Ok(Some(Cell::Number(row.source.offset)))),
    ("source_length", |row| Ok(Some(Cell::Number(row.source.length)))),
    ("text", |row| text(Some(row.text))),
    ("blocks", |row| json(&row.blocks)),
    ("title", |row| text(row.title)),
    ("byline", |row| row.byline.map_or(Ok(None), |names| json(&names))),
    ("dateline", |row| text(row.dateline)),
    ("published", |row| text(row.published)),
    ("modified", |row| text(row.modified)),
    ("language", |row| text(row.language)),
    ("site", |row| text(row.site)),
    ("url", |row| text(row.url)),
    ("inferred", |row| json(&row.inferred)),
    ("links", |row| json(&row.links)),
    ("images", |row| json(&row.images)),
    ("quotes", |row| json(&row.quotes)),
    ("entities", |row| json(&row.entities)),
    ("keywords", |row| json(row.keywords)),
    ("lead", |row| text(row.lead)),
    ("syndication", |row| row.syndication.as_ref().map_or(Ok(None), json)),
    ("counts", |row| row.counts.as_ref().map_or(Ok(None), json)),
    ("promo", |row| json(&row.promo)),
    ("cluster", |row| row.cluster.map_or(Ok(None), json)),
    ("related", |row| json(&row.related)),
    ("metadata", |row| json(row.metadata)),
    ("evidence", |row| json(&row.evidence)),
    ("truncated", |row| Ok(Some(Cell::Truth(row.truncated)))),
];

fn text(text: Option<&str>) -> io::Result<Option<Cell<'_>>> {
    Ok(text.map(Cell::Text))
}

fn json(value: &(impl Serialize + ?Sized)) -> io::Result<Option<Cell<'static>>> {
    Ok(Some(Cell::Json(serde_json::to_string(value)?)))
}

impl Rows for Csv {
    fn head(&self, to: &mut dyn Write) -> io::Result<()> {
        let names: Vec<_> = COLUMNS.iter().map(|(name, _)| *name).collect();
        write!(to, "{}\r\n", names.join(","))
    }

    fn article(&self, row: &ArticleRow<'_>, to: &mut dyn Write) -> io::Result<()> {
        let mut line = String::with_capacity(row.text.len() + row.text.len() / 4 + 1024);
        for (at, (_, cell)) in COLUMNS.iter().enumerate() {
            if at > 0 {
                line.push(',');
            }
            match cell(row)? {
                None => {}
                Some(Cell::Number(number)) => line.push_str(&number.to_string()),
                Some(Cell::Truth(truth)) => line.push_str(if truth { "true" } else { "false" }),
                Some(Cell::Text(text)) => push_quoted(&without_formula(text), &mut line),
                Some(Cell::Json(json)) => push_quoted(&json, &mut line),
            }
        }
        line.push_str("\r\n");
        to.write_all(line.as_bytes())
    }
}

fn push_quoted(text: &str, line: &mut String) {
    line.push('"');
    for (at, piece) in text.split('"').enumerate() {
        if at > 0 {
            line.push_str("\"\"");
        }
        line.push_str(piece);
    }
    line.push('"');
}

fn without_formula(text: &str) -> Cow<'_, str> {
    let starts = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n', '\0'];
    if text.trim_start_matches('\'').starts_with(starts) {
        return Cow::Owned(format!("'{text}"));
    }
    Cow::Borrowed(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_text_is_a_formula() {
        // text, written
        let cases = [
            ("", ""),
            ("plain = text", "plain = text"),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1", "'＝1"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("\n=1", "'\n=1"),
            ("\0=1", "'\0=1"),
            ("'=1", "''=1"),
            ("'s Gravenhage", "'s Gravenhage"),
            (" =1", " =1"),
        ];
        for (text, want) in cases {
            assert_eq!(without_formula(text), want);
        }
    }

    proptest! {
        #[test]
        fn a_text_without_formula_can_be_undone(text in "['=@+a\t\"-]{0,6}") {
            let written = without_formula(&text);
            let marked = written.strip_prefix('\'')
                .filter(|rest| without_formula(rest) != *rest);
            prop_assert_eq!(marked.unwrap_or(&written), text.as_str());
        }
    }
}
