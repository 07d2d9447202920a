//! How likely a block belongs to the article, by a model of its features.
//!
//! A sum of regression trees, grown by gradient boosting (Friedman, Greedy function approximation,
//! 2001). `data/html/model.tsv` holds it, one tree a line in preorder: `FEATURE:THRESHOLD` for a
//! branch, whose left side (at most the threshold) comes first, `=VALUE` for a leaf. Its head says
//! what it was trained on.

use std::sync::LazyLock;

use super::features::Rows;

/// A place in the trees.
#[derive(Clone, Copy, Debug)]
struct Step {
    /// The feature asked for.
    feature: u16,
    /// The threshold; at leaves the value.
    number: f32,
    /// Where to go at most at the threshold, and above it; a leaf stays where it is.
    next: [u32; 2],
}

/// A tree: where it starts, and the branches on its longest way.
#[derive(Clone, Copy, Debug)]
struct Tree {
    start: u32,
    depth: usize,
}

/// The trees, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Model {
    steps: Vec<Step>,
    trees: Vec<Tree>,
}

/// Rows that go down a tree side by side: what one waits for, another does not.
const LANES: usize = 8;

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
            match model.tree(line) {
                Some(depth) => model.trees.push(Tree { start: start as u32, depth }),
                None => model.steps.truncate(start),
            }
        }
        model
    }

    /// Reads one tree and says how deep it is.
    fn tree(&mut self, line: &str) -> Option<usize> {
        // Branches whose right side is still to come, with how deep they stand.
        let mut open: Vec<(usize, usize)> = Vec::new();
        let (mut depth, mut deepest) = (0, 0);
        let mut is_whole = false;
        for word in line.split(' ').filter(|w| !w.is_empty()) {
            if is_whole {
                return None;
            }
            let at = self.steps.len();
            let here = at as u32;
            deepest = deepest.max(depth);
            if let Some(value) = word.strip_prefix('=') {
                let number = value.parse().ok()?;
                self.steps.push(Step { feature: 0, number, next: [here; 2] });
                match open.pop() {
                    Some((branch, above)) => {
                        self.steps[branch].next[1] = here + 1;
                        depth = above + 1;
                    }
                    None => is_whole = true,
                }
            } else {
                let (feature, threshold) = word.split_once(':')?;
                let (feature, number) = (feature.parse().ok()?, threshold.parse().ok()?);
                self.steps.push(Step { feature, number, next: [here + 1, here] });
                open.push((at, depth));
                depth += 1;
            }
        }
        is_whole.then_some(deepest)
    }

    /// How likely the blocks of these features belong to the article, 0 to 1 each. Tree by tree: one
    /// stays at hand for all rows.
    pub(super) fn likelihoods(&self, rows: &Rows) -> impl Iterator<Item = f32> {
        let columns = rows.columns.max(1);
        let mut sums = vec![0.0f32; rows.values.len() / columns];
        for tree in &self.trees {
            for (sums, rows) in sums.chunks_mut(LANES).zip(rows.values.chunks(LANES * columns)) {
                let mut places = [tree.start as usize; LANES];
                for _ in 0..tree.depth {
                    for (at, row) in places.iter_mut().zip(rows.chunks_exact(columns)) {
                        let Some(step) = self.steps.get(*at) else { continue };
                        let value = row.get(usize::from(step.feature)).copied().unwrap_or(0.0);
                        *at = step.next[usize::from(value > step.number)] as usize;
                    }
                }
                for (sum, at) in sums.iter_mut().zip(places) {
                    *sum += self.steps.get(at).map_or(0.0, |leaf| leaf.number);
                }
            }
        }
        sums.into_iter().map(|sum| 1.0 / (1.0 + (-sum).exp()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_walked() {
        let model = Model::read("# a comment\n0:1.5 =-1 1:0 =2 =3\n=0.5\n0:1 =2\nnonsense\n");
        assert_eq!(model.trees.len(), 2);
        let sum = |row: &[f32]| {
            let rows = Rows { values: row.to_vec(), columns: row.len() };
            let p = model.likelihoods(&rows).next().unwrap();
            (p / (1.0 - p)).ln()
        };
        assert!((sum(&[1.0, 0.0]) - -0.5).abs() < 1e-5);
        assert!((sum(&[2.0, 0.0]) - 2.5).abs() < 1e-5);
        assert!((sum(&[2.0, 1.0]) - 3.5).abs() < 1e-4);
    }

    #[test]
    fn the_model_is_whole() {
        let lines = include_str!("../../data/html/model.tsv").lines();
        assert_eq!(lines.filter(|l| !l.starts_with('#')).count(), model().trees.len());
    }
}
