//! The parts of a message (RFC 2045, RFC 2046), and which of them is read.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem;
use newsmill_article::Content;

use super::header::{ContentType, Header};
use super::transfer;
use crate::{Decoded, decode};

/// Multiparts inside one another that are looked into.
const DEPTH_MAX: usize = 32;

/// Parts that are looked at.
const PARTS_MAX: usize = 10_000;

/// Messages packed in one another that are unpacked.
const PACKED_MAX: usize = 4;

/// A plain part below this many characters is a stub where the HTML part has far more.
const STUB_CHARS: usize = 300;

/// The text of a message.
#[derive(Debug)]
pub(super) enum Body {
    Plain(Plain),
    /// A page, its transfer encoding undone.
    Html(Content),
}

/// Plain text.
#[derive(Debug, Default)]
pub(super) struct Plain {
    pub(super) text: String,
    pub(super) is_flowed: bool,
    /// How many U+FFFD stand for bytes that are none of their encoding.
    pub(super) replaced: usize,
}

/// One part that holds no parts.
#[derive(Debug)]
struct Leaf {
    content_type: ContentType,
    encoding: String,
    body: Range<usize>,
    is_attachment: bool,
    /// Whether it stands in a message inside the message.
    is_nested: bool,
}

/// The text of the message `raw`: its plain parts, unless there are none, or they are a stub beside an
/// HTML part. Parts of a message inside it count where it has no text of its own. `None` where it
/// holds no text at all.
pub(super) fn body(raw: &[u8], declared: Option<&str>) -> Option<Body> {
    let mut message = Cow::Borrowed(raw);
    // A message that is nothing but another one, packed.
    for _ in 0..PACKED_MAX {
        let leaves = leaves(&message);
        if leaves.iter().any(Leaf::is_text) {
            return text_of(&message, &leaves, declared);
        }
        let packed = leaves.iter().find(|leaf| leaf.content_type.media == "message/rfc822")?;
        message = Cow::Owned(packed.bytes(&message));
    }
    None
}

fn text_of(raw: &[u8], leaves: &[Leaf], declared: Option<&str>) -> Option<Body> {
    let shows = |leaf: &&Leaf| leaf.is_text() && !leaf.bytes(raw).trim_ascii().is_empty();
    let own = leaves.iter().filter(|leaf| !leaf.is_nested).any(|leaf| shows(&leaf))
        || !leaves.iter().any(|leaf| shows(&leaf));
    let leaves = leaves.iter().filter(|leaf| leaf.is_text() && leaf.is_nested != own);
    let mut plain = Vec::new();
    let mut html = None;
    for leaf in leaves {
        if leaf.content_type.media == "text/html" {
            html = html.or(Some(leaf));
        } else {
            plain.push(leaf);
        }
    }
    let is_flowed = plain.first().is_some_and(|leaf| leaf.content_type.is_flowed);
    let mut body = Plain { is_flowed, ..Plain::default() };
    for leaf in &plain {
        let part = leaf.text(raw, declared);
        // Plain parts beside one another are read as one text; a lone one stays as it is.
        if !body.text.is_empty() && !part.text.trim().is_empty() {
            body.text.push_str(if body.text.ends_with('\n') { "\n" } else { "\n\n" });
        }
        body.text.push_str(&part.text);
        body.replaced += part.replaced;
    }
    let Some(html) = html else {
        return (!plain.is_empty()).then_some(Body::Plain(body));
    };
    let bytes = html.bytes(raw);
    if !is_stub(&body.text, &bytes) {
        return Some(Body::Plain(body));
    }
    let charset = html.content_type.charset.clone().or(declared.map(str::to_owned));
    Some(Body::Html(Content::Bytes { bytes, charset }))
}

impl Leaf {
    fn is_text(&self) -> bool {
        let media = self.content_type.media.as_str();
        !self.is_attachment
            && matches!(media, "text/plain" | "text/html" | "text/enriched" | "text" | "")
    }

    fn bytes(&self, raw: &[u8]) -> Vec<u8> {
        transfer::decode(&self.encoding, &raw[self.body.clone()])
    }

    fn text(&self, raw: &[u8], declared: Option<&str>) -> Decoded {
        let mut decoded =
            decode(self.bytes(raw), self.content_type.charset.as_deref().or(declared));
        if self.content_type.deletes_spaces {
            decoded.text = transfer::unflow(&decoded.text);
        }
        decoded
    }
}

/// Whether a plain part only stands in for the HTML beside it.
fn is_stub(plain: &str, html: &[u8]) -> bool {
    let chars = plain.trim().chars().count();
    if chars == 0 {
        return true;
    }
    chars < STUB_CHARS && visible_chars(html) > 5 * chars + STUB_CHARS
}

