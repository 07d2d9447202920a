//! HTML pages: one file, one page.

use std::borrow::Cow;

use newsmill_article::{Limits, Media};

use crate::ReadOptions;
use crate::container::{Container, Cut, Source};
use crate::jsonl::BOM;
use crate::text;

/// A saved web page, in an encoding that the parser finds out.
#[derive(Clone, Copy, Debug)]
pub struct HtmlPage;

/// Elements that start a page and no article in plain text.
const FIRST: &[&str] = &["<!doctype html", "<html", "<head", "<body", "<meta", "<title"];

impl Container for HtmlPage {
    fn name(&self) -> &'static str {
        "html"
    }

    fn about(&self) -> &'static str {
        "HTML: one page a file"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["html", "htm", "xhtml"]
    }

    fn example(&self) -> &'static [u8] {
        b"<!DOCTYPE html>\n<title>A river rose</title>\n<p>The river rose by two metres.</p>\n"
    }

    fn sniff(&self, head: &[u8]) -> bool {
        is_html(&in_one_byte_units(head))
    }

    fn records(&self, source: Source, options: &ReadOptions, limits: &Limits) -> Cut {
        text::one_record(source, options, limits, |_, _| Media::Html)
    }
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
    FIRST.iter().any(|element| {
        rest.get(..element.len()).is_some_and(|r| r.eq_ignore_ascii_case(element.as_bytes()))
            && rest.get(element.len()).is_none_or(|b| b">/".contains(b) || b.is_ascii_whitespace())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records_of;

    #[test]
    fn pages_are_told_by_content() {
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("<HTML>".bytes().flat_map(|b| [b, 0])).collect();
        let cases: [(&[u8], bool); 11] = [
            (b"<!DOCTYPE html>\n<p>", true),
            (b"\xef\xbb\xbf\n <html lang=en>", true),
            (b"<?xml version='1.0'?><!-- <x> --><!doctype HTML PUBLIC>", true),
            (b"<meta charset=utf-8><p>A river", true),
            (&utf16, true),
            (b"words", false),
            (b"<htmlish>", false),
            (b"<titles>", false),
            (b"<!-- never closed <html>", false),
            (b"Words about <html>", false),
            (b"", false),
        ];
        for (head, expected) in cases {
            assert_eq!(HtmlPage.sniff(head), expected, "{}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn a_page_is_one_record_by_content_or_name() {
        for (bytes, path) in
            [(&b"<html><p>A river"[..], "-"), (b"<p>A river", "a.HTML.gz"), (b"<p>A", "b.htm")]
        {
            let read = records_of(bytes, path, &ReadOptions::default(), &Limits::default());
            let records: Vec<_> = read.unwrap().collect::<Result<_, _>>().unwrap();
            assert_eq!(records.len(), 1, "{path}");
            assert_eq!(records[0].media, Media::Html, "{path}");
        }
    }
}
