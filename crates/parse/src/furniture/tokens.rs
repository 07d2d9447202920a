//! A line as a row of small numbers: known words, and signs such as addresses and figures.

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

/// How many chains of words there are, as a power of two.
const CHAIN_BITS: u32 = 14;
/// Longer words are none of the vocabulary's.
const WORD_BYTES_MAX: usize = 24;

/// The words that phrases are made of.
///
/// Most words of a text are none of them, so a look-up must fail fast: words are chained by length
/// and three of their letters, and most chains are empty.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// The first token of each chain, or [`OTHER`].
    chains: Vec<Token>,
    /// Each word and the next of its chain; the first tokens are signs and have none.
    words: Vec<(Box<[u8]>, Token)>,
}

impl Default for Vocabulary {
    fn default() -> Self {
        let signs = vec![(Box::default(), OTHER); usize::from(STOP) + 1];
        Self { chains: vec![OTHER; 1 << CHAIN_BITS], words: signs }
    }
}

impl Vocabulary {
    /// The token of a word in `a-z`, given to it now if it has none yet. Nothing for a word that
    /// is too long, or one too many.
    pub(super) fn add(&mut self, word: &str) -> Option<Token> {
        let word = word.as_bytes();
        let known = self.find(word);
        if known != OTHER {
            return Some(known);
        }
        let chain = Self::chain(word).filter(|_| word.len() <= WORD_BYTES_MAX)?;
        let token = Token::try_from(self.words.len()).ok()?;
        self.words.push((word.into(), self.chains[chain]));
        self.chains[chain] = token;
        Some(token)
    }

    /// How many tokens there are, signs included.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// The token of a word, capitals of ASCII folded.
    fn find(&self, word: &[u8]) -> Token {
        let mut token = Self::chain(word).map_or(OTHER, |chain| self.chains[chain]);
        while token != OTHER {
            let (known, next) = &self.words[usize::from(token)];
            if known.eq_ignore_ascii_case(word) {
                break;
            }
            token = *next;
        }
        token
    }

    fn chain(word: &[u8]) -> Option<usize> {
        let letters = [*word.first()?, *word.get(word.len() / 2)?, *word.last()?];
        // The low five bits of a letter are the same for its capital.
        let key =
            letters.iter().fold(word.len() as u32 & 31, |key, b| key << 5 | u32::from(b & 31));
        Some((key.wrapping_mul(0x9e37_79b9) >> (32 - CHAIN_BITS)) as usize)
    }
}

/// What a line looks like, apart from its words.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shape {
    /// Words, numbers and addresses.
    pub(super) words: usize,
    /// Letters and digits, in bytes.
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
    shape: Shape,
    word: Word,
}

/// The word being read, folded.
#[derive(Debug, Default)]
struct Word {
    bytes: [u8; WORD_BYTES_MAX],
    /// Bytes seen so far, those that found no room included.
    len: usize,
}

impl Word {
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = byte;
        }
        self.len += 1;
    }
}

impl Reader {
    /// The tokens and the shape of a line.
    pub(super) fn read(&mut self, line: &str, vocabulary: &Vocabulary) -> (&[Token], Shape) {
        self.tokens.clear();
        self.shape = Shape::default();
        let bytes = line.as_bytes();
        let mut chunk = Chunk::default();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match CLASSES[usize::from(byte)] {
                Class::Letter | Class::Digit => {
                    let end = self.word_end(bytes, at);
                    self.run(&bytes[at..end], bytes.get(end), vocabulary);
                    at = end;
                    continue;
                }
                Class::Space => {
                    self.end_word(vocabulary);
                    self.end_chunk(&chunk, line, at);
                    chunk = self.chunk(at + 1);
                }
                Class::Sign => {
                    self.end_word(vocabulary);
                    chunk.is_address |= byte == b'@' || byte == b'.';
                    self.sign(char::from(byte));
                }
                Class::Wide => {
                    let c = line[at..].chars().next().unwrap_or_default();
                    self.wide(c, vocabulary);
                    if c.is_whitespace() {
                        self.end_chunk(&chunk, line, at);
                        chunk = self.chunk(at + c.len_utf8());
                    }
                    at += c.len_utf8();
                    continue;
                }
            }
            at += 1;
        }
        self.end_word(vocabulary);
        self.end_chunk(&chunk, line, at);
        (&self.tokens, self.shape)
    }

    /// Where the letters and digits of ASCII that start at `at` end.
    fn word_end(&mut self, bytes: &[u8], at: usize) -> usize {
        let mut end = at;
        while let Some(&byte) = bytes.get(end) {
            match CLASSES[usize::from(byte)] {
                Class::Letter => self.shape.capitals += usize::from(byte & 0x20 == 0),
                Class::Digit => self.shape.digits += 1,
                _ => break,
            }
            end += 1;
        }
        end
    }

    /// Letters and digits of ASCII: a whole word, unless letters of another kind touch it.
    fn run(&mut self, run: &[u8], next: Option<&u8>, vocabulary: &Vocabulary) {
        let touched = next.is_some_and(|&b| matches!(CLASSES[usize::from(b)], Class::Wide));
        if self.word.len > 0 || touched {
            run.iter().for_each(|&byte| self.word.push(byte));
        } else {
            self.push_word(run, vocabulary);
        }
    }

    fn push_word(&mut self, word: &[u8], vocabulary: &Vocabulary) {
        self.tokens.push(match word {
            [first, ..] if first.is_ascii_digit() => NUMBER,
            _ => vocabulary.find(word),
        });
        self.shape.words += 1;
        self.shape.letters += word.len();
    }

    /// A chunk that starts here.
    fn chunk(&self, start: usize) -> Chunk {
        Chunk { start, tokens: self.tokens.len(), shape: self.shape, is_address: false }
    }

    /// Takes the words of a chunk back if they are one address.
    fn end_chunk(&mut self, chunk: &Chunk, line: &str, end: usize) {
        if !chunk.is_address {
            return;
        }
        if let Some(sign) = address(&line[chunk.start..end]) {
            self.tokens.truncate(chunk.tokens);
            self.shape = chunk.shape;
            self.tokens.push(sign);
            self.shape.words += 1;
            self.shape.urls += usize::from(sign == URL);
            self.shape.mails += usize::from(sign != URL);
        }
    }

    fn wide(&mut self, c: char, vocabulary: &Vocabulary) {
        if c.is_alphanumeric() {
            self.shape.capitals += usize::from(c.is_uppercase());
            fold(c, &mut self.word);
        } else if !is_invisible(c) {
            self.end_word(vocabulary);
            self.sign(c);
        }
    }

    fn sign(&mut self, c: char) {
        match c {
            '!' => self.shape.exclamations += 1,
            '"' | '“' | '”' | '„' | '«' | '»' => self.shape.quotes += 1,
            ':' => self.tokens.push(COLON),
            '©' => self.tokens.push(COPYRIGHT),
            _ => {}
        }
        let stops = matches!(c, '.' | '!' | '?' | ';' | '|' | '•' | '·' | '…' | '。');
        if stops && self.tokens.last().is_some_and(|&last| last != STOP) {
            self.tokens.push(STOP);
        }
    }

    /// Ends a word that was gathered letter by letter.
    fn end_word(&mut self, vocabulary: &Vocabulary) {
        if self.word.len > 0 {
            let word = std::mem::take(&mut self.word);
            // A longer word is none of the vocabulary's, and its first bytes are not either.
            self.push_word(word.bytes.get(..word.len).unwrap_or(b"-"), vocabulary);
        }
    }
}

