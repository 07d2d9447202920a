//! The full names of the persons of an article.

use std::collections::HashMap;

use super::mentions::Mentions;
use super::words::{self, Word, is_name, is_title, name_of_run};
use crate::entities::is_given;
use crate::names::is_particle;

/// Different last words that are looked up in one article.
const MOST: usize = 64;
/// Bytes before a name's last word in which the rest of it stands.
const REACH: usize = 64;

/// Puts the fullest name `text` has for a person in the place of shorter ones: a name among
/// `mentions` that ends with the same word, or else words with capitals before it.
pub(super) fn make_full(text: &str, mentions: &Mentions, speakers: Vec<&mut String>) {
    if speakers.is_empty() {
        return;
    }
    let mut known: HashMap<&str, Vec<String>> = HashMap::new();
    for mention in mentions.persons().filter(|m| m.name.contains(' ')) {
        let names = known.entry(last_word(&mention.name)).or_default();
        if names.len() < MOST && !names.contains(&mention.name) {
            names.push(mention.name.clone());
        }
    }
    // A surname alone is the person's whom the text had named in full when it first stood alone.
    let mut seen: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut bound: HashMap<&str, &str> = HashMap::new();
    for mention in mentions.persons() {
        let last = last_word(&mention.name);
        let names = seen.entry(last).or_default();
        if mention.name.contains(' ') {
            if names.len() < MOST && !names.contains(&mention.name.as_str()) {
                names.push(&mention.name);
            }
        } else if let [only] = names.as_slice() {
            bound.entry(last).or_insert(only);
        }
    }
    let mut given: HashMap<&str, Vec<String>> = HashMap::new();
    for mention in mentions.persons().filter(|m| m.name.contains(' ')) {
        let first = mention.name.split(' ').next().unwrap_or_default();
        let names = given.entry(first).or_default();
        if names.len() < 2 && !names.contains(&mention.name) {
            names.push(mention.name.clone());
        }
    }
    let mut full: HashMap<String, Vec<String>> = HashMap::new();
    for speaker in speakers {
        let last = last_word(speaker);
        if let Some(name) = known.get(last).and_then(|names| fullest(speaker, names)) {
            *speaker = name;
            continue;
        }
        if let Some(name) = bound.get(speaker.as_str()) {
            *speaker = (*name).to_owned();
            continue;
        }
        // A given name alone is the one person's who has it (`Israel` need be no man).
        if !mentions.is_place(speaker)
            && let Some(names) = given.get(speaker.as_str())
            && let [only] = names.as_slice()
        {
            *speaker = only.clone();
            continue;
        }
        if !full.contains_key(last) {
            if full.len() >= MOST {
                continue;
            }
            full.insert(last.to_owned(), names_ending_with(last, text));
        }
        let name = full.get(last).and_then(|names| fullest(speaker, names));
        if let Some(name) = name {
            *speaker = name;
        }
    }
}

/// The last word of a name.
pub(super) fn last_word(name: &str) -> &str {
    name.rsplit(' ').next().unwrap_or_default()
}

/// The different names of two and more words in `text` that end with the word `last`.
fn names_ending_with(last: &str, text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for at in memchr::memmem::find_iter(text.as_bytes(), last.as_bytes()) {
        let (before, after) = (&text[..at], &text[at + last.len()..]);
        if !before.ends_with(' ') || after.starts_with(char::is_alphanumeric) {
            continue;
        }
        let from = text.ceil_char_boundary(at.saturating_sub(REACH));
        let words: Vec<Word<'_>> = words::of(&text[from..at]).collect();
        let joins = |w: &&Word<'_>| {
            let name = is_name(w.text) || is_title(w.text) || is_particle(w.text);
            w.stop.is_none() && name
        };
        // The word that the window cuts is none.
        let cut = usize::from(from > 0);
        let mut run = vec![last];
        for word in words.iter().skip(cut).rev().take_while(joins) {
            run.insert(0, word.text);
            if word.opened {
                break;
            }
        }
        while run.first().is_some_and(|w| is_particle(w)) {
            run.remove(0);
        }
        if let Some(name) = name_of_run(&run)
            && name.contains(' ')
            && !names.contains(&name)
        {
            names.push(name);
            if names.len() >= 16 {
                break;
            }
        }
    }
    names
}

/// The fullest of the names that can be the person's, unless two persons share it. A name that
/// ends with another one is taken for that one with a word too many.
fn fullest(name: &str, names: &[String]) -> Option<String> {
    let first = |n: &str| n.split(' ').next().unwrap_or_default().to_owned();
    let fits =
        |n: &&String| n.len() > name.len() && (!name.contains(' ') || first(n) == first(name));
    let ends = |long: &str, short: &str| {
        long.strip_suffix(short).is_some_and(|rest| rest.ends_with(' ') && short.contains(' '))
    };
    let longer: Vec<&String> = names.iter().filter(fits).collect();
    let plain: Vec<&&String> =
        longer.iter().filter(|n| !longer.iter().any(|other| ends(n, other))).collect();
    // A word with a capital before a surname need be no name.
    let mut plain = plain;
    if plain.iter().any(|n| is_given(&first(n))) {
        plain.retain(|n| is_given(&first(n)));
    }
    let given = first(plain.first()?);
    if plain.iter().any(|n| first(n) != given) {
        return None;
    }
    let longest = plain.iter().map(|n| n.len()).max()?;
    plain.into_iter().filter(|n| n.len() == longest).min().map(ToString::to_string)
}
