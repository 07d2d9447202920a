//! Captions and credits of images.

use newsmill_article::{BlockKind, Image};

use super::drafts::Draft;
use super::lines::Line;

/// The longest caption, in characters.
const LONGEST: u32 = 400;

/// How lines that credit an image start.
const STARTS: [&str; 12] = [
    "Photo:",
    "Photo by ",
    "Photos by ",
    "Photograph:",
    "Picture:",
    "Image:",
    "Image credit:",
    "Photo credit:",
    "Foto:",
    "FOTO:",
    "PHOTO:",
    "Credit:",
];

/// How lines that say whom an image is from end, without brackets.
const ENDS: [&str; 12] = [
    "Getty Images",
    "via Getty Images",
    "AP Photo",
    "Shutterstock",
    "EPA-EFE",
    "iStock",
    "dpa",
    "Reuters",
    "REUTERS",
    "AFP",
    "/AP",
    "via AP",
];

/// Marks the drafts that are captions: lines that name a photographer or agency as captions do, and
/// right below an image those that only end in one.
pub(super) fn mark(text: &str, lines: &[Line], drafts: &mut [Draft]) {
    for draft in drafts.iter_mut() {
        let plain = matches!(draft.kind, BlockKind::Paragraph | BlockKind::Heading { .. });
        if !plain || draft.last > draft.first + 3 || lines[draft.first].width > LONGEST {
            continue;
        }
        let slice = &text[lines[draft.first].text..lines[draft.last].end];
        let below = draft.below_image && ends_in_credit(slice);
        if credit(slice).is_some() || below {
            draft.kind = BlockKind::Caption;
        }
    }
}

/// Gives each image the caption that stands below it.
pub(super) fn attach(text: &str, lines: &[Line], drafts: &[Draft], images: &mut [Image]) {
    let mut at = 0;
    for draft in drafts.iter().filter(|d| d.kind == BlockKind::Caption && d.below_image) {
        let line = &lines[draft.first];
        while images.get(at + 1).is_some_and(|i| i.span.start() < line.start) {
            at += 1;
        }
        let Some(image) = images.get_mut(at).filter(|i| i.span.end() <= line.start) else {
            continue;
        };
        let slice = &text[line.text..lines[draft.last].end];
        let words: Vec<_> = slice.split_whitespace().collect();
        image.caption = Some(words.join(" "));
        image.credit = credit(slice).map(str::to_owned);
    }
}

/// Whom an image is from, where `slice` says so as captions do: `(AP Photo/Name)`, `Photo: Name`.
fn credit(slice: &str) -> Option<&str> {
    if let Some(start) = STARTS.iter().find(|s| slice.starts_with(**s)) {
        let name = slice[start.len()..].trim();
        return (!name.is_empty() && slice.len() < 160).then_some(name);
    }
    let inner = slice.strip_suffix(')')?;
    let inner = &inner[inner.rfind('(')? + 1..];
    let known = ["Photo", "photo", "Foto", "Getty Images", "Image:", "Courtesy of", "via AP"];
    (inner.len() < 120 && known.iter().any(|k| inner.contains(k))).then_some(inner)
}

fn ends_in_credit(slice: &str) -> bool {
    let inner = slice.trim_end_matches([')', ']', '.', ' ']);
    ENDS.iter().any(|e| inner.ends_with(e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits() {
        let cases = [
            ("Photo: Anna Lindqvist", Some("Anna Lindqvist")),
            ("The bridge on Monday. (AP Photo/Anna Lindqvist)", Some("AP Photo/Anna Lindqvist")),
            (
                "The bridge on Monday (Anna Lindqvist/Getty Images)",
                Some("Anna Lindqvist/Getty Images"),
            ),
            ("The bridge (closed since Monday)", None),
            ("Photo:", None),
        ];
        for (slice, want) in cases {
            assert_eq!(credit(slice), want, "{slice:?}");
        }
    }
}
