//! What is known about an article. Facts point into the record's text by spans.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Span;

/// What is known about an article. A field is empty where the document does not say; what is only
/// implied goes to [`Facts::inferred`].
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// The headline.
    pub title: Option<Sourced<String>>,
    /// The authors' names, one each.
    pub byline: Option<Sourced<Vec<String>>>,
    /// The dateline, as it stands (`MEXICO CITY (AP)`).
    pub dateline: Option<Sourced<String>>,
    /// When it was published: RFC 3339, as exact as the document is (`2025-03-13`,
    /// `2025-03-13T17:07:00-04:00`).
    pub published: Option<Sourced<String>>,
    /// When it was last changed, likewise.
    pub modified: Option<Sourced<String>>,
    /// ISO 639-1 code of the language.
    pub language: Option<Sourced<String>>,
    /// The publication.
    pub site: Option<Sourced<String>>,
    /// The article's own URL.
    pub url: Option<Sourced<String>>,
    /// What is implied and not said, by the name of the plain field.
    pub inferred: BTreeMap<String, Inferred>,
    /// Links, in the order of the text.
    pub links: Vec<Link>,
    /// Images, in the order of the text.
    pub images: Vec<Image>,
    /// Quotations, in the order of the text.
    pub quotes: Vec<Quote>,
    /// Names, dates and amounts, in the order of the text.
    pub entities: Vec<Entity>,
    /// Who else says it: agencies credited, and the publication it was first in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub syndication: Option<Syndication>,
    /// What it is about, the weightiest first: names and phrases as they stand in the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// The first sentences of the body that say something, as they stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead: Option<Sourced<String>>,
    /// Counts of the kept text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
}

/// Who else an article credits.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Syndication {
    /// News agencies by their full names (`Associated Press`), each once, with where it is credited.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub agencies: Vec<Sourced<String>>,
    /// The publication it says it was first in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<Sourced<String>>,
}

/// Counts of a text.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Words: runs of letters and digits with what joins them.
    pub words: u32,
    /// Sentences.
    pub sentences: u32,
    /// Paragraphs, headings and the like not among them.
    pub paragraphs: u32,
    /// Flesch's reading ease (Flesch 1948), English only: 100 very easy, 0 very hard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reading_ease: Option<f32>,
}

/// A value and where the document says it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// What said it: `metadata title`, `header Subject`, `first line`, …
    pub evidence: String,
    /// Where in the record's text it stands, if it stands there.
    pub span: Option<Span>,
}

impl<T> Sourced<T> {
    /// A value that `evidence` gives.
    #[must_use]
    pub fn new(value: T, evidence: impl Into<String>) -> Self {
        Self { value, evidence: evidence.into(), span: None }
    }

    /// The same with its place in the record's text.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }
}

/// A value that is implied and not said.
pub type Inferred = Sourced<String>;

/// A link.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Link {
    /// Absolute, scheme restored, tracking parameters gone.
    pub url: String,
    /// As it stands in the text.
    pub raw: String,
    /// Where its target stands in the record's text.
    pub span: Span,
    /// The text that carries the link, where its bounds are known.
    pub anchor: Option<Span>,
    /// The registrable domain (`bbc.co.uk`), empty for an address without one.
    pub domain: String,
}

/// An image, or what stands for one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Image {
    /// Its alternative text.
    pub alt: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// What stands below it.
    pub caption: Option<String>,
    /// Whom it is from.
    pub credit: Option<String>,
    /// Where it stands in the record's text.
    pub span: Span,
}

/// A quotation.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Quote {
    /// The words inside the quotation marks, in the record's text.
    pub span: Span,
    /// Who said it, where the text says so.
    pub speaker: Option<String>,
    /// The words that tell the speaker (`said`).
    pub cue: Option<String>,
    /// How sure the speaker is, 0 to 1.
    pub confidence: Option<f32>,
}

/// A name, date or amount.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// Where it stands in the record's text.
    pub span: Span,
}

/// What an entity is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EntityKind {
    /// A person.
    Person,
    /// An organisation.
    Organisation,
    /// A place.
    Place,
    /// A date or time.
    Date,
    /// An amount of money.
    Money,
    /// A percentage.
    Percent,
}
