//! JSON that is not a row a line: arrays of rows, and rows that span lines.

mod scan;

use std::io::{self, BufRead};
use std::sync::Arc;

use newsmill_article::{Limits, Origin, Record, Reject, RejectKind, Stage};

use crate::ReadOptions;
use crate::container::{Container, Cut, Source};
use crate::inflate::{reject, resumes};
use crate::jsonl::BOM;
use crate::row;
use crate::window::Window;
use scan::{Found, Scan};

/// How much is held while the next whole element is looked for: longer than any name of a field
/// that rows start with.
const LOOKED_BACK: usize = 1 << 10;

/// A JSON array of rows, or rows one behind the other that may span lines, in UTF-8 (RFC 8259). Rows
/// are as in [`JsonLines`](crate::JsonLines), and read one by one, however long the array is. An
/// element that cannot be read costs that element: reading goes on at the next object that starts
/// with the same name as those before.
#[derive(Clone, Copy, Debug)]
pub struct Json;

impl Container for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        "a JSON array of objects, or objects that span lines, with the text in one of their fields"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["json"]
    }

    fn example(&self) -> &'static [u8] {
        b"[\n  {\"id\": \"r1\", \"text\": \"A river rose.\"},\n  {\"id\": \"r2\", \"text\": \"It fell.\"}\n]\n"
    }

    fn sniff(&self, head: &[u8]) -> bool {
        let head = head.strip_prefix(BOM).unwrap_or(head).trim_ascii_start();
        // Prose may start with a footnote's `[1]`, so an array counts by its first object.
        let first = head.strip_prefix(b"[").map_or(head, <[u8]>::trim_ascii_start);
        if first.first() != Some(&b'{') {
            return head.trim_ascii_end() == b"[]";
        }
        match Scan::new().feed(first) {
            Found::Part => true,
            Found::End(at) => serde_json::from_slice::<serde::de::IgnoredAny>(&first[..at]).is_ok(),
            Found::Broken(..) => false,
        }
    }

    fn records(&self, source: Source, options: &ReadOptions, limits: &Limits) -> Cut {
        Box::new(Elements {
            window: Window::new(source.reader),
            path: source.path,
            options: options.clone(),
            element_bytes: limits.record_bytes,
            ordinal: 0,
            place: Place::Start,
            in_array: false,
            opening: None,
            scanned_again: 0,
        })
    }
}

struct Elements {
    window: Window<Box<dyn BufRead + Send>>,
    path: Arc<str>,
    options: ReadOptions,
    element_bytes: usize,
    ordinal: u64,
    place: Place,
    in_array: bool,
    /// The brace and the name that the last good element starts with.
    opening: Option<Vec<u8>>,
    /// How many bytes were scanned a second time.
    scanned_again: u64,
}

/// What stands at the front of the window, white space aside.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The very start of the input.
    Start,
    /// An element, or the end of the array or input.
    ElementOrEnd,
    /// An element, behind a comma.
    Element,
    /// What follows an element.
    Behind,
    /// What follows the array.
    End,
    /// Bytes behind damage, which may be in the middle of an element.
    Lost,
    /// Nothing any more.
    Over,
}

impl Iterator for Elements {
    type Item = Result<Record, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(byte) = self.peek() else { return self.ended() };
            self.place = match (self.place, byte) {
                (Place::Start, b'[') => {
                    self.in_array = true;
                    self.window.take(1);
                    Place::ElementOrEnd
                }
                (Place::Start, _) => Place::ElementOrEnd,
                (Place::Behind, b',') if self.in_array => {
                    self.window.take(1);
                    Place::Element
                }
                (Place::Behind | Place::ElementOrEnd, b']') if self.in_array => {
                    self.window.take(1);
                    Place::End
                }
                (Place::Behind, _) if !self.in_array => Place::ElementOrEnd,
                (Place::Behind, b'{') => {
                    self.place = Place::Element;
                    let origin = self.origin(0);
                    self.ordinal += 1;
                    return Some(Err(malformed(origin, "expected `,` between two elements")));
                }
                (Place::Behind, _) => return Some(Err(self.broken(0, "expected `,` or `]`"))),
                (Place::Element | Place::ElementOrEnd, _) => return Some(self.element()),
                (Place::End, _) => {
                    return Some(Err(self.broken(0, "something follows the end of the array")));
                }
                (Place::Lost, b',') if self.in_array => {
                    self.window.take(1);
                    Place::Element
                }
                (Place::Lost, _) => {
                    self.find_next(0);
                    self.place
                }
                (Place::Over, _) => return None,
            };
        }
    }
}

