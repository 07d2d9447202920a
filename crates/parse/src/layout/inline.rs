//! Markup inside a block: links, images, emphasis.

use std::collections::BTreeMap;

use newsmill_article::{Image, Link, Span};

use super::{links, placeholder};

/// What is found in the blocks of a text, in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Byte ranges that are markup.
    pub(super) markup: Vec<(usize, usize)>,
    /// Links written with markup.
    pub(super) links: Vec<Link>,
    /// Images.
    pub(super) images: Vec<Image>,
    /// For each label of a target put aside, the text that carries the link, once it is met.
    pub(super) labels: BTreeMap<String, Option<Span>>,
}

/// Finds the markup in `text[from..to]`, one block, `quoted` or not.
pub(super) fn scan(text: &str, from: usize, to: usize, quoted: bool, found: &mut Found) {
    let mut scanner = Scanner {
        text,
        from,
        to,
        quoted,
        found,
        brackets: None,
        targets: Vec::new(),
        openers: [None; 2],
    };
    let bytes = text.as_bytes();
    let mut at = from;
    while at < to {
        let byte = bytes[at];
        if !IS_SIGN[usize::from(byte)] {
            at += 1;
            continue;
        }
        if let Some(&(start, end)) = scanner.targets.last()
            && at > start
        {
            scanner.targets.pop();
            at = end.max(at);
            continue;
        }
        at = match byte {
            b'<' => scanner.angle(at),
            b'(' => scanner.parenthesis(at),
            b'*' | b'_' => scanner.emphasis(at),
            _ => scanner.bracket(at),
        };
    }
}

/// The bytes that markup starts with.
const IS_SIGN: [bool; 256] = {
    let mut table = [false; 256];
    let signs = b"<[(!*_";
    let mut i = 0;
    while i < signs.len() {
        table[signs[i] as usize] = true;
        i += 1;
    }
    table
};

/// The longest emphasis that is looked for, in bytes: beyond it two signs are no pair.
const LONGEST_EMPHASIS: usize = 600;

/// A sign that may open an emphasis: its place and length.
type Opener = Option<(usize, usize)>;

struct Scanner<'a> {
    text: &'a str,
    from: usize,
    to: usize,
    quoted: bool,
    found: &'a mut Found,
    /// Pairs of square brackets by the opening one's place, found when first needed.
    brackets: Option<Vec<(usize, usize)>>,
    /// What follows the texts of links that are being read, innermost last.
    targets: Vec<(usize, usize)>,
    /// The latest `*` and `_` that may open an emphasis.
    openers: [Opener; 2],
}

