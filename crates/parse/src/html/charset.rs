//! The encoding that a page declares.

use memchr::memmem::find;

use super::names::Attr;
use super::names::Tag;
use super::token::{Token, Tokens};

/// How far into the page a declaration is looked for, in bytes. The standard says 1024; pages with
/// long heads need more.
const LOOKED_AT: usize = 8 << 10;

/// The label of the encoding that a page is to be read in, where it says one: in an XML
/// declaration, `<meta charset>` or `<meta http-equiv=Content-Type>`, as in the
/// [prescan of the HTML standard](https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding).
///
/// `outside` is what the container declares (the HTTP header); it goes first. Bytes that are valid
/// UTF-8 beyond ASCII are UTF-8 whatever is declared: no other encoding's text looks so.
pub(super) fn declared(bytes: &[u8], outside: Option<&str>) -> Option<String> {
    if bytes.iter().any(|b| *b >= 0x80) && std::str::from_utf8(bytes).is_ok() {
        return Some("utf-8".into());
    }
    let known = |label: &&str| {
        encoding_rs::Encoding::for_label_no_replacement(label.trim().as_bytes()).is_some()
    };
    if let Some(label) = outside.filter(known) {
        return Some(label.to_owned());
    }
    let head = &bytes[..bytes.len().min(LOOKED_AT)];
    let label = in_xml(head).or_else(|| in_meta(head))?;
    let encoding = encoding_rs::Encoding::for_label_no_replacement(label.trim().as_bytes())?;
    // What could be read as ASCII to find this is no UTF-16.
    let wide = encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE;
    Some(if wide { "utf-8".to_owned() } else { label })
}

fn in_xml(head: &[u8]) -> Option<String> {
    let rest = head.trim_ascii_start().strip_prefix(b"<?xml")?;
    let rest = &rest[..find(rest, b"?>")?];
    let at = find(rest, b"encoding")?;
    value(&rest[at + b"encoding".len()..])
}

fn in_meta(head: &[u8]) -> Option<String> {
    // Markup is ASCII in every encoding that gets here; the rest only has to stay text.
    let ascii: String =
        head.iter().map(|b| if b.is_ascii() { char::from(*b) } else { '?' }).collect();
    let mut tokens = Tokens::new(&ascii);
    while let Some(token) = tokens.next() {
        let Token::Start { tag, name, .. } = token else { continue };
        if tag.is_raw() {
            tokens.raw(name);
        }
        if tag != Tag::Meta {
            continue;
        }
        for attribute in &tokens.attributes {
            let said = ascii.get(attribute.start as usize..attribute.end as usize)?;
            let label = match attribute.name {
                Attr::Charset => Some(said.trim().to_owned()),
                Attr::Content => {
                    let at = find(said.to_ascii_lowercase().as_bytes(), b"charset");
                    at.and_then(|at| value(&said.as_bytes()[at + b"charset".len()..]))
                }
                _ => None,
            };
            if let Some(label) = label
                .filter(|l| encoding_rs::Encoding::for_label_no_replacement(l.as_bytes()).is_some())
            {
                return Some(label);
            }
        }
    }
    None
}

/// What stands behind a `=`, in quotes or not.
fn value(rest: &[u8]) -> Option<String> {
    let rest = rest.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (rest, ends): (&[u8], &[u8]) = match rest.first()? {
        b'"' => (&rest[1..], b"\""),
        b'\'' => (&rest[1..], b"'"),
        _ => (rest, b" \t\r\n;?>\"'"),
    };
    let end = rest.iter().position(|b| ends.contains(b)).unwrap_or(rest.len());
    std::str::from_utf8(&rest[..end]).ok().map(|v| v.trim().to_owned()).filter(|v| !v.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_declares_the_encoding() {
        let cases: &[(&[u8], Option<&str>, Option<&str>)] = &[
            (b"<meta charset=windows-1251>", None, Some("windows-1251")),
            (b"<META http-equiv=x content='text/html; charset=koi8-r'>", None, Some("koi8-r")),
            (b"<?xml version='1.0' encoding='iso-8859-2'?><html>", None, Some("iso-8859-2")),
            (b"<meta charset=koi8-r>", Some("shift_jis"), Some("shift_jis")),
            (b"<meta charset=koi8-r>", Some("no-such"), Some("koi8-r")),
            (b"<meta charset=utf-16>", None, Some("utf-8")),
            (b"<script>'<meta charset=koi8-r>'</script>", None, None),
            (b"<!-- <meta charset=koi8-r> -->", None, None),
            ("<meta charset=latin1>caf\u{e9}".as_bytes(), Some("latin1"), Some("utf-8")),
            (b"<meta charset=latin1>caf\xe9", None, Some("latin1")),
            (b"", None, None),
        ];
        for (bytes, outside, expected) in cases {
            let got = declared(bytes, *outside);
            assert_eq!(got.as_deref(), *expected, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
