//! The chain for one record: read in, article and sketch out. Pure but for its scratch buffers.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use newsmill_article::{
    Article, Block, BlockKind, Content, Facts, Kept, Limits, Origin, Record, Reject, RejectKind,
    Span, Stage,
};
use newsmill_dedup::sketch::{Scratch, Sketch, Sketcher};
use newsmill_dedup::tokens::{Tokens, tokenize_into};
use newsmill_dedup::within::Finder;
use newsmill_extract::{Fact, Published, WebUrl};
use xxhash_rust::xxh3::Xxh3;

use crate::config::{Config, Mode};
use crate::within::remove_repeats;

/// What goes can bring together what stood apart, so cleaning goes on until nothing more goes, at
/// most so often: then the output loses nothing when it is fed in again.
const CLEANING_ROUNDS: usize = 4;

/// Called with each record before it is parsed: to count, to watch, or in tests to fail.
pub type Tap<'a> = &'a (dyn Fn(&Record) + Sync);

/// The stages that turn a record into an article, with their scratch buffers: one for each worker.
pub(crate) struct Chain<'a> {
    config: &'a Config,
    finder: Finder,
    facts: Vec<&'static dyn Fact>,
    tap: Option<Tap<'a>>,
}

impl<'a> Chain<'a> {
    pub(crate) fn new(config: &'a Config, tap: Option<Tap<'a>>) -> Self {
        let wanted = |fact: &&&dyn Fact| config.extract.without.iter().all(|n| n != fact.name());
        let facts = newsmill_extract::ALL.iter().filter(wanted).copied().collect();
        Self { config, finder: Finder::default(), facts, tap }
    }

    /// The article of one record, parsed, cleaned within, its facts taken out, and its kept text
    /// (empty in [`Mode::Verbatim`]). `stage` tells which
    /// stage is at work.
    pub(crate) fn article(
        &mut self,
        mut record: Record,
        stage: &Cell<Stage>,
    ) -> Result<(Article, Kept), Reject> {
        if let Some(tap) = self.tap {
            tap(&record);
        }
        if record.id.is_none() {
            record.id = Some(derived_id(&record));
        }
        let Config { mode, limits, within, furniture, .. } = self.config;
        if *mode == Mode::Verbatim {
            let mut article = verbatim(record)?;
            let kept = Kept::default();
            if self.config.asks_for_facts() {
                // What the keep policies ask for; the rest of the row stays empty.
                let mut facts = Facts::default();
                WebUrl.extract(&article, &kept, &mut facts);
                Published.extract(&article, &kept, &mut facts);
                article.facts = facts;
            }
            return Ok((article, kept));
        }
        let origin = record.origin.clone();
        let timely = Timely::new(limits, &origin);
        let mut article = newsmill_parse::parse(record, limits)?;
        timely.check(Stage::Parse)?;
        for _ in 0..CLEANING_ROUNDS {
            let before = removed_bytes(&article);
            stage.set(Stage::Within);
            remove_repeats(&mut article, &mut self.finder, within);
            stage.set(Stage::Furniture);
            newsmill_parse::furniture::furniture(&mut article, furniture);
            timely.check(stage.get())?;
            if removed_bytes(&article) == before {
                break;
            }
        }
        stage.set(Stage::Extract);
        let kept = article.kept();
        article.facts = newsmill_extract::extract_some(&self.facts, &article, &kept, limits);
        timely.check(Stage::Extract)?;
        Ok((article, kept))
    }
}

/// The time that may be spent on the record at `origin`.
struct Timely<'a> {
    began: Instant,
    limits: &'a Limits,
    origin: &'a Origin,
}

impl<'a> Timely<'a> {
    fn new(limits: &'a Limits, origin: &'a Origin) -> Self {
        Self { began: Instant::now(), limits, origin }
    }

