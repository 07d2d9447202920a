//! A line as a row of small numbers: known words, and signs such as addresses and figures.

use std::collections::HashMap;

/// A word of the phrase lists, a sign, or [`OTHER`].
pub(super) type Token = u16;

/// A word no phrase knows.
pub(super) const OTHER: Token = 0;
/// A word that starts with a digit.
pub(super) const NUMBER: Token = 1;
/// A web address, with or without scheme.
pub(super) const URL: Token = 2;
/// An e-mail address.
pub(super) const MAIL: Token = 3;
/// `@name`.
pub(super) const HANDLE: Token = 4;
/// A colon behind a word.
pub(super) const COLON: Token = 5;
/// `©`.
pub(super) const COPYRIGHT: Token = 6;

/// Where a sentence or clause ends; never twice in a row.
pub(super) const STOP: Token = 7;

/// The signs that phrases may name, by their name in the phrase file.
pub(super) const SIGNS: [(&str, Token); 6] = [
    ("number", NUMBER),
    ("url", URL),
    ("mail", MAIL),
    ("handle", HANDLE),
    ("colon", COLON),
    ("copyright", COPYRIGHT),
];

/// Longer words are none of the vocabulary's.
const WORD_BYTES_MAX: usize = 24;

/// The words that phrases are made of.
#[derive(Debug)]
pub(super) struct Vocabulary {
    words: HashMap<Box<str>, Token>,
    /// Whether a word starts with this (folded) byte and is this long: most words of a text fall
    /// through here, before they are hashed.
    plausible: Vec<bool>,
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self { words: HashMap::new(), plausible: vec![false; 256 * (WORD_BYTES_MAX + 1)] }
    }
}

impl Vocabulary {
    /// The number of a folded word, given to it now if it has none yet.
    pub(super) fn add(&mut self, word: &str) -> Token {
        if let Some(&token) = self.words.get(word) {
            return token;
        }
        let next = self.words.len() + usize::from(STOP) + 1;
        let token = Token::try_from(next).unwrap_or(OTHER);
        if let Some(place) = Self::place(word) {
            self.plausible[place] = true;
        }
        self.words.insert(word.into(), token);
        token
    }

    fn find(&self, word: &str) -> Token {
        if Self::place(word).is_none_or(|place| !self.plausible[place]) {
            return OTHER;
        }
        self.words.get(word).copied().unwrap_or(OTHER)
    }

    fn place(word: &str) -> Option<usize> {
        let first = usize::from(*word.as_bytes().first()?);
        (word.len() <= WORD_BYTES_MAX).then_some(first * (WORD_BYTES_MAX + 1) + word.len())
    }
}

/// What a line looks like, apart from its words.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shape {
    /// Words, numbers and addresses.
    pub(super) words: usize,
    /// Letters that have a case.
    pub(super) letters: usize,
    /// Of these, capitals.
    pub(super) capitals: usize,
    /// Exclamation marks.
    pub(super) exclamations: usize,
    /// Quotation marks of any kind.
    pub(super) quotes: usize,
    /// Web addresses.
    pub(super) urls: usize,
    /// E-mail addresses and handles.
    pub(super) mails: usize,
    /// Digits.
    pub(super) digits: usize,
}

/// Reads lines into tokens; keeps its room from line to line.
#[derive(Debug, Default)]
pub(super) struct Reader {
    tokens: Vec<Token>,
    word: String,
    shape: Shape,
}

impl Reader {
    /// The tokens and the shape of a line.
    pub(super) fn read(&mut self, line: &str, vocabulary: &Vocabulary) -> (&[Token], Shape) {
        self.tokens.clear();
        self.shape = Shape::default();
        for chunk in line.split(|c: char| c.is_whitespace() || "<>()[]".contains(c)) {
            match address(chunk) {
                Some(sign) => {
                    self.tokens.push(sign);
                    self.shape.words += 1;
                    self.shape.urls += usize::from(sign == URL);
                    self.shape.mails += usize::from(sign != URL);
                }
                None => self.words(chunk, vocabulary),
            }
        }
        (&self.tokens, self.shape)
    }

    /// The words of a chunk that is no address.
    fn words(&mut self, chunk: &str, vocabulary: &Vocabulary) {
        let shape = &mut self.shape;
        for c in chunk.chars() {
            if c.is_ascii_alphanumeric() {
                shape.letters += usize::from(c.is_ascii_alphabetic());
                shape.capitals += usize::from(c.is_ascii_uppercase());
                shape.digits += usize::from(c.is_ascii_digit());
                self.word.push(c.to_ascii_lowercase());
                continue;
            }
            if !c.is_ascii() && c.is_alphanumeric() {
                shape.letters += usize::from(c.is_lowercase() || c.is_uppercase());
                shape.capitals += usize::from(c.is_uppercase());
                fold(c, &mut self.word);
                continue;
            }
            if is_invisible(c) {
                continue;
            }
            end_word(&mut self.word, &mut self.tokens, shape, vocabulary);
            match c {
                '.' | '!' | '?' | ';' | '|' | '•' | '·' | '–' | '—' | '…' | '。'
                    if self.tokens.last().is_some_and(|&last| last != STOP) =>
                {
                    self.tokens.push(STOP);
                }
                _ => {}
            }
            match c {
                '!' => shape.exclamations += 1,
                '"' | '“' | '”' | '„' | '«' | '»' => shape.quotes += 1,
                ':' => self.tokens.push(COLON),
                '©' => self.tokens.push(COPYRIGHT),
                _ => {}
            }
        }
        end_word(&mut self.word, &mut self.tokens, shape, vocabulary);
    }
}

