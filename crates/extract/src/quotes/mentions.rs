//! The names of an article, as the quotations' speakers can be told from them.

use std::collections::{HashMap, HashSet};
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
pub(super) struct Mentions {
    list: Vec<Mention>,
    /// The first person whose full name ends with a word.
    full: HashMap<String, usize>,
    organisations: HashSet<String>,
}

impl Mentions {
    /// Those of the entities found before.
    pub(super) fn of(kept: &Kept, facts: &Facts) -> Self {
        let mut all = Self::default();
        for entity in &facts.entities {
            let person = entity.kind == EntityKind::Person;
            if !person && entity.kind != EntityKind::Organisation {
                continue;
            }
            let Some(range) = kept.range_of(entity.span) else { continue };
            let Some(text) = kept.text().get(range.clone()) else { continue };
            let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if !person {
                all.organisations.insert(name.clone());
            } else if let Some((_, last)) = name.rsplit_once(' ') {
                all.full.entry(last.to_owned()).or_insert(all.list.len());
            }
            all.list.push(Mention { range, person, name });
        }
        all
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn get(&self, i: usize) -> Option<&Mention> {
        self.list.get(i)
    }

    /// The mentions that begin within `range`.
    pub(super) fn within(&self, range: Range<usize>) -> impl DoubleEndedIterator<Item = &Mention> {
        let from = self.list.partition_point(|m| m.range.start < range.start);
        let to = self.list.partition_point(|m| m.range.start < range.end);
        self.list.get(from..to).unwrap_or_default().iter()
    }

    /// The first full name that ends with the same word as `name`.
    pub(super) fn full(&self, name: &str) -> Option<&str> {
        self.full.get(name).map(|&i| self.list[i].name.as_str())
    }

    /// Whether `name` is an organisation's.
    pub(super) fn is_organisation(&self, name: &str) -> bool {
        self.organisations.contains(name)
    }

    pub(super) fn persons(&self) -> impl Iterator<Item = &Mention> {
        self.list.iter().filter(|m| m.person)
    }

    /// The words of `text`, which begins at byte `base` of the kept text, each with its name.
    pub(super) fn words<'a>(&self, text: &'a str, base: usize) -> Vec<Word<'a>> {
        let mut words: Vec<Word<'a>> = words::of(text).collect();
        let mut next = self.list.partition_point(|m| m.range.end <= base);
        for word in &mut words {
            let start = base + word.at;
            while self.list.get(next).is_some_and(|m| m.range.end <= start) {
                next += 1;
            }
            let inside = self.list.get(next).is_some_and(|m| m.range.start <= start);
            word.mention = inside.then_some(next);
        }
        words
    }
}
