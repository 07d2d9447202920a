//! What differs between two runs: their configurations, and what became of each record.

mod tell;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use newsmill_article::{Metadata, Tally};
use newsmill_output::Manifest;
use serde::Serialize;
use serde_json::Value;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::Error;
use crate::explain::{Fate, Run};

/// Examples told of each kind of change.
const EXAMPLES: usize = 10;
/// What a row says of others: it changes with the company an article is in.
const OF_OTHERS: [&str; 2] = ["cluster", "related"];

/// What differs between two runs, the first taken for the earlier one.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Difference {
    /// Keys of the configuration that differ, and the version of newsmill if that does, with what each
    /// run has; null where a run has none.
    pub configuration: BTreeMap<String, (Value, Value)>,
    /// The books of both.
    pub tally: (Tally, Tally),
    /// Records that both runs kept with equal rows, but for what these say of other articles.
    pub equal: u64,
    /// Records that both runs kept with rows that differ.
    pub different: u64,
    /// In how many records that both kept each field differs.
    pub fields: BTreeMap<String, u64>,
    /// Records of which something else became, by what it was.
    pub changes: Vec<Change>,
}

/// Records of which one thing became in the first run and another in the second.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// In the first run; nothing where it does not have the record.
    pub from: Option<Fate>,
    /// In the second run.
    pub to: Option<Fate>,
    /// How many records.
    pub records: u64,
    /// The first few of them.
    pub examples: Vec<Example>,
}

/// A record of which something else became.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Example {
    /// Its id; nothing for one that was rejected.
    pub id: Option<String>,
    /// Its input and its place there, as `path#record`.
    pub place: String,
    /// Why a run did not keep it, as that run says.
    pub why: Option<String>,
}

/// What became of a record in the first run.
struct Was {
    fate: Fate,
    why: Option<String>,
    /// Fields of its row, by their number, with a hash of what they hold.
    fields: Box<[(u16, u32)]>,
    /// Whether the second run has it too.
    is_seen: bool,
}

/// Compares two finished runs. Records are told by their places in the inputs, so that runs of the same
/// dump are compared whatever ids they gave. Holds some 300 bytes of each record.
///
/// # Errors
/// When one is no finished run, or wrote no articles in the format `jsonl`.
pub fn diff(first: &Path, second: &Path) -> Result<Difference, Error> {
    let (first, second) = (Run::open(first)?, Run::open(second)?);
    let mut found = Difference {
        configuration: configurations(first.manifest(), second.manifest()),
        tally: (first.manifest().tally.clone(), second.manifest().tally.clone()),
        ..Difference::default()
    };
    let (mut names, mut known) = (Names::default(), HashMap::new());
    first.each(|fate, row| {
        let fields = if fate == Fate::Kept { names.fields(row) } else { Box::default() };
        let was = Was { fate, why: why(row, fate), fields, is_seen: false };
        known.insert(key(&place(row)), was);
    })?;
    let mut changes = Changes::default();
    second.each(|fate, row| {
        let place = place(row);
        let was = known.get_mut(&key(&place));
        let from = was.as_ref().map(|was| was.fate);
        if from != Some(fate) {
            let why = why(row, fate).or_else(|| was.as_ref()?.why.clone());
            changes.push(from, Some(fate), || Example { id: id(row), place, why });
        }
        if let Some(was) = was {
            was.is_seen = true;
            if from == Some(Fate::Kept) && fate == Fate::Kept {
                found.compare(&was.fields, &names.fields(row), &names);
            }
        }
    })?;
    if known.values().any(|was| !was.is_seen) {
        first.each(|fate, row| {
            let place = place(row);
            if known.get(&key(&place)).is_some_and(|was| !was.is_seen) {
                let why = why(row, fate);
                changes.push(Some(fate), None, || Example { id: id(row), place, why });
            }
        })?;
    }
    found.changes = changes.0.into_values().collect();
    Ok(found)
}

