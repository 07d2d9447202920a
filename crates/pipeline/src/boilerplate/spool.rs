//! Which article has which lines, on disk until it is known which articles are copies.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use newsmill_article::Article;
use newsmill_dedup::lines::{Occurrence, Recurring, Stories, recurring};

use super::BoilerplateConfig;
use crate::Error;

/// Scratch files; a line's first bits say in which it is.
const PARTS: u64 = 64;
/// Bytes of a record: the line and the number of the article.
const RECORD_BYTES: usize = 12;
/// Bytes gathered before a write, for each part.
const BUFFER_BYTES: usize = 32 << 10;

/// What the map pass notes of one article.
#[derive(Debug)]
pub(crate) struct Noted {
    /// Where it was published; empty where it does not say.
    source: String,
    /// The prints of its lines, each once.
    lines: Vec<u64>,
}

impl Noted {
    /// `domain` is that of the article's own URL, if it has one.
    pub(crate) fn new(article: &Article, domain: Option<&str>, mut lines: Vec<u64>) -> Self {
        lines.sort_unstable();
        lines.dedup();
        Self { source: source(article, domain), lines }
    }
}

/// Where an article was published: the domain of its URL, else the site it names, else the row's
/// `source` or its newsgroups, else the domain of an inferred URL.
fn source(article: &Article, domain: Option<&str>) -> String {
    if let Some(domain) = domain.filter(|domain| !domain.is_empty()) {
        return domain.to_owned();
    }
    let said = article.facts.site.as_ref().map(|site| site.value.clone());
    let field = |name| article.metadata.text(name).map(|text| text.trim().to_owned());
    let inferred = || {
        let url = &article.facts.inferred.get("url")?.value;
        Some(newsmill_extract::normalize_url(url)?.domain)
    };
    let sources = [said, field("source"), field("newsgroups")];
    let mut sources = sources.into_iter().flatten().filter(|name| !name.is_empty());
    sources.next().or_else(inferred).unwrap_or_default()
}

/// One scratch file.
#[derive(Debug, Default)]
struct Part {
    file: Option<BufWriter<File>>,
    records: usize,
}

/// Writes which article has which lines, and reads it back part by part.
#[derive(Debug)]
pub(crate) struct LineSpool {
    folder: PathBuf,
    parts: Vec<Part>,
    sources: Vec<String>,
    numbers: HashMap<String, u32>,
    source_of: Vec<u32>,
}

