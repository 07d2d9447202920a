//! Who is kept: every text that is dropped is proven similar to one that stays.

use std::cmp::Reverse;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::config::{AcrossConfig, Contained, Templates};
use crate::exact::representatives;
use crate::order::KeepOrder;
use crate::sketch::Sketch;
use crate::verify::{Containment, Pair};

/// What happens to one text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Decision {
    /// The text stays.
    Keep {
        /// The texts it stands for or hangs together with, if any.
        cluster: Option<Cluster>,
        /// Texts that are like it but not copies, the most similar first.
        related: Vec<Related>,
    },
    /// The text is a duplicate.
    Drop {
        /// The text that stays in its place; itself never dropped.
        kept: u32,
        /// Id of its cluster.
        cluster: u32,
        /// What it was dropped for.
        method: DropMethod,
        /// True Jaccard similarity to `kept`, or for [`DropMethod::Contained`] the true share
        /// of its shingles that `kept` holds.
        similarity: f64,
    },
}

/// Texts that hang together by similarities at or above the drop threshold. Two texts of a cluster
/// need not be similar to each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cluster {
    /// The first member in the order of the input.
    pub id: u32,
    /// All members, this text too, ascending; at least two.
    #[serde(skip)]
    pub members: Arc<[u32]>,
}

/// Why a text was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DropMethod {
    /// The same words in the same order.
    Exact,
    /// Jaccard similarity at or above the drop threshold.
    Near,
    /// Contained in the kept text.
    Contained,
}

/// A text that is like another one and not dropped for it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Related {
    /// The other text; it may itself be dropped for a third.
    pub doc: u32,
    /// What it is to this text.
    pub kind: RelatedKind,
    /// True Jaccard similarity, or the true containment for the two kinds that say so.
    pub similarity: f64,
}

/// What another text is to this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelatedKind {
    /// Similar.
    Near,
    /// This text is contained in the other.
    Contained,
    /// This text contains the other.
    Contains,
    /// Alike but for names and numbers.
    Template,
}

/// Decides for every text whether it is kept, from the verified pairs.
///
/// Exact duplicates follow the first of them in keep order; above a drop threshold of 1 nothing is
/// dropped, and they are linked. The others are walked in keep order;
/// a text is dropped when its similarity to one *already kept* reaches the drop threshold, for the
/// most similar of these (the earlier one of two equally similar). So no text is dropped for one
/// that is itself dropped, and no verified pair at or above the threshold is kept twice, but for
/// pairs marked as templates under [`Templates::Keep`].
///
/// Under [`Contained::Drop`] a text that lies in a larger one, and is not similar enough to it to
/// be dropped for that, is walked after all others, larger ones first: it goes when a text
/// that contains it stays. A truncated text never stands for a whole one.
///
/// `pairs` in any order; pairs of unknown texts are ignored. `sketches`, `order` and the answer are
/// about the same texts. Linear in the texts and pairs, apart from sorting.
#[must_use]
pub fn decide(
    sketches: &[Sketch],
    pairs: &[Pair],
    order: &KeepOrder,
    config: &AcrossConfig,
) -> Vec<Decision> {
    let representatives = representatives(sketches, order);
    let pairs = pairs_of_representatives(pairs, &representatives);
    let neighbours = Neighbours::new(&pairs, sketches.len());
    let mut walk = Walk {
        pairs: &pairs,
        neighbours: &neighbours,
        order,
        config,
        fates: vec![Fate::Open; sketches.len()],
    };
    walk.run(sketches, &representatives);
    let fates = walk.fates;

    let mut components = Components::new(sketches.len());
    for (doc, &representative) in (0..).zip(&representatives) {
        components.join(doc, representative);
    }
    for pair in pairs.iter().filter(|pair| is_copy(pair, config)) {
        components.join(pair.a, pair.b);
    }
    for (doc, fate) in (0..).zip(&fates) {
        if let Fate::Dropped(dropped) = fate {
            components.join(doc, dropped.kept);
        }
    }
    let members = components.members();
    let mut related = related(&pairs, &fates, &mut components, config);
    let drops = config.drop_threshold <= 1.0;
    if !drops {
        link_exact(&representatives, &mut related, config);
    }

    (0_u32..)
        .zip(&representatives)
        .map(|(doc, &representative)| {
            let cluster = components.root(doc);
            let fate = fates.get(representative as usize).copied().unwrap_or(Fate::Open);
            match fate {
                Fate::Dropped(Dropped { kept, method, similarity }) => {
                    Decision::Drop { kept, cluster, method, similarity }
                }
                _ if representative != doc && drops => Decision::Drop {
                    kept: representative,
                    cluster,
                    method: DropMethod::Exact,
                    similarity: 1.0,
                },
                _ => Decision::Keep {
                    cluster: members
                        .get(cluster as usize)
                        .and_then(Option::as_ref)
                        .map(|members| Cluster { id: cluster, members: Arc::clone(members) }),
                    related: related.get_mut(doc as usize).map(std::mem::take).unwrap_or_default(),
                },
            }
        })
        .collect()
}

