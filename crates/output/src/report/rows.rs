//! The rows of a run folder, read back as far as the page needs them.

use std::fmt;
use std::io;
use std::ops::ControlFlow;

use newsmill_article::{Method, Reason, RejectKind, RelatedKind, Stage};
use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::{OutputError, Store, each_row};

/// The files of a run.
#[derive(Clone, Copy)]
pub(super) struct Files<'a> {
    pub(super) store: &'a dyn Store,
    /// Asked row by row whether to go on no more.
    pub(super) stop: &'a dyn Fn() -> bool,
}

/// Reads the rows of one file in order, compressed or not.
pub(super) fn each<R: DeserializeOwned>(
    Files { store, stop }: Files<'_>,
    name: &str,
    mut take: impl FnMut(R),
) -> Result<(), OutputError> {
    let stopped = each_row(store, name, |row| {
        if stop() {
            return ControlFlow::Break(());
        }
        take(row);
        ControlFlow::Continue(())
    })?;
    let interrupted = || OutputError::read(store.shown(name), io::ErrorKind::Interrupted.into());
    stopped.map_or(Ok(()), |()| Err(interrupted()))
}

/// An article row.
#[derive(Debug, Deserialize)]
pub(super) struct ArticleIn {
    pub(super) id: String,
    pub(super) source: SourceIn,
    pub(super) text: Characters,
    pub(super) title: Option<String>,
    pub(super) byline: Said,
    pub(super) dateline: Said,
    pub(super) published: Option<String>,
    pub(super) language: Option<String>,
    pub(super) site: Option<String>,
    pub(super) url: Option<String>,
    pub(super) inferred: InferredIn,
    pub(super) links: Said,
    pub(super) images: Said,
    pub(super) quotes: Said,
    pub(super) entities: Said,
    pub(super) cluster: Option<ClusterIn>,
    pub(super) related: Vec<RelatedIn>,
    #[serde(default)]
    pub(super) metadata: MetadataIn,
    #[serde(default)]
    pub(super) truncated: bool,
}

/// Where a record came from.
#[derive(Debug, Deserialize)]
pub(super) struct SourceIn {
    pub(super) path: String,
}

/// The input row's other fields.
#[derive(Debug, Default, Deserialize)]
pub(super) struct MetadataIn {
    /// Whatever the row called so.
    pub(super) source: Option<Value>,
}

/// What an article implies and does not say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct InferredIn {
    pub(super) published: Option<ValueIn>,
    pub(super) site: Option<ValueIn>,
    pub(super) url: Option<ValueIn>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ValueIn {
    pub(super) value: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct ClusterIn {
    pub(super) id: String,
    pub(super) size: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct RelatedIn {
    pub(super) id: String,
    pub(super) kind: RelatedKind,
    pub(super) similarity: f64,
}

/// A row of `duplicates.jsonl`.
#[derive(Debug, Deserialize)]
pub(super) struct DuplicateIn {
    pub(super) id: String,
    pub(super) source: SourceIn,
    pub(super) kept: String,
    pub(super) cluster: String,
    pub(super) method: Method,
    pub(super) similarity: f64,
    pub(super) title: Option<String>,
    pub(super) published: Option<String>,
    pub(super) site: Option<String>,
    pub(super) url: Option<String>,
    pub(super) source_name: Option<String>,
}

/// A row of `removed.jsonl`.
#[derive(Debug, Deserialize)]
pub(super) struct RemovedIn {
    pub(super) reason: Reason,
}

/// A row of `rejected.jsonl`.
#[derive(Debug, Deserialize)]
pub(super) struct RejectedIn {
    pub(super) path: String,
    pub(super) record: RecordIn,
    pub(super) offset: u64,
    pub(super) stage: Stage,
    pub(super) error: String,
    pub(super) hint: String,
    pub(super) kind: RejectKind,
}

/// The container's id of a record, or its ordinal.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum RecordIn {
    Ordinal(u64),
    Id(String),
}

/// How many characters a text has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Characters(pub(super) u64);

impl<'de> Deserialize<'de> for Characters {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Count;
        impl Visitor<'_> for Count {
            type Value = Characters;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E>(self, text: &str) -> Result<Characters, E> {
                Ok(Characters(text.chars().count() as u64))
            }
        }
        deserializer.deserialize_str(Count)
    }
}

/// Whether there is anything in a field: no null, no empty text or list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said(pub(super) bool);

impl<'de> Deserialize<'de> for Said {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Anything;
        impl<'de> Visitor<'de> for Anything {
            type Value = Said;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("null, a text, a list or an object")
            }

            fn visit_unit<E>(self) -> Result<Said, E> {
                Ok(Said(false))
            }

            fn visit_str<E>(self, text: &str) -> Result<Said, E> {
                Ok(Said(!text.is_empty()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Said, A::Error> {
                let mut any = false;
                while items.next_element::<IgnoredAny>()?.is_some() {
                    any = true;
                }
                Ok(Said(any))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Said, A::Error> {
                let mut any = false;
                while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
                    any = true;
                }
                Ok(Said(any))
            }
        }
        deserializer.deserialize_any(Anything)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_as_said() {
        let cases = [
            ("null", false),
            ("\"\"", false),
            ("\"x\"", true),
            ("[]", false),
            ("[1, [2], {\"a\": null}]", true),
            ("{}", false),
            ("{\"a\": [1]}", true),
        ];
        for (json, said) in cases {
            assert_eq!(serde_json::from_str::<Said>(json).unwrap(), Said(said), "{json}");
        }
        let text: Characters = serde_json::from_str("\"é\\n\\u00e9👩\"").unwrap();
        assert_eq!(text.0, 4);
    }
}
