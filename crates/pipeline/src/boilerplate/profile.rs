//! The profile of a run: the lines it removed as boilerplate, for a later run to start from.

use std::cmp::Reverse;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use newsmill_dedup::tokens::{Tokens, tokenize_into};
use newsmill_output::{BOILERPLATE, BoilerplateRow, FileEntry, RunFile, Store};

use super::{Boilerplate, BoilerplateConfig, Taken};
use crate::Error;

/// A line an earlier run found to be boilerplate.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Known {
    pub(super) line: u64,
    /// Where; none for everywhere.
    pub(super) source: Option<String>,
    pub(super) stories: u32,
    pub(super) share: f64,
}

/// The lines of the profiles a run was given. Lines are known by their words, so that a profile can
/// be written by hand.
pub(crate) fn known(config: &BoilerplateConfig) -> Result<Vec<Known>, Error> {
    let mut known = Vec::new();
    for path in &config.profiles {
        let path = if path.is_dir() { path.join(BOILERPLATE) } else { path.clone() };
        read(&path, config, &mut known)?;
    }
    Ok(known)
}

fn read(path: &Path, config: &BoilerplateConfig, known: &mut Vec<Known>) -> Result<(), Error> {
    let opened = |cause| Error::Open { path: path.to_owned(), cause };
    let mut tokens = Tokens::default();
    for (number, row) in (1..).zip(BufReader::new(File::open(path).map_err(opened)?).lines()) {
        let row = row.map_err(opened)?;
        if row.trim().is_empty() {
            continue;
        }
        let row: BoilerplateRow = serde_json::from_str(&row).map_err(|e| {
            let path = path.display();
            Error::Config(format!("{path}: row {number} is no row of a profile: {e}"))
        })?;
        tokenize_into(&row.line, &mut tokens);
        // A line too short or too long to count is none that could be removed.
        if let Some(line) = config.lines.print(tokens.hashes(), row.line.len()) {
            let BoilerplateRow { source, stories, share, .. } = row;
            known.push(Known { line, source, stories, share });
        }
    }
    Ok(())
}

/// Gathers what is removed, in the order of the articles.
#[derive(Debug)]
pub(crate) struct Profile<'a> {
    boilerplate: &'a Boilerplate,
    /// For each rule the first line it removed.
    texts: Vec<Option<String>>,
}

impl<'a> Profile<'a> {
    pub(crate) fn new(boilerplate: &'a Boilerplate) -> Self {
        Self { boilerplate, texts: vec![None; boilerplate.rules.len()] }
    }

    /// Adds lines that were removed from the next articles.
    pub(crate) fn add(&mut self, taken: Vec<Taken>) {
        for Taken { rule, text } in taken {
            if let Some(first) = self.texts.get_mut(rule) {
                first.get_or_insert(text);
            }
        }
    }

    /// Writes the profile: what holds everywhere first, then source by source, in each the line of
    /// most stories first.
    pub(crate) fn write(self, store: &dyn Store) -> Result<FileEntry, Error> {
        let Self { boilerplate, texts } = self;
        let mut rows: Vec<BoilerplateRow> = boilerplate
            .rules
            .iter()
            .zip(texts)
            .filter_map(|(rule, text)| {
                let source = rule
                    .source
                    .and_then(|number| boilerplate.sources.get(number as usize).cloned());
                Some(BoilerplateRow {
                    line: text?,
                    hash: format!("{:016x}", rule.line),
                    source,
                    stories: rule.stories,
                    share: rule.share,
                })
            })
            .collect();
        rows.sort_by(|a, b| {
            let key = |row: &'_ BoilerplateRow| (Reverse(row.stories), row.hash.clone());
            a.source.cmp(&b.source).then_with(|| key(a).cmp(&key(b)))
        });
        let mut file = RunFile::create(store, BOILERPLATE)?;
        for row in &rows {
            file.write_row(row)?;
        }
        Ok(file.commit()?)
    }
}
