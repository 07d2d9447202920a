//! What a line is: a linear model over its phrases and its shape.

use std::sync::LazyLock;

use super::phrases::{Kind, shipped};
use super::tokens::{Reader, Shape};

/// The weights of the signs apart from phrases, by the names of the weight file.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Weights {
    bias: f32,
    covered: f32,
    sparse: f32,
    other_word: f32,
    other_words_least: f32,
    shouting: f32,
    exclamation: f32,
    url: f32,
    mail: f32,
    quoted: f32,
    pub(super) tail: f32,
    pub(super) near_tail: f32,
    pub(super) head: f32,
    pub(super) neighbour: f32,
    pub(super) glued: f32,
}

static WEIGHTS: LazyLock<Weights> =
    LazyLock::new(|| Weights::parse(include_str!("../../data/furniture/weights.tsv")).0);

/// The weights that ship with newsmill.
pub(super) fn weights() -> &'static Weights {
    &WEIGHTS
}

impl Weights {
    /// Reads a weight file; lines that cannot be read are left out and told.
    fn parse(file: &str) -> (Self, Vec<&str>) {
        let mut weights = Self::default();
        let mut unknown = Vec::new();
        for line in file.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
            let value = line.split_once('\t').and_then(|(name, value)| {
                let place = weights.place(name)?;
                *place = value.parse().ok()?;
                Some(())
            });
            if value.is_none() {
                unknown.push(line);
            }
        }
        (weights, unknown)
    }

    fn place(&mut self, name: &str) -> Option<&mut f32> {
        Some(match name {
            "bias" => &mut self.bias,
            "covered" => &mut self.covered,
            "sparse" => &mut self.sparse,
            "other_word" => &mut self.other_word,
            "other_words_least" => &mut self.other_words_least,
            "shouting" => &mut self.shouting,
            "exclamation" => &mut self.exclamation,
            "url" => &mut self.url,
            "mail" => &mut self.mail,
            "quoted" => &mut self.quoted,
            "tail" => &mut self.tail,
            "near_tail" => &mut self.near_tail,
            "head" => &mut self.head,
            "neighbour" => &mut self.neighbour,
            "glued" => &mut self.glued,
            _ => return None,
        })
    }
}

/// What speaks for and against a line being furniture, wherever it stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Evidence {
    /// The sum of all signs but those of place; furniture anywhere from 0 on.
    pub(super) sum: f32,
    /// Weight of the phrases that ask the reader for something.
    promo: f32,
    /// Weight of the phrases of what stands around an article.
    furniture: f32,
    /// Whether the line is the head of a list of other stories or contacts, and little else.
    pub(super) heads_list: bool,
}

impl Evidence {
    /// Whether the line asks the reader for something, rather than just standing around.
    pub(super) fn is_promo(&self) -> bool {
        self.promo > self.furniture
    }

    /// Whether any phrase of furniture or promotion was found: shape and place alone never do.
    pub(super) fn has_phrase(&self) -> bool {
        self.promo > 0.0 || self.furniture > 0.0
    }
}

/// Weighs a line.
pub(super) fn weigh(line: &str, reader: &mut Reader) -> Evidence {
    let phrases = shipped();
    let (tokens, shape) = reader.read(line, &phrases.vocabulary);
    let mut evidence = Evidence::default();
    let mut prose = 0.0;
    let mut covered = Covered::default();
    let mut head = false;
    phrases.find(tokens, |found| {
        match found.kind {
            Kind::Promo => evidence.promo += found.weight,
            Kind::Furniture => evidence.furniture += found.weight,
            Kind::Head => {
                evidence.furniture += found.weight;
                head = true;
            }
            Kind::Prose => {
                prose += found.weight;
                return;
            }
        }
        covered.tokens += found.tokens;
        covered.words += found.words;
    });
    evidence.heads_list = head && covered.tokens * 3 >= tokens.len() * 2;
    evidence.sum =
        evidence.promo + evidence.furniture - prose + shape_sum(&shape, covered, tokens.len());
    evidence
}

/// How much of a line belongs to phrases of furniture and promotion.
#[derive(Clone, Copy, Default)]
struct Covered {
    /// Tokens from the first to the last word of each phrase.
    tokens: usize,
    /// The phrases' own words.
    words: usize,
}

fn shape_sum(shape: &Shape, covered: Covered, tokens: usize) -> f32 {
    let w = weights();
    let count = |n: usize, most: usize| n.min(most) as f32;
    let mut sum = w.bias;
    if covered.words > 0 && covered.tokens * 2 >= tokens {
        sum += w.covered;
    }
    if tokens > 20 && covered.words * 6 < tokens {
        sum += w.sparse;
    }
    let others = tokens.saturating_sub(covered.tokens).saturating_sub(6) as f32;
    sum += (others * w.other_word).max(w.other_words_least);
    if shape.words >= 6 && shape.capitals * 2 > shape.letters {
        sum += w.shouting;
    }
    sum += count(shape.exclamations, 3) * w.exclamation;
    sum += count(shape.urls, 3) * w.url + count(shape.mails, 2) * w.mail;
    if shape.quotes >= 2 {
        sum += w.quoted;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weight_file_names_every_sign_once() {
        let file = include_str!("../../data/furniture/weights.tsv");
        let (_, unknown) = Weights::parse(file);
        assert_eq!(unknown, [""; 0]);
        let mut names: Vec<_> = file
            .lines()
            .filter(|l| !l.starts_with('#'))
            .filter_map(|l| l.split_once('\t'))
            .collect();
        assert_eq!(names.len(), 15);
        names.sort_unstable();
        names.dedup_by_key(|(name, _)| *name);
        assert_eq!(names.len(), 15);
    }
}