#[derive(Debug, Clone, Copy)]
enum Fate {
    Open,
    Kept,
    Dropped(Dropped),
}

#[derive(Debug, Clone, Copy)]
struct Dropped {
    kept: u32,
    method: DropMethod,
    similarity: f64,
}

struct Walk<'a> {
    pairs: &'a [Pair],
    neighbours: &'a Neighbours,
    order: &'a KeepOrder,
    config: &'a AcrossConfig,
    fates: Vec<Fate>,
}

impl Walk<'_> {
    /// All whole texts before all truncated ones, and within each the texts that lie in larger ones
    /// last.
    fn run(&mut self, sketches: &[Sketch], representatives: &[u32]) {
        let order = self.order;
        let whole = order.docs().partition_point(|&doc| !order.is_truncated(doc));
        let (whole, truncated) = order.docs().split_at(whole);
        let size = |doc: u32| sketches.get(doc as usize).map_or(0, |sketch| sketch.shingles);
        for docs in [whole, truncated] {
            let mut waiting = Vec::new();
            for &doc in docs.iter().filter(|&&doc| representatives.get(doc as usize) == Some(&doc))
            {
                if self.drops_contained() && self.lies_in_a_larger_one(doc) {
                    waiting.push(doc);
                } else {
                    self.judge(doc);
                }
            }
            waiting.sort_by_key(|&doc| (Reverse(size(doc)), order.rank(doc)));
            for doc in waiting {
                self.judge(doc);
            }
        }
    }

    fn judge(&mut self, doc: u32) {
        let best = self.best_witness(doc, DropMethod::Near);
        let contained =
            || self.drops_contained().then(|| self.best_witness(doc, DropMethod::Contained))?;
        let best = best.or_else(contained);
        if let Some(fate) = self.fates.get_mut(doc as usize) {
            *fate = best.map_or(Fate::Kept, Fate::Dropped);
        }
    }

    fn drops_contained(&self) -> bool {
        self.config.contained == Contained::Drop && self.config.drop_threshold <= 1.0
    }

    /// The kept text `doc` may be dropped for by this method: the most similar one, and of equally
    /// similar ones the first in keep order.
    fn best_witness(&self, doc: u32, method: DropMethod) -> Option<Dropped> {
        self.neighbours
            .of(doc)
            .filter_map(|number| self.pairs.get(number as usize))
            .filter_map(|pair| {
                let (kept, similarity) = match method {
                    DropMethod::Contained => self.container(pair, doc)?,
                    _ => (other(pair, doc), is_copy(pair, self.config).then_some(pair.jaccard)?),
                };
                let stays = matches!(self.fates.get(kept as usize), Some(Fate::Kept));
                stays.then_some(Dropped { kept, method, similarity })
            })
            .max_by(|a, b| {
                let ranks = self.order.rank(b.kept).cmp(&self.order.rank(a.kept));
                a.similarity.total_cmp(&b.similarity).then(ranks)
            })
    }

    fn lies_in_a_larger_one(&self, doc: u32) -> bool {
        let mut pairs =
            self.neighbours.of(doc).filter_map(|number| self.pairs.get(number as usize));
        pairs.any(|pair| !is_copy(pair, self.config) && self.container(pair, doc).is_some())
    }

    /// The larger text `doc` may be dropped for as contained, and the share of it that is there.
    fn container(&self, pair: &Pair, doc: u32) -> Option<(u32, f64)> {
        let (inner, outer, share) = match pair.contained? {
            Containment::AInB(share) => (pair.a, pair.b, share),
            Containment::BInA(share) => (pair.b, pair.a, share),
        };
        let whole = !self.order.is_truncated(outer) || self.order.is_truncated(inner);
        (inner == doc && whole && !is_family(pair, self.config)).then_some((outer, share))
    }
}

fn other(pair: &Pair, doc: u32) -> u32 {
    if pair.a == doc { pair.b } else { pair.a }
}

