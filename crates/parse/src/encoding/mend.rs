//! Text as writers meant it: repaired, composed, and without characters that nobody sees.

use std::borrow::Cow;
use std::ops::Range;

use newsmill_article::{Repair, Span};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc, is_nfc_quick};

use super::mojibake::{WINDOWS_1252, repair};

/// Mends a text that has been decoded. What is done, in this order:
///
/// 1. Mojibake (UTF-8 that was read as windows-1252 or Latin-1, up to four times) is put right.
/// 2. Invisible characters: zero-width spaces, word joiners, byte order marks and soft hyphens
///    (U+200B, U+2060, U+FEFF, U+00AD) go. Marks of writing direction (U+061C, U+200E, U+200F,
///    U+202A to U+202E, U+2066 to U+2069) go where the text has no letter that is written from right
///    to left, and stay where it has. Zero-width joiners and non-joiners stay: scripts and emoji
///    need them. C1 controls become the characters that windows-1252 has in their place, since that
///    is what they were meant to be; the five that it leaves open stay. C0 controls stay: those who
///    write the text out escape them.
/// 3. The text is composed ([NFC](https://www.unicode.org/reports/tr15/)).
///
/// A text with nothing to mend is handed back as it is, after one pass over its bytes. Posts and
/// messages keep their composition and their invisible characters, each of which is a removal; what
/// was decoded wrongly becomes a [`Repair`] of the article.
///
/// ```
/// use newsmill_parse::mend;
/// assert_eq!(mend("The riverâ€™s le\u{ad}vel, cafe\u{301}"), "The river’s level, café");
/// assert!(matches!(mend("The river’s level"), std::borrow::Cow::Borrowed(_)));
/// ```
#[must_use]
pub fn mend(text: &str) -> Cow<'_, str> {
    mend_by(text, Extent::All)
}

/// How much is mended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    All,
    /// What was decoded wrongly. Invisible characters stay, to be taken out as what they are (see
    /// [`invisible`]), and nothing is composed.
    Decoding,
}

fn mend_by(text: &str, extent: Extent) -> Cow<'_, str> {
    let mut mended = Cow::Borrowed(text);
    for _ in 0..ROUNDS {
        match mend_once(&mended, extent) {
            Cow::Borrowed(_) => break,
            Cow::Owned(better) => mended = Cow::Owned(better),
        }
    }
    mended
}

/// What goes can bring together what stood apart: mending goes on until nothing changes, at most so
/// often.
const ROUNDS: usize = 4;

fn mend_once(text: &str, extent: Extent) -> Cow<'_, str> {
    let mut needs = Needs::of(text.as_bytes());
    let mut text = Cow::Borrowed(text);
    if needs.repair
        && let Some(repaired) = repair(&text)
    {
        needs = Needs::of(repaired.as_bytes());
        text = Cow::Owned(repaired);
    }
    if needs.tidying {
        let goes = extent == Extent::All;
        let has_rtl = goes && text.chars().any(is_right_to_left);
        let stays = |c: &char| !(goes && is_invisible(*c, has_rtl));
        if text.chars().any(|c| !stays(&c) || meant(c) != c) {
            text = Cow::Owned(text.chars().filter(stays).map(meant).collect());
        }
    }
    if extent == Extent::All && needs.composing && !is_composed(&text) {
        text = Cow::Owned(text.nfc().collect());
    }
    text
}

/// What was decoded wrongly put right, as [`mend`] does it, without a copy of what is fine; and where.
pub(crate) fn repaired(text: String) -> (String, Vec<Repair>) {
    match mend_by(&text, Extent::Decoding) {
        Cow::Borrowed(_) => (text, Vec::new()),
        Cow::Owned(mended) => {
            let repairs = repairs(&text, &mended);
            (mended, repairs)
        }
    }
}

