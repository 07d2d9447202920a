//! Formats that are known but not read, so that nobody's archive becomes one long article.

use serde::de::IgnoredAny;

use crate::jsonl::BOM;

/// First bytes of formats that hold articles or other files.
const MAGIC: &[(&[u8], &str)] = &[(b"PAR1", "Parquet"), (b"LZIP", "lzip")];

/// The name of the format of an input that starts with `head`, if it is one that is not read.
pub(crate) fn name(head: &[u8]) -> Option<&'static str> {
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(name);
    }
    is_json_document(head).then_some("JSON without objects")
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
        let cases: [(&[u8], Option<&str>); 10] = [
            (b"PAR1\x15", Some("Parquet")),
            (b"[{\"text\":\"a\"},\n{\"text\":\"b\"}]", Some("JSON without objects")),
            (b"[\n{\"text\":\"a", Some("JSON without objects")),
            (b"{\n \"text\":\"a\"}\n", Some("JSON without objects")),
            (b"[1] A footnote.", None),
            (b"[Image: a river]\nIt rose.", None),
            (b"{curly} words", None),
            (b"{\"text\":\"a\n{\"text\":\"b\"}", None),
            (b"", None),
            (b"A river rose.", None),
        ];
        for (head, expected) in cases {
            assert_eq!(name(head), expected, "{}", String::from_utf8_lossy(head));
        }
    }
}
