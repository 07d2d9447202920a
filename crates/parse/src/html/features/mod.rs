//! What can be seen of a page's blocks: how each reads, what stands around it, which elements hold
//! it and how these read.
//!
//! Every block becomes a row of numbers that the model of [`super::model`] judges. All
//! are taken in time linear in the page, apart from walks up the tree that end after
//! [`HOPS_MAX`] elements.

mod holders;
mod reading;

use std::collections::HashMap;

use newsmill_article::BlockKind;
use xxhash_rust::xxh3::xxh3_64;

use super::drafts::{Draft, Page};
use super::hints::{self, GROUPS, Hints};
use super::names::Tag;
use super::tree::Tree;
use holders::{Holder, holders};
use reading::Reading;

/// Elements looked at above a block.
const HOPS_MAX: usize = 40;
/// Elements that hold a block and ever more around it, of which each is looked at.
const LEVELS: usize = 5;
/// Blocks before and behind that are looked at, each way.
const NEAR: usize = 3;
/// How far up a hint counts.
const FAR: u8 = 15;

/// What is known of the page from its head.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// What may be the title, in lower case letters and digits only.
    pub(super) titles: Vec<String>,
    /// Hashes of the word pairs of the article's text as its structured data gives it.
    pub(super) body: Option<std::collections::HashSet<u64>>,
    /// The same of its description.
    pub(super) description: std::collections::HashSet<u64>,
}

/// Hashes of the pairs of neighbouring words of a text.
pub(super) fn pairs(text: &str) -> impl Iterator<Item = u64> {
    let mut last = 0u64;
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(move |word| {
        let hash = xxh3_64(word.as_bytes());
        let pair = last.rotate_left(17) ^ hash;
        last = hash;
        pair
    })
}

/// Only letters and digits of a text, in lower case.
pub(super) fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Drafts whose rows are made at a time.
const CHUNK: usize = 32;

/// Rows, one for each draft.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// All rows, one behind the other.
    pub(super) values: Vec<f32>,
    /// Numbers in a row.
    pub(super) columns: usize,
}

impl Rows {
    pub(super) fn iter(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.columns.max(1))
    }
}

struct Survey<'p, 't, 'a> {
    tree: &'t Tree<'a>,
    page: &'p Page,
    readings: Vec<Reading>,
    /// Sums over the drafts before each.
    sums: Vec<Reading>,
    holders: Vec<Holder>,
    /// The holder of each draft.
    held_by: Vec<usize>,
    /// Of each draft, how many on the page are held alike, and how these read together.
    alike: Vec<Reading>,
    top: usize,
}

/// Looks at every draft of the page.
pub(super) fn rows(tree: &Tree<'_>, page: &Page, told: &Told) -> Rows {
    let mut all = Rows::default();
    in_chunks(tree, page, told, |rows| {
        all.columns = rows.columns;
        all.values.extend_from_slice(&rows.values);
    });
    all
}

/// Looks at the drafts of the page, and hands over the rows of a few at a time: those of a page of
/// many drafts take far more memory than the page.
pub(super) fn in_chunks(
    tree: &Tree<'_>,
    page: &Page,
    told: &Told,
    mut hand_over: impl FnMut(&Rows),
) {
    let survey = Survey::new(tree, page);
    let mut rows = Rows::default();
    for start in (0..page.drafts.len()).step_by(CHUNK) {
        rows.values.clear();
        let end = page.drafts.len().min(start + CHUNK);
        for at in start..end {
            survey.row(at, told, &mut rows.values);
        }
        rows.columns = rows.values.len() / (end - start);
        hand_over(&rows);
    }
}

impl<'p, 't, 'a> Survey<'p, 't, 'a> {
    fn new(tree: &'t Tree<'a>, page: &'p Page) -> Self {
        let text = |draft: &Draft| page.text.get(draft.range.clone()).unwrap_or_default();
        let readings: Vec<_> = page.drafts.iter().map(|d| Reading::of(d, text(d))).collect();
        let mut sums = Vec::with_capacity(readings.len() + 1);
        let mut sum = Reading::default();
        sums.push(sum);
        for reading in &readings {
            sum.add(reading);
            sums.push(sum);
        }
        let (holders, held_by) = holders(tree, page);
        let mut survey =
            Self { tree, page, readings, sums, holders, held_by, alike: Vec::new(), top: 0 };
        survey.find_alike();
        survey.top = survey.find_top();
        survey
    }

    fn sum(&self, holder: usize) -> Reading {
        let Holder { from, to, .. } = self.holders[holder];
        self.sums[to].since(&self.sums[from])
    }

    /// Drafts whose holders and their parents have the same tags and classes.
    fn find_alike(&mut self) {
        let mut kinds: HashMap<u64, Reading> = HashMap::new();
        let signature = |held: usize| {
            let holder = &self.holders[held];
            holder.signature ^ self.holders[holder.parent].signature.rotate_left(21)
        };
        let signatures: Vec<u64> = self.held_by.iter().map(|h| signature(*h)).collect();
        for (signature, reading) in signatures.iter().zip(&self.readings) {
            kinds.entry(*signature).or_default().add(reading);
        }
        self.alike = signatures.iter().map(|s| kinds.get(s).copied().unwrap_or_default()).collect();
    }