impl Scanner<'_> {
    fn rest(&self, at: usize) -> &str {
        &self.text[at..self.to]
    }

    fn before(&self, at: usize) -> Option<char> {
        self.text[self.from..at].chars().next_back()
    }

    /// `<https://…>`
    fn angle(&mut self, at: usize) -> usize {
        let Some(link) = links::in_angles(self.rest(at), self.quoted) else { return at + 1 };
        self.link(at + link.target.start, at + link.target.end, None);
        self.take(at, at + link.length);
        at + link.length
    }

    /// `(https://…)`, `(image)`
    fn parenthesis(&mut self, at: usize) -> usize {
        let inner = &self.rest(at)[1..];
        if let Some(image) = placeholder::at_start(self.rest(at)) {
            return self.image(at, &image);
        }
        let starts = |s: &str| inner.get(..s.len()).is_some_and(|h| h.eq_ignore_ascii_case(s));
        if !starts("http://") && !starts("https://") && !starts("www.") {
            return at + 1;
        }
        let Some(link) = links::in_parentheses(self.rest(at)) else { return at + 1 };
        self.link(at + link.target.start, at + link.target.end, None);
        self.take(at, at + link.length);
        at + link.length
    }

    /// `[image: …]`, `![alt](address)`, `[text](address)`, `[text][label]`, `[label]`
    fn bracket(&mut self, at: usize) -> usize {
        if let Some(image) = placeholder::at_start(self.rest(at)) {
            return self.image(at, &image);
        }
        if self.text.as_bytes()[at] == b'!' {
            return at + 1;
        }
        let Some(close) = self.closing(at) else { return at + 1 };
        let after = self.rest(close + 1);
        if let Some(link) = links::in_parentheses(after) {
            let behind = close + 1;
            self.link(behind + link.target.start, behind + link.target.end, Some((at + 1, close)));
            if self.text[at + 1..close].trim().is_empty() {
                self.take(at, behind + link.length);
                return behind + link.length;
            }
            self.found.markup.push((at, at + 1));
            self.found.markup.push((close, behind + link.length));
            self.targets.push((close, behind + link.length));
            return at + 1;
        }
        if self.found.labels.is_empty() {
            return at + 1;
        }
        self.labelled(at, close)
    }

    /// `[text][label]` or `[label]`, for a label whose target is put aside.
    fn labelled(&mut self, at: usize, close: usize) -> usize {
        let label_after =
            self.rest(close + 1).starts_with('[').then(|| self.closing(close + 1)).flatten();
        if let Some(end) = label_after {
            let label = &self.text[close + 2..end];
            if let Some(anchor) = self.found.labels.get_mut(label) {
                if anchor.is_none() {
                    *anchor = Span::new(self.text, at + 1..close).ok();
                }
                self.found.markup.push((at, at + 1));
                self.found.markup.push((close, end + 1));
                return at + 1;
            }
        }
        if self.found.labels.contains_key(&self.text[at + 1..close]) {
            // `[1]text` keeps the white space in front, `text [1].` does not.
            self.take(at, close + 1);
            return close + 1;
        }
        at + 1
    }

    /// `*text*`, `**text**`, `_text_`: signs that hug words and stand free on their outer side.
    fn emphasis(&mut self, at: usize) -> usize {
        let sign = self.text.as_bytes()[at];
        let length = self.rest(at).bytes().take(4).take_while(|b| *b == sign).count();
        if length > 3 {
            let run = self.rest(at).bytes().take_while(|b| *b == sign).count();
            return at + run;
        }
        let end = at + length;
        let before = self.before(at);
        let after = self.text[end..self.to].chars().next();
        let word = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace() && c != char::from(sign));
        let free =
            |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '/' && c != '\\');
        let slot = &mut self.openers[usize::from(sign == b'_')];
        if let Some((open, open_length)) = *slot {
            // `_name_(` is a name in a program.
            let pairs = after != Some('(') && open_length == length && at - open < LONGEST_EMPHASIS;
            if pairs && word(before) && free(after) && has_words(&self.text[open + length..at]) {
                *slot = None;
                self.found.markup.push((open, open + length));
                self.found.markup.push((at, end));
                return end;
            }
        }
        if free(before) && word(after) {
            *slot = Some((at, length));
        }
        end
    }

    fn image(&mut self, at: usize, image: &placeholder::Placeholder) -> usize {
        let end = at + image.length;
        let said = |range: &Option<std::ops::Range<usize>>| {
            range.as_ref().map(|r| flat(&self.text[at + r.start..at + r.end]))
        };
        if let Ok(span) = Span::new(self.text, at..end) {
            let (alt, url) = (said(&image.alt), said(&image.url));
            self.found.images.push(Image { alt, url, caption: None, credit: None, span });
        }
        self.take(at, end);
        end
    }

    fn link(&mut self, start: usize, end: usize, anchor: Option<(usize, usize)>) {
        let Ok(span) = Span::new(self.text, start..end) else { return };
        let raw = span.slice(self.text);
        let url = links::joined(raw, self.quoted).unwrap_or_else(|| raw.to_owned());
        let anchor = anchor.and_then(|(s, e)| Span::new(self.text, s..e).ok());
        let link = Link { url, raw: raw.to_owned(), span, anchor, domain: String::new() };
        self.found.links.push(link);
    }

    /// Marks `start..end` as markup, with the white space in front of it where the text goes on
    /// with a space or closing punctuation, so that no space is left in front of a full stop.
    fn take(&mut self, start: usize, end: usize) {
        let next = self.text[end..self.to].chars().next();
        let closes = next.is_none_or(|c| c.is_whitespace() || ".,;:!?)]}'\"”’»…。，、".contains(c));
        let from = if closes { self.white_space_before(start) } else { start };
        self.found.markup.push((from, end));
    }

    fn white_space_before(&self, start: usize) -> usize {
        let before = &self.text[self.from..start];
        if self.quoted {
            let signs = before.trim_end_matches(['>', ' ']);
            if signs.ends_with(['\n', '\r']) {
                return self.from + signs.trim_end().len();
            }
        }
        self.from + before.trim_end().len()
    }

    /// Where the square bracket opened at `at` is closed. All pairs of the block are found in one
    /// pass, so that many open brackets cost no more than their number.
    fn closing(&mut self, at: usize) -> Option<usize> {
        let (text, from, to) = (self.text, self.from, self.to);
        let pairs = self.brackets.get_or_insert_with(|| {
            let mut open = Vec::new();
            let mut pairs = Vec::new();
            for (i, byte) in text.as_bytes()[from..to].iter().enumerate() {
                match byte {
                    b'[' => open.push(from + i),
                    b']' => pairs.extend(open.pop().map(|o| (o, from + i))),
                    _ => {}
                }
            }
            pairs.sort_unstable();
            pairs
        });
        let i = pairs.binary_search_by_key(&at, |p| p.0).ok()?;
        Some(pairs[i].1)
    }
}

