//! What mail programs, lists and news put around a text: attributions, signatures, footers, encoded
//! files.

use std::ops::Range;

use newsmill_article::Reason;

/// Most bytes of a signature, and of a list's footer.
const FOOT_BYTES: usize = 1500;

/// Most lines of these.
const FOOT_LINES: usize = 24;

/// What the last line of a yEnc file starts with.
const YEND: &str = "=yend ";

/// Most lines and bytes of an attribution.
const ATTRIBUTION: (usize, usize) = (3, 400);

/// What stands around the text of a message.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Bytes that are no text, in order, without overlap.
    pub(super) taken: Vec<(Range<usize>, Reason)>,
    /// Where a whole message that is answered or passed on starts, which no signs mark as quoted.
    pub(super) quoted_from: Option<usize>,
}

/// One line.
#[derive(Clone, Copy, Debug)]
struct Line<'t> {
    start: usize,
    end: usize,
    text: &'t str,
    is_quoted: bool,
}

/// Finds the marks in `text` from byte `from` on. Linear.
pub(super) fn marks(text: &str, from: usize) -> Marks {
    let lines = lines(text, from);
    let mut marks = Marks::default();
    let last_yend = lines.iter().rposition(|line| line.text.starts_with(YEND)).unwrap_or(0);
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        let taken = if let Some(last) = blob(&lines, at, last_yend) {
            Some((last, Reason::Markup))
        } else if let Some(last) = separator(&lines, at) {
            marks.quoted_from = marks.quoted_from.or(lines.get(last + 1).map(|l| l.start));
            Some((last, Reason::Furniture))
        } else if let Some((last, is_bare)) = attribution(&lines, at) {
            if is_bare {
                marks.quoted_from = marks.quoted_from.or(lines.get(last + 1).map(|l| l.start));
            }
            Some((last, Reason::Furniture))
        } else {
            foot(&lines, at).map(|last| (last, Reason::Furniture))
        };
        match taken {
            Some((last, reason)) => {
                marks.taken.push((line.start..lines[last].end, reason));
                at = last + 1;
            }
            None => at += 1,
        }
    }
    marks
}

fn lines(text: &str, from: usize) -> Vec<Line<'_>> {
    let mut start = from;
    let mut lines = Vec::new();
    for raw in text[from..].split_inclusive('\n') {
        let text = raw.trim_end_matches(['\r', '\n']);
        let is_quoted = text.trim_start().starts_with('>');
        lines.push(Line { start, end: start + text.len(), text, is_quoted });
        start += raw.len();
    }
    lines
}

