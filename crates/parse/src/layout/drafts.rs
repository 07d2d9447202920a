//! Lines put together to blocks.

use newsmill_article::BlockKind;

use super::class::Class;
use super::lines::Line;
use super::paragraphs::Flow;

/// A block in the making.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draft {
    /// What it is, as far as is known.
    pub(super) kind: BlockKind,
    /// Its first line.
    pub(super) first: usize,
    /// Its last line.
    pub(super) last: usize,
    /// How deep it is quoted.
    pub(super) depth: u8,
    /// Whether it must not be taken for a heading: a signature's sign.
    pub(super) fixed: bool,
    /// Whether an image stands right above it.
    pub(super) below_image: bool,
}

/// Makes blocks of lines. Every line that is neither blank nor markup as a whole lies in one.
pub(super) fn draft(text: &str, lines: &[Line], classes: &[Class], flowed: bool) -> Vec<Draft> {
    let follows: Vec<bool> = (0..lines.len()).map(|i| follows(lines, classes, i)).collect();
    let flow = Flow::of(text, lines, &follows, flowed);
    let mut drafts = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        at = match classes[at] {
            Class::Blank | Class::Rule | Class::Image | Class::Underline | Class::Definition => {
                at + 1
            }
            Class::Fence => fenced(lines, classes, at, &mut drafts),
            Class::Hash { level, .. } => {
                drafts.push(single(lines, at, BlockKind::Heading { level }));
                at + 1
            }
            Class::Framed { .. } => {
                drafts.push(single(lines, at, BlockKind::Heading { level: 2 }));
                at + 1
            }
            Class::Row => {
                let end = (at..lines.len())
                    .find(|i| classes[*i] != Class::Row || lines[*i].depth != lines[at].depth);
                let end = end.unwrap_or(lines.len());
                drafts.push(Draft { last: end - 1, ..single(lines, at, BlockKind::Table) });
                end
            }
            Class::Code => {
                let end =
                    (at..lines.len()).find(|i| classes[*i] != Class::Code).unwrap_or(lines.len());
                drafts.push(Draft { last: end - 1, ..single(lines, at, BlockKind::Code) });
                end
            }
            Class::Alone => {
                drafts.push(Draft { fixed: true, ..single(lines, at, BlockKind::Paragraph) });
                at + 1
            }
            Class::Text | Class::Bullet { .. } | Class::Number { .. } => {
                let end = (at..lines.len()).find(|i| !follows[*i]).unwrap_or(at) + 1;
                run(text, lines, classes, &flow, at, end, &mut drafts);
                end
            }
        };
    }
    for draft in &mut drafts {
        let above = classes[..draft.first].iter().rev().take(2).find(|c| **c != Class::Blank);
        draft.below_image = above == Some(&Class::Image);
    }
    drafts
}

/// Whether line i + 1 may go on from line i by its look.
fn follows(lines: &[Line], classes: &[Class], i: usize) -> bool {
    let Some(next) = lines.get(i + 1) else { return false };
    let words = matches!(classes[i], Class::Text | Class::Bullet { .. } | Class::Number { .. });
    words && classes[i + 1] == Class::Text && next.depth == lines[i].depth
}

fn single(lines: &[Line], at: usize, kind: BlockKind) -> Draft {
    let depth = lines[at].depth;
    let kind = if depth > 0 && kind == BlockKind::Paragraph { BlockKind::Quote } else { kind };
    Draft { kind, first: at, last: at, depth, fixed: false, below_image: false }
}

/// Lines `at..end`, of which each may go on from the one above. The first may be a list item.
fn run(
    text: &str,
    lines: &[Line],
    classes: &[Class],
    flow: &Flow,
    at: usize,
    end: usize,
    drafts: &mut Vec<Draft>,
) {
    let item = classes[at] != Class::Text;
    let mut from = at;
    if item {
        // Lines that hang below the item's text belong to it.
        let hangs = |i: &usize| lines[*i].indent >= lines[at].indent + 2;
        let hung = (at + 1..end).take_while(hangs).last();
        let last = hung.unwrap_or_else(|| flow.paragraphs(text, lines, at..end)[0].end - 1);
        drafts.push(Draft { last, ..single(lines, at, BlockKind::ListItem) });
        from = last + 1;
    }
    for paragraph in flow.paragraphs(text, lines, from..end) {
        let last = paragraph.end - 1;
        drafts.push(Draft { last, ..single(lines, paragraph.start, BlockKind::Paragraph) });
    }
}

/// What stands between the fence at `at` and its partner.
fn fenced(lines: &[Line], classes: &[Class], at: usize, drafts: &mut Vec<Draft>) -> usize {
    let close = (at + 1..lines.len()).find(|i| classes[*i] == Class::Fence).unwrap_or(lines.len());
    let first = (at + 1..close).find(|i| !lines[*i].is_blank());
    let last = (at + 1..close).rev().find(|i| !lines[*i].is_blank());
    if let (Some(first), Some(last)) = (first, last) {
        drafts.push(Draft { last, ..single(lines, first, BlockKind::Code) });
    }
    close + 1
}
