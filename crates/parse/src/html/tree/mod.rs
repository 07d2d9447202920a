//! The tree of a page, flat: nodes in document order, each knowing where its subtree ends.
//!
//! Follows the [tree construction of the HTML standard](https://html.spec.whatwg.org/#tree-construction)
//! where it changes which text belongs to which element: implied end tags, scopes, void and raw
//! elements, foreign content. Elements that the standard would make up (`html`, `tbody`) are not
//! made up, text in the wrong place of a table stays where it is, and misnested formatting is not
//! copied. Nesting deeper than [`DEPTH_MAX`] is flattened as browsers do it, and counted.

mod build;

use super::names::{Attr, Tag};
use super::token::{Attribute, Tokens};
use crate::mend;
use build::Builder;

/// How deep elements may nest; those that stand deeper become siblings.
pub(super) const DEPTH_MAX: usize = 512;

/// Stands between the texts of two elements.
pub(super) const PART: char = '\u{1f}';

/// A node's place in [`Tree::nodes`].
pub(super) type NodeId = u32;

/// One node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// The element's name; `None` for text.
    pub(super) tag: Option<Tag>,
    /// The element that holds it; itself for the root.
    pub(super) parent: NodeId,
    /// The node after the last one of its subtree.
    pub(super) end: NodeId,
    /// Text: where it stands in the page. Elements: their attributes.
    range: (u32, u32),
}

/// A page's tree. Node 0 is a root that holds all.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    pub(super) page: &'a str,
    pub(super) nodes: Vec<Node>,
    attributes: Vec<Attribute>,
    /// Elements that nested deeper than [`DEPTH_MAX`].
    pub(super) flattened: usize,
}

impl<'a> Tree<'a> {
    /// The tree of `page`, which must be shorter than 4 GiB. Takes time linear in it.
    pub(super) fn new(page: &'a str) -> Self {
        let mut builder = Builder::new(page);
        let mut tokens = Tokens::new(page);
        while let Some(token) = tokens.next() {
            builder.token(token, &mut tokens);
        }
        builder.finish()
    }

    pub(super) fn node(&self, id: NodeId) -> Node {
        self.nodes[id as usize]
    }

    pub(super) fn tag(&self, id: NodeId) -> Option<Tag> {
        self.nodes[id as usize].tag
    }

    /// The text of a text node as it stands in the page, character references unread.
    pub(super) fn raw_text(&self, id: NodeId) -> &'a str {
        let node = self.nodes[id as usize];
        match node.tag {
            None => self.page.get(node.range.0 as usize..node.range.1 as usize).unwrap_or_default(),
            Some(_) => "",
        }
    }

    /// The attributes of an element.
    pub(super) fn attributes(&self, id: NodeId) -> &[Attribute] {
        let node = self.nodes[id as usize];
        match node.tag {
            Some(_) => &self.attributes[node.range.0 as usize..node.range.1 as usize],
            None => &[],
        }
    }

    /// The value of an attribute as it stands in the page, character references unread.
    pub(super) fn raw_attribute(&self, id: NodeId, name: Attr) -> Option<&'a str> {
        let found = self.attributes(id).iter().find(|a| a.name == name)?;
        self.page.get(found.start as usize..found.end as usize)
    }

    /// The value of an attribute.
    pub(super) fn attribute(&self, id: NodeId, name: Attr) -> Option<std::borrow::Cow<'a, str>> {
        self.raw_attribute(id, name).map(|raw| match raw.contains('&') {
            true => htmlize::unescape_attribute(raw),
            false => raw.into(),
        })
    }

    /// The text below an element, white space folded, what is unseen in it included.
    pub(super) fn text_of(&self, id: NodeId) -> String {
        let mut text = String::new();
        for node in id..self.node(id).end {
            match self.tag(node) {
                None => text.push_str(&htmlize::unescape(self.raw_text(node))),
                Some(tag) if tag.is_block() || tag == Tag::Br => text.push(' '),
                Some(_) => {}
            }
        }
        fold(&text)
    }

    /// The text that an element shows, white space folded.
    pub(super) fn text_of_seen(&self, id: NodeId) -> String {
        let text = self.text_in_parts(id, self.node(id).end);
        fold(&text.replace(PART, " "))
    }

    /// The text that an element shows up to node `end`, with a [`PART`] where another element
    /// starts or ends.
    pub(super) fn text_in_parts(&self, id: NodeId, end: NodeId) -> String {
        let mut text = String::new();
        let mut at = id + 1;
        let mut holder = id;
        while at < end {
            match self.tag(at) {
                None => {
                    let parent = self.node(at).parent;
                    if parent != holder {
                        text.push_str(" \u{1f} ");
                        holder = parent;
                    }
                    text.push_str(&htmlize::unescape(self.raw_text(at)));
                }
                Some(tag) if tag.is_unseen() => {
                    at = self.node(at).end.max(at + 1);
                    continue;
                }
                Some(_) => text.push_str(" \u{1f} "),
            }
            at += 1;
        }
        fold(&text)
    }

    /// The text of a raw element as it stands in the page.
    pub(super) fn raw_content(&self, id: NodeId) -> &'a str {
        if self.node(id).end > id + 1 { self.raw_text(id + 1) } else { "" }
    }

    /// The elements of the page in document order.
    pub(super) fn elements(&self) -> impl Iterator<Item = (NodeId, Tag)> {
        (0..).zip(&self.nodes).filter_map(|(id, node)| Some((id, node.tag?)))
    }
}

/// Mended (see [`mend`]), with white space at the ends gone and each run of it inside one space.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in mend(text).split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}
