//! Who is the subject of a verb of saying.

use super::cues::{
    is_between, is_cue, is_female, is_naming_verb, is_preposition, is_pronoun, is_sure_cue,
    may_precede_subject,
};
use super::mentions::Mentions;
use super::people;
use super::words::{Word, is_inner, is_name, is_title, name_of_run};
use crate::entities::is_given;
use crate::names::is_particle;

/// Who is named, before names are made full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Name(String),
    /// `he`, `she`.
    Pronoun(Pronoun),
    /// `the mayor`, in small letters and without the article.
    Role(String),
}

/// Of whom a pronoun of the third person speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pronoun {
    He,
    She,
    /// An organisation.
    It,
    /// No pronoun, where the verb tells the person (`dijo`).
    Any,
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
        let short = matches!(
            first.text,
            "laut"
                | "Laut"
                | "selon"
                | "Selon"
                | "según"
                | "Según"
                | "segundo"
                | "Segundo"
                | "secondo"
                | "volgens"
        );
        if short {
            let who = Who::Name(self.name_at_start(&words[1..])?);
            return Some(Subject { who, cue: first.text.to_owned() });
        }
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
        if let Some(who) = words.first().and_then(|w| joined_pronoun(w.text)) {
            return Some(Subject { who, cue: words[0].text.to_owned() });
        }
        let verb = words.iter().take(3).position(|w| is_cue(w.text) || w.text == "so")?;
        let cue = words[verb].text;
        if !words[..verb].iter().all(|w| is_between(w.text)) || !may_precede_subject(cue) {
            return None;
        }
        // `“…”, dijo.`
        if words[verb].stop.is_some() {
            let drops = verb + 1 == words.len() || words[verb].stop == Some(',');
            return (drops && drops_pronoun(cue))
                .then(|| Subject { who: Who::Pronoun(Pronoun::Any), cue: cue.to_owned() });
        }
        let rest = &words[verb + 1..];
        let small = rest.iter().take(2).take_while(|w| is_between(w.text)).count();
        let rest = &rest[small..];
        let who = match rest.first() {
            Some(word) if is_pronoun(word.text) => Who::Pronoun(pronoun(word.text)),
            _ => match self.named_behind_role(rest).or_else(|| self.name_at_start(rest)) {
                Some(name) => Who::Name(name),
                None => self.role_at_start(rest)?,
            },
        };
        Some(Subject { who, cue: cue.to_owned() })
    }

    /// `the former mayor of the town, Ana Ruiz`: the person behind the first comma.
    fn named_behind_role(self, words: &[Word<'_>]) -> Option<String> {
        let comma = words.iter().take(14).position(|w| w.stop.is_some())?;
        let role = is_article(words[0].text) && !words[..=comma].iter().any(|w| self.is_person(w));
        let next = words.get(comma + 1).filter(|w| self.is_person(w))?;
        let name = self.mentions.get(next.mention?)?.name.clone();
        (role && words[comma].stop == Some(',')).then_some(name)
    }

    /// How many words behind a quotation may come before the verb: many where a person is set off at
    /// once (`“…,” Ana Ruiz, who leads the town, said`).
    pub(super) fn reach_of(self, words: &[Word<'_>]) -> usize {
        let set_off = self.mention_end(words).and_then(|end| words[end - 1].stop) == Some(',');
        if set_off { 34 } else { 16 }
    }

    /// `freut sich Ana Ruiz`, `Ana Ruiz beams`: any verb right behind a quotation that a comma ends, with
    /// a person who is known.
    pub(super) fn beside_any_verb(self, words: &[Word<'_>]) -> Option<Subject> {
        let first = words.first()?;
        let plain = |w: &Word<'_>| {
            w.text.starts_with(char::is_lowercase)
                && w.stop.is_none()
                && w.mention.is_none()
                && !is_preposition(w.text)
                && !matches!(
                    w.text,
                    "but" | "which" | "though" | "although" | "so" | "then" | "even"
                )
        };
        if is_pronoun(first.text) && !matches!(first.text, "it" | "It") {
            let verb = words.get(1).filter(|w| plain(w))?;
            let said =
                verb.text.ends_with("ed") || (verb.text.ends_with('s') && verb.text.len() > 3);
            let who = Who::Pronoun(pronoun(first.text));
            return said.then(|| Subject { who, cue: verb.text.to_owned() });
        }
        if self.is_person(first) {
            let end = self.mention_end(words)?;
            let verb = words.get(end)?;
            let said = plain(verb)
                && words[..end].iter().all(|w| w.stop.is_none())
                && !is_possessive(words[end - 1].text)
                && (verb.text.ends_with("ed")
                    || verb.text.ends_with('s')
                    || is_naming_verb(verb.text));
            let name = self.mentions.get(words[end - 1].mention?)?.name.clone();
            return said.then(|| Subject { who: Who::Name(name), cue: verb.text.to_owned() });
        }
        let verb = Some(first).filter(|w| plain(w) && !is_article(w.text))?;
        let skip = usize::from(words.get(1).is_some_and(|w| is_between(w.text) && plain(w)));
        let rest = &words[1 + skip..];
        let who = match rest.first() {
            Some(word) if is_pronoun(word.text) && word.text != "lui" => {
                Who::Pronoun(pronoun(word.text))
            }
            Some(word) if is_name(word.text) => Who::Name(self.name_at_start(rest)?),
            Some(word) if is_article(word.text) => self.role_at_start(rest)?,
            _ => return None,
        };
        Some(Subject { who, cue: verb.text.to_owned() })
    }

    /// `the 36-year-old`, `the new champion`, up to a stop or preposition.
    fn role_at_start(self, words: &[Word<'_>]) -> Option<Who> {
        if !is_article(words.first()?.text) {
            return None;
        }
        let mut role = Vec::new();
        for word in words[1..].iter().take(5) {
            if word.text.is_empty() || is_preposition(word.text) || is_cue(word.text) {
                break;
            }
            role.push(word.text);
            if word.stop.is_some() {
                break;
            }
        }
        role_of(&role)
    }

    /// `the Republican governor`, right before word `end`.
    fn role_ending_at(self, words: &[Word<'_>], end: usize) -> Option<Who> {
        let from = words[..end]
            .iter()
            .enumerate()
            .rev()
            .take(5)
            .find_map(|(i, w)| is_article(&w.text.to_lowercase()).then_some(i))?;
        let role = &words[from + 1..end];
        let whole = role.iter().all(|w| {
            w.stop.is_none()
                && !w.text.is_empty()
                && !is_preposition(w.text)
                && !is_possessive(w.text)
        });
        let opens = from == 0
            || words[from - 1].stop.is_some()
            || words[from - 1].quote.is_some()
            || matches!(words[from - 1].text, "and" | "but" | "as" | "And" | "But" | "As");
        let role: Vec<&str> = role.iter().map(|w| w.text).collect();
        if whole && opens { role_of(&role) } else { None }
    }

    /// Whom a sentence is about: the person or pronoun it opens with, titles and what is set off before
    /// it aside (`On Monday, Mayor Ana Ruiz`).
    pub(super) fn topic(self, words: &[Word<'_>]) -> Option<Who> {
        let commas = words.iter().take(24).enumerate().filter(|(_, w)| w.stop == Some(','));
        for start in std::iter::once(0).chain(commas.map(|(i, _)| i + 1)) {
            let rest = words.get(start..)?;
            let Some(first) = rest.first() else { continue };
            if first.quote.is_some() {
                return None;
            }
            if matches!(first.text, "it" | "It") {
                // `It was Ana Ruiz who left`
                let cleft = rest
                    .get(2)
                    .filter(|w| matches!(rest[1].text, "is" | "was") && self.is_person(w));
                if cleft.is_some() {
                    return self.name_at_start(&rest[2..]).map(Who::Name);
                }
                continue;
            }
            if is_pronoun(first.text) {
                return Some(Who::Pronoun(pronoun(first.text)));
            }
            let before = rest.iter().take(7).position(|w| self.is_person(w));
            let Some(before) = before else {
                if let Some(name) = titled_or_given(rest) {
                    return Some(Who::Name(name));
                }
                continue;
            };
            // `The Ruizes` are many.
            let many = before == 1 && is_article(first.text);
            let titles = !many
                && rest[..before].iter().all(|w| {
                    let word = w.text;
                    w.stop.is_none()
                        && !word.is_empty()
                        && (is_title(word)
                            || word.starts_with(char::is_uppercase)
                            || is_article(word)
                            || !(is_preposition(word) || word.ends_with("ed") || is_cue(word)))
                        && !is_preposition(&word.to_lowercase())
                        && (is_article(word) || !is_particle(word))
                });
            if !titles {
                continue;
            }
            let end = before + self.mention_end(&rest[before..])?;
            let last = &rest[end - 1];
            let person = self.mentions.get(last.mention?)?;
            if person.person && !is_possessive(last.text) {
                return Some(Who::Name(person.name.clone()));
            }
        }
        None
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
                || words[end - 2].quote.is_some()
                || is_sure_cue(words[end - 2].text)
                || matches!(words[end - 2].text, "but" | "But" | "as" | "As" | "and" | "And");
            return clause.then_some(Who::Pronoun(pronoun(last.text)));
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
            None => match self.name_ending_at(words, end) {
                Some(name) => Some(Who::Name(name)),
                None => self.role_ending_at(words, end),
            },
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
            return Some(Who::Pronoun(pronoun(rest[0].text)));
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

    /// The person whom `words` name, if it is one alone.
    pub(super) fn only_person(self, words: &[Word<'_>]) -> Option<String> {
        let mut persons =
            words.iter().filter_map(|w| self.mentions.get(w.mention?).filter(|m| m.person));
        let first = persons.next()?;
        persons
            .all(|m| people::last_word(&m.name) == people::last_word(&first.name))
            .then(|| first.name.clone())
    }

    pub(super) fn is_person(self, word: &Word<'_>) -> bool {
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
        let joined = |w: &Word<'_>| matches!(w.text, "and" | "or" | "&" | "y" | "und" | "et" | "e");
        if !last_stops && next.is_some_and(joined) {
            let second = rest.get(end + 1);
            let named = rest[..end].iter().any(|w| self.is_person(w));
            // `Arzt und Autor Ana Ruiz` is one.
            if !named && second.is_some_and(|w| is_name(w.text) && !self.is_person(w)) {
                let person = rest.iter().skip(end + 1).take(3).find(|w| self.is_person(w))?;
                return self.mentions.get(person.mention?).map(|m| m.name.clone());
            }
            if second.is_none_or(|w| w.text.starts_with(char::is_uppercase) || self.is_person(w)) {
                return None;
            }
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
        // `nannte Ruiz den Fluss`: a German article, but `van der Berg`.
        let article = matches!(word.text, "der" | "den")
            && !run.last().is_some_and(|w| matches!(*w, "van" | "von"));
        let particle = is_particle(word.text) && !article;
        if !(is_name(word.text) || inner || is_title(word.text) || particle)
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

fn pronoun(word: &str) -> Pronoun {
    match word {
        "it" | "It" => Pronoun::It,
        _ if is_female(word) => Pronoun::She,
        _ => Pronoun::He,
    }
}

/// A name of two words that nobody knows, at the start behind a title or with a known given name.
fn titled_or_given(words: &[Word<'_>]) -> Option<String> {
    let run = run_at_start(words);
    let title = run.iter().rposition(|w| is_title(w));
    let rest = &run[title.map_or(0, |i| i + 1)..];
    let known = title.is_some() || rest.first().is_some_and(|w| is_given(w));
    name_of_run(rest).filter(|name| known && name.contains(' '))
}

/// Whether a verb of saying stands alone for `he said` or `she said`.
fn drops_pronoun(cue: &str) -> bool {
    cue.ends_with(['ó', 'ò'])
        || cue.ends_with("ou")
        || matches!(
            cue,
            "dijo"
                | "dice"
                | "disse"
                | "diz"
                | "sostuvo"
                | "explica"
                | "asegura"
                | "afirma"
                | "añade"
                | "señala"
                | "spiega"
                | "aggiunge"
                | "conclude"
                | "sottolinea"
                | "respondeu"
                | "escreveu"
                | "defendeu"
        )
}

/// The pronoun that a hyphen joins to a verb (`dit-il`, `raconte-t-elle`).
fn joined_pronoun(word: &str) -> Option<Who> {
    let (_, pronoun) = word.rsplit_once('-').filter(|(verb, _)| verb.len() > 2)?;
    match pronoun {
        "il" => Some(Who::Pronoun(Pronoun::He)),
        "elle" => Some(Who::Pronoun(Pronoun::She)),
        _ => None,
    }
}

/// The words of what somebody is called, unless they are many people or a name.
fn role_of(words: &[&str]) -> Option<Who> {
    let head = words.last()?;
    let small =
        head.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit()) || is_title(head);
    let german = words.len() <= 3 && head.starts_with(char::is_uppercase);
    let role = words.join(" ").to_lowercase();
    ((small || german) && role.len() > 2).then_some(Who::Role(role))
}

fn is_article(word: &str) -> bool {
    matches!(
        word,
        "the" | "der" | "die" | "le" | "la" | "el" | "il" | "o" | "a" | "de" | "het" | "l" | "The"
    ) && word != "a"
}

pub(super) fn is_possessive(word: &str) -> bool {
    word.ends_with("'s") || word.ends_with("’s") || word.ends_with("s’") || word.ends_with("s'")
}
