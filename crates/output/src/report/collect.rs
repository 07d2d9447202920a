//! From the files of a run to what the page shows.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;

use newsmill_article::{Method, Reason, RelatedKind};
use serde::Serialize;
use serde_json::Value;

use super::clusters::{Biggest, Clusters};
use super::counts::{Days, Names, Ranges};
use super::findings::findings;
use super::model::{
    Articles, BoilerplateOf, Duplicates, Inputs, Line, Listed, Member, Named, RejectView, Rejects,
    Removals, Report, SampleView, SimilarityBin, Source,
};
use super::rows::{self, ArticleIn, DuplicateIn, Files, RejectedIn, RemovedIn, Said, SourceIn};
use crate::escape::visible;
use crate::{
    BOILERPLATE, BoilerplateRow, DUPLICATES, FileEntry, InputEntry, Manifest, OutputError,
    REJECTED, REMOVED, SAMPLES, Sample, Store,
};

/// Characters shown of names, titles, lines and the like.
const NAME: usize = 200;
/// Characters shown of a sample.
const SAMPLE: usize = 1_000;
/// Characters shown of the configuration.
const CONFIGURATION: usize = 40_000;
/// Sources that are counted, and that are shown.
const SOURCES: (usize, usize) = (50_000, 2_000);
/// Inputs, languages and files that are shown.
const SHOWN: usize = 30;
/// Files that are shown.
const FILES: usize = 200;
/// Sources of boilerplate that are shown, and lines of each.
const BOILERPLATE_SHOWN: (usize, usize) = (60, 15);
/// Examples of each kind of rejected records.
const EXAMPLES: usize = 8;
/// Up to so many inputs, articles that name no source are counted by their input, beyond by its
/// folder.
const INPUTS: usize = 60;

/// Bins of similarity: below 0.5, then one for each of these.
const BIN: f64 = 0.02;
const BINS: usize = 25;

/// What the files of a run and its manifest tell. Rows are read one at a time, and what is kept of
/// them is bounded: some 50 bytes for each cluster, and lists of fixed length.
///
/// # Errors
/// [`OutputError::Read`] when a file that the manifest lists cannot be read, and when `stop` says so.
pub fn collect(
    store: &dyn Store,
    manifest: &Manifest,
    stop: &dyn Fn() -> bool,
) -> Result<Report, OutputError> {
    let files = Files { store, stop };
    let listed = |name: &str| manifest.files.iter().any(|file| file.name == name);
    let mut books = Books::new(manifest);
    if listed(DUPLICATES) {
        rows::each(files, DUPLICATES, |row| books.duplicate(&row))?;
    }
    let mut biggest = books.clusters.biggest();
    let is_part =
        |file: &&FileEntry| file.name.starts_with("articles/") && file.name.ends_with(".jsonl.zst");
    let mut parts = manifest.files.iter().filter(is_part).peekable();
    let has_articles = parts.peek().is_some();
    for part in parts {
        rows::each(files, &part.name, |row| books.article(&row, &mut biggest))?;
    }
    if listed(DUPLICATES) {
        rows::each(files, DUPLICATES, |row| books.member(&row, &mut biggest))?;
    }
    if listed(REMOVED) {
        rows::each(files, REMOVED, |row: RemovedIn| {
            *books.spans.entry(row.reason).or_default() += 1;
        })?;
    }
    if listed(REJECTED) {
        rows::each(files, REJECTED, |row| books.reject(row))?;
    }
    let mut boilerplate = Recurring::default();
    if listed(BOILERPLATE) {
        rows::each(files, BOILERPLATE, |row| boilerplate.add(&row))?;
    }
    let mut samples: BTreeMap<Reason, Vec<SampleView>> = BTreeMap::new();
    if listed(SAMPLES) {
        rows::each(files, SAMPLES, |sample| match sample {
            Sample::Removal(row) => samples.entry(row.reason).or_default().push(row.into()),
            Sample::Pair(pair) => biggest.pair(pair),
        })?;
    }
    let mut report = books.finish(manifest, biggest, has_articles);
    report.boilerplate = boilerplate.finish();
    for removals in &mut report.removals {
        let of_reason = samples.iter_mut().find(|(reason, _)| reason.name() == removals.reason);
        removals.samples =
            of_reason.map(|(_, samples)| std::mem::take(samples)).unwrap_or_default();
    }
    report.findings = findings(&report);
    Ok(report)
}

