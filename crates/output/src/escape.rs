//! Text from outside, made safe to show.

use std::borrow::Cow;

/// `text` for one line of a terminal or log: control characters (C0, DEL, C1), marks that turn the
/// direction of writing, and line and paragraph separators become `\u{…}`, and what goes beyond
/// `chars_max` characters of `text` becomes `…`.
///
/// ```
/// use newsmill_output::escape::terminal;
/// assert_eq!(terminal("plain, señor", 200), "plain, señor");
/// assert_eq!(terminal("\u{1b}[31mred\n", 200), r"\u{1b}[31mred\u{a}");
/// assert_eq!(terminal("one two", 3), "one…");
/// ```
#[must_use]
pub fn terminal(text: &str, chars_max: usize) -> Cow<'_, str> {
    let end = text.char_indices().nth(chars_max).map_or(text.len(), |(at, _)| at);
    let shown = &text[..end];
    if end == text.len() && !shown.contains(acts_on_terminal) {
        return Cow::Borrowed(shown);
    }
    let mut safe = String::with_capacity(shown.len() + 16);
    for c in shown.chars() {
        if acts_on_terminal(c) {
            safe.extend(c.escape_unicode());
        } else {
            safe.push(c);
        }
    }
    if end < text.len() {
        safe.push('…');
    }
    Cow::Owned(safe)
}

fn acts_on_terminal(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_acts_is_shown_as_text() {
        // text, shown
        let cases = [
            ("", ""),
            ("a\0b", r"a\u{0}b"),
            ("tab\there", r"tab\u{9}here"),
            ("del\u{7f}", r"del\u{7f}"),
            ("csi\u{9b}31m", r"csi\u{9b}31m"),
            ("\u{202e}gnp.exe", r"\u{202e}gnp.exe"),
            ("\u{2066}x\u{2069}", r"\u{2066}x\u{2069}"),
            ("a\u{2028}b\u{2029}", r"a\u{2028}b\u{2029}"),
            ("👩\u{200d}🔬 á", "👩\u{200d}🔬 á"),
        ];
        for (text, shown) in cases {
            assert_eq!(terminal(text, 200), shown);
        }
        assert_eq!(terminal("áéí", 3), "áéí");
        assert_eq!(terminal("áéíó", 3), "áéí…");
        assert_eq!(terminal("áéíó", 0), "…");
    }

    proptest! {
        #[test]
        fn nothing_shown_acts(text in any::<String>(), max in 0usize..50) {
            let shown = terminal(&text, max);
            prop_assert!(!shown.contains(acts_on_terminal));
            prop_assert!(shown.chars().count() <= max * 10 + 1);
        }
    }
}