    fn check(&self, stage: Stage) -> Result<(), Reject> {
        let (spent, most) = (self.began.elapsed().as_secs(), self.limits.article_seconds);
        if spent < u64::from(most) {
            return Ok(());
        }
        let detail = format!("it took {spent} s so far, the limit is article_seconds = {most}");
        Err(Reject::new(self.origin.clone(), stage, RejectKind::TooSlow, detail))
    }
}

/// Sketches of kept texts, with scratch buffers: one for each worker.
pub(crate) struct Sketching<'a> {
    sketcher: &'a Sketcher,
    tokens: Tokens,
    scratch: Scratch,
}

impl<'a> Sketching<'a> {
    pub(crate) fn new(sketcher: &'a Sketcher) -> Self {
        Self { sketcher, tokens: Tokens::default(), scratch: Scratch::default() }
    }

    pub(crate) fn sketch(&mut self, text: &str) -> Sketch {
        tokenize_into(text, &mut self.tokens);
        self.sketcher.sketch_words(self.tokens.hashes(), &mut self.scratch)
    }
}

/// Does `work` on the record at `origin`; a panic in it becomes a reject of the stage at work.
pub(crate) fn caught<T>(
    origin: &Origin,
    work: impl FnOnce(&Cell<Stage>) -> Result<T, Reject>,
) -> Result<T, Reject> {
    let stage = Cell::new(Stage::Parse);
    catch_unwind(AssertUnwindSafe(|| work(&stage))).unwrap_or_else(|panic| {
        let message = panic_message(panic.as_ref());
        Err(Reject::new(origin.clone(), stage.get(), RejectKind::Panicked, message))
    })
}

fn removed_bytes(article: &Article) -> usize {
    article.removals().iter().map(|removal| removal.span.len()).sum()
}

/// The text as it came, as one block whose line breaks stay.
pub(crate) fn verbatim(record: Record) -> Result<Article, Reject> {
    let Record { origin, id, content, metadata, truncated, .. } = record;
    let text = match content {
        Content::Text(text) => text,
        Content::Bytes { bytes, charset } => newsmill_parse::decode(bytes, charset.as_deref()).text,
    };
    let block = Block::new(BlockKind::Code, Span::whole(&text));
    let id = id.unwrap_or_default().into();
    let mut article = Article::new(id, origin.clone(), text, vec![block], Vec::new())
        .map_err(|e| Reject::new(origin, Stage::Parse, RejectKind::Malformed, e))?;
    article.metadata = metadata;
    article.truncated = truncated;
    Ok(article)
}

/// The id of a record that has none of its own: a hash of its content and place.
fn derived_id(record: &Record) -> String {
    let mut hash = Xxh3::new();
    let Origin { path, ordinal, .. } = &record.origin;
    hash.update(path.as_bytes());
    hash.update(&[0]);
    hash.update(&ordinal.to_le_bytes());
    match &record.content {
        Content::Text(text) => hash.update(text.as_bytes()),
        Content::Bytes { bytes, .. } => hash.update(bytes),
    }
    format!("{:032x}", hash.digest128())
}

/// What a panic said.
fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let said = panic.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
    said.map_or_else(|| "a stage panicked".to_owned(), |said| format!("a stage panicked: {said}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_article_that_takes_too_long_is_rejected_when_its_stage_ends() {
        let limits = Limits { article_seconds: 7, ..Limits::default() };
        let origin = Origin::new("t", 3);
        for (seconds, is_fine) in [(0, true), (6, true), (7, false), (100, false)] {
            let began = Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap();
            let checked = Timely { began, limits: &limits, origin: &origin }.check(Stage::Within);
            assert_eq!(checked.is_ok(), is_fine, "{seconds}");
            let told = checked.err().map(|reject| (reject.kind, reject.stage, reject.origin));
            let slow = (RejectKind::TooSlow, Stage::Within, origin.clone());
            assert_eq!(told, (!is_fine).then_some(slow));
        }
    }
}
