//! The words of a text, with what stands between them.

/// What stands between two words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Gap {
    /// Blanks, or a line break inside a paragraph.
    Space,
    /// The `'s` of a possessive and blanks.
    Possessive,
    /// A hyphen, dash or slash.
    Dash,
    /// A comma.
    Comma,
    /// An opening bracket.
    Open,
    /// A closing bracket.
    Close,
    /// A quotation mark.
    Quote,
    /// A colon or semicolon.
    Colon,
    /// The end of a sentence.
    Stop,
    /// The end of a paragraph, or of the text.
    Break,
}

/// A word of the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'a> {
    /// As it stands, with the full stop of an abbreviation and without a possessive.
    pub(crate) text: &'a str,
    /// Its first byte in the text.
    pub(crate) start: usize,
    /// A hash of the word in small letters.
    pub(crate) hash: u32,
    /// Whether a letter in it is a capital one where names have theirs (`Ruiz`, `al-Amr`).
    pub(crate) capital: bool,
    /// What stands before it.
    pub(crate) before: Gap,
    /// What stands behind it.
    pub(crate) after: Gap,
}

impl Token<'_> {
    /// Byte after its last.
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether a sentence or quotation begins with it.
    pub(crate) fn opens(&self) -> bool {
        matches!(self.before, Gap::Stop | Gap::Break | Gap::Quote | Gap::Colon)
    }
}

/// A hash of `word` in small letters (FNV-1a); capitals outside ASCII count as they are.
pub(crate) fn hash(word: &str) -> u32 {
    word.bytes().fold(EMPTY, hash_on)
}

/// The hash of no word.
pub(crate) const EMPTY: u32 = 0x811C_9DC5;

/// The hash of a word that goes on by `b`.
pub(crate) fn hash_on(hash: u32, b: u8) -> u32 {
    (hash ^ u32::from(b.to_ascii_lowercase())).wrapping_mul(0x0100_0193)
}

/// The words of `text`. Linear in its length.
pub(crate) fn of(text: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::with_capacity(text.len() / 5);
    let mut before = Gap::Break;
    let mut at = 0;
    while at < text.len() {
        let Word { len, end, hash, capital } = word_at(text, at);
        if len > 0 {
            let word = &text[at..at + len];
            let possessive = if end > len { Gap::Possessive } else { Gap::Space };
            tokens.push(Token { text: word, start: at, hash, capital, before, after: possessive });
            before = possessive;
            at += end;
        }
        let (gap, skipped) = gap(&text[at..]);
        if gap != Gap::Space || before != Gap::Possessive {
            before = gap;
        }
        if let Some(last) = tokens.last_mut() {
            last.after = before;
        }
        at += skipped;
    }
    if let Some(last) = tokens.last_mut() {
        last.after = Gap::Break;
    }
    tokens
}

/// A word at a place of a text.
struct Word {
    /// Its length without its possessive; 0 where no word begins.
    len: usize,
    /// Its length with it.
    end: usize,
    hash: u32,
    capital: bool,
}

/// Letters and digits of ASCII in small letters; 0 for all other bytes.
static SMALL: [u8; 256] = {
    let mut small = [0; 256];
    let mut b = 0_u8;
    while b < 128 {
        if b.is_ascii_alphanumeric() {
            small[b as usize] = b.to_ascii_lowercase();
        }
        b += 1;
    }
    small
};

/// The word at byte `at`.
fn word_at(text: &str, at: usize) -> Word {
    // Most words are of ASCII letters and digits, and a blank, comma or line break ends them.
    let mut hash = EMPTY;
    let mut upper = false;
    for (len, &b) in text.as_bytes()[at..].iter().enumerate() {
        let small = SMALL[usize::from(b)];
        if small != 0 {
            upper |= b != small && len > 0;
            hash = (hash ^ u32::from(small)).wrapping_mul(0x0100_0193);
            continue;
        }
        if len > 0 && matches!(b, b' ' | b',' | b'\n' | b')' | b';' | b':') {
            let word = &text[at..at + len];
            let first = word.as_bytes()[0];
            let capital = if upper && !first.is_ascii_uppercase() {
                has_capital(word)
            } else {
                first.is_ascii_uppercase() && word != "I"
            };
            return Word { len, end: len, hash, capital };
        }
        break;
    }
    let (len, end) = word_len(&text[at..]);
    let word = &text[at..at + len];
    Word { len, end, hash: self::hash(word), capital: has_capital(word) }
}

/// Whether a letter in `word` is a capital one where names have theirs. `I` and what is drawn together
/// with it are no names.
fn has_capital(word: &str) -> bool {
    let mut chars = word.chars();
    if chars.next().is_some_and(char::is_uppercase) {
        return !(word.starts_with('I') && matches!(chars.next(), None | Some('\'' | '’')));
    }
    if !word.bytes().skip(1).any(|b| b.is_ascii_uppercase()) {
        return false;
    }
    let prefixes =
        ["al-", "el-", "d'", "d’", "ash-", "an-", "as-", "ad-", "ar-", "at-", "bin-", "e", "i"];
    word.is_char_boundary(1)
        && prefixes
            .iter()
            .any(|p| word.strip_prefix(p).is_some_and(|rest| rest.starts_with(char::is_uppercase)))
}

