//! What a single line is, by its own look.

use super::lines::Line;
use super::placeholder;
use crate::encoding::is_nothing;

/// What a line is, by its own look. Byte counts are from the start of the line's text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    /// Nothing but white space and quoting signs.
    Blank,
    /// Words.
    Text,
    /// Words that never go on from the line above or on the line below: a signature's `--`.
    Alone,
    /// Image placeholders and nothing else.
    Image,
    /// A line drawn across, or the sign for the end of a story.
    Rule,
    /// A row of `=` or `-` that may underline a heading; otherwise a rule.
    Underline,
    /// The start or end of a fenced piece of code.
    Fence,
    /// `[1]: https://…`, a link's target put aside.
    Definition,
    /// `## Heading`: its level and the length of the signs.
    Hash { level: u8, signs: usize },
    /// `=== Heading ===`: the length of the signs in front and behind.
    Framed { front: usize, back: usize },
    /// A list item with a bullet sign; the length of sign and space.
    Bullet { sign: char, length: usize },
    /// A list item with a number or letter, counted from 1, and the length of number and space.
    Number { value: u32, style: char, length: usize },
    /// A row of a table.
    Row,
    /// A line of code.
    Code,
}

/// What `line` of `text` is.
pub(super) fn classify(text: &str, line: &Line) -> Class {
    let slice = line.slice(text);
    let Some(first) = slice.chars().next() else { return Class::Blank };
    if first.is_alphabetic() && line.width > 8 {
        // Nearly every line of an article ends here.
        return number(slice).unwrap_or(Class::Text);
    }
    if is_nothing(first) && slice.chars().all(|c| c.is_whitespace() || is_nothing(c)) {
        return Class::Blank;
    }
    if slice == "--" {
        return Class::Alone;
    }
    rule(slice)
        .or_else(|| fence(slice))
        .or_else(|| hash(slice))
        .or_else(|| framed(slice))
        .or_else(|| bullet(slice))
        .or_else(|| number(slice))
        .or_else(|| placeholder::is_only_images(slice).then_some(Class::Image))
        .or_else(|| definition(slice).is_some().then_some(Class::Definition))
        .unwrap_or(Class::Text)
}

/// Signs that make a rule when they stand in a row.
const RULERS: &str = "_*-=~#•·.━═─–—";

/// What news agencies and press offices put under a story's last line.
const END_MARKS: [&str; 10] =
    ["-30-", "- 30 -", "–30–", "(END)", "(ENDS)", "-END-", "-ENDS-", "- END -", "# # #", "ENDS"];

fn rule(slice: &str) -> Option<Class> {
    if END_MARKS.contains(&slice) {
        return Some(Class::Rule);
    }
    let sign = slice.chars().next().filter(|c| RULERS.contains(*c))?;
    let signs = slice.chars().filter(|c| *c == sign).take(8).count();
    let least = if sign == '.' { 8 } else { 3 };
    if signs < least || !slice.chars().all(|c| c == sign || c == ' ') {
        return None;
    }
    let underline = matches!(sign, '=' | '-') && !slice.contains(' ');
    Some(if underline { Class::Underline } else { Class::Rule })
}

fn fence(slice: &str) -> Option<Class> {
    let after = slice.strip_prefix("```").or_else(|| slice.strip_prefix("~~~"))?;
    (!after.contains('`') && after.len() < 40 && !after.trim().contains(' '))
        .then_some(Class::Fence)
}

fn hash(slice: &str) -> Option<Class> {
    let level = slice.bytes().take(7).take_while(|b| *b == b'#').count();
    let rest = &slice[level..];
    let text = rest.trim_start();
    if !(1..=6).contains(&level) || text.is_empty() || text.len() == rest.len() {
        return None;
    }
    let level = u8::try_from(level).ok()?;
    Some(Class::Hash { level, signs: slice.len() - text.len() })
}

/// `=== Heading ===`, `****** Heading ******`: at least two signs on either side.
fn framed(slice: &str) -> Option<Class> {
    let sign = slice.bytes().next().filter(|b| matches!(b, b'=' | b'*' | b'~'))?;
    let front = slice.bytes().take_while(|b| *b == sign).count();
    let back = slice.bytes().rev().take_while(|b| *b == sign).count();
    if front < 2 || back < 2 || front + back >= slice.len() || slice.len() > 200 {
        return None;
    }
    let inner = &slice[front..slice.len() - back];
    let padded = inner.starts_with(' ') && inner.ends_with(' ');
    let holds_words = inner.chars().any(char::is_alphanumeric) && !inner.contains(char::from(sign));
    (holds_words && (padded || sign != b'*')).then_some(Class::Framed { front, back })
}

