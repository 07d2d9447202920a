//! The map pass and the order of keeping, piece by piece, for engines that spread articles over
//! machines themselves.

use newsmill_article::{Article, Record, Reject, RejectKind};

use crate::chain::{Chain, caught};
use crate::config::{Config, Keep, Mode};
use crate::map::note;

/// The stages that work on one record: parsed, cleaned within, its facts taken out. One for each
/// thread.
///
/// ```
/// use newsmill_article::{Origin, Record};
/// use newsmill_pipeline::{Config, Stages};
///
/// let config = Config::default();
/// let record = Record::text(Origin::new("post.txt", 0), "A river rose.\n\nThe town moved.\n");
/// let (article, text) = Stages::new(&config).article(record)?;
/// assert_eq!((article.blocks().len(), &*text), (2, "A river rose.\n\nThe town moved."));
/// # Ok::<(), newsmill_article::Reject>(())
/// ```
pub struct Stages<'a> {
    config: &'a Config,
    chain: Chain<'a>,
}

impl std::fmt::Debug for Stages<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stages").field("mode", &self.config.mode).finish_non_exhaustive()
    }
}

impl<'a> Stages<'a> {
    /// The stages of this configuration.
    #[must_use]
    pub fn new(config: &'a Config) -> Self {
        Self { config, chain: Chain::new(config, None) }
    }

    /// The article of a record, and its text as the search for duplicates sees it: what is kept, or in
    /// [`Mode::Verbatim`] all.
    ///
    /// # Errors
    /// What cannot be parsed is a reject; a panic of a stage too.
    pub fn article(&mut self, record: Record) -> Result<(Article, String), Reject> {
        let origin = record.origin.clone();
        let made = caught(&origin, |stage| self.chain.article(record, stage));
        if made.as_ref().is_err_and(|reject| reject.kind == RejectKind::Panicked) {
            // Its buffers may be half written.
            self.chain = Chain::new(self.config, None);
        }
        let (article, kept) = made?;
        let text = match self.config.mode {
            Mode::Articles => kept.into_text(),
            Mode::Verbatim => article.text().to_owned(),
        };
        Ok((article, text))
    }
}

/// Where an article stands in the order of keeping: ascending by this, articles of equal places in the
/// order of the input, and truncated ones behind all whole ones. `text_bytes` is the length of the text
/// that [`Stages::article`] gives.
#[must_use]
pub fn keep_place(article: &Article, text_bytes: usize, keep: &Keep) -> i64 {
    let note = || note(article, text_bytes, false);
    match keep {
        Keep::Input => 0,
        Keep::Longest => -i64::try_from(text_bytes).unwrap_or(i64::MAX),
        Keep::Earliest => note().published.unwrap_or(i64::MAX),
        Keep::Latest => note().published.map_or(i64::MAX, i64::saturating_neg),
        Keep::Prefer(domains) => {
            let domain = note().domain;
            let place = domains.iter().position(|d| Some(d.as_str()) == domain.as_deref());
            place.map_or(i64::MAX, |place| i64::try_from(place).unwrap_or(i64::MAX))
        }
    }
}
