//! Captured HTTP responses (RFC 9112): header, chunks and content codings undone.

use std::borrow::Cow;

use memchr::memchr;
use newsmill_article::{Limits, RejectKind};

use crate::coding::{Coding, unpack};

/// Most bytes of a header whose fields are read: a field takes much more memory than the line that it
/// stands in may.
pub(crate) const FIELD_BYTES: usize = 256 << 10;

/// Header fields, of HTTP or of a record.
#[derive(Debug, Default)]
pub(crate) struct Fields<'a>(Vec<(&'a [u8], Cow<'a, [u8]>)>);

impl<'a> Fields<'a> {
    /// The fields of a header: name, colon and value a line, lines that start with white space
    /// going on from the one above. Lines that are no fields are passed over.
    pub(crate) fn read(header: &'a [u8]) -> Self {
        let mut fields: Vec<(&[u8], Cow<[u8]>)> = Vec::new();
        for line in header.split(|b| *b == b'\n') {
            let value = line.trim_ascii();
            if line.starts_with(b" ") || line.starts_with(b"\t") {
                if let (Some((_, last)), false) = (fields.last_mut(), value.is_empty()) {
                    let last = last.to_mut();
                    if !last.is_empty() {
                        last.push(b' ');
                    }
                    last.extend_from_slice(value);
                }
            } else if let Some(colon) = memchr(b':', line) {
                let value = line[colon + 1..].trim_ascii();
                fields.push((line[..colon].trim_ascii(), Cow::Borrowed(value)));
            }
        }
        Self(fields)
    }

    /// The value of the first field of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        let found = self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name.as_bytes()));
        found.map(|(_, value)| &**value)
    }

    /// The same as text.
    pub(crate) fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.get(name).map(String::from_utf8_lossy)
    }
}

/// A response taken apart.
#[derive(Debug)]
pub(crate) struct Response<'a> {
    /// Its status, where the first line says one.
    pub(crate) status: Option<u16>,
    pub(crate) fields: Fields<'a>,
    /// First byte of the body.
    pub(crate) body: usize,
}

impl<'a> Response<'a> {
    /// The response in `block`; `None` where it does not start like one.
    pub(crate) fn read(block: &'a [u8]) -> Option<Self> {
        if !block.starts_with(b"HTTP/") && !block.starts_with(b"ICY ") {
            return None;
        }
        let first = memchr(b'\n', block).map_or(block.len(), |at| at + 1);
        let status = block[..first].split(u8::is_ascii_whitespace).nth(1);
        let status = status.and_then(|s| std::str::from_utf8(s).ok()?.parse().ok());
        let body = header_length(&block[first..]).map_or(block.len(), |length| first + length);
        let fields = Fields::read(&block[first..body.min(first + FIELD_BYTES)]);
        Some(Self { status, fields, body })
    }

    /// How the body is wrapped.
    pub(crate) fn wrapping(&self) -> Wrapping {
        let transfer = self.fields.text("transfer-encoding").unwrap_or_default();
        let content = self.fields.text("content-encoding").unwrap_or_default();
        let transfer = transfer.to_ascii_lowercase();
        let codings = transfer
            .split(',')
            .chain(content.split(','))
            .map(|coding| coding.trim().to_ascii_lowercase())
            .filter(|coding| !matches!(coding.as_str(), "" | "chunked" | "identity" | "none"));
        let is_chunked = transfer.contains("chunked");
        Wrapping { body: self.body, is_chunked, codings: codings.collect() }
    }
}

/// How the body of a response is wrapped.
#[derive(Debug)]
pub(crate) struct Wrapping {
    body: usize,
    is_chunked: bool,
    codings: Vec<String>,
}

impl Wrapping {
    /// The body of the response `block`, without chunks and coding.
    pub(crate) fn unwrap(
        self,
        mut block: Vec<u8>,
        limits: &Limits,
        truncated: bool,
    ) -> Result<Vec<u8>, (RejectKind, String)> {
        block.drain(..self.body);
        let body = if self.is_chunked { without_chunks(block) } else { block };
        let Some(coding) = self.codings.first() else { return Ok(body) };
        if self.codings.iter().any(|other| other != coding) {
            let detail = format!("it is encoded more than once ({})", self.codings.join(", "));
            return Err((RejectKind::Unsupported, detail));
        }
        let coding = match coding.as_str() {
            "gzip" | "x-gzip" => Coding::Gzip,
            "deflate" => Coding::Deflate,
            "br" => Coding::Brotli,
            "zstd" => Coding::Zstd,
            // A word that is no coding says nothing: servers put a charset there.
            _ => return Ok(body),
        };
        unpack(coding, body, limits, truncated)
    }
}

/// Length of a header up to and with the blank line that ends it.
pub(crate) fn header_length(bytes: &[u8]) -> Option<usize> {
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', bytes) {
        if matches!(&bytes[start..end], b"" | b"\r") {
            return Some(end + 1);
        }
        start = end + 1;
    }
    None
}

