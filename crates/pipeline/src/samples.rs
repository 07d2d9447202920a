//! Pairs of texts for people to look at: what was left out, beside what stays.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use newsmill_dedup::keep::{Decision, DropMethod};
use newsmill_output::Pair;

use crate::Error;
use crate::write::{Resolved, id, method_of};

/// Clusters of which a pair is shown: those from which the most was left out.
const CLUSTERS: usize = 40;
/// Pairs shown of those that are least alike.
const CLOSEST: usize = 20;

/// For the clusters from which the most was left out the article that is least like the one that
/// stands for it, and of all that were left out as near copies those that are least alike.
pub(crate) fn pairs(resolved: &Resolved<'_>) -> Result<Vec<Pair>, Error> {
    let mut texts = resolved.spool.texts()?;
    let mut pairs = Vec::new();
    for number in picked(resolved.decisions) {
        let Decision::Drop { kept, cluster, method, similarity } = &resolved.decisions[number]
        else {
            continue;
        };
        let own = resolved.spool.settled() + number as u32;
        let pair = Pair {
            id: resolved.notes[number].id.clone(),
            kept: id(resolved, *kept, &mut texts)?,
            cluster: id(resolved, *cluster, &mut texts)?,
            method: method_of(*method),
            similarity: *similarity,
            kept_text: texts.read(*kept)?,
            text: texts.read(own)?,
        };
        pairs.push(pair.cut());
    }
    Ok(pairs)
}

/// What is known of a cluster from what was left out of it.
struct Loss {
    articles: usize,
    /// The least similarity, and whose it is.
    least: (f64, usize),
}

/// Places of decisions to drop, each once.
fn picked(decisions: &[Decision]) -> Vec<usize> {
    let mut clusters: BTreeMap<u32, Loss> = BTreeMap::new();
    let mut closest: Vec<(f64, usize)> = Vec::new();
    for (number, decision) in decisions.iter().enumerate() {
        let Decision::Drop { cluster, method, similarity, .. } = decision else { continue };
        // Those that go by one address were not compared.
        let known = if *method == DropMethod::Identity { 1.0 } else { *similarity };
        let loss = clusters.entry(*cluster).or_insert(Loss { articles: 0, least: (known, number) });
        loss.articles += 1;
        if known < loss.least.0 {
            loss.least = (known, number);
        }
        if *method == DropMethod::Near {
            closest.push((*similarity, number));
            if closest.len() >= 2 * CLOSEST {
                keep_closest(&mut closest);
            }
        }
    }
    keep_closest(&mut closest);
    let mut biggest: Vec<(Reverse<usize>, u32, usize)> = (clusters.into_iter())
        .map(|(cluster, loss)| (Reverse(loss.articles), cluster, loss.least.1))
        .collect();
    biggest.sort_unstable();
    let biggest = biggest.into_iter().take(CLUSTERS).map(|(_, _, number)| number);
    let mut picked: Vec<usize> = biggest.chain(closest.into_iter().map(|(_, n)| n)).collect();
    picked.sort_unstable();
    picked.dedup();
    picked
}

fn keep_closest(closest: &mut Vec<(f64, usize)>) {
    closest.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    closest.truncate(CLOSEST);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drop(cluster: u32, method: DropMethod, similarity: f64) -> Decision {
        Decision::Drop { kept: cluster, cluster, method, similarity }
    }

    #[test]
    fn the_biggest_clusters_and_the_closest_calls() {
        let mut decisions = vec![Decision::Keep { cluster: None, related: vec![] }];
        // A big cluster of exact copies but one, and many small ones.
        decisions.extend((0..5).map(|_| drop(0, DropMethod::Exact, 1.0)));
        decisions.push(drop(0, DropMethod::Near, 0.9));
        for cluster in 1..200 {
            decisions.push(drop(cluster, DropMethod::Near, 0.7 + f64::from(cluster) / 1_000.0));
        }
        let last = decisions.len();
        decisions.push(drop(999, DropMethod::Identity, 0.0));
        let picked = picked(&decisions);
        // Of the big one the copy that differs; those that are least alike; none that was not compared.
        assert!(picked.contains(&6) && picked.contains(&7) && !picked.contains(&last));
        assert!(!picked.contains(&1) && picked.len() <= CLUSTERS + CLOSEST);
        assert!(picked.is_sorted());
    }
}
