//! Who said a quotation.

use newsmill_article::Kept;

use super::cues::{
    is_between, is_cue, is_naming_verb, is_participle, is_preposition, is_pronoun, is_sure_cue,
};
use super::focus::Focus;
use super::marks::Marked;
use super::mentions::Mentions;
use super::narration::Narration;
use super::people::{last_word, make_full};
use super::subject::{Grammar, Subject, Who};
use super::words::Word;

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
/// A pronoun or description stands for somebody.
const PRONOUN: f32 = 0.65;

/// Words behind a quotation that are looked at.
const FAR: usize = 40;
/// Bytes behind a quotation that are looked at.
const WINDOW: usize = 280;

/// For each quotation who said it, where the text tells.
///
/// Sieves in the manner of Muzny et al. (2017), the surest first: a verb of saying with its subject
/// beside the quotation, one earlier or at the end of its sentence, the speaker of the quotation that it
/// goes on with, the one whom the sentence before is about. Where words beside a quotation say that
/// somebody unnamed speaks, nobody does.
pub(super) fn attribute(kept: &Kept, quotes: &[Marked], mentions: &Mentions) -> Vec<Option<Said>> {
    let grammar = Grammar { mentions };
    let narration = Narration::of(kept, quotes, mentions);
    let mut focus = Focus::new(&narration, grammar);
    let mut said: Vec<Option<Said>> = vec![None; quotes.len()];
    for (i, quote) in quotes.iter().enumerate() {
        let near = Surroundings::of(kept, quotes, i, &narration, grammar);
        let sentence = narration.words[narration.places[i]].sentence;
        focus.read_to(sentence);
        let at = quote.outer.start;
        let beside = near.direct(&focus, at);
        let told = match beside {
            Beside::Said(subject) => Some((subject, DIRECT)),
            Beside::Nobody => continue,
            Beside::Nothing => near.within_sentence(&focus).map(|subject| (subject, PARTIAL)),
        };
        said[i] = match told {
            Some((Subject { who, cue }, confidence)) => {
                let named = matches!(who, Who::Name(_));
                let confidence = if named { confidence } else { PRONOUN };
                focus.stands_for(&who, at).map(|speaker| Said { speaker, cue, confidence })
            }
            None => {
                let before = i.checked_sub(1).and_then(|p| Some((&quotes[p], said[p].as_ref()?)));
                let carried =
                    before.filter(|(before, said)| near.goes_on(before, said)).map(|(_, said)| {
                        Said { confidence: said.confidence.min(CARRIED), ..said.clone() }
                    });
                carried.or_else(|| {
                    let Subject { who, cue } = near.lead()?;
                    let speaker = focus.stands_for(&who, at)?;
                    near.is_of(&speaker).then_some(Said { speaker, cue, confidence: LEAD })
                })
            }
        };
        if let Some(said) = &said[i] {
            focus.speaks(&said.speaker, quote.outer.end);
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

/// What the words right beside a quotation say.
enum Beside {
    Said(Subject),
    /// Somebody speaks who has no name.
    Nobody,
    Nothing,
}

/// The text around one quotation.
struct Surroundings<'a> {
    inner: &'a str,
    /// The words of the same block between the quotation before and this one.
    before: &'a [Word<'a>],
    after: &'a [Word<'a>],
    /// The sign right behind it.
    joint: Option<char>,
    /// Its sentence, other quotations as empty words.
    left: &'a [Word<'a>],
    right: &'a [Word<'a>],
    /// The words between the quotation before and this one, over blocks.
    between: &'a [Word<'a>],
    /// The sentence before, in the same block or at the end of the one before.
    previous: &'a [Word<'a>],
    /// Whether the block begins with the quotation.
    first: bool,
    block: usize,
    grammar: Grammar<'a>,
}