impl Elements {
    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        loop {
            if self.place == Place::Start && self.window.offset() == 0 {
                while self.window.bytes().len() < BOM.len() && self.window.grow() {}
                if self.window.bytes().starts_with(BOM) {
                    self.window.take(BOM.len());
                }
            }
            let bytes = self.window.bytes();
            match bytes.iter().position(|b| !b" \t\r\n".contains(b)) {
                Some(blank) => {
                    let byte = bytes[blank];
                    self.window.take(blank);
                    return Some(byte);
                }
                None => self.window.take_all(),
            }
            if !self.window.grow() {
                return None;
            }
        }
    }

    /// What is to be said at the end of the input.
    fn ended(&mut self) -> Option<Result<Record, Reject>> {
        let is_cut = self.in_array && !matches!(self.place, Place::End | Place::Over);
        self.place = Place::Over;
        let origin = self.origin(0);
        if let Some(error) = self.window.error() {
            return Some(Err(self.damaged(&error, origin)));
        }
        is_cut.then(|| Err(malformed(origin, "the input ends within the array")))
    }

    fn origin(&self, length: u64) -> Origin {
        Origin::new(Arc::clone(&self.path), self.ordinal).at(self.window.offset(), length)
    }

    /// The reject for what reading failed with. What stands behind it may be read.
    fn damaged(&mut self, error: &io::Error, origin: Origin) -> Reject {
        self.place = if resumes(error) { Place::Lost } else { Place::Over };
        self.ordinal = origin.ordinal + 1;
        reject(error, origin)
    }

    /// The element that starts here.
    fn element(&mut self) -> Result<Record, Reject> {
        let mut scan = Scan::new();
        let mut scanned = 0;
        let length = loop {
            let found = scan.feed(&self.window.bytes()[scanned..]);
            match found {
                Found::End(at) => break scanned + at,
                Found::Broken(at, why) => return Err(self.broken(scanned + at, why)),
                Found::Part => scanned = self.window.bytes().len(),
            }
            if scanned > self.element_bytes {
                return Err(self.too_long(scan));
            }
            if !self.window.grow() {
                return match self.in_array || self.window.has_failed() {
                    true => Err(self.torn()),
                    // A number may end where the input does.
                    false => {
                        let row = self.row(scanned);
                        self.place = Place::Over;
                        row
                    }
                };
            }
        };
        if length > self.element_bytes {
            let origin = self.origin(length as u64);
            self.place = Place::Behind;
            self.window.take(length);
            self.ordinal += 1;
            return Err(self.above_limit(origin));
        }
        self.place = Place::Behind;
        self.row(length)
    }

    /// The element of that length, which is whole.
    fn row(&mut self, length: usize) -> Result<Record, Reject> {
        let bytes = &self.window.bytes()[..length];
        let row = row::record(bytes, self.origin(length as u64), &self.options, "element");
        if row.is_ok() && !self.opening.as_ref().is_some_and(|o| bytes.starts_with(o)) {
            self.opening = opening(bytes);
        }
        self.window.take(length);
        self.ordinal += 1;
        row
    }

    /// Skips the rest of an element above the limit, in constant memory.
    fn too_long(&mut self, mut scan: Scan) -> Reject {
        let mut origin = self.origin(0);
        self.place = Place::Behind;
        self.window.take_all();
        while self.window.grow() {
            match scan.feed(self.window.bytes()) {
                Found::Part => self.window.take_all(),
                Found::End(at) => {
                    self.window.take(at);
                    break;
                }
                Found::Broken(at, _) => {
                    self.window.take(at);
                    self.find_next(1);
                    break;
                }
            }
        }
        origin.length = self.window.offset() - origin.offset;
        self.ordinal += 1;
        self.above_limit(origin)
    }

    fn above_limit(&self, origin: Origin) -> Reject {
        let detail = format!(
            "the element has {} bytes, more than the limit record_bytes = {}",
            origin.length, self.element_bytes
        );
        Reject::new(origin, Stage::Read, RejectKind::TooLong, detail)
    }

    /// The last element, of which the end is missing. Why is told in the same reject.
    fn torn(&mut self) -> Reject {
        let origin = self.origin(self.window.bytes().len() as u64);
        self.place = Place::Over;
        self.window.take_all();
        match self.window.error() {
            Some(error) => self.damaged(&error, origin),
            None => malformed(origin, "the input ends within the element"),
        }
    }

    /// What starts here and can't go on at byte `at`. Goes to the next element.
    fn broken(&mut self, at: usize, why: &str) -> Reject {
        let mut origin = self.origin(0);
        // Elements may stand between the start and the byte that gave the damage away. That far is
        // gone back as long as it costs no more than reading did.
        let affordable =
            self.scanned_again + at as u64 <= self.window.offset() + self.element_bytes as u64;
        self.scanned_again += at as u64;
        self.find_next(if affordable { 1 } else { at.max(1) });
        origin.length = self.window.offset() - origin.offset;
        self.ordinal += 1;
        let error = if self.place == Place::Over { self.window.error() } else { None };
        match error {
            Some(error) => self.damaged(&error, origin),
            None => malformed(origin, &format!("{why} at byte {at} of the element")),
        }
    }

    /// Takes everything up to the next object that looks like an element, at byte `from` at the
    /// earliest.
    fn find_next(&mut self, from: usize) {
        let mut from = from;
        loop {
            if let Some(at) = self.next_opening(from) {
                self.window.take(at);
                self.place = Place::Element;
                return;
            }
            // What is held of an opening may go on behind the window.
            let held = self.window.bytes().len();
            let searched = from.max(held.saturating_sub(LOOKED_BACK)).min(held);
            let passed = searched.saturating_sub(LOOKED_BACK);
            self.window.take(passed);
            from = searched - passed;
            if !self.window.grow() {
                self.window.take_all();
                self.place = Place::Over;
                return;
            }
        }
    }

    /// Where the next object starts that is preceded by a comma or a line break, and starts with the
    /// same name as the elements before.
    fn next_opening(&self, from: usize) -> Option<usize> {
        let bytes = self.window.bytes();
        memchr::memchr_iter(b'{', bytes.get(from..)?).map(|at| from + at).find(|&at| {
            let before = bytes[..at].trim_ascii_end();
            let is_separated = match before.last() {
                None if self.place == Place::Lost => true,
                Some(b',') => {
                    self.opening.is_some()
                        || before[..before.len() - 1].trim_ascii_end().ends_with(b"}")
                }
                _ => bytes[before.len()..at].contains(&b'\n'),
            };
            let rest = &bytes[at..];
            is_separated
                && match (&self.opening, opening(rest)) {
                    (Some(usual), Some(this)) => *usual == this,
                    (None, Some(_)) => true,
                    (_, None) => false,
                }
        })
    }
}

