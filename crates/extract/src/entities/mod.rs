//! Names of persons, organisations and places.

mod features;
mod gazetteer;
mod model;
mod people;
pub(crate) mod words;

use std::ops::Range;

use newsmill_article::{Article, BlockKind, Entity, EntityKind, Facts, Kept};

use self::features::Document;
pub(crate) use self::gazetteer::{is_female, is_given};
use self::model::Weights as _;
pub(crate) use self::words::hash;
use crate::Fact;

/// Persons, organisations and places that the kept text names, in order, without overlap.
///
/// Runs of words with capitals are labelled by a linear model with hashed features: the word and its
/// neighbours, how it is written, what a gazetteer says of it, and whether the text has it in small
/// letters, behind a title or behind a given name elsewhere. A surname alone is the person
/// whose full name the text has. Titles (`President`, `Dr.`) are no part of a name. The
/// model is trained on English; of a text in another language only names that stand by the gazetteer or
/// their shape are given: given names with a surname, known places, acronyms. Nothing is loaded at run time: model and gazetteer
/// are part of the program (`data/entities`, with sources and licences).
///
/// ```
/// use newsmill_article::{Article, Block, BlockKind, EntityKind, Facts, Origin, Span};
/// use newsmill_extract::{Entities, Fact};
/// let text = "Ana Ruiz, who leads the Ministry of Health, came from Peru. Ruiz left.".to_owned();
/// let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
/// let article = Article::new("a".into(), Origin::new("in", 0), text, vec![block], vec![])?;
/// let mut facts = Facts::default();
/// Entities.extract(&article, &article.kept(), &mut facts);
/// let found: Vec<_> = facts.entities.iter().map(|e| (article.slice(e.span), e.kind)).collect();
/// use EntityKind::{Organisation, Person, Place};
/// assert_eq!(
///     found,
///     [
///         ("Ana Ruiz", Person),
///         ("Ministry of Health", Organisation),
///         ("Peru", Place),
///         ("Ruiz", Person)
///     ]
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Entities;

impl Fact for Entities {
    fn name(&self) -> &'static str {
        "entities"
    }

    fn about(&self) -> &'static str {
        "persons, organisations and places, by a small model and a gazetteer in the program"
    }

    fn example(&self) -> &'static str {
        "Ana Ruiz, the mayor of Lima, said on Monday that the river would rise in Peru."
    }

    fn extract(&self, _: &Article, kept: &Kept, facts: &mut Facts) {
        let named = |e: &Entity| {
            matches!(e.kind, EntityKind::Person | EntityKind::Organisation | EntityKind::Place)
        };
        if facts.entities.iter().any(named) {
            return;
        }
        let before = facts.entities.len();
        let foreign = facts.language.as_ref().is_some_and(|l| l.value != "en");
        for name in find(kept.text(), foreign) {
            if !in_code(kept, name.range.start)
                && let Some(span) = kept.span_of(name.range)
            {
                facts.entities.push(Entity { kind: name.kind, span });
            }
        }
        if before > 0 {
            facts.entities.sort_by_key(|e| e.span);
        }
    }
}

fn in_code(kept: &Kept, at: usize) -> bool {
    let blocks = kept.blocks();
    let block = blocks.partition_point(|b| b.range.end <= at);
    blocks.get(block).is_some_and(|b| b.block.kind == BlockKind::Code)
}

/// A name in a text.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Name {
    kind: EntityKind,
    /// Bytes of the text.
    range: Range<usize>,
    /// Words of the document.
    words: Range<usize>,
}

const KINDS: [EntityKind; 3] = [EntityKind::Person, EntityKind::Organisation, EntityKind::Place];

/// The names of `text`, in order; of one in a `foreign` language only those that need no English
/// around them.
fn find(text: &str, foreign: bool) -> Vec<Name> {
    let Some(model) = model::SHIPPED.as_ref() else { return Vec::new() };
    let document = Document::of(text);
    let mut names = Vec::new();
    let mut scratch = model::Scratch::default();
    let pairs = model.pairs();
    for run in document.runs() {
        model::best(&document, &run, model, &pairs, &mut scratch);
        let labels = &scratch.labels;
        let mut at = 0;
        while at < labels.len() {
            let label = labels[at];
            let mut end = at + 1;
            if label != model::NONE {
                while labels.get(end).is_some_and(|l| *l != model::NONE && !model::begins(*l)) {
                    end += 1;
                }
                let words = run.start + at..run.start + end;
                names.extend(name(&document, KINDS[model::kind(label)], words));
            }
            at = end;
        }
    }
    if foreign {
        names.retain(|name| stands_alone(&document, name));
    }
    people::agree(&document, &mut names);
    names
}

/// Whether a name is one by the gazetteer or its shape alone: a given name with a surname, a place
/// that is known, an acronym. Elsewhere (in German for one) words with capitals need be no names.
fn stands_alone(document: &Document<'_>, name: &Name) -> bool {
    let first = name.words.start;
    match name.kind {
        EntityKind::Person => name.words.len() > 1 && document.is_given_name(first),
        EntityKind::Place => document.is_known_place(first),
        _ => {
            let text = document.tokens[first].text;
            let capitals = text.chars().filter(|c| c.is_uppercase()).count();
            name.words.len() == 1 && capitals >= 2 && text.chars().count() <= 2 * capitals
        }
    }
}

/// The name at `words`, without titles in front and small words at its end.
fn name(document: &Document<'_>, kind: EntityKind, words: Range<usize>) -> Option<Name> {
    let (mut start, mut end) = (words.start, words.end);
    while start < end && !document.tokens[end - 1].capital {
        end -= 1;
    }
    let plain = |at: usize| {
        let text = document.tokens[at].text;
        text == "The" || (kind == EntityKind::Person && features::is_title(text))
    };
    while start < end && (!document.tokens[start].capital || plain(start)) {
        start += 1;
    }
    let (first, last) = (document.tokens.get(start)?, document.tokens.get(end.checked_sub(1)?)?);
    let range = first.start..last.end();
    (start < end).then_some(Name { kind, range, words: start..end })
}

#[cfg(test)]
mod tests;