    /// The element that most of the running text stands closely in (Readability's choice).
    fn find_top(&self) -> usize {
        let mut scores = vec![0.0f32; self.holders.len()];
        for (reading, held) in self.readings.iter().zip(&self.held_by) {
            if reading.running == 0.0 {
                continue;
            }
            let score = 1.0 + reading.pauses.min(10.0) + (reading.bytes / 100.0).min(5.0);
            let mut at = self.holders[*held].parent;
            let mut share = score;
            for _ in 0..4 {
                scores[at] += share;
                at = self.holders[at].parent;
                share *= 0.6;
            }
        }
        let mut best = (0.0, 0);
        for (at, score) in scores.iter().enumerate() {
            let sum = self.sum(at);
            let score = score * (1.0 - sum.linked / sum.bytes.max(1.0));
            if score > best.0 {
                best = (score, at);
            }
        }
        best.1
    }

    fn row(&self, at: usize, told: &Told, row: &mut Vec<f32>) {
        let draft = &self.page.drafts[at];
        let text = self.page.text.get(draft.range.clone()).unwrap_or_default();
        self.own(at, draft, text, row);
        self.names(at, draft, row);
        self.place(at, row);
        self.levels(at, row);
        self.neighbours(at, row);
        Self::told(text, told, row);
    }

    /// How the block itself reads.
    fn own(&self, at: usize, draft: &Draft, text: &str, row: &mut Vec<f32>) {
        let r = &self.readings[at];
        let last = text.chars().next_back().unwrap_or(' ');
        let first = text.chars().next().unwrap_or(' ');
        row.extend([
            kind_number(draft.kind),
            tag_number(self.tree.tag(draft.element)),
            f32::from(draft.quoted),
            r.bytes,
            r.words,
            r.linked / r.bytes.max(1.0),
            r.links,
            r.pauses,
            r.stops,
            r.digits / r.bytes.max(1.0),
            r.capitals / r.words.max(1.0),
            r.bold / r.bytes.max(1.0),
            r.bytes / r.words.max(1.0),
            number(draft.has_time),
            number(matches!(last, '.' | '!' | '?' | '…' | '”' | '"' | '。' | '»' | '।')),
            number(last == ':'),
            number(first.is_lowercase()),
            number(first.is_uppercase()),
            number(text.contains(['©', '|', '»', '→', '›'])),
            number(text.contains('@')),
            number(text.contains("http") || text.contains("www.")),
            number(text.starts_with(['"', '“', '„', '«'])),
        ]);
    }

    /// What the names of the elements around the block say.
    fn names(&self, at: usize, draft: &Draft, row: &mut Vec<f32>) {
        let holder = &self.holders[self.held_by[at]];
        let inner = self.inner_hints(draft);
        for group in 0..GROUPS {
            let far = if inner & (1 << group) != 0 { 0 } else { (holder.far[group] + 1).min(FAR) };
            row.push(f32::from(far));
        }
        row.push(f32::from(holder.depth));
    }

    /// What the elements inside the holder and around the block's first text say.
    fn inner_hints(&self, draft: &Draft) -> Hints {
        let mut hints = 0;
        let mut id = self.tree.node(draft.first).parent;
        for _ in 0..HOPS_MAX {
            if id == draft.element || id == 0 {
                break;
            }
            if let Some(tag) = self.tree.tag(id) {
                hints |= hints::of_element(self.tree, id, tag);
            }
            id = self.tree.node(id).parent;
        }
        hints
    }

    /// Where the block stands on the page and in the element with most running text.
    fn place(&self, at: usize, row: &mut Vec<f32>) {
        let all = self.sums[self.sums.len() - 1];
        let before = self.sums[at];
        let behind = all.since(&self.sums[at + 1]);
        let top = &self.holders[self.top];
        let in_top = self.sum(self.top);
        let common = self.depth_in_common(self.held_by[at], self.top);
        let alike = &self.alike[at];
        row.extend([
            at as f32,
            all.blocks - at as f32,
            before.bytes / all.bytes.max(1.0),
            before.running,
            behind.running,
            before.running / all.running.max(1.0),
            all.running,
            all.linked / all.bytes.max(1.0),
            number((top.from..top.to).contains(&at)),
            f32::from(top.depth) - f32::from(common),
            f32::from(self.holders[self.held_by[at]].depth) - f32::from(common),
            in_top.running / all.running.max(1.0),
            before.since(&self.sums[top.from.min(at)]).running,
            alike.blocks,
            alike.bytes / alike.blocks.max(1.0),
            alike.linked / alike.bytes.max(1.0),
            alike.running / alike.bytes.max(1.0),
            alike.bytes / all.bytes.max(1.0),
            alike.running / all.running.max(1.0),
        ]);
        let top_body = self.holders[self.top].far[hints::BODY];
        row.push(f32::from(top_body));
    }

