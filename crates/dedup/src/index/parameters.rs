//! What two sketches must have in common to be compared.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::IndexError;
use crate::config::{AcrossConfig, Method};
use crate::sketch::SKETCH_FORMAT;

/// The parameters that sketches were made with. Thresholds and policies are none of them: they may
/// change from run to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Version of the hashes, [`SKETCH_FORMAT`].
    pub sketch_format: u32,
    /// [`AcrossConfig::method`].
    pub method: Method,
    /// [`AcrossConfig::shingle_words`].
    pub shingle_words: usize,
    /// [`AcrossConfig::bands`].
    pub bands: usize,
    /// [`AcrossConfig::rows`].
    pub rows: usize,
    /// [`AcrossConfig::seed`].
    pub seed: u64,
    /// [`AcrossConfig::containment_sampling`].
    pub containment_sampling: u64,
    /// What the texts are, in the caller's words: cleaned articles and untouched ones, say, are
    /// not to be mixed.
    pub texts: String,
}

impl Parameters {
    /// The parameters of a configuration, for texts of one kind.
    #[must_use]
    pub fn new(config: &AcrossConfig, texts: &str) -> Self {
        Self {
            sketch_format: SKETCH_FORMAT,
            method: config.method,
            shingle_words: config.shingle_words,
            bands: config.bands,
            rows: config.rows,
            seed: config.seed,
            containment_sampling: config.containment_sampling,
            texts: texts.to_owned(),
        }
    }

    /// A configuration that makes sketches of these parameters.
    #[must_use]
    pub fn config(&self) -> AcrossConfig {
        AcrossConfig {
            method: self.method,
            shingle_words: self.shingle_words,
            bands: self.bands,
            rows: self.rows,
            seed: self.seed,
            containment_sampling: self.containment_sampling,
            ..AcrossConfig::default()
        }
    }

    /// # Errors
    /// [`IndexError::Parameters`] for the first one in which `asked` differs from these, those of
    /// the index at `path`.
    pub(super) fn check(&self, asked: &Self, path: &Path) -> Result<(), IndexError> {
        let same = |name, index: &dyn std::fmt::Debug, asked: &dyn std::fmt::Debug| {
            let (index, asked) = (format!("{index:?}"), format!("{asked:?}"));
            if index == asked {
                return Ok(());
            }
            Err(IndexError::Parameters { path: path.to_owned(), name, index, asked })
        };
        same("sketch_format", &self.sketch_format, &asked.sketch_format)?;
        same("texts", &self.texts, &asked.texts)?;
        same("method", &self.method, &asked.method)?;
        same("shingle_words", &self.shingle_words, &asked.shingle_words)?;
        same("bands", &self.bands, &asked.bands)?;
        same("rows", &self.rows, &asked.rows)?;
        same("seed", &self.seed, &asked.seed)?;
        same("containment_sampling", &self.containment_sampling, &asked.containment_sampling)
    }
}
