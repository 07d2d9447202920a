//! Captions and credits of images.

use newsmill_article::{BlockKind, Image};

use super::drafts::Draft;
use super::lines::Line;

/// Marks the drafts that are captions.
pub(super) fn mark(_text: &str, _lines: &[Line], _drafts: &mut [Draft]) {}

/// Gives each image the caption that stands below it.
pub(super) fn attach(_text: &str, _lines: &[Line], _drafts: &[Draft], _images: &mut [Image]) {
    let _ = BlockKind::Caption;
}