/// The last line of an encoded file or a signature of PGP that starts at line `at`; `last_yend` is the
/// last line that ends a yEnc file.
fn blob(lines: &[Line<'_>], at: usize, last_yend: usize) -> Option<usize> {
    let text = lines[at].text;
    let rest = &lines[at + 1..];
    if let Some(head) = text.strip_prefix("begin ") {
        let mode = head.split(' ').next().unwrap_or_default();
        if !matches!(mode.len(), 3 | 4) || !mode.bytes().all(|b| (b'0'..=b'7').contains(&b)) {
            return None;
        }
        let coded = rest.iter().take_while(|line| is_uuencoded(line.text)).count();
        let end = rest.get(coded).is_some_and(|line| line.text.trim() == "end");
        // A part of a file has no end.
        return (coded > 0).then_some(at + coded + usize::from(end));
    }
    if text.starts_with("=ybegin ") && at < last_yend {
        // Bytes of yEnc look like anything; only its end tells where it ends.
        let end = rest.iter().position(|line| line.text.starts_with(YEND));
        return end.map(|end| at + 1 + end);
    }
    if text == "-----BEGIN PGP SIGNATURE-----" {
        let end = rest.iter().take(60).position(|line| line.text == "-----END PGP SIGNATURE-----");
        return end.map(|end| at + 1 + end);
    }
    if text == "-----BEGIN PGP SIGNED MESSAGE-----" {
        return Some(at + rest.iter().take(5).take_while(|l| l.text.starts_with("Hash:")).count());
    }
    None
}

/// Whether a line has the length that its first sign says (POSIX uuencode).
fn is_uuencoded(line: &str) -> bool {
    let bytes = line.as_bytes();
    let Some((first, data)) = bytes.split_first() else { return false };
    let signs = |b: &u8| (b' '..=b'`').contains(b);
    if !signs(first) || !data.iter().all(signs) {
        return false;
    }
    let length = usize::from((first - b' ') & 0x3f).div_ceil(3) * 4;
    // Spaces at the end are often lost, and some programs add a sign.
    data.len() <= length + 1 && (data.len() + 3 >= length || line.contains(' '))
}

/// The last line of what stands between an answer and the whole message below it: a line
/// `-----Original Message-----`, a drawn line, and the header in any language's names.
fn separator(lines: &[Line<'_>], at: usize) -> Option<usize> {
    let line = lines[at];
    if line.is_quoted {
        return None;
    }
    let bare = line.text.trim();
    let inner = bare.trim_matches('-');
    let named = inner.len() + 6 <= bare.len() && {
        let words = inner.trim().to_lowercase();
        SEPARATORS.iter().any(|known| words.starts_with(known))
    };
    let drawn = bare.len() >= 20 && bare.bytes().all(|b| matches!(b, b'_' | b'-'));
    let begins = bare.eq_ignore_ascii_case("Begin forwarded message:");
    let bare_header = is_header(bare) && at > 0 && lines[at - 1].text.trim().is_empty();
    if !(named || drawn || begins || bare_header) {
        return None;
    }
    let mut last = at;
    let first = usize::from(named || drawn || begins);
    let mut fields = 0;
    for (index, line) in lines.iter().enumerate().skip(at + first).take(12) {
        if is_header(line.text.trim()) {
            fields += 1;
            last = index;
        } else if fields > 0 || !line.text.trim().is_empty() {
            break;
        }
    }
    (named || fields >= 3 || (begins && fields > 0)).then_some(last)
}

/// How mail programs name the message below.
const SEPARATORS: [&str; 12] = [
    "original message",
    "forwarded message",
    "ursprüngliche nachricht",
    "weitergeleitete nachricht",
    "message d'origine",
    "message original",
    "mensaje original",
    "mensaje reenviado",
    "messaggio originale",
    "oorspronkelijk bericht",
    "oprindelig meddelelse",
    "reply message",
];

/// Whether a line is one of a header as mail programs show it.
fn is_header(line: &str) -> bool {
    let name = line.trim_matches('*').split(':').next().unwrap_or_default().trim_matches('*');
    line.contains(':')
        && [
            "From", "Sent", "To", "Cc", "Date", "Subject", "Reply-To", "Von", "Gesendet", "An",
            "Betreff", "De", "Envoyé", "À", "Objet", "Enviado", "Para", "Asunto", "Da", "Inviato",
            "A", "Oggetto",
        ]
        .contains(&name)
}

/// The last line of an attribution that starts at line `at`, and whether what it introduces is not
/// marked as quoted: `On …, X wrote:`, `X writes:`, `In article <…> …`.
fn attribution(lines: &[Line<'_>], at: usize) -> Option<(usize, bool)> {
    let line = lines[at];
    if line.is_quoted || line.text.trim().is_empty() || line.text.len() > ATTRIBUTION.1 {
        return None;
    }
    let mut all = String::new();
    let mut last = at;
    for (index, line) in lines.iter().enumerate().skip(at).take(ATTRIBUTION.0) {
        if line.is_quoted || line.text.trim().is_empty() || all.len() > ATTRIBUTION.1 {
            return None;
        }
        all.push_str(line.text.trim());
        last = index;
        if line.text.trim_end().ends_with(':') {
            break;
        }
        all.push(' ');
    }
    let next = lines[last + 1..].iter().find(|line| !line.text.trim().is_empty())?;
    let lower = all.to_lowercase();
    let opens = OPENERS.iter().any(|open| lower.starts_with(open));
    // A short answer may stand right above the attribution.
    if last > at && !opens && !line.text.contains(|c: char| c.is_ascii_digit() || "<@".contains(c))
    {
        return None;
    }
    let tells = VERBS.iter().any(|verb| lower.contains(verb));
    let is_dated = all.bytes().any(|b| b.is_ascii_digit()) && (all.contains('@') || has_time(&all));
    if next.is_quoted {
        let is_bare_address = is_dated && all.contains('<') && all.ends_with(['>', ':']);
        return ((tells && all.ends_with(':')) || is_bare_address).then_some((last, false));
    }
    (tells && is_dated && opens && all.ends_with(':')).then_some((last, true))
}

/// What attributions start with that give the day first, in lower case.
const OPENERS: [&str; 8] = ["on ", "am ", "le ", "el ", "il ", "op ", "den ", "em "];

/// Verbs of attributions.
const VERBS: [&str; 15] = [
    "wrote",
    "writes",
    "schrieb",
    "a écrit",
    "escribió",
    "escribio",
    "ha scritto",
    "schreef",
    "skrev",
    "написал",
    "escreveu",
    "napisał",
    "said:",
    "spake",
    "says:",
];

fn has_time(text: &str) -> bool {
    text.as_bytes().windows(4).any(|w| {
        w[0].is_ascii_digit() && w[1] == b':' && w[2].is_ascii_digit() && w[3].is_ascii_digit()
    })
}

/// The last line of a signature or a list's footer that starts at line `at`: it ends where quoted
/// text or another mark begins.
fn foot(lines: &[Line<'_>], at: usize) -> Option<usize> {
    let line = lines[at];
    if line.is_quoted {
        return None;
    }
    let bare = line.text.trim();
    let is_signature = line.text == "-- ";
    let is_drawn = bare.len() >= 10 && bare.bytes().all(|b| b"_-=*~".contains(&b));
    if !is_signature && !is_drawn {
        return is_device(bare).then_some(at);
    }
    let mut last = at;
    let mut bytes = 0;
    for index in at + 1..lines.len() {
        let below = lines[index];
        bytes += below.text.len() + 1;
        if bytes > FOOT_BYTES || index > at + FOOT_LINES {
            return None;
        }
        if below.is_quoted
            || below.text == "-- "
            || separator(lines, index).is_some()
            || attribution(lines, index).is_some()
        {
            break;
        }
        if !below.text.trim().is_empty() {
            last = index;
        }
    }
    if is_signature {
        return Some(last);
    }
    let lists = |line: &Line<'_>| {
        let lower = line.text.to_lowercase();
        LISTS.iter().any(|known| lower.contains(known))
    };
    (lines[at..=last].iter().take(8).any(lists) && lines.len() - last <= 3).then_some(last)
}

/// What the footers of mailing lists say.
const LISTS: [&str; 7] = [
    "mailing list",
    "unsubscribe",
    "/listinfo/",
    "listserv",
    "mailing-list",
    "majordomo",
    "yahoo! groups",
];

/// Whether a line only says what a message was written on.
fn is_device(line: &str) -> bool {
    line.len() <= 60
        && [
            "Sent from my ",
            "Sent from Mail for ",
            "Sent via ",
            "Sent with Sparrow",
            "Sent with Spark",
            "Get Outlook for ",
            "Gesendet von meinem ",
            "Von meinem iPhone gesendet",
            "Envoyé de mon ",
            "Enviado desde mi ",
        ]
        .iter()
        .any(|start| line.starts_with(start))
}
