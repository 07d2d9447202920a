//! Who said a quotation.

use newsmill_article::Kept;

use super::cues::{
    is_between, is_cue, is_naming_verb, is_preposition, is_pronoun, may_precede_subject,
};
use super::marks::Marked;
use super::people::make_full;
use super::words::{self, Word, is_name, is_title, name_of_run};
use crate::names::is_particle;

/// Who said a quotation, by which words, and how sure that is.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) speaker: String,
    pub(super) cue: String,
    pub(super) confidence: f32,
}

/// Name and verb stand right beside the quotation.
const DIRECT: f32 = 0.95;
/// The sentence names its speaker before the words in marks.
const PARTIAL: f32 = 0.75;
/// The quotation goes on with one that is attributed.
const CARRIED: f32 = 0.85;
/// A pronoun stands for the last speaker.
const PRONOUN: f32 = 0.65;

/// Bytes looked at on either side of a quotation.
const WINDOW: usize = 280;
/// Blocks over which a pronoun reaches back.
const REACH: usize = 3;

/// Who is named, before names are made full.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Who {
    Name(String),
    Pronoun,
}

/// A subject with its verb.
struct Found {
    who: Who,
    cue: String,
    confidence: f32,
}

/// For each quotation who said it, where the text tells.
pub(super) fn attribute(kept: &Kept, quotes: &[Marked]) -> Vec<Option<Said>> {
    let mut said: Vec<Option<Said>> = vec![None; quotes.len()];
    // The last speaker by name: name and block.
    let mut last: Option<(String, usize)> = None;
    for (i, quote) in quotes.iter().enumerate() {
        let near = Surroundings::of(kept, quotes, i);
        let found = near.direct().or_else(|| near.partial());
        let previous = i.checked_sub(1).map(|p| (&quotes[p], &said[p]));
        said[i] = match found {
            Some(Found { who: Who::Name(speaker), cue, confidence }) => {
                Some(Said { speaker, cue, confidence })
            }
            Some(Found { who: Who::Pronoun, cue, .. }) => {
                let near = last.as_ref().filter(|l| l.1 + REACH >= quote.block);
                let speaker = antecedent(kept, quotes, i, near.map(|l| l.0.as_str()));
                speaker.map(|speaker| Said { speaker, cue, confidence: PRONOUN })
            }
            None => previous.and_then(|(before, said)| {
                let said = said.as_ref()?;
                let carries = before.runs_on || near.continues(before, said);
                carries.then(|| Said { confidence: said.confidence.min(CARRIED), ..said.clone() })
            }),
        };
        if let Some(said) = &said[i] {
            last = Some((said.speaker.clone(), quote.block));
        }
    }
    // A quotation that runs on is the next one's speaker's.
    for i in (1..quotes.len()).rev() {
        if quotes[i - 1].runs_on && said[i - 1].is_none() {
            let carried = said[i].clone();
            said[i - 1] = carried.map(|s| Said { confidence: s.confidence.min(CARRIED), ..s });
        }
    }
    let speakers = said.iter_mut().flatten().map(|said| &mut said.speaker);
    make_full(kept.text(), speakers.collect());
    said
}

/// The text around one quotation, up to its neighbours.
struct Surroundings<'a> {
    before: &'a str,
    inner: &'a str,
    after: &'a str,
    /// Whether `before` reaches back to another quotation and not to the block's start.
    neighbour: bool,
    block: usize,
}