impl<'a> Surroundings<'a> {
    fn of(
        kept: &'a Kept,
        quotes: &[Marked],
        i: usize,
        narration: &'a Narration<'a>,
        grammar: Grammar<'a>,
    ) -> Self {
        let quote = &quotes[i];
        let block = kept.blocks()[quote.block].range.clone();
        let after = narration.behind(i, block.end.min(quote.outer.end + WINDOW));
        let between = match i {
            0 => &narration.words[..narration.places[0]],
            _ => narration.between(i),
        };
        let before = &between[between.partition_point(|w| w.at < block.start)..];
        let (left, right) = narration.sentence(i);
        let place = narration.places[i];
        let number = narration.words[place].sentence;
        let previous = narration.numbered(number.saturating_sub(1));
        // Text that the narration leaves out parts the blocks.
        let near = previous.first().is_some_and(|w| {
            let floor = quote.block.saturating_sub(1);
            w.at >= kept.blocks()[floor].range.start
        });
        let previous = if near { previous } else { &[] };
        // `Ana Ruiz says that,` may end a paragraph of its own.
        let announced = previous.last().is_some_and(|w| matches!(w.stop, Some(',' | ':')));
        let left = if left.is_empty() && announced { previous } else { left };
        Self {
            inner: kept.text().get(quote.inner.clone()).unwrap_or_default(),
            before,
            after,
            joint: kept.text()[quote.outer.end..block.end.max(quote.outer.end)]
                .trim_start()
                .chars()
                .next(),
            left,
            right,
            between,
            previous,
            first: narration.words[..place].last().is_none_or(|w| w.at < block.start),
            block: quote.block,
            grammar,
        }
    }

    fn direct(&self, focus: &Focus<'_>, at: usize) -> Beside {
        match self.behind() {
            Beside::Nothing => self.in_front(),
            // `“…,” ending the war`: what stands behind a verb that says nothing need be nobody.
            Beside::Said(Subject { who: who @ Who::Role(_), cue })
                if !is_cue(&cue) && focus.stands_for(&who, at).is_none() =>
            {
                self.in_front()
            }
            found => found,
        }
    }

    /// `“…,” said Ana Ruiz`, `“…,” Ruiz said`, `“…,” according to Ana Ruiz`.
    fn behind(&self) -> Beside {
        let comma = self.inner.ends_with(',');
        let open = comma || self.inner.ends_with(['?', '!', '—', '–', '…', '-']);
        let first = self.after.iter().position(|w| !w.text.is_empty()).unwrap_or(self.after.len());
        let joint = self.joint;
        if !open && !matches!(joint, Some(',' | '—' | '–' | '-')) {
            return Beside::Nothing;
        }
        let words = &self.after[first..];
        let stops = |w: &Word<'_>| matches!(w.stop, Some('.' | '!' | '?' | ';' | ':'));
        let end = words.iter().take(FAR).position(stops).map_or(FAR, |i| i + 1);
        let words = &words[..end.min(words.len())];
        let found = self
            .grammar
            .behind_verb(words)
            .or_else(|| self.grammar.before_verb(words, self.grammar.reach_of(words)))
            .or_else(|| {
                let clause = comma || joint == Some(',');
                self.grammar.beside_any_verb(words).filter(|_| clause)
            });
        if let Some(found) = found {
            return Beside::Said(found);
        }
        // `said a spokesman`, `officials said`
        let verb = words.iter().take(7).position(|w| is_sure_cue(w.text));
        let unnamed = verb.is_some_and(|verb| {
            words[..verb].iter().all(|w| w.stop.is_none() && !is_preposition(w.text))
                && !matches!(words[0].text, "but" | "then" | "which")
                && words.get(verb + 1).is_none_or(|w| w.text != "that")
                && !words[..verb].iter().any(|w| is_pronoun(w.text))
        });
        if unnamed { Beside::Nobody } else { Beside::Nothing }
    }

