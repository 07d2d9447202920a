//! What a worker makes of the records of a chunk: articles for the spool, and what later passes need
//! to know of them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use newsmill_article::{
    Article, ArticleId, Facts, Inferred, Origin, Payload, Record, Reject, RejectKind, Stage,
    Syndication, Textless,
};
use newsmill_dedup::sketch::{Sketch, Sketcher};

use super::Chunk;
use crate::boilerplate::{Cutter, Noted};
use crate::chain::{Chain, Sketching, Tap, caught};
use crate::config::{Config, Mode};
use crate::spool::Frame;

/// What the later passes need to know of an article without opening the spool.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    pub(crate) id: ArticleId,
    pub(crate) kept_bytes: u64,
    /// In seconds since 1970.
    pub(crate) published: Option<i64>,
    /// Whether only the day is known.
    pub(crate) is_day: bool,
    pub(crate) domain: Option<Box<str>>,
    pub(crate) truncated: bool,
    /// A fingerprint of its address, in runs that go by it or have an index.
    pub(crate) address: Option<Box<u128>>,
    /// Where it came from, in runs with an index.
    pub(crate) origin: Option<Box<Origin>>,
    /// What it says of where its text is from, if it does.
    pub(crate) credits: Option<Box<Credits>>,
}

/// What an article says of where its text is from.
#[derive(Debug, Clone)]
pub(crate) struct Credits {
    pub(crate) syndication: Option<Syndication>,
    /// The site it links to as its source.
    pub(crate) source: Option<Inferred>,
}

impl Credits {
    fn of(facts: &Facts) -> Option<Box<Self>> {
        let source = facts.inferred.get("site").cloned();
        let syndication = facts.syndication.clone();
        (source.is_some() || syndication.is_some()).then(|| Box::new(Self { syndication, source }))
    }
}

/// What a worker makes of a chunk.
#[derive(Default)]
pub(crate) struct Done {
    pub(super) frame: Frame,
    pub(super) notes: Vec<Note>,
    pub(super) sketches: Vec<Sketch>,
    /// Kept texts.
    pub(super) texts: Vec<String>,
    /// Lines, where boilerplate is looked for.
    pub(super) lines: Vec<Noted>,
    pub(super) rejects: Vec<Reject>,
    pub(super) bytes: u64,
}

/// What becomes of one record.
struct Worked {
    article: Article,
    /// The kept text; nothing where it is the article's.
    text: Option<String>,
    known: Known,
}

/// What later passes need of an article.
struct Known {
    note: Note,
    sketch: Sketch,
    lines: Option<Noted>,
}

/// Whether boilerplate is looked for.
pub(super) fn counts_lines(config: &Config) -> bool {
    config.mode == Mode::Articles && config.boilerplate.enabled
}

/// One worker's tools. Made anew after a panic, since they may be half written then.
pub(crate) struct Worker<'a> {
    chain: Chain<'a>,
    sketching: Sketching<'a>,
    cutter: Option<Cutter>,
    config: &'a Config,
    made: Box<dyn Fn() -> (Chain<'a>, Sketching<'a>) + 'a>,
}

impl<'a> Worker<'a> {
    pub(crate) fn new(config: &'a Config, sketcher: &'a Sketcher, tap: Option<Tap<'a>>) -> Self {
        let made = move || (Chain::new(config, tap), Sketching::new(sketcher));
        let (chain, sketching) = made();
        let cutter = counts_lines(config).then(|| Cutter::new(config.boilerplate.lines));
        Self { chain, sketching, cutter, config, made: Box::new(made) }
    }

    /// Works one chunk through the chain.
    pub(crate) fn work(&mut self, chunk: Chunk) -> std::io::Result<Done> {
        let (mut articles, mut textless) = (Vec::new(), Vec::new());
        let mut done = Done::default();
        for record in chunk {
            let worked = record.and_then(|record| {
                done.bytes += record.origin.length;
                self.work_one(record)
            });
            match worked {
                Ok(Worked { article, text, known }) => {
                    // A text that is kept whole is not stored twice.
                    let text = match text {
                        Some(text) => {
                            articles.push(article);
                            text
                        }
                        None => {
                            let (rest, text) = article.take_text();
                            textless.push(rest);
                            text
                        }
                    };
                    done.texts.push(text);
                    done.know(known);
                }
                Err(reject) => done.rejects.push(reject),
            }
        }
        done.frame = match self.config.mode {
            Mode::Articles => Frame::pack(&articles)?,
            Mode::Verbatim => Frame::pack(&textless)?,
        };
        Ok(done)
    }

