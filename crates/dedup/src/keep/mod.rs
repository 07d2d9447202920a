//! Who is kept: every text that is dropped is proven similar to one that stays.

mod clusters;
mod decisions;
mod proven;
mod walk;

use std::sync::Arc;

pub use decisions::Decisions;
pub use proven::Proven;
use serde::{Deserialize, Serialize};

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
        /// of its shingles that `kept` holds. 0 for [`DropMethod::Identity`]: these are not compared.
        similarity: f64,
    },
}

/// Texts that hang together by similarities at or above the drop threshold or by identities. Two texts of a cluster
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
    /// The same [identity](crate::sketch::Sketch::identity) as the kept text, or as one that this
    /// one stands for.
    Identity,
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::candidates::Sketches;
    use crate::config::AcrossConfig;
    use crate::config::{Contained, Templates};
    use crate::exact::Duplicates;
    use crate::order::KeepOrder;
    use crate::sketch::Sketch;
    use crate::spill::Memory;
    use crate::verify::{Containment, Pair};

    fn decided(
        sketches: &[Sketch],
        pairs: &[Pair],
        order: &KeepOrder,
        config: &AcrossConfig,
    ) -> Vec<Decision> {
        let decisions = decide_within(sketches, pairs, order, config, &Memory::unlimited());
        if !pairs.is_empty() && pairs.len() < 8 {
            let folder = tempfile::tempdir().unwrap();
            let little = Memory::new(0, folder.path());
            assert_eq!(decisions, decide_within(sketches, pairs, order, config, &little));
        }
        decisions
    }

    fn decide_within(
        sketches: &[Sketch],
        pairs: &[Pair],
        order: &KeepOrder,
        config: &AcrossConfig,
        memory: &Memory,
    ) -> Vec<Decision> {
        let mut store = Sketches::new(config, memory).unwrap();
        sketches.iter().for_each(|sketch| store.push(sketch).unwrap());
        let duplicates = Duplicates::find(&store, order, memory).unwrap();
        let mut proven = Proven::new(memory);
        pairs.iter().for_each(|pair| proven.push(pair, order).unwrap());
        proven.decide(&store, &duplicates, order, config, memory).unwrap().to_vec().unwrap()
    }

    fn is_copy(pair: &Pair, config: &AcrossConfig) -> bool {
        pair.jaccard >= config.drop_threshold && !is_family(pair, config)
    }

    fn is_family(pair: &Pair, config: &AcrossConfig) -> bool {
        pair.template && config.templates == Templates::Keep
    }

    /// For each text the first in keep order that has the same fingerprint.
    fn representatives(sketches: &[Sketch], order: &KeepOrder) -> Vec<u32> {
        let first = |sketch: &Sketch| {
            let same = |doc: &u32| sketches[*doc as usize].fingerprint == sketch.fingerprint;
            (0..order.len()).map(|rank| order.doc(rank)).find(same).unwrap()
        };
        sketches.iter().map(first).collect()
    }

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
        let decisions = decided(&sketches(&[1, 2, 3]), &pairs, &KeepOrder::input(3), &config);
        assert_eq!(kept_for(&decisions), [None, Some((0, DropMethod::Near, 0.8)), None]);
        let Decision::Keep { cluster: Some(cluster), related } = &decisions[2] else { panic!() };
        assert_eq!((cluster.id, &*cluster.members), (0, &[0, 1, 2][..]));
        assert_eq!(related, &[Related { doc: 0, kind: RelatedKind::Near, similarity: 0.6 }]);
    }

    #[test]
    fn the_best_witness_is_named_and_of_equals_the_first_in_keep_order() {
        let config = AcrossConfig::default();
        let sketches = sketches(&[1, 2, 3, 4]);
        let best =
            |pairs: &[Pair], order: &KeepOrder| decided(&sketches, pairs, order, &config).remove(3);
        let rising = [pair(0, 3, 0.7), pair(1, 3, 0.9), pair(2, 3, 0.8)];
        let equal = [pair(0, 3, 0.8), pair(1, 3, 0.8), pair(2, 3, 0.8)];
        let backwards = KeepOrder::by_key(4, |doc| if doc == 3 { 9 } else { 3 - doc });
        for (pairs, order, expected) in [
            (rising, KeepOrder::input(4), 1),
            (equal, KeepOrder::input(4), 0),
            (equal, backwards, 2),
        ] {
            let Decision::Drop { kept, .. } = best(&pairs, &order) else { panic!() };
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
        let decisions = decided(&sketches(&[7, 8, 8, 9]), &[inside], &KeepOrder::input(4), &config);
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
        let alone = decided(&sketches, &[], &order, &config);
        let exact = Some((2, DropMethod::Exact, 1.0));
        assert_eq!(kept_for(&alone), [None, exact, None, exact]);
        let together = decided(&sketches, &[pair(0, 2, 0.75)], &order, &config);
        let near = Some((0, DropMethod::Near, 0.75));
        assert_eq!(kept_for(&together), [None, near, near, near]);
        assert!(together.iter().all(|decision| cluster_of(decision) == Some(0)));
    }

    #[test]
    fn texts_of_one_identity_are_one() {
        // 1 and 2 have the words of 0 and 3; 4 has the identity of 1, 5 that of 3, 6 that of 5.
        let named = |print: u128, identity| Sketch { identity, ..sketches(&[print])[0].clone() };
        let sketches = [
            named(7, None),
            named(7, Some(1)),
            named(8, None),
            named(8, Some(2)),
            named(9, Some(1)),
            named(10, Some(2)),
            named(10, None),
        ];
        let config = AcrossConfig { by_identity: true, ..AcrossConfig::default() };
        let decisions = decided(&sketches, &[], &KeepOrder::input(7), &config);
        let exact = |kept| Some((kept, DropMethod::Exact, 1.0));
        let same = |kept| Some((kept, DropMethod::Identity, 0.0));
        let want = [None, exact(0), None, exact(2), same(0), same(2), None];
        assert_eq!(kept_for(&decisions), want);
        // What stands for the first of them stands for the others.
        let decisions = decided(&sketches, &[pair(0, 2, 0.75)], &KeepOrder::input(7), &config);
        let near = Some((0, DropMethod::Near, 0.75));
        assert_eq!(kept_for(&decisions), [None, exact(0), near, near, same(0), same(0), None]);
        let off = AcrossConfig::default();
        let decisions = decided(&sketches, &[], &KeepOrder::input(7), &off);
        assert_eq!(kept_for(&decisions)[4..], [None, None, exact(5)]);
    }

    #[test]
    fn a_truncated_text_never_stands_for_a_whole_one() {
        let order = KeepOrder::input(3).whole_first(|doc| doc != 1);
        let config = AcrossConfig { contained: Contained::Drop, ..AcrossConfig::default() };
        let pairs = [pair(0, 1, 0.9), pair(0, 2, 0.9)];
        let decisions = decided(&sketches(&[1, 2, 3]), &pairs, &order, &config);
        let dropped = Some((1, DropMethod::Near, 0.9));
        assert_eq!(kept_for(&decisions), [dropped, None, None]);
        let inside = Pair { contained: Some(Containment::AInB(1.0)), ..pair(1, 2, 0.4) };
        let decisions = decided(&sketches(&[1, 2, 3]), &[inside], &order, &config);
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
        let linked = decided(&sketches, &pairs, &order, &config);
        assert_eq!(kept_for(&linked), [None; 3]);
        let Decision::Keep { related, .. } = &linked[1] else { panic!() };
        let kinds: Vec<_> = related.iter().map(|related| (related.doc, related.kind)).collect();
        assert_eq!(kinds, [(0, RelatedKind::Contains), (2, RelatedKind::Contained)]);
        config.contained = Contained::Drop;
        let dropped = decided(&sketches, &pairs, &order, &config);
        let contained = Some((2, DropMethod::Contained, 0.95));
        assert_eq!(kept_for(&dropped), [contained, contained, None]);
    }

    #[test]
    fn template_families_stay_unless_they_are_to_go() {
        let pairs = [Pair { template: true, ..pair(0, 1, 0.9) }];
        let sketches = sketches(&[1, 2]);
        let mut config = AcrossConfig::default();
        let kept = decided(&sketches, &pairs, &KeepOrder::input(2), &config);
        for (decision, other) in kept.iter().zip([1, 0]) {
            let Decision::Keep { cluster: None, related } = decision else { panic!() };
            let kind = RelatedKind::Template;
            assert_eq!(related, &[Related { doc: other, kind, similarity: 0.9 }]);
        }
        config.templates = Templates::Drop;
        let dropped = decided(&sketches, &pairs, &KeepOrder::input(2), &config);
        assert_eq!(kept_for(&dropped), [None, Some((0, DropMethod::Near, 0.9))]);
    }

    #[test]
    fn settled_texts_stay() {
        let inside = Pair { contained: Some(Containment::AInB(0.95)), ..pair(1, 3, 0.3) };
        let pairs = [pair(0, 2, 0.9), pair(1, 4, 0.8), inside, pair(0, 4, 0.7)];
        let config = AcrossConfig { contained: Contained::Drop, ..AcrossConfig::default() };
        // Text 5 is the same as settled text 1, settled text 0 the same as settled text 1.
        let sketches = sketches(&[8, 8, 2, 3, 4, 8]);
        for order in [KeepOrder::input(6), KeepOrder::by_key(6, std::cmp::Reverse)] {
            let order = order.settled_first(2);
            let decisions = decided(&sketches, &pairs, &order, &config);
            let near = |kept, similarity| Some((kept, DropMethod::Near, similarity));
            let exact = Some((0, DropMethod::Exact, 1.0));
            let expected = [None, None, near(0, 0.9), None, near(1, 0.8), exact];
            assert_eq!(kept_for(&decisions), expected);
        }
    }

    #[test]
    fn strange_pairs_are_ignored() {
        let pairs = [pair(0, 9, 0.9), pair(1, 1, 1.0), pair(0, 1, f64::NAN)];
        let config = AcrossConfig::default();
        let decisions = decided(&sketches(&[1, 2]), &pairs, &KeepOrder::input(2), &config);
        assert_eq!(kept_for(&decisions), [None, None]);
        assert!(decided(&[], &pairs, &KeepOrder::input(0), &config).is_empty());
    }

    #[test]
    fn a_hundred_thousand_copies() {
        let sketches = sketches(&vec![1; 100_000]);
        let config = AcrossConfig::default();
        let decisions = decided(&sketches, &[], &KeepOrder::input(100_000), &config);
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
            let decisions = decided(&sketches, &pairs, &order, &config);
            pairs.reverse();
            prop_assert_eq!(&decisions, &decided(&sketches, &pairs, &order, &config));

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
                    (DropMethod::Identity, _) => prop_assert!(false, "{} has no identity", doc),
                    (_, None) => prop_assert!(false, "{} is dropped unproven", doc),
                }
            }
            for pair in pairs.iter().filter(|pair| is_copy(pair, &config)) {
                prop_assert!(fates[pair.a as usize].is_some() || fates[pair.b as usize].is_some());
            }
        }
    }
}
