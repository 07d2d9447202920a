//! Whom `he` and `she` stand for.

use newsmill_article::Kept;

use super::cues::{is_cue, is_preposition};
use super::marks::Marked;
use super::mentions::{Mention, Mentions};
use super::people::last_word;
use super::words;
use crate::entities::is_female;

/// Who spoke last by name, and where that was said (byte of the kept text).
#[derive(Clone, Debug)]
pub(super) struct Speaking {
    pub(super) name: String,
    pub(super) at: usize,
}

/// Blocks over which a pronoun reaches back.
const REACH: usize = 3;
/// Bytes over which it does.
const NEAR: usize = 1_200;
/// Bytes before a name in which its sentence may open.
const OPENING: usize = 200;

/// Whom the pronoun beside quotation `i` stands for: the person who was the subject of a clause
/// last, or who spoke last, or the only one named since; never one whose given name is of the
/// other sex.
pub(super) fn find(
    kept: &Kept,
    quotes: &[Marked],
    i: usize,
    mentions: &Mentions,
    last: Option<&Speaking>,
    female: bool,
) -> Option<String> {
    let quote = &quotes[i];
    let first = kept.blocks()[quote.block.saturating_sub(REACH)].range.start;
    let floor = first.max(quote.outer.start.saturating_sub(NEAR));
    let fits = |name: &str| {
        let full = mentions.full(name).unwrap_or(name);
        let given = full.split(' ').next().unwrap_or_default();
        is_female(given).is_none_or(|f| f == female)
    };
    let last =
        last.filter(|l| l.at >= floor && fits(&l.name) && !mentions.is_organisation(&l.name));
    let since = last.map_or(floor, |l| l.at);
    let text = kept.text();
    let from = quotes.partition_point(|q| q.outer.end <= since);
    let inside = |at: usize| quotes[from..=i].iter().any(|q| q.outer.contains(&at));
    let mut subject: Option<&Mention> = None;
    let mut others: Vec<&Mention> = Vec::new();
    for mention in mentions.within(since..quote.outer.start) {
        if !mention.person || inside(mention.range.start) || !fits(&mention.name) {
            continue;
        }
        if is_subject(text, mention) {
            subject = Some(mention);
        } else {
            others.push(mention);
        }
    }
    if let Some(name) = subject.map(|s| s.name.clone()).or_else(|| last.map(|l| l.name.clone())) {
        return Some(name);
    }
    let only = others.first()?;
    let same = last_word(&only.name);
    others.iter().all(|o| last_word(&o.name) == same).then(|| only.name.clone())
}

/// Whether a person is the subject of a clause: it opens a sentence, or a verb of saying stands
/// beside it, or `according to` before it.
fn is_subject(text: &str, mention: &Mention) -> bool {
    let before = text[..mention.range.start].trim_end();
    let line_start = text[before.len()..mention.range.start].contains('\n');
    if before.is_empty() || line_start || before.ends_with(['.', '!', '?', '”', '"']) {
        return true;
    }
    // `However, Ruiz asks`: a word or two set off, then the name and its verb.
    let far = text.floor_char_boundary(mention.range.end + 24);
    let next = words::of(&text[mention.range.end..far]).next();
    let verb = next.is_some_and(|w| {
        w.text.starts_with(char::is_lowercase) && !is_preposition(w.text) && w.text != "s"
    });
    if before.ends_with(',') && verb {
        let near = before.ceil_char_boundary(before.len().saturating_sub(OPENING));
        let opening = super::speaker::last_sentence(&before[near..]);
        if opening.split_whitespace().count() <= 3 {
            return true;
        }
    }
    let near = before.ceil_char_boundary(before.len().saturating_sub(24));
    let lead: Vec<_> = words::of(&before[near..]).collect();
    let cue_before = lead.last().is_some_and(|w| is_cue(w.text) && w.stop.is_none());
    let according = before.ends_with("ccording to");
    let end = mention.range.end;
    let far = text.floor_char_boundary(end + 24);
    let cue_behind = words::of(&text[end..far]).take(2).any(|w| is_cue(w.text));
    cue_before || according || cue_behind
}
