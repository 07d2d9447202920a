//! The first row of a table, which names its columns.

use std::borrow::Cow;

use super::row::{Cell, Front, MOST_CELLS, cut};
use crate::ReadOptions;
use crate::jsonl::BOM;
use crate::row::no_column;

/// The delimiters there are, the likelier first.
const DELIMITERS: [u8; 4] = *b",\t;|";

/// Names of columns, in lower case, of which one at least is in a table that is told by content.
const KNOWN: [&str; 16] = [
    "text",
    "id",
    "url",
    "title",
    "body",
    "content",
    "article",
    "date",
    "published",
    "author",
    "authors",
    "headline",
    "link",
    "source",
    "language",
    "publication",
];

/// Rows behind the header that are looked at to tell a table by content.
const ROWS_LOOKED_AT: usize = 8;

/// The columns of a table.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) delimiter: u8,
    pub(super) names: Vec<String>,
    /// Column of the text.
    pub(super) text: usize,
    /// Column of the id.
    pub(super) id: Option<usize>,
}

impl Header {
    /// Reads a header line. The delimiter is the one that makes a column of the text's name, else
    /// the one that makes the most columns.
    pub(super) fn read(
        line: &[u8],
        options: &ReadOptions,
        text_of: impl Fn(&[u8]) -> String,
    ) -> Result<Self, String> {
        let mut best: Option<(bool, usize, u8, Vec<String>)> = None;
        for delimiter in DELIMITERS {
            let names = names(line, delimiter).iter().map(|n| text_of(n)).collect::<Vec<_>>();
            let rank = (names.contains(&options.text_field), names.len());
            if best.as_ref().is_none_or(|(has, count, ..)| rank > (*has, *count)) {
                best = Some((rank.0, rank.1, delimiter, names));
            }
        }
        let (delimiter, names) = best.map_or((b',', Vec::new()), |(_, _, d, names)| (d, names));
        if names.len() > MOST_CELLS {
            return Err(format!("its header names more than {MOST_CELLS} columns"));
        }
        let place = |name: &str| names.iter().position(|n| n == name);
        let Some(text) = place(&options.text_field) else {
            return Err(no_column(&options.text_field, names.iter().map(String::as_str)));
        };
        Ok(Self { delimiter, text, id: place(&options.id_field), names })
    }
}

/// What stands before the header: a byte order mark and the line in which Excel names the
/// delimiter.
pub(super) fn preamble(bytes: &[u8]) -> usize {
    let mark = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
    let first = line(&bytes[mark..]);
    match first.0 {
        [b's', b'e', b'p', b'=', _] => mark + first.1,
        _ => mark,
    }
}

/// The first line, and its length with the line break.
pub(super) fn line(bytes: &[u8]) -> (&[u8], usize) {
    let end = memchr::memchr(b'\n', bytes);
    let line = &bytes[..end.unwrap_or(bytes.len())];
    (line.strip_suffix(b"\r").unwrap_or(line), end.map_or(bytes.len(), |end| end + 1))
}

/// Whether `head` is surely the head of a table: its first line names two columns or more, one of
/// them a usual one, and at least one row follows, with as many cells as all looked at.
pub(super) fn is_table(head: &[u8]) -> bool {
    let head = &head[preamble(head)..];
    let (first, taken) = line(head);
    // A carriage return and such are no part of a name.
    if first.len() > 4096 || first.contains(&0) {
        return false;
    }
    DELIMITERS.iter().any(|&delimiter| {
        let names = names(first, delimiter);
        let is_name = |name: &Cow<'_, [u8]>| {
            name.len() <= 64
                && name.iter().all(|b| b.is_ascii_alphanumeric() || b"_-. /:".contains(b))
        };
        names.len() > 1
            && names.iter().all(is_name)
            && names
                .iter()
                .any(|name| KNOWN.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes())))
            && rows_fit(&head[taken..], delimiter, names.len())
    })
}

/// Whether rows start `bytes` that have so many cells. The last may be cut anywhere.
fn rows_fit(bytes: &[u8], delimiter: u8, columns: usize) -> bool {
    let (mut rest, mut cells) = (bytes, Vec::new());
    for row in 0..ROWS_LOOKED_AT {
        match cut(rest, false, delimiter, &mut cells) {
            Front::Row { length: 0, taken } => rest = &rest[taken..],
            Front::Row { taken, .. } if cells.len() == columns => rest = &rest[taken..],
            Front::Part if row > 0 => return true,
            // One row may be all there is, and end without a line break.
            Front::Part => {
                let is_whole = matches!(cut(rest, true, delimiter, &mut cells), Front::Row { .. });
                return match is_whole {
                    true => cells.len() == columns,
                    false => cells.len() + 1 >= columns,
                };
            }
            // A bad row costs that row, and does not make prose of a table.
            _ => return row > 0,
        }
    }
    true
}

/// The names in a header line, without blanks around them.
fn names(line: &[u8], delimiter: u8) -> Vec<Cow<'_, [u8]>> {
    let mut cells: Vec<Cell> = Vec::new();
    match cut(line, true, delimiter, &mut cells) {
        Front::Row { .. } => cells
            .iter()
            .map(|cell| match cell.value(line) {
                Cow::Borrowed(name) => Cow::Borrowed(name.trim_ascii()),
                Cow::Owned(name) => Cow::Owned(name.trim_ascii().to_vec()),
            })
            .collect(),
        _ => Vec::new(),
    }
}
