//! What happens to each text, put together from what the walk found.

use std::collections::HashMap;
use std::io;
use std::iter::Peekable;
use std::sync::{Arc, Weak};

use super::clusters::Components;
use super::proven::Ranked;
use super::walk::{Dropped, Walked};
use super::{Cluster, Decision, DropMethod, Related, RelatedKind};
use crate::config::AcrossConfig;
use crate::exact::Duplicates;
use crate::order::KeepOrder;
use crate::spill::Memory;
use crate::spill::bits::Bits;
use crate::spill::list::{List, Reader};
use crate::spill::record::{float, float_words, pack, unpack};
use crate::spill::sort::{Groups, Sorted, SortedIter, Sorter};

/// What happens to each text; read in the order of the input.
#[derive(Debug)]
pub struct Decisions {
    docs: u32,
    /// By text: the text, the one kept for it, similarity, method, its cluster.
    dropped: Sorted<[u32; 6]>,
    /// By text: the text, similarity turned round, the other, kind.
    related: Sorted<[u32; 5]>,
    /// By kept text: the text, the cluster, where its members begin, how many there are, whether
    /// another kept text has the same ones.
    clusters: Sorted<[u32; 6]>,
    members: List<u32>,
    related_limit: usize,
}

impl Decisions {
    pub(super) fn new(
        walked: &Walked,
        duplicates: &Duplicates,
        order: &KeepOrder,
        config: &AcrossConfig,
        memory: &Memory,
    ) -> io::Result<Self> {
        let drops = config.drop_threshold <= 1.0;
        let mut components = Components::new(order.len());
        for pair in walked.pairs.iter()? {
            let pair = Ranked::read(pair?);
            if pair.is_copy(config) {
                components.join(order.doc(pair.earlier), order.doc(pair.later));
            }
        }
        let mut kept = walked.kept.clone();
        let dropped = if drops {
            for pair in duplicates.pairs.iter()? {
                let (first, duplicate) = unpack(pair?);
                components.join(order.doc(first), order.doc(duplicate));
            }
            dropped(walked, duplicates, order, &mut components, memory)?
        } else {
            for pair in duplicates.pairs.iter()? {
                kept.set(unpack(pair?).1);
            }
            Sorter::new(memory).finish()?
        };
        let mut related = related(walked, order, &mut components, config, memory)?;
        if !drops {
            link_exact(duplicates, order, &mut related)?;
        }
        let (clusters, members) = clusters(&kept, order, &mut components, memory)?;
        Ok(Self {
            docs: order.len(),
            dropped,
            related: related.finish()?,
            clusters,
            members,
            related_limit: config.related_limit,
        })
    }

    /// Number of texts.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.docs
    }

    /// Whether there is no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.docs == 0
    }

    /// One decision a text, in the order of the input.
    ///
    /// # Errors
    /// When a scratch file cannot be read.
    pub fn iter(&self) -> io::Result<impl Iterator<Item = io::Result<Decision>>> {
        let mut reading = Reading {
            dropped: self.dropped.iter()?.peekable(),
            related: self.related.iter()?.peekable(),
            clusters: self.clusters.iter()?.peekable(),
            members: self.members.reader(1024)?,
            shared: HashMap::new(),
            prune_at: PRUNE_AT,
            related_limit: self.related_limit,
        };
        Ok((0..self.docs).map(move |doc| reading.decision(doc)))
    }

    /// All decisions in memory.
    ///
    /// # Errors
    /// When a scratch file cannot be read.
    pub fn to_vec(&self) -> io::Result<Vec<Decision>> {
        self.iter()?.collect()
    }
}

