//! What converters leave in the place of an image.

use std::ops::Range;

use super::links;

/// A placeholder at the start of a text, in bytes of that text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Placeholder {
    /// Length of the whole.
    pub(super) length: usize,
    /// The alternative text.
    pub(super) alt: Option<Range<usize>>,
    /// The address.
    pub(super) url: Option<Range<usize>>,
}

/// The longest placeholder that is looked for, in bytes.
const LONGEST: usize = 1_500;

/// How deep brackets in an alternative text may nest.
const DEEPEST: usize = 8;

/// Words that converters and mail programs write in front of an alternative text. Gmail writes
/// `[image: …]`, translated in some languages.
const NAMES: [&str; 12] = [
    "image",
    "inline image",
    "img",
    "video",
    "photo",
    "picture",
    "gif",
    "imagen",
    "bild",
    "immagine",
    "afbeelding",
    "cid",
];

/// The placeholder that `text` starts with: `[image: alt]`, `[Image]`, `(image)`, `[cid:address]`,
/// `![alt](address)`. The alternative text may hold pairs of brackets.
pub(super) fn at_start(text: &str) -> Option<Placeholder> {
    match text.as_bytes().first()? {
        b'[' => bracketed(text),
        b'!' => markdown(text),
        b'(' => {
            let close = closing(text)?;
            let name = &text[1..close];
            let known = NAMES[..5].iter().any(|n| n.eq_ignore_ascii_case(name));
            known.then_some(Placeholder { length: close + 1, alt: None, url: None })
        }
        _ => None,
    }
}

/// Whether `text` is made of image placeholders and the links behind them alone.
pub(super) fn is_only_images(text: &str) -> bool {
    let mut rest = text;
    let mut images = 0;
    while !rest.is_empty() {
        let length = match at_start(rest) {
            Some(placeholder) => {
                images += 1;
                placeholder.length
            }
            None if images > 0 => match links::in_angles(rest, false) {
                Some(link) => link.length,
                None => return false,
            },
            None => return false,
        };
        rest = rest[length..].trim_start();
    }
    images > 0
}

fn bracketed(text: &str) -> Option<Placeholder> {
    let inner = &text[1..];
    let word = inner.bytes().take(16).take_while(|b| b.is_ascii_alphabetic() || *b == b' ').count();
    let name = inner[..word].trim_end();
    let name = NAMES.iter().find(|n| n.eq_ignore_ascii_case(name))?;
    match inner.as_bytes().get(word)? {
        b']' => Some(Placeholder { length: word + 2, alt: None, url: None }),
        b':' => {
            let close = closing(text)?;
            let said = trimmed(text, word + 2..close);
            let (alt, url) = if *name == "cid" { (None, Some(1..close)) } else { (said, None) };
            Some(Placeholder { length: close + 1, alt, url })
        }
        _ => None,
    }
}

fn markdown(text: &str) -> Option<Placeholder> {
    let close = 1 + closing(text.get(1..).filter(|t| t.starts_with('['))?)?;
    let alt = trimmed(text, 2..close);
    let target = links::in_parentheses(text.get(close + 1..)?);
    Some(match target {
        Some(link) => {
            let url = close + 1 + link.target.start..close + 1 + link.target.end;
            let url = (!url.is_empty()).then_some(url);
            Placeholder { length: close + 1 + link.length, alt, url }
        }
        None if text[close + 1..].starts_with("()") => {
            Placeholder { length: close + 3, alt, url: None }
        }
        None => return None,
    })
}

/// Where the bracket that `text` starts with is closed.
fn closing(text: &str) -> Option<usize> {
    let (open, close) = if text.starts_with('[') { (b'[', b']') } else { (b'(', b')') };
    let mut depth = 0usize;
    for (i, byte) in text.bytes().enumerate().take(LONGEST) {
        if byte == open {
            depth += 1;
            if depth > DEEPEST {
                return None;
            }
        } else if byte == close {
            depth -= 1;
            if depth == 0 {
                return Some(i);
            }
        }
    }
    None
}

fn trimmed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let slice = text.get(range.clone())?;
    let start = range.start + (slice.len() - slice.trim_start().len());
    let end = start + slice.trim().len();
    (start < end).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders() {
        // text, length, alternative text, address
        type Case<'a> = (&'a str, Option<(usize, &'a str, &'a str)>);
        let cases: &[Case] = &[
            ("[image: A bridge] x", Some((17, "A bridge", ""))),
            ("[image: A [new] bridge]", Some((23, "A [new] bridge", ""))),
            ("[Image: Inline image 1]", Some((23, "Inline image 1", ""))),
            ("[image:\u{a0}A bridge]", Some((18, "A bridge", ""))),
            ("[Image]", Some((7, "", ""))),
            ("[image: ]", Some((9, "", ""))),
            ("(image)", Some((7, "", ""))),
            ("[cid:image001.png@01D]", Some((22, "", "cid:image001.png@01D"))),
            ("[video: The flood]", Some((18, "The flood", ""))),
            (
                "![A bridge](https://example.org/b.jpg) x",
                Some((38, "A bridge", "https://example.org/b.jpg")),
            ),
            ("![]()", Some((5, "", ""))),
            ("[imagine: that]", None),
            ("[image: never closed", None),
            ("(imagine)", None),
            ("[sic]", None),
            ("!x", None),
            ("[", None),
        ];
        for (text, want) in cases {
            let got = at_start(text);
            let slice = |r: &Option<Range<usize>>| r.clone().map_or("", |r| &text[r]);
            let got = got.as_ref().map(|p| (p.length, slice(&p.alt), slice(&p.url)));
            assert_eq!(got, *want, "{text:?}");
        }
    }

    #[test]
    fn lines_of_images_alone() {
        assert!(is_only_images("[image: a] [image: b]"));
        assert!(is_only_images("[image: a] <https://example.org/>"));
        assert!(!is_only_images("[image: a] and words"));
        assert!(!is_only_images("<https://example.org/>"));
    }
}