    /// `Ana Ruiz said: “…”`, `According to Ana Ruiz, “…”`.
    fn in_front(&self) -> Beside {
        let words = self.own();
        let Some(last) = words.last() else {
            return self.announced(words).map_or(Beside::Nothing, Beside::Said);
        };
        let according =
            words.windows(2).rposition(|w| w[0].text.ends_with("ccording") && w[1].text == "to");
        if let Some(at) = according
            && (at == 0 || last.stop == Some(','))
            && let Some(found) = self.grammar.according_to(&words[at..])
        {
            let near = at == 0 || words[at + 2..words.len() - 1].iter().all(|w| w.stop.is_none());
            return if near { Beside::Said(found) } else { Beside::Nothing };
        }
        if let Some(found) = self.announced(words) {
            return Beside::Said(found);
        }
        let Some(verb) = words.iter().rposition(|w| is_cue(w.text)) else { return Beside::Nothing };
        let far = words.len() - verb - 1;
        let pointed = matches!(last.stop, Some(',' | ':'));
        let broken = words[verb + 1..].iter().any(|w| w.stop == Some('.'));
        if !(far == 0 || (pointed && far <= 8)) || broken {
            return Beside::Nothing;
        }
        // `When asked, sagte Ana Ruiz: “…”`: the subject stands behind the verb.
        let turned = words[..verb].last().is_none_or(|w| w.stop == Some(',')) && pointed && far > 0;
        if turned && let Some(found) = self.grammar.behind_verb(&words[verb..]) {
            return Beside::Said(found);
        }
        let who = self.grammar.ending_at(words, verb).or_else(|| {
            // `Ana Ruiz from the council says: “…”`
            let alone = words[..verb].iter().all(|w| w.stop.is_none() && !is_sure_cue(w.text));
            self.grammar
                .opening(&words[..verb])
                .filter(|_| alone && far == 0 && pointed && is_sure_cue(words[verb].text))
        });
        if let Some(who) = who {
            return Beside::Said(Subject { who, cue: words[verb].text.to_owned() });
        }
        // `A friend of hers said: “…”`, but not `…, and said: “…”`
        let subject = words[..verb].iter().rfind(|w| !is_between(w.text));
        let unnamed = far == 0
            && pointed
            && is_sure_cue(words[verb].text)
            && subject
                .is_some_and(|w| w.stop.is_none() && !matches!(w.text, "and" | "then" | "who"));
        if unnamed { Beside::Nobody } else { Beside::Nothing }
    }

