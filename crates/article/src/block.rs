//! The parts an article's text is made of.

use serde::{Deserialize, Serialize};

use crate::Span;

/// One part of an article: a paragraph, a heading, …
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Where it stands in the record's text, with what marks it (quoting signs, bullets).
    pub span: Span,
    /// How deep it is quoted: 0 for the author's own words.
    pub quoted: u8,
}

impl Block {
    /// A block that is not quoted.
    #[must_use]
    pub fn new(kind: BlockKind, span: Span) -> Self {
        Self { kind, span, quoted: 0 }
    }
}

/// What a block is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// A heading of `level` 1 (the title's) to 6.
    Heading {
        /// 1 to 6.
        level: u8,
    },
    /// A paragraph.
    Paragraph,
    /// One item of a list.
    ListItem,
    /// A passage set off as somebody's words.
    Quote,
    /// What stands below an image.
    Caption,
    /// A table, one row a line.
    Table,
    /// Text whose line breaks and spaces mean something.
    Code,
}

impl BlockKind {
    /// The name in article rows: `heading`, `paragraph`, `list_item`, …
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Heading { .. } => "heading",
            Self::Paragraph => "paragraph",
            Self::ListItem => "list_item",
            Self::Quote => "quote",
            Self::Caption => "caption",
            Self::Table => "table",
            Self::Code => "code",
        }
    }

    /// Whether line breaks inside the block are part of its text.
    #[must_use]
    pub fn keeps_line_breaks(self) -> bool {
        matches!(self, Self::Table | Self::Code)
    }
}
