//! Records that could not be read.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Origin, Payload};

/// A record that could not be read, parsed or worked on: a failure, told as data, that costs this
/// record alone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reject {
    /// Where the record stands.
    pub origin: Origin,
    /// The stage that failed.
    pub stage: Stage,
    /// What went wrong.
    pub kind: RejectKind,
    /// What went wrong, for people: a fragment in lower case without full stop.
    pub detail: String,
    /// The record's bytes, where they are at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<Box<Payload>>,
}

impl Reject {
    /// A reject of the record at `origin`.
    #[must_use]
    pub fn new(origin: Origin, stage: Stage, kind: RejectKind, detail: impl fmt::Display) -> Self {
        Self { origin, stage, kind, detail: detail.to_string(), payload: None }
    }

    /// The reject with the bytes of its record.
    #[must_use]
    pub fn with_payload(self, payload: Payload) -> Self {
        Self { payload: Some(Box::new(payload)), ..self }
    }
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Origin { path, ordinal, offset, .. } = &self.origin;
        write!(f, "{path}, record {ordinal} at byte {offset}: {}: {}", self.stage, self.detail)
    }
}

/// What kept a record from being read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RejectKind {
    /// The input could not be opened or read on.
    Unreadable,
    /// The compressed stream is damaged or ends early.
    Corrupt,
    /// The record is not of its format (a line that is no JSON, say).
    Malformed,
    /// The record lacks the text (a row without the text field, say).
    NoText,
    /// The record is larger than a limit allows.
    TooLong,
    /// The record holds no text but binary data.
    Binary,
    /// The record is of a format that is not read.
    Unsupported,
    /// The record takes longer than a limit allows.
    TooSlow,
    /// A stage panicked on the record.
    Panicked,
    /// Working on the record kills the process.
    Crashed,
}

impl RejectKind {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Unreadable => "check that the file exists and may be read",
            Self::Corrupt => {
                "the records before the damage were read; fetch the file again for the rest"
            }
            Self::Malformed => "look at the input at this place, or name its format with --from",
            Self::NoText => "name the field that holds the text with --text-field",
            Self::TooLong | Self::TooSlow => {
                "raise the limit named in the error, or leave the record out"
            }
            Self::Binary => "leave this file out of the input",
            Self::Unsupported => "convert it to a format in the README's table, or leave it out",
            Self::Panicked | Self::Crashed => {
                "this is a bug in newsmill: please report it with the record"
            }
        }
    }
}

/// A stage of the chain.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Stage {
    /// Opening, decompressing, cutting into records.
    Read,
    /// Record to article.
    Parse,
    /// Repeats within the article.
    Within,
    /// Furniture and promotion told from the article.
    Furniture,
    /// Facts.
    Extract,
    /// Duplicates across articles.
    Across,
    /// Lines that recur over many articles.
    Boilerplate,
    /// Rows and files.
    Output,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Parse => "parse",
            Self::Within => "within",
            Self::Furniture => "furniture",
            Self::Extract => "extract",
            Self::Across => "across",
            Self::Boilerplate => "boilerplate",
            Self::Output => "output",
        })
    }
}