fn has_words(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// The text on one line.
fn flat(text: &str) -> String {
    if text.contains(['\n', '\r']) {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text without its markup, and the links and images found.
    fn seen(text: &str) -> (String, Vec<String>, Vec<String>) {
        let mut found = Found::default();
        found.labels.insert("1".into(), None);
        scan(text, 0, text.len(), false, &mut found);
        found.markup.sort_unstable();
        let mut left = String::new();
        let mut at = 0;
        for (start, end) in found.markup {
            left.push_str(&text[at..start.max(at)]);
            at = end.max(at);
        }
        left.push_str(&text[at..]);
        let links = found.links.into_iter().map(|l| l.url).collect();
        let images = found.images.into_iter().map(|i| i.alt.unwrap_or_default()).collect();
        (left, links, images)
    }

    #[test]
    fn links_and_images() {
        let cases: &[(&str, &str, &[&str], &[&str])] = &[
            (
                "Johnson, <www.example.org/a> refused",
                "Johnson, refused",
                &["www.example.org/a"],
                &[],
            ),
            ("The mayor said <www.example.org/a>.", "The mayor said.", &["www.example.org/a"], &[]),
            ("The mayor\n<www.example.org/a>.", "The mayor.", &["www.example.org/a"], &[]),
            ("one <https://e.org/a>two", "one two", &["https://e.org/a"], &[]),
            ("one <https://example.org/a-\nb> two", "one two", &["https://example.org/a-b"], &[]),
            ("the [report](https://e.org/r) says", "the report says", &["https://e.org/r"], &[]),
            ("the [*red* report](https://e.org/r).", "the red report.", &["https://e.org/r"], &[]),
            ("the report (https://e.org/r).", "the report.", &["https://e.org/r"], &[]),
            ("see www.example.org today", "see www.example.org today", &[], &[]),
            ("write to <desk@example.org> now", "write to <desk@example.org> now", &[], &[]),
            ("the [report][1] says", "the report says", &[], &[]),
            ("the [1]report says [1].", "the report says.", &[], &[]),
            ("he said [sic] (a note)", "he said [sic] (a note)", &[], &[]),
            ("Words [image: A bridge] words", "Words words", &[], &["A bridge"]),
            ("[image: A\nbridge] <www.e.org/b>", "", &["www.e.org/b"], &["A bridge"]),
            ("![A [b] c](https://e.org/p.png) words", " words", &[], &["A [b] c"]),
        ];
        for (text, left, links, images) in cases {
            let got = seen(text);
            assert_eq!(got.0, *left, "{text:?}");
            assert_eq!(got.1, *links, "{text:?}");
            assert_eq!(got.2, *images, "{text:?}");
        }
    }

    #[test]
    fn emphasis() {
        let cases = [
            ("a *bold* word", "a bold word"),
            ("a **bold** word", "a bold word"),
            ("an _italic word_, then", "an italic word, then"),
            ("(*bold*)", "(bold)"),
            ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
            ("2 * 3 * 4", "2 * 3 * 4"),
            ("price* and cost*", "price* and cost*"),
            ("*a footnote", "*a footnote"),
            ("f**king good", "f**king good"),
            ("_____ and ****", "_____ and ****"),
            ("HONOLULU (AP) _ Waves _ tall ones", "HONOLULU (AP) _ Waves _ tall ones"),
            ("see /a/*b*/c", "see /a/*b*/c"),
        ];
        for (text, left) in cases {
            assert_eq!(seen(text).0, left, "{text:?}");
        }
    }
}