/// All that were dropped, exact duplicates with what their first one was dropped for.
fn dropped(
    walked: &Walked,
    duplicates: &Duplicates,
    order: &KeepOrder,
    components: &mut Components,
    memory: &Memory,
) -> io::Result<Sorted<[u32; 6]>> {
    let mut by_doc = Sorter::new(memory);
    let mut all = Sorter::new(memory);
    let mut firsts = walked.dropped.iter()?.map(|record| record.map(Dropped::read)).peekable();
    for pair in duplicates.pairs.iter()? {
        let (first, duplicate) = unpack(pair?);
        while let Some(gone) = next_before(&mut firsts, first, |dropped| dropped.rank)? {
            all.push(gone.record())?;
        }
        let (similarity, method) = match duplicates.by_identity.get(duplicate) {
            true => (0.0, DropMethod::Identity),
            false => (1.0, DropMethod::Exact),
        };
        let fate = match firsts.peek() {
            Some(Ok(gone)) if gone.rank == first => match method {
                DropMethod::Identity => {
                    Dropped { rank: duplicate, kept: gone.kept, similarity, method }
                }
                _ => Dropped { rank: duplicate, ..*gone },
            },
            _ => Dropped { rank: duplicate, kept: first, similarity, method },
        };
        all.push(fate.record())?;
    }
    for gone in firsts {
        all.push(gone?.record())?;
    }
    let all = all.finish()?;
    for record in all.iter()? {
        let Dropped { rank, kept, .. } = Dropped::read(record?);
        components.join(order.doc(rank), order.doc(kept));
    }
    for record in all.iter()? {
        let [rank, kept, high, low, method] = record?;
        let doc = order.doc(rank);
        by_doc.push([doc, order.doc(kept), high, low, method, components.root(doc)])?;
    }
    by_doc.finish()
}

/// For each text the pairs it is in that dropped nobody, unless its cluster says it already.
fn related(
    walked: &Walked,
    order: &KeepOrder,
    components: &mut Components,
    config: &AcrossConfig,
    memory: &Memory,
) -> io::Result<Sorter<[u32; 5]>> {
    let mut related = Sorter::new(memory);
    for pair in walked.pairs.iter()? {
        let pair = Ranked::read(pair?);
        let (a, b) = (order.doc(pair.earlier), order.doc(pair.later));
        let stay = (walked.kept.get(pair.earlier), walked.kept.get(pair.later));
        if stay != (true, true) && components.root(a) == components.root(b) {
            continue;
        }
        let (of_a, of_b, similarity) = match pair.inner {
            _ if pair.is_family(config) => {
                (RelatedKind::Template, RelatedKind::Template, pair.jaccard)
            }
            Some((inner, share)) if inner == pair.earlier => {
                (RelatedKind::Contained, RelatedKind::Contains, share)
            }
            Some((_, share)) => (RelatedKind::Contains, RelatedKind::Contained, share),
            None if pair.jaccard >= config.link_threshold => {
                (RelatedKind::Near, RelatedKind::Near, pair.jaccard)
            }
            None => continue,
        };
        // Only of what stays anybody asks for its relations.
        if stay.0 {
            related.push(relation(a, Related { doc: b, kind: of_a, similarity }))?;
        }
        if stay.1 {
            related.push(relation(b, Related { doc: a, kind: of_b, similarity }))?;
        }
    }
    Ok(related)
}

/// Links exact duplicates that all stay with the first of them.
fn link_exact(
    duplicates: &Duplicates,
    order: &KeepOrder,
    related: &mut Sorter<[u32; 5]>,
) -> io::Result<()> {
    for pair in duplicates.pairs.iter()? {
        let (first, duplicate) = unpack(pair?);
        let (first, duplicate) = (order.doc(first), order.doc(duplicate));
        for (doc, other) in [(first, duplicate), (duplicate, first)] {
            let same = Related { doc: other, kind: RelatedKind::Near, similarity: 1.0 };
            related.push(relation(doc, same))?;
        }
    }
    Ok(())
}

/// A record that sorts by text, then the most similar first, then by the other text.
fn relation(doc: u32, related: Related) -> [u32; 5] {
    let [high, low] = float_words(related.similarity);
    let kind = match related.kind {
        RelatedKind::Near => 0,
        RelatedKind::Contained => 1,
        RelatedKind::Contains => 2,
        RelatedKind::Template => 3,
    };
    [doc, !high, !low, related.doc, kind]
}

fn read_relation([_, high, low, doc, kind]: [u32; 5]) -> Related {
    let kind = match kind {
        0 => RelatedKind::Near,
        1 => RelatedKind::Contained,
        2 => RelatedKind::Contains,
        _ => RelatedKind::Template,
    };
    Related { doc, kind, similarity: float(!high, !low) }
}

