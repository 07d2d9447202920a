//! What happened to one article of a finished run, and why.

mod rows;
mod tell;

use std::ops::ControlFlow;
use std::path::Path;

use newsmill_article::{Article, Metadata, Span};
use newsmill_output::{Bytes, REMOVED, each_row};
use newsmill_read::Input;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use rows::Run;

use crate::Error;
use crate::config::{Config, Mode};

/// What happened to one article: its fate, and the text of its record part by part, each part kept
/// or removed for a reason.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The id asked for.
    pub id: String,
    /// What became of it.
    pub fate: Fate,
    /// Where it came from.
    pub source: Option<Source>,
    /// The row that says so: of articles, `duplicates.jsonl` or `rejected.jsonl`.
    pub row: Metadata,
    /// The record's text in order, where the input could be read again.
    pub parts: Vec<Part>,
    /// Why there are no parts.
    pub missing: Option<String>,
}

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fate {
    /// It is among the articles.
    Kept,
    /// Another article stands for it.
    Duplicate,
    /// It could not be read.
    Rejected,
}

/// Where a record came from, as its row says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The input.
    pub path: String,
    /// Its ordinal or the container's id.
    pub record: Value,
    /// First byte, after decompression.
    pub offset: u64,
    /// Length in bytes.
    #[serde(default)]
    pub length: u64,
}

/// A stretch of the record's text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// First byte in the record's text.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// The text.
    pub text: String,
    /// Why it was removed; nothing for what stayed.
    pub removed: Option<Removed>,
}

/// A row of `removed.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Removed {
    start: usize,
    end: usize,
    /// Why.
    pub reason: String,
    /// The stage that decided it.
    pub stage: String,
    /// The copy that stays.
    pub of: Option<Of>,
    /// How sure the stage was.
    pub score: Option<f32>,
}

/// The copy that stays in place of a removed span.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Of {
    /// It stands in the same text.
    Here(Bytes),
    /// It stands in another article.
    Article {
        /// The id of that article.
        id: String,
    },
}

/// Says what happened to the article `id` of the finished run in `run`. A rejected record has no
/// id; it is asked for as `path#record`.
///
/// # Errors
/// When `run` is no finished run, or no row of it has that id.
pub fn explain(run: &Path, id: &str) -> Result<Explanation, Error> {
    let folder = run.display().to_string();
    let run = Run::open(run)?;
    let (fate, row) =
        find(&run, id)?.ok_or_else(|| Error::UnknownArticle { run: folder, id: id.into() })?;
    let source = source(&row, fate);
    let mut told =
        Explanation { id: id.to_owned(), fate, source, row, parts: Vec::new(), missing: None };
    if fate == Fate::Rejected {
        return Ok(told);
    }
    let config = serde_json::from_value(run.manifest().configuration.clone()).unwrap_or_default();
    match told.source.as_ref().map(|source| article(source, &config)) {
        Some(Ok(article)) => {
            let removed = match &told.source {
                Some(source) if fate == Fate::Kept => removed(&run, id, source)?,
                _ => Vec::new(),
            };
            told.parts = parts(&article, removed);
        }
        Some(Err(why)) => told.missing = Some(why),
        None => told.missing = Some("the row does not say where it came from".to_owned()),
    }
    Ok(told)
}

/// The first row with that id, in articles, duplicates, rejects.
fn find(run: &Run, id: &str) -> Result<Option<(Fate, Metadata)>, Error> {
    let place = id.rsplit_once('#');
    run.find(|fate, row| {
        let is_asked = match fate {
            Fate::Kept | Fate::Duplicate => row.text("id").as_deref() == Some(id),
            Fate::Rejected => place.is_some_and(|(path, record)| {
                row.text("path").as_deref() == Some(path)
                    && row.get("record").is_some_and(|r| r.get().trim_matches('"') == record)
            }),
        };
        if is_asked { ControlFlow::Break((fate, row)) } else { ControlFlow::Continue(()) }
    })
}

fn source(row: &Metadata, fate: Fate) -> Option<Source> {
    if fate == Fate::Rejected {
        let json = serde_json::to_string(row).ok()?;
        return serde_json::from_str(&json).ok();
    }
    serde_json::from_str(row.get("source")?.get()).ok()
}

/// The rows of `removed.jsonl` of the article, in order. Ids of rows need not be unique, their
/// sources are.
fn removed(run: &Run, id: &str, source: &Source) -> Result<Vec<Removed>, Error> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
        source: Source,
        #[serde(flatten)]
        removed: Removed,
    }
    let mut found = Vec::new();
    each_row(&run.store, REMOVED, |row: Row| {
        if row.id == id && row.source == *source {
            found.push(row.removed);
        } else if !found.is_empty() {
            // The rows of an article stand together.
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// The article as it was before anything but its markup went, read again from its input.
fn article(source: &Source, config: &Config) -> Result<Article, String> {
    let again = |why: &dyn std::fmt::Display| {
        format!("the record could not be read again from {}: {why}", source.path)
    };
    if source.path == "-" {
        return Err(again(&"standard input is gone"));
    }
    let input = Input::file(&source.path);
    let records = newsmill_read::records(&input, &config.read, &config.limits);
    let records = records.map_err(|e| again(&e))?;
    let record = records
        .filter_map(Result::ok)
        .find(|record| {
            record.origin.offset == source.offset && record.origin.length == source.length
        })
        .ok_or_else(|| again(&"it is not there any more"))?;
    let article = match config.mode {
        Mode::Articles => newsmill_parse::parse(record, &config.limits),
        Mode::Verbatim => crate::chain::verbatim(record),
    };
    article.map_err(|e| again(&e))
}

/// The text cut at its removals.
fn parts(article: &Article, removed: Vec<Removed>) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut at = 0;
    let mut push = |start: usize, end: usize, removed| {
        let text = article.text().get(article.of_record(start..end));
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            parts.push(Part { start, end, text: text.to_owned(), removed });
        }
    };
    for row in removed {
        push(at, row.start, None);
        at = row.end;
        push(row.start, row.end, Some(row));
    }
    let end = article.in_record(Span::whole(article.text())).end;
    push(at, end, None);
    parts
}