fn end_word(
    word: &mut String,
    tokens: &mut Vec<Token>,
    shape: &mut Shape,
    vocabulary: &Vocabulary,
) {
    if let Some(first) = word.as_bytes().first() {
        tokens.push(if first.is_ascii_digit() { NUMBER } else { vocabulary.find(word) });
        shape.words += 1;
        word.clear();
    }
}

/// Which kind of address a chunk without white space is, if it is one.
fn address(chunk: &str) -> Option<Token> {
    // Nearly all chunks are plain words, perhaps with a full stop or comma at the end.
    let inner = chunk.trim_end_matches(|c: char| c.is_ascii_punctuation() && c != '/');
    if !inner.bytes().any(|b| matches!(b, b'.' | b'@' | b'/')) {
        return None;
    }
    let inner = inner.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '@');
    if let Some(name) = inner.strip_prefix('@') {
        let is_name = |b: u8| b.is_ascii_alphanumeric() || b"_.-@".contains(&b);
        return (name.len() >= 2 && name.bytes().all(is_name)).then_some(HANDLE);
    }
    if inner.contains("://") {
        return Some(URL);
    }
    let host = &inner[..inner.find(['/', '?', '#']).unwrap_or(inner.len())];
    if let Some((name, domain)) = host.split_once('@') {
        return (!name.is_empty() && domain.contains('.')).then_some(MAIL);
    }
    let (name, top) = host.rsplit_once('.')?;
    let is_host = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    let known = name.len() >= 3 && name.bytes().all(is_host) && TOP_DOMAINS.contains(&top);
    (known || host.starts_with("www.")).then_some(URL)
}

/// Domains that make `name.domain` an address without scheme; enough for what posters type.
const TOP_DOMAINS: [&str; 40] = [
    "com", "org", "net", "info", "edu", "gov", "news", "io", "tv", "me", "co", "eu", "us", "uk",
    "ie", "ca", "au", "nz", "in", "za", "de", "at", "ch", "fr", "be", "lu", "es", "mx", "ar", "cl",
    "pe", "ve", "uy", "pt", "br", "it", "nl", "pl", "se", "dk",
];

/// Adds a letter in lower case, Latin letters without their accents.
fn fold(c: char, word: &mut String) {
    for c in c.to_lowercase() {
        match c {
            'à'..='å' | 'ā' | 'ă' | 'ą' => word.push('a'),
            'æ' => word.push_str("ae"),
            'ç' | 'ć' | 'č' => word.push('c'),
            'è'..='ë' | 'ē' | 'ę' | 'ě' => word.push('e'),
            'ì'..='ï' | 'ī' => word.push('i'),
            'ñ' | 'ń' | 'ň' => word.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ő' => word.push('o'),
            'œ' => word.push_str("oe"),
            'ù'..='ü' | 'ū' | 'ů' | 'ű' => word.push('u'),
            'ý' | 'ÿ' => word.push('y'),
            'ß' => word.push_str("ss"),
            // The accent of a letter written as two characters.
            '\u{300}'..='\u{36f}' => {}
            _ => word.push(c),
        }
    }
}

/// Whether a character splits no word although it is no letter: soft hyphen, zero-width signs and
/// accents of letters written as two characters.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{300}'..='\u{36f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        // chunk, what it is
        let cases = [
            ("https://example.org/a?b", Some(URL)),
            ("www.example.org,", Some(URL)),
            ("valleyhour.com/donations/", Some(URL)),
            ("example.co.uk", Some(URL)),
            ("desk@example.org.", Some(MAIL)),
            ("@valleyhour", Some(HANDLE)),
            ("end.The", None),
            ("3.5", None),
            ("U.S.", None),
            ("and/or", None),
            ("@", None),
            ("/", None),
            ("", None),
            ("…", None),
        ];
        for (chunk, want) in cases {
            assert_eq!(address(chunk), want, "{chunk:?}");
        }
    }

    #[test]
    fn words_are_told_without_case_and_accents() {
        let mut vocabulary = Vocabulary::default();
        let words = ["siguenos", "en", "strasse"].map(|w| vocabulary.add(w));
        let mut reader = Reader::default();
        for line in ["SÍGUENOS en: Straße", "«Si\u{301}guenos» en: STRA\u{ad}SSE"] {
            let (tokens, shape) = reader.read(line, &vocabulary);
            assert_eq!(tokens, [words[0], words[1], COLON, words[2]], "{line}");
            assert_eq!(shape.words, 3, "{line}");
        }
        let (tokens, _) = reader.read("En. – en!", &vocabulary);
        assert_eq!(tokens, [words[1], STOP, words[1], STOP]);
        let (tokens, shape) = reader.read("© 2024 x@y.example 12:30 AP", &vocabulary);
        assert_eq!(tokens, [COPYRIGHT, NUMBER, MAIL, NUMBER, COLON, NUMBER, OTHER]);
        assert_eq!((shape.mails, shape.digits, shape.capitals), (1, 8, 2));
    }
}