    /// What a chunk was that has been worked before, from what is in the spool.
    pub(super) fn again(&mut self, (frame, texts): (Frame, Vec<String>)) -> Result<Done, String> {
        let articles: Vec<Article> = match self.config.mode {
            Mode::Articles => frame.unpack()?,
            Mode::Verbatim => {
                let textless: Vec<Textless> = frame.unpack()?;
                let whole = textless.into_iter().zip(&texts);
                whole
                    .map(|(article, text)| article.with_text(text.clone()))
                    .collect::<Result<_, _>>()
                    .map_err(|e| e.to_string())?
            }
        };
        if articles.len() != texts.len() {
            return Err("a frame has not as many articles as texts".to_owned());
        }
        let mut done = Done::default();
        for (article, text) in articles.iter().zip(&texts) {
            let sketch = self.sketching.sketch(text);
            done.know(self.known(article, text.len(), sketch));
        }
        Ok(done)
    }

    fn work_one(&mut self, record: Record) -> Result<Worked, Reject> {
        let origin = record.origin.clone();
        let copy = (self.config.output.reject_bytes > 0).then(|| record.clone());
        let worked = caught(&origin, |stage| {
            let (article, kept) = self.chain.article(record, stage)?;
            stage.set(Stage::Across);
            let text = (self.config.mode == Mode::Articles).then(|| kept.into_text());
            let kept_text = text.as_deref().unwrap_or(article.text());
            let sketch = self.sketching.sketch(kept_text);
            stage.set(Stage::Boilerplate);
            let known = self.known(&article, kept_text.len(), sketch);
            Ok(Worked { article, text, known })
        });
        if worked.as_ref().is_err_and(|reject| reject.kind == RejectKind::Panicked) {
            (self.chain, self.sketching) = (self.made)();
        }
        worked.map_err(|reject| match copy {
            Some(record) => reject.with_payload(payload(&record, self.config)),
            None => reject,
        })
    }

    fn known(&mut self, article: &Article, kept_bytes: usize, mut sketch: Sketch) -> Known {
        // Whether articles are remembered for later runs.
        let remembers = self.config.index.path.is_some();
        let mut note = note(article, kept_bytes, remembers || self.config.across.by_identity);
        note.origin = remembers.then(|| Box::new(article.origin.clone()));
        sketch.identity = note.address.as_deref().copied();
        let lines = self.cutter.as_mut().map(|cutter| {
            let lines = cutter.lines(article).into_iter().map(|line| line.print);
            Noted::new(article, note.domain.as_deref(), lines.collect())
        });
        Known { note, sketch, lines }
    }
}

impl Done {
    fn know(&mut self, known: Known) {
        self.notes.push(known.note);
        self.sketches.push(known.sketch);
        self.lines.extend(known.lines);
    }
}

/// The bytes of a record, to be put aside.
pub(crate) fn payload(record: &Record, config: &Config) -> Payload {
    Payload::of(record, &config.read.text_field, &config.read.id_field)
}

/// What the later passes need to know of an article.
pub(crate) fn note(article: &Article, kept_bytes: usize, by_url: bool) -> Note {
    let facts = &article.facts;
    let address = facts.url.as_ref().and_then(|url| newsmill_extract::normalize_url(&url.value));
    Note {
        address: address
            .as_ref()
            .filter(|_| by_url)
            .map(|address| Box::new(identity(&address.url))),
        id: article.id.clone(),
        kept_bytes: kept_bytes as u64,
        published: facts.published.as_ref().and_then(|p| seconds(&p.value)),
        is_day: facts.published.as_ref().is_some_and(|p| !p.value.contains('T')),
        domain: address.map(|address| address.domain.into()),
        truncated: article.truncated,
        origin: None,
        credits: Credits::of(facts),
    }
}

/// A fingerprint of an address, whatever its scheme, fragment and closing slash.
fn identity(url: &str) -> u128 {
    let url = url.split_once("://").map_or(url, |(_, rest)| rest);
    let url = url.split('#').next().unwrap_or_default();
    xxhash_rust::xxh3::xxh3_128(
        url.strip_prefix("www.").unwrap_or(url).trim_end_matches('/').as_bytes(),
    )
}

/// A date of RFC 3339, as exact as it is, as seconds since 1970; without a zone it is taken for UTC.
fn seconds(date: &str) -> Option<i64> {
    if let Ok(instant) = date.parse::<Timestamp>() {
        return Some(instant.as_second());
    }
    let local = date.parse::<DateTime>().or_else(|_| format!("{date}T00:00:00").parse()).ok()?;
    Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::{identity, seconds};

    #[test]
    fn addresses_are_the_same_whatever_does_not_name_the_page() {
        let page = identity("https://www.example.org/a/b");
        for url in ["http://example.org/a/b/", "https://example.org/a/b#top"] {
            assert_eq!(identity(url), page, "{url}");
        }
        assert_ne!(identity("https://example.org/a/b?page=2"), page);
    }

    #[test]
    fn dates_are_compared_as_moments() {
        let rows = [
            ("2019-03-11", Some(1_552_262_400)),
            ("2019-03-11T17:07:00", Some(1_552_324_020)),
            ("2019-03-11T17:07:00-04:00", Some(1_552_338_420)),
            ("2019-03-11T20:00:00Z", Some(1_552_334_400)),
            ("soon", None),
        ];
        for (date, want) in rows {
            assert_eq!(seconds(date), want, "{date}");
        }
    }
}
