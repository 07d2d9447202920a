//! The visible text of a page, cut into the blocks that it is shown as.

mod tables;

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr;
use newsmill_article::BlockKind;

use crate::encoding::{is_nothing, mend};

use super::names::{Attr, Tag};
use super::tree::{NodeId, Tree};
use tables::data_tables;

/// A block of the page, article or not.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) kind: BlockKind,
    /// How many `blockquote`s stand around it.
    pub(super) quoted: u8,
    /// The innermost element around it that starts a block of its own.
    pub(super) element: NodeId,
    /// Its first text.
    pub(super) first: NodeId,
    /// Its text, in [`Page::text`].
    pub(super) range: Range<usize>,
    /// Bytes of it that are links.
    pub(super) linked: usize,
    /// Links in it.
    pub(super) links: usize,
    /// Bytes of it in bold, by elements.
    pub(super) bold: usize,
    /// Whether a `time` stands in it.
    pub(super) has_time: bool,
}

/// A link in the text.
#[derive(Clone, Debug)]
pub(super) struct Anchor {
    pub(super) element: NodeId,
    pub(super) range: Range<usize>,
}

/// An image.
#[derive(Clone, Copy, Debug)]
pub(super) struct Picture {
    pub(super) element: NodeId,
    /// The element around it, a block.
    pub(super) holder: NodeId,
    /// How many drafts stand before it.
    pub(super) after: usize,
}

/// What a page shows.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The text of all drafts, in order.
    pub(super) text: String,
    pub(super) drafts: Vec<Draft>,
    pub(super) anchors: Vec<Anchor>,
    pub(super) pictures: Vec<Picture>,
}

/// An open element that starts a block of its own.
#[derive(Clone, Copy, Debug)]
struct Open {
    element: NodeId,
    end: NodeId,
    kind: BlockKind,
    quoted: u8,
    /// Keeps white space.
    verbatim: bool,
    /// In a table whose rows are lines.
    tabular: bool,
}

/// Cuts the page into drafts. Takes time linear in it.
pub(super) fn drafts(tree: &Tree<'_>) -> Page {
    let mut drafter = Drafter::new(tree);
    let mut id = 1;
    while (id as usize) < tree.nodes.len() {
        id = drafter.node(id);
    }
    drafter.close(NodeId::MAX);
    drafter.flush();
    drafter.page.mended()
}

impl Page {
    /// Mends the text of each draft (see [`mend`](crate::mend)); those that nothing is left of go.
    /// Only what is shown is looked at: scripts often hold text that would need it.
    pub(super) fn mended(self) -> Self {
        let of = |draft: &Draft| self.text.get(draft.range.clone()).unwrap_or_default();
        if self.drafts.iter().all(|draft| matches!(mend(of(draft)), Cow::Borrowed(_))) {
            return self;
        }
        let Self { text: old, drafts, anchors, mut pictures } = self;
        let mut page = Self { text: String::with_capacity(old.len()), ..Self::default() };
        let mut anchors = anchors.into_iter().peekable();
        // How many of the drafts up to each place are left.
        let mut left = vec![0];
        for mut draft in drafts {
            let start = page.text.len();
            let before = page.anchors.len();
            let mut at = draft.range.start;
            // Piece by piece, so that links stay where they are.
            while let Some(mut anchor) = anchors.next_if(|a| a.range.start < draft.range.end) {
                let link = anchor.range.start.max(at)..anchor.range.end.min(draft.range.end);
                page.text.push_str(&mend(old.get(at..link.start).unwrap_or_default()));
                let from = page.text.len();
                page.text.push_str(&mend(old.get(link.clone()).unwrap_or_default()));
                at = link.end.max(at);
                anchor.range = from..page.text.len();
                if !anchor.range.is_empty() {
                    page.anchors.push(anchor);
                }
            }
            page.text.push_str(&mend(old.get(at..draft.range.end).unwrap_or_default()));
            if page.text[start..].trim().is_empty() {
                page.text.truncate(start);
                page.anchors.truncate(before);
            } else {
                draft.range = start..page.text.len();
                page.text.push('\n');
                page.drafts.push(draft);
            }
            left.push(page.drafts.len());
        }
        for picture in &mut pictures {
            picture.after = left.get(picture.after).copied().unwrap_or(page.drafts.len());
        }
        Self { pictures, ..page }
    }
}

/// A text with a paragraph on each line, as drafts.
pub(super) fn of_lines(text: String) -> Page {
    let mut drafts = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        drafts.push(Draft {
            kind: BlockKind::Paragraph,
            quoted: 0,
            element: 0,
            first: 0,
            range: start..start + line.len(),
            linked: 0,
            links: 0,
            bold: 0,
            has_time: false,
        });
        start += line.len() + 1;
    }
    Page { text, drafts, ..Page::default() }.mended()
}

