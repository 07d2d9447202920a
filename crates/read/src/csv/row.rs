//! One row of a table, cut into its cells.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memchr2};

/// Most cells of a row that are told from one another: a cell takes much more memory than the
/// delimiter that makes it. There is one more in rows that have more.
pub(crate) const MOST_CELLS: usize = 1 << 16;

/// A cell: where its raw bytes stand, quotes included.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Cell {
    range: Range<usize>,
    is_quoted: bool,
    /// Whether there are doubled quotes in it.
    is_escaped: bool,
}

impl Cell {
    /// Whether it stands in quotes.
    pub(crate) fn is_quoted(&self) -> bool {
        self.is_quoted
    }

    /// What the cell says. `row` is what it was cut from.
    pub(crate) fn value<'r>(&self, row: &'r [u8]) -> Cow<'r, [u8]> {
        let raw = row.get(self.range.clone()).unwrap_or_default();
        if !self.is_quoted {
            return Cow::Borrowed(raw);
        }
        let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
        if !self.is_escaped {
            return Cow::Borrowed(inner);
        }
        let (mut value, mut rest) = (Vec::with_capacity(inner.len()), inner);
        while let Some(quote) = memchr(b'"', rest) {
            value.extend_from_slice(&rest[..=quote]);
            rest = rest.get(quote + 2..).unwrap_or_default();
        }
        value.extend_from_slice(rest);
        Cow::Owned(value)
    }
}

/// What the front of some bytes is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Front {
    /// Not yet a whole row.
    Part,
    /// A row of that length; with the line break behind it, of `taken` bytes.
    Row { length: usize, taken: usize },
    /// A quoted cell is followed at this byte by something else than a delimiter or line break.
    Stray(usize),
}

/// Cuts the row at the front of `bytes` into `cells`, by
/// [RFC 4180](https://www.rfc-editor.org/rfc/rfc4180): cells in quotes may hold delimiters, line
/// breaks and doubled quotes; in others a quote is a character like any other. `is_all` says that
/// nothing follows `bytes`.
pub(crate) fn cut(bytes: &[u8], is_all: bool, delimiter: u8, cells: &mut Vec<Cell>) -> Front {
    cells.clear();
    let mut at = 0;
    loop {
        let start = at;
        let is_quoted = bytes.get(at) == Some(&b'"');
        let mut is_escaped = false;
        if is_quoted {
            at += 1;
            loop {
                let Some(length) = memchr(b'"', &bytes[at..]) else { return Front::Part };
                at += length + 1;
                if bytes.get(at) != Some(&b'"') {
                    break;
                }
                is_escaped = true;
                at += 1;
            }
        } else {
            match memchr2(delimiter, b'\n', &bytes[at..]) {
                Some(length) => at += length,
                None if is_all => at = bytes.len(),
                None => return Front::Part,
            }
        }
        let mut cell = Cell { range: start..at, is_quoted, is_escaped };
        match bytes.get(at..).unwrap_or_default() {
            [byte, ..] if *byte == delimiter => {
                push(cells, cell);
                at += 1;
            }
            [] | [b'\r'] if !is_all => return Front::Part,
            rest => {
                let taken = match rest {
                    [] => 0,
                    [b'\n', ..] => 1,
                    [b'\r'] => 1,
                    [b'\r', b'\n', ..] => 2,
                    _ => return Front::Stray(at),
                };
                let mut length = at;
                if !is_quoted && bytes[start..at].ends_with(b"\r") {
                    length -= 1;
                    cell.range.end -= 1;
                }
                push(cells, cell);
                return Front::Row { length, taken: at + taken };
            }
        }
    }
}

fn push(cells: &mut Vec<Cell>, cell: Cell) {
    if cells.len() <= MOST_CELLS {
        cells.push(cell);
    }
}

/// Cuts a line into `cells` at every delimiter, with quotes as characters like any other.
pub(crate) fn cut_plainly(line: &[u8], delimiter: u8, cells: &mut Vec<Cell>) {
    cells.clear();
    let mut start = 0;
    for end in memchr::memchr_iter(delimiter, line).chain([line.len()]) {
        push(cells, Cell { range: start..end, is_quoted: false, is_escaped: false });
        start = end + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The values of the first row, or what stands in its place.
    fn values(bytes: &[u8], is_all: bool) -> Result<(Vec<String>, usize), Front> {
        let mut cells = Vec::new();
        match cut(bytes, is_all, b',', &mut cells) {
            Front::Row { taken, .. } => {
                let text = |c: &Cell| String::from_utf8_lossy(&c.value(bytes)).into_owned();
                Ok((cells.iter().map(text).collect(), taken))
            }
            front => Err(front),
        }
    }

    #[test]
    fn rows_are_cut_into_cells() {
        let row =
            |cells: &[&str], taken| Ok((cells.iter().map(|c| (*c).to_owned()).collect(), taken));
        let cases: [(&str, Result<_, _>); 15] = [
            ("a,b\nc", row(&["a", "b"], 4)),
            ("a,b\r\nc", row(&["a", "b"], 5)),
            ("a,b", row(&["a", "b"], 3)),
            ("a,\"b\"\r\n", row(&["a", "b"], 7)),
            ("\"a,\"\"b\"\"\n\",c\n", row(&["a,\"b\"\n", "c"], 13)),
            ("\"\",,\n", row(&["", "", ""], 5)),
            ("\n", row(&[""], 1)),
            ("5\" pipe,b\n", row(&["5\" pipe", "b"], 10)),
            ("a\rb,c\r", row(&["a\rb", "c"], 6)),
            ("\"\"\"\"\n", row(&["\""], 5)),
            ("\"a\" b,c\n", Err(Front::Stray(3))),
            ("a,\"b\n", Err(Front::Part)),
            ("\"a\"\rb", Err(Front::Stray(3))),
            ("\"", Err(Front::Part)),
            ("", row(&[""], 0)),
        ];
        for (bytes, expected) in cases {
            assert_eq!(values(bytes.as_bytes(), true), expected, "{bytes:?}");
        }
        for part in ["a,b", "a\r", "\"a\"", "\"a\"\r", "a,", ""] {
            assert_eq!(values(part.as_bytes(), false), Err(Front::Part), "{part:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(rows in proptest::collection::vec(
            proptest::collection::vec("[a,\"\r\n; é]{0,8}", 2..4), 1..6)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let bytes = writer.into_inner().unwrap();
            let mut rest = &bytes[..];
            for row in &rows {
                let (cells, taken) = values(rest, true).unwrap();
                prop_assert_eq!(&cells, row);
                rest = &rest[taken..];
            }
            prop_assert!(rest.is_empty());
        }
    }
}
