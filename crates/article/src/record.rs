//! One record of a dump, before it is parsed.

use serde::{Deserialize, Serialize};

use crate::{Metadata, Origin};

/// One record cut out of a dump: its bytes or text, where it came from, and what its container
/// said about it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Where it came from.
    pub origin: Origin,
    /// The input's own id, where it has one.
    pub id: Option<String>,
    /// The body.
    pub content: Content,
    /// What the container says the body is.
    pub media: Media,
    /// The container's other fields.
    pub metadata: Metadata,
    /// Whether the container says that the crawler cut the body short.
    pub truncated: bool,
}

impl Record {
    /// A record of plain text with nothing else known about it.
    ///
    /// ```
    /// use newsmill_article::{Media, Origin, Record};
    /// let record = Record::text(Origin::new("post.txt", 0), "A river rose.");
    /// assert_eq!(record.media, Media::Plain);
    /// ```
    #[must_use]
    pub fn text(origin: Origin, text: impl Into<String>) -> Self {
        Self {
            origin,
            id: None,
            content: Content::Text(text.into()),
            media: Media::Plain,
            metadata: Metadata::new(),
            truncated: false,
        }
    }
}

/// The body of a record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Content {
    /// Text that the container has decoded (a JSON string, say).
    Text(String),
    /// Bytes in an encoding that is declared or still to be found out.
    Bytes {
        /// The bytes.
        bytes: Vec<u8>,
        /// The encoding's label as declared outside the bytes (HTTP header, option), if it is.
        charset: Option<String>,
    },
}

impl Content {
    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Bytes { bytes, .. } => bytes.len(),
        }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What the body of a record is, as far as its container knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Media {
    /// Plain text.
    Plain,
    /// HTML.
    Html,
    /// A mail or news message with headers.
    Mail,
}
