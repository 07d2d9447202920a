//! HTML cut into tags and text.
//!
//! Follows the [tokenization of the HTML standard](https://html.spec.whatwg.org/#tokenization)
//! in what it takes for a tag, a comment and text. Left out is what an article does not need:
//! the content of comments and doctypes, scripts that hold scripts in comments. Character
//! references stay as they are; [`super::text`] reads them where text is wanted.

use memchr::memchr;

use super::names::{Attr, Tag};

/// A part of the page; places are bytes of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Token {
    /// Text from `start` to `end`.
    Text {
        /// First byte.
        start: usize,
        /// Byte after the last.
        end: usize,
    },
    /// A start tag; its attributes are in [`Tokens::attributes`] until the next token.
    Start {
        /// Its name.
        tag: Tag,
        /// Where the name stands.
        name: (usize, usize),
        /// Whether it ends with `/>`.
        closes_itself: bool,
    },
    /// An end tag.
    End {
        /// Its name.
        tag: Tag,
    },
}

/// An attribute that is read and where its value stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Attribute {
    pub(super) name: Attr,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// The tokens of a page. Takes time linear in it.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    page: &'a [u8],
    at: usize,
    /// Attributes of the last start tag, in order, without doubles.
    pub(super) attributes: Vec<Attribute>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(page: &'a str) -> Self {
        Self { page: page.as_bytes(), at: 0, attributes: Vec::new() }
    }

    /// The next token.
    pub(super) fn next(&mut self) -> Option<Token> {
        while self.at < self.page.len() {
            let start = self.at;
            if self.page[start] != b'<' || !self.opens_markup(start) {
                return Some(self.text(start));
            }
            if let Some(token) = self.markup(start) {
                return Some(token);
            }
        }
        None
    }

    /// The text up to the end tag of `tag`, whose content is text: what stands behind its start
    /// tag. The end tag itself is taken too.
    pub(super) fn raw(&mut self, name: (usize, usize)) -> Token {
        let start = self.at;
        let name = &self.page[name.0..name.1];
        while let Some(found) = memchr(b'<', &self.page[self.at..]) {
            let at = self.at + found;
            let rest = &self.page[at + 1..];
            let ends = rest.first() == Some(&b'/')
                && rest.get(1..=name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name))
                && rest.get(name.len() + 1).is_none_or(|b| is_space(*b) || b"/>".contains(b));
            if ends {
                let close = memchr(b'>', rest).map_or(self.page.len(), |close| at + close + 2);
                self.at = close;
                return Token::Text { start, end: at };
            }
            self.at = at + 1;
        }
        self.at = self.page.len();
        Token::Text { start, end: self.at }
    }

    /// Whether the `<` at `at` opens a tag, a comment or the like, and is no text.
    fn opens_markup(&self, at: usize) -> bool {
        match self.page.get(at + 1) {
            Some(b'!' | b'?') => true,
            Some(b'/') => self.page.get(at + 2).is_some(),
            Some(byte) => byte.is_ascii_alphabetic(),
            None => false,
        }
    }

    fn text(&mut self, start: usize) -> Token {
        let mut end = start + 1;
        while let Some(found) = memchr(b'<', &self.page[end.min(self.page.len())..]) {
            end += found;
            if self.opens_markup(end) {
                self.at = end;
                return Token::Text { start, end };
            }
            end += 1;
        }
        self.at = self.page.len();
        Token::Text { start, end: self.at }
    }

    /// The markup at `at`: a tag, or nothing for comments and the like.
    fn markup(&mut self, at: usize) -> Option<Token> {
        match self.page[at + 1] {
            b'!' if self.page[at + 2..].starts_with(b"--") => self.comment(at + 4),
            b'/' if self.page[at + 2].is_ascii_alphabetic() => return self.tag(at + 2, true),
            b'!' | b'?' | b'/' => {
                let close = memchr(b'>', &self.page[at + 2..]);
                self.at = close.map_or(self.page.len(), |close| at + 2 + close + 1);
            }
            _ => return self.tag(at + 1, false),
        }
        None
    }

    fn comment(&mut self, from: usize) {
        let body = &self.page[from..];
        if let Some(empty) = [&b">"[..], b"->"].iter().find(|e| body.starts_with(e)) {
            self.at = from + empty.len();
            return;
        }
        let mut at = 0;
        while let Some(found) = memchr::memmem::find(&body[at..], b"--") {
            at += found + 2;
            let dashes = body[at..].iter().take_while(|b| **b == b'-').count();
            at += dashes;
            let end = match body[at..] {
                [b'>', ..] => 1,
                [b'!', b'>', ..] => 2,
                _ => continue,
            };
            self.at = from + at + end;
            return;
        }
        self.at = self.page.len();
    }

    /// The tag whose name starts at `start`. A tag that the page ends in is none.
    fn tag(&mut self, start: usize, is_end: bool) -> Option<Token> {
        let page = self.page;
        let rest = &page[start..];
        let length = rest.iter().position(|b| is_space(*b) || b"/>".contains(b));
        let Some(length) = length else {
            self.at = page.len();
            return None;
        };
        let name = (start, start + length);
        let tag = Tag::of(&page[name.0..name.1]);
        self.attributes.clear();
        let mut at = name.1;
        loop {
            while at < page.len() && (is_space(page[at]) || page[at] == b'/') {
                at += 1;
            }
            match page.get(at) {
                None => {
                    self.at = page.len();
                    return None;
                }
                Some(b'>') => break,
                Some(_) => at = self.attribute(at, is_end),
            }
        }
        self.at = at + 1;
        if is_end {
            return Some(Token::End { tag });
        }
        Some(Token::Start { tag, name, closes_itself: page[at - 1] == b'/' })
    }

    /// Reads the attribute at `start` and says where the next one may start.
    fn attribute(&mut self, start: usize, is_end: bool) -> usize {
        let page = self.page;
        let ends = |b: &u8| is_space(*b) || b"/>=".contains(b);
        // A `=` in front is part of the name.
        let name_end =
            page[start + 1..].iter().position(ends).map_or(page.len(), |length| start + 1 + length);
        let mut at = name_end;
        while at < page.len() && is_space(page[at]) {
            at += 1;
        }
        let mut value = (name_end, name_end);
        if page.get(at) == Some(&b'=') {
            at += 1;
            while at < page.len() && is_space(page[at]) {
                at += 1;
            }
            (value, at) = match page.get(at) {
                Some(&quote @ (b'"' | b'\'')) => {
                    let from = at + 1;
                    let Some(length) = memchr(quote, &page[from..]) else { return page.len() };
                    ((from, from + length), from + length + 1)
                }
                Some(b'>') | None => ((at, at), at),
                Some(_) => {
                    let length = page[at..].iter().position(|b| is_space(*b) || *b == b'>');
                    let end = length.map_or(page.len(), |length| at + length);
                    ((at, end), end)
                }
            };
        } else {
            at = name_end;
        }
        if let Some(name) = Attr::of(&page[start..name_end]).filter(|_| !is_end)
            && let (Ok(from), Ok(to)) = (u32::try_from(value.0), u32::try_from(value.1))
            && !self.attributes.iter().any(|a| a.name == name)
        {
            self.attributes.push(Attribute { name, start: from, end: to });
        }
        at
    }
}

/// What the HTML standard calls white space.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\x0c' | b'\r')
}