/// A name or title as it is shown.
pub(super) fn name(text: &str) -> String {
    visible(text, NAME)
}

/// How rows call a thing.
pub(super) fn word(thing: &impl Serialize) -> String {
    match serde_json::to_value(thing) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

/// What is counted while rows go by.
#[derive(Debug)]
struct Books {
    inputs: usize,
    started: String,
    /// Kept and left out.
    sources: Names<(u64, u64)>,
    kinds: Names<u64>,
    clusters: Clusters,
    methods: BTreeMap<Method, u64>,
    dropped: [u64; BINS + 1],
    linked: [u64; BINS + 1],
    articles: Articles,
    languages: Names<u64>,
    days: Days,
    lengths: Ranges,
    says: [u64; SAYS.len()],
    spans: BTreeMap<Reason, u64>,
    rejects: BTreeMap<String, Rejects>,
}

/// Fields whose presence is counted.
const SAYS: [&str; 11] = [
    "title",
    "byline",
    "dateline",
    "published",
    "language",
    "site",
    "url",
    "links",
    "images",
    "quotes",
    "entities",
];

impl Books {
    fn new(manifest: &Manifest) -> Self {
        Self {
            inputs: manifest.inputs.len(),
            started: manifest.run.started.clone(),
            sources: Names::with_room(SOURCES.0),
            kinds: Names::with_room(100),
            clusters: Clusters::default(),
            methods: BTreeMap::new(),
            dropped: [0; BINS + 1],
            linked: [0; BINS + 1],
            articles: Articles::default(),
            languages: Names::with_room(500),
            days: Days::default(),
            lengths: Ranges::new(&[
                0, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000,
            ]),
            says: [0; SAYS.len()],
            spans: BTreeMap::new(),
            rejects: BTreeMap::new(),
        }
    }

    fn duplicate(&mut self, row: &DuplicateIn) {
        self.kinds.add(&ending(&row.source.path));
        self.clusters.dropped(&row.cluster);
        *self.methods.entry(row.method).or_default() += 1;
        if row.method != Method::Exact {
            self.dropped[bin(row.similarity)] += 1;
        }
        let source = self.source_of_duplicate(row);
        if let Some((_, dropped)) = self.sources.get(&source) {
            *dropped += 1;
        }
    }

    fn article(&mut self, row: &ArticleIn, biggest: &mut Biggest) {
        self.kinds.add(&ending(&row.source.path));
        let inferred = |value: &'_ Option<rows::ValueIn>| value.as_ref().map(|v| v.value.clone());
        let source = self.source_of(row);
        if let Some((kept, _)) = self.sources.get(&source) {
            *kept += 1;
        }
        self.articles.count += 1;
        self.articles.empty += u64::from(row.text.0 == 0);
        self.articles.truncated += u64::from(row.truncated);
        if let Some(language) = &row.language {
            self.languages.add(&visible(language, 20));
        }
        let published = row.published.clone().or_else(|| inferred(&row.inferred.published));
        self.days.add(published.as_deref());
        self.lengths.add(row.text.0);
        let text = |field: &Option<String>| Said(field.as_ref().is_some_and(|t| !t.is_empty()));
        let says = [
            text(&row.title),
            row.byline,
            row.dateline,
            text(&row.published),
            text(&row.language),
            text(&row.site),
            text(&row.url),
            row.links,
            row.images,
            row.quotes,
            row.entities,
        ];
        for (count, said) in self.says.iter_mut().zip(says) {
            *count += u64::from(said.0);
        }
        for other in &row.related {
            // Both ends tell of a link; it is counted at one.
            if other.kind == RelatedKind::Near && row.id < other.id {
                self.linked[bin(other.similarity)] += 1;
            }
        }
        if let Some(cluster) = &row.cluster {
            self.clusters.kept(&cluster.id, cluster.size);
            biggest.kept(&cluster.id, || Member {
                id: name(&row.id),
                title: name(row.title.as_deref().unwrap_or_default()),
                source,
                published: visible(published.as_deref().unwrap_or_default(), 40),
                ..Member::default()
            });
        }
    }

    fn member(&self, row: &DuplicateIn, biggest: &mut Biggest) {
        biggest.dropped(&row.cluster, &row.kept, || Member {
            id: name(&row.id),
            title: name(row.title.as_deref().unwrap_or_default()),
            source: self.source_of_duplicate(row),
            published: visible(row.published.as_deref().unwrap_or_default(), 40),
            method: word(&row.method),
            similarity: Some(row.similarity),
        });
    }

    fn reject(&mut self, row: RejectedIn) {
        self.kinds.add(&ending(&row.path));
        let kind = word(&row.kind);
        let rejects = self.rejects.entry(kind.clone()).or_insert_with(|| Rejects {
            kind,
            hint: row.hint,
            count: 0,
            examples: Vec::new(),
        });
        rejects.count += 1;
        if rejects.examples.len() < EXAMPLES {
            let record = match &row.record {
                rows::RecordIn::Ordinal(ordinal) => ordinal.to_string(),
                rows::RecordIn::Id(id) => id.clone(),
            };
            rejects.examples.push(RejectView {
                place: name(&format!("{}#{record}", row.path)),
                offset: row.offset,
                stage: word(&row.stage),
                error: name(&row.error),
            });
        }
    }

    fn source_of(&self, row: &ArticleIn) -> String {
        let inferred = |value: &'_ Option<rows::ValueIn>| value.as_ref().map(|v| v.value.clone());
        let (url, site) = (inferred(&row.inferred.url), inferred(&row.inferred.site));
        let names = [
            row.url.as_deref().and_then(host),
            row.site.as_deref(),
            row.metadata.source.as_ref().and_then(Value::as_str),
            url.as_deref().and_then(host),
            site.as_deref(),
        ];
        self.source(&names, &row.source)
    }

    fn source_of_duplicate(&self, row: &DuplicateIn) -> String {
        let host = row.url.as_deref().and_then(host);
        self.source(&[host, row.site.as_deref(), row.source_name.as_deref()], &row.source)
    }

    /// The first of `names`, or else the input.
    fn source(&self, names: &[Option<&str>], source: &SourceIn) -> String {
        let named = names.iter().flatten().map(|name| name.trim()).find(|name| !name.is_empty());
        let input = || match source.path.rsplit_once('/') {
            Some((folder, _)) if self.inputs > INPUTS => format!("{folder}/"),
            _ => source.path.clone(),
        };
        visible(&named.map_or_else(input, ToOwned::to_owned), 120)
    }

    fn finish(self, manifest: &Manifest, biggest: Biggest, has_articles: bool) -> Report {
        let Manifest { tally, run, .. } = manifest;
        let mut articles = self.articles;
        articles.after_run = self.days.after(&self.started);
        articles.dates = self.days.into_dates();
        articles.languages = self.languages.into_named(SHOWN);
        articles.lengths = self.lengths.into_named();
        let says = SAYS.iter().zip(self.says);
        articles.says =
            says.map(|(name, count)| Named { name: (*name).to_owned(), count }).collect();
        let all = self.sources.all();
        let sources = self.sources.first(SOURCES.1, |(kept, dropped)| kept + dropped);
        let source = |(name, (kept, duplicates))| Source { name, kept, duplicates };
        let (sizes, clusters) = self.clusters.sizes();
        let (first, closest) = biggest.finish(&self.clusters);
        let methods = self.methods.iter();
        let similarity = self.dropped.iter().zip(self.linked).enumerate();
        let mut removals: Vec<Removals> = tally
            .removed_bytes
            .iter()
            .map(|(reason, bytes)| Removals {
                reason: reason.name().to_owned(),
                bytes: *bytes,
                spans: self.spans.get(reason).copied().unwrap_or_default(),
                samples: Vec::new(),
            })
            .collect();
        removals.sort_by_key(|removals| Reverse(removals.bytes));
        let mut rejects: Vec<Rejects> = self.rejects.into_values().collect();
        rejects.sort_by_key(|rejects| Reverse(rejects.count));
        Report {
            newsmill: visible(&manifest.newsmill, 40),
            run: run.clone(),
            tally: tally.clone(),
            skipped: manifest.skipped.clone(),
            inputs: inputs(&manifest.inputs, self.kinds),
            articles: has_articles.then_some(articles),
            sources: Listed { first: sources.into_iter().map(source).collect(), all },
            duplicates: Duplicates {
                methods: methods
                    .map(|(method, count)| Named { name: word(method), count: *count })
                    .collect(),
                similarity: similarity
                    .map(|(bin, (dropped, linked))| SimilarityBin {
                        from: if bin == 0 { 0.0 } else { 0.5 + (bin - 1) as f64 * BIN },
                        dropped: *dropped,
                        linked,
                    })
                    .collect(),
                drop_threshold: manifest.configuration["across"]["drop_threshold"].as_f64(),
                sizes,
                clusters: Listed { first, all: clusters },
                closest,
            },
            removals,
            rejects,
            configuration: configuration(&manifest.configuration),
            files: Listed {
                first: manifest.files.iter().take(FILES).cloned().collect(),
                all: manifest.files.len() as u64,
            },
            ..Report::default()
        }
    }
}

fn inputs(entries: &[InputEntry], kinds: Names<u64>) -> Inputs {
    Inputs {
        count: entries.len() as u64,
        bytes: entries.iter().filter_map(|input| input.bytes).sum(),
        kinds: kinds.into_named(SHOWN),
        first: entries.iter().take(SHOWN).map(|input| name(&input.path)).collect(),
    }
}

fn configuration(configuration: &Value) -> String {
    visible(&serde_json::to_string_pretty(configuration).unwrap_or_default(), CONFIGURATION)
}

fn bin(similarity: f64) -> usize {
    let bin = ((similarity - 0.5) / BIN + 1e-9).floor();
    if bin < 0.0 { 0 } else { (bin as usize + 1).min(BINS) }
}

/// The host of a URL, without what does not tell sites apart.
fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = host.split(':').next()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    (!host.is_empty()).then_some(host)
}

