//! Texts that hang together, by union-find: 4 bytes a text.

use crate::spill::bits::Bits;

/// Connected components of texts; the root of each is its smallest member.
#[derive(Debug)]
pub(super) struct Components {
    parents: Vec<u32>,
    /// The texts that were joined to another one.
    joined: Bits,
}

impl Components {
    pub(super) fn new(docs: u32) -> Self {
        Self { parents: (0..docs).collect(), joined: Bits::default() }
    }

    pub(super) fn root(&mut self, mut doc: u32) -> u32 {
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

    /// Joins the components of two different texts.
    pub(super) fn join(&mut self, a: u32, b: u32) {
        self.joined.set(a);
        self.joined.set(b);
        let (a, b) = (self.root(a), self.root(b));
        if let Some(parent) = self.parents.get_mut(a.max(b) as usize) {
            *parent = a.min(b);
        }
    }

    /// The root of the text's component, if that has more members than one.
    pub(super) fn cluster(&mut self, doc: u32) -> Option<u32> {
        self.joined.get(doc).then(|| self.root(doc))
    }
}
