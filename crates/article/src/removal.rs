//! What was taken out of an article, and why.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Span, Stage};

/// One span taken out of an article's text. The text itself stays as it is, so every removal can
/// be undone, shown, counted and explained.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Removal {
    /// What was taken out, in bytes of the record's text.
    pub span: Span,
    /// Why.
    pub reason: Reason,
    /// The stage that decided it.
    pub stage: Stage,
    /// For repeats: the copy that stays.
    pub witness: Option<Span>,
    /// How sure the stage was, 0 to 1; for repeats the share of words that are equal.
    pub score: Option<f32>,
}

impl Removal {
    /// A removal without witness and score.
    #[must_use]
    pub fn new(span: Span, reason: Reason, stage: Stage) -> Self {
        Self { span, reason, stage, witness: None, score: None }
    }

    /// The same with the copy that stays.
    #[must_use]
    pub fn with_witness(mut self, witness: Span) -> Self {
        self.witness = Some(witness);
        self
    }

    /// The same with a score from 0 to 1.
    #[must_use]
    pub fn with_score(mut self, score: f32) -> Self {
        self.score = Some(score);
        self
    }
}

/// Why a span was taken out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It says word for word what stands elsewhere in the article.
    Repeat,
    /// It says nearly what stands elsewhere in the article.
    NearRepeat,
    /// Shouting, pleas for donations, subscription lines and the like.
    Promo,
    /// A line that recurs over many articles.
    Boilerplate,
    /// It says word for word what stands in another article, which keeps it.
    Passage,
    /// What the page or list puts around an article: share bars, signatures, related stories.
    Furniture,
    /// Signs that are not text: quoting marks, link targets, image placeholders.
    Markup,
}

impl Reason {
    /// Every reason, in the order of rows and reports.
    pub const ALL: [Self; 7] = [
        Self::Repeat,
        Self::NearRepeat,
        Self::Promo,
        Self::Boilerplate,
        Self::Passage,
        Self::Furniture,
        Self::Markup,
    ];

    /// The name in `removed.jsonl`: `repeat`, `near_repeat`, …
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Repeat => "repeat",
            Self::NearRepeat => "near_repeat",
            Self::Promo => "promo",
            Self::Boilerplate => "boilerplate",
            Self::Passage => "passage",
            Self::Furniture => "furniture",
            Self::Markup => "markup",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
