//! Tables as text: CSV and TSV.

mod header;
mod row;

use std::io::{self, BufRead};
use std::sync::Arc;

use encoding_rs::{Encoding, WINDOWS_1252};
use newsmill_article::{Content, Limits, Metadata, Origin, Record, Reject, RejectKind, Stage};

use crate::ReadOptions;
use crate::container::{Container, Cut, Source};
use crate::inflate::{reject, resumes};
use crate::row::with_text;
use crate::window::Window;
use header::Header;
use row::{Cell, Front, MOST_CELLS, cut, cut_plainly};

/// How often, on average, a byte is looked at for the end of its row.
const LOOKS: u64 = 8;

/// Comma-separated values by RFC 4180, and the same with tabs, semicolons or bars: a row an
/// article. The first row names the columns; those named by [`ReadOptions`] hold the text and the
/// id, and every other cell that is not empty is carried along as a text.
///
/// A row with another number of cells than the header is rejected alone. Where a quote is missing or
/// stands too much, reading goes on at the next line that starts a whole row like those before, and
/// all up to there is one reject. A quote within a cell that does not need quotes is taken as it is.
/// Cells that are no UTF-8 are in [`ReadOptions::encoding`]; without it the parser finds out that of
/// the text, and the others are read as windows-1252, as spreadsheets write them.
#[derive(Clone, Copy, Debug)]
pub struct Csv;

impl Container for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> &'static str {
        "CSV or TSV: a row an article, with the text in the column that the header names so"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["csv", "tsv", "tab"]
    }

    fn example(&self) -> &'static [u8] {
        b"id,text,url\r\nr1,\"A river rose, and fell.\",https://example.org/river\r\n"
    }

    fn sniff(&self, head: &[u8]) -> bool {
        header::is_table(head)
    }

    fn records(&self, source: Source, options: &ReadOptions, limits: &Limits) -> Cut {
        Box::new(Rows {
            window: Window::new(source.reader),
            is_all: false,
            path: source.path,
            encoding: options.encoding.as_deref().and_then(|l| Encoding::for_label(l.as_bytes())),
            options: options.clone(),
            row_bytes: limits.record_bytes,
            ordinal: 0,
            header: None,
            cells: Vec::new(),
            usual: Vec::new(),
            looked_at: 0,
            is_lost: false,
            over: false,
        })
    }
}

struct Rows {
    window: Window<Box<dyn BufRead + Send>>,
    /// Whether nothing follows the window.
    is_all: bool,
    path: Arc<str>,
    options: ReadOptions,
    encoding: Option<&'static Encoding>,
    row_bytes: usize,
    ordinal: u64,
    header: Option<Header>,
    cells: Vec<Cell>,
    /// What has been true of each column in all good rows.
    usual: Vec<Usual>,
    /// Bytes looked at for the ends of rows, those looked at again included.
    looked_at: u64,
    /// Whether what stands here is behind damage and may be the middle of a row.
    is_lost: bool,
    over: bool,
}

/// What has been true of a column so far.
#[derive(Clone, Copy)]
struct Usual {
    is_quoted: bool,
    is_number: bool,
}

/// What stands at the front of the window.
enum Seen {
    End,
    Row {
        length: usize,
        taken: usize,
    },
    /// No row: a quote is missing or stands too much.
    Odd,
    /// No end within the limit.
    Long,
}

impl Iterator for Rows {
    type Item = Result<Record, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let Some(header) = &self.header else {
            return match self.read_header() {
                Ok(true) => self.next_row(),
                Ok(false) => self.ended(),
                Err(reject) => {
                    self.over = true;
                    Some(Err(reject))
                }
            };
        };
        debug_assert!(header.text < header.names.len());
        self.next_row()
    }
}

impl Rows {
    fn delimiter(&self) -> u8 {
        self.header.as_ref().map_or(b',', |h| h.delimiter)
    }

    fn origin(&self, length: u64) -> Origin {
        Origin::new(Arc::clone(&self.path), self.ordinal).at(self.window.offset(), length)
    }

    fn fail<T>(&self, origin: Origin, kind: RejectKind, detail: &str) -> Result<T, Reject> {
        Err(Reject::new(origin, Stage::Read, kind, detail))
    }

    fn ended(&mut self) -> Option<Result<Record, Reject>> {
        self.over = true;
        let error = self.window.error()?;
        Some(Err(self.damaged(&error, self.origin(0))))
    }