/// How the name of an input ends, with what it is compressed by: `.jsonl.zst`.
fn ending(path: &str) -> String {
    if path == "-" {
        return "standard input".to_owned();
    }
    let plain =
        |ending: &str| ending.len() <= 8 && ending.bytes().all(|b| b.is_ascii_alphanumeric());
    let path = Path::new(path);
    let last = path.extension().and_then(|e| e.to_str()).filter(|e| plain(e));
    let Some(last) = last.map(str::to_ascii_lowercase) else { return "no ending".to_owned() };
    let inner = path.file_stem().map(Path::new).and_then(|stem| stem.extension()?.to_str());
    match inner.filter(|inner| plain(inner)) {
        Some(inner) if ["gz", "zst", "bz2", "xz", "lz4"].contains(&last.as_str()) => {
            format!(".{}.{last}", inner.to_ascii_lowercase())
        }
        _ => format!(".{last}"),
    }
}

impl From<crate::Removed> for SampleView {
    fn from(row: crate::Removed) -> Self {
        let text = |text: &str| visible(text, SAMPLE);
        Self {
            id: name(row.id.as_str()),
            stage: word(&row.stage),
            score: row.score,
            bytes: row.bytes as u64,
            before: text(&row.before),
            text: text(&row.text),
            after: text(&row.after),
            left: text(&row.left),
            stays: row.stays.as_deref().map(text),
        }
    }
}