struct Drafter<'t, 'a> {
    tree: &'t Tree<'a>,
    tables: Vec<NodeId>,
    page: Page,
    open: Vec<Open>,
    start: usize,
    /// White space stands before what comes next.
    space: bool,
    /// Line breaks since the last text.
    breaks: usize,
    first: Option<NodeId>,
    /// The link we are in.
    link: Option<(NodeId, NodeId, usize)>,
    bold_until: NodeId,
    linked: usize,
    links: usize,
    bold: usize,
    has_time: bool,
}

impl<'t, 'a> Drafter<'t, 'a> {
    fn new(tree: &'t Tree<'a>) -> Self {
        let root = Open {
            element: 0,
            end: NodeId::MAX,
            kind: BlockKind::Paragraph,
            quoted: 0,
            verbatim: false,
            tabular: false,
        };
        Self {
            tree,
            tables: data_tables(tree),
            page: Page::default(),
            open: vec![root],
            start: 0,
            space: false,
            breaks: 0,
            first: None,
            link: None,
            bold_until: 0,
            linked: 0,
            links: 0,
            bold: 0,
            has_time: false,
        }
    }

    fn top(&self) -> Open {
        self.open[self.open.len() - 1]
    }

    /// Takes node `id` in and says which comes next.
    fn node(&mut self, id: NodeId) -> NodeId {
        self.close(id);
        let node = self.tree.node(id);
        let Some(tag) = node.tag else {
            self.text(id);
            return id + 1;
        };
        if matches!(tag, Tag::Img | Tag::Other) {
            self.image(id, tag);
        }
        if tag.is_unseen() {
            let shadow = tag == Tag::Template && self.has(id, Attr::Shadowrootmode);
            if !shadow {
                return node.end.max(id + 1);
            }
        }
        match tag {
            Tag::Br => self.line_break(),
            Tag::A if self.has(id, Attr::Href) => {
                self.end_link();
                self.link = Some((id, node.end, self.page.text.len()));
            }
            Tag::Bold | Tag::Strong => self.bold_until = self.bold_until.max(node.end),
            Tag::Time => self.has_time = true,
            _ => {}
        }
        if tag.is_block() {
            self.block(id, tag, node.end);
        }
        id + 1
    }

    fn has(&self, id: NodeId, name: Attr) -> bool {
        self.tree.raw_attribute(id, name).is_some()
    }

    /// Leaves every element that ends before node `id`.
    fn close(&mut self, id: NodeId) {
        if self.link.is_some_and(|(_, end, _)| end <= id) {
            self.end_link();
        }
        while self.open.len() > 1 && self.top().end <= id {
            let top = self.top();
            if !(top.tabular && self.tree.tag(top.element) != Some(Tag::Table)) {
                self.flush();
            }
            self.open.pop();
        }
    }

    fn block(&mut self, id: NodeId, tag: Tag, end: NodeId) {
        let outer = self.top();
        if outer.tabular {
            self.part_of_table(tag);
            self.open.push(Open { element: id, end, ..outer });
            return;
        }
        self.flush();
        let mut inner = Open { element: id, end, ..outer };
        match tag {
            Tag::Li => inner.kind = BlockKind::ListItem,
            Tag::Blockquote => {
                inner.kind = BlockKind::Quote;
                inner.quoted = inner.quoted.saturating_add(1);
            }
            Tag::Figcaption | Tag::Caption => inner.kind = BlockKind::Caption,
            Tag::Pre | Tag::Xmp => {
                inner.kind = BlockKind::Code;
                inner.verbatim = true;
            }
            Tag::Table => {
                inner.tabular = self.tables.binary_search(&id).is_ok();
                if inner.tabular {
                    inner.kind = BlockKind::Table;
                }
            }
            _ => {
                if let Some(level) = tag.heading_level() {
                    inner.kind = BlockKind::Heading { level };
                }
            }
        }
        self.open.push(inner);
    }

    /// A block inside a table whose rows are lines.
    fn part_of_table(&mut self, tag: Tag) {
        let text = &mut self.page.text;
        if text.len() == self.start {
            return;
        }
        match tag {
            Tag::Tr => {
                text.truncate(text.trim_end_matches([' ', '\t']).len().max(self.start));
                text.push('\n');
                self.space = false;
            }
            Tag::Td | Tag::Th => {
                if !text.ends_with('\n') {
                    text.push('\t');
                }
                self.space = false;
            }
            _ => self.space = true,
        }
    }

    fn line_break(&mut self) {
        let top = self.top();
        self.breaks += 1;
        if top.verbatim {
            self.page.text.push('\n');
        } else if top.tabular {
            self.space = true;
        } else if self.breaks >= 2 {
            self.flush();
        }
    }

