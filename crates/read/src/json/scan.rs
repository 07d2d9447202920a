//! The end of a JSON value, found before the value is read.

use memchr::memchr3;

/// Objects and lists that may stand in one another. Readers of what is cut take less or more.
const DEPTH: usize = 10_000;

/// Finds the end of one JSON value ([RFC 8259](https://www.rfc-editor.org/rfc/rfc8259)) in bytes that
/// arrive in parts, and the first byte at which it can't be one. Names, colons, commas and brackets
/// are checked; numbers, words and escapes are left to whoever reads the value.
#[derive(Debug)]
pub(crate) struct Scan {
    state: State,
    /// The brackets that are open, outermost first.
    open: Vec<u8>,
}

/// How far a scan has come with the bytes it was given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Found {
    /// They are all of the value.
    Part,
    /// The value ends before this one of them.
    End(usize),
    /// This one of them can't stand where it does.
    Broken(usize, &'static str),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Value,
    /// The first value of a list, or its end.
    FirstValue,
    /// The first name of an object, or its end.
    FirstName,
    Name,
    Colon,
    /// Behind a value in an object or list.
    Behind,
    Text {
        is_name: bool,
    },
    Escape {
        is_name: bool,
    },
    /// Within a number, `true`, `false` or `null`.
    Word,
}

impl Scan {
    /// A scan of a value that starts at once, without white space before it.
    pub(crate) fn new() -> Self {
        Self { state: State::Value, open: Vec::new() }
    }

    /// Goes on with the next `bytes`.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Found {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if let State::Text { is_name } = self.state {
                let Some(length) = memchr3(b'"', b'\\', b'\n', &bytes[at..]) else {
                    return Found::Part;
                };
                at += length + 1;
                self.state = match bytes[at - 1] {
                    b'\\' => State::Escape { is_name },
                    b'"' if is_name => State::Colon,
                    b'"' if self.open.is_empty() => return Found::End(at),
                    b'"' => State::Behind,
                    _ => return Found::Broken(at - 1, "the line ends within a text"),
                };
                continue;
            }
            if let State::Escape { is_name } = self.state {
                self.state = State::Text { is_name };
                at += 1;
                continue;
            }
            if self.state == State::Word {
                if byte.is_ascii_alphanumeric() || b"+-.".contains(&byte) {
                    at += 1;
                    continue;
                }
                if self.open.is_empty() {
                    return Found::End(at);
                }
                self.state = State::Behind;
            }
            if b" \t\r\n".contains(&byte) {
                at += 1;
                continue;
            }
            self.state = match (self.state, byte) {
                (State::Value | State::FirstValue, b'{') => State::FirstName,
                (State::Value | State::FirstValue, b'[') => State::FirstValue,
                (State::Value | State::FirstValue, b'"') => State::Text { is_name: false },
                (State::Value | State::FirstValue, b'-' | b'0'..=b'9' | b'a'..=b'z') => State::Word,
                (State::FirstValue, b']') | (State::FirstName, b'}') => State::Behind,
                (State::Behind, b']' | b'}') => State::Behind,
                (State::FirstName | State::Name, b'"') => State::Text { is_name: true },
                (State::Colon, b':') => State::Value,
                (State::Behind, b',') if self.open.last() == Some(&b'{') => State::Name,
                (State::Behind, b',') => State::Value,
                (state, _) => return Found::Broken(at, state.expected()),
            };
            match byte {
                b'{' | b'[' if self.open.len() == DEPTH => {
                    return Found::Broken(at, "objects and lists are nested too deep");
                }
                b'{' | b'[' => self.open.push(byte),
                // Brackets differ by 2 in ASCII.
                b'}' | b']' => match self.open.pop() {
                    Some(open) if open + 2 == byte && self.open.is_empty() => {
                        return Found::End(at + 1);
                    }
                    Some(open) if open + 2 == byte => {}
                    _ => return Found::Broken(at, "another bracket is open"),
                },
                _ => {}
            }
            at += 1;
        }
        Found::Part
    }
}

impl State {
    fn expected(self) -> &'static str {
        match self {
            Self::Value | Self::FirstValue => "expected a value",
            Self::FirstName | Self::Name => "expected a name in quotes",
            Self::Colon => "expected `:`",
            Self::Behind | Self::Word => "expected `,` or a closing bracket",
            Self::Text { .. } | Self::Escape { .. } => "expected a quote",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(json: &str, step: usize) -> Found {
        let mut scan = Scan::new();
        for (place, part) in json.as_bytes().chunks(step).enumerate() {
            match scan.feed(part) {
                Found::Part => {}
                Found::End(at) => return Found::End(place * step + at),
                Found::Broken(at, why) => return Found::Broken(place * step + at, why),
            }
        }
        Found::Part
    }

    #[test]
    fn values_end_where_they_end() {
        let cases = [
            (r#"{"a":[1,{"b":"]}\"\\"}],"c":null} ,"#, Found::End(33)),
            ("[]x", Found::End(2)),
            ("{}", Found::End(2)),
            (r#""a\"",1"#, Found::End(5)),
            ("-1.5e+3,", Found::End(7)),
            ("null]", Found::End(4)),
            (r#"{"a":"b"#, Found::Part),
            ("12", Found::Part),
            (r#"{"a" 1}"#, Found::Broken(5, "expected `:`")),
            (r#"{"a":1,}"#, Found::Broken(7, "expected a name in quotes")),
            ("[1,]", Found::Broken(3, "expected a value")),
            ("[1 2]", Found::Broken(3, "expected `,` or a closing bracket")),
            ("[1}", Found::Broken(2, "another bracket is open")),
            ("{a:1}", Found::Broken(1, "expected a name in quotes")),
            ("[\"a\nb\"]", Found::Broken(3, "the line ends within a text")),
            ("\u{e9}", Found::Broken(0, "expected a value")),
        ];
        for (json, expected) in cases {
            for step in [1, 2, 3, 100] {
                assert_eq!(scan(json, step), expected, "{json} by {step}");
            }
        }
    }

    #[test]
    fn depth_is_bounded() {
        assert!(matches!(scan(&"[".repeat(1 << 20), 4096), Found::Broken(DEPTH, _)));
        let deep = format!("{}{}", "[".repeat(DEPTH), "]".repeat(DEPTH));
        assert_eq!(scan(&deep, 4096), Found::End(2 * DEPTH));
    }
}
