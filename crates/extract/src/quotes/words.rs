//! Words around a quotation.

use crate::entities::is_given;
use crate::names::{is_name_word, is_particle};

/// A word without the signs around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    /// Its first byte in the text that was cut into words.
    pub(super) at: usize,
    /// The name of the article it is part of, as place in the list of names.
    pub(super) mention: Option<usize>,
    /// The sign behind it that parts clauses or sentences, if there is one.
    pub(super) stop: Option<char>,
    /// Whether a bracket or quotation mark opens before it.
    pub(super) opened: bool,
    /// The quotation that it stands for, which has no words of its own here.
    pub(super) quote: Option<usize>,
    /// Number of its sentence.
    pub(super) sentence: usize,
}

impl<'a> Word<'a> {
    fn new(text: &'a str, at: usize, stop: Option<char>, opened: bool) -> Self {
        Self { text, at, mention: None, stop, opened, quote: None, sentence: 0 }
    }

    /// What stands for quotation `quote`, which begins at byte `at`.
    pub(super) fn of_quote(quote: usize, at: usize, stop: Option<char>) -> Self {
        Self { quote: Some(quote), ..Self::new("", at, stop, true) }
    }
}

/// The words of `text`.
pub(super) fn of(text: &str) -> impl Iterator<Item = Word<'_>> {
    let base = text.as_ptr() as usize;
    let parts = |c: char| c.is_whitespace() || c == '—';
    text.split_inclusive(parts).map(str::trim).filter(|t| !t.is_empty()).filter_map(move |token| {
        let signs = |c: char| !c.is_alphanumeric();
        let word = token.trim_start_matches(signs);
        let opened = token.starts_with(['(', '[', '“', '"', '„', '«', '‘']);
        let bare = word.trim_end_matches(signs);
        if bare.is_empty() {
            let dash = token.contains(['—', '–']) || token == "--";
            let at = token.as_ptr() as usize - base;
            return dash.then(|| Word::new("", at, Some('—'), opened));
        }
        let at = word.as_ptr() as usize - base;
        let tail = &word[bare.len()..];
        if tail.starts_with('.') && is_abbreviation(bare) {
            let text = &word[..bare.len() + 1];
            let stop = tail[1..].chars().find(|c| is_stop(*c));
            return Some(Word::new(text, at, stop, opened));
        }
        let stop = tail.chars().find(|c| is_stop(*c));
        Some(Word::new(bare, at, stop, opened))
    })
}

fn is_stop(c: char) -> bool {
    ",.;:!?—–()…".contains(c)
}

/// Whether a full stop behind the word belongs to it.
fn is_abbreviation(word: &str) -> bool {
    let initial = word.chars().count() == 1 && word.starts_with(char::is_uppercase);
    initial || (word.contains('.') && word.len() <= 6) || ABBREVIATIONS.contains(&word)
}

const ABBREVIATIONS: &[&str] = &[
    "Mr", "Mrs", "Ms", "Dr", "Sen", "Rep", "Gov", "Gen", "Col", "Lt", "Sgt", "Capt", "Maj", "Prof",
    "Rev", "Hon", "Jr", "Sr", "St", "Sra", "Srta", "Dra", "Mme", "Mlle", "Adm", "Cmdr", "Cpl",
    "Pvt", "Supt", "Det", "Atty", "Ph", "Ald", "Del", "Reps", "Sens", "Messrs", "Fr", "Bros", "Mx",
];

/// Whether a word can be part of a name, and is none that only begins a sentence.
pub(super) fn is_name(word: &str) -> bool {
    is_name_word(word) && !is_starter(word) && !word.ends_with("-year-old")
}

/// Whether a word can stand inside a run of words with capitals (`Lima Police Chief`).
pub(super) fn is_inner(word: &str) -> bool {
    is_name_word(word) && !crate::date::is_name(&word.to_lowercase())
}

fn is_starter(word: &str) -> bool {
    STARTERS.contains(&word)
}

/// Words with a capital because a sentence begins, and days and months.
const STARTERS: &[&str] = &[
    "A",
    "About",
    "According",
    "After",
    "Again",
    "All",
    "Also",
    "Although",
    "Among",
    "An",
    "And",
    "Another",
    "As",
    "Asked",
    "At",
    "Because",
    "Before",
    "Both",
    "But",
    "By",
    "During",
    "Earlier",
    "Each",
    "Even",
    "Every",
    "Everyone",
    "Few",
    "For",
    "Former",
    "From",
    "Further",
    "He",
    "Her",
    "Here",
    "His",
    "How",
    "However",
    "I",
    "If",
    "In",
    "Indeed",
    "Instead",
    "It",
    "Its",
    "Just",
    "Last",
    "Late",
    "Later",
    "Like",
    "Many",
    "Meanwhile",
    "More",
    "Moreover",
    "Most",
    "My",
    "Neither",
    "Next",
    "No",
    "Nobody",
    "Nor",
    "Not",
    "Nothing",
    "Now",
    "Of",
    "Officials",
    "On",
    "Once",
    "One",
    "Only",
    "Or",
    "Other",
    "Others",
    "Our",
    "Over",
    "People",
    "Perhaps",
    "Police",
    "Researchers",
    "Residents",
    "Said",
    "Says",
    "She",
    "Since",
    "So",
    "Some",
    "Someone",
    "Still",
    "Such",
    "That",
    "The",
    "Their",
    "Then",
    "There",
    "These",
    "They",
    "This",
    "Those",
    "Though",
    "Three",
    "Through",
    "Thus",
    "To",
    "Today",
    "Two",
    "Under",
    "Until",
    "Very",
    "We",
    "Well",
    "What",
    "When",
    "Where",
    "Whether",
    "Which",
    "While",
    "Who",
    "Why",
    "With",
    "Without",
    "Yes",
    "Yesterday",
    "Yet",
    "You",
    "Your",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "January",
    "February",
    "March",
    "July",
    "September",
    "October",
    "November",
    "December",
    "Critics",
    "Experts",
    "Scientists",
    "Supporters",
    "Witnesses",
    "Authorities",
    "Prosecutors",
    "Investigators",
    "Lawyers",
    "Analysts",
    "Sources",
    "El",
    "Él",
    "Ella",
    "Los",
    "Las",
    "Le",
    "Il",
    "Elle",
    "Ils",
    "On",
    "Der",
    "Die",
    "Das",
    "Er",
    "Sie",
    "Ein",
    "Eine",
    "O",
    "Ele",
    "Ela",
    "Lui",
    "Lei",
    "De",
    "Het",
    "Hij",
    "Ze",
    "Zij",
    "Un",
    "Una",
    "Une",
    "En",
    "Em",
    "Pero",
    "Mais",
    "Aber",
    "Und",
    "Ma",
    "Maar",
];

