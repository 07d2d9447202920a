//! The header of a message or of one of its parts (RFC 5322, RFC 2045, RFC 2047).

use std::borrow::Cow;

use memchr::memmem;

use super::transfer;
use crate::{decode, mend};

/// Header fields that mail and news know, in lower case.
const KNOWN: [&str; 27] = [
    "subject",
    "from",
    "date",
    "newsgroups",
    "message-id",
    "to",
    "cc",
    "path",
    "received",
    "return-path",
    "reply-to",
    "sender",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "content-id",
    "content-description",
    "delivered-to",
    "xref",
    "organization",
    "references",
    "in-reply-to",
    "list-id",
    "dkim-signature",
    "x-mailer",
    "user-agent",
];

/// The header of a message.
#[derive(Debug, Default)]
pub(super) struct Header<'a> {
    fields: Vec<Field<'a>>,
    /// First byte of the body.
    pub(super) body: usize,
    /// Whether a blank line or the end of the message stands behind the last field.
    is_closed: bool,
}

/// One field, its value as it stands, folded lines included.
#[derive(Debug)]
struct Field<'a> {
    /// In lower case.
    name: String,
    value: &'a [u8],
}

impl<'a> Header<'a> {
    /// Reads fields until a blank line or a line that is none. A first line `From …`, as mbox files
    /// have it, is passed over.
    pub(super) fn read(bytes: &'a [u8]) -> Self {
        let mut at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        if bytes[at..].starts_with(b"From ") {
            at = next_line(bytes, at);
        }
        Self::read_from(bytes, at)
    }

    /// Reads the fields of a part, which may have none.
    pub(super) fn read_part(bytes: &'a [u8]) -> Self {
        Self::read_from(bytes, 0)
    }

    fn read_from(bytes: &'a [u8], mut at: usize) -> Self {
        let mut header = Self::default();
        loop {
            let end = next_line(bytes, at);
            let line = &bytes[at..end];
            if line.iter().all(|b| matches!(b, b'\r' | b'\n')) {
                return Self { body: end, is_closed: true, ..header };
            }
            let Some(name) = field_name(line) else {
                // No header at all where the first line is no field.
                let body = if header.fields.is_empty() { 0 } else { at };
                return Self { body, is_closed: false, ..header };
            };
            let mut close = end;
            while close < bytes.len() && matches!(bytes[close], b' ' | b'\t') {
                let folded = next_line(bytes, close);
                if bytes[close..folded].trim_ascii().is_empty() {
                    break;
                }
                close = folded;
            }
            let value = &bytes[at + name.len() + 1..close];
            header.fields.push(Field { name: name.trim().to_ascii_lowercase(), value });
            at = close;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Whether a text that starts so is a message: two fields that mail and news know, or one that
    /// only MIME has. A damaged line ends some headers early; many fields tell all the same.
    pub(super) fn is_of_message(&self) -> bool {
        let mut known: Vec<&str> = self.fields.iter().map(|f| f.name.as_str()).collect();
        known.retain(|name| KNOWN.contains(name));
        known.sort_unstable();
        known.dedup();
        match self.is_closed {
            true => known.len() >= 2 || self.is_of_mime(),
            false => known.len() >= 4,
        }
    }

    fn is_of_mime(&self) -> bool {
        let is = |name: &str, test: &dyn Fn(&str) -> bool| {
            self.field(name).is_some_and(|value| test(&value.trim().to_ascii_lowercase()))
        };
        is("mime-version", &|v| v.starts_with("1."))
            || is("content-transfer-encoding", &|v| {
                matches!(v, "7bit" | "8bit" | "binary" | "base64" | "quoted-printable")
            })
            || is("content-type", &|v| {
                ["text/", "multipart/", "message/"].iter().any(|kind| v.starts_with(kind))
            })
    }

    /// The value of the first field of that name, unfolded.
    pub(super) fn field(&self, name: &str) -> Option<Cow<'a, str>> {
        let value = self.fields.iter().find(|f| f.name == name)?.value;
        let text = match std::str::from_utf8(value) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(decode(value.to_vec(), None).text),
        };
        if !text.trim_end().contains(['\r', '\n']) {
            return Some(text);
        }
        let lines: Vec<&str> =
            text.split(['\r', '\n']).map(str::trim).filter(|l| !l.is_empty()).collect();
        Some(Cow::Owned(lines.join(" ")))
    }

