//! What the page shows: numbers, and texts that are cut to a length and hold nothing that acts.

use std::collections::BTreeMap;

use newsmill_article::Tally;
use serde::Serialize;

use crate::{FileEntry, RunFacts};

/// Everything that the page shows of a run, as the page's script finds it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Version of newsmill.
    pub newsmill: String,
    /// How the run went.
    pub run: RunFacts,
    /// The books.
    pub tally: Tally,
    /// Records of kinds that hold no article, by why they were passed over.
    pub skipped: BTreeMap<String, u64>,
    /// What was read.
    pub inputs: Inputs,
    /// What the kept articles say; nothing where no rows of articles were written.
    pub articles: Option<Articles>,
    /// Who published articles, those with the most first.
    pub sources: Listed<Source>,
    /// What was left out.
    pub duplicates: Duplicates,
    /// What was removed from kept articles, by reason, the most bytes first.
    pub removals: Vec<Removals>,
    /// Lines that recur, source by source, those with the most stories first.
    pub boilerplate: Listed<BoilerplateOf>,
    /// What could not be read, by kind, the most first.
    pub rejects: Vec<Rejects>,
    /// What is worth a look, the weightiest first.
    pub findings: Vec<Finding>,
    /// The configuration, as JSON for people.
    pub configuration: String,
    /// The files of the run folder.
    pub files: Listed<FileEntry>,
}

/// The first entries of a list that may be longer.
#[derive(Clone, Debug, Serialize)]
pub struct Listed<T> {
    /// The first entries.
    pub first: Vec<T>,
    /// How many there are in all.
    pub all: u64,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { first: Vec::new(), all: 0 }
    }
}

/// A name and how often it came.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Named {
    /// The name.
    pub name: String,
    /// How often.
    pub count: u64,
}

/// What was read.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Inputs {
    /// How many inputs.
    pub count: u64,
    /// Their length as stored, as far as it is known.
    pub bytes: u64,
    /// Records by the ending of their input's name, the most first.
    pub kinds: Vec<Named>,
    /// The inputs by name.
    pub first: Vec<String>,
}

/// What the kept articles say.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Articles {
    /// How many.
    pub count: u64,
    /// By the language they are in, the most first; those in none are left out.
    pub languages: Vec<Named>,
    /// By when they were published.
    pub dates: Dates,
    /// By the length of their text in characters.
    pub lengths: Vec<Named>,
    /// How many have each field, in the order of article rows.
    pub says: Vec<Named>,
    /// How many have no text at all.
    pub empty: u64,
    /// How many their crawler cut short.
    pub truncated: u64,
    /// How many are dated after the run.
    pub after_run: u64,
}

/// Articles by when they were published.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Dates {
    /// `day`, `month` or `year`.
    pub unit: &'static str,
    /// By day, month or year in order, those without articles too.
    pub counts: Vec<Named>,
    /// Dated before the first of these.
    pub before: u64,
    /// Dated after the last.
    pub after: u64,
    /// Without a date.
    pub undated: u64,
}

/// One publication, or one input whose articles name none.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Source {
    /// A host, a name, or an input.
    pub name: String,
    /// Articles kept.
    pub kept: u64,
    /// Articles left out as duplicates.
    pub duplicates: u64,
}

/// What was left out.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Duplicates {
    /// By how they were found.
    pub methods: Vec<Named>,
    /// By similarity, others than exact copies.
    pub similarity: Vec<SimilarityBin>,
    /// At or above this similarity articles were dropped.
    pub drop_threshold: Option<f64>,
    /// Clusters by how many articles they have.
    pub sizes: Vec<Named>,
    /// Those from which the most was left out.
    pub clusters: Listed<ClusterView>,
    /// Articles that were left out at the lowest similarities, the lowest first.
    pub closest: Vec<PairView>,
}

/// Articles of some similarity to another one.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct SimilarityBin {
    /// At least this.
    pub from: f64,
    /// Left out.
    pub dropped: u64,
    /// Kept, and linked with the other.
    pub linked: u64,
}

/// Articles that are copies of one another.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ClusterView {
    /// Its id.
    pub id: String,
    /// How many articles it has.
    pub size: u64,
    /// The article that stays; where several do, the first.
    pub kept: Member,
    /// Where the articles come from, the most first.
    pub sources: Listed<Named>,
    /// Some that were left out.
    pub members: Vec<Member>,
    /// One that was left out, beside the one that stays.
    pub pair: Option<PairView>,
}

/// An article of a cluster.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Member {
    /// Its id.
    pub id: String,
    /// Its title, if it has one.
    pub title: String,
    /// Who published it.
    pub source: String,
    /// When, if it says so.
    pub published: String,
    /// How it was found.
    pub method: String,
    /// How similar it is to the one that stays.
    pub similarity: Option<f64>,
}

/// Two texts word by word.
#[derive(Clone, Debug, Serialize)]
pub struct PairView {
    /// The article that was left out.
    pub id: String,
    /// The one that stays.
    pub kept: String,
    /// How it was found.
    pub method: String,
    /// How similar they are.
    pub similarity: f64,
    /// Both texts in order.
    pub pieces: Vec<Piece>,
}

/// A stretch of two texts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// Words of both.
    Same(String),
    /// Words of the text that stays.
    Kept(String),
    /// Words of the one that was left out.
    Dropped(String),
    /// So many words of both that are not shown.
    Skipped(u64),
    /// The rest of both texts is not shown.
    Cut,
}

/// What was removed for one reason.
#[derive(Clone, Debug, Serialize)]
pub struct Removals {
    /// Its name.
    pub reason: String,
    /// Bytes of text.
    pub bytes: u64,
    /// Spans.
    pub spans: u64,
    /// Some of them.
    pub samples: Vec<SampleView>,
}

/// One removal.
#[derive(Clone, Debug, Serialize)]
pub struct SampleView {
    /// The article.
    pub id: String,
    /// The stage that decided it.
    pub stage: String,
    /// How sure it was.
    pub score: Option<f32>,
    /// Length of the span in bytes.
    pub bytes: u64,
    /// What stood before it.
    pub before: String,
    /// What it said.
    pub text: String,
    /// What stood behind it.
    pub after: String,
    /// The cleaned text around the place.
    pub left: String,
    /// The copy that stays.
    pub stays: Option<String>,
}

/// Lines that recur in one source.
#[derive(Clone, Debug, Serialize)]
pub struct BoilerplateOf {
    /// The source; nothing for everywhere.
    pub source: Option<String>,
    /// Stories that the lines shown stand in, added up.
    pub stories: u64,
    /// The lines.
    pub lines: Listed<Line>,
}

/// A line that recurs.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Line {
    /// The line.
    pub line: String,
    /// Stories that have it.
    pub stories: u32,
    /// Their share of all stories of the source.
    pub share: f64,
}

/// Records that could not be read for one reason.
#[derive(Clone, Debug, Serialize)]
pub struct Rejects {
    /// The kind.
    pub kind: String,
    /// What to do about it.
    pub hint: String,
    /// How many.
    pub count: u64,
    /// The first ones.
    pub examples: Vec<RejectView>,
}

/// A record that could not be read.
#[derive(Clone, Debug, Serialize)]
pub struct RejectView {
    /// Input and place, as `newsmill explain` takes it.
    pub place: String,
    /// First byte.
    pub offset: u64,
    /// The stage that failed.
    pub stage: String,
    /// What went wrong.
    pub error: String,
}

/// Something worth a look.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    /// What.
    pub text: String,
    /// The section of the page that shows more.
    pub section: &'static str,
}
