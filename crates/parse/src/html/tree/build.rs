//! Puts a page's tags and text together.

use super::{DEPTH_MAX, Node, NodeId, Tree};
use crate::html::names::{TAGS, Tag};
use crate::html::token::{Token, Tokens, is_space};

/// A tree in the making.
pub(super) struct Builder<'a> {
    tree: Tree<'a>,
    /// Elements that are open, outermost first.
    open: Vec<NodeId>,
    /// How many of each tag are open.
    counts: [u32; TAGS],
    /// Place in `open` of the outermost element of SVG or MathML, if one is open.
    foreign: Option<usize>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(page: &'a str) -> Self {
        let root = Node { tag: Some(Tag::Html), parent: 0, end: 0, range: (0, 0) };
        let nodes = Vec::with_capacity(page.len() / 24 + 1);
        let mut tree = Tree { page, nodes, attributes: Vec::new(), flattened: 0 };
        tree.nodes.push(root);
        Self { tree, open: vec![0], counts: [0; TAGS], foreign: None }
    }

    pub(super) fn token(&mut self, token: Token, tokens: &mut Tokens<'a>) {
        match token {
            Token::Text { start, end } => self.text(start, end),
            Token::Start { tag, name, closes_itself } => {
                self.start(tag, name, closes_itself, tokens);
            }
            Token::End { tag } => self.end(tag),
        }
    }

    pub(super) fn finish(mut self) -> Tree<'a> {
        self.pop_to(1);
        self.tree.nodes[0].end = self.next_id();
        self.tree
    }

    fn next_id(&self) -> NodeId {
        // A node takes a byte of the page at least, so that they are fewer than 2^32.
        self.tree.nodes.len() as NodeId
    }

    fn top(&self) -> NodeId {
        self.open.last().copied().unwrap_or(0)
    }

    fn tag_at(&self, place: usize) -> Tag {
        self.tree.tag(self.open[place]).unwrap_or(Tag::Other)
    }

    fn text(&mut self, start: usize, end: usize) {
        if start == end {
            return;
        }
        if self.tree.tag(self.top()) == Some(Tag::Head)
            && !self.tree.page.as_bytes()[start..end].iter().all(|b| is_space(*b))
        {
            self.pop_to(self.open.len() - 1);
        }
        let id = self.next_id();
        let range = (start as u32, end as u32);
        self.tree.nodes.push(Node { tag: None, parent: self.top(), end: id + 1, range });
    }

    fn start(
        &mut self,
        tag: Tag,
        name: (usize, usize),
        closes_itself: bool,
        tokens: &mut Tokens<'a>,
    ) {
        if self.foreign.is_some() {
            if breaks_out(tag) {
                self.leave_foreign();
            } else {
                self.push(tag, tokens);
                if closes_itself {
                    self.pop_to(self.open.len() - 1);
                }
                return;
            }
        }
        // A second one adds nothing but attributes.
        if matches!(tag, Tag::Html | Tag::Body | Tag::Head) && self.is_open(tag) {
            return;
        }
        self.imply_ends(tag);
        self.push(tag, tokens);
        if tag.is_void() {
            self.pop_to(self.open.len() - 1);
        } else if matches!(tag, Tag::Svg | Tag::Math) {
            if closes_itself {
                self.pop_to(self.open.len() - 1);
            } else {
                self.foreign = Some(self.open.len() - 1);
            }
        } else if tag.is_raw() {
            if let Token::Text { start, end } = tokens.raw(name) {
                self.text(start, end);
            }
            self.pop_to(self.open.len() - 1);
        }
    }

    /// Closes what the start of `tag` closes.
    fn imply_ends(&mut self, tag: Tag) {
        if !matches!(
            tag,
            Tag::Head
                | Tag::Meta
                | Tag::Link
                | Tag::Title
                | Tag::Script
                | Tag::Style
                | Tag::Base
                | Tag::Noscript
                | Tag::Template
        ) && let Some(head) = self.find(Tag::Head, |_| false)
        {
            self.pop_to(head);
        }
        if tag.is_block()
            && let Some(select) = self.find(Tag::Select, |_| false)
        {
            self.pop_to(select);
        }
        match tag {
            Tag::Li => self.close(Tag::Li, |t| matches!(t, Tag::Ul | Tag::Ol | Tag::Menu)),
            Tag::Dt | Tag::Dd => {
                self.close(Tag::Dt, |t| t == Tag::Dl);
                self.close(Tag::Dd, |t| t == Tag::Dl);
            }
            Tag::A => self.close(Tag::A, |t| t == Tag::Td),
            Tag::Button => self.close(Tag::Button, |_| false),
            Tag::Option => self.close(Tag::Option, |t| t == Tag::Select),
            Tag::Optgroup => {
                self.close(Tag::Option, |t| t == Tag::Select);
                self.close(Tag::Optgroup, |t| t == Tag::Select);
            }
            Tag::Td | Tag::Th => self.close_cells(),
            Tag::Tr => {
                self.close_cells();
                self.close_in_table(Tag::Tr);
            }
            Tag::Tbody | Tag::Thead | Tag::Tfoot | Tag::Caption | Tag::Colgroup => {
                self.close_cells();
                for part in [Tag::Caption, Tag::Tr, Tag::Tbody, Tag::Thead, Tag::Tfoot] {
                    self.close_in_table(part);
                }
            }
            _ if tag.heading_level().is_some() => {
                let last = self.open.len() - 1;
                if self.tag_at(last).heading_level().is_some() {
                    self.pop_to(last);
                }
            }
            _ => {}
        }
        if tag.ends_paragraph() {
            self.close(Tag::P, |t| t == Tag::Button);
        }
    }

    fn close_cells(&mut self) {
        self.close_in_table(Tag::Td);
        self.close_in_table(Tag::Th);
    }

    /// Closes the innermost `tag` of the innermost table.
    fn close_in_table(&mut self, tag: Tag) {
        let is_end = |t| matches!(t, Tag::Table | Tag::Template);
        if let Some(place) = self.innermost(tag, is_end) {
            self.pop_to(place);
        }
    }

    /// Closes the innermost `tag` and what is open in it, unless a scope or a `barrier` is between.
    fn close(&mut self, tag: Tag, barrier: impl Fn(Tag) -> bool) {
        if let Some(place) = self.find(tag, barrier) {
            self.pop_to(place);
        }
    }

    /// Place of the innermost open `tag`, unless a scope or a `barrier` is between.
    fn find(&self, tag: Tag, barrier: impl Fn(Tag) -> bool) -> Option<usize> {
        self.innermost(tag, |t| t.is_scope() || barrier(t))
    }

    /// Place of the innermost open `tag`, unless a `barrier` is between.
    fn innermost(&self, tag: Tag, barrier: impl Fn(Tag) -> bool) -> Option<usize> {
        if self.is_open(tag) { self.innermost_of(1, |t| t == tag, barrier) } else { None }
    }

    /// Place of the innermost open element that `is` one of those looked for, at or behind place
    /// `from`, unless a `barrier` is between.
    fn innermost_of(
        &self,
        from: usize,
        is: impl Fn(Tag) -> bool,
        barrier: impl Fn(Tag) -> bool,
    ) -> Option<usize> {
        let places = (from..self.open.len()).rev().map(|place| (place, self.tag_at(place)));
        let mut ends = places.filter(|(_, tag)| is(*tag) || barrier(*tag));
        ends.next().filter(|(_, tag)| is(*tag)).map(|(place, _)| place)
    }

    fn is_open(&self, tag: Tag) -> bool {
        self.counts[tag as usize] > 0
    }

    fn end(&mut self, tag: Tag) {
        if let Some(foreign) = self.foreign {
            self.end_in_foreign(tag, foreign);
            return;
        }
        match tag {
            Tag::Br => {
                let id = self.next_id();
                let node =
                    Node { tag: Some(Tag::Br), parent: self.top(), end: id + 1, range: (0, 0) };
                self.tree.nodes.push(node);
            }
            // What follows them belongs to the body all the same.
            Tag::Html | Tag::Body => {}
            Tag::Td | Tag::Th | Tag::Tr | Tag::Tbody | Tag::Thead | Tag::Tfoot | Tag::Caption => {
                self.close_in_table(tag);
            }
            Tag::Table | Tag::Template | Tag::Object => {
                if let Some(place) = self.innermost(tag, |_| false) {
                    self.pop_to(place);
                }
            }
            Tag::Li => self.close(tag, |t| matches!(t, Tag::Ul | Tag::Ol | Tag::Menu)),
            Tag::P => self.close(tag, |t| t == Tag::Button),
            Tag::Other => self.end_other(),
            _ if tag.heading_level().is_some() => {
                // Any heading's end closes any heading.
                let is_heading = |t: Tag| t.heading_level().is_some();
                if let Some(place) = self.innermost_of(1, is_heading, Tag::is_scope) {
                    self.pop_to(place);
                }
            }
            _ if tag.is_inline() => self.end_inline(tag),
            _ => self.close(tag, |_| false),
        }
    }

    /// The end of an element that dresses text: with blocks open in it, it ends and they go on.
    fn end_inline(&mut self, tag: Tag) {
        if let Some(place) = self.innermost(tag, ends_inline) {
            return self.pop_to(place);
        }
        if tag == Tag::A
            && let Some(place) = self.find(tag, |_| false)
        {
            let (id, end) = (self.open[place], self.next_id());
            let node = &mut self.tree.nodes[id as usize];
            node.end = node.end.max(end);
            // It must not be found again, nor take in what follows.
            self.open.remove(place);
            self.counts[tag as usize] -= 1;
        }
    }

    /// Names of other elements are not compared: the innermost one ends.
    fn end_other(&mut self) {
        if let Some(place) = self.innermost(Tag::Other, ends_inline) {
            self.pop_to(place);
        }
    }

    fn end_in_foreign(&mut self, tag: Tag, foreign: usize) {
        let outermost = self.tag_at(foreign);
        if tag == outermost {
            self.leave_foreign();
        } else if matches!(tag, Tag::P | Tag::Br) || (breaks_out(tag) && self.is_open(tag)) {
            self.leave_foreign();
            self.end(tag);
        } else {
            if let Some(place) = self.innermost_of(foreign + 1, |t| t == tag, |_| false) {
                self.pop_to(place);
            }
        }
    }

    fn leave_foreign(&mut self) {
        if let Some(foreign) = self.foreign.take() {
            self.pop_to(foreign);
        }
    }

    fn push(&mut self, tag: Tag, tokens: &Tokens<'_>) {
        if self.open.len() >= DEPTH_MAX {
            self.tree.flattened += 1;
            self.pop_to(DEPTH_MAX - 1);
        }
        let id = self.next_id();
        let from = self.tree.attributes.len() as u32;
        self.tree.attributes.extend_from_slice(&tokens.attributes);
        let range = (from, self.tree.attributes.len() as u32);
        self.tree.nodes.push(Node { tag: Some(tag), parent: self.top(), end: 0, range });
        self.open.push(id);
        self.counts[tag as usize] += 1;
    }

    /// Closes the element at `place` and all that are open in it.
    fn pop_to(&mut self, place: usize) {
        let end = self.next_id();
        while self.open.len() > place.max(1) {
            if let Some(id) = self.open.pop() {
                let node = &mut self.tree.nodes[id as usize];
                node.end = end;
                if let Some(tag) = node.tag {
                    self.counts[tag as usize] -= 1;
                }
            }
        }
        if self.foreign.is_some_and(|foreign| foreign >= self.open.len()) {
            self.foreign = None;
        }
    }
}

/// Whether the end of an element that dresses text does not reach through this one.
fn ends_inline(tag: Tag) -> bool {
    tag.is_block() || tag.is_scope()
}

/// Whether an element ends SVG and MathML around it.
fn breaks_out(tag: Tag) -> bool {
    tag.is_block()
        || matches!(tag, Tag::Br | Tag::Img | Tag::Span | Tag::Strong | Tag::Em | Tag::Meta)
}
