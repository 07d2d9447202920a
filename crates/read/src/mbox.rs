//! Mailboxes: many messages in one file, each behind a `From ` line (RFC 4155).

use std::io;
use std::sync::Arc;

use newsmill_article::{
    Content, Limits, Media, Metadata, Origin, Record, Reject, RejectKind, Stage,
};

use crate::ReadOptions;
use crate::container::{Container, Cut, Source};
use crate::http::{FIELD_BYTES, Fields, header_length};
use crate::inflate::{damaged_member, reject, resumes};
use crate::stream::{LineEnd, Stream};

/// What a separating line starts with.
const SEPARATOR: &[u8] = b"From ";

/// Most bytes of a separating line.
const LINE_BYTES: usize = 998;

/// What is looked at of the line behind one.
const NEXT_BYTES: usize = 80;

/// What is looked at behind a body to see whether its `Content-Length` is right.
const BEHIND_BYTES: usize = 64;

/// Mailboxes of all four kinds, one message a record.
///
/// A message starts at a line `From ` with a date or a header below it. Where its `Content-Length`
/// (mboxcl, mboxcl2) leads to another such line it is trusted; elsewhere the message goes on to the
/// next one. Lines `>From `, `>>From ` … lose one sign (mboxo, mboxrd, mboxcl), but not in bodies
/// that hold a bare `From ` line, which only mboxcl2 has.
#[derive(Clone, Copy, Debug)]
pub struct Mbox;

impl Container for Mbox {
    fn name(&self) -> &'static str {
        "mbox"
    }

    fn about(&self) -> &'static str {
        "mailboxes (mboxo, mboxrd, mboxcl, mboxcl2): one message an article"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["mbox", "mbx"]
    }

    fn example(&self) -> &'static [u8] {
        b"From anna@example.org Mon Jan  5 10:00:00 2004\nFrom: anna@example.org\n\
         Subject: The river\n\nA river rose.\n"
    }

    fn sniff(&self, head: &[u8]) -> bool {
        let end = memchr::memchr(b'\n', head).map_or(head.len(), |at| at + 1);
        let line = &head[..end];
        line.len() <= LINE_BYTES
            && line.starts_with(SEPARATOR)
            && (starts_header(&head[end..]) || (is_dated(line) && head.len() == end))
    }

    fn records(&self, source: Source, options: &ReadOptions, limits: &Limits) -> Cut {
        Box::new(Messages {
            stream: Stream::new(source.reader),
            path: source.path,
            charset: options.encoding.clone(),
            record_bytes: limits.record_bytes,
            ordinal: 0,
            place: Place::Start,
            failure: None,
            over: false,
        })
    }
}

struct Messages {
    stream: Stream,
    path: Arc<str>,
    charset: Option<String>,
    record_bytes: usize,
    ordinal: u64,
    place: Place,
    /// What reading failed with behind a message that is whole.
    failure: Option<io::Error>,
    over: bool,
}

/// What stands at hand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The first line of the input.
    Start,
    /// A separating line, or the end.
    Separator,
    /// What is no message, and was told to be none.
    Lost,
}

/// What is read next.
enum Next {
    Message,
    /// Something else, up to the next message.
    Other,
    End,
}

impl Iterator for Messages {
    type Item = Result<Record, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let mut start = self.stream.offset();
        let mut bytes = Vec::new();
        let read = match self.failure.take() {
            Some(error) => Err(error),
            None => self.find_message().and_then(|next| {
                if let Next::Message = next {
                    start = self.stream.offset();
                    self.message(&mut bytes)?;
                }
                Ok(next)
            }),
        };
        let length = self.stream.offset() - start;
        let origin = Origin::new(Arc::clone(&self.path), self.ordinal).at(start, length);
        let fail = |kind, detail| Some(Err(Reject::new(origin.clone(), Stage::Read, kind, detail)));
        self.ordinal += 1;
        match read {
            Ok(Next::End) => {
                self.over = true;
                None
            }
            Ok(Next::Other) => {
                let detail = "what stands in front of the first message is none".to_owned();
                fail(RejectKind::Malformed, detail)
            }
            Ok(_) if bytes.len() > self.record_bytes => {
                let detail = format!(
                    "it has {length} bytes, more than the limit record_bytes = {}",
                    self.record_bytes
                );
                fail(RejectKind::TooLong, detail)
            }
            Ok(_) if bytes.trim_ascii().is_empty() => {
                fail(RejectKind::NoText, "the message is empty".to_owned())
            }
            Ok(_) => {
                let id = message_id(&bytes);
                let content = Content::Bytes { bytes, charset: self.charset.clone() };
                Some(Ok(Record {
                    origin: Origin { record_id: id.clone(), ..origin },
                    id,
                    content,
                    media: Media::Mail,
                    metadata: Metadata::new(),
                    truncated: false,
                }))
            }
            Err(error) => {
                self.over = !resumes(&error);
                self.place = Place::Lost;
                Some(Err(reject(&error, origin)))
            }
        }
    }
}

