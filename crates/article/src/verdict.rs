//! What became of an article: kept, or left out for one that stays.

use serde::{Deserialize, Serialize};

use crate::ArticleId;

/// What becomes of an article, on purpose. Failures are [`Reject`](crate::Reject)s.
#[derive(Clone, PartialEq, Debug)]
pub enum Verdict {
    /// It is written.
    Keep {
        /// The copies it stands for, if there are any.
        cluster: Option<Cluster>,
        /// Articles like it that are not dropped for it, nearest first.
        related: Vec<Related>,
    },
    /// Another article stands for it.
    Drop(Duplicate),
}

impl Verdict {
    /// Kept, alone.
    #[must_use]
    pub fn keep() -> Self {
        Self::Keep { cluster: None, related: Vec::new() }
    }
}

/// A set of articles that are copies of one another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Cluster {
    /// The id of its first member in input order.
    pub id: ArticleId,
    /// How many members it has.
    pub size: u64,
    /// What this article is in it.
    pub role: Role,
    /// The other members, in input order.
    pub others: Vec<ArticleId>,
    /// Where its members are likely from, where they tell.
    pub origin: Option<LikelyOrigin>,
}

/// Where a set of copies is likely from, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LikelyOrigin {
    /// A publication, site or agency; for [`OriginKind::Earliest`] the site of the member that was
    /// published first, or else its id.
    pub name: String,
    /// What says so.
    pub evidence: OriginKind,
    /// How many members say so.
    pub told_by: u64,
    /// How many members there are.
    pub members: u64,
    /// The member published first, for [`OriginKind::Earliest`].
    pub article: Option<ArticleId>,
}

/// What tells where copies are from, the strongest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OriginKind {
    /// Members say in which publication the text was first (`originally published in …`).
    Publisher,
    /// Members link to where they have the text from (a source link in the footer).
    SourceLink,
    /// Members credit a news agency.
    Agency,
    /// One member was published before all others.
    Earliest,
}

/// What an article is in its cluster.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// It stays.
    Kept,
}

/// An article that is like another one, linked and not dropped.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Related {
    /// The other article.
    pub id: ArticleId,
    /// How they are related, seen from this one.
    pub kind: RelatedKind,
    /// True Jaccard of the word shingles, or for containment the share contained.
    pub similarity: f64,
}

/// How two articles are related.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelatedKind {
    /// Much of the same text, below the threshold for dropping.
    Near,
    /// This one's text is in the other.
    Contained,
    /// The other's text is in this one.
    Contains,
    /// The same form filled in differently.
    Template,
}

/// Why an article was left out.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Duplicate {
    /// The article that stands for it, itself kept.
    pub kept: ArticleId,
    /// The cluster both belong to.
    pub cluster: ArticleId,
    /// How it was found to be a copy.
    pub method: Method,
    /// True Jaccard of the word shingles, or for `contained` the share contained. Never an estimate.
    pub similarity: f64,
    /// How the words differ.
    pub diff: Diff,
}

/// How an article was found to be a copy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Method {
    /// The same words in the same order.
    Exact,
    /// Word shingles alike at or above the threshold.
    Near,
    /// Its text is in the other.
    Contained,
    /// It goes by the same address.
    Url,
}

/// How the words of a copy differ from those of the article that stands for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Diff {
    /// Words of the copy that the kept article lacks, each as often as it stands there more often.
    pub added: u64,
    /// Words of the kept article that the copy lacks, likewise.
    pub dropped: u64,
}