/// What stands between two white spaces or brackets: words, or one address.
#[derive(Clone, Copy, Debug, Default)]
struct Chunk {
    start: usize,
    /// How many tokens stood before it, and what the line looked like.
    tokens: usize,
    shape: Shape,
    /// Whether it may be an address.
    is_address: bool,
}

/// What a byte of UTF-8 is to the reader.
#[derive(Clone, Copy)]
enum Class {
    Letter,
    Digit,
    /// White space and the brackets that often stand around addresses.
    Space,
    Sign,
    /// Part of a character that is not ASCII.
    Wide,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Wide; 256];
    let mut byte = 0;
    while byte < 128 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => Class::Letter,
            b'0'..=b'9' => Class::Digit,
            b' ' | b'\t'..=b'\r' | b'<' | b'>' | b'(' | b')' | b'[' | b']' => Class::Space,
            _ => Class::Sign,
        };
        byte += 1;
    }
    classes
};

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
        let is_host = domain.len() >= 2 && domain.starts_with(|c: char| c.is_ascii_alphabetic());
        return (!name.is_empty() && is_host).then_some(MAIL);
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
fn fold(c: char, word: &mut Word) {
    for c in c.to_lowercase() {
        match c {
            'à'..='å' | 'ā' | 'ă' | 'ą' => word.push(b'a'),
            'æ' => b"ae".iter().for_each(|&b| word.push(b)),
            'ç' | 'ć' | 'č' => word.push(b'c'),
            'è'..='ë' | 'ē' | 'ę' | 'ě' => word.push(b'e'),
            'ì'..='ï' | 'ī' => word.push(b'i'),
            'ñ' | 'ń' | 'ň' => word.push(b'n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ő' => word.push(b'o'),
            'œ' => b"oe".iter().for_each(|&b| word.push(b)),
            'ù'..='ü' | 'ū' | 'ů' | 'ű' => word.push(b'u'),
            'ý' | 'ÿ' => word.push(b'y'),
            'ß' => b"ss".iter().for_each(|&b| word.push(b)),
            // The accent of a letter written as two characters.
            '\u{300}'..='\u{36f}' => {}
            _ => c.encode_utf8(&mut [0; 4]).bytes().for_each(|b| word.push(b)),
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
            ("desk@localhost", Some(MAIL)),
            ("3@4", None),
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
        let words = ["siguenos", "en", "strasse"].map(|w| vocabulary.add(w).unwrap());
        let mut reader = Reader::default();
        for line in ["SÍGUENOS en: Straße", "«Si\u{301}guenos» en: STRA\u{ad}SSE"] {
            let (tokens, shape) = reader.read(line, &vocabulary);
            assert_eq!(tokens, [words[0], words[1], COLON, words[2]], "{line}");
            assert_eq!(shape.words, 3, "{line}");
        }
        let (tokens, _) = reader.read("En. • en!", &vocabulary);
        assert_eq!(tokens, [words[1], STOP, words[1], STOP]);
        let (tokens, shape) = reader.read("© 2024 x@y.example 12:30 AP", &vocabulary);
        assert_eq!(tokens, [COPYRIGHT, NUMBER, MAIL, NUMBER, COLON, NUMBER, OTHER]);
        assert_eq!((shape.mails, shape.digits, shape.capitals), (1, 8, 2));
    }
}
