//! The clusters of a run: how many articles they have, and the biggest of them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use newsmill_article::Method;
use xxhash_rust::xxh3::xxh3_64;

use super::compare::compare;
use super::counts::{Names, Ranges};
use super::model::{ClusterView, Listed, Member, Named, PairView};
use crate::Pair;

/// Clusters whose sizes are known at once: some 50 bytes each.
const ROOM: usize = 2_000_000;
/// Clusters that are shown.
const SHOWN: usize = 200;
/// Members of a cluster that are shown.
const MEMBERS: usize = 10;
/// Names of sources of a cluster that are counted, and that are shown.
const SOURCES: (usize, usize) = (500, 12);
/// Pairs shown of those that are least alike.
const CLOSEST: usize = 20;

/// Clusters by the hash of their id.
#[derive(Debug, Default)]
pub(super) struct Clusters {
    seen: BTreeMap<u64, Seen>,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    /// When it was first seen.
    order: u32,
    dropped: u32,
    /// As an article row says.
    size: u64,
}

impl Seen {
    fn size(&self) -> u64 {
        self.size.max(u64::from(self.dropped) + 1)
    }
}

impl Clusters {
    /// An article that was left out.
    pub(super) fn dropped(&mut self, cluster: &str) {
        if let Some(seen) = self.seen(cluster) {
            seen.dropped = seen.dropped.saturating_add(1);
        }
    }

    /// An article that was kept and says how large its cluster is.
    pub(super) fn kept(&mut self, cluster: &str, size: u64) {
        if let Some(seen) = self.seen(cluster) {
            seen.size = size;
        }
    }

    fn seen(&mut self, cluster: &str) -> Option<&mut Seen> {
        let (key, order) = (hash(cluster), self.seen.len());
        if order >= ROOM && !self.seen.contains_key(&key) {
            return None;
        }
        let new = Seen { order: order as u32, dropped: 0, size: 0 };
        Some(self.seen.entry(key).or_insert(new))
    }

    /// Those from which the most was left out, to be filled.
    pub(super) fn biggest(&self) -> Biggest {
        let dropping = self.seen.iter().filter(|(_, seen)| seen.dropped > 0);
        let mut all: Vec<(Reverse<u32>, u32, u64)> =
            dropping.map(|(key, seen)| (Reverse(seen.dropped), seen.order, *key)).collect();
        all.sort_unstable();
        all.truncate(SHOWN);
        let order = all.iter().map(|(_, _, key)| *key).collect();
        let views = all.into_iter().map(|(_, _, key)| (key, Draft::default())).collect();
        Biggest { order, views, pairs: Vec::new() }
    }

    /// How many clusters have how many articles, and how many clusters there are.
    pub(super) fn sizes(&self) -> (Vec<Named>, u64) {
        let mut sizes = Ranges::new(&[2, 3, 4, 5, 6, 11, 21, 51, 101]);
        for seen in self.seen.values() {
            sizes.add(seen.size());
        }
        let named = if self.seen.is_empty() { Vec::new() } else { sizes.into_named() };
        (named, self.seen.len() as u64)
    }
}

/// The biggest clusters on their way into the report.
#[derive(Debug)]
pub(super) struct Biggest {
    /// Hashes of their ids, the biggest first.
    order: Vec<u64>,
    views: BTreeMap<u64, Draft>,
    pairs: Vec<Pair>,
}

#[derive(Debug)]
struct Draft {
    view: ClusterView,
    sources: Names<u64>,
}

impl Default for Draft {
    fn default() -> Self {
        Self { view: ClusterView::default(), sources: Names::with_room(SOURCES.0) }
    }
}

impl Biggest {
    /// An article of the cluster that was kept.
    pub(super) fn kept(&mut self, cluster: &str, member: impl FnOnce() -> Member) {
        if let Some(draft) = self.views.get_mut(&hash(cluster)) {
            let member = member();
            draft.sources.add(&member.source);
            if draft.view.kept.id.is_empty() {
                draft.view.kept = member;
            }
        }
    }

    /// An article of the cluster that was left out for `kept`.
    pub(super) fn dropped(&mut self, cluster: &str, kept: &str, member: impl FnOnce() -> Member) {
        let Some(draft) = self.views.get_mut(&hash(cluster)) else { return };
        let (member, view) = (member(), &mut draft.view);
        draft.sources.add(&member.source);
        if view.id.is_empty() {
            view.id = super::collect::name(cluster);
        }
        if view.kept.id.is_empty() {
            // No article rows were written, or it is one of an earlier run.
            view.kept.id = super::collect::name(kept);
        }
        if view.members.len() < MEMBERS {
            view.members.push(member);
        }
    }

    /// Two of its texts.
    pub(super) fn pair(&mut self, pair: Pair) {
        self.pairs.push(pair);
    }

    /// The clusters, and the pairs that were least alike.
    pub(super) fn finish(mut self, clusters: &Clusters) -> (Vec<ClusterView>, Vec<PairView>) {
        for pair in &self.pairs {
            let draft = self.views.get_mut(&hash(pair.cluster.as_str()));
            if let Some(draft) = draft.filter(|draft| draft.view.pair.is_none()) {
                draft.view.pair = Some(view(pair));
            }
        }
        self.pairs.retain(|pair| pair.method == Method::Near);
        self.pairs.sort_by(|a, b| a.similarity.total_cmp(&b.similarity));
        let closest = self.pairs.iter().take(CLOSEST).map(view).collect();
        let mut shown = Vec::new();
        for key in self.order {
            let (Some(draft), Some(seen)) = (self.views.remove(&key), clusters.seen.get(&key))
            else {
                continue;
            };
            let mut view = draft.view;
            view.size = seen.size();
            let all = draft.sources.all();
            view.sources = Listed { first: draft.sources.into_named(SOURCES.1), all };
            shown.push(view);
        }
        (shown, closest)
    }
}

fn view(pair: &Pair) -> PairView {
    PairView {
        id: super::collect::name(pair.id.as_str()),
        kept: super::collect::name(pair.kept.as_str()),
        method: super::collect::word(&pair.method),
        similarity: pair.similarity,
        pieces: compare(&pair.kept_text, &pair.text),
    }
}

fn hash(cluster: &str) -> u64 {
    xxh3_64(cluster.as_bytes())
}
