//! Headings on bare lines, told by what stands around them.

use newsmill_article::BlockKind;

use super::drafts::Draft;
use super::lines::Line;

/// Marks the drafts that are headings.
pub(super) fn mark(text: &str, lines: &[Line], drafts: &mut [Draft]) {
    for i in 0..drafts.len() {
        if is_heading(text, lines, drafts, i) {
            drafts[i].kind = BlockKind::Heading { level: 2 };
        }
    }
}

fn is_heading(text: &str, lines: &[Line], drafts: &[Draft], i: usize) -> bool {
    let draft = &drafts[i];
    if draft.kind != BlockKind::Paragraph || draft.fixed || draft.first != draft.last {
        return false;
    }
    let line = &lines[draft.first];
    let slice = line.slice(text);
    let Some(next) = drafts.get(i + 1) else { return false };
    line.width <= 100
        && slice.split_whitespace().count() <= 14
        && !slice.ends_with(['.', '…', ';', ',', ':'])
        && lines[next.first].width > line.width
}
