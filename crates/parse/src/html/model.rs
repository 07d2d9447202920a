//! How likely a block belongs to the article, by a model of its features.
//!
//! A sum of regression trees, grown by gradient boosting (Friedman, Greedy function approximation,
//! 2001). `data/html/model.tsv` holds it, one tree a line in preorder: `FEATURE:THRESHOLD` for a
//! branch, whose left side (at most the threshold) comes first, `=VALUE` for a leaf. Its head says
//! what it was trained on.

use std::sync::LazyLock;

/// A place in the trees.
#[derive(Clone, Copy, Debug)]
struct Step {
    /// The feature asked for; [`LEAF`] at leaves.
    feature: u16,
    /// The threshold; at leaves the value.
    number: f32,
    /// Where to go above the threshold; at most at it the next step.
    above: u32,
}

const LEAF: u16 = u16::MAX;

/// The trees, one behind the other, and where each starts.
#[derive(Debug, Default)]
pub(super) struct Model {
    steps: Vec<Step>,
    starts: Vec<u32>,
}

static MODEL: LazyLock<Model> =
    LazyLock::new(|| Model::read(include_str!("../../data/html/model.tsv")));

/// The model that newsmill comes with.
pub(super) fn model() -> &'static Model {
    &MODEL
}

impl Model {
    /// Reads trees; lines that are none are left out.
    fn read(source: &str) -> Self {
        let mut model = Self::default();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            let start = model.steps.len();
            if model.tree(line).is_some() && model.steps.len() > start {
                model.starts.push(start as u32);
            } else {
                model.steps.truncate(start);
            }
        }
        model
    }

    fn tree(&mut self, line: &str) -> Option<()> {
        // Branches whose right side is still to come.
        let mut open: Vec<usize> = Vec::new();
        let start = self.steps.len();
        for word in line.split(' ').filter(|w| !w.is_empty()) {
            let at = self.steps.len();
            if let Some(value) = word.strip_prefix('=') {
                let number = value.parse().ok()?;
                self.steps.push(Step { feature: LEAF, number, above: 0 });
                if let Some(branch) = open.pop() {
                    self.steps[branch].above = at as u32 + 1;
                }
            } else {
                let (feature, threshold) = word.split_once(':')?;
                let (feature, number) = (feature.parse().ok()?, threshold.parse().ok()?);
                self.steps.push(Step { feature, number, above: 0 });
                open.push(at);
            }
        }
        // A whole tree has one leaf more than branches.
        let leaves = self.steps[start..].iter().filter(|s| s.feature == LEAF).count();
        (open.is_empty() && leaves * 2 == self.steps.len() - start + 1).then_some(())
    }

    /// How likely a block of these features belongs to the article, 0 to 1.
    pub(super) fn likelihood(&self, row: &[f32]) -> f32 {
        let mut sum = 0.0f32;
        for start in &self.starts {
            let mut at = *start as usize;
            while let Some(step) = self.steps.get(at) {
                if step.feature == LEAF {
                    sum += step.number;
                    break;
                }
                let value = row.get(usize::from(step.feature)).copied().unwrap_or(0.0);
                at = if value <= step.number { at + 1 } else { step.above as usize };
            }
        }
        1.0 / (1.0 + (-sum).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_walked() {
        let model = Model::read("# a comment\n0:1.5 =-1 1:0 =2 =3\n=0.5\n0:1 =2\nnonsense\n");
        assert_eq!(model.starts.len(), 2);
        let sum = |row: &[f32]| {
            let p = model.likelihood(row);
            (p / (1.0 - p)).ln()
        };
        assert!((sum(&[1.0, 0.0]) - -0.5).abs() < 1e-5);
        assert!((sum(&[2.0, 0.0]) - 2.5).abs() < 1e-5);
        assert!((sum(&[2.0, 1.0]) - 3.5).abs() < 1e-4);
    }

    #[test]
    fn the_model_is_whole() {
        let lines = include_str!("../../data/html/model.tsv").lines();
        assert_eq!(lines.filter(|l| !l.starts_with('#')).count(), model().starts.len());
    }
}
