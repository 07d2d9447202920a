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

/// `text` for a page: control characters but tab and line feed become the signs that stand for them
/// (U+2400 and on), line and paragraph separators line feeds, and what goes beyond `chars_max`
/// characters becomes `…`. What means something to HTML stays: this is for text nodes.
///
/// ```
/// use newsmill_output::escape::visible;
/// assert_eq!(visible("a\0b\r\n<i>", 200), "a␀b␍\n<i>");
/// assert_eq!(visible("one two", 3), "one…");
/// ```
#[must_use]
pub fn visible(text: &str, chars_max: usize) -> String {
    let sign = |c: char| match c {
        '\n' | '\t' => c,
        '\u{2028}' | '\u{2029}' => '\n',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + c as u32).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '␡',
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    let mut chars = text.chars();
    let mut shown: String = chars.by_ref().take(chars_max).map(sign).collect();
    if chars.next().is_some() {
        shown.push('…');
    }
    shown
}

/// `text` for HTML, between tags or in a quoted attribute.
///
/// ```
/// use newsmill_output::escape::html;
/// assert_eq!(html("<b title='\"'>&amp;"), "&lt;b title=&#39;&quot;&#39;&gt;&amp;amp;");
/// ```
#[must_use]
pub fn html(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\t' => safe.push(c),
            c if c.is_control() => safe.push(char::REPLACEMENT_CHARACTER),
            c => safe.push(c),
        }
    }
    safe
}

/// JSON for a `script` element of a page: `<`, `>`, `&` and the separators U+2028 and U+2029 become
/// `\u…` escapes. In JSON they stand in strings only, where that means the same.
///
/// ```
/// use newsmill_output::escape::json_in_html;
/// assert_eq!(json_in_html(r#"["</script>"]"#), r#"["\u003c/script\u003e"]"#);
/// ```
#[must_use]
pub fn json_in_html(json: &str) -> String {
    let mut safe = String::with_capacity(json.len() + json.len() / 16);
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                safe.push_str(&format!("\\u{:04x}", c as u32));
            }
            c => safe.push(c),
        }
    }
    safe
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

    #[test]
    fn what_a_page_shows_holds_no_control_characters() {
        let all: String = ('\0'..='\u{2100}').collect();
        let shown = visible(&all, usize::MAX);
        assert!(shown.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t')));
        assert!(shown.starts_with("␀␁␂␃␄␅␆␇␈\t\n␋␌␍"), "{shown:.40}");
        assert_eq!(visible("áéíó", 3), "áéí…");
        assert_eq!(visible("áéí", 3), "áéí");
    }

    proptest! {
        #[test]
        fn html_reads_back(text in any::<String>()) {
            let safe = html(&text);
            prop_assert!(!safe.contains(['<', '>', '"', '\'']));
            let back = safe.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
            let back = back.replace("&#39;", "'").replace("&amp;", "&");
            let clean = |c: char| c == '\n' || c == '\t' || !c.is_control();
            let want = text.chars().map(|c| if clean(c) { c } else { '\u{fffd}' });
            prop_assert_eq!(back, want.collect::<String>());
        }

        #[test]
        fn json_in_a_page_says_the_same(texts in any::<Vec<String>>()) {
            let json = serde_json::to_string(&texts).unwrap();
            let safe = json_in_html(&json);
            let acts = safe.contains(['<', '>', '&', '\u{2028}', '\u{2029}']);
            prop_assert!(!acts, "{safe}");
            prop_assert_eq!(serde_json::from_str::<Vec<String>>(&safe).unwrap(), texts);
        }

        #[test]
        fn nothing_shown_acts(text in any::<String>(), max in 0usize..50) {
            let shown = terminal(&text, max);
            prop_assert!(!shown.contains(acts_on_terminal));
            prop_assert!(shown.chars().count() <= max * 10 + 1);
        }
    }
}
