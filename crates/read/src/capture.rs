//! What a web archive holds for one address, as a record.

use newsmill_article::{Content, Limits, Media, Metadata, Origin, Record, RejectKind};

use crate::container::{Container, Skip};
use crate::html::HtmlPage;
use crate::http::{Response, content_type};
use crate::text;

/// What is looked at to tell what a body without a type is.
const LOOKED_AT: usize = 8 << 10;

/// A capture as its container describes it.
#[derive(Debug)]
pub(crate) struct Capture {
    pub(crate) origin: Origin,
    /// The address.
    pub(crate) url: Option<String>,
    /// When it was fetched, as in RFC 3339.
    pub(crate) fetched: Option<String>,
    /// The type of the block, where it is said.
    pub(crate) content_type: Option<String>,
    /// Whether the crawler cut it.
    pub(crate) truncated: bool,
    /// An HTTP response, or what one would carry.
    pub(crate) block: Vec<u8>,
}

/// Why a capture is no record.
#[derive(Debug)]
pub(crate) enum NoArticle {
    /// It is none by what it is.
    Skip(Skip),
    Reject(RejectKind, String),
}

impl From<(RejectKind, String)> for NoArticle {
    fn from((kind, detail): (RejectKind, String)) -> Self {
        Self::Reject(kind, detail)
    }
}

impl From<Skip> for NoArticle {
    fn from(skip: Skip) -> Self {
        Self::Skip(skip)
    }
}

impl Capture {
    /// The record of a capture of text. Other types, empty bodies, and answers other than 2xx, which
    /// hold a server's words about itself, are no articles.
    pub(crate) fn into_record(self, limits: &Limits) -> Result<Record, NoArticle> {
        let Self { origin, url, fetched, content_type: declared, mut truncated, block } = self;
        let declared = declared.unwrap_or_default();
        let (declared, body) = match Response::read(&block) {
            Some(response) => {
                if response.status.is_some_and(|status| !(200..300).contains(&status)) {
                    return Err(Skip::Status.into());
                }
                truncated |= response.status == Some(206);
                let declared =
                    response.fields.text("content-type").unwrap_or_default().into_owned();
                // Most of what is skipped is told by its type, before anything is decoded.
                if is_no_text(&content_type(&declared).0) {
                    return Err(Skip::MediaType.into());
                }
                (declared, response.wrapping().unwrap(block, limits, truncated)?)
            }
            None if content_type(&declared).0.starts_with("application/http") => {
                return Err(Skip::NoText.into());
            }
            None => (declared, block),
        };
        let (essence, charset) = content_type(&declared);
        let media = media(&essence, &body)?;
        let mut metadata = Metadata::new();
        for (name, value) in [("url", url), ("fetched", fetched)] {
            if let Some(value) = value {
                let pushed = metadata.push_text(name, &value);
                pushed.map_err(|error| (RejectKind::Malformed, error.to_string()))?;
            }
        }
        let id = origin.record_id.clone();
        let content = Content::Bytes { bytes: body, charset };
        Ok(Record { origin, id, content, media, metadata, truncated })
    }
}

/// Whether a media type is one that never holds an article.
fn is_no_text(essence: &str) -> bool {
    ["image/", "video/", "audio/", "font/"].iter().any(|kind| essence.starts_with(kind))
        || matches!(
            essence,
            "text/css"
                | "text/javascript"
                | "application/javascript"
                | "application/json"
                | "application/pdf"
        )
}

/// What a body of that media type is, where it can be an article.
fn media(essence: &str, body: &[u8]) -> Result<Media, Skip> {
    let head = &body[..body.len().min(LOOKED_AT)];
    if head.trim_ascii().is_empty() || text::binary(head).is_some() {
        return Err(Skip::NoText);
    }
    match essence {
        "text/html" | "application/xhtml+xml" | "application/vnd.wap.xhtml+xml" => Ok(Media::Html),
        "text/plain" | "text/markdown" | "text/x-markdown" => Ok(Media::Plain),
        "message/rfc822" | "message/news" => Ok(Media::Mail),
        "text/xml" | "application/xml" => match HtmlPage.sniff(head) {
            true => Ok(Media::Html),
            false => Err(Skip::MediaType),
        },
        // Types that stand for "unknown": of ARC, of servers, and of what was never said.
        ""
        | "*/*"
        | "unk"
        | "unknown"
        | "no-type"
        | "unknown/unknown"
        | "application/octet-stream"
        | "text" => Ok(if HtmlPage.sniff(head) { Media::Html } else { Media::Plain }),
        _ => Err(Skip::MediaType),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(content_type: Option<&str>, block: &[u8]) -> Option<Record> {
        let capture = Capture {
            origin: Origin::new("t", 0),
            url: Some("https://example.org/river".into()),
            fetched: Some("2004-01-05T10:00:00Z".into()),
            content_type: content_type.map(Into::into),
            truncated: false,
            block: block.to_vec(),
        };
        match capture.into_record(&Limits::default()) {
            Ok(record) => Some(record),
            Err(NoArticle::Skip(_)) => None,
            Err(NoArticle::Reject(_, detail)) => panic!("{detail}"),
        }
    }

    #[test]
    fn captures_of_text_become_records() {
        let http = Some("application/http; msgtype=response");
        let cases: [(Option<&str>, &str, Option<Media>); 15] = [
            (http, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>A", Some(Media::Html)),
            (http, "HTTP/1.1 200 OK\r\nContent-Type: Text/Plain\r\n\r\nA", Some(Media::Plain)),
            (http, "HTTP/1.1 200 OK\r\n\r\n<!doctype html><p>A", Some(Media::Html)),
            (http, "HTTP/1.1 200 OK\r\n\r\nA river", Some(Media::Plain)),
            (http, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n \n", None),
            (http, "HTTP/1.1 404 No\r\nContent-Type: text/html\r\n\r\n<p>A", None),
            (http, "HTTP/1.1 301 Moved\r\nContent-Type: text/html\r\n\r\n<p>A", None),
            (http, "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nA", None),
            (http, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n\x7fELF", None),
            (http, "no response", None),
            (Some("text/plain"), "A river", Some(Media::Plain)),
            (Some("text/dns"), "20040105", None),
            (Some("message/rfc822"), "From: a\n\nA", Some(Media::Mail)),
            (Some("application/xml"), "<?xml version='1.0'?><html/>", Some(Media::Html)),
            (Some("application/xml"), "<rss/>", None),
        ];
        for (content_type, block, media) in cases {
            let record = record(content_type, block.as_bytes());
            assert_eq!(record.map(|r| r.media), media, "{content_type:?} {block:?}");
        }
    }

    #[test]
    fn what_the_archive_says_is_carried() {
        let block = b"HTTP/1.1 206 Part\nContent-Type: text/html; charset=latin1\n\n<p>caf\xe9";
        let record = record(None, block).unwrap();
        assert!(record.truncated);
        assert_eq!(record.metadata.text("url").as_deref(), Some("https://example.org/river"));
        assert_eq!(record.metadata.text("fetched").as_deref(), Some("2004-01-05T10:00:00Z"));
        let content =
            Content::Bytes { bytes: b"<p>caf\xe9".to_vec(), charset: Some("latin1".into()) };
        assert_eq!(record.content, content);
    }
}
