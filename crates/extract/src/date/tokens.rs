//! A date's numbers, words and signs.

/// Bytes of a text that are looked at for one date.
const LONGEST: usize = 120;

/// One token of a date.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Byte after its last.
    pub(super) end: usize,
    /// Whether white space stands before it.
    pub(super) spaced: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Number {
        value: u64,
        digits: usize,
    },
    /// In lower case.
    Word(String),
    Sign(char),
}

/// The tokens at the start of `text`.
pub(super) fn of(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut spaced = false;
    let mut at = 0;
    while at < text.len().min(LONGEST) {
        let rest = &text[at..];
        let Some(first) = rest.chars().next() else { break };
        if first.is_whitespace() {
            // A line ends a date.
            if matches!(first, '\n' | '\r') && !tokens.is_empty() {
                break;
            }
            spaced = true;
            at += first.len_utf8();
            continue;
        }
        let (kind, len) = if first.is_ascii_digit() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let value = rest[..digits].parse().unwrap_or(u64::MAX);
            (Kind::Number { value, digits }, digits)
        } else if first.is_alphabetic() {
            let len = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            (Kind::Word(word(&rest[..len])), len)
        } else {
            (Kind::Sign(first), first.len_utf8())
        };
        at += len;
        tokens.push(Token { kind, end: at, spaced });
        spaced = false;
    }
    tokens
}

/// In lower case; longer words than any name here do not matter.
fn word(text: &str) -> String {
    if text.len() > 40 { String::from("…") } else { text.to_lowercase() }
}