fn bullet(slice: &str) -> Option<Class> {
    let sign = slice.chars().next().filter(|c| "-•*·◦▪‣●■►➢+–⁃∙".contains(*c))?;
    let rest = &slice[sign.len_utf8()..];
    let text = rest.trim_start();
    let spaced = text.len() < rest.len() || matches!(sign, '•' | '◦' | '▪' | '‣' | '●' | '■');
    (spaced && !text.is_empty()).then_some(Class::Bullet { sign, length: slice.len() - text.len() })
}

/// `1. `, `1) `, `(1) `, `a) `.
fn number(slice: &str) -> Option<Class> {
    let open = usize::from(slice.starts_with('('));
    let inner = &slice[open..];
    let digits = inner.bytes().take(4).take_while(u8::is_ascii_digit).count();
    let (value, length) = match inner.bytes().next()? {
        b'0'..=b'9' if digits <= 3 => (inner[..digits].parse().ok()?, digits),
        letter @ b'a'..=b'z' => (u32::from(letter - b'a') + 1, 1),
        _ => return None,
    };
    let style = char::from(*inner.as_bytes().get(length)?);
    let letter = inner.as_bytes()[0].is_ascii_lowercase();
    let fits = if open == 1 || letter { style == ')' } else { matches!(style, '.' | ')') };
    let rest = inner.get(length + 1..).filter(|_| fits)?;
    let text = rest.trim_start();
    if text.is_empty() || text.len() == rest.len() {
        return None;
    }
    let style = if letter { 'a' } else { style };
    Some(Class::Number { value, style, length: slice.len() - text.len() })
}

/// Label and target (in bytes of the line's text) of `[label]: target` or `1. target`.
pub(super) fn definition(slice: &str) -> Option<(std::ops::Range<usize>, std::ops::Range<usize>)> {
    if let Some(Class::Number { length, .. }) = number(slice) {
        let digits = slice.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return None;
        }
        return super::links::is_target(&slice[length..])
            .then_some((0..digits, length..slice.len()));
    }
    let inner = slice.strip_prefix('[')?;
    let close = inner.bytes().take(60).position(|b| b == b']')?;
    let rest = inner[close + 1..].strip_prefix(':')?;
    let target = rest.trim_start().trim_end_matches('>');
    let bare = target.trim_start_matches('<');
    if close == 0 || bare.contains(char::is_whitespace) || !super::links::is_target(bare) {
        return None;
    }
    let end = slice.trim_end_matches('>').len();
    Some((1..1 + close, end - bare.len()..end))
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    #[test]
    fn looks() {
        let bullet = |sign, length| Class::Bullet { sign, length };
        let number = |value, style, length| Class::Number { value, style, length };
        let cases = [
            ("", Class::Blank),
            ("   ", Class::Blank),
            ("A river rose.", Class::Text),
            ("-- ", Class::Alone),
            ("____", Class::Rule),
            ("* * *", Class::Rule),
            ("***", Class::Rule),
            ("___", Class::Rule),
            ("###", Class::Rule),
            ("-30-", Class::Rule),
            ("(END)", Class::Rule),
            ("---", Class::Underline),
            ("=====", Class::Underline),
            ("...", Class::Text),
            ("```rust", Class::Fence),
            ("## Floods", Class::Hash { level: 2, signs: 3 }),
            ("#floods", Class::Text),
            ("=== Floods ===", Class::Framed { front: 3, back: 3 }),
            ("**Floods**", Class::Text),
            ("- one", bullet('-', 2)),
            ("• one", bullet('•', 4)),
            ("*one*", Class::Text),
            ("-5 degrees", Class::Text),
            ("1. one", number(1, '.', 3)),
            ("12) one", number(12, ')', 4)),
            ("(3) one", number(3, ')', 4)),
            ("b) one", number(2, 'a', 3)),
            ("2025. one", Class::Text),
            ("3.5 million", Class::Text),
            ("[image: A view]", Class::Image),
            ("[1]: https://example.org/", Class::Definition),
            ("[1]: see below", Class::Text),
        ];
        for (text, want) in cases {
            let line = lines::cut(&format!("{text}\n"), 0)[0];
            assert_eq!(classify(text, &line), want, "{text:?}");
        }
    }
}
