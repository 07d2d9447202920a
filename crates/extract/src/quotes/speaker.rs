//! Who said a quotation.

use newsmill_article::Kept;

use super::antecedent::{self, Speaking};
use super::cues::{is_cue, is_naming_verb, is_participle, is_sure_cue};
use super::marks::Marked;
use super::mentions::Mentions;
use super::people::make_full;
use super::subject::{Grammar, Subject, Who};
use super::words::{self, Word, is_name};

/// Who said a quotation, by which words, and how sure that is.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) speaker: String,
    pub(super) cue: String,
    pub(super) confidence: f32,
}

/// Name and verb stand right beside the quotation.
const DIRECT: f32 = 0.95;
/// The quotation goes on with one that is attributed.
const CARRIED: f32 = 0.85;
/// The sentence names its speaker before the words in marks.
const PARTIAL: f32 = 0.75;
/// The sentence before names who speaks.
const LEAD: f32 = 0.65;
/// A pronoun stands for the last speaker.
const PRONOUN: f32 = 0.65;

/// Bytes looked at on either side of a quotation.
const WINDOW: usize = 280;
/// Bytes before a quotation in which it may be announced.
const FAR: usize = 700;

/// For each quotation who said it, where the text tells.
pub(super) fn attribute(kept: &Kept, quotes: &[Marked], mentions: &Mentions) -> Vec<Option<Said>> {
    let mut said: Vec<Option<Said>> = vec![None; quotes.len()];
    // The last speaker by name, and where.
    let mut last: Option<Speaking> = None;
    for (i, quote) in quotes.iter().enumerate() {
        let near = Surroundings::of(kept, quotes, i, mentions);
        let before = i.checked_sub(1).and_then(|p| Some((&quotes[p], said[p].as_ref()?)));
        let (found, confidence) = match near.direct() {
            Some(found) => (Some(found), DIRECT),
            None => (near.partial().or_else(|| near.participle()), PARTIAL),
        };
        said[i] = match found {
            Some(Subject { who: Who::Name(speaker), cue }) => {
                Some(Said { speaker, cue, confidence })
            }
            Some(Subject { who: Who::Pronoun { female }, cue }) => {
                let speaker = antecedent::find(kept, quotes, i, mentions, last.as_ref(), female);
                speaker.map(|speaker| Said { speaker, cue, confidence: PRONOUN })
            }
            None => {
                let carried = before.filter(|(before, said)| {
                    before.runs_on || near.continues(before, said) || near.follows(kept, before)
                });
                let carried = carried.map(|(_, said)| Said {
                    confidence: said.confidence.min(CARRIED),
                    ..said.clone()
                });
                carried.or_else(|| {
                    let Subject { who, cue } = near.lead(kept, quotes, i)?;
                    let speaker = match who {
                        Who::Name(name) => name,
                        Who::Pronoun { female } => {
                            antecedent::find(kept, quotes, i, mentions, last.as_ref(), female)?
                        }
                    };
                    Some(Said { speaker, cue, confidence: LEAD })
                })
            }
        };
        if let Some(said) = &said[i] {
            last = Some(Speaking { name: said.speaker.clone(), at: quote.outer.end });
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
    make_full(kept.text(), mentions, speakers.collect());
    said
}

/// The text around one quotation, up to its neighbours.
struct Surroundings<'a> {
    before: &'a str,
    /// First byte of `before` in the kept text.
    before_at: usize,
    inner: &'a str,
    after: &'a str,
    after_at: usize,
    /// The text of the block before the quotation, from further away.
    far_before: &'a str,
    far_at: usize,
    /// Whether `before` goes on with a sentence that another quotation belongs to.
    neighbour: bool,
    block: usize,
    grammar: Grammar<'a>,
}

impl<'a> Surroundings<'a> {
    fn of(kept: &'a Kept, quotes: &[Marked], i: usize, mentions: &'a Mentions) -> Self {
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
        let before = text.get(start_near..quote.outer.start).unwrap_or_default();
        let opens = before.trim_start().starts_with(char::is_uppercase);
        let left_ends =
            |q: &Marked| text.get(q.inner.clone()).is_some_and(|t| t.ends_with(['.', '!', '?']));
        let far_at = text.ceil_char_boundary(quote.outer.start.saturating_sub(FAR)).max(start);
        Self {
            before,
            before_at: start_near,
            far_before: text.get(far_at..quote.outer.start).unwrap_or_default(),
            far_at,
            inner: text.get(quote.inner.clone()).unwrap_or_default(),
            after: text.get(quote.outer.end..end_near).unwrap_or_default(),
            after_at: quote.outer.end,
            neighbour: left.is_some_and(|q| !(opens && left_ends(q))),
            block: quote.block,
            grammar: Grammar { mentions },
        }
    }

    /// The words of `part`, which ends `before`.
    fn words_before(&self, part: &'a str) -> Vec<Word<'a>> {
        let offset = part.as_ptr() as usize - self.before.as_ptr() as usize;
        self.grammar.mentions.words(part, self.before_at + offset)
    }

    fn direct(&self) -> Option<Subject> {
        self.behind().or_else(|| self.in_front())
    }

    /// `“…,” said Ana Ruiz`, `“…,” Ruiz said`, `“…,” according to Ana Ruiz`.
    fn behind(&self) -> Option<Subject> {
        let open = self.inner.ends_with([',', '?', '!', '—', '–', '…', '-']);
        let comma = self.after.trim_start().starts_with([',', '—', '–', '-']);
        if !open && !comma {
            return None;
        }
        let mut words = self.grammar.mentions.words(self.after, self.after_at);
        let first = words.iter().position(|w| !w.text.is_empty()).unwrap_or(words.len());
        words.drain(..first);
        let stops = |w: &Word<'_>| matches!(w.stop, Some('.' | '!' | '?' | ';' | ':'));
        let end = words.iter().take(24).position(stops).map_or(24, |i| i + 1);
        words.truncate(end);
        self.grammar.behind_verb(&words).or_else(|| self.grammar.before_verb(&words, 16))
    }

    /// `Ana Ruiz said: “…”`, `According to Ana Ruiz, “…”`.
    fn in_front(&self) -> Option<Subject> {
        let sentence = last_sentence(self.before);
        let lead = sentence.trim_end();
        if self.neighbour && lead.len() == self.before.trim_end().len() {
            // The sentence began with the quotation before: its own words.
            return None;
        }
        let words = self.words_before(lead);
        let according =
            words.windows(2).rposition(|w| w[0].text.ends_with("ccording") && w[1].text == "to");
        if let Some(at) = according
            && lead.ends_with(',')
            && let Some(found) = self.grammar.according_to(&words[at..])
        {
            let near = at == 0 || words[at + 2..words.len() - 1].iter().all(|w| w.stop.is_none());
            return near.then_some(found);
        }
        if let Some(found) = self.announced(&words) {
            return Some(found);
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
        let who = self.grammar.ending_at(&words, verb).or_else(|| {
            // `Ana Ruiz from the council says: “…”`
            let alone = words[..verb].iter().all(|w| w.stop.is_none() && !is_sure_cue(w.text));
            self.grammar
                .opening(&words[..verb])
                .filter(|_| alone && far == 0 && pointed && is_sure_cue(words[verb].text))
        })?;
        Some(Subject { who, cue: words[verb].text.to_owned() })
    }

    /// `Ana Ruiz asked for more time, calling it “a danger”`.
    fn participle(&self) -> Option<Subject> {
        let sentence = last_sentence(self.before);
        if self.neighbour && sentence.len() == self.before.len() {
            return None;
        }
        let words = self.words_before(sentence);
        let verb = words.iter().rposition(|w| is_participle(w.text))?;
        let set_off = words[..verb].last().is_some_and(|w| {
            matches!(w.stop, Some(',' | '—')) || matches!(w.text, "and" | "by" | "while")
        });
        let near = words.len() - verb <= 9 && words[verb + 1..].iter().all(|w| w.stop != Some('.'));
        let who = self.grammar.opening(&words[..verb]).filter(|_| set_off && near)?;
        Some(Subject { who, cue: words[verb].text.to_owned() })
    }

    /// `Sen. Ana Ruiz today issued the following statement on the river: “…”`, `in the words of the
    /// mayor, Ana Ruiz, “…”`.
    fn announced(&self, words: &[Word<'a>]) -> Option<Subject> {
        let far = self.far_before.trim_end();
        if far.ends_with(':') || far.contains("following statement") {
            let words = self.grammar.mentions.words(far, self.far_at);
            let noun = words.iter().position(|w| {
                matches!(w.text, "statement" | "remarks" | "comment" | "letter" | "comments")
            })?;
            let verb = words[..noun].iter().rposition(|w| {
                matches!(w.text, "issued" | "released" | "made" | "gave" | "offered" | "sent")
            })?;
            let person = words[..verb]
                .iter()
                .find_map(|w| self.grammar.mentions.get(w.mention?).filter(|m| m.person))?;
            let others = words[..verb].iter().any(|w| {
                let other = w.mention.and_then(|m| self.grammar.mentions.get(m));
                other.is_some_and(|m| m.person && m.range != person.range)
            });
            let cue = words[noun].text.to_owned();
            return (!others).then(|| Subject { who: Who::Name(person.name.clone()), cue });
        }
        let of = words.windows(4).rposition(|w| {
            w[0].text == "in" && w[1].text == "the" && w[2].text == "words" && w[3].text == "of"
        })?;
        let rest = &words[of + 4..];
        let person =
            rest.iter().find_map(|w| self.grammar.mentions.get(w.mention?).filter(|m| m.person))?;
        (rest.len() <= 10).then(|| Subject {
            who: Who::Name(person.name.clone()),
            cue: "in the words of".to_owned(),
        })
    }

    /// `Ana Ruiz said the river was “a danger”`, `Ruiz called it “a danger”`.
    fn partial(&self) -> Option<Subject> {
        let sentence = last_sentence(self.before);
        if self.neighbour && sentence.len() == self.before.len() {
            return None;
        }
        let words = self.words_before(sentence);
        let mut verbs =
            words.iter().enumerate().filter(|(_, w)| is_cue(w.text) || is_naming_verb(w.text));
        let (verb, cue) = verbs.next()?;
        let between = &words[verb + 1..];
        let announced = sentence.trim_end().ends_with(':');
        let named = |w: &Word<'_>| match w.mention.and_then(|m| self.grammar.mentions.get(m)) {
            Some(mention) => mention.person && !is_sure_cue(cue.text),
            None => is_name(w.text) && self.grammar.mentions.is_empty(),
        };
        let clear = verbs.all(|(_, w)| !is_sure_cue(w.text) && !is_naming_verb(w.text))
            && between.len() <= 16
            && !between.iter().any(|w| named(w) || matches!(w.stop, Some('.' | ';')))
            && !between.iter().any(|w| w.stop == Some(':') && !announced);
        // The subject opens the sentence, or a clause that nothing is set off from.
        let aside = words.first().is_some_and(|w| {
            matches!(
                w.text,
                "While" | "Although" | "Though" | "When" | "After" | "Because" | "Since" | "If"
            )
        });
        let opens = (words[..verb].iter().all(|w| w.stop.is_none()) && !aside)
            || announced
            || between.iter().all(|w| w.stop.is_none());
        let who = self.grammar.ending_at(&words, verb).filter(|_| clear && opens)?;
        Some(Subject { who, cue: cue.text.to_owned() })
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
        // `“a danger” and a “waste of money”`
        let few = words::of(between).count() <= 5;
        let joined = ["and ", "or ", "and", "or"].iter().any(|j| between.starts_with(j));
        if few && joined && words::of(between).all(|w| w.stop.is_none()) {
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

    /// Whether the paragraph is nothing but the quotation and the paragraph before ended with the
    /// attributed quotation `before`.
    fn follows(&self, kept: &Kept, before: &Marked) -> bool {
        if before.block + 1 != self.block || !self.is_alone() {
            return false;
        }
        let end = kept.blocks()[before.block].range.end;
        let tail = kept.text().get(before.outer.end..end).unwrap_or_default().trim();
        tail.len() <= WINDOW && last_sentence(tail).len() == tail.len()
    }

    /// Whether the paragraph has nothing but this quotation, which is of whole sentences.
    fn is_alone(&self) -> bool {
        let signs = |c: char| !c.is_alphanumeric();
        !self.neighbour
            && self.before.trim_matches(signs).is_empty()
            && self.after.trim_matches(signs).is_empty()
            && self.is_full()
    }

    /// Whether the quotation is of whole sentences.
    fn is_full(&self) -> bool {
        self.inner.starts_with(|c: char| c.is_uppercase() || "…[.".contains(c))
            && self.inner.ends_with(['.', '!', '?', '…'])
            && self.inner.split_whitespace().nth(4).is_some()
    }

    /// Who speaks in the sentence before a quotation of whole sentences that is attributed to nobody:
    /// `Ruiz said she would stay. “The river will fall.”`
    fn lead(&self, kept: &'a Kept, quotes: &[Marked], i: usize) -> Option<Subject> {
        if !self.is_full() {
            return None;
        }
        let (text, at) = if self.before.trim().is_empty() {
            // A paragraph of its own: the sentence that ends the one before.
            if self.neighbour || !self.is_alone() {
                return None;
            }
            let block = kept.blocks().get(self.block.checked_sub(1)?)?.range.clone();
            let last = i.checked_sub(1).map_or(0, |p| quotes[p].outer.end);
            let near = kept.text().ceil_char_boundary(block.end.saturating_sub(WINDOW));
            let start = block.start.max(last).max(near);
            (kept.text().get(start..block.end)?, start)
        } else {
            (self.before, self.before_at)
        };
        let whole = text.trim_end();
        if !whole.ends_with('.') && !whole.ends_with(':') {
            return None;
        }
        let sentence = last_sentence(whole);
        if sentence.len() == whole.len() && self.neighbour {
            return None;
        }
        let at = at + (whole.len() - sentence.len());
        let words = self.grammar.mentions.words(sentence, at);
        let verb = words.iter().position(|w| is_cue(w.text) || is_statement(&words, w))?;
        // A sentence that ends in `Ana Ruiz said` attributes what stands before it.
        if verb + 3 > words.len() {
            return None;
        }
        let subject = self.grammar.ending_at(&words, verb)?;
        Some(Subject { who: subject, cue: words[verb].text.to_owned() })
    }
}

/// Whether `word` is the verb of `issued a statement`.
fn is_statement(words: &[Word<'_>], word: &Word<'_>) -> bool {
    matches!(word.text, "issued" | "released")
        && words.iter().skip_while(|w| w.at <= word.at).take(4).any(|w| w.text == "statement")
}

/// The last sentence of `text`, which goes on behind it.
pub(super) fn last_sentence(text: &str) -> &str {
    let mut start = 0;
    let mut at = 0;
    for token in text.split_inclusive(char::is_whitespace) {
        let word = token.trim_end();
        at += token.len();
        let ends = word.trim_end_matches(['”', '"', '’', ')', '»']).ends_with(['.', '!', '?', ';']);
        if !ends || at >= text.len() {
            continue;
        }
        let abbreviated = words::of(word).next().is_none_or(|w| w.text.ends_with('.'));
        let opens = text[at..].trim_start().chars().next().is_none_or(|c| !c.is_lowercase());
        if !abbreviated && opens {
            start = at;
        }
    }
    &text[start..]
}
