//! Whom `he`, `she` and `the mayor` stand for.

use std::collections::HashMap;

use super::cues::{is_preposition, is_pronoun, is_sure_cue};
use super::mentions::Mentions;
use super::narration::Narration;
use super::people::last_word;
use super::subject::{Grammar, Pronoun, Who};
use super::words::{Word, is_title};
use crate::entities::is_female;

/// Bytes over which a pronoun reaches back.
const NEAR: usize = 1_500;

/// A person who was spoken of or spoke, in the order of the text.
#[derive(Clone, Debug)]
struct Event {
    /// Byte of the kept text.
    at: usize,
    name: String,
}

/// Who is spoken of at a place of the text: the persons who were the subject of a sentence or spoke,
/// up to there.
pub(super) struct Focus<'a> {
    grammar: Grammar<'a>,
    narration: &'a Narration<'a>,
    events: Vec<Event>,
    /// The next sentence that is read.
    next: usize,
    roles: Roles,
}

impl<'a> Focus<'a> {
    pub(super) fn new(narration: &'a Narration<'a>, grammar: Grammar<'a>) -> Self {
        let roles = Roles::of(narration, grammar.mentions);
        Self { grammar, narration, events: Vec::new(), next: 1, roles }
    }

    /// Reads on up to sentence `number`, which is not read itself.
    pub(super) fn read_to(&mut self, number: usize) {
        while self.next < number {
            let words = self.narration.numbered(self.next);
            if let Some(first) = words.first() {
                self.read(words, first.at);
            }
            self.next += 1;
        }
    }

    fn read(&mut self, words: &'a [Word<'a>], at: usize) {
        let quoted = words.iter().any(|w| w.quote.is_some());
        match self.grammar.topic(words) {
            Some(Who::Name(name)) => self.push(at, name),
            Some(who) => {
                if let Some(name) = self.stands_for(&who, at) {
                    self.push(at, name);
                }
            }
            None => {
                // `The first witness was Ana Ruiz`
                let plain = |w: &Word<'_>| {
                    w.quote.is_none() && w.stop != Some('?') && !is_pronoun(&w.text.to_lowercase())
                };
                if let Some(name) =
                    self.grammar.only_person(words).filter(|_| words.iter().all(plain))
                {
                    self.push(at, name);
                }
            }
        }
        if quoted {
            return;
        }
        for (verb, word) in words.iter().enumerate() {
            if !is_sure_cue(word.text) {
                continue;
            }
            if let Some(Who::Name(name)) = self.grammar.ending_at(words, verb) {
                self.push(word.at, name);
            }
        }
    }

    fn push(&mut self, at: usize, name: String) {
        self.events.push(Event { at, name });
    }

    /// `name` speaks at byte `at`.
    pub(super) fn speaks(&mut self, name: &str, at: usize) {
        self.push(at, name.to_owned());
    }

    /// Whom `who` stands for at byte `at`: the person a sentence was about last or who spoke last, or
    /// the only one named near; never one whose given name is of the other sex.
    pub(super) fn stands_for(&self, who: &Who, at: usize) -> Option<String> {
        match who {
            Who::Name(name) => Some(name.clone()),
            Who::Role(role) => self.roles.find(role).or_else(|| {
                let aged = role.contains("-year-old") || role.contains("-jährige");
                let last = self.events.last().filter(|e| aged && at <= e.at + NEAR)?;
                Some(last.name.clone())
            }),
            Who::Pronoun(pronoun) => {
                let fits = |name: &str| self.fits(name, *pronoun);
                let floor = at.saturating_sub(NEAR);
                let mut last = self.events.iter().rev().take_while(|e| e.at >= floor);
                if let Some(event) = last.find(|e| fits(&e.name)) {
                    return Some(event.name.clone());
                }
                if *pronoun == Pronoun::It {
                    return None;
                }
                let near = self.grammar.mentions.within(floor..at);
                let mut near = near.filter(|m| m.person && fits(&m.name));
                let only = near.next()?;
                let same = last_word(&only.name);
                near.all(|m| last_word(&m.name) == same).then(|| only.name.clone())
            }
        }
    }

    /// Whether `pronoun` can stand for `name`.
    pub(super) fn fits(&self, name: &str, pronoun: Pronoun) -> bool {
        let mentions = self.grammar.mentions;
        let organisation = mentions.is_organisation(name);
        if pronoun == Pronoun::It || organisation {
            return pronoun == Pronoun::It && organisation;
        }
        let full = if name.contains(' ') { name } else { mentions.full(name).unwrap_or(name) };
        let given = full.split(' ').next().unwrap_or_default();
        pronoun == Pronoun::Any
            || is_female(given).is_none_or(|female| female == (pronoun == Pronoun::She))
    }
}