/// Lines that recur. Their rows come source by source, in each those of most stories first.
#[derive(Debug, Default)]
struct Recurring {
    sources: Vec<BoilerplateOf>,
    all: u64,
}

impl Recurring {
    fn add(&mut self, row: &BoilerplateRow) {
        let source = row.source.as_deref().map(name);
        if self.sources.last().is_none_or(|last| last.source != source) {
            if self.sources.len() >= 4 * BOILERPLATE_SHOWN.0 {
                self.drop_small();
            }
            self.all += 1;
            self.sources.push(BoilerplateOf { source, stories: 0, lines: Listed::default() });
        }
        let Some(of) = self.sources.last_mut() else { return };
        of.stories += u64::from(row.stories);
        of.lines.all += 1;
        if of.lines.first.len() < BOILERPLATE_SHOWN.1 {
            let line = Line { line: name(&row.line), stories: row.stories, share: row.share };
            of.lines.first.push(line);
        }
    }

    fn drop_small(&mut self) {
        self.sources.sort_by_key(|of| Reverse(of.stories));
        self.sources.truncate(BOILERPLATE_SHOWN.0);
    }

    fn finish(mut self) -> Listed<BoilerplateOf> {
        self.drop_small();
        Listed { first: self.sources, all: self.all }
    }
}
