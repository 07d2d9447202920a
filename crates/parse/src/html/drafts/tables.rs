//! Tables that hold data, told from those that lay a page out.

use crate::html::names::Tag;
use crate::html::tree::{NodeId, Tree};

/// Tables of data, in order: no table in them, more than a row and a column, and little in a cell.
pub(super) fn data_tables(tree: &Tree<'_>) -> Vec<NodeId> {
    #[derive(Default)]
    struct Seen {
        id: NodeId,
        rows: usize,
        cells: usize,
        blocks: usize,
        bytes: usize,
    }
    fn settle(seen: &Seen, found: &mut Vec<NodeId>) {
        let data = seen.rows >= 2
            && seen.cells > seen.rows
            && seen.blocks <= seen.cells * 2
            && seen.bytes <= seen.cells * 150;
        if data {
            found.push(seen.id);
        }
    }
    let mut open: Vec<Seen> = Vec::new();
    let mut found = Vec::new();
    let mut id = 0;
    while (id as usize) < tree.nodes.len() {
        let node = tree.node(id);
        while open.last().is_some_and(|seen| tree.node(seen.id).end <= id) {
            if let Some(seen) = open.pop() {
                settle(&seen, &mut found);
            }
        }
        let Some(tag) = node.tag else {
            if let Some(seen) = open.last_mut() {
                seen.bytes += tree.raw_text(id).trim().len();
            }
            id += 1;
            continue;
        };
        if tag.is_unseen() {
            id = node.end.max(id + 1);
            continue;
        }
        if tag == Tag::Table {
            // Tables around it lay the page out.
            open.clear();
            open.push(Seen { id, ..Seen::default() });
        } else if let Some(seen) = open.last_mut() {
            match tag {
                Tag::Tr => seen.rows += 1,
                Tag::Td | Tag::Th => seen.cells += 1,
                Tag::Ul | Tag::Ol | Tag::Form => seen.blocks += 3,
                _ if tag.heading_level().is_some() => seen.blocks += 3,
                _ if tag.is_block() => seen.blocks += 1,
                _ => {}
            }
        }
        id += 1;
    }
    for seen in &open {
        settle(seen, &mut found);
    }
    found.sort_unstable();
    found
}
