//! The names of an article, as the quotations' speakers can be told from them.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use newsmill_article::{EntityKind, Facts, Kept};

use super::words::{is_name, is_title};
use crate::entities::is_given;

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
    /// In capitals.
    organisations: HashSet<String>,
    places: HashSet<String>,
}

impl Mentions {
    /// Those of the entities found before.
    pub(super) fn of(kept: &Kept, facts: &Facts) -> Self {
        let mut all = Self::default();
        let mut surnames = Vec::new();
        for entity in &facts.entities {
            let person = entity.kind == EntityKind::Person;
            if entity.kind == EntityKind::Place
                && let Some(text) = kept.range_of(entity.span).and_then(|r| kept.text().get(r))
            {
                all.places.insert(text.to_owned());
                // `Ana Lima` is one person, whatever Lima is.
                let range = kept.range_of(entity.span);
                if let (Some(range), Some(last)) = (range, all.list.last())
                    && last.person
                    && !last.name.contains(' ')
                    && kept.text().get(last.range.end..range.start) == Some(" ")
                {
                    surnames.push((range, all.list.len() - 1));
                }
            }
            if !person && entity.kind != EntityKind::Organisation {
                continue;
            }
            let Some(range) = kept.range_of(entity.span) else { continue };
            let Some(text) = kept.text().get(range.clone()) else { continue };
            let name = if person { bare(text) } else { text };
            let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
            if !person {
                all.organisations.insert(name.to_uppercase());
            }
            all.list.push(Mention { range, person, name });
        }
        for (range, place) in surnames {
            let Some(mention) = all.list.get_mut(place) else { continue };
            mention.name = format!("{} {}", mention.name, &kept.text()[range.clone()]);
            mention.range.end = range.end;
        }
        for i in 0..all.list.len() {
            let end = all.list.get(i + 1).map_or(kept.text().len(), |m| m.range.start);
            all.list[i].take_surname(kept.text(), end);
            let mention = &mut all.list[i];
            // One word that is an organisation elsewhere is no person.
            mention.person &= !all.organisations.contains(&mention.name.to_uppercase());
            if mention.person
                && let Some((_, last)) = mention.name.rsplit_once(' ')
            {
                all.full.entry(last.to_owned()).or_insert(i);
            }
        }
        all
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
        self.organisations.contains(&name.to_uppercase())
    }

    /// Whether `name` is a place's.
    pub(super) fn is_place(&self, name: &str) -> bool {
        self.places.contains(name)
    }

    pub(super) fn persons(&self) -> impl Iterator<Item = &Mention> {
        self.list.iter().filter(|m| m.person)
    }

    /// A walk over the names from byte `at` of the kept text on.
    pub(super) fn from(&self, at: usize) -> Walk<'_> {
        Walk { list: &self.list, next: self.list.partition_point(|m| m.range.end <= at) }
    }
}

impl Mention {
    /// A given name that nothing parts from another word with a capital is a name of two.
    fn take_surname(&mut self, text: &str, end: usize) {
        let alone = self.person && !self.name.contains(' ') && is_given(&self.name);
        let rest =
            text.get(self.range.end..end).filter(|_| alone).and_then(|r| r.strip_prefix(' '));
        let Some(rest) = rest else { return };
        let len = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        let word = &rest[..len];
        if len > 2 && is_name(word) && !is_title(word) {
            self.name = format!("{} {word}", self.name);
            self.range.end += 1 + len;
        }
    }
}

/// A person's name without what only stands before it (`Author Ana Ruiz`, `Sixty-year-old Ana Ruiz`).
fn bare(name: &str) -> &str {
    let mut rest = name;
    while let Some((first, more)) = rest.split_once(char::is_whitespace) {
        let aged = first.ends_with("-year-old") || first.ends_with("-jährige");
        if !aged && !is_title(first) {
            break;
        }
        rest = more.trim_start();
    }
    rest
}

/// Goes through the names once, in order.
pub(super) struct Walk<'a> {
    list: &'a [Mention],
    next: usize,
}

impl Walk<'_> {
    /// The name at byte `at`, which never goes down.
    pub(super) fn at(&mut self, at: usize) -> Option<usize> {
        while self.list.get(self.next).is_some_and(|m| m.range.end <= at) {
            self.next += 1;
        }
        self.list.get(self.next).is_some_and(|m| m.range.start <= at).then_some(self.next)
    }
}
