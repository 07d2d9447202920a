//! Mail and news messages with a header (RFC 5322, RFC 5536).

mod header;
mod marks;
mod mime;
mod transfer;

use newsmill_article::{
    Article, ArticleId, Content, Limits, Media, Metadata, Reason, Record, Reject, RejectKind,
    Removal, Span, Stage,
};

use crate::encoding::{note_replaced, repaired};
use crate::post::name_by_place;
use crate::{Confidence, Syntax, decode, html, layout};
use header::Header;
use mime::Body;

/// A mail or news message: a header, a blank line, and a body in one part or many.
///
/// The article's text is the header, taken out as furniture, and the text of the part that is read:
/// the plain one, unless it is missing or a stub beside an HTML part, which is then read as a page.
/// Transfer encodings and charsets are undone, attachments left out. Subject, author, date, groups
/// and message id go into the metadata, encoded words decoded. The body is laid out like a post, with
/// soft line breaks where the header says `format=flowed` (RFC 3676). Attributions, signatures,
/// footers of mailing lists and encoded files (uuencode, yEnc) are removals; quoted text stays,
/// marked by its depth.
#[derive(Clone, Copy, Debug)]
pub struct Mail;

/// Header fields that go into the metadata, in lower case.
const CARRIED: [&str; 5] = ["subject", "from", "date", "newsgroups", "message-id"];

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
        match record.media {
            Media::Mail if !header.is_empty() => Confidence::Certain,
            Media::Plain if header.is_of_message() => Confidence::Likely,
            _ => Confidence::No,
        }
    }

    fn parse(&self, record: Record, limits: &Limits) -> Result<Article, Reject> {
        let Record { origin, id, content, mut metadata, truncated, .. } = record;
        let (raw, declared) = match content {
            Content::Text(text) => (text.into_bytes(), Some("utf-8".to_owned())),
            Content::Bytes { bytes, charset } => (bytes, charset),
        };
        let header = Header::read(&raw);
        carry(&header, &mut metadata);
        let Some(body) = mime::body(&raw, declared.as_deref()) else {
            let detail = "the message has no part of text";
            return Err(Reject::new(origin, Stage::Parse, RejectKind::NoText, detail));
        };
        let body = match body {
            Body::Plain(plain) => plain,
            Body::Html(content) => {
                let media = Media::Html;
                let page = Record { origin, id, content, media, metadata, truncated };
                return html::part_of_message(page, limits);
            }
        };
        let head = decode(raw[..header.body].to_vec(), declared.as_deref());
        note_replaced(head.replaced + body.replaced, &mut metadata);
        let mut text = head.text;
        let start = text.len();
        text.push_str(&body.text);
        let (text, repairs) = repaired(text);
        // Mending may have moved bytes: the header is read again where the text is.
        let start = match Header::read(text.as_bytes()).body {
            0 => start.min(text.len()),
            found => found,
        };
        let marks = marks::marks(&text, start);
        let mut layout = layout::lay_out(&text, start, body.is_flowed, limits);
        if let Some(from) = marks.quoted_from {
            for block in layout.blocks.iter_mut().filter(|b| b.span.start() >= from) {
                block.quoted = block.quoted.saturating_add(1);
            }
        }
        let taken = marks.taken.into_iter().filter_map(|(range, reason)| {
            let span = Span::new(&text, range).ok()?.trim(&text);
            (!span.is_empty()).then(|| Removal::new(span, reason, Stage::Parse))
        });
        let header = Span::new(&text, 0..start)
            .ok()
            .map(|span| Removal::new(span.trim(&text), Reason::Furniture, Stage::Parse));
        // Larger ones first: they absorb what the layout found in them.
        let mut removals: Vec<Removal> = header.into_iter().chain(taken).collect();
        removals.append(&mut layout.removals);
        removals.sort_by_key(|r| (r.span.start(), std::cmp::Reverse(r.span.end())));
        layout.removals = removals;
        let id = id.map_or_else(|| name_by_place(&origin.path, origin.ordinal), ArticleId::from);
        let mut article = layout.into_article(id, origin, text)?;
        article.metadata = metadata;
        article.truncated = truncated;
        article.repairs = repairs;
        Ok(article)
    }
}