/// The brace and the first name of an object, without the white space between them.
fn opening(object: &[u8]) -> Option<Vec<u8>> {
    let name = object.strip_prefix(b"{")?.trim_ascii_start().strip_prefix(b"\"")?;
    let end = memchr::memchr(b'"', &name[..name.len().min(LOOKED_BACK / 2)])?;
    Some([b"{\"", &name[..=end]].concat())
}

fn malformed(origin: Origin, why: &str) -> Reject {
    Reject::new(origin, Stage::Read, RejectKind::Malformed, why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records_of;
    use newsmill_article::Content;
    use std::io::{Cursor, Read};

    fn read(json: impl Read + Send + 'static, record_bytes: usize) -> Vec<Result<Record, Reject>> {
        let options = ReadOptions { from: Some("json".into()), ..ReadOptions::default() };
        let limits = Limits { record_bytes, ..Limits::default() };
        records_of(json, "t", &options, &limits).unwrap().collect()
    }

    /// Offset, length, and the text or the kind of reject.
    fn outline(json: &str) -> Vec<(u64, u64, String)> {
        let rows = read(Cursor::new(json.as_bytes().to_vec()), 60);
        for (place, row) in rows.iter().enumerate() {
            let origin = row.as_ref().map_or_else(|r| &r.origin, |r| &r.origin);
            assert_eq!(origin.ordinal, place as u64, "{json}");
        }
        rows.into_iter()
            .map(|row| match row {
                Ok(Record { origin: o, content: Content::Text(text), .. }) => {
                    (o.offset, o.length, text)
                }
                Ok(record) => panic!("{record:?}"),
                Err(Reject { origin: o, kind, .. }) => (o.offset, o.length, format!("{kind:?}")),
            })
            .collect()
    }

    #[test]
    fn elements_become_records_and_rejects_in_their_places() {
        let row = |offset, length, what: &str| (offset, length, what.to_owned());
        let long = format!(r#"[{{"text":"{}"}},{{"text":"b"}}]"#, "x".repeat(60));
        let cases: [(&str, Vec<_>); 21] = [
            ("[]", vec![]),
            (" [ ]\n", vec![]),
            ("", vec![]),
            (r#"[{"text":"a"},{"text":"b"}]"#, vec![row(1, 12, "a"), row(14, 12, "b")]),
            ("\u{feff}[\n {\n\"text\": \"a\" }\n]\n", vec![row(6, 15, "a")]),
            ("{\n\"text\":\"a\"}\n{\"text\":\n\"b\"}", vec![row(0, 13, "a"), row(14, 13, "b")]),
            (r#"[{"id":1},{"text":"b"}]"#, vec![row(1, 8, "NoText"), row(10, 12, "b")]),
            (
                r#"[1,{"text":"b"},null]"#,
                vec![row(1, 1, "Malformed"), row(3, 12, "b"), row(16, 4, "Malformed")],
            ),
            (r#"[{"text":"a",},{"text":"b"}]"#, vec![row(1, 14, "Malformed"), row(15, 12, "b")]),
            // A quote is missing: the text would end at the next name.
            (
                r#"[{"text":"a"},{"text":"x},{"text":"b"}]"#,
                vec![row(1, 12, "a"), row(14, 12, "Malformed"), row(26, 12, "b")],
            ),
            // A line break shows that a text was not ended.
            (
                "[{\"text\":\"x},\n{\"text\":\"b\"}]",
                vec![row(1, 13, "Malformed"), row(14, 12, "b")],
            ),
            (
                r#"[{"text":"a"} {"text":"b"}]"#,
                vec![row(1, 12, "a"), row(14, 0, "Malformed"), row(14, 12, "b")],
            ),
            (
                r#"[{"text":"a"},,{"text":"b"}]"#,
                vec![row(1, 12, "a"), row(14, 1, "Malformed"), row(15, 12, "b")],
            ),
            (r#"[{"text":"a"},]"#, vec![row(1, 12, "a"), row(14, 1, "Malformed")]),
            (r#"[{"text":"a"}"#, vec![row(1, 12, "a"), row(13, 0, "Malformed")]),
            (r#"[{"text":"a"},{"te"#, vec![row(1, 12, "a"), row(14, 4, "Malformed")]),
            (r#"[{"text":"a"}]x"#, vec![row(1, 12, "a"), row(14, 1, "Malformed")]),
            (
                r#"[{"text":"\ud800"},{"text":"b"}]"#,
                vec![row(1, 17, "Malformed"), row(19, 12, "b")],
            ),
            (&long, vec![row(1, 71, "TooLong"), row(73, 12, "b")]),
            ("[\u{1}]", vec![row(1, 2, "Malformed")]),
            (
                r#"[{"text":"a"},{"id":1,"n":[{"text":"no"},{"text":"no"},]},{"id":2,"text":"b"}]"#,
                vec![
                    row(1, 12, "a"),
                    row(14, 27, "Malformed"),
                    row(41, 13, "no"),
                    row(55, 23, "Malformed"),
                ],
            ),
        ];
        for (json, expected) in cases {
            assert_eq!(outline(json), expected, "{json}");
        }
    }

    #[test]
    fn arrays_are_told_by_their_first_object() {
        let cases = [
            ("[{\"a\":1},", true),
            ("\u{feff} [\n{\"text\":\"a", true),
            ("[]\n", true),
            ("{\n\"a\":1}", true),
            ("[1] A footnote.", false),
            ("[Image: a river]\nIt rose.", false),
            ("[{curly} words", false),
            ("{\"text\":\"a\n{\"text\":\"b\"}", false),
            ("", false),
        ];
        for (head, expected) in cases {
            assert_eq!(Json.sniff(head.as_bytes()), expected, "{head}");
        }
    }

    #[test]
    fn details_name_the_byte() {
        let detail =
            |json: &'static str| read(Cursor::new(json), 20)[0].clone().unwrap_err().detail;
        assert_eq!(detail("[{\n\"text\" 1}]"), "expected `:` at byte 9 of the element");
        assert_eq!(detail("[{\n\"text\":01}]"), "invalid number at byte 11 of the element");
        let long = "the element has 24 bytes, more than the limit record_bytes = 20";
        assert_eq!(detail("[{\"text\":\"0123456789012\"}]"), long);
        assert_eq!(detail("[{\"text\":"), "the input ends within the element");
    }

    #[test]
    fn a_huge_element_is_skipped_in_constant_memory() {
        let middle = std::io::repeat(b'x').take(8 << 20);
        let json = Cursor::new(b"[{\"text\":\"").chain(middle);
        let json = json.chain(&b"\"},{\"text\":\"b\"}]"[..]);
        let read = read(json, 1000);
        let reject = read[0].clone().unwrap_err();
        assert_eq!((reject.kind, reject.origin.length), (RejectKind::TooLong, (8 << 20) + 11));
        assert_eq!((read[1].is_ok(), read.len()), (true, 2));
    }

    #[test]
    fn damage_costs_linear_time() {
        // A square of a million would take hours.
        let started = std::time::Instant::now();
        let hostile = ["[{\"a\":[{},", "{\"a\":\"},", "[{\"a\":\"\n", "},{\"a\":{\"a\":1},", "{,"];
        for part in hostile {
            let json =
                format!("[{{\"a\":1,\"text\":\"x\"}},{}", part.repeat((1 << 20) / part.len()));
            let rows = read(Cursor::new(json), 1 << 24);
            assert!(rows[0].is_ok(), "{part}");
            assert!(started.elapsed().as_secs() < 60, "{part}: {:?}", started.elapsed());
        }
    }
}