/// About how many characters of a page are text.
fn visible_chars(bytes: &[u8]) -> usize {
    // The bytes that go on with a character of UTF-8 are none of their own.
    let counts = |b: &&u8| !b.is_ascii_whitespace() && **b & 0xc0 != 0x80;
    let (mut at, mut count) = (0, 0);
    let mut skipped = vec![("<style", &b"</style"[..]), ("<script", b"</script")];
    while at < bytes.len() {
        let open = memchr::memchr(b'<', &bytes[at..]).map_or(bytes.len(), |i| at + i);
        count += bytes[at..open].iter().filter(counts).count();
        let starts = |name: &str| {
            let start = bytes.get(open..open + name.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
        };
        let mut from = open;
        if let Some(place) = skipped.iter().position(|(name, _)| starts(name)) {
            match memmem::find(&bytes[open..], skipped[place].1) {
                Some(close) => from = open + close,
                // What is not closed here is not closed later.
                None => drop(skipped.swap_remove(place)),
            }
        }
        at = memchr::memchr(b'>', &bytes[from..]).map_or(bytes.len(), |i| from + i + 1);
    }
    count
}

/// A multipart that is open, by what its parts are set apart with.
struct Open {
    boundary: Vec<u8>,
    is_digest: bool,
}

/// A line that sets parts apart.
struct Delimiter {
    level: usize,
    start: usize,
    after: usize,
    is_last: bool,
}

/// The parts of a message that hold no parts, in order. Every byte is looked at once for each
/// multipart that is open there, so the depth is bounded.
fn leaves(raw: &[u8]) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut nested_at: Option<usize> = None;
    let mut header = Header::read(raw);
    let mut at = 0;
    loop {
        let body = at + header.body;
        let content_type = match header.field("content-type") {
            None if open.last().is_some_and(|o| o.is_digest) => ContentType::of("message/rfc822"),
            field => ContentType::of(&field.unwrap_or_default()),
        };
        let encoding = header.field("content-transfer-encoding").unwrap_or_default();
        let encoding = encoding.trim().to_ascii_lowercase();
        let boundary = content_type.boundary.as_deref().filter(|_| content_type.is_multipart());
        let found = if let Some(boundary) = boundary.filter(|_| open.len() < DEPTH_MAX) {
            let is_digest = content_type.media == "multipart/digest";
            open.push(Open { boundary: boundary.as_bytes().to_vec(), is_digest });
            next_delimiter(raw, body, &open)
        } else if content_type.media == "message/rfc822"
            && !matches!(encoding.as_str(), "base64" | "quoted-printable")
            && body > at
        {
            nested_at = nested_at.or(Some(open.len()));
            at = body;
            header = Header::read(&raw[at..]);
            continue;
        } else {
            let found = next_delimiter(raw, body, &open);
            let end = found.as_ref().map_or(raw.len(), |d| before_line_end(raw, body, d.start));
            let disposition = header.field("content-disposition").unwrap_or_default();
            leaves.push(Leaf {
                content_type,
                encoding,
                body: body..end.max(body),
                is_attachment: disposition.trim_start().to_ascii_lowercase().starts_with("attach"),
                is_nested: nested_at.is_some(),
            });
            found
        };
        let mut found = found;
        loop {
            let Some(delimiter) = found else { return leaves };
            open.truncate(delimiter.level + 1);
            nested_at = nested_at.filter(|level| *level <= delimiter.level);
            if !delimiter.is_last {
                at = delimiter.after;
                break;
            }
            open.pop();
            if open.is_empty() {
                return leaves;
            }
            found = next_delimiter(raw, delimiter.after, &open);
        }
        if leaves.len() >= PARTS_MAX {
            return leaves;
        }
        header = Header::read_part(&raw[at..]);
    }
}

/// The next line from `from` on that sets parts of an open multipart apart, the innermost first.
fn next_delimiter(raw: &[u8], from: usize, open: &[Open]) -> Option<Delimiter> {
    if open.is_empty() {
        return None;
    }
    let starts_line = |at: usize| at == 0 || matches!(raw[at - 1], b'\n' | b'\r');
    for at in memmem::find_iter(raw.get(from..)?, b"--").map(|at| from + at) {
        if !starts_line(at) {
            continue;
        }
        let end = memchr::memchr(b'\n', &raw[at..]).map_or(raw.len(), |i| at + i + 1);
        let line = raw[at + 2..end].trim_ascii_end();
        let found = open.iter().enumerate().rev().find_map(|(level, open)| {
            let rest = line.strip_prefix(&open.boundary[..])?;
            let is_last = rest.starts_with(b"--");
            // Another boundary may start like this one.
            let ends = rest.first().is_none_or(u8::is_ascii_whitespace);
            (ends || is_last).then_some((level, is_last))
        });
        if let Some((level, is_last)) = found {
            return Some(Delimiter { level, start: at, after: end, is_last });
        }
    }
    None
}

/// The line end in front of a delimiter belongs to it.
fn before_line_end(raw: &[u8], from: usize, at: usize) -> usize {
    let body = &raw[from.min(at)..at];
    let body = body.strip_suffix(b"\n").unwrap_or(body);
    from.min(at) + body.strip_suffix(b"\r").unwrap_or(body).len()
}