/// Puts the header fields users ask for into the metadata, where it has none of that name.
fn carry(header: &Header<'_>, metadata: &mut Metadata) {
    for name in CARRIED {
        if let Some(value) = header.words(name)
            && metadata.get(name).is_none()
        {
            // The only error is one of writing JSON, which a text never meets.
            drop(metadata.push_text(name, &value));
        }
    }
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
    fn html_parts_are_read_as_their_charset_says() {
        let html = "Subject: Rain\nContent-Type: text/html";
        let head = "<title>Template</title><meta name=author content='A Shop'>\
            <meta name=date content=2001-02-03><link rel=canonical href=https://example.org/t>";
        let cases = [
            (format!("{html}\n\n{head}<meta charset=windows-1251>"), &b"\xd0\xe5\xea\xe0"[..]),
            (format!("{html}; charset=koi8-r\n\n{head}"), b"\xf2\xc5\xcb\xc1"),
            (format!("{html}; charset=utf-8\n\n{head}"), "\u{420}\u{435}\u{43a}\u{430}".as_bytes()),
        ];
        for (start, word) in cases {
            let mut record = Record::text(Origin::new("mail", 0), "");
            let bytes = [start.as_bytes(), b"<p>", word, b" rose in the night."].concat();
            record.content = Content::Bytes { bytes, charset: None };
            let article = crate::parse(record, &Limits::default()).unwrap();
            assert!(article.kept().text().contains("\u{420}\u{435}\u{43a}\u{430} rose"), "{start}");
            let facts = newsmill_article::Facts::default();
            assert_eq!(article.facts, facts, "{start}");
            assert_eq!(article.metadata.text("subject").as_deref(), Some("Rain"));
        }
    }

    #[test]
    fn what_decoding_replaced_is_counted() {
        let part = "--b\nContent-Type: text/plain; charset=utf-8\n\nThe \u{1} river\n";
        let mail = format!(
            "Subject: Rain\nContent-Type: multipart/mixed; boundary=b\n\n{part}{part}--b--"
        );
        let mut bytes = mail.into_bytes();
        for byte in bytes.iter_mut().filter(|b| **b == 1) {
            *byte = 0xff;
        }
        let mut record = Record::text(Origin::new("mail", 0), "");
        record.content = Content::Bytes { bytes, charset: None };
        let article = crate::parse(record, &Limits::default()).unwrap();
        let count = article.metadata.get("replaced_characters").map(|c| c.get().to_owned());
        assert_eq!(count.as_deref(), Some("2"));
        assert_eq!(article.kept().text().matches('\u{fffd}').count(), 2);
    }

    #[test]
    fn header_fields_are_mended() {
        let article =
            parse("Subject: =?utf-8?q?I_don=C2=92t_know?=\nFrom: RenÃ©\n\nThe river rose.")
                .unwrap();
        assert_eq!(article.metadata.text("subject").as_deref(), Some("I don’t know"));
        assert_eq!(article.metadata.text("from").as_deref(), Some("René"));
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
                "The café is closed = shut",
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
    fn parts_are_chosen_and_decoded() {
        let head = "From: =?utf-8?q?Ren=C3=A9?= <r@example.org>\nSubject: b\nMIME-Version: 1.0\n";
        let plain = "Content-Type: text/plain; charset=utf-8\n\nThe river rose by two metres.\n";
        let page = "Content-Type: text/html\n\n<p>The river rose and fell again.</p>\n";
        let file = "Content-Type: text/plain\nContent-Disposition: attachment\n\nA file.\n";
        let many = |kind: &str, parts: &[&str]| {
            let parts = parts.iter().map(|part| format!("--x\n{part}\n"));
            let parts: String = parts.collect();
            format!(
                "{head}Content-Type: multipart/{kind}; boundary=x\n\npreamble\n{parts}--x--\nend\n"
            )
        };
        let nested = "Content-Type: multipart/alternative; boundary=\"x y\"\n\n--x y\n\
                      Content-Type: text/plain\n\nInner words.\n--x y--\n";
        let cases = [
            (many("alternative", &[plain, page]), "The river rose by two metres."),
            (many("mixed", &[plain, file]), "The river rose by two metres."),
            (many("mixed", &[nested, file]), "Inner words."),
            (many("mixed", &["\nNo header.\n", plain]), "No header.\n\nThe river rose by two metres."),
            (many("alternative", &[page]), "The river rose and fell again."),
            (many("mixed", &["Content-Type: message/rfc822\n\nSubject: c\n\nPassed on.\n"]), "Passed on."),
            (
                many("mixed", &["\n \n", "Content-Type: message/rfc822\n\nSubject: c\n\nPassed on.\n"]),
                "Passed on.",
            ),
            (
                format!("{head}Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogYwoKUGFzc2VkIG9uLgo="),
                "Passed on.",
            ),
            (
                format!("{head}Content-Type: multipart/mixed; boundary=b\n\n--b of a part\n\nIt rained.\n--b--"),
                "It rained.",
            ),
            (format!("{head}Content-Type: text/html\n\n<p>It rained.</p>"), "It rained."),
            (
                format!("{head}Content-Transfer-Encoding: base64\n\nVGhlIHJpdmVyIHJvc2Uu\n"),
                "The river rose.",
            ),
            (
                "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nVGhlIHJpdmVyIHJvc2Uu".into(),
                "The river rose.",
            ),
        ];
        for (text, want) in cases {
            let article = parse(&text).unwrap();
            assert_eq!(article.kept().text(), want, "{text}");
            if text.contains("From:") {
                assert_eq!(article.metadata.text("from").as_deref(), Some("René <r@example.org>"));
            }
        }
        let image = many("mixed", &["Content-Type: image/png\n\nxx\n"]);
        assert_eq!(parse(&image).unwrap_err().kind, RejectKind::NoText);
    }

    #[test]
    fn what_programs_and_lists_add_goes_and_quotes_stay() {
        let head = "From: a@example.org\nSubject: b\n\n";
        let uu = "begin 644 a.txt\n-02!R:79E<B!R;W-E+@``\n`\nend\n";
        let line = "_".repeat(47);
        let cases = [
            (
                "On 5 Jan 2004, Anna\n<a@example.org> wrote:\n> It rose.\n\nIt did.\n",
                "It rose.\n\nIt did.",
            ),
            (
                "It did.\n\n-----Original Message-----\nFrom: A\nTo: B\n\nIt rose.\n",
                "It did.\n\nIt rose.",
            ),
            (
                "It did.\n5 Jan 2004, Anna <\na@example.org> wrote:\n\n> It rose.\n",
                "It did.\n\nIt rose.",
            ),
            ("It did.\n-- \nAnna\nThe Valley\n", "It did."),
            ("It did.\n\nSent from my telephone\n", "It did."),
            ("It did.\n\nbegin at noon, they said.\n", "It did.\n\nbegin at noon, they said."),
        ];
        for (body, want) in cases {
            let article = parse(&format!("{head}{body}")).unwrap();
            assert_eq!(article.kept().text(), want, "{body}");
        }
        let article = parse(&format!("{head}See this.\n\n{uu}\nIt rose.\n")).unwrap();
        assert_eq!(article.kept().text(), "See this.\n\nIt rose.");
        let footer = format!(
            "It did.\n\n{line}\nRivers mailing list\nhttps://example.org/listinfo/rivers\n"
        );
        assert_eq!(parse(&format!("{head}{footer}")).unwrap().kept().text(), "It did.");
        let passed = parse(&format!("{head}{}", cases[1].0)).unwrap();
        assert_eq!(passed.blocks().iter().map(|b| b.quoted).max(), Some(1));
    }

    #[test]
    fn hostile_messages_are_survived() {
        let head = "From: a\nSubject: b\n";
        let nested = "Content-Type: message/rfc822\n\n".repeat(20_000);
        let multi: String = (0..5_000)
            .map(|i| format!("Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n"))
            .collect();
        let dashes =
            format!("Content-Type: multipart/mixed; boundary=x\n\n{}", "--y\n".repeat(200_000));
        let words = format!("Subject: {}\n\nbody", "=?utf-8?q?a?= ".repeat(20_000));
        let fields = format!("{}\nbody", "To: a\n".repeat(50_000));
        let drawn = format!("\n{}", "----------------------\nFrom: a\n".repeat(20_000));
        for text in [nested, multi, dashes, words, fields, drawn, "\n-- \n".repeat(50_000)] {
            drop(parse(&format!("{head}{text}")));
        }
        let all: Vec<u8> = (0..=255).cycle().take(70_000).collect();
        for lead in [
            "\n",
            "Content-Transfer-Encoding: base64\n\n",
            "Content-Type: multipart/x; boundary=\"\n\n",
        ] {
            let mut record = Record::text(Origin::new("m", 0), "");
            let bytes = [head.as_bytes(), lead.as_bytes(), &all].concat();
            record.content = Content::Bytes { bytes, charset: None };
            drop(crate::parse(record, &Limits::default()));
        }
    }
}