    /// The same with its encoded words decoded (RFC 2047), mended, and without control characters.
    pub(super) fn words(&self, name: &str) -> Option<String> {
        let words = decode_words(self.field(name)?.trim());
        let words = mend(&words);
        Some(words.replace(char::is_control, " ").trim().to_owned())
    }
}

/// First byte of the line behind the one at `at`.
pub(super) fn next_line(bytes: &[u8], at: usize) -> usize {
    match memchr::memchr2(b'\n', b'\r', &bytes[at..]) {
        Some(i) if bytes[at + i] == b'\r' && bytes.get(at + i + 1) == Some(&b'\n') => at + i + 2,
        Some(i) => at + i + 1,
        None => bytes.len(),
    }
}

/// The name in front of the colon, where a line is a header field: printable ASCII. White space in
/// front of the colon is obsolete and still met.
fn field_name(line: &[u8]) -> Option<&str> {
    let colon = memchr::memchr(b':', line.get(..line.len().min(80))?)?;
    let name = &line[..colon];
    let bare = name.trim_ascii_end();
    let valid = !bare.is_empty()
        && bare.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    std::str::from_utf8(name).ok().filter(|_| valid)
}

/// What a Content-Type says (RFC 2045, section 5; RFC 3676).
#[derive(Debug, Default)]
pub(super) struct ContentType {
    /// In lower case; empty where nothing is said.
    pub(super) media: String,
    pub(super) charset: Option<String>,
    pub(super) boundary: Option<String>,
    pub(super) is_flowed: bool,
    /// `delsp=yes`: the space of a soft break is not of the text.
    pub(super) deletes_spaces: bool,
}

impl ContentType {
    pub(super) fn of(value: &str) -> Self {
        let (media, mut rest) = value.split_once(';').unwrap_or((value, ""));
        let mut this = Self { media: media.trim().to_ascii_lowercase(), ..Self::default() };
        while let Some((name, behind)) = rest.split_once('=') {
            let value;
            (value, rest) = parameter(behind);
            let is_yes = |word: &str| value.trim().eq_ignore_ascii_case(word);
            match name.trim_matches([';', ' ', '\t']).to_ascii_lowercase().as_str() {
                "charset" if !value.is_empty() => this.charset = Some(value),
                "boundary" if !value.is_empty() => this.boundary = Some(value),
                "format" => this.is_flowed = is_yes("flowed"),
                "delsp" => this.deletes_spaces = is_yes("yes"),
                _ => {}
            }
        }
        this.deletes_spaces &= this.is_flowed;
        this
    }

    pub(super) fn is_multipart(&self) -> bool {
        self.media.starts_with("multipart/")
    }
}

/// The value of a parameter, quoted or not, and what stands behind it.
fn parameter(text: &str) -> (String, &str) {
    let text = text.trim_start();
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, rest) = text.split_once(';').unwrap_or((text, ""));
        return (value.trim().to_owned(), rest);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, sign)) = chars.next() {
        match sign {
            '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
            '"' => return (value, &quoted[at + 1..]),
            _ => value.push(sign),
        }
    }
    (value, "")
}

/// Decodes `=?charset?B?…?=` and `=?charset?Q?…?=`. White space between two such words goes; words in
/// the same charset are joined before they are decoded, since a character may be cut by them.
fn decode_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut closes = memmem::find_iter(text.as_bytes(), b"?=").peekable();
    let mut pending: Option<(String, Vec<u8>)> = None;
    let flush = |pending: &mut Option<(String, Vec<u8>)>, out: &mut String| {
        if let Some((charset, bytes)) = pending.take() {
            out.push_str(&decode(bytes, Some(&charset)).text);
        }
    };
    while let Some(at) = rest.find("=?") {
        let start = text.len() - rest.len() + at;
        let word = encoded_word(&text[start..], |from| {
            while closes.next_if(|close| *close < start + from).is_some() {}
            closes.peek().map(|close| close - start)
        });
        let Some((charset, bytes, length)) = word else {
            flush(&mut pending, &mut out);
            out.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            continue;
        };
        let before = &rest[..at];
        if pending.is_none() || !before.trim().is_empty() {
            flush(&mut pending, &mut out);
            out.push_str(before);
        }
        match &mut pending {
            Some((same, all)) if same.eq_ignore_ascii_case(charset) => all.extend(bytes),
            _ => {
                flush(&mut pending, &mut out);
                pending = Some((charset.to_owned(), bytes));
            }
        }
        rest = &rest[at + length..];
    }
    flush(&mut pending, &mut out);
    out.push_str(rest);
    out
}

