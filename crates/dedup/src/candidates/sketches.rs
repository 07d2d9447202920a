//! What is remembered of all texts to find the candidates: columns that spill.

use std::io;

use crate::config::{AcrossConfig, ConfigError, Method};
use crate::lsh::band_key;
use crate::sketch::Sketch;
use crate::spill::Memory;
use crate::spill::bits::Bits;
use crate::spill::list::List;

/// Lowest bits of each signature value that are kept for the estimate (Li, König: "b-bit minwise
/// hashing", 2010).
pub(crate) const VALUE_BITS: usize = 2;
const VALUES_A_WORD: usize = 32 / VALUE_BITS;

/// The lowest bits of each value of a signature, in words of 32 bits: what
/// [`crate::lsh::promising`] compares.
pub fn estimate(signature: &[u32]) -> impl Iterator<Item = u32> {
    let word = |values: &[u32]| values.iter().fold(0, |word, v| (word << VALUE_BITS) | (v & 3));
    signature.chunks(VALUES_A_WORD).map(word)
}

/// The sketches of texts 0, 1, …, taken apart.
///
/// Of a signature only one 32-bit key a band and two bits a value are kept. That is, for the default
/// configuration, 256 + 64 bytes a text, 20 for the fingerprint and the number of shingles, and 4 for
/// each sampled shingle, one in eight: about 630 bytes for an article of 600 words, in memory or
/// in scratch files.
///
/// # Example
/// ```
/// use newsmill_dedup::{candidates::Sketches, config::AcrossConfig, sketch::Sketch, spill::Memory};
///
/// let mut sketches = Sketches::new(&AcrossConfig::default(), &Memory::unlimited())?;
/// sketches.push(&Sketch { fingerprint: Some(7), ..Sketch::default() })?;
/// assert_eq!(sketches.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Sketches {
    len: u32,
    values: usize,
    rows: usize,
    /// Four words each; zero for a text without words.
    pub(crate) prints: List<[u32; 4]>,
    /// The same of identities, where these are asked for.
    pub(crate) identities: Option<List<[u32; 4]>>,
    /// Number of shingles.
    pub(crate) sizes: List<u32>,
    /// The texts that have a signature.
    pub(crate) signed: Bits,
    /// Keys, band by band.
    pub(crate) bands: Vec<List<u32>>,
    /// The lowest bits of the signature, `estimate_words` words a text.
    pub(crate) estimates: List<u32>,
    pub(crate) estimate_words: usize,
    /// For each text the number of its sampled shingles, then these, ascending.
    pub(crate) samples: List<u32>,
}

impl Sketches {
    /// No texts yet.
    ///
    /// # Errors
    /// When the configuration is not valid.
    pub fn new(config: &AcrossConfig, memory: &Memory) -> Result<Self, ConfigError> {
        config.validate()?;
        let values = if config.method == Method::ExactJoin { 0 } else { config.permutations() };
        let bands = if config.method == Method::ExactJoin { 0 } else { config.bands };
        let by_identity = config.by_identity && config.drop_threshold <= 1.0;
        Ok(Self {
            len: 0,
            values,
            rows: config.rows,
            prints: List::one_of(2, memory),
            identities: by_identity.then(|| List::one_of(2, memory)),
            sizes: List::one_of(8, memory),
            signed: Bits::default(),
            bands: (0..bands).map(|_| List::one_of(bands, memory)).collect(),
            estimates: List::one_of(2, memory),
            estimate_words: values.div_ceil(VALUES_A_WORD),
            samples: List::new(memory),
        })
    }

    /// Number of texts.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether there is no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds the sketch of the next text.
    ///
    /// # Errors
    /// When a scratch file cannot be written, when the signature has another length than the
    /// configuration says, or when there are 2³¹ − 1 texts already.
    pub fn push(&mut self, sketch: &Sketch) -> io::Result<()> {
        let signature = &*sketch.signature;
        if self.values > 0 && !signature.is_empty() {
            if signature.len() != self.values {
                return Err(io::Error::other("a signature is not as long as the others"));
            }
            self.signed.set(self.len);
        }
        if self.len >= i32::MAX as u32 {
            return Err(io::Error::other("more texts than can be numbered"));
        }
        // Zero stands for a text without words, and for one fingerprint in 2¹²⁸.
        let words = |print: Option<u128>| {
            let print = print.map_or(0, |print| print.wrapping_add(1));
            [96, 64, 32, 0].map(|shift| (print >> shift) as u32)
        };
        self.prints.push(words(sketch.fingerprint))?;
        if let Some(identities) = &mut self.identities {
            identities.push(words(sketch.identity))?;
        }
        self.sizes.push(sketch.shingles)?;
        for (band, keys) in self.bands.iter_mut().enumerate() {
            keys.push(band_key(signature, band, self.rows).map_or(0, |key| (key >> 32) as u32))?;
        }
        let mut words = estimate(signature);
        for _ in 0..self.estimate_words {
            self.estimates.push(words.next().unwrap_or(0))?;
        }
        self.samples.push(u32::try_from(sketch.sampled.len()).unwrap_or(u32::MAX))?;
        for &shingle in &sketch.sampled {
            self.samples.push(shingle)?;
        }
        self.len += 1;
        Ok(())
    }

    /// Frees the memory of what is on disk in part: nothing more will be added.
    ///
    /// # Errors
    /// When a scratch file cannot be written.
    pub fn finish(&mut self) -> io::Result<()> {
        self.prints.finish()?;
        self.identities.as_mut().map_or(Ok(()), List::finish)?;
        self.sizes.finish()?;
        self.bands.iter_mut().try_for_each(List::finish)?;
        self.estimates.finish()?;
        self.samples.finish()
    }
}
