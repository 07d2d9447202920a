//! Boilerplate: lines that recur over many articles of a source, or of the dump, though the
//! articles differ.
//!
//! 1. The map pass notes which lines each article has ([`Cutter`]) and of which source it is
//!    ([`LineSpool`]).
//! 2. Once it is known which articles are copies, [`settle`] counts in how many stories each line
//!    stands and keeps those that recur.
//! 3. The write pass removes them ([`Boilerplate::remove`]) and lists them in the run's profile
//!    ([`Profile`]), which a later run may start from.

mod cut;
mod profile;
mod spool;
mod stories;

use std::path::PathBuf;

use newsmill_article::{Article, Reason, Removal, Stage};
use newsmill_dedup::keep::Decision;
use newsmill_dedup::lines::{LinesConfig, Recurring};
use serde::{Deserialize, Serialize};

use crate::Error;

pub(crate) use cut::Cutter;
pub(crate) use profile::{Known, Profile, known};
pub(crate) use spool::{LineSpool, Noted};

/// Boilerplate across the dump.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BoilerplateConfig {
    /// Whether it is looked for. Default true.
    pub enabled: bool,
    /// Which lines recur.
    pub lines: LinesConfig,
    /// Bytes of memory in which lines are counted. Default 256 MiB. One line takes 16 bytes for
    /// each article that has it, whatever this says.
    pub count_bytes: usize,
    /// Profiles of earlier runs (`boilerplate.jsonl`, or the run folder it lies in): their lines are
    /// boilerplate from the start. Default none.
    pub profiles: Vec<PathBuf>,
}

impl Default for BoilerplateConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            lines: LinesConfig::default(),
            count_bytes: 256 << 20,
            profiles: Vec::new(),
        }
    }
}

impl BoilerplateConfig {
    /// Checks what the types cannot say.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let shares =
            [("source_share", self.lines.source_share), ("dump_share", self.lines.dump_share)];
        for (key, share) in shares {
            if !(0.0..=1.0).contains(&share) {
                return Err(Error::Config(format!("boilerplate.lines.{key} must be 0 to 1")));
            }
        }
        if self.count_bytes == 0 {
            return Err(Error::Config("boilerplate.count_bytes must be above 0".to_owned()));
        }
        Ok(())
    }
}

/// A line that is boilerplate somewhere.
#[derive(Debug, Clone, PartialEq)]
struct Rule {
    line: u64,
    /// Where; none for everywhere.
    source: Option<u32>,
    stories: u32,
    share: f64,
    /// Shorter lines are left alone.
    min_words: usize,
}

/// The lines that are boilerplate, and the sources of the articles.
#[derive(Debug)]
pub(crate) struct Boilerplate {
    lines: LinesConfig,
    /// Sorted by line, then source; of equal ones the run's own count first.
    rules: Vec<Rule>,
    /// Names of the sources; the first is empty, for articles that name none.
    sources: Vec<String>,
    /// The source of each article.
    source_of: Vec<u32>,
}

/// A line that was removed from an article.
#[derive(Debug)]
pub(crate) struct Taken {
    rule: usize,
    text: String,
}

/// Settles which lines are boilerplate, by what was noted in the map pass and by `known` ones. The
/// decisions are about the articles numbered from `settled` on.
pub(crate) fn settle(
    noted: LineSpool,
    decisions: &[Decision],
    settled: u32,
    known: &[Known],
    config: &BoilerplateConfig,
) -> Result<Boilerplate, Error> {
    let stories = stories::stories(decisions, settled);
    let recurring = noted.recurring(&stories, config)?;
    let counted = recurring.into_iter().map(|Recurring { line, source, stories, share }| Rule {
        line,
        source,
        stories,
        share,
        min_words: source.map_or(config.lines.dump_min_words, |_| 0),
    });
    let known = known.iter().filter_map(|known| {
        let source = match &known.source {
            Some(name) => Some(noted.number(name)?),
            None => None,
        };
        let Known { line, stories, share, .. } = *known;
        Some(Rule { line, source, stories, share, min_words: 0 })
    });
    let mut rules: Vec<Rule> = counted.chain(known).collect();
    rules.sort_by_key(|rule| (rule.line, rule.source));
    let (sources, source_of) = noted.into_sources();
    Ok(Boilerplate { lines: config.lines, rules, sources, source_of })
}

impl Boilerplate {
    /// A tool that cuts articles as these rules mean them.
    pub(crate) fn cutter(&self) -> Cutter {
        Cutter::new(self.lines)
    }

    /// Removes what is boilerplate in article `number` and says which lines that was. An article of
    /// which nothing would be left stays as it is.
    pub(crate) fn remove(
        &self,
        number: usize,
        article: &mut Article,
        cutter: &mut Cutter,
    ) -> Vec<Taken> {
        if self.rules.is_empty() {
            return Vec::new();
        }
        let source = self.source_of.get(number).copied().unwrap_or_default();
        let mut without = None;
        let mut taken = Vec::new();
        for line in cutter.lines(article).into_iter().filter(|line| line.is_kept) {
            let Some((rule, share)) = self.rule(line.print, line.words, source) else { continue };
            let removal = Removal::new(line.span, Reason::Boilerplate, Stage::Boilerplate);
            without.get_or_insert_with(|| article.clone()).remove(removal.with_score(share as f32));
            taken.push(Taken { rule, text: cutter.text(article, line.span) });
        }
        match without.filter(|without| !without.kept().blocks().is_empty()) {
            Some(without) => *article = without,
            None => taken.clear(),
        }
        taken
    }

    /// The rule that makes a line of `words` words boilerplate in `source`, and its share. What is
    /// known of the source goes before what is known of the dump.
    fn rule(&self, line: u64, words: usize, source: u32) -> Option<(usize, f64)> {
        let first = self.rules.partition_point(|rule| rule.line < line);
        let rules = || {
            (first..)
                .zip(&self.rules[first..])
                .take_while(|(_, rule)| rule.line == line)
                .filter(|(_, rule)| words >= rule.min_words)
        };
        let here = rules().find(|(_, rule)| rule.source == Some(source));
        let (index, rule) = here.or_else(|| rules().find(|(_, rule)| rule.source.is_none()))?;
        Some((index, rule.share))
    }
}
