//! Link targets in brackets.

use std::ops::Range;

/// A bracketed target at the start of a text, in bytes of that text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Bracketed {
    /// Length of the whole, brackets included.
    pub(super) length: usize,
    /// The target.
    pub(super) target: Range<usize>,
}

/// The longest target that is looked for, in bytes.
const LONGEST: usize = 4_096;

/// The target that `text` starts with in angle brackets: `<https://…>`, `<www.host/path>`,
/// `<host.tld/path>`, `<URL:…>` (RFC 3986, appendix C). It may be broken over lines, and in
/// `quoted` text these lines may start with quoting signs. Mail addresses are none.
pub(super) fn in_angles(text: &str, quoted: bool) -> Option<Bracketed> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'<') || !bytes.get(1)?.is_ascii_alphanumeric() {
        return None;
    }
    let mut close = None;
    let mut line_start = false;
    for (i, byte) in bytes.iter().enumerate().take(LONGEST).skip(1) {
        match byte {
            b'<' => break,
            b'>' if quoted && line_start => {}
            b'>' => {
                close = Some(i);
                break;
            }
            b'\n' | b'\r' => line_start = true,
            b' ' | b'\t' => {}
            _ => line_start = false,
        }
    }
    let close = close?;
    let label = text.get(1..5).is_some_and(|l| l.eq_ignore_ascii_case("url:"));
    let start = if label { 5 } else { 1 };
    let inner = &text[start..close];
    let whole = !inner.contains(char::is_whitespace);
    let fits =
        if whole { is_target(inner) } else { joined(inner, quoted).is_some_and(|t| is_target(&t)) };
    fits.then_some(Bracketed { length: close + 1, target: start..close })
}

/// The target that `text` starts with in parentheses, with or without a title as in Markdown:
/// `(https://…)`, `(https://… "title")`. The target may hold pairs of parentheses.
pub(super) fn in_parentheses(text: &str) -> Option<Bracketed> {
    let inner = text.strip_prefix('(')?;
    let mut depth = 0;
    let mut end = None;
    for (i, byte) in inner.bytes().enumerate().take(LONGEST) {
        match byte {
            b'(' if depth == 1 => return None,
            b'(' => depth += 1,
            b')' if depth == 0 => {
                end = Some(i);
                break;
            }
            b')' => depth -= 1,
            _ => {}
        }
    }
    let end = end?;
    let said = inner[..end].trim_end();
    let target = match said.find([' ', '\n']) {
        Some(space) if said[space..].trim_start().starts_with(['"', '\'']) => &said[..space],
        _ => said,
    };
    let plain = joined(target, false)?;
    let fits = is_target(&plain) || plain.starts_with(['#', '/']);
    fits.then_some(Bracketed { length: end + 2, target: 1..1 + target.len() })
}

/// `target` without the line breaks in it; nothing when it holds other white space.
pub(super) fn joined(target: &str, quoted: bool) -> Option<String> {
    let mut out = String::with_capacity(target.len());
    for (i, line) in target.split(['\n', '\r']).enumerate() {
        let line = line.trim();
        let line = if i > 0 && quoted { line.trim_start_matches(['>', ' ']) } else { line };
        if line.contains(char::is_whitespace) {
            return None;
        }
        out.push_str(line);
    }
    Some(out)
}

/// Whether `text` is a link target: it has a scheme, or starts like a host name. A host alone needs
/// `www.` or a last label of letters; mail addresses are none.
pub(super) fn is_target(text: &str) -> bool {
    const SCHEMES: [&str; 12] = [
        "http://",
        "https://",
        "ftp://",
        "hxxp://",
        "hxxps://",
        "mailto:",
        "news:",
        "tel:",
        "sms:",
        "file://",
        "webcal://",
        "ftps://",
    ];
    let starts = |prefix: &str| {
        text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
    };
    if text.contains(['<', '>', '"']) || text.contains(char::is_whitespace) {
        return false;
    }
    if let Some(scheme) = SCHEMES.iter().find(|s| starts(s)) {
        return text.len() > scheme.len();
    }
    let host = text.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let top = host.rsplit('.').next().unwrap_or_default();
    host.contains('.')
        && host.split('.').all(|label| {
            !label.is_empty()
                && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
        })
        && (2..=18).contains(&top.len())
        && top.chars().all(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets() {
        let yes = [
            "https://example.org/a?b=c",
            "HTTP://EXAMPLE.ORG",
            "www.example.org/world/a-2025-03-13/",
            "example.co.uk/news",
            "example.org",
            "münchen.example/",
            "mailto:desk@example.org",
            "hxxp://example.org",
        ];
        let no = [
            "br",
            "desk@example.org",
            "https://",
            "a b",
            "3.5",
            "...",
            "example.",
            "b/c",
            "e.g",
            "",
        ];
        for target in yes {
            assert!(is_target(target), "{target:?}");
        }
        for target in no {
            assert!(!is_target(target), "{target:?}");
        }
    }

    #[test]
    fn angle_brackets() {
        // text, in quoted text, target
        let cases = [
            ("<www.example.org/a> b", false, Some("www.example.org/a")),
            ("<URL:https://example.org/>", false, Some("https://example.org/")),
            (
                "<https://example.org/long-\npath/> b",
                false,
                Some("https://example.org/long-\npath/"),
            ),
            (
                "<https://example.org/long-\n> path/> b",
                true,
                Some("https://example.org/long-\n> path/"),
            ),
            ("<https://example.org/a b>", false, None),
            ("<desk@example.org>", false, None),
            ("<br>", false, None),
            ("<https://example.org/ <b>", false, None),
            ("< 5 and > 3", false, None),
            ("<", false, None),
        ];
        for (text, quoted, want) in cases {
            let got = in_angles(text, quoted).map(|l| &text[l.target]);
            assert_eq!(got, want, "{text:?}");
        }
        assert_eq!(joined("https://e.org/a-\n> b", true).as_deref(), Some("https://e.org/a-b"));
    }

    #[test]
    fn parentheses() {
        let cases = [
            ("(https://example.org/a_(b))", Some("https://example.org/a_(b)")),
            ("(https://example.org/ \"A title\")", Some("https://example.org/")),
            ("(/local)", Some("/local")),
            ("(a note)", None),
            ("(https://example.org", None),
            ("()", None),
        ];
        for (text, want) in cases {
            assert_eq!(in_parentheses(text).map(|l| &text[l.target]), want, "{text:?}");
        }
    }
}