/// Whether one text of the pair can be dropped for the other by its similarity.
fn is_copy(pair: &Pair, config: &AcrossConfig) -> bool {
    pair.jaccard >= config.drop_threshold && !is_family(pair, config)
}

/// Whether the pair must stay because it fills in one template.
fn is_family(pair: &Pair, config: &AcrossConfig) -> bool {
    pair.template && config.templates == Templates::Keep
}

/// The pairs with every text replaced by its representative, `a < b`, ascending, each once.
fn pairs_of_representatives(pairs: &[Pair], representatives: &[u32]) -> Vec<Pair> {
    let mut mapped: Vec<Pair> = pairs
        .iter()
        .filter_map(|pair| {
            let a = *representatives.get(pair.a as usize)?;
            let b = *representatives.get(pair.b as usize)?;
            let swapped = |contained| match contained {
                Containment::AInB(share) => Containment::BInA(share),
                Containment::BInA(share) => Containment::AInB(share),
            };
            match a.cmp(&b) {
                std::cmp::Ordering::Less => Some(Pair { a, b, ..*pair }),
                std::cmp::Ordering::Equal => None,
                std::cmp::Ordering::Greater => {
                    Some(Pair { a: b, b: a, contained: pair.contained.map(swapped), ..*pair })
                }
            }
        })
        .collect();
    mapped.sort_by_key(|pair| (pair.a, pair.b));
    mapped.dedup_by_key(|pair| (pair.a, pair.b));
    mapped
}

/// The numbers of the pairs each text is in.
struct Neighbours {
    starts: Vec<usize>,
    pairs: Vec<u32>,
}

