//! The full names of the persons of an article.

use std::collections::HashMap;

use super::words::{self, is_name, is_title, name_of_run};
use crate::names::is_particle;

/// Puts the fullest name the text has for a person in the place of shorter ones.
pub(super) fn make_full(text: &str, speakers: Vec<&mut String>) {
    fn last_word(name: &str) -> &str {
        name.rsplit(' ').next().unwrap_or_default()
    }
    let mut full: HashMap<String, Vec<String>> = HashMap::new();
    for speaker in &speakers {
        full.entry(last_word(speaker).to_owned()).or_default();
    }
    if full.is_empty() {
        return;
    }
    let mut run: Vec<&str> = Vec::new();
    for word in words::of(text) {
        let bare = word.text.trim_end_matches("'s").trim_end_matches("’s");
        if is_name(bare) || is_title(bare) || (!run.is_empty() && is_particle(bare)) {
            run.push(bare);
            if run.len() > 8 {
                run.remove(0);
            }
            if let Some(names) = full.get_mut(bare)
                && run.len() > 1
                && names.len() < 16
                && let Some(name) = name_of_run(&run)
                && name.contains(' ')
                && !names.contains(&name)
            {
                names.push(name);
            }
            if word.stop.is_none() && bare.len() == word.text.len() {
                continue;
            }
        }
        run.clear();
    }
    for speaker in speakers {
        let name = full.get(last_word(speaker)).and_then(|names| fullest(speaker, names));
        if let Some(name) = name {
            *speaker = name;
        }
    }
}

/// The longest of the names that can be the person's, unless two persons share it.
fn fullest(name: &str, names: &[String]) -> Option<String> {
    let first = |n: &str| n.split(' ').next().unwrap_or_default().to_owned();
    let fits =
        |n: &&String| n.len() > name.len() && (!name.contains(' ') || first(n) == first(name));
    let longer: Vec<&String> = names.iter().filter(fits).collect();
    let given = first(longer.first()?);
    if longer.iter().any(|n| first(n) != given) {
        return None;
    }
    longer.into_iter().max_by_key(|n| (n.len(), std::cmp::Reverse((*n).clone()))).cloned()
}