/// The clusters of kept texts, and the members they point to.
fn clusters(
    kept: &Bits,
    order: &KeepOrder,
    components: &mut Components,
    memory: &Memory,
) -> io::Result<(Sorted<[u32; 6]>, List<u32>)> {
    let mut by_root = Sorter::new(memory);
    for doc in 0..order.len() {
        if let Some(root) = components.cluster(doc) {
            by_root.push(pack(root, doc))?;
        }
    }
    let by_root = by_root.finish()?;
    let (mut places, mut members) = (Sorter::new(memory), List::new(memory));
    let mut groups = Groups::new(by_root.iter()?)?;
    let mut staying = Vec::new();
    loop {
        let start = members.len();
        staying.clear();
        let each = |record| {
            let (_, doc) = unpack(record);
            if kept.get(order.rank(doc)) {
                staying.push(doc);
            }
            members.push(doc)
        };
        let Some(first) = groups.next_with(|a, b| a >> 32 == b >> 32, each)? else { break };
        let count = u32::try_from(members.len() - start).unwrap_or(u32::MAX);
        let (high, low) = unpack(start);
        let shared = u32::from(staying.len() > 1);
        for &doc in &staying {
            places.push([doc, unpack(first).0, high, low, count, shared])?;
        }
    }
    Ok((places.finish()?, members))
}

/// The next record whose number is below `limit`.
fn next_before<T>(
    records: &mut Peekable<impl Iterator<Item = io::Result<T>>>,
    limit: u32,
    number: impl Fn(&T) -> u32,
) -> io::Result<Option<T>> {
    let wanted = |record: &io::Result<T>| record.as_ref().map_or(true, |r| number(r) < limit);
    records.next_if(wanted).transpose()
}

struct Reading<'a> {
    dropped: Peekable<SortedIter<'a, [u32; 6]>>,
    related: Peekable<SortedIter<'a, [u32; 5]>>,
    clusters: Peekable<SortedIter<'a, [u32; 6]>>,
    members: Reader<'a, u32>,
    /// Members of clusters that several kept texts have, as long as somebody holds them.
    shared: HashMap<u64, Weak<[u32]>>,
    /// How many of these there may be before those that nobody holds any more are forgotten.
    prune_at: usize,
    related_limit: usize,
}

const PRUNE_AT: usize = 1024;

impl Reading<'_> {
    fn decision(&mut self, doc: u32) -> io::Result<Decision> {
        let after = doc.saturating_add(1);
        if let Some(record) = next_before(&mut self.dropped, after, |record| record[0])? {
            let [rank, kept, high, low, method, cluster] = record;
            let Dropped { kept, similarity, method, .. } =
                Dropped::read([rank, kept, high, low, method]);
            return Ok(Decision::Drop { kept, cluster, method, similarity });
        }
        let mut related = Vec::new();
        while let Some(record) = next_before(&mut self.related, after, |record| record[0])? {
            if related.len() < self.related_limit {
                related.push(read_relation(record));
            }
        }
        let cluster = next_before(&mut self.clusters, after, |record| record[0])?;
        let cluster = cluster.map(|record| self.cluster(record)).transpose()?;
        Ok(Decision::Keep { cluster, related })
    }

    fn cluster(&mut self, [_, id, high, low, count, shared]: [u32; 6]) -> io::Result<Cluster> {
        let start = pack(high, low);
        if let Some(members) = self.shared.get(&start).and_then(Weak::upgrade) {
            return Ok(Cluster { id, members });
        }
        let places = start..start + u64::from(count);
        let members = places.map(|at| self.members.get(at).map(Option::unwrap_or_default));
        let members: Arc<[u32]> = members.collect::<io::Result<Vec<u32>>>()?.into();
        if shared == 1 {
            if self.shared.len() >= self.prune_at {
                self.shared.retain(|_, members| members.strong_count() > 0);
                self.prune_at = 2 * self.shared.len() + PRUNE_AT;
            }
            self.shared.insert(start, Arc::downgrade(&members));
        }
        Ok(Cluster { id, members })
    }
}