    /// The reject for what reading failed with. What stands behind it may be read.
    fn damaged(&mut self, error: &io::Error, origin: Origin) -> Reject {
        (self.is_lost, self.over) = (true, !resumes(error));
        self.is_all = self.over;
        self.ordinal = origin.ordinal + 1;
        reject(error, origin)
    }

    /// Reads the header, if there is one.
    fn read_header(&mut self) -> Result<bool, Reject> {
        while self.window.bytes().len() <= self.row_bytes
            && !self.window.bytes().contains(&b'\n')
            && self.window.grow()
        {}
        let skipped = header::preamble(self.window.bytes());
        self.window.take(skipped);
        while self.window.bytes().len() <= self.row_bytes && self.window.grow() {
            if header::line(self.window.bytes()).1 < self.window.bytes().len() {
                break;
            }
        }
        if self.window.bytes().trim_ascii().is_empty() {
            self.window.take_all();
            return Ok(false);
        }
        let (line, taken) = header::line(self.window.bytes());
        let length = line.len() as u64;
        let header = Header::read(line, &self.options, |cell| self.text(cell));
        match header {
            Ok(header) => {
                self.window.take(taken);
                self.header = Some(header);
                Ok(true)
            }
            Err(why) => self.fail(self.origin(length), RejectKind::NoText, &why),
        }
    }

    /// The text of a cell that is not the article's.
    fn text(&self, cell: &[u8]) -> String {
        match std::str::from_utf8(cell) {
            Ok(text) => text.to_owned(),
            Err(_) => {
                let encoding = self.encoding.unwrap_or(WINDOWS_1252);
                encoding.decode_without_bom_handling(cell).0.into_owned()
            }
        }
    }

    /// Looks at the front of the window, reading on as far as needed. The row's cells are in
    /// `cells`.
    fn look(&mut self) -> Seen {
        let delimiter = self.delimiter();
        loop {
            // A hostile file makes every row look endless: what was looked at again bounds that.
            let allowed = LOOKS * (self.window.offset() + self.row_bytes as u64);
            let allowed = usize::try_from(allowed.saturating_sub(self.looked_at));
            let most = (self.row_bytes + 2).min(allowed.unwrap_or(usize::MAX));
            let held = self.window.bytes();
            if held.is_empty() && self.is_all {
                return Seen::End;
            }
            let bytes = &held[..held.len().min(most)];
            let is_all = self.is_all && bytes.len() == held.len();
            let front = match bytes {
                [] => Front::Part,
                _ => cut(bytes, is_all, delimiter, &mut self.cells),
            };
            self.looked_at += match front {
                Front::Part => bytes.len() as u64,
                Front::Row { taken, .. } => taken as u64,
                Front::Stray(at) => at as u64,
            };
            match front {
                Front::Row { length, .. } if length > self.row_bytes => return Seen::Long,
                Front::Row { length, taken } => return Seen::Row { length, taken },
                Front::Stray(_) => return Seen::Odd,
                Front::Part if is_all => return Seen::Odd,
                Front::Part if held.len() >= most => return Seen::Long,
                Front::Part => self.is_all = !self.window.grow(),
            }
        }
    }

    fn next_row(&mut self) -> Option<Result<Record, Reject>> {
        if std::mem::take(&mut self.is_lost) {
            self.find_row();
        }
        loop {
            let columns = self.header.as_ref().map_or(0, |h| h.names.len());
            let (length, taken) = match self.look() {
                Seen::End => return self.ended(),
                Seen::Row { length: 0, taken } => {
                    self.window.take(taken);
                    continue;
                }
                Seen::Row { length, taken } => (length, taken),
                Seen::Odd => match self.plain_line() {
                    Some(row) => row,
                    None => {
                        let why = "a quote is missing, or stands within a quoted cell";
                        return Some(Err(self.skip(RejectKind::Malformed, why)));
                    }
                },
                Seen::Long => {
                    let why = format!(
                        "the row has more bytes than the limit record_bytes = {}, or a quote is missing",
                        self.row_bytes
                    );
                    return Some(Err(self.skip(RejectKind::TooLong, &why)));
                }
            };
            let origin = self.origin(length as u64);
            if taken == length && self.window.has_failed() {
                self.window.take(taken);
                return self.window.error().map(|error| Err(self.damaged(&error, origin)));
            }
            if self.cells.len() != columns {
                let most = self.cells.len().min(MOST_CELLS);
                let more = if self.cells.len() > MOST_CELLS { "more than " } else { "" };
                let why = format!("it has {more}{most} cells where the header has {columns}");
                if memchr::memchr(b'\n', &self.window.bytes()[..length]).is_some() {
                    let why = format!("{why}: a quote may be missing");
                    return Some(Err(self.skip(RejectKind::Malformed, &why)));
                }
                self.window.take(taken);
                self.ordinal += 1;
                return Some(self.fail(origin, RejectKind::Malformed, &why));
            }
            let record = self.record(length, origin);
            self.window.take(taken);
            self.ordinal += 1;
            return Some(record);
        }
    }

