//! Mail and news messages, told by their header lines (RFC 5322 and RFC 5536).

const KNOWN: &[&str] = &[
    "from",
    "subject",
    "date",
    "message-id",
    "newsgroups",
    "path",
    "received",
    "to",
    "cc",
    "sender",
    "reply-to",
    "references",
    "in-reply-to",
    "return-path",
    "delivered-to",
    "mime-version",
    "content-type",
    "xref",
    "organization",
];

/// Whether `head` surely starts a message: header lines up to the first blank line, at least two
/// of them with different names that mail and news know.
pub(crate) fn is_message(head: &[u8]) -> bool {
    let mut seen = [false; KNOWN.len()];
    for (place, line) in head.split(|&b| b == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        if place > 0 && line.starts_with(b" ") || line.starts_with(b"\t") {
            continue;
        }
        match header_name(line) {
            Some(name) => {
                if let Some(known) =
                    KNOWN.iter().position(|k| name.eq_ignore_ascii_case(k.as_bytes()))
                {
                    seen[known] = true;
                }
            }
            // The last line of a head may be cut anywhere.
            None if place > 0 && line.as_ptr_range().end == head.as_ptr_range().end => break,
            None => return false,
        }
    }
    seen.iter().filter(|s| **s).count() >= 2
}

/// Whether `head` starts a mailbox: a `From ` line and behind it a message (RFC 4155).
pub(crate) fn is_mbox(head: &[u8]) -> bool {
    let Some(end) = memchr::memchr(b'\n', head) else { return false };
    head.starts_with(b"From ")
        && is_message(head[end + 1..].strip_prefix(b">From ").unwrap_or(&head[end + 1..]))
}

/// The name in front of a header line's colon.
fn header_name(line: &[u8]) -> Option<&[u8]> {
    let name = &line[..memchr::memchr(b':', line)?];
    (!name.is_empty() && name.iter().all(|b| (33..=126).contains(b))).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_told_by_two_known_headers() {
        let cases = [
            ("From: a@example.org\nSubject: Rain\n\nIt rained.", true),
            ("X-Odd: 1\r\nDATE: today\r\nReceived: by x\r\n from y\r\n\r\nbody", true),
            ("Path: a!b\nNewsgroups: rec.rivers", true),
            ("Subject: Rain\n\nFrom: nobody", false),
            ("Subject: Rain\nSubject: Sun\n\n", false),
            ("Note: one\nPlace: two\n\n", false),
            ("Subject: Rain\nDate: today\nThe river rose.\n\n", false),
            (" From: a\nDate: b\n\n", false),
            ("A river rose.\nFrom: a\nTo: b\n\n", false),
            ("", false),
        ];
        for (head, expected) in cases {
            assert_eq!(is_message(head.as_bytes()), expected, "{head:?}");
        }
    }

    #[test]
    fn a_mailbox_starts_with_a_from_line() {
        assert!(is_mbox(
            b"From a@example.org Mon Jan  5 10:00:00 2004\nFrom: a\nSubject: b\n\nc\n"
        ));
        assert!(!is_mbox(b"From: a\nSubject: b\n\nc\n"));
        assert!(!is_mbox(b"From the hills the river came.\nIt rose.\n"));
    }
}
