//! The elements that hold blocks.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

use super::FAR;
use crate::html::drafts::Page;
use crate::html::hints::{self, GROUPS};
use crate::html::names::{Attr, Tag};
use crate::html::tree::{NodeId, Tree};

/// What is known of an element that starts a block.
#[derive(Clone, Copy)]
pub(super) struct Holder {
    pub(super) id: NodeId,
    /// The holder around it.
    pub(super) parent: usize,
    pub(super) depth: u16,
    /// To each group of hints, how many holders up the nearest one is that bears it.
    pub(super) far: [u8; GROUPS],
    /// Of its tag and classes.
    pub(super) signature: u64,
    /// Drafts in it, from and to.
    pub(super) from: usize,
    pub(super) to: usize,
}

/// The elements that hold drafts, outermost first, and the holder of each draft.
pub(super) fn holders(tree: &Tree<'_>, page: &Page) -> (Vec<Holder>, Vec<usize>) {
    let mut holders: Vec<Holder> = Vec::new();
    let mut places: HashMap<NodeId, usize> = HashMap::new();
    let mut held_by = Vec::with_capacity(page.drafts.len());
    let root = Holder {
        id: 0,
        parent: 0,
        depth: 0,
        far: [FAR; GROUPS],
        signature: 0,
        from: 0,
        to: page.drafts.len(),
    };
    holders.push(root);
    places.insert(0, 0);
    let mut chain: Vec<NodeId> = Vec::new();
    for draft in &page.drafts {
        let mut id = draft.element;
        while !places.contains_key(&id) {
            if tree.tag(id).is_some_and(Tag::is_block) {
                chain.push(id);
            }
            id = tree.node(id).parent;
        }
        let mut at = places.get(&id).copied().unwrap_or(0);
        while let Some(id) = chain.pop() {
            let parent = holders[at];
            let tag = tree.tag(id).unwrap_or(Tag::Other);
            let hints = hints::of_element(tree, id, tag);
            let mut far = parent.far;
            for (group, far) in far.iter_mut().enumerate() {
                *far = if hints & (1 << group) != 0 { 0 } else { (*far + 1).min(FAR) };
            }
            let class = tree.raw_attribute(id, Attr::Class).unwrap_or_default();
            let signature = xxh3_64(class.as_bytes()) ^ (tag as u64).wrapping_mul(0x9e37_79b9);
            let (from, to) = drafts_in(tree, page, id);
            let depth = parent.depth.saturating_add(1);
            holders.push(Holder { id, parent: at, depth, far, signature, from, to });
            at = holders.len() - 1;
            places.insert(id, at);
        }
        held_by.push(at);
    }
    (holders, held_by)
}

/// The drafts whose first text stands in an element.
fn drafts_in(tree: &Tree<'_>, page: &Page, id: NodeId) -> (usize, usize) {
    let end = tree.node(id).end;
    let from = page.drafts.partition_point(|d| d.first < id);
    let to = page.drafts.partition_point(|d| d.first < end);
    (from, to.max(from))
}
