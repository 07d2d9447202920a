//! Which articles are one story.

use newsmill_dedup::keep::{Decision, RelatedKind};

/// For each kept article the number of its story; nothing for those that were dropped.
///
/// A story is a set of articles that hang together as copies, near copies or letters of one form,
/// over dropped articles too: what such articles share, they do not share as boilerplate. That one
/// text contains another does not make them one story: a page that holds nothing but boilerplate
/// lies in every article of its site. A story's number is that of its first article. The decisions
/// are about the articles numbered from `settled` on, those before are of earlier runs.
pub(crate) fn stories(decisions: &[Decision], settled: u32) -> Vec<Option<u32>> {
    let mut forest = Forest { parents: (0..settled + decisions.len() as u32).collect() };
    for (number, decision) in (settled..).zip(decisions) {
        match decision {
            Decision::Keep { cluster, related } => {
                if let Some(cluster) = cluster {
                    forest.join(number, cluster.id);
                }
                let alike = [RelatedKind::Near, RelatedKind::Template];
                for other in related.iter().filter(|other| alike.contains(&other.kind)) {
                    forest.join(number, other.doc);
                }
            }
            Decision::Drop { kept, cluster, .. } => {
                forest.join(number, *kept);
                forest.join(number, *cluster);
            }
        }
    }
    let story = |(number, decision): (u32, &Decision)| match decision {
        Decision::Keep { .. } => Some(forest.root(number)),
        Decision::Drop { .. } => None,
    };
    (settled..).zip(decisions).map(story).collect()
}

/// Disjoint sets of numbers; each is known by its smallest number, so the order of joins does not
/// matter.
struct Forest {
    parents: Vec<u32>,
}

impl Forest {
    fn root(&mut self, mut number: u32) -> u32 {
        while let Some(&parent) = self.parents.get(number as usize) {
            if parent == number {
                break;
            }
            let above = self.parents.get(parent as usize).copied().unwrap_or(parent);
            if let Some(slot) = self.parents.get_mut(number as usize) {
                *slot = above;
            }
            number = above;
        }
        number
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        if let Some(parent) = self.parents.get_mut(a.max(b) as usize) {
            *parent = a.min(b);
        }
    }
}

#[cfg(test)]
mod tests {
    use newsmill_dedup::keep::{DropMethod, Related};

    use super::*;

    #[test]
    fn copies_and_what_hangs_on_them_are_one_story() {
        let keep = |related: &[u32]| Decision::Keep {
            cluster: None,
            related: (related.iter())
                .map(|&doc| Related { doc, kind: RelatedKind::Template, similarity: 0.6 })
                .collect(),
        };
        let drop = |kept| Decision::Drop {
            kept,
            cluster: kept,
            method: DropMethod::Near,
            similarity: 0.9,
        };
        // 0 and 3 hang together over 1, a dropped copy of 3; 4 is related to 0; 2 stands alone.
        let decisions = [keep(&[1]), drop(3), keep(&[]), keep(&[]), keep(&[0])];
        assert_eq!(stories(&decisions, 0), [Some(0), None, Some(2), Some(0), Some(0)]);
    }
}
