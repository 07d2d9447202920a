//! The names of an article, as the quotations' speakers can be told from them.

use std::ops::Range;

use newsmill_article::{EntityKind, Facts, Kept};

use super::words::{self, Word};

/// A name in the kept text.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    /// Bytes of the kept text.
    pub(super) range: Range<usize>,
    pub(super) person: bool,
    pub(super) name: String,
}

/// The persons and organisations that the kept text names, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Mentions(Vec<Mention>);

impl Mentions {
    /// Those of the entities found before.
    pub(super) fn of(kept: &Kept, facts: &Facts) -> Self {
        let mut list = Vec::new();
        for entity in &facts.entities {
            let person = entity.kind == EntityKind::Person;
            if !person && entity.kind != EntityKind::Organisation {
                continue;
            }
            let Some(range) = kept.range_of(entity.span) else { continue };
            let Some(text) = kept.text().get(range.clone()) else { continue };
            let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
            list.push(Mention { range, person, name });
        }
        Self(list)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get(&self, i: usize) -> Option<&Mention> {
        self.0.get(i)
    }

    /// The mentions that begin within `range`.
    pub(super) fn within(&self, range: Range<usize>) -> impl DoubleEndedIterator<Item = &Mention> {
        let from = self.0.partition_point(|m| m.range.start < range.start);
        let to = self.0.partition_point(|m| m.range.start < range.end);
        self.0.get(from..to).unwrap_or_default().iter()
    }

    /// The first full name that ends with the same word as `name`.
    pub(super) fn full(&self, name: &str) -> Option<&str> {
        if name.contains(' ') {
            return None;
        }
        let ends = |m: &&Mention| m.name.strip_suffix(name).is_some_and(|rest| rest.ends_with(' '));
        self.persons().find(ends).map(|m| m.name.as_str())
    }

    /// Whether `name` is an organisation's.
    pub(super) fn is_organisation(&self, name: &str) -> bool {
        self.0.iter().any(|m| !m.person && m.name == name)
    }

    pub(super) fn persons(&self) -> impl Iterator<Item = &Mention> {
        self.0.iter().filter(|m| m.person)
    }

    /// The words of `text`, which begins at byte `base` of the kept text, each with its name.
    pub(super) fn words<'a>(&self, text: &'a str, base: usize) -> Vec<Word<'a>> {
        let mut words: Vec<Word<'a>> = words::of(text).collect();
        let mut next = self.0.partition_point(|m| m.range.end <= base);
        for word in &mut words {
            let start = base + word.at;
            while self.0.get(next).is_some_and(|m| m.range.end <= start) {
                next += 1;
            }
            let inside = self.0.get(next).is_some_and(|m| m.range.start <= start);
            word.mention = inside.then_some(next);
        }
        words
    }
}
