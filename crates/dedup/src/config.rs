//! What decides whether two texts are duplicates: every threshold and seed in one place.

use serde::{Deserialize, Serialize};

/// How duplicates across texts are found and judged.
///
/// # Example
/// ```
/// use newsmill_dedup::config::{AcrossConfig, Contained};
///
/// let config = AcrossConfig { drop_threshold: 0.8, contained: Contained::Drop, ..Default::default() };
/// assert_eq!(config.validate(), Ok(()));
/// assert_eq!(config.permutations(), 256);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AcrossConfig {
    /// How candidate pairs are found.
    pub method: Method,
    /// Words in a shingle, 1 to 64. Shorter texts can only be exact duplicates.
    pub shingle_words: usize,
    /// Bands of the locality-sensitive hashing; `bands` × `rows` values make a signature.
    pub bands: usize,
    /// Values in a band.
    pub rows: usize,
    /// Start of the sequence the permutations are drawn from. Sketches of different seeds cannot
    /// be compared.
    pub seed: u64,
    /// A text is dropped when its Jaccard similarity to a text that is kept is at least this. Above 1:
    /// nothing is dropped, exact duplicates are linked.
    pub drop_threshold: f64,
    /// Pairs at least this similar are reported as related.
    pub link_threshold: f64,
    /// Whether a text is dropped when one before it has the same [identity](crate::sketch::Sketch::identity),
    /// however different their words. No effect where nothing is dropped.
    pub by_identity: bool,
    /// What happens to a text that is contained in a larger one.
    pub contained: Contained,
    /// Share of a text's shingles that must occur in the larger text, for it to be contained.
    pub containment_threshold: f64,
    /// One shingle in so many is kept, by its hash, to find contained texts. 0 turns the search
    /// off; containment of pairs that are found by their similarity is still seen.
    pub containment_sampling: u64,
    /// What happens to texts alike but for names and numbers.
    pub templates: Templates,
    /// In a bucket of texts with a common key, each is compared with at most so many, the first
    /// ones in the order of the keep policy.
    pub bucket_head: usize,
    /// At most so many related texts are listed for one text, the most similar ones.
    pub related_limit: usize,
}

impl Default for AcrossConfig {
    fn default() -> Self {
        Self {
            method: Method::OnePermutation,
            shingle_words: 5,
            bands: 64,
            rows: 4,
            seed: 1,
            drop_threshold: 0.7,
            link_threshold: 0.5,
            by_identity: false,
            contained: Contained::Link,
            containment_threshold: 0.9,
            containment_sampling: 8,
            templates: Templates::Keep,
            bucket_head: 64,
            related_limit: 100,
        }
    }
}

/// How candidate pairs are found. Every candidate is verified, whichever way it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// One-permutation hashing with optimal densification, then locality-sensitive hashing:
    /// one step a shingle, however long the signature.
    #[default]
    OnePermutation,
    /// MinHash with one multiply-add a shingle and value, then locality-sensitive hashing.
    MinHash,
    /// Prefix-filtered exact join: finds every pair, at several times the cost.
    ExactJoin,
}

/// What happens to a text that is contained in a larger one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contained {
    /// Both stay and are reported as related.
    #[default]
    Link,
    /// The contained one is dropped, provided that the larger one is kept.
    Drop,
}

/// What happens to texts alike but for names and numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Templates {
    /// They are different facts: they stay and are reported as related.
    #[default]
    Keep,
    /// They are treated as any other similar texts.
    Drop,
}

impl AcrossConfig {
    /// Number of values in a signature.
    #[must_use]
    pub fn permutations(&self) -> usize {
        self.bands.saturating_mul(self.rows)
    }

    /// The lowest similarity at which a pair has any effect.
    #[must_use]
    pub fn lowest_threshold(&self) -> f64 {
        self.drop_threshold.min(self.link_threshold)
    }

    /// Chance that two texts of Jaccard similarity `similarity` share at least one band:
    /// 1 − (1 − s^rows)^bands, for ideal permutations.
    #[must_use]
    pub fn recall(&self, similarity: f64) -> f64 {
        let rows = i32::try_from(self.rows).unwrap_or(i32::MAX);
        let bands = i32::try_from(self.bands).unwrap_or(i32::MAX);
        1.0 - (1.0 - similarity.clamp(0.0, 1.0).powi(rows)).powi(bands)
    }

    /// # Errors
    /// The first field that is out of its range.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let range = |name, value: usize, low, high| {
            let fits = (low..=high).contains(&value);
            if fits { Ok(()) } else { Err(ConfigError::Count { name, value, low, high }) }
        };
        range("shingle_words", self.shingle_words, 1, 64)?;
        range("bands", self.bands, 1, 4096)?;
        range("rows", self.rows, 1, 64)?;
        range("bands x rows", self.permutations(), 1, 1 << 14)?;
        range("bucket_head", self.bucket_head, 1, 1 << 20)?;
        let share = |name, value: f64, high: f64| {
            let fits = value > 0.0 && value <= high;
            if fits { Ok(()) } else { Err(ConfigError::Share { name, value, high }) }
        };
        share("drop_threshold", self.drop_threshold, f64::MAX)?;
        share("link_threshold", self.link_threshold, f64::MAX)?;
        share("containment_threshold", self.containment_threshold, 1.0)
    }
}

/// A value of [`AcrossConfig`] that makes no sense.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// A number is too small or too large.
    #[error("{name} is {value}, but must be from {low} to {high}")]
    Count {
        /// The field.
        name: &'static str,
        /// What it was.
        value: usize,
        /// Smallest value allowed.
        low: usize,
        /// Largest value allowed.
        high: usize,
    },
    /// A similarity is zero, negative, not a number or too large.
    #[error("{name} is {value}, but must be above 0 and at most {high}")]
    Share {
        /// The field.
        name: &'static str,
        /// What it was.
        value: f64,
        /// Largest value allowed.
        high: f64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_valid_and_survives_json() {
        let config = AcrossConfig::default();
        assert_eq!(config.validate(), Ok(()));
        let json = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<AcrossConfig>(&json).unwrap(), config);
        assert_eq!(serde_json::from_str::<AcrossConfig>("{}").unwrap(), config);
        assert!(serde_json::from_str::<AcrossConfig>(r#"{"drop": 1}"#).is_err());
    }

    #[test]
    fn senseless_values_are_refused() {
        let config = AcrossConfig::default;
        for wrong in [
            AcrossConfig { shingle_words: 0, ..config() },
            AcrossConfig { bands: usize::MAX, rows: 2, ..config() },
            AcrossConfig { rows: 0, ..config() },
            AcrossConfig { bucket_head: 0, ..config() },
            AcrossConfig { drop_threshold: f64::NAN, ..config() },
            AcrossConfig { link_threshold: 0.0, ..config() },
            AcrossConfig { containment_threshold: 1.1, ..config() },
        ] {
            assert!(wrong.validate().is_err(), "{wrong:?}");
        }
        assert_eq!(AcrossConfig { drop_threshold: 1.5, ..config() }.validate(), Ok(()));
    }
}