/// Length of the word at the start of `text`, without and with its possessive.
fn word_len(text: &str) -> (usize, usize) {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut capital = false;
    while let Some(&b) = bytes.get(at) {
        if b.is_ascii_alphanumeric() || b == b'&' || b == b'_' || b == b'@' || b == b'#' {
            capital |= at == 0 && b.is_ascii_uppercase();
            at += 1;
            continue;
        }
        let Some(c) = (if b < 128 { Some(char::from(b)) } else { text[at..].chars().next() })
        else {
            break;
        };
        let next = text[at + c.len_utf8()..].chars().next();
        let inner = at > 0 && next.is_some_and(char::is_alphanumeric);
        match c {
            '.' | '\'' | '’' if inner => {}
            // `U.S.-led` and `Lima-based` are two words, `Al-Amr` is one.
            '-' | '‑' if inner && !(capital && next.is_some_and(char::is_lowercase)) => {}
            '.' if at > 0 && is_abbreviation(&text[..at]) => {
                at += 1;
                break;
            }
            c if c.is_alphanumeric() => capital |= at == 0 && c.is_uppercase(),
            _ => break,
        }
        at += c.len_utf8();
    }
    let word = &text[..at];
    for suffix in ["'s", "’s"] {
        if let Some(rest) = word.strip_suffix(suffix) {
            return (rest.len(), at);
        }
    }
    let rest = &text[at..];
    let plural = word.ends_with('s') && (rest.starts_with('\'') || rest.starts_with('’'));
    let mark = rest.chars().next().map_or(0, char::len_utf8);
    if plural && rest[mark..].starts_with(' ') { (at, at + mark) } else { (at, at) }
}

/// Whether a full stop behind `word` belongs to it.
fn is_abbreviation(word: &str) -> bool {
    let short = word.len() <= 2 && word.starts_with(|c: char| c.is_ascii_uppercase());
    (short && (word.len() == 1 || matches!(word, "Mr" | "Ms" | "Dr" | "Jr" | "Sr" | "St" | "Lt")))
        || (word.len() <= 8
            && word.contains('.')
            && word.len() == 2 * word.matches('.').count() + 1)
        || matches!(
            word,
            "Mrs"
                | "Sen"
                | "Rep"
                | "Gov"
                | "Gen"
                | "Col"
                | "Sgt"
                | "Capt"
                | "Maj"
                | "Prof"
                | "Rev"
                | "Hon"
                | "Adm"
                | "Cmdr"
                | "Cpl"
                | "Ph"
                | "Inc"
                | "Corp"
                | "Ltd"
                | "Bros"
                | "Reps"
                | "Sens"
                | "Mme"
        )
}

/// The strongest gap at the start of `text`, and the bytes to the next word.
fn gap(text: &str) -> (Gap, usize) {
    let bytes = text.as_bytes();
    let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    match bytes {
        [b' ', ..] if letter(1) => return (Gap::Space, 1),
        [b',', b' ', ..] if letter(2) => return (Gap::Comma, 2),
        [b'.', b' ', ..] if letter(2) => return (Gap::Stop, 2),
        _ => {}
    }
    let mut gap = Gap::Space;
    let mut lines = 0;
    let mut at = 0;
    for c in text.chars() {
        let found = match c {
            '\n' => {
                lines += 1;
                if lines > 1 { Gap::Break } else { Gap::Space }
            }
            '.' | '!' | '?' | '…' => Gap::Stop,
            ',' => Gap::Comma,
            ':' | ';' => Gap::Colon,
            '(' | '[' => Gap::Open,
            ')' | ']' => Gap::Close,
            '"' | '“' | '”' | '„' | '«' | '»' | '‘' | '\'' | '’' => Gap::Quote,
            '-' | '–' | '—' | '/' | '|' | '•' => Gap::Dash,
            '&' | '_' | '@' | '#' => break,
            c if c.is_alphanumeric() => break,
            c if c.is_whitespace() => Gap::Space,
            _ => Gap::Dash,
        };
        if found as u8 > gap as u8 {
            gap = found;
        }
        at += c.len_utf8();
    }
    (gap, at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_and_gaps() {
        let words = |text| of(text).into_iter().map(|t| (t.text, t.after)).collect::<Vec<_>>();
        use Gap::{Break, Close, Comma, Dash, Open, Possessive, Space, Stop};
        let cases: &[(&str, &[(&str, Gap)])] = &[
            ("Ana Ruiz left.", &[("Ana", Space), ("Ruiz", Space), ("left", Break)]),
            ("Lima’s mayor", &[("Lima", Possessive), ("mayor", Break)]),
            ("U.S.-led, al-Amr", &[("U.S.", Dash), ("led", Comma), ("al-Amr", Break)]),
            ("J. Doe. She", &[("J.", Space), ("Doe", Stop), ("She", Break)]),
            ("Mr. Doe (AP) a", &[("Mr.", Space), ("Doe", Open), ("AP", Close), ("a", Break)]),
            ("AT&T & Co", &[("AT&T", Space), ("&", Space), ("Co", Break)]),
            ("a\n\nb\nc", &[("a", Break), ("b", Space), ("c", Break)]),
            ("Banks’ loans", &[("Banks", Possessive), ("loans", Break)]),
        ];
        for (text, want) in cases {
            assert_eq!(&words(text), want, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn words_are_in_order(text in "([A-Za-z]{1,3}|[.,’'()&\" \n-]|É|\\PC){0,40}") {
            let mut end = 0;
            for token in of(&text) {
                prop_assert!(token.start >= end && !token.text.is_empty());
                prop_assert_eq!(&text[token.start..token.end()], token.text);
                end = token.end();
            }
        }
    }
}