impl<'a> Surroundings<'a> {
    fn of(kept: &'a Kept, quotes: &[Marked], i: usize) -> Self {
        let text = kept.text();
        let quote = &quotes[i];
        let block = kept.blocks()[quote.block].range.clone();
        let same = |q: &&Marked| q.block == quote.block;
        let left = i.checked_sub(1).map(|p| &quotes[p]).filter(same);
        let right = quotes.get(i + 1).filter(same);
        let start = left.map_or(block.start, |q| q.outer.end);
        let end = right.map_or(block.end, |q| q.outer.start);
        let start_near =
            text.ceil_char_boundary(quote.outer.start.saturating_sub(WINDOW)).max(start);
        let end_near = text.floor_char_boundary(quote.outer.end + WINDOW).min(end);
        Self {
            before: text.get(start_near..quote.outer.start).unwrap_or_default(),
            inner: text.get(quote.inner.clone()).unwrap_or_default(),
            after: text.get(quote.outer.end..end_near).unwrap_or_default(),
            neighbour: left.is_some(),
            block: quote.block,
        }
    }

    fn direct(&self) -> Option<Found> {
        self.behind().or_else(|| self.in_front())
    }

    /// `“…,” said Ana Ruiz`, `“…,” Ruiz said`, `“…,” according to Ana Ruiz`.
    fn behind(&self) -> Option<Found> {
        let open = self.inner.ends_with([',', '?', '!', '—', '–', '…', '-']);
        let comma = self.after.trim_start().starts_with([',', '—', '–', '-']);
        if !open && !comma {
            return None;
        }
        let mut words = Vec::new();
        for word in words::of(self.after).take(24) {
            if word.text.is_empty() && words.is_empty() {
                continue;
            }
            words.push(word);
            if matches!(word.stop, Some('.' | '!' | '?' | ';' | ':')) {
                break;
            }
        }
        subject_behind_verb(&words).or_else(|| subject_before_verb(&words, 12))
    }

    /// `Ana Ruiz said: “…”`, `According to Ana Ruiz, “…”`.
    fn in_front(&self) -> Option<Found> {
        let sentence = last_sentence(self.before);
        let lead = sentence.trim_end();
        if self.neighbour && lead.len() == self.before.trim_end().len() {
            // The sentence began with the quotation before: its own words.
            return None;
        }
        let words: Vec<Word<'_>> = words::of(lead).collect();
        if let Some(found) = according_to(&words) {
            return lead.ends_with(',').then_some(found);
        }
        let verb = words.iter().rposition(|w| is_cue(w.text))?;
        let far = words.len() - verb - 1;
        let pointed = lead.ends_with([',', ':']);
        if !(far == 0 || (pointed && far <= 8)) {
            return None;
        }
        if words[verb + 1..].iter().any(|w| w.stop == Some('.')) {
            return None;
        }
        subject_ending_at(&words, verb).map(|who| Found {
            who,
            cue: words[verb].text.to_owned(),
            confidence: DIRECT,
        })
    }

    /// `Ana Ruiz said the river was “a danger”`, `Ruiz called it “a danger”`.
    fn partial(&self) -> Option<Found> {
        let sentence = last_sentence(self.before);
        if self.neighbour && sentence.len() == self.before.len() {
            return None;
        }
        let words: Vec<Word<'_>> = words::of(sentence).collect();
        let mut verbs =
            words.iter().enumerate().filter(|(_, w)| is_cue(w.text) || is_naming_verb(w.text));
        let (verb, cue) = verbs.next()?;
        let between = &words[verb + 1..];
        let clear = verbs.next().is_none()
            && between.len() <= 12
            && !between.iter().any(|w| is_name(w.text) || matches!(w.stop, Some('.' | ';' | ':')));
        // The subject must open the sentence.
        let opens = words[..verb].iter().all(|w| w.stop.is_none());
        let who = subject_ending_at(&words, verb).filter(|_| clear && opens)?;
        Some(Found { who, cue: cue.text.to_owned(), confidence: PARTIAL })
    }

    /// Whether nothing but the attribution of the quotation before stands between the two.
    fn continues(&self, before: &Marked, said: &Said) -> bool {
        if before.block != self.block {
            return false;
        }
        let between = self.before.trim();
        if between.is_empty() {
            return true;
        }
        let full = self.inner.starts_with(char::is_uppercase);
        let attributed =
            words::of(between).any(|w| w.text == said.cue) || between.starts_with("according to");
        let sentences =
            words::of(between).filter(|w| matches!(w.stop, Some('.' | '!' | '?'))).count();
        let split = between.ends_with(',') && sentences == 0;
        let next = full && sentences == 1 && between.ends_with(['.', ':']);
        attributed && (split || next)
    }
}