/// Persons of one role that are told apart.
const MANY: usize = 16;

/// What persons are called besides their names (`the mayor`, `the 36-year-old`).
struct Roles {
    /// Names by a word in small letters of what they are, and whether it is the noun that says so.
    by_word: HashMap<String, Vec<(String, bool)>>,
}

impl Roles {
    /// From the words before names (`Mayor Ana Ruiz`) and set off behind them (`Ana Ruiz, 36, the mayor
    /// of Lima,`).
    fn of(narration: &Narration<'_>, mentions: &Mentions) -> Self {
        let mut all = Self { by_word: HashMap::new() };
        let words = &narration.words;
        let mut at = 0;
        while at < words.len() {
            let Some(mention) = words[at].mention else {
                at += 1;
                continue;
            };
            let start = at;
            while at < words.len() && words[at].mention == Some(mention) {
                at += 1;
            }
            let Some(person) = mentions.get(mention).filter(|m| m.person) else { continue };
            let before = words[..start].iter().rev().take(5).take_while(|w| {
                w.stop.is_none()
                    && w.mention.is_none_or(|m| mentions.get(m).is_some_and(|m| !m.person))
                    && w.quote.is_none()
                    && w.sentence == words[start].sentence
                    && !is_preposition(w.text)
                    && !is_sure_cue(w.text)
            });
            for (i, word) in before.enumerate() {
                all.add(word.text, &person.name, i == 0);
            }
            if words[at - 1].stop != Some(',') {
                continue;
            }
            let sentence = words[start].sentence;
            for (word_at, word) in words.iter().enumerate().skip(at).take(10) {
                let lower = word.text.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit());
                if word.sentence != sentence
                    || word.quote.is_some()
                    || word.mention.is_some()
                    || !(lower || is_title(word.text) || word.text.len() <= 4)
                    || is_preposition(word.text)
                {
                    break;
                }
                let next = words.get(word_at + 1);
                let head = word.stop.is_some() || next.is_none_or(|w| is_preposition(w.text));
                let age = word.text.starts_with(|c: char| c.is_ascii_digit());
                all.add(word.text, &person.name, head || age);
                if word.stop.is_some() && !word.text.starts_with(|c: char| c.is_ascii_digit()) {
                    break;
                }
            }
        }
        all
    }

    fn add(&mut self, word: &str, name: &str, head: bool) {
        let word = word.trim_end_matches('.').to_lowercase();
        let word = match word.as_str() {
            "gov" => "governor",
            "sen" => "senator",
            "rep" => "representative",
            "gen" => "general",
            "the" | "der" | "die" | "des" | "les" | "los" | "and" => return,
            word => word,
        };
        let names = self.by_word.entry(word.to_owned()).or_default();
        if let Some((_, known)) = names.last_mut().filter(|(n, _)| n == name) {
            *known |= head;
        } else if names.len() < MANY {
            names.push((name.to_owned(), head));
        }
    }

    /// The one person whom all words of `role` fit, or its last word.
    fn find(&self, role: &str) -> Option<String> {
        let known = |word: &str| {
            let age =
                word.split(['-']).next().filter(|a| a.starts_with(|c: char| c.is_ascii_digit()));
            self.by_word.get(age.unwrap_or(word))
        };
        let head = known(role.rsplit(' ').next()?)?;
        let all = |name: &str| {
            role.split(' ').all(|w| known(w).is_some_and(|l| l.iter().any(|(n, _)| n == name)))
        };
        let heads = || head.iter().filter(|(_, head)| *head).map(|(n, _)| n.as_str());
        let mut best: Vec<&str> = heads().filter(|n| all(n)).collect();
        if best.is_empty() {
            best = heads().collect();
        }
        let first = best.first()?;
        let same = |n: &&str| last_word(n) == last_word(first);
        best.iter().all(same).then(|| (*first).to_owned())
    }
}