impl Neighbours {
    fn new(pairs: &[Pair], docs: usize) -> Self {
        let mut ends: Vec<(u32, u32)> =
            (0_u32..).zip(pairs).flat_map(|(i, pair)| [(pair.a, i), (pair.b, i)]).collect();
        ends.sort_unstable();
        let mut starts = vec![0; docs + 1];
        for &(doc, _) in &ends {
            if let Some(count) = starts.get_mut(doc as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self { starts, pairs: ends.into_iter().map(|(_, pair)| pair).collect() }
    }

    fn of(&self, doc: u32) -> impl Iterator<Item = u32> {
        let bound = |at: usize| self.starts.get(at).copied().unwrap_or(0);
        let range = bound(doc as usize)..bound(doc as usize + 1);
        self.pairs.get(range).unwrap_or_default().iter().copied()
    }
}

/// Connected components; the root of each is its smallest member.
struct Components {
    parents: Vec<u32>,
}

impl Components {
    fn new(docs: usize) -> Self {
        Self { parents: (0..).take(docs).collect() }
    }

    fn root(&mut self, mut doc: u32) -> u32 {
        loop {
            let parent = self.parents.get(doc as usize).copied().unwrap_or(doc);
            if parent == doc {
                return doc;
            }
            // Path halving: hang the text under its grandparent on the way.
            let grandparent = self.parents.get(parent as usize).copied().unwrap_or(parent);
            if let Some(up) = self.parents.get_mut(doc as usize) {
                *up = grandparent;
            }
            doc = grandparent;
        }
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        if let Some(parent) = self.parents.get_mut(a.max(b) as usize) {
            *parent = a.min(b);
        }
    }

    /// Members of each component of at least two, at the index of its root.
    fn members(&mut self) -> Vec<Option<Arc<[u32]>>> {
        let docs = self.parents.len();
        let mut by_root: Vec<(u32, u32)> =
            (0..).take(docs).map(|doc| (self.root(doc), doc)).collect();
        by_root.sort_unstable();
        let mut members = vec![None; docs];
        for group in by_root.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
            let root = group.first().map_or(0, |first| first.0);
            if let Some(place) = members.get_mut(root as usize) {
                *place = Some(group.iter().map(|&(_, doc)| doc).collect());
            }
        }
        members
    }
}

/// Links exact duplicates that all stay with the first of them.
fn link_exact(representatives: &[u32], related: &mut [Vec<Related>], config: &AcrossConfig) {
    let members = (0_u32..).zip(representatives).filter(|(doc, first)| doc != *first);
    for (doc, &first) in members {
        for (of, other) in [(doc, first), (first, doc)] {
            if let Some(list) = related.get_mut(of as usize) {
                list.push(Related { doc: other, kind: RelatedKind::Near, similarity: 1.0 });
            }
        }
    }
    related.iter_mut().for_each(|list| best_first(list, config));
}

/// The most similar first, no more than the limit.
fn best_first(list: &mut Vec<Related>, config: &AcrossConfig) {
    list.sort_by(|a, b| b.similarity.total_cmp(&a.similarity).then(a.doc.cmp(&b.doc)));
    list.truncate(config.related_limit);
}

/// For each text the pairs it is in that dropped nobody, unless its cluster says it already.
fn related(
    pairs: &[Pair],
    fates: &[Fate],
    components: &mut Components,
    config: &AcrossConfig,
) -> Vec<Vec<Related>> {
    let mut related = vec![Vec::new(); fates.len()];
    let stays = |doc: u32| matches!(fates.get(doc as usize), Some(Fate::Kept));
    for pair in pairs {
        let both = stays(pair.a) && stays(pair.b);
        if !both && components.root(pair.a) == components.root(pair.b) {
            continue;
        }
        let (of_a, of_b, similarity) = match pair.contained {
            _ if is_family(pair, config) => {
                (RelatedKind::Template, RelatedKind::Template, pair.jaccard)
            }
            Some(Containment::AInB(share)) => {
                (RelatedKind::Contained, RelatedKind::Contains, share)
            }
            Some(Containment::BInA(share)) => {
                (RelatedKind::Contains, RelatedKind::Contained, share)
            }
            None if pair.jaccard >= config.link_threshold => {
                (RelatedKind::Near, RelatedKind::Near, pair.jaccard)
            }
            None => continue,
        };
        for (doc, other, kind) in [(pair.a, pair.b, of_a), (pair.b, pair.a, of_b)] {
            if let Some(list) = related.get_mut(doc as usize) {
                list.push(Related { doc: other, kind, similarity });
            }
        }
    }
    related.iter_mut().for_each(|list| best_first(list, config));
    related
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pair(a: u32, b: u32, jaccard: f64) -> Pair {
        Pair { a, b, jaccard, contained: None, template: false }
    }

    /// Sketches of texts with these fingerprints; text 0 is the smallest.
    fn sketches(prints: &[u128]) -> Vec<Sketch> {
        (1..)
            .zip(prints)
            .map(|(size, &print)| Sketch {
                fingerprint: Some(print),
                shingles: size,
                ..Sketch::default()
            })
            .collect()
    }

    /// What each text is dropped for, or `None` when it is kept.
    fn kept_for(decisions: &[Decision]) -> Vec<Option<(u32, DropMethod, f64)>> {
        decisions
            .iter()
            .map(|decision| match decision {
                Decision::Keep { .. } => None,
                Decision::Drop { kept, method, similarity, .. } => {
                    Some((*kept, *method, *similarity))
                }
            })
            .collect()
    }

    fn cluster_of(decision: &Decision) -> Option<u32> {
        match decision {
            Decision::Keep { cluster, .. } => cluster.as_ref().map(|cluster| cluster.id),
            Decision::Drop { cluster, .. } => Some(*cluster),
        }
    }

    #[test]
    fn a_chain_is_not_followed() {
        let pairs = [pair(0, 1, 0.8), pair(1, 2, 0.8), pair(0, 2, 0.6)];
        let config = AcrossConfig::default();
        let decisions = decide(&sketches(&[1, 2, 3]), &pairs, &KeepOrder::input(3), &config);
        assert_eq!(kept_for(&decisions), [None, Some((0, DropMethod::Near, 0.8)), None]);
        let Decision::Keep { cluster: Some(cluster), related } = &decisions[2] else { panic!() };
        assert_eq!((cluster.id, &*cluster.members), (0, &[0, 1, 2][..]));
        assert_eq!(related, &[Related { doc: 0, kind: RelatedKind::Near, similarity: 0.6 }]);
    }

    #[test]
    fn the_best_witness_is_named_and_of_equals_the_first_in_keep_order() {
        let config = AcrossConfig::default();
        let sketches = sketches(&[1, 2, 3, 4]);
        let decide =
            |pairs: &[Pair], order: &KeepOrder| decide(&sketches, pairs, order, &config).remove(3);
        let rising = [pair(0, 3, 0.7), pair(1, 3, 0.9), pair(2, 3, 0.8)];
        let equal = [pair(0, 3, 0.8), pair(1, 3, 0.8), pair(2, 3, 0.8)];
        let backwards = KeepOrder::by_key(4, |doc| if doc == 3 { 9 } else { 3 - doc });
        for (pairs, order, expected) in [
            (rising, KeepOrder::input(4), 1),
            (equal, KeepOrder::input(4), 0),
            (equal, backwards, 2),
        ] {
            let Decision::Drop { kept, .. } = decide(&pairs, &order) else { panic!() };
            assert_eq!(kept, expected);
        }
    }

    #[test]
    fn above_one_nothing_is_dropped() {
        let config = AcrossConfig {
            drop_threshold: 1.1,
            contained: Contained::Drop,
            ..AcrossConfig::default()
        };
        let mut inside = pair(0, 3, 0.9);
        inside.contained = Some(Containment::AInB(1.0));
        let decisions = decide(&sketches(&[7, 8, 8, 9]), &[inside], &KeepOrder::input(4), &config);
        assert_eq!(kept_for(&decisions), [None; 4]);
        for (doc, other) in [(1, 2), (2, 1)] {
            let Decision::Keep { related, .. } = &decisions[doc] else { panic!() };
            let same = Related { doc: other, kind: RelatedKind::Near, similarity: 1.0 };
            assert_eq!(related, &[same]);
        }
    }

    #[test]
    fn exact_duplicates_follow_their_representative() {
        let sketches = sketches(&[7, 8, 8, 8]);
        let order = KeepOrder::by_key(4, |doc| [0, 3, 1, 2][doc as usize]);
        let config = AcrossConfig::default();
        let alone = decide(&sketches, &[], &order, &config);
        let exact = Some((2, DropMethod::Exact, 1.0));
        assert_eq!(kept_for(&alone), [None, exact, None, exact]);
        // A pair that names a member counts for its representative.
        let together = decide(&sketches, &[pair(0, 3, 0.75)], &order, &config);
        let near = Some((0, DropMethod::Near, 0.75));
        assert_eq!(kept_for(&together), [None, near, near, near]);
        assert!(together.iter().all(|decision| cluster_of(decision) == Some(0)));
    }

    #[test]
    fn a_truncated_text_never_stands_for_a_whole_one() {
        let order = KeepOrder::input(3).whole_first(|doc| doc != 1);
        let config = AcrossConfig { contained: Contained::Drop, ..AcrossConfig::default() };
        let pairs = [pair(0, 1, 0.9), pair(0, 2, 0.9)];
        let decisions = decide(&sketches(&[1, 2, 3]), &pairs, &order, &config);
        let dropped = Some((1, DropMethod::Near, 0.9));
        assert_eq!(kept_for(&decisions), [dropped, None, None]);
        let inside = Pair { contained: Some(Containment::AInB(1.0)), ..pair(1, 2, 0.4) };
        let decisions = decide(&sketches(&[1, 2, 3]), &[inside], &order, &config);
        assert_eq!(kept_for(&decisions), [None, None, None]);
    }

    #[test]
    fn contained_texts_are_linked_or_dropped_for_a_kept_one() {
        let inside = |a, b, jaccard| Pair {
            contained: Some(Containment::AInB(0.95)),
            ..pair(a, b, jaccard)
        };
        // 0 lies in 1 and in 2, 1 lies in 2.
        let pairs = [inside(0, 1, 0.4), inside(0, 2, 0.2), inside(1, 2, 0.5)];
        let sketches = sketches(&[1, 2, 3]);
        let order = KeepOrder::input(3);
        let mut config = AcrossConfig::default();
        let linked = decide(&sketches, &pairs, &order, &config);
        assert_eq!(kept_for(&linked), [None; 3]);
        let Decision::Keep { related, .. } = &linked[1] else { panic!() };
        let kinds: Vec<_> = related.iter().map(|related| (related.doc, related.kind)).collect();
        assert_eq!(kinds, [(0, RelatedKind::Contains), (2, RelatedKind::Contained)]);
        config.contained = Contained::Drop;
        let dropped = decide(&sketches, &pairs, &order, &config);
        let contained = Some((2, DropMethod::Contained, 0.95));
        assert_eq!(kept_for(&dropped), [contained, contained, None]);
    }

    #[test]
    fn template_families_stay_unless_they_are_to_go() {
        let pairs = [Pair { template: true, ..pair(0, 1, 0.9) }];
        let sketches = sketches(&[1, 2]);
        let mut config = AcrossConfig::default();
        let kept = decide(&sketches, &pairs, &KeepOrder::input(2), &config);
        for (decision, other) in kept.iter().zip([1, 0]) {
            let Decision::Keep { cluster: None, related } = decision else { panic!() };
            let kind = RelatedKind::Template;
            assert_eq!(related, &[Related { doc: other, kind, similarity: 0.9 }]);
        }
        config.templates = Templates::Drop;
        let dropped = decide(&sketches, &pairs, &KeepOrder::input(2), &config);
        assert_eq!(kept_for(&dropped), [None, Some((0, DropMethod::Near, 0.9))]);
    }

    #[test]
    fn strange_pairs_are_ignored() {
        let pairs = [pair(0, 9, 0.9), pair(1, 1, 1.0), pair(0, 1, f64::NAN)];
        let config = AcrossConfig::default();
        let decisions = decide(&sketches(&[1, 2]), &pairs, &KeepOrder::input(2), &config);
        assert_eq!(kept_for(&decisions), [None, None]);
        assert!(decide(&[], &pairs, &KeepOrder::input(0), &config).is_empty());
    }

    #[test]
    fn a_hundred_thousand_copies() {
        let sketches = sketches(&vec![1; 100_000]);
        let config = AcrossConfig::default();
        let decisions = decide(&sketches, &[], &KeepOrder::input(100_000), &config);
        let dropped = decisions.iter().filter(|d| matches!(d, Decision::Drop { kept: 0, .. }));
        assert_eq!(dropped.count(), 99_999);
    }

    prop_compose! {
        fn any_pair()(
            a in 0_u32..12,
            b in 0_u32..12,
            tenths in 3_u8..=10,
            contained in prop::option::of(any::<bool>()),
            template in prop::bool::weighted(0.1),
        ) -> Pair {
            let jaccard = f64::from(tenths) / 10.0;
            let contained = contained.map(|inner_first| {
                if inner_first { Containment::AInB(0.9) } else { Containment::BInA(0.9) }
            });
            Pair { contained, template, ..pair(a.min(b), a.max(b), jaccard) }
        }
    }

    proptest! {
        #[test]
        fn promises_hold(
            prints in prop::collection::vec(0_u128..14, 12),
            mut pairs in prop::collection::vec(any_pair(), 0..40),
            keys in prop::collection::vec(0_u8..4, 12),
            truncated in prop::collection::vec(any::<bool>(), 12),
            contained in prop::sample::select(vec![Contained::Link, Contained::Drop]),
            templates in prop::sample::select(vec![Templates::Keep, Templates::Drop]),
        ) {
            let sketches = sketches(&prints);
            let order = KeepOrder::by_key(12, |doc| keys[doc as usize])
                .whole_first(|doc| truncated[doc as usize]);
            let config = AcrossConfig { contained, templates, ..AcrossConfig::default() };
            // As from candidates: representatives only.
            let representatives = representatives(&sketches, &order);
            pairs.retain(|p| {
                [p.a, p.b].iter().all(|&doc| representatives[doc as usize] == doc) && p.a != p.b
            });
            pairs.sort_by_key(|p| (p.a, p.b));
            pairs.dedup_by_key(|p| (p.a, p.b));
            let decisions = decide(&sketches, &pairs, &order, &config);
            pairs.reverse();
            prop_assert_eq!(&decisions, &decide(&sketches, &pairs, &order, &config));

            let fates = kept_for(&decisions);
            for (doc, fate) in (0_u32..).zip(&fates) {
                let Some((kept, method, similarity)) = *fate else { continue };
                prop_assert_eq!(fates[kept as usize], None, "{} is dropped for a dropped one", doc);
                prop_assert!(!truncated[kept as usize] || truncated[doc as usize]);
                prop_assert_eq!(cluster_of(&decisions[doc as usize]), cluster_of(&decisions[kept as usize]));
                let representative = representatives[doc as usize];
                let (a, b) = (representative.min(kept), representative.max(kept));
                let witness = pairs.iter().find(|p| (p.a, p.b) == (a, b));
                match (method, witness) {
                    (DropMethod::Exact, _) => prop_assert_eq!(representative, kept),
                    (DropMethod::Near, Some(witness)) => {
                        prop_assert_eq!(witness.jaccard, similarity);
                        prop_assert!(is_copy(witness, &config));
                    }
                    (DropMethod::Contained, Some(witness)) => {
                        prop_assert_eq!(config.contained, Contained::Drop);
                        prop_assert!(witness.contained.is_some() && !is_family(witness, &config));
                        prop_assert_eq!(similarity, 0.9);
                    }
                    (_, None) => prop_assert!(false, "{} is dropped unproven", doc),
                }
            }
            for pair in pairs.iter().filter(|pair| is_copy(pair, &config)) {
                prop_assert!(fates[pair.a as usize].is_some() || fates[pair.b as usize].is_some());
            }
        }
    }
}