impl Difference {
    fn compare(&mut self, was: &[(u16, u32)], is: &[(u16, u32)], names: &Names) {
        let gone = was.iter().filter(|(name, _)| is.iter().all(|(other, _)| other != name));
        let changed = is.iter().filter(|field| !was.contains(field));
        let mut differs = false;
        for (name, _) in gone.chain(changed) {
            let name = names.0[usize::from(*name)].as_str();
            differs |= !OF_OTHERS.contains(&name);
            *self.fields.entry(name.to_owned()).or_default() += 1;
        }
        self.equal += u64::from(!differs);
        self.different += u64::from(differs);
    }
}

/// The names of fields, by their number.
#[derive(Default)]
struct Names(Vec<String>);

impl Names {
    /// The fields of an article row but those that say which record it is.
    fn fields(&mut self, row: &Metadata) -> Box<[(u16, u32)]> {
        let fields = row.fields().filter(|(name, _)| !["id", "source"].contains(name));
        fields
            .map(|(name, value)| {
                let known = self.0.iter().position(|known| known == name);
                let number = known.unwrap_or_else(|| {
                    self.0.push(name.to_owned());
                    self.0.len() - 1
                });
                (number as u16, xxh3_64(value.get().as_bytes()) as u32)
            })
            .collect()
    }
}

#[derive(Default)]
struct Changes(BTreeMap<(Option<Fate>, Option<Fate>), Change>);

impl Changes {
    fn push(&mut self, from: Option<Fate>, to: Option<Fate>, example: impl FnOnce() -> Example) {
        let none = || Change { from, to, records: 0, examples: Vec::new() };
        let change = self.0.entry((from, to)).or_insert_with(none);
        change.records += 1;
        if change.examples.len() < EXAMPLES {
            change.examples.push(example());
        }
    }
}

/// Where a record stands, as `path#record`.
fn place(row: &Metadata) -> String {
    let of = |row: &Metadata| {
        let record = row.get("record").map_or("", |r| r.get().trim_matches('"'));
        format!("{}#{record}", row.text("path").unwrap_or_default())
    };
    // A reject is all source.
    match row.get("source").map(|source| serde_json::from_str(source.get())) {
        Some(Ok(source)) => of(&source),
        _ => of(row),
    }
}

fn key(place: &str) -> u128 {
    xxh3_128(place.as_bytes())
}

fn id(row: &Metadata) -> Option<String> {
    row.text("id").map(Into::into)
}

/// Why a record was not kept.
fn why(row: &Metadata, fate: Fate) -> Option<String> {
    match fate {
        Fate::Kept => None,
        Fate::Rejected => row.text("error").map(Into::into),
        Fate::Duplicate => {
            let (method, kept) = (row.text("method")?, row.text("kept")?);
            let similarity = row.get("similarity").map_or("", |s| s.get());
            Some(format!("{method} duplicate of {kept}, similarity {similarity}"))
        }
    }
}

/// The keys that differ, with dots between their parts.
fn configurations(first: &Manifest, second: &Manifest) -> BTreeMap<String, (Value, Value)> {
    let mut keys: BTreeMap<String, (Value, Value)> = BTreeMap::new();
    let mut flat = |manifest: &Manifest, is_second: bool| {
        let mut left = vec![(String::new(), manifest.configuration.clone())];
        left.push(("newsmill".to_owned(), manifest.newsmill.as_str().into()));
        while let Some((key, value)) = left.pop() {
            match value {
                Value::Object(fields) => {
                    let dot = if key.is_empty() { "" } else { "." };
                    let fields = fields.into_iter();
                    left.extend(fields.map(|(name, value)| (format!("{key}{dot}{name}"), value)));
                }
                value => {
                    let both = keys.entry(key).or_default();
                    *(if is_second { &mut both.1 } else { &mut both.0 }) = value;
                }
            }
        }
    };
    flat(first, false);
    flat(second, true);
    keys.retain(|_, (first, second)| first != second);
    keys
}