/// The media type in lower case and the charset of a Content-Type (RFC 9110, section 8.3).
pub(crate) fn content_type(value: &str) -> (String, Option<String>) {
    let mut parts = value.split(';');
    let media = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let label = value.trim().trim_matches(['"', '\'']);
        (name.trim().eq_ignore_ascii_case("charset") && !label.is_empty()).then(|| label.to_owned())
    });
    (media, charset)
}

/// Undoes chunked transfer coding (RFC 9112, section 7.1). What was not chunked after all stays as
/// it is, and so does what follows a chunk without a length.
fn without_chunks(body: Vec<u8>) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while let Some(end) = memchr(b'\n', &body[at..]) {
        let line = body[at..at + end].split(|b| *b == b';').next().unwrap_or_default();
        let length = std::str::from_utf8(line.trim_ascii())
            .ok()
            .filter(|digits| digits.len() <= 8 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|digits| usize::from_str_radix(digits, 16).ok());
        let Some(length) = length else { break };
        let start = at + end + 1;
        if length == 0 {
            return out;
        }
        let end = body.len().min(start + length);
        out.extend_from_slice(&body[start..end]);
        at = end;
        if body[at..].starts_with(b"\r\n") {
            at += 2;
        } else if body[at..].starts_with(b"\n") {
            at += 1;
        }
    }
    if at == 0 {
        return body;
    }
    out.extend_from_slice(&body[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn body(block: &[u8]) -> Result<Vec<u8>, (RejectKind, String)> {
        Response::read(block).unwrap().wrapping().unwrap(block.to_vec(), &Limits::default(), false)
    }

    #[test]
    fn responses_are_taken_apart() {
        let block =
            b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html;\r\n charset=\"koi8-r\"\r\n\
                      X-Odd\r\n\r\nA river";
        let response = Response::read(block).unwrap();
        assert_eq!((response.status, &block[response.body..]), (Some(404), &b"A river"[..]));
        let value = response.fields.text("content-type").unwrap();
        assert_eq!(content_type(&value), ("text/html".into(), Some("koi8-r".into())));
        let bare = Response::read(b"HTTP/1.0 200\nA: b\n\nA river").unwrap();
        assert_eq!((bare.status, bare.body), (Some(200), 19));
        assert_eq!(Response::read(b"HTTP/1.0 200 OK\nA: b").unwrap().body, 20);
        assert!(Response::read(b"<html>").is_none());
    }

    #[test]
    fn chunks_are_joined() {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let cases = [
            ("7\r\nA river\r\n5\r\n rose\r\n0\r\n\r\n", "A river rose"),
            ("7;ext=1\nA river\n0\n\n", "A river"),
            ("0C \r\nA river rose\r\n0\r\nTrailer: x\r\n\r\n", "A river rose"),
            ("A river rose", "A river rose"),
            ("A river\nrose", "A river\nrose"),
            ("7\r\nA river\r\nrose", "A riverrose"),
            ("ff\r\nA river", "A river"),
            ("", ""),
        ];
        for (chunks, expected) in cases {
            let got = body(format!("{head}{chunks}").as_bytes()).unwrap();
            assert_eq!(String::from_utf8_lossy(&got), expected, "{chunks:?}");
        }
    }

    #[test]
    fn codings_are_undone() {
        let text = b"A river rose.".repeat(50);
        let gzip = |level| {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
            encoder.write_all(&text).unwrap();
            encoder.finish().unwrap()
        };
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        zlib.write_all(&text).unwrap();
        let zlib = zlib.finish().unwrap();
        let gzip = gzip(flate2::Compression::best());
        let raw = &zlib[2..zlib.len() - 4];
        let zstd = zstd::bulk::compress(&text, 3).unwrap();
        let behind = |bytes: &[u8]| [bytes, b"\r\n"].concat();
        let two = [&gzip[..], &gzip].concat();
        let cases: [(&str, &[u8], &[u8]); 12] = [
            ("gzip", &gzip, &text),
            ("gzip", &behind(&gzip), &text),
            ("gzip", &behind(&two), &text.repeat(2)),
            ("zstd", &zstd, &text),
            ("zstd", &behind(&zstd), &text),
            ("deflate", &behind(&zlib), &text),
            ("X-GZIP", &gzip, &text),
            ("deflate", &zlib, &text),
            ("deflate", raw, &text),
            ("gzip", &text, &text),
            ("utf-8", &text, &text),
            ("gzip, gzip", &gzip, &text),
        ];
        for (coding, bytes, expected) in cases {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n\r\n");
            let got = body(&[head.as_bytes(), bytes].concat()).unwrap();
            assert!(got == expected, "{coding}");
        }
        let head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
        let cut = [&head[..], &gzip[..gzip.len() - 9]].concat();
        assert_eq!(body(&cut).unwrap_err().0, RejectKind::Corrupt);
        let wrapping = Response::read(&cut).unwrap().wrapping();
        assert!(wrapping.unwrap(cut, &Limits::default(), true).is_ok());
        let small = Limits { record_bytes: 100, ..Limits::default() };
        let whole = [&head[..], &gzip].concat();
        let wrapping = Response::read(&whole).unwrap().wrapping();
        let error = wrapping.unwrap(whole, &small, false).unwrap_err();
        assert_eq!(error.0, RejectKind::TooLong);
    }
}