impl Messages {
    /// Goes to the next separating line. At the very start, a message may stand without one.
    fn find_message(&mut self) -> io::Result<Next> {
        let was = std::mem::replace(&mut self.place, Place::Separator);
        let mut is_behind_blank = true;
        let mut has_passed = false;
        while was != Place::Separator && !self.is_at_separator(is_behind_blank)? {
            if was == Place::Start && !has_passed && starts_header(self.stream.peek(NEXT_BYTES)?) {
                return Ok(Next::Message);
            }
            let mut line = Vec::new();
            self.stream.line(&mut line, LINE_BYTES)?;
            if line.is_empty() {
                break;
            }
            is_behind_blank = line.trim_ascii().is_empty();
            has_passed |= !is_behind_blank;
        }
        if has_passed && was == Place::Start {
            return Ok(Next::Other);
        }
        Ok(if self.stream.fill()?.is_empty() { Next::End } else { Next::Message })
    }

    /// Reads a message: one separating line, and all up to the next. Of one above the limit, the
    /// first bytes and one more than allowed are kept.
    fn message(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        let start = self.stream.offset();
        if self.stream.peek(SEPARATOR.len())? == SEPARATOR {
            self.stream.line(bytes, LINE_BYTES)?;
            bytes.clear();
        }
        let (body, declared) = self.content_length()?;
        let most = self.record_bytes + 1;
        if let Some(length) = declared {
            self.stream.read(length, bytes)?;
            match self.stream.skip_line_ends() {
                Ok(_) => {}
                // The checksum of the member that it stands in.
                Err(error) if damaged_member(&error) == Some(start) => return Err(error),
                Err(error) => self.failure = Some(error),
            }
        } else {
            let mut is_line_start = true;
            let mut is_behind_blank = false;
            while !(is_line_start && self.is_at_separator(is_behind_blank)?) {
                let from = bytes.len();
                let end = self.stream.line(bytes, from + LINE_BYTES)?;
                let line = &bytes[from..];
                if line.is_empty() {
                    break;
                }
                is_behind_blank = is_line_start && line.trim_ascii().is_empty();
                is_line_start = end == LineEnd::Whole;
                bytes.truncate(most);
            }
            // The blank line in front of the next message belongs to the mailbox.
            for blank in [&b"\r\n\r\n"[..], b"\n\n"] {
                if bytes.ends_with(blank) {
                    bytes.truncate(bytes.len() - blank.len() / 2);
                }
            }
        }
        if bytes.len() <= self.record_bytes {
            unquote(bytes, body.min(bytes.len()), declared.is_some());
        }
        Ok(())
    }

    /// Length of the header at hand, and length of the whole message where its `Content-Length`
    /// leads to another message or to the end.
    fn content_length(&mut self) -> io::Result<(usize, Option<usize>)> {
        let mut amount = 4 << 10;
        let (body, declared) = loop {
            let next = self.stream.peek(amount)?;
            if let Some(body) = header_length(next) {
                let fields = Fields::read(&next[..body]);
                break (body, fields.text("content-length").and_then(|l| l.parse::<usize>().ok()));
            }
            if next.len() < amount || amount >= FIELD_BYTES {
                return Ok((0, None));
            }
            amount *= 2;
        };
        let Some(length) = declared.and_then(|length| length.checked_add(body)) else {
            return Ok((body, None));
        };
        if length > self.record_bytes {
            return Ok((body, None));
        }
        let all = self.stream.peek(length + BEHIND_BYTES)?;
        let leads_on = all.get(length..).is_some_and(|behind| {
            let ends = behind.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
            let is_at_line_start = ends > 0 || all[..length].ends_with(b"\n");
            behind.len() == ends || (is_at_line_start && behind[ends..].starts_with(SEPARATOR))
        });
        Ok((body, leads_on.then_some(length)))
    }

    /// Whether a message starts at the line at hand.
    fn is_at_separator(&mut self, is_behind_blank: bool) -> io::Result<bool> {
        if self.stream.peek(SEPARATOR.len())? != SEPARATOR {
            return Ok(false);
        }
        let next = self.stream.peek(LINE_BYTES + NEXT_BYTES)?;
        let Some(end) = memchr::memchr(b'\n', next) else { return Ok(false) };
        let (line, below) = next.split_at(end + 1);
        let (dated, heads) = (is_dated(line), starts_header(below));
        Ok(if is_behind_blank { dated || heads } else { dated && heads })
    }
}

