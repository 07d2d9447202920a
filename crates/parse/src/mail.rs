//! Mail and news messages with a header (RFC 5322, RFC 5536).

use std::borrow::Cow;

use newsmill_article::{
    Article, ArticleId, Content, Limits, Media, Metadata, Reason, Record, Reject, Removal, Span,
    Stage,
};

use crate::encoding::mended;
use crate::post::name_by_place;
use crate::syntax::unsupported;
use crate::{Confidence, Syntax, decode, layout};

/// A mail or news message: a header, a blank line, and a body of plain text in one part.
///
/// The header is taken out as furniture; its subject, author, date, groups and message id go into
/// the article's metadata. The body is laid out like a post, with soft line breaks where the header
/// says `format=flowed` (RFC 3676). Messages of several parts are not read.
#[derive(Clone, Copy, Debug)]
pub struct Mail;

/// Header fields that go into the metadata, in lower case.
const CARRIED: [&str; 5] = ["subject", "from", "date", "newsgroups", "message-id"];

/// Header fields of which two at the head of a text make it a message, in lower case.
const TELLING: [&str; 16] = [
    "subject",
    "from",
    "date",
    "newsgroups",
    "message-id",
    "to",
    "path",
    "received",
    "return-path",
    "reply-to",
    "mime-version",
    "content-type",
    "delivered-to",
    "xref",
    "organization",
    "references",
];

impl Syntax for Mail {
    fn name(&self) -> &'static str {
        "mail"
    }

    fn fits(&self, record: &Record) -> Confidence {
        let bytes = match &record.content {
            Content::Text(text) => text.as_bytes(),
            Content::Bytes { bytes, .. } => bytes,
        };
        let header = Header::read(bytes);
        let telling = header.fields.iter().filter(|f| TELLING.contains(&f.name.as_str())).count();
        match record.media {
            Media::Mail if !header.fields.is_empty() => Confidence::Certain,
            // A damaged line ends some headers early; many fields tell all the same.
            Media::Plain if telling >= if header.is_closed { 2 } else { 4 } => Confidence::Likely,
            _ => Confidence::No,
        }
    }

    fn parse(&self, record: Record, limits: &Limits) -> Result<Article, Reject> {
        let (raw, declared) = match &record.content {
            Content::Text(text) => (text.as_bytes(), Some("utf-8")),
            Content::Bytes { bytes, charset } => (bytes.as_slice(), charset.as_deref()),
        };
        let header = Header::read(raw);
        let content_type = ContentType::of(header.field("content-type"));
        if content_type.is_multipart {
            return Err(unsupported(record, "multipart messages are not read yet"));
        }
        if !content_type.is_plain {
            return Err(unsupported(
                record,
                "messages of another type than text/plain are not read yet",
            ));
        }
        let encoding = header.field("content-transfer-encoding");
        let encoding = encoding.as_deref().unwrap_or_default().trim().to_ascii_lowercase();
        let charset = content_type.charset.as_deref();
        let text = match encoding.as_str() {
            "base64" => return Err(unsupported(record, "base64 messages are not read yet")),
            "quoted-printable" => {
                let mut text = decode(raw[..header.body].to_vec(), declared).text;
                let body = unquote_printable(&raw[header.body..]);
                text.push_str(&decode(body, charset.or(declared)).text);
                text
            }
            _ => match &record.content {
                Content::Text(text) => text.clone(),
                Content::Bytes { bytes, .. } => decode(bytes.clone(), declared.or(charset)).text,
            },
        };
        let Record { origin, id, mut metadata, truncated, .. } = record;
        let text = mended(text);
        // Decoding may have moved bytes: the header is read again where the text is.
        let header = Header::read(text.as_bytes());
        carry(&header, &mut metadata);
        let mut layout = layout::lay_out(&text, header.body, content_type.is_flowed, limits);
        if let Ok(span) = Span::new(&text, 0..header.body) {
            layout
                .removals
                .insert(0, Removal::new(span.trim(&text), Reason::Furniture, Stage::Parse));
        }
        let id = id.map_or_else(|| name_by_place(&origin.path, origin.ordinal), ArticleId::from);
        let mut article = layout.into_article(id, origin, text)?;
        article.metadata = metadata;
        article.truncated = truncated;
        Ok(article)
    }
}