/// The last sentence of `text`, which goes on behind it.
fn last_sentence(text: &str) -> &str {
    let mut start = 0;
    let mut at = 0;
    for token in text.split_inclusive(char::is_whitespace) {
        let word = token.trim_end();
        at += token.len();
        let ends = word.trim_end_matches(['”', '"', '’', ')', '»']).ends_with(['.', '!', '?', ';']);
        let abbreviated = words::of(word).next().is_none_or(|w| w.text.ends_with('.'));
        let opens = text[at..].trim_start().chars().next().is_none_or(|c| !c.is_lowercase());
        if ends && !abbreviated && opens && at < text.len() {
            start = at;
        }
    }
    &text[start..]
}

/// `according to Ana Ruiz`.
fn according_to(words: &[Word<'_>]) -> Option<Found> {
    let [first, second, rest @ ..] = words else { return None };
    if !first.text.eq_ignore_ascii_case("according") || second.text != "to" {
        return None;
    }
    let who = Who::Name(name_at_start(rest)?);
    Some(Found { who, cue: "according to".to_owned(), confidence: DIRECT })
}

/// `said Ana Ruiz`, `a déclaré Ana Ruiz`, `according to Ana Ruiz`.
fn subject_behind_verb(words: &[Word<'_>]) -> Option<Found> {
    if let Some(found) = according_to(words) {
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
        Some(word) if is_pronoun(word.text) => Who::Pronoun,
        _ => Who::Name(name_at_start(rest)?),
    };
    Some(Found { who, cue: cue.to_owned(), confidence: DIRECT })
}

/// `Ruiz said`, `the mayor, Ana Ruiz, said`, within the first `within` words.
fn subject_before_verb(words: &[Word<'_>], within: usize) -> Option<Found> {
    let verb = words.iter().take(within).position(|w| is_cue(w.text))?;
    let who = subject_ending_at(words, verb)?;
    Some(Found { who, cue: words[verb].text.to_owned(), confidence: DIRECT })
}

/// The name at the start of `words`, behind a trade in small letters (`spokesman Jo Doe`, `the
/// mayor, Ana Ruiz`).
fn name_at_start(words: &[Word<'_>]) -> Option<String> {
    let trade = words
        .iter()
        .take(6)
        .take_while(|w| {
            w.text.starts_with(char::is_lowercase)
                && !is_preposition(w.text)
                && !is_particle_start(w)
        })
        .count();
    if words[..trade]
        .iter()
        .enumerate()
        .any(|(i, w)| w.stop.is_some() && (i + 1 < trade || w.stop != Some(',')))
    {
        return None;
    }
    let run = run_at_start(&words[trade..]);
    let next = words.get(trade + run.len());
    let last_stops = words[..trade + run.len()].last().is_some_and(|w| w.stop.is_some());
    // `said Ana Ruiz and Jo Doe` names two.
    if !last_stops
        && next.is_some_and(|w| matches!(w.text, "and" | "or" | "&" | "y" | "und" | "et"))
    {
        return None;
    }
    name_of_run(&run)
}

fn is_particle_start(word: &Word<'_>) -> bool {
    matches!(word.text, "von" | "van" | "de" | "da" | "di" | "al" | "el" | "bin")
}

/// Words with capitals and particles at the start of `words`, up to the first stop.
fn run_at_start<'a>(words: &[Word<'a>]) -> Vec<&'a str> {
    let mut run = Vec::new();
    for word in words.iter().take(10) {
        if !(is_name(word.text) || is_title(word.text) || is_particle(word.text))
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

/// The subject of the verb at `verb`: the pronoun or name right before it, or before what is set
/// off by commas between them (`Ana Ruiz, the mayor, said`).
fn subject_ending_at(words: &[Word<'_>], verb: usize) -> Option<Who> {
    let mut end = verb;
    while end > 0 && is_between(words[end - 1].text) && words[end - 1].stop.is_none() {
        end -= 1;
    }
    let last = words.get(end.checked_sub(1)?)?;
    if is_pronoun(last.text) && last.stop.is_none() {
        let clause = end < 2
            || words[end - 2].stop.is_some()
            || matches!(words[end - 2].text, "but" | "But" | "as" | "As" | "and" | "And");
        return clause.then_some(Who::Pronoun);
    }
    match last.stop {
        None => name_ending_at(words, end).map(Who::Name),
        Some(',') => {
            let from = words[..end - 1].iter().rposition(|w| w.stop.is_some())?;
            let set_off = end - 1 - from;
            if words[from].stop != Some(',') || set_off > 12 {
                return None;
            }
            // `the mayor, Ana Ruiz, said`: the name stands between the commas.
            let inside = run_at_start(&words[from + 1..end]);
            let role_before = words[..=from]
                .iter()
                .all(|w| w.text.starts_with(char::is_lowercase) || w.text == "The");
            if inside.len() == set_off && role_before && from < 6 {
                return name_of_run(&inside).map(Who::Name);
            }
            name_ending_at(words, from + 1).map(Who::Name)
        }
        Some(_) => None,
    }
}

/// The name whose last word is the one before `end`, if it is the subject of its clause.
fn name_ending_at(words: &[Word<'_>], end: usize) -> Option<String> {
    let mut start = end;
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
            return None;
        }
        start -= 1;
    }
    // A particle does not open a name that a preposition opens.
    while start < end && is_particle(words[start].text) {
        start += 1;
    }
    if start == end || end - start > 9 {
        return None;
    }
    // Back to the start of the clause there may be a trade, and nothing that makes the name
    // somebody else's.
    for word in words[..start].iter().rev().take(6) {
        if matches!(word.stop, Some(',' | ':' | ';' | '—')) {
            break;
        }
        if word.stop.is_some()
            || is_preposition(word.text)
            || is_possessive(word.text)
            || is_cue(word.text)
        {
            let opens = start == 1 && matches!(word.text, "as" | "and" | "but");
            if !opens {
                return None;
            }
        }
    }
    let run: Vec<&str> = words[start..end].iter().map(|w| w.text).collect();
    name_of_run(&run)
}

/// Whom `he` or `she` at quotation `i` stands for: who was named as speaking since the quotation
/// before, or else the `last` speaker, unless another full name came between.
fn antecedent(kept: &Kept, quotes: &[Marked], i: usize, last: Option<&str>) -> Option<String> {
    let text = kept.text();
    let quote = &quotes[i];
    let first = quote.block.saturating_sub(1);
    let floor = i.checked_sub(1).map_or(0, |p| quotes[p].outer.end);
    let start = kept.blocks()[first].range.start.max(floor);
    let near = text.ceil_char_boundary(quote.outer.start.saturating_sub(4 * WINDOW));
    let between = text.get(start.max(near)..quote.outer.start)?;
    let words: Vec<Word<'_>> = words::of(between).collect();
    let mut name = None;
    let mut other = false;
    let mut run = 0;
    for (verb, word) in words.iter().enumerate() {
        if is_cue(word.text)
            && let Some(Who::Name(found)) = subject_ending_at(&words, verb)
        {
            name = Some(found);
            other = false;
        }
        run = if is_name(word.text) { run + 1 } else { 0 };
        let is_last = name.as_deref().or(last).is_some_and(|l| l.ends_with(word.text));
        other |= run >= 2 && !is_last && !words.get(verb + 1).is_some_and(|w| is_name(w.text));
        if word.stop.is_some() {
            run = 0;
        }
    }
    name.or_else(|| last.map(str::to_owned)).filter(|_| !other)
}