    /// The line at the front with its quotes taken as they are, if that makes a row of it.
    fn plain_line(&mut self) -> Option<(usize, usize)> {
        let columns = self.header.as_ref()?.names.len();
        let end = memchr::memchr(b'\n', self.window.bytes());
        if end.is_none() && !self.is_all {
            return None;
        }
        let taken = end.map_or(self.window.bytes().len(), |end| end + 1);
        let line = &self.window.bytes()[..end.unwrap_or(taken)];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        cut_plainly(line, self.delimiter(), &mut self.cells);
        let length = line.len();
        (self.cells.len() == columns && self.is_usual()).then_some((length, taken))
    }

    /// Skips this line and those up to a whole row like those before.
    fn skip(&mut self, kind: RejectKind, why: &str) -> Reject {
        let mut origin = self.origin(0);
        self.skip_line();
        self.find_row();
        origin.length = self.window.offset() - origin.offset;
        let error = if self.window.bytes().is_empty() { self.window.error() } else { None };
        self.ordinal += 1;
        match error {
            Some(error) => self.damaged(&error, origin),
            None => Reject::new(origin, Stage::Read, kind, why),
        }
    }

    /// Skips lines up to one that starts a whole row like those before, if this one does not.
    fn find_row(&mut self) {
        let columns = self.header.as_ref().map_or(0, |h| h.names.len());
        loop {
            match self.look() {
                Seen::End => return,
                Seen::Row { .. } if self.cells.len() == columns && self.is_usual() => return,
                _ => self.skip_line(),
            }
        }
    }

    /// Takes the line at the front, in constant memory.
    fn skip_line(&mut self) {
        loop {
            if let Some(end) = memchr::memchr(b'\n', self.window.bytes()) {
                return self.window.take(end + 1);
            }
            self.window.take_all();
            if !self.window.grow() {
                self.is_all = true;
                return;
            }
        }
    }

    /// Whether the cells look like those of the rows before.
    fn is_usual(&self) -> bool {
        let row = self.window.bytes();
        self.usual.iter().zip(&self.cells).all(|(usual, cell)| {
            (!usual.is_quoted || cell.is_quoted()) && (!usual.is_number || is_number(cell, row))
        })
    }

    /// The record of a row with all its cells.
    fn record(&mut self, length: usize, origin: Origin) -> Result<Record, Reject> {
        let Some(header) = &self.header else {
            return self.fail(origin, RejectKind::Malformed, "it has no header");
        };
        let row = &self.window.bytes()[..length];
        let (mut id, mut content, mut metadata) = (None, None, Metadata::new());
        for (column, (name, cell)) in header.names.iter().zip(&self.cells).enumerate() {
            let value = cell.value(row);
            if column == header.text {
                content = Some(match (self.encoding, std::str::from_utf8(&value)) {
                    (None, Ok(text)) => Content::Text(text.to_owned()),
                    _ => Content::Bytes {
                        bytes: value.into_owned(),
                        charset: self.options.encoding.clone(),
                    },
                });
                continue;
            }
            if value.is_empty() {
                continue;
            }
            let text = self.text(&value);
            if Some(column) == header.id {
                id = Some(text);
            } else if let Err(error) = metadata.push_text(name.as_str(), &text) {
                return self.fail(origin, RejectKind::Malformed, &error.to_string());
            }
        }
        let usual = self
            .cells
            .iter()
            .map(|cell| Usual { is_quoted: cell.is_quoted(), is_number: is_number(cell, row) });
        if self.usual.is_empty() {
            self.usual = usual.collect();
        } else {
            for (all, this) in self.usual.iter_mut().zip(usual) {
                all.is_quoted &= this.is_quoted;
                all.is_number &= this.is_number;
            }
        }
        with_text(origin, id, content.map(Ok), metadata, &self.options.text_field)
    }
}

/// Whether a cell is a whole number, as the ids of rows often are.
fn is_number(cell: &Cell, row: &[u8]) -> bool {
    let value = cell.value(row);
    (1..20).contains(&value.len()) && value.iter().all(u8::is_ascii_digit)
}