/// The Message-ID of a message, without its angle brackets.
pub(crate) fn message_id(message: &[u8]) -> Option<String> {
    let header = header_length(&message[..message.len().min(FIELD_BYTES)])?;
    let fields = Fields::read(&message[..header]);
    let id = fields.text("message-id")?;
    let id = id.trim().trim_matches(['<', '>']);
    (!id.is_empty() && !id.contains(char::is_whitespace)).then(|| id.to_owned())
}

/// Whether a separating line holds a time and a year, as `asctime` writes them.
fn is_dated(line: &[u8]) -> bool {
    let words = || line.split(u8::is_ascii_whitespace);
    let is_time = |word: &[u8]| {
        let mut parts = word.split(|b| *b == b':');
        let is_part = |part: Option<&[u8]>| {
            part.is_some_and(|p| matches!(p.len(), 1 | 2) && p.iter().all(u8::is_ascii_digit))
        };
        is_part(parts.next()) && is_part(parts.next())
    };
    let is_year = |word: &[u8]| {
        word.len() == 4 && word.iter().all(u8::is_ascii_digit) && matches!(word[0], b'1' | b'2')
    };
    words().any(is_time) && words().any(is_year)
}

/// Header fields that messages start with.
const FIRST: &[&str] = &[
    "return-path",
    "received",
    "from",
    "to",
    "date",
    "subject",
    "message-id",
    "mime-version",
    "content-type",
    "delivered-to",
    "path",
    "newsgroups",
    "sender",
    "reply-to",
    "references",
    "xref",
    "status",
    "cc",
    "dkim-signature",
    "envelope-to",
    "organization",
    "lines",
    "resent-from",
];

/// Whether the next line is a header field of mail or news.
fn starts_header(below: &[u8]) -> bool {
    let below = below.strip_prefix(b">From ").map_or(below, |quoted| {
        &quoted[memchr::memchr(b'\n', quoted).map_or(quoted.len(), |at| at + 1)..]
    });
    let Some(colon) = memchr::memchr(b':', below) else { return false };
    let name = &below[..colon];
    let starts =
        |prefix: &[u8]| name.get(..prefix.len()).is_some_and(|n| n.eq_ignore_ascii_case(prefix));
    name.iter().all(|b| (33..=126).contains(b))
        && (starts(b"x-")
            || starts(b"list-")
            || starts(b"arc-")
            || FIRST.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes())))
}