/// Where a repaired text differs from the record's. Repairs make characters above ASCII of such
/// characters, so that the runs of them between ASCII are the same ones in both.
fn repairs(record: &str, text: &str) -> Vec<Repair> {
    let mut repairs = Vec::new();
    let (mut was, mut is) = (runs(record), runs(text));
    while let (Some(was), Some(is)) = (was.next(), is.next()) {
        let (old, new) = (&record[was.clone()], &text[is.clone()]);
        if old == new {
            continue;
        }
        let same = |(a, b): &(char, char)| a == b;
        let length = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
            pairs.take_while(same).map(|(c, _)| c.len_utf8()).sum()
        };
        let front = length(&mut old.chars().zip(new.chars()));
        let (old, new) = (&old[front..], &new[front..]);
        let back = length(&mut old.chars().rev().zip(new.chars().rev()));
        if let Ok(span) = Span::new(text, is.start + front..is.end - back) {
            repairs.push(Repair { span, start: was.start + front, end: was.end - back });
        }
    }
    repairs
}

/// The longest runs of characters above ASCII.
fn runs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + bytes[at..].iter().position(|b| *b >= 0x80)?;
        let length = bytes[start..].iter().position(u8::is_ascii);
        at = length.map_or(bytes.len(), |length| start + length);
        Some(start..at)
    })
}

/// The stretches of invisible characters, as [`mend`] tells them, from byte `from` on: first byte
/// and byte after the last.
pub(crate) fn invisible(text: &str, from: usize) -> Vec<(usize, usize)> {
    let mut stretches: Vec<(usize, usize)> = Vec::new();
    let rest = text.get(from..).unwrap_or_default();
    if !Needs::of(rest.as_bytes()).tidying {
        return stretches;
    }
    let has_rtl = rest.chars().any(is_right_to_left);
    for (at, c) in rest.char_indices().filter(|&(_, c)| is_invisible(c, has_rtl)) {
        let (start, end) = (from + at, from + at + c.len_utf8());
        match stretches.last_mut() {
            Some(last) if last.1 == start => last.1 = end,
            _ => stretches.push((start, end)),
        }
    }
    stretches
}

/// Whether a character shows nothing in any text.
pub(crate) fn is_nothing(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// What a text may need, by its bytes.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
struct Needs {
    repair: bool,
    tidying: bool,
    composing: bool,
}

/// Bytes looked at at once.
const BLOCK: usize = 32;

impl Needs {
    fn of(bytes: &[u8]) -> Self {
        let mut needs = Self::default();
        let mut blocks = bytes.chunks_exact(BLOCK);
        let mut at = 0;
        for block in &mut blocks {
            // The compiler makes a few wide instructions of this.
            if block.iter().fold(0, |all, b| all | b) >= 0x80 {
                needs.look(bytes, at, at + BLOCK);
            }
            at += BLOCK;
        }
        needs.look(bytes, at, bytes.len());
        needs
    }

    /// Looks at the characters that start from `start` on and before `end`.
    fn look(&mut self, bytes: &[u8], start: usize, end: usize) {
        for at in start..end {
            let lead = bytes[at];
            if lead < 0xc2 {
                continue;
            }
            let [second, third] = [1, 2].map(|n| bytes.get(at + n).copied().unwrap_or(0));
            match lead {
                // C1 controls and the soft hyphen.
                0xc2 => self.tidying |= second < 0xa0 || second == 0xad,
                // What may be the first byte of a misread character, and another one behind it; or
                // an à without its blank.
                0xc3 => {
                    self.repair |= (0x82..=0xb4).contains(&second) && third >= 0xc2
                        || second == 0x83 && third == b' ';
                }
                // Latin, Greek, Cyrillic, Armenian.
                0xc4..=0xcb | 0xcf..=0xd1 | 0xd3..=0xd5 => {}
                0xce => self.composing |= second == 0x87,
                0xd2 => self.composing |= (0x83..=0x89).contains(&second),
                // Vietnamese, punctuation and symbols, kana, ideographs, Hangul.
                0xe1 if (0xb8..=0xbb).contains(&second) => {}
                0xe2 => match (second, third) {
                    (0x80, 0x8b | 0x8e | 0x8f | 0xaa..=0xae) => self.tidying = true,
                    (0x81, 0xa0 | 0xa6..=0xa9) => self.tidying = true,
                    (0x80, 0x80 | 0x81) => self.composing = true,
                    (0x80..=0x82 | 0x85..=0x8b | 0x8d..=0xaa, _) => {}
                    _ => self.composing = true,
                },
                0xe3 if (0x83..=0xbf).contains(&second) => {}
                0xe3 if second == 0x81 || second == 0x82 && third < 0x99 => {}
                0xe3 if second == 0x80 && third < 0xaa => {}
                0xe4..=0xe9 => {}
                0xea if second >= 0xb0 => {}
                0xeb | 0xec => {}
                0xed if second <= 0x9e => {}
                0xef if (second, third) == (0xbb, 0xbf) => self.tidying = true,
                0xef if second >= 0xbc => {}
                // Emoji.
                0xf0 if second == 0x9f => {}
                0xd8 if second == 0x9c => self.tidying = true,
                _ => self.composing = true,
            }
        }
    }
}

fn is_composed(text: &str) -> bool {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => true,
        IsNormalized::No => false,
        IsNormalized::Maybe => is_nfc(text),
    }
}