impl LineSpool {
    /// A new one; its files go to `folder`, which is somebody else's to remove.
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            parts: (0..PARTS).map(|_| Part::default()).collect(),
            sources: vec![String::new()],
            numbers: HashMap::from([(String::new(), 0)]),
            source_of: Vec::new(),
        }
    }

    /// Adds the next article.
    pub(crate) fn push(&mut self, noted: Noted) -> Result<(), Error> {
        let article = self.source_of.len() as u32;
        let Noted { source, lines } = noted;
        let next = self.sources.len() as u32;
        let number = *self.numbers.entry(source).or_insert_with_key(|source| {
            self.sources.push(source.clone());
            next
        });
        self.source_of.push(number);
        for line in lines {
            let index = (line / (u64::MAX / PARTS + 1)) as usize;
            let path = self.path(index);
            let Some(part) = self.parts.get_mut(index) else { continue };
            let mut record = [0; RECORD_BYTES];
            record[..8].copy_from_slice(&line.to_le_bytes());
            record[8..].copy_from_slice(&article.to_le_bytes());
            let file = match &mut part.file {
                Some(file) => file,
                None => {
                    let file = File::create_new(&path).map_err(failed(&path))?;
                    part.file.insert(BufWriter::with_capacity(BUFFER_BYTES, file))
                }
            };
            file.write_all(&record).map_err(failed(&path))?;
            part.records += 1;
        }
        Ok(())
    }

    /// Ends writing.
    pub(crate) fn finish(&mut self) -> Result<(), Error> {
        for index in 0..self.parts.len() {
            let path = self.path(index);
            if let Some(mut file) = self.parts[index].file.take() {
                file.flush().map_err(failed(&path))?;
            }
        }
        Ok(())
    }

    /// The lines that recur, given the story of each kept article.
    pub(crate) fn recurring(
        &self,
        stories: &[Option<u32>],
        config: &BoilerplateConfig,
    ) -> Result<Vec<Recurring>, Error> {
        let texts = self.source_of.iter().zip(stories);
        let texts = texts.filter_map(|(source, story)| Some((*source, (*story)?))).collect();
        let count = Stories::count(texts);
        let most = (config.count_bytes / size_of::<Occurrence>()).max(1);
        let mut found = Vec::new();
        for index in 0..self.parts.len() {
            // A part that does not fit is read several times, each time for some of its lines.
            let turns = self.parts[index].records.div_ceil(most) as u64;
            for turn in 0..turns {
                let occurrences =
                    self.occurrences(index, stories, |line| (line >> 16) % turns == turn)?;
                found.extend(recurring(occurrences, &count, &config.lines));
            }
        }
        Ok(found)
    }

    /// The number of a source, if an article has it.
    pub(crate) fn number(&self, source: &str) -> Option<u32> {
        self.numbers.get(source).copied()
    }

    /// The names of the sources, and the number of each article's source.
    pub(crate) fn into_sources(self) -> (Vec<String>, Vec<u32>) {
        (self.sources, self.source_of)
    }

    /// Reads the records of one part whose line is `wanted` and whose article is kept.
    fn occurrences(
        &self,
        part: usize,
        stories: &[Option<u32>],
        wanted: impl Fn(u64) -> bool,
    ) -> Result<Vec<Occurrence>, Error> {
        let path = self.path(part);
        let file = File::open(&path).map_err(failed(&path))?;
        let mut file = BufReader::with_capacity(BUFFER_BYTES * RECORD_BYTES, file);
        let mut occurrences = Vec::new();
        for _ in 0..self.parts[part].records {
            let (mut line, mut article) = ([0; 8], [0; 4]);
            file.read_exact(&mut line).map_err(failed(&path))?;
            file.read_exact(&mut article).map_err(failed(&path))?;
            let (line, article) = (u64::from_le_bytes(line), u32::from_le_bytes(article) as usize);
            let (Some(&source), Some(&Some(story))) =
                (self.source_of.get(article), stories.get(article))
            else {
                continue;
            };
            if wanted(line) {
                occurrences.push(Occurrence { line, source, story });
            }
        }
        Ok(occurrences)
    }

    fn path(&self, part: usize) -> PathBuf {
        self.folder.join(format!("lines-{part:02}"))
    }
}

fn failed(path: &Path) -> impl Fn(io::Error) -> Error {
    |cause| Error::Spool { path: path.to_owned(), cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_does_not_depend_on_the_memory() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = LineSpool::new(folder.path());
        for article in 0..40_u64 {
            // Line n stands in every n-th article.
            let lines = (1..30).filter(|n| article % n == 0);
            let lines = lines.map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
            spool.push(Noted { source: format!("s{}", article % 2), lines }).unwrap();
        }
        spool.finish().unwrap();
        let stories: Vec<_> = (0..40).map(|n| (n % 7 != 3).then_some(n)).collect();
        let mut config = BoilerplateConfig::default();
        config.lines.source_stories = 3;
        let all = spool.recurring(&stories, &config).unwrap();
        assert!(all.len() > 3 && all.iter().all(|line| line.stories >= 3));
        for count_bytes in [1, 100, 1000] {
            let config = BoilerplateConfig { count_bytes, ..config.clone() };
            let mut few = spool.recurring(&stories, &config).unwrap();
            few.sort_by_key(|line| (line.line, line.source));
            assert_eq!(few, all);
        }
    }
}
