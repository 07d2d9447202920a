//! Who is the subject of a verb of saying.

use super::cues::{is_between, is_cue, is_female, is_preposition, is_pronoun, may_precede_subject};
use super::mentions::Mentions;
use super::words::{Word, is_inner, is_name, is_title, name_of_run};
use crate::names::is_particle;

/// Who is named, before names are made full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Name(String),
    /// `he`, `she`.
    Pronoun {
        female: bool,
    },
}

/// A subject with its verb.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) who: Who,
    pub(super) cue: String,
}

/// Reads subjects with the article's names at hand; where none of them stands, words with capitals
/// do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grammar<'a> {
    pub(super) mentions: &'a Mentions,
}

impl Grammar<'_> {
    /// `according to Ana Ruiz`.
    pub(super) fn according_to(self, words: &[Word<'_>]) -> Option<Subject> {
        let [first, second, rest @ ..] = words else { return None };
        if !first.text.eq_ignore_ascii_case("according") || second.text != "to" {
            return None;
        }
        let who = Who::Name(self.name_at_start(rest)?);
        Some(Subject { who, cue: "according to".to_owned() })
    }

    /// `said Ana Ruiz`, `a déclaré Ana Ruiz`, `according to Ana Ruiz`.
    pub(super) fn behind_verb(self, words: &[Word<'_>]) -> Option<Subject> {
        if let Some(found) = self.according_to(words) {
            return Some(found);
        }
        let verb = words.iter().take(3).position(|w| is_cue(w.text))?;
        let cue = words[verb].text;
        if !words[..verb].iter().all(|w| is_between(w.text)) || !may_precede_subject(cue) {
            return None;
        }
        if words[verb].stop.is_some() {
            return None;
        }
        let rest = &words[verb + 1..];
        let who = match rest.first() {
            Some(word) if is_pronoun(word.text) => Who::Pronoun { female: is_female(word.text) },
            _ => Who::Name(self.name_at_start(rest)?),
        };
        Some(Subject { who, cue: cue.to_owned() })
    }

    /// `Ruiz said`, `the mayor, Ana Ruiz, said`, within the first `within` words.
    pub(super) fn before_verb(self, words: &[Word<'_>], within: usize) -> Option<Subject> {
        let verb = words.iter().take(within).position(|w| is_cue(w.text))?;
        // `the mayor said that` goes on with other words than the quotation's, as does
        // `but the mayor said`.
        let other = |w: &Word<'_>| matches!(w.text, "but" | "and" | "or" | "which" | "while");
        if words.get(verb + 1).is_some_and(|w| w.text == "that") || other(&words[0]) {
            return None;
        }
        let who = self.ending_at(words, verb)?;
        Some(Subject { who, cue: words[verb].text.to_owned() })
    }

    /// The subject of the verb at `verb`: the pronoun or name right before it, or before what is set
    /// off by commas between them (`Ana Ruiz, the mayor, said`).
    pub(super) fn ending_at(self, words: &[Word<'_>], verb: usize) -> Option<Who> {
        let mut end = verb;
        while end > 0 && is_between(words[end - 1].text) && words[end - 1].stop.is_none() {
            end -= 1;
        }
        let last = words.get(end.checked_sub(1)?)?;
        if is_pronoun(last.text) && last.stop.is_none() {
            let clause = end < 2
                || words[end - 2].stop.is_some()
                || matches!(words[end - 2].text, "but" | "But" | "as" | "As" | "and" | "And");
            return clause.then_some(Who::Pronoun { female: is_female(last.text) });
        }
        // `Ruiz’s statement said`
        if let (None, "statement" | "letter" | "email" | "tweet" | "post") = (last.stop, last.text)
            && let Some(before) = end.checked_sub(2).map(|i| &words[i])
            && is_possessive(before.text)
        {
            let owner = before.mention.and_then(|m| self.mentions.get(m)).filter(|m| m.person)?;
            return Some(Who::Name(owner.name.clone()));
        }
        match last.stop {
            None => self.name_ending_at(words, end).map(Who::Name),
            Some(',') => {
                let from = words[..end - 1].iter().rposition(|w| w.stop.is_some())?;
                let set_off = end - 1 - from;
                if words[from].stop != Some(',') || set_off > 16 {
                    return None;
                }
                // `the mayor, Ana Ruiz, said`: the name stands between the commas.
                let inside = run_at_start(&words[from + 1..end]);
                let role_before = words[..=from].iter().all(|w| {
                    w.text.starts_with(char::is_lowercase) || w.text == "The" || is_title(w.text)
                });
                let person = words[end - 1].mention.and_then(|m| self.mentions.get(m));
                let role = person.is_some_and(|m| m.person)
                    && self.mention_end(&words[from + 1..]) == Some(set_off)
                    && !words[..=from].iter().any(|w| self.is_person(w));
                if (inside.len() == set_off && role_before && from < 6) || role {
                    return name_of_run(&inside).map(Who::Name);
                }
                self.name_ending_at(words, from + 1)
                    .or_else(|| self.set_off(&words[..end]))
                    .map(Who::Name)
            }
            Some(_) => None,
        }
    }

    /// The person before what is set off by several commas at the end of `words`: `Ana Ruiz, 42, a
    /// lecturer from Lima,`.
    fn set_off(self, words: &[Word<'_>]) -> Option<String> {
        let from = words.len().saturating_sub(SET_OFF);
        for (i, word) in words.iter().enumerate().skip(from).rev() {
            if matches!(word.stop, Some(s) if s != ',') || is_cue(word.text) {
                return None;
            }
            if word.stop == Some(',') && i + 1 < words.len() && self.is_person(word) {
                return self.name_ending_at(words, i + 1);
            }
        }
        None
    }

    /// The person whom a sentence begins with: `Ana Ruiz from Lima`, `Mayor Ana Ruiz`, `Still, Ruiz`.
    pub(super) fn opening(self, words: &[Word<'_>]) -> Option<Who> {
        let start = usize::from(words.first()?.stop == Some(',') && words[0].mention.is_none());
        let rest = &words[start..];
        if is_pronoun(rest.first()?.text) {
            return Some(Who::Pronoun { female: is_female(rest[0].text) });
        }
        let first = rest.iter().take(8).position(|w| w.mention.is_some())?;
        if rest[..first]
            .iter()
            .any(|w| w.stop.is_some() || is_preposition(w.text) || is_cue(w.text))
        {
            return None;
        }
        let end = self.mention_end(&rest[first..])? + first;
        let last = &rest[end - 1];
        let mention = self.mentions.get(last.mention?)?;
        (mention.person && !is_possessive(last.text)).then(|| Who::Name(mention.name.clone()))
    }

    fn is_person(self, word: &Word<'_>) -> bool {
        word.mention.and_then(|m| self.mentions.get(m)).is_some_and(|m| m.person)
    }

    /// The name at the start of `words`, behind a trade in small letters (`spokesman Jo Doe`,
    /// `the mayor, Ana Ruiz`).
    pub(super) fn name_at_start(self, words: &[Word<'_>]) -> Option<String> {
        let trade = words
            .iter()
            .take(6)
            .take_while(|w| {
                w.text.starts_with(char::is_lowercase)
                    && w.mention.is_none()
                    && !is_preposition(w.text)
                    && !is_particle_start(w)
            })
            .count();
        let broken =
            |(i, w): (usize, &Word<'_>)| w.stop.is_some() && (i + 1 < trade || w.stop != Some(','));
        if words[..trade].iter().enumerate().any(broken) {
            return None;
        }
        let rest = &words[trade..];
        let run = run_at_start(rest);
        let end = self.mention_end(rest).unwrap_or(0).max(run.len());
        if let Some(person) = self.resident(rest, end) {
            return Some(person);
        }
        let next = rest.get(end);
        let last_stops = words[..trade + end].last().is_some_and(|w| w.stop.is_some());
        // `said Ana Ruiz and Jo Doe` names two.
        let joined = |w: &Word<'_>| matches!(w.text, "and" | "or" | "&" | "y" | "und" | "et");
        if !last_stops && next.is_some_and(joined) {
            return None;
        }
        let last = rest[..end].last().and_then(|w| self.mentions.get(w.mention?));
        last.map(|m| m.name.clone()).or_else(|| name_of_run(&run))
    }

    /// `Lima resident Ana Ruiz`: behind the run of `end` words a trade, then a person.
    fn resident(self, words: &[Word<'_>], end: usize) -> Option<String> {
        if end == 0 || words[end - 1].stop.is_some() {
            return None;
        }
        let rest = &words[end..];
        let trade = rest
            .iter()
            .take(3)
            .take_while(|w| {
                w.text.starts_with(char::is_lowercase)
                    && w.stop.is_none()
                    && !is_preposition(w.text)
                    && !is_cue(w.text)
            })
            .count();
        let person = rest.get(trade).filter(|_| trade > 0)?.mention?;
        self.mentions.get(person).filter(|m| m.person).map(|m| m.name.clone())
    }

    /// Words at the start that belong to names, titles among them.
    fn mention_end(self, words: &[Word<'_>]) -> Option<usize> {
        let mut end = 0;
        for (i, word) in words.iter().enumerate().take(12) {
            if word.mention.is_none() && !is_title(word.text) {
                break;
            }
            if word.mention.is_some() {
                end = i + 1;
            }
            if word.stop.is_some() {
                break;
            }
        }
        (end > 0).then_some(end)
    }

    /// The name whose last word is the one before `end`, if it is the subject of its clause.
    fn name_ending_at(self, words: &[Word<'_>], end: usize) -> Option<String> {
        let last = words.get(end.checked_sub(1)?)?;
        let mention = last.mention;
        let mut start = end;
        if let Some(mention) = mention {
            if is_possessive(last.text) {
                return None;
            }
            while start > 0 && words[start - 1].mention == Some(mention) {
                start -= 1;
            }
        }
        let named = start;
        while start > 0 {
            let word = &words[start - 1];
            let inner_stop = start < end && word.stop.is_some();
            if inner_stop
                || !(is_name(word.text)
                    || is_title(word.text)
                    || (start < end && is_particle(word.text)))
            {
                break;
            }
            if is_possessive(word.text) {
                // `Lima’s mayor Ana Ruiz` speaks, `Ruiz’s lawyer` has no name.
                if named < end {
                    break;
                }
                return None;
            }
            start -= 1;
        }
        // A particle does not open a name that a preposition opens.
        while start < named && is_particle(words[start].text) {
            start += 1;
        }
        if start == end || end - start > 12 {
            return None;
        }
        // Back to the start of the clause there may be a trade, and nothing that makes the name
        // somebody else's.
        // `Governor of Washington Ana Ruiz`
        if start >= 2
            && named > start
            && words[start - 1].text == "of"
            && is_title(words[start - 2].text)
        {
            start -= 2;
        }
        for (i, word) in words[..start].iter().enumerate().rev().take(6) {
            // `Doe said Ruiz told them`: each verb has its own subject.
            let governed =
                |w: &Word<'_>| w.mention.is_some() || is_pronoun(w.text) || is_name(w.text);
            if is_cue(word.text) && i + 1 == start && i > 0 && governed(&words[i - 1]) {
                break;
            }
            if matches!(word.stop, Some(',' | ':' | ';' | '—')) {
                break;
            }
            // `minister of mines Ana Ruiz`: a trade stands right before the name.
            if i + 1 < start
                && named > start.saturating_sub(1)
                && mention.is_some()
                && is_preposition(word.text)
                && words[start - 1].text.starts_with(char::is_lowercase)
                && !matches!(word.text, "who" | "that" | "for" | "to" | "than" | "is" | "was")
            {
                break;
            }
            let possessive = is_possessive(word.text) && named == end;
            if word.stop.is_some() || is_preposition(word.text) || possessive || is_cue(word.text) {
                let opens =
                    start == 1 && matches!(word.text, "as" | "As" | "and" | "And" | "but" | "But");
                if !opens {
                    return None;
                }
            }
        }
        if let Some(mention) = mention.and_then(|m| self.mentions.get(m)) {
            return Some(mention.name.clone());
        }
        let run: Vec<&str> = words[start..end].iter().map(|w| w.text).collect();
        name_of_run(&run)
    }
}

/// Words that are looked back over for whom they are set off from.
const SET_OFF: usize = 28;

fn is_particle_start(word: &Word<'_>) -> bool {
    matches!(word.text, "von" | "van" | "de" | "da" | "di" | "al" | "el" | "bin")
}

/// Words with capitals and particles at the start of `words`, up to the first stop.
fn run_at_start<'a>(words: &[Word<'a>]) -> Vec<&'a str> {
    let mut run = Vec::new();
    for word in words.iter().take(10) {
        let inner = !run.is_empty() && is_inner(word.text);
        if !(is_name(word.text) || inner || is_title(word.text) || is_particle(word.text))
            || is_possessive(word.text)
            || (word.opened && !run.is_empty())
        {
            break;
        }
        run.push(word.text);
        if word.stop.is_some() {
            break;
        }
    }
    run
}

fn is_possessive(word: &str) -> bool {
    word.ends_with("'s") || word.ends_with("’s") || word.ends_with("s’") || word.ends_with("s'")
}
