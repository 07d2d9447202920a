//! Formats that are known but not read, so that nobody's archive becomes one long article.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use crate::container::extension;
use crate::jsonl::BOM;
use crate::mail;

/// First bytes of formats that hold articles or other files.
const MAGIC: &[(&[u8], &str)] = &[
    (b"WARC/", "WARC"),
    (b"filedesc://", "ARC"),
    (b"PAR1", "Parquet"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"LZIP", "lzip"),
];

/// Where tar archives say that they are some.
const TAR: std::ops::Range<usize> = 257..262;

/// Elements that start a page and no article in plain text.
const HTML: &[&str] = &["<!doctype html", "<html", "<head", "<body"];

/// The name of the format of an input that starts with `head`, if it is one that is not read.
pub(crate) fn name(head: &[u8], path: &str) -> Option<&'static str> {
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(name);
    }
    if head.get(TAR) == Some(b"ustar") {
        return Some("tar");
    }
    if mail::is_mbox(head) {
        return Some("mbox");
    }
    let named = ["html", "htm", "xhtml"].map(Some).contains(&extension(path).as_deref());
    if named || is_html(&in_one_byte_units(head)) {
        return Some("HTML");
    }
    is_json_document(head).then_some("JSON that is not one object a line")
}

/// UTF-16 in Latin letters without the zero bytes, which is enough to find its first element.
fn in_one_byte_units(head: &[u8]) -> Cow<'_, [u8]> {
    match head {
        [0xff, 0xfe, rest @ ..] => rest.iter().copied().step_by(2).collect(),
        [0xfe, 0xff, rest @ ..] => rest.iter().copied().skip(1).step_by(2).collect(),
        _ => head.strip_prefix(BOM).unwrap_or(head).into(),
    }
}

/// Whether the first element is one that starts a page. Comments, processing instructions and an
/// XML declaration may stand in front of it.
fn is_html(head: &[u8]) -> bool {
    let mut rest = head.trim_ascii_start();
    loop {
        let end: &[u8] = match rest {
            [b'<', b'!', b'-', b'-', ..] => b"-->",
            [b'<', b'?', ..] => b">",
            _ => break,
        };
        let Some(at) = memchr::memmem::find(rest, end) else { return false };
        rest = rest[at + end.len()..].trim_ascii_start();
    }
    HTML.iter().any(|element| {
        rest.get(..element.len()).is_some_and(|r| r.eq_ignore_ascii_case(element.as_bytes()))
            && rest.get(element.len()).is_none_or(|b| b">/".contains(b) || b.is_ascii_whitespace())
    })
}

/// Whether the head is one JSON value that spans lines, or an array of rows.
fn is_json_document(head: &[u8]) -> bool {
    let head = head.strip_prefix(BOM).unwrap_or(head).trim_ascii_start();
    let first = match head.first() {
        Some(b'{') => serde_json::Deserializer::from_slice(head)
            .into_iter()
            .next()
            .map(|v| v.map(|IgnoredAny| ())),
        // Prose may start with a footnote's `[1]`.
        Some(b'[') => Some(serde_json::from_slice(head).map(|IgnoredAny| ())),
        _ => None,
    };
    match first {
        Some(Ok(())) => true,
        Some(Err(error)) => error.is_eof(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_that_are_not_read_are_named() {
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("<HTML>".bytes().flat_map(|b| [b, 0])).collect();
        let tar = [&[b'a'; 257][..], b"ustar\0"].concat();
        let cases: [(&[u8], &str, Option<&str>); 22] = [
            (b"WARC/1.0\r\n", "a", Some("WARC")),
            (b"PAR1\x15", "a.txt", Some("Parquet")),
            (&tar, "a", Some("tar")),
            (b"From a Mon\nFrom: a\nTo: b\n\n", "a", Some("mbox")),
            (b"<!DOCTYPE html>\n<p>", "a.txt", Some("HTML")),
            (b"\xef\xbb\xbf\n <html lang=en>", "a", Some("HTML")),
            (b"<?xml version='1.0'?><!-- <x> --><!doctype HTML PUBLIC>", "a", Some("HTML")),
            (&utf16, "a", Some("HTML")),
            (b"words", "a.HTML.gz", Some("HTML")),
            (b"words", "a.htm", Some("HTML")),
            (b"<htmlish>", "a", None),
            (b"<!-- never closed <html>", "a", None),
            (b"Words about <html>", "a", None),
            (
                b"[{\"text\":\"a\"},\n{\"text\":\"b\"}]",
                "a",
                Some("JSON that is not one object a line"),
            ),
            (b"[\n{\"text\":\"a", "a", Some("JSON that is not one object a line")),
            (b"{\n \"text\":\"a\"}\n", "a", Some("JSON that is not one object a line")),
            (b"[1] A footnote.", "a", None),
            (b"[Image: a river]\nIt rose.", "a", None),
            (b"{curly} words", "a", None),
            (b"{\"text\":\"a\n{\"text\":\"b\"}", "a", None),
            (b"", "a.txt", None),
            (b"A river rose.", "a.json", None),
        ];
        for (head, path, expected) in cases {
            assert_eq!(name(head, path), expected, "{}", String::from_utf8_lossy(head));
        }
    }
}