    /// Depth of the innermost holder that holds both.
    fn depth_in_common(&self, mut one: usize, mut two: usize) -> u16 {
        for _ in 0..4 * HOPS_MAX {
            if one == two || one == 0 || two == 0 {
                break;
            }
            if self.holders[one].depth >= self.holders[two].depth {
                one = self.holders[one].parent;
            } else {
                two = self.holders[two].parent;
            }
        }
        self.holders[one].depth.min(self.holders[two].depth)
    }

    /// The elements around the block of which each holds more than the one before.
    fn levels(&self, at: usize, row: &mut Vec<f32>) {
        let all = self.sums[self.sums.len() - 1];
        let mut seen = self.readings[at].bytes;
        let mut holder = self.held_by[at];
        let mut level = 0;
        for _ in 0..HOPS_MAX {
            let sum = self.sum(holder);
            if sum.bytes > seen * 1.05 + 1.0 {
                self.level(at, holder, &sum, &all, row);
                seen = sum.bytes;
                level += 1;
                if level == LEVELS {
                    break;
                }
            }
            if holder == 0 {
                break;
            }
            holder = self.holders[holder].parent;
        }
        for _ in level..LEVELS {
            row.extend([-1.0; 9]);
        }
    }

    fn level(&self, at: usize, holder: usize, sum: &Reading, all: &Reading, row: &mut Vec<f32>) {
        let Holder { id, from, to, .. } = self.holders[holder];
        row.extend([
            sum.bytes,
            sum.linked / sum.bytes.max(1.0),
            sum.running / sum.bytes.max(1.0),
            sum.running / all.running.max(1.0),
            sum.bytes / sum.blocks.max(1.0),
            sum.blocks,
            (at - from) as f32 / (to - from).max(1) as f32,
            sum.stops / sum.words.max(1.0),
            tag_number(self.tree.tag(id)),
        ]);
    }

    /// The blocks before and behind.
    fn neighbours(&self, at: usize, row: &mut Vec<f32>) {
        for step in 1..=NEAR {
            for near in [at.checked_sub(step), Some(at + step)] {
                let Some(near) = near.filter(|n| *n < self.page.drafts.len()) else {
                    row.extend([-1.0; 6]);
                    continue;
                };
                let (draft, r) = (&self.page.drafts[near], &self.readings[near]);
                let same = self.holders[self.held_by[near]].parent
                    == self.holders[self.held_by[at]].parent;
                row.extend([
                    kind_number(draft.kind),
                    r.bytes,
                    r.linked / r.bytes.max(1.0),
                    r.stops,
                    number(same),
                    f32::from(self.holders[self.held_by[near]].far[hints::BODY]),
                ]);
            }
        }
    }

    /// What the page's head says of the block.
    fn told(text: &str, told: &Told, row: &mut Vec<f32>) {
        let is_title = text.len() < 400 && {
            let bare = bare(text);
            bare.len() > 5 && told.titles.contains(&bare)
        };
        let share = |set: &std::collections::HashSet<u64>| {
            let (mut all, mut known) = (0.0f32, 0.0f32);
            for pair in pairs(text).skip(1) {
                all += 1.0;
                known += number(set.contains(&pair));
            }
            if all == 0.0 { -0.5 } else { known / all }
        };
        row.push(number(is_title));
        row.push(told.body.as_ref().map_or(-1.0, share));
        row.push(if told.description.is_empty() { -1.0 } else { share(&told.description) });
    }
}

fn number(yes: bool) -> f32 {
    f32::from(u8::from(yes))
}

fn kind_number(kind: BlockKind) -> f32 {
    match kind {
        BlockKind::Heading { level } => f32::from(level),
        BlockKind::Paragraph => 7.0,
        BlockKind::Quote => 8.0,
        BlockKind::ListItem => 9.0,
        BlockKind::Caption => 10.0,
        BlockKind::Table => 11.0,
        BlockKind::Code => 12.0,
    }
}

/// Tags in an order in which neighbours mean alike.
fn tag_number(tag: Option<Tag>) -> f32 {
    let place = match tag {
        Some(Tag::P) => 0,
        Some(Tag::Blockquote | Tag::Pre) => 1,
        Some(Tag::Dd | Tag::Dt) => 2,
        Some(Tag::H1) => 3,
        Some(Tag::H2 | Tag::H3) => 4,
        Some(Tag::H4 | Tag::H5 | Tag::H6) => 5,
        Some(Tag::Article | Tag::Main) => 6,
        Some(Tag::Section | Tag::Body | Tag::Html) => 7,
        Some(Tag::Div | Tag::Center) => 8,
        Some(Tag::Td | Tag::Th | Tag::Table | Tag::Tr | Tag::Tbody) => 9,
        Some(Tag::Li) => 10,
        Some(Tag::Ul | Tag::Ol) => 11,
        Some(Tag::Figure | Tag::Figcaption) => 12,
        Some(Tag::Header | Tag::Summary | Tag::Details) => 13,
        Some(Tag::Aside) => 14,
        Some(Tag::Footer | Tag::Nav) => 15,
        Some(Tag::Button | Tag::Form) => 16,
        _ => 17,
    };
    place as f32
}