/// Takes one sign from lines `>From `, `>>From ` … behind byte `body`. A body with a bare `From `
/// line whose length was `declared` was never quoted.
fn unquote(bytes: &mut Vec<u8>, body: usize, declared: bool) {
    if declared && memchr::memmem::find(&bytes[body..], b"\nFrom ").is_some() {
        return;
    }
    let mut signs = Vec::new();
    for at in memchr::memmem::find_iter(&bytes[..], b">From ") {
        let first = bytes[..at].iter().rposition(|b| *b != b'>').map_or(0, |last| last + 1);
        if first >= body && (first == 0 || bytes[first - 1] == b'\n') {
            signs.push(first);
        }
    }
    if signs.is_empty() {
        return;
    }
    let mut kept = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for sign in signs {
        kept.extend_from_slice(&bytes[from..sign]);
        from = sign + 1;
    }
    kept.extend_from_slice(&bytes[from..]);
    *bytes = kept;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records_of;

    fn read(text: &str, record_bytes: usize) -> Vec<Result<String, RejectKind>> {
        let limits = Limits { record_bytes, ..Limits::default() };
        let bytes = std::io::Cursor::new(text.as_bytes().to_vec());
        let records = records_of(bytes, "m.mbox", &ReadOptions::default(), &limits).unwrap();
        records.map(content).collect()
    }

    fn content(row: Result<Record, Reject>) -> Result<String, RejectKind> {
        match row.map_err(|reject| reject.kind)?.content {
            Content::Bytes { bytes, .. } => Ok(String::from_utf8(bytes).unwrap()),
            Content::Text(text) => Ok(text),
        }
    }

    #[test]
    fn mailboxes_of_all_kinds_are_cut() {
        let from = "From a@example.org Mon Jan  5 10:00:00 2004\n";
        let head = "Subject: a\n\n";
        let sized = |body: &str| format!("Content-Length: {}\n{head}{body}", body.len());
        let quoted = "One.\n\n>From the hill.\n>>From afar.\n";
        let bare = "One.\n\nFrom a@example.org Mon Jan  5 10:00:00 2004\nSubject: no\n";
        let cases = [
            (
                format!("{from}{head}One.\n\n{from}{head}Two.\n"),
                vec![format!("{head}One.\n"), format!("{head}Two.\n")],
            ),
            (
                format!("{from}{head}{quoted}"),
                vec![format!("{head}One.\n\nFrom the hill.\n>From afar.\n")],
            ),
            (
                format!("{from}{}\n{from}{head}Two.\n", sized(bare)),
                vec![sized(bare), format!("{head}Two.\n")],
            ),
            (
                format!("{from}Content-Length: 9\n{head}One and two.\n\n{from}{head}Two.\n"),
                vec![format!("Content-Length: 9\n{head}One and two.\n"), format!("{head}Two.\n")],
            ),
            (
                format!("{from}{head}One.\n\nFrom the hills it came.\n"),
                vec![format!("{head}One.\n\nFrom the hills it came.\n")],
            ),
            (
                format!("{from}{head}One.\r\n\r\n{from}{head}Two."),
                vec![format!("{head}One.\r\n"), format!("{head}Two.")],
            ),
        ];
        for (text, expected) in cases {
            let got: Vec<_> = read(&text, 1 << 20).into_iter().map(Result::unwrap).collect();
            assert_eq!(got, expected, "{text}");
        }
    }

    #[test]
    fn a_message_above_the_limit_costs_itself_alone() {
        let from = "From a@example.org Mon Jan  5 10:00:00 2004\nSubject: a\n\n";
        let text = format!("{from}{}\n\n{from}Two.\n", "long words ".repeat(5_000));
        let got = read(&text, 1000);
        assert_eq!(got, [Err(RejectKind::TooLong), Ok("Subject: a\n\nTwo.\n".to_owned())]);
    }

    #[test]
    fn what_stands_in_front_of_the_first_message_is_told() {
        let from = "From a@example.org Mon Jan  5 10:00:00 2004\n";
        let two = format!("{from}Subject: a\n\nTwo.\n");
        let second = || Ok("Subject: a\n\nTwo.\n".to_owned());
        let first = || Ok("Subject: b\n\nOne.\n".to_owned());
        let cases = [
            (format!("Subject: b\n\nOne.\n\n{two}"), vec![first(), second()]),
            (format!("\n\nSubject: b\n\nOne.\n\n{two}"), vec![first(), second()]),
            (format!("Words and more.\n\n{two}"), vec![Err(RejectKind::Malformed), second()]),
            (format!("\n\n{two}"), vec![second()]),
            ("Words and more.\n".to_owned(), vec![Err(RejectKind::Malformed)]),
            ("\n \n".to_owned(), vec![]),
        ];
        for (text, expected) in cases {
            let options = ReadOptions { from: Some("mbox".into()), ..ReadOptions::default() };
            let input = std::io::Cursor::new(text.clone());
            let rows = records_of(input, "m", &options, &Limits::default()).unwrap();
            let rows: Vec<_> = rows.collect();
            let first =
                rows.first().map(|row| row.as_ref().map_or_else(|r| &r.origin, |r| &r.origin));
            assert!(first.is_none_or(|origin| origin.offset < 3), "{text}");
            assert_eq!(rows.into_iter().map(content).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn a_whole_message_stands_whatever_follows() {
        struct Failing(std::io::Cursor<Vec<u8>>);
        impl std::io::Read for Failing {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                match self.0.read(buffer)? {
                    0 => Err(io::Error::other("the disk is gone")),
                    read => Ok(read),
                }
            }
        }
        let message = "Subject: a\nContent-Length: 5\n\nOne.\n";
        let text = format!("From a@example.org Mon Jan  5 10:00:00 2004\n{message}\n");
        let input = Failing(std::io::Cursor::new(text.into_bytes()));
        let rows = records_of(input, "m", &ReadOptions::default(), &Limits::default()).unwrap();
        let rows: Vec<_> = rows.take(9).map(content).collect();
        assert_eq!(rows, [Ok(message.to_owned()), Err(RejectKind::Unreadable)]);
    }

    #[test]
    fn messages_have_their_ids() {
        let text = b"Subject: a\nMessage-ID:\n <1@example.org>\n\nOne.";
        assert_eq!(message_id(text).as_deref(), Some("1@example.org"));
        assert_eq!(message_id(b"Subject: a\n\nOne."), None);
    }
}
