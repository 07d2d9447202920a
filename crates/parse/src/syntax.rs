//! The seam where syntaxes plug in.

use newsmill_article::{Article, Limits, Record, Reject, RejectKind, Stage};

use crate::{Html, Mail, Post};

/// A way of writing articles down.
pub trait Syntax: Sync {
    /// Its name: kebab-case, unique.
    fn name(&self) -> &'static str;

    /// How sure it is that the record is written in it. Looks at what the container says and at the
    /// head of the record only.
    fn fits(&self, record: &Record) -> Confidence;

    /// Reads the record. Pure: the same record gives the same article.
    ///
    /// # Errors
    /// A reject when the record is not written in this syntax or in a part of it that is not read.
    fn parse(&self, record: Record, limits: &Limits) -> Result<Article, Reject>;
}

/// How sure a syntax is that a record is written in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Confidence {
    /// It is not.
    No,
    /// It can be read so where nothing else fits.
    Fallback,
    /// The record's head looks like it.
    Likely,
    /// The container says so.
    Certain,
}

/// Every syntax. Where two are equally sure, the first is taken.
pub const ALL: &[&dyn Syntax] = &[&Html, &Mail, &Post];

/// Reads a record in the syntax that fits it best.
///
/// The article's id is the record's own; a record without one is named by its place, as
/// `path#ordinal`. Its metadata and whether it was cut short are carried over.
///
/// # Errors
/// A reject when no syntax reads such records, or the one that fits cannot.
pub fn parse(record: Record, limits: &Limits) -> Result<Article, Reject> {
    let mut best: Option<(Confidence, &dyn Syntax)> = None;
    for syntax in ALL {
        let confidence = syntax.fits(&record);
        if confidence > best.map_or(Confidence::No, |(most, _)| most) {
            best = Some((confidence, *syntax));
        }
    }
    match best {
        Some((_, syntax)) => syntax.parse(record, limits),
        None => Err(unsupported(record, "no syntax reads such records")),
    }
}

/// The reject for a record that is well-formed as far as one can see, and not read.
pub(crate) fn unsupported(record: Record, detail: impl std::fmt::Display) -> Reject {
    Reject::new(record.origin, Stage::Parse, RejectKind::Unsupported, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use newsmill_article::Origin;

    #[test]
    fn names_are_unique_and_kebab_case() {
        let names: Vec<_> = ALL.iter().map(|s| s.name()).collect();
        for (i, name) in names.iter().enumerate() {
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{name}");
            assert!(!names[..i].contains(name), "{name}");
        }
    }

    #[test]
    fn what_the_record_brings_along_is_carried_over() {
        let mut record = Record::text(Origin::new("dump.jsonl", 4), "A river rose.");
        record.truncated = true;
        record.metadata.push_text("url", "https://example.org/1").unwrap();
        let article = parse(record.clone(), &Limits::default()).unwrap();
        assert_eq!(article.id.as_str(), "dump.jsonl#4");
        assert!(article.truncated);
        assert_eq!(article.metadata.text("url").as_deref(), Some("https://example.org/1"));
        record.id = Some("a1".into());
        assert_eq!(parse(record, &Limits::default()).unwrap().id.as_str(), "a1");
    }
}