/// The charset, bytes and length of the encoded word at the start of `text`; `close` finds the next
/// `?=` from a byte of it on.
fn encoded_word(
    text: &str,
    close: impl FnOnce(usize) -> Option<usize>,
) -> Option<(&str, Vec<u8>, usize)> {
    let inner = text.strip_prefix("=?")?;
    let (charset, behind) = inner.split_once('?')?;
    let (kind, behind) = behind.split_once('?')?;
    let end = close(text.len() - behind.len())? - (text.len() - behind.len());
    let charset = charset.split('*').next().unwrap_or_default();
    if charset.len() > 40 || charset.contains(char::is_whitespace) || end > 10_000 {
        return None;
    }
    let payload = &behind[..end];
    let bytes = match kind {
        "b" | "B" => transfer::base64(payload.as_bytes()),
        "q" | "Q" => transfer::quoted_printable(payload.replace('_', " ").as_bytes()),
        _ => return None,
    };
    let length = text.len() - behind.len() + end + 2;
    Some((charset, bytes, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_told_by_their_headers() {
        let cases = [
            ("From: a@example.org\nSubject: Rain\n\nIt rained.", true),
            ("X-Odd: 1\r\nDATE: today\r\nReceived: by x\r\n from y\r\n\r\nbody", true),
            ("Path: a!b\nNewsgroups: rec.rivers", true),
            ("Content-Type: text/plain; charset=utf-8\n\nIt rained.", true),
            ("Content-Transfer-Encoding: base64\n\nSXQgcmFpbmVkLg==", true),
            ("Content-Type: what the page holds\n\nIt rained.", false),
            ("Subject: Rain\n\nFrom: nobody", false),
            ("Subject: Rain\nSubject: Sun\n\n", false),
            ("Note: one\nPlace: two\n\n", false),
            ("Subject: Rain\nDate: today\nThe river rose.\n\n", false),
            ("From: a\nTo: b\nDate: c\nSubject: d\nThe river rose.", true),
            ("A river rose.\nFrom: a\nTo: b\n\n", false),
            ("", false),
        ];
        for (head, expected) in cases {
            assert_eq!(Header::read(head.as_bytes()).is_of_message(), expected, "{head:?}");
        }
    }

    #[test]
    fn encoded_words_are_decoded() {
        let cases = [
            ("=?utf-8?Q?Caf=C3=A9_au_lait?=", "Café au lait"),
            ("=?UTF-8?B?Q2Fmw6k=?= today", "Café today"),
            ("=?utf-8?B?Q2Fmww==?=  =?utf-8?B?qQ==?=", "Café"),
            ("=?iso-8859-1*fr?q?Caf=E9?= =?koi8-r?B?0sXLwQ==?=", "Caféрека"),
            ("=?utf-8?X?a?= =? b", "=?utf-8?X?a?= =? b"),
            ("a =?utf-8?q?b?= c", "a b c"),
            ("=?utf-8?q?cut", "=?utf-8?q?cut"),
        ];
        for (text, expected) in cases {
            assert_eq!(decode_words(text), expected, "{text}");
        }
    }

    #[test]
    fn content_types_are_read() {
        let got = ContentType::of(
            "Multipart/Mixed; boundary=\"a;b\\\"c\"; Charset=utf-8; format=flowed; delsp=Yes",
        );
        assert!(got.is_multipart() && got.is_flowed && got.deletes_spaces);
        assert_eq!(got.boundary.as_deref(), Some("a;b\"c"));
        assert_eq!(got.charset.as_deref(), Some("utf-8"));
        assert_eq!(ContentType::of("text/plain;boundary=x y").boundary.as_deref(), Some("x y"));
        assert_eq!(ContentType::of("").media, "");
    }
}