/// Puts the header fields users ask for into the metadata, where it has none of that name.
fn carry(header: &Header, metadata: &mut Metadata) {
    for name in CARRIED {
        if let Some(value) = header.field(name)
            && metadata.get(name).is_none()
        {
            // The only error is one of writing JSON, which a text never meets.
            drop(metadata.push_text(name, value.trim()));
        }
    }
}

/// The header of a message.
#[derive(Debug, Default)]
struct Header<'a> {
    fields: Vec<Field<'a>>,
    /// First byte of the body.
    body: usize,
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
    fn read(bytes: &'a [u8]) -> Self {
        let mut header = Self::default();
        let mut at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        if bytes[at..].starts_with(b"From ") {
            at = next_line(bytes, at);
        }
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
            header.fields.push(Field { name: name.to_ascii_lowercase(), value });
            at = close;
        }
    }

    /// The value of the first field of that name, unfolded.
    fn field(&self, name: &str) -> Option<Cow<'a, str>> {
        let value = self.fields.iter().find(|f| f.name == name)?.value;
        let text = String::from_utf8_lossy(value);
        if !text.trim_end().contains(['\r', '\n']) {
            return Some(text);
        }
        let lines: Vec<&str> =
            text.split(['\r', '\n']).map(str::trim).filter(|l| !l.is_empty()).collect();
        Some(Cow::Owned(lines.join(" ")))
    }
}

/// First byte of the line behind the one at `at`.
fn next_line(bytes: &[u8], at: usize) -> usize {
    match memchr::memchr2(b'\n', b'\r', &bytes[at..]) {
        Some(i) if bytes[at + i] == b'\r' && bytes.get(at + i + 1) == Some(&b'\n') => at + i + 2,
        Some(i) => at + i + 1,
        None => bytes.len(),
    }
}

/// The name in front of the colon, where a line is a header field: printable ASCII without space.
fn field_name(line: &[u8]) -> Option<&str> {
    let colon = memchr::memchr(b':', line.get(..line.len().min(80))?)?;
    let name = &line[..colon];
    let valid = !name.is_empty()
        && name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    std::str::from_utf8(name).ok().filter(|_| valid)
}

/// What a message's Content-Type says (RFC 2045, RFC 3676).
#[derive(Debug)]
struct ContentType {
    is_plain: bool,
    is_multipart: bool,
    is_flowed: bool,
    charset: Option<String>,
}

impl ContentType {
    fn of(field: Option<Cow<'_, str>>) -> Self {
        let field = field.unwrap_or_default();
        let mut parts = field.split(';');
        let media = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let mut this = Self {
            is_plain: matches!(media.as_str(), "" | "text" | "text/plain"),
            is_multipart: media.starts_with("multipart/"),
            is_flowed: false,
            charset: None,
        };
        for part in parts {
            let Some((name, value)) = part.split_once('=') else { continue };
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "charset" => this.charset = Some(value.to_owned()),
                "format" => this.is_flowed = value.eq_ignore_ascii_case("flowed"),
                _ => {}
            }
        }
        this
    }
}

