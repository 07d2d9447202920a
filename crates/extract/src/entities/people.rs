//! One reading for one name within a text.

use std::collections::HashMap;

use newsmill_article::EntityKind;

use super::Name;
use super::features::Document;

/// Lets the names of a text agree: a single word that is a person's last (or first) name by a full
/// name elsewhere in the text is that person, and so are its places that were not labelled; a name of
/// one kind nearly everywhere is of that kind everywhere.
pub(super) fn agree(document: &Document<'_>, names: &mut Vec<Name>) {
    let word = |at: usize| document.tokens[at].text;
    // How often a word ends or begins a person's full name, and how often it is of each kind alone.
    let mut ends: HashMap<&str, u32> = HashMap::new();
    let mut begins: HashMap<&str, u32> = HashMap::new();
    let mut alone: HashMap<&str, [u32; 3]> = HashMap::new();
    for name in names.iter() {
        if name.words.len() == 1 {
            alone.entry(word(name.words.start)).or_default()[index(name.kind)] += 1;
        } else if name.kind == EntityKind::Person {
            *ends.entry(word(name.words.end - 1)).or_default() += 1;
            *begins.entry(word(name.words.start)).or_default() += 1;
        }
    }
    let mut taken = vec![false; document.tokens.len()];
    for name in names.iter_mut() {
        taken[name.words.clone()].fill(true);
        if name.words.len() > 1 {
            continue;
        }
        let text = word(name.words.start);
        let counts = alone.get(text).copied().unwrap_or_default();
        let surname = ends.contains_key(text) && !document.is_known_place(name.words.start);
        let given = begins.contains_key(text) && counts[1] + counts[2] <= counts[0];
        if surname || given {
            name.kind = EntityKind::Person;
            continue;
        }
        // One kind for one word; of a capital acronym never a person.
        let most = counts.iter().copied().max().unwrap_or(0);
        if let Some(best) = (0..3).find(|k| counts[*k] == most)
            && counts.iter().filter(|n| **n == most).count() == 1
        {
            name.kind = super::KINDS[best];
        }
        let capitals = text.chars().filter(|c| c.is_uppercase()).count();
        let acronym = (2..=6).contains(&capitals) && capitals == text.chars().count();
        if acronym && name.kind == EntityKind::Person && !document.is_given_name(name.words.start) {
            name.kind = EntityKind::Organisation;
        }
    }
    // Surnames that stand alone and were not labelled.
    let mut missed = Vec::new();
    for (at, token) in document.tokens.iter().enumerate() {
        let lone = token.capital && !taken[at] && !document.is_common(at);
        if lone && ends.contains_key(token.text) && !beside_a_name(document, &taken, at) {
            missed.push(Name {
                kind: EntityKind::Person,
                range: token.start..token.end(),
                words: at..at + 1,
            });
        }
    }
    if !missed.is_empty() {
        names.append(&mut missed);
        names.sort_by_key(|n| n.range.start);
    }
}

/// Whether the word before or behind belongs to a name without anything between.
fn beside_a_name(document: &Document<'_>, taken: &[bool], at: usize) -> bool {
    use super::words::Gap;
    let token = &document.tokens[at];
    let left = token.before == Gap::Space && at > 0 && taken[at - 1];
    let right = token.after == Gap::Space && taken.get(at + 1).is_some_and(|t| *t);
    left || right
}

fn index(kind: EntityKind) -> usize {
    super::KINDS.iter().position(|k| *k == kind).unwrap_or(0)
}