/// The name at the end of a run of words with capitals: without titles and what stands before them
/// (`Mexican President Ana Ruiz`), nothing when no name is left.
pub(super) fn name_of_run(run: &[&str]) -> Option<String> {
    let after_title = run.iter().rposition(|w| is_title(w)).map_or(0, |i| i + 1);
    let mut words = &run[after_title..];
    // A trade that is written like a name (`Landesbischof Ana Ruiz`).
    let given = |w: &&str| w.chars().count() > 2 && is_given(w);
    if words.len() > 2
        && !words.first().is_some_and(|w| given(w) || w.chars().count() <= 2)
        && let Some(first) = words[..words.len() - 1].iter().position(given)
    {
        words = &words[first..];
    }
    // `Ana Ruiz vom Rat der Stadt` is more than a name, `Ana van der Berg` is not.
    if let Some(at) = words.iter().skip(2).position(|w| is_particle(w)).map(|i| i + 2)
        && words[at..].iter().filter(|w| !is_particle(w)).count() > 1
    {
        words = &words[..at];
    }
    while let Some((first, rest)) = words.split_first() {
        if is_name(first) {
            break;
        }
        words = rest;
    }
    while let Some((last, rest)) = words.split_last() {
        if is_name(last) {
            break;
        }
        words = rest;
    }
    let letters = words.iter().flat_map(|w| w.chars()).filter(|c| c.is_alphabetic()).count();
    let possible = !words.is_empty()
        && words.len() <= 6
        && letters >= 2
        && (letters >= 4 || words.iter().any(|w| w.chars().count() > 2));
    possible.then(|| words.join(" "))
}

pub(super) fn is_title(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    TITLES.contains(&word)
}

const TITLES: &[&str] = &[
    "Mr",
    "Mrs",
    "Ms",
    "Dr",
    "Sen",
    "Senator",
    "Senators",
    "Sens",
    "Rep",
    "Reps",
    "Representative",
    "Gov",
    "Governor",
    "President",
    "Premier",
    "Chancellor",
    "Minister",
    "Secretary",
    "Judge",
    "Justice",
    "Gen",
    "General",
    "Col",
    "Colonel",
    "Lt",
    "Lieutenant",
    "Sgt",
    "Sergeant",
    "Capt",
    "Captain",
    "Maj",
    "Major",
    "Mayor",
    "Professor",
    "Prof",
    "Rev",
    "Reverend",
    "Pope",
    "King",
    "Queen",
    "Prince",
    "Princess",
    "Sir",
    "Lord",
    "Lady",
    "Dame",
    "Attorney",
    "Director",
    "Chairman",
    "Chairwoman",
    "Chair",
    "Chief",
    "Ambassador",
    "Congressman",
    "Congresswoman",
    "Congressmen",
    "Spokesman",
    "Spokeswoman",
    "Spokesperson",
    "Officer",
    "Detective",
    "Sheriff",
    "Coach",
    "Commissioner",
    "Councilman",
    "Councilwoman",
    "Councillor",
    "Cllr",
    "Councilmember",
    "Superintendent",
    "Deputy",
    "Admiral",
    "Adm",
    "Bishop",
    "Archbishop",
    "Cardinal",
    "Father",
    "Sister",
    "Imam",
    "Rabbi",
    "Sheikh",
    "Ayatollah",
    "Executive",
    "CEO",
    "Administrator",
    "Inspector",
    "Constable",
    "Treasurer",
    "Speaker",
    "Leader",
    "Democrat",
    "Republican",
    "Democratic",
    "Independent",
    "Señor",
    "Señora",
    "Presidente",
    "Presidenta",
    "Ministro",
    "Ministra",
    "Herr",
    "Frau",
    "Bundeskanzler",
    "Kanzler",
    "Präsident",
    "Ministerin",
    "Monsieur",
    "Madame",
    "Président",
    "Signor",
    "Signora",
    "Onorevole",
    "Meneer",
    "Mevrouw",
    "Manager",
    "Founder",
    "Co-founder",
    "Analyst",
    "Economist",
    "Dean",
    "Hon",
    "Lawyer",
    "Adv",
    "Advocate",
    "Author",
    "Novelist",
    "Actor",
    "Actress",
    "Singer",
    "Chef",
    "Principal",
    "Engineer",
    "Researcher",
    "Businessman",
    "Businesswoman",
    "Journalist",
    "Activist",
    "Major-General",
    "Major-Gen",
    "Brigadier",
    "Lieutenant-General",
    "Vice-Chancellor",
    "Bürgermeister",
    "Bürgermeisterin",
];