fn is_invisible(c: char, has_rtl: bool) -> bool {
    let directs = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    is_nothing(c) || directs && !has_rtl
}

/// What a control character was meant to be.
fn meant(c: char) -> char {
    match c {
        '\u{80}'..='\u{9f}' => WINDOWS_1252[u32::from(c) as usize - 0x80],
        _ => c,
    }
}

/// Whether a character is of a script written from right to left.
fn is_right_to_left(c: char) -> bool {
    matches!(
        c,
        '\u{590}'..='\u{61b}' | '\u{61d}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::char::canonical_combining_class;

    #[test]
    fn what_is_mended() {
        let cases = [
            ("cafe\u{301}", "café"),
            ("\u{212b}ngstro\u{308}m", "Ångström"),
            ("so\u{ad}ft\u{200b} \u{2060}\u{feff}hyphen", "soft hyphen"),
            ("don\u{92}t \u{93}go\u{94}\u{85}", "don’t “go”…"),
            ("open \u{81} stays", "open \u{81} stays"),
            ("left\u{200e} \u{202a}only\u{202c}", "left only"),
            ("שלום\u{200f}!", "שלום\u{200f}!"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("👩\u{200d}🚀", "👩\u{200d}🚀"),
            ("a\0b\u{1b}[0m\u{7f}", "a\0b\u{1b}[0m\u{7f}"),
            ("e\u{ad}\u{301}", "é"),
            ("itÃ¢â‚¬â„¢s", "it’s"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(mend(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_fine_is_borrowed() {
        let texts = [
            "plain",
            "“Ça va?” – naïve café, Łódź, Ελλάδα, Москва, Tiếng Việt, 日本語のテキスト, 한국어",
            "שלום עולם, مرحبا بالعالم, नमस्ते, สวัสดี, ½ © ® ™ € 😀",
        ];
        for text in texts {
            assert!(matches!(mend(text), Cow::Borrowed(_)), "{text}");
        }
    }

    /// The scan by bytes and the tables of Unicode must agree on every character there is.
    #[test]
    fn no_character_that_needs_mending_is_missed() {
        for c in ('\u{0}'..=char::MAX).filter(|c| !c.is_ascii()) {
            let text = c.to_string();
            let needs = Needs::of(text.as_bytes());
            let is_stable = is_nfc_quick(text.chars()) == IsNormalized::Yes
                && canonical_combining_class(c) == 0;
            assert!(needs.composing || is_stable, "{c:?}");
            assert!(needs.tidying || !is_invisible(c, false) && meant(c) == c, "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn repairs_are_all_that_differs(text in "[a-z éÃ©â€™œÂ® \u{80}-\u{9f}à]{0,60}") {
            let (mended, repairs) = repaired(text.clone());
            let (mut again, mut at) = (String::new(), 0);
            for repair in repairs {
                again.push_str(&text[at..repair.start]);
                again.push_str(repair.span.slice(&mended));
                at = repair.end;
            }
            again.push_str(&text[at..]);
            prop_assert_eq!(again, mended);
        }

        #[test]
        fn mending_twice_changes_nothing_more(text in "[a-zé’â€™Ãœ\u{301}\u{ad}\u{200b}\u{85}\u{92}ab가ᄀ]{0,80}") {
            let once = mend(&text).into_owned();
            prop_assert!(is_nfc(&once));
            prop_assert_eq!(&*mend(&once), &once);
        }
    }
}