    fn text(&mut self, id: NodeId) {
        let raw = self.tree.raw_text(id);
        let text = match memchr(b'&', raw.as_bytes()) {
            Some(_) => htmlize::unescape(raw),
            None => raw.into(),
        };
        let before = self.page.text.len();
        if self.top().verbatim {
            self.page.text.push_str(&text);
            if self.first.is_none() && !text.split(is_blank).all(shows_nothing) {
                self.first = Some(id);
            }
        } else {
            self.flowing(&text, id);
        }
        let added = self.page.text.len() - before;
        if self.link.is_some() {
            self.linked += added;
        }
        if id < self.bold_until {
            self.bold += added;
        }
    }

    fn flowing(&mut self, text: &str, id: NodeId) {
        let mut words = text.split(is_blank).filter(|w| !shows_nothing(w)).peekable();
        if words.peek().is_none() {
            self.space |= text.contains(is_blank);
            return;
        }
        self.space |= text.starts_with(is_blank);
        self.first.get_or_insert(id);
        for word in words {
            let out = &mut self.page.text;
            let at_start = out.len() == self.start;
            if self.breaks > 0 {
                if !at_start {
                    out.push('\n');
                }
                self.breaks = 0;
            } else if self.space && !at_start && !out.ends_with(['\n', '\t']) {
                out.push(' ');
            }
            push_visible(out, word);
            self.space = true;
        }
        self.space = text.ends_with(is_blank);
    }

    fn image(&mut self, id: NodeId, tag: Tag) {
        let sized = [Attr::Src, Attr::DataSrc, Attr::Srcset, Attr::DataOriginal, Attr::DataLazySrc];
        let shows = tag == Tag::Img || (self.has(id, Attr::Alt) && self.has(id, Attr::Src));
        if shows && sized.iter().any(|a| self.has(id, *a)) {
            let open = self.page.text.len() > self.start;
            let after = self.page.drafts.len() + usize::from(open);
            let holder = self.top().element;
            self.page.pictures.push(Picture { element: id, holder, after });
        }
    }

    fn end_link(&mut self) {
        let Some((element, _, start)) = self.link.take() else { return };
        let start = start.max(self.start);
        let slice = self.page.text.get(start..).unwrap_or_default();
        let lead = slice.len() - slice.trim_start_matches(is_blank).len();
        let end = start + slice.trim_end_matches(is_blank).len();
        if start + lead < end {
            self.page.anchors.push(Anchor { element, range: start + lead..end });
            self.links += 1;
        }
    }

    /// Ends the block: what it holds is a draft if anything of it shows. A link that goes on behind
    /// it starts anew.
    fn flush(&mut self) {
        let open_link = self.link;
        if open_link.is_some() {
            self.end_link();
        }
        let top = self.top();
        let slice = self.page.text.get(self.start..).unwrap_or_default();
        let body = match top.verbatim {
            true => slice.trim_start_matches(['\n', '\r']),
            false => slice.trim_start_matches(is_blank),
        };
        let start = self.start + (slice.len() - body.len());
        let body = body.trim_end_matches(is_blank);
        let range = start..start + body.len();
        if let Some(first) = self.first.filter(|_| !body.is_empty()) {
            self.page.text.truncate(range.end);
            self.page.drafts.push(Draft {
                kind: top.kind,
                quoted: top.quoted,
                element: top.element,
                first,
                range,
                linked: self.linked,
                links: self.links,
                bold: self.bold,
                has_time: self.has_time,
            });
            // The rest of an item or caption is a paragraph in it.
            if top.kind == BlockKind::ListItem {
                for open in self.open.iter_mut().rev().take_while(|o| o.kind == top.kind) {
                    open.kind = match open.quoted {
                        0 => BlockKind::Paragraph,
                        _ => BlockKind::Quote,
                    };
                }
            }
        } else {
            self.page.text.truncate(self.start);
            while self.page.anchors.last().is_some_and(|a| a.range.end > self.start) {
                self.page.anchors.pop();
            }
        }
        self.page.text.push('\n');
        self.start = self.page.text.len();
        self.link = open_link.map(|(element, end, _)| (element, end, self.start));
        self.first = None;
        self.space = false;
        self.breaks = 0;
        self.linked = 0;
        self.links = 0;
        self.bold = 0;
        self.has_time = false;
    }
}

/// Adds a word without its controls; [`Page::mended`] sees to what else shows nothing, which may be
/// a part of something decoded wrongly, as are the controls above ASCII.
fn push_visible(out: &mut String, word: &str) {
    if word.contains(|c: char| c.is_ascii_control()) {
        out.extend(word.chars().filter(|c| !c.is_ascii_control()));
    } else {
        out.push_str(word);
    }
}

/// Whether a character parts words. U+0085 is what a wrong decoder makes of an ellipsis.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() && c != '\u{85}'
}

/// Whether a word has nothing that is seen.
fn shows_nothing(word: &str) -> bool {
    word.chars().all(|c| is_nothing(c) || c.is_ascii_control())
}