    /// The words of the sentence between the quotation before and this one.
    fn own(&self) -> &'a [Word<'a>] {
        let from = self.left.iter().rposition(|w| w.quote.is_some()).map_or(0, |i| i + 1);
        &self.left[from..]
    }

    /// `Sen. Ana Ruiz today issued the following statement on the river: “…”`, `in the words of the
    /// mayor, Ana Ruiz, “…”`.
    fn announced(&self, words: &[Word<'a>]) -> Option<Subject> {
        let far = self.before;
        let following =
            far.windows(2).any(|w| w[0].text == "following" && w[1].text == "statement");
        if far.last().is_some_and(|w| w.stop == Some(':')) || following {
            let noun = far.iter().position(|w| {
                matches!(w.text, "statement" | "remarks" | "comment" | "letter" | "comments")
            });
            let verb = noun.and_then(|noun| {
                far[..noun].iter().rposition(|w| {
                    matches!(w.text, "issued" | "released" | "made" | "gave" | "offered" | "sent")
                })
            });
            if let (Some(noun), Some(verb)) = (noun, verb) {
                let name = self.grammar.only_person(&far[..verb])?;
                let cue = far[noun].text.to_owned();
                return Some(Subject { who: Who::Name(name), cue });
            }
            return None;
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

    /// Who speaks by other words of the sentence.
    fn within_sentence(&self, focus: &Focus<'_>) -> Option<Subject> {
        if self.is_title() {
            return None;
        }
        let found =
            self.partial().map(|subject| match (&subject.who, self.grammar.topic(self.left)) {
                // `Ana Ruiz said she believes it has a “strong rationale”`
                (Who::Pronoun(pronoun), Some(Who::Name(name))) if focus.fits(&name, *pronoun) => {
                    Subject { who: Who::Name(name), ..subject }
                }
                _ => subject,
            });
        found.or_else(|| self.participle()).or_else(|| self.tail()).or_else(|| self.colon())
    }

    /// `Ana Ruiz said the river was “a danger”`, `Ruiz called it “a danger”`: the nearest verb of
    /// saying before the quotation.
    fn partial(&self) -> Option<Subject> {
        let words = self.own();
        let announced = words.last()?.stop == Some(':');
        let aside = words.first().is_some_and(|w| {
            matches!(
                w.text,
                "While" | "Although" | "Though" | "When" | "After" | "Because" | "Since" | "If"
            )
        });
        let fronted =
            words.first().is_some_and(|w| is_preposition(&w.text.to_lowercase())) && !aside;
        for (verb, cue) in words.iter().enumerate().rev() {
            if !is_cue(cue.text) && !is_naming_verb(cue.text) {
                continue;
            }
            let between = &words[verb + 1..];
            if between.len() > if is_sure_cue(cue.text) { 30 } else { 18 }
                || between.iter().any(|w| matches!(w.stop, Some('.' | ';')))
                || between.iter().any(|w| w.stop == Some(':') && !announced)
            {
                return None;
            }
            let opens = (words[..verb].iter().all(|w| w.stop.is_none()) && !aside)
                || announced
                || between.iter().any(|w| w.text == "that")
                || between.iter().all(|w| w.stop.is_none())
                || fronted && !words[..verb].iter().any(|w| is_cue(w.text));
            let said = |who| Subject { who, cue: cue.text.to_owned() };
            if let Some(who) = self.grammar.ending_at(words, verb) {
                return opens.then(|| said(who));
            }
            // `Ana Ruiz left, and called it “a danger”`, `Ruiz, who called it “a danger”`
            let before = words[..verb].iter().rfind(|w| !is_between(w.text))?;
            if before.text == "who" {
                let person = &words[verb.checked_sub(2)?];
                let name = self.grammar.mentions.get(person.mention?).filter(|m| m.person)?;
                return Some(said(Who::Name(name.name.clone())));
            }
            let joined = matches!(before.text, "and" | "but")
                || (before.stop == Some(',') && before.mention.is_none());
            if joined {
                return self.grammar.topic(self.left).filter(|_| opens).map(said);
            }
            if is_sure_cue(cue.text) {
                return None;
            }
        }
        None
    }

    /// `Ana Ruiz asked for more time, calling it “a danger”`.
    fn participle(&self) -> Option<Subject> {
        let words = self.left;
        let verb = words.iter().rposition(|w| is_participle(w.text))?;
        let set_off = words[..verb].last().is_some_and(|w| {
            matches!(w.stop, Some(',' | '—'))
                || w.quote.is_some()
                || matches!(w.text, "by" | "while")
        });
        let near = words.len() - verb <= 12
            && words[verb + 1..].iter().all(|w| w.stop != Some('.') && w.quote.is_none());
        if !set_off || !near {
            return None;
        }
        let who = self.grammar.topic(words).or_else(|| self.grammar.opening(&words[..verb]))?;
        Some(Subject { who, cue: words[verb].text.to_owned() })
    }

    /// `It is a “danger” to the town, Ana Ruiz said.`
    fn tail(&self) -> Option<Subject> {
        let few = self.inner.split_whitespace().nth(2).is_none();
        if few || self.left.iter().any(|w| is_sure_cue(w.text)) {
            return None;
        }
        let rest = self.right;
        let comma = rest.iter().rposition(|w| w.stop == Some(','));
        let clauses = rest
            .iter()
            .enumerate()
            .filter(|(i, w)| (w.stop == Some(',') || w.quote.is_some()) && Some(*i) <= comma);
        let mut starts: Vec<usize> = clauses.map(|(i, _)| i + 1).collect();
        if self.joint == Some(',') {
            starts.insert(0, 0);
        }
        starts.into_iter().find_map(|start| {
            let clause = &rest[start..];
            if clause.len() > 16 || clause.iter().any(|w| w.quote.is_some()) {
                return None;
            }
            self.grammar.behind_verb(clause).or_else(|| self.grammar.before_verb(clause, 8))
        })
    }

    /// `Ana Ruiz is thrilled: “…”`.
    fn colon(&self) -> Option<Subject> {
        let last = self.left.last()?;
        if last.stop != Some(':') || !self.is_full() {
            return None;
        }
        let name = self.grammar.only_person(self.left).map(Who::Name);
        let who = self.grammar.topic(self.left).or(name)?;
        Some(Subject { who, cue: ":".to_owned() })
    }

    /// Whether the quotation goes on with the one before, which is attributed.
    fn goes_on(&self, before: &Marked, said: &Said) -> bool {
        if before.runs_on {
            return true;
        }
        let others = self.between.iter().any(|w| {
            let person = w.mention.and_then(|m| self.grammar.mentions.get(m)).filter(|m| m.person);
            person.is_some_and(|m| last_word(&m.name) != last_word(&said.speaker))
        });
        let Some(last) = self.between.last() else {
            return before.block == self.block
                || (before.block + 1 == self.block && self.is_alone());
        };
        let first = self.between[0].sentence;
        let sentences = last.sentence - first;
        if before.block == self.block {
            // One sentence holds both.
            if self.left.iter().any(|w| w.quote.is_some()) && !self.is_title() {
                return !others && self.between.len() <= 24;
            }
            let attributed = self.between.iter().any(|w| w.text == said.cue);
            let full = self.inner.starts_with(char::is_uppercase);
            let next = full && sentences == 0 && matches!(last.stop, Some('.' | ':'));
            return (attributed && next)
                || (!others
                    && !self.has_own_speaker()
                    && self.is_long()
                    && sentences <= 1
                    && self.between.len() <= 24);
        }
        before.block + 1 == self.block && self.is_alone() && (sentences == 0 || !others)
    }

    /// Whether words before the quotation in its sentence name an organisation or have a verb of
    /// saying of their own.
    fn has_own_speaker(&self) -> bool {
        self.own().iter().any(|w| w.mention.is_some() || is_cue(w.text))
    }

    /// Whether the paragraph has nothing but this quotation, which is of whole sentences.
    fn is_alone(&self) -> bool {
        self.first && self.after.iter().all(|w| w.text.is_empty()) && self.is_full()
    }

    /// Whether the quotation is of whole sentences.
    fn is_full(&self) -> bool {
        self.inner.starts_with(|c: char| c.is_uppercase() || "…[.¿¡".contains(c)) && self.is_long()
    }

    /// Whether the quotation ends a sentence of some words.
    fn is_long(&self) -> bool {
        self.inner.ends_with(['.', '!', '?', '…']) && self.inner.split_whitespace().nth(4).is_some()
    }

    /// Whether the words in marks are the name of a work, programme or day.
    fn is_title(&self) -> bool {
        let small = |w: &str| w.starts_with(char::is_lowercase) && w.len() > 3;
        self.inner.starts_with(char::is_uppercase)
            && !self.inner.ends_with(['.', '!', '?', '…', ','])
            && !self.inner.split_whitespace().any(small)
            && self.inner.split_whitespace().nth(1).is_some()
    }

    /// Who speaks in the sentence before a quotation of whole sentences that is attributed to nobody:
    /// `Ruiz said she would stay. “The river will fall.”`
    fn lead(&self) -> Option<Subject> {
        if !self.is_full() || !self.left.is_empty() || (self.first && !self.is_alone()) {
            return None;
        }
        let words = self.previous;
        if words.iter().any(|w| w.quote.is_some()) {
            return None;
        }
        let verb = words.iter().position(|w| is_cue(w.text) || is_statement(words, w));
        if let Some(verb) = verb
            && let Some(who) = self.grammar.ending_at(words, verb)
        {
            return Some(Subject { who, cue: words[verb].text.to_owned() });
        }
        // `The gates are shut, says Ana Ruiz.`
        let comma = words.iter().rposition(|w| w.stop == Some(','));
        if let Some(comma) = comma
            && let Some(found) = self.grammar.behind_verb(&words[comma + 1..])
        {
            return Some(found);
        }
        let who = self.grammar.topic(words).filter(|_| self.is_first_person())?;
        Some(Subject { who, cue: "I".to_owned() })
    }

    /// Whether the quotation has words of its speaker about themselves.
    fn is_first_person(&self) -> bool {
        self.inner.split(|c: char| !c.is_alphanumeric()).any(is_first_person)
    }

    /// Whether the quotation can be of `speaker`, whom it does not name.
    fn is_of(&self, speaker: &str) -> bool {
        let name = last_word(speaker);
        !self.inner.split(|c: char| !c.is_alphanumeric()).any(|w| w == name)
    }
}

fn is_first_person(word: &str) -> bool {
    matches!(
        word,
        "I" | "we"
            | "We"
            | "my"
            | "My"
            | "our"
            | "Our"
            | "me"
            | "us"
            | "ich"
            | "Ich"
            | "wir"
            | "Wir"
            | "uns"
            | "mein"
            | "unser"
            | "je"
            | "Je"
            | "j"
            | "J"
            | "nous"
            | "Nous"
            | "notre"
            | "yo"
            | "nosotros"
            | "mi"
            | "nuestro"
            | "nuestra"
            | "eu"
            | "Eu"
            | "nós"
            | "io"
            | "noi"
            | "ik"
            | "Ik"
            | "wij"
            | "ons"
    )
}

/// Whether `word` is the verb of `issued a statement`.
fn is_statement(words: &[Word<'_>], word: &Word<'_>) -> bool {
    matches!(word.text, "issued" | "released")
        && words.iter().skip_while(|w| w.at <= word.at).take(4).any(|w| w.text == "statement")
}