/// Undoes quoted-printable (RFC 2045, section 6.7). What is no valid escape stays as it is.
fn unquote_printable(body: &[u8]) -> Vec<u8> {
    let hex = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while let Some(i) = memchr::memchr(b'=', &body[at..]) {
        out.extend_from_slice(&body[at..at + i]);
        at += i;
        match *body[at + 1..].first_chunk::<2>().unwrap_or(&[0, 0]) {
            [b'\r', b'\n'] => at += 3,
            [b'\n', _] => at += 2,
            [high, low] => match (hex(high), hex(low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    at += 3;
                }
                _ => {
                    out.push(b'=');
                    at += 1;
                }
            },
        }
    }
    out.extend_from_slice(&body[at..]);
    // An escaped line break at the very end leaves its sign.
    if body.ends_with(b"=\n") && out.ends_with(b"=\n") {
        out.truncate(out.len() - 2);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use newsmill_article::Origin;

    fn parse(text: &str) -> Result<Article, Reject> {
        crate::parse(Record::text(Origin::new("m.eml", 0), text), &Limits::default())
    }

    #[test]
    fn the_header_goes_and_its_fields_are_carried() {
        let article = parse(
            "From: Anna <anna@example.org>\r\nSubject: The bridge\r\n is closed\r\n\
             Newsgroups: valley.news\r\n\r\nThe river rose.\r\n\r\n> Is the bridge open?\r\n",
        )
        .unwrap();
        assert_eq!(article.kept().text(), "The river rose.\n\nIs the bridge open?");
        assert_eq!(article.metadata.text("subject").as_deref(), Some("The bridge is closed"));
        assert_eq!(article.metadata.text("from").as_deref(), Some("Anna <anna@example.org>"));
        assert_eq!(article.blocks()[1].quoted, 1);
        assert_eq!(article.removals()[0].reason, Reason::Furniture);
    }

    #[test]
    fn metadata_of_the_row_wins() {
        let mut record =
            Record::text(Origin::new("m", 0), "Subject: a\nFrom: b\n\nThe river rose.");
        record.metadata.push_text("subject", "c").unwrap();
        let article = crate::parse(record, &Limits::default()).unwrap();
        assert_eq!(article.metadata.text("subject").as_deref(), Some("c"));
        assert_eq!(article.metadata.fields().count(), 2);
    }

    #[test]
    fn texts_that_are_no_messages() {
        for text in [
            "Note: the river rose.\n\nThe bridge is closed.",
            "Subject: the river\nThe bridge is closed.",
            "From: here\nDate: today\nno header\n\nThe bridge.",
            "",
        ] {
            assert_eq!(
                Mail.fits(&Record::text(Origin::new("t", 0), text)),
                Confidence::No,
                "{text:?}"
            );
        }
    }

    #[test]
    fn bodies() {
        let head = "From: a@example.org\nSubject: b\nMIME-Version: 1.0\n";
        // more of the header, body, kept text
        let cases = [
            (
                "Content-Type: text/plain; format=flowed\n",
                "The river \nrose.\nFast.",
                "The river rose.\n\nFast.",
            ),
            (
                "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n",
                "The caf=C3=A9 is =\nclosed =3D shut=",
                "The café is closed = shut=",
            ),
            ("Content-Type: text/plain; charset=\"iso-8859-1\"\n", "café", "café"),
        ];
        for (more, body, want) in cases {
            let article = parse(&format!("{head}{more}\n{body}")).unwrap();
            assert_eq!(article.kept().text(), want, "{more:?}");
        }
        let latin =
            [head.as_bytes(), b"Content-Type: text/plain; charset=iso-8859-1\n\ncaf\xe9"].concat();
        let mut record = Record::text(Origin::new("m", 0), "");
        record.content = Content::Bytes { bytes: latin, charset: None };
        assert_eq!(crate::parse(record, &Limits::default()).unwrap().kept().text(), "café");
    }

    #[test]
    fn what_is_not_read_is_rejected() {
        for more in [
            "Content-Type: multipart/mixed; boundary=x\n",
            "Content-Type: text/html\n",
            "Content-Transfer-Encoding: base64\n",
        ] {
            let reject = parse(&format!("From: a\nSubject: b\n{more}\nbody")).unwrap_err();
            assert!(reject.detail.contains("not read yet"), "{more:?}: {}", reject.detail);
        }
    }
}
