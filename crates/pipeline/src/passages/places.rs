//! Where passages stand in articles, and what becomes of them when these are written.

use newsmill_article::{Article, ArticleId, Kept, Reason, Removal, Span, Stage, Tally};
use newsmill_dedup::tokens::{Tokens, tokenize_into};
use newsmill_output::{Bytes, FileEntry, PASSAGES, PassageRow, RunFile, Store};
use rayon::ThreadPool;
use rayon::prelude::*;

use super::{CHUNKS_PER_THREAD, Passages, What};
use crate::Error;
use crate::boilerplate::Boilerplate;
use crate::config::Mode;
use crate::map::Note;
use crate::spool::Spool;

/// Where the passages that touch one article stand in its record's text.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// Index of each passage that stands in an earlier article, and its span here.
    copies: Vec<(usize, Span)>,
    /// Index of each passage that a later article has, and its span here.
    firsts: Vec<(usize, Span)>,
}

/// Where one end of a passage stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    /// The copy, and the words of it that are left.
    Copy(Bytes, u32),
    /// What it is a copy of.
    First(Bytes),
}

impl Passages {
    /// Spares the copies of passages of which the first text loses some as boilerplate: what is
    /// boilerplate in one source need not be so in the other, and one copy must stay.
    pub(crate) fn spare(
        &mut self,
        spool: &Spool,
        boilerplate: &Boilerplate,
        pool: &ThreadPool,
    ) -> Result<(), Error> {
        if self.what != What::Remove || self.found.is_empty() {
            return Ok(());
        }
        let mut frames = spool.frames()?;
        let mut number = 0;
        loop {
            let mut batch = Vec::new();
            while batch.len() < CHUNKS_PER_THREAD * pool.current_num_threads() {
                let Some(frame) = frames.next()? else { break };
                let first = number;
                number += frame.articles();
                batch.push((first, frame));
            }
            if batch.is_empty() {
                return Ok(());
            }
            let lost: Result<Vec<Vec<usize>>, Error> = pool.install(|| {
                let lost = batch.par_iter().map(|(first, frame)| {
                    let articles = frame.unpack().map_err(|e| spool.damaged(e))?;
                    Ok(self.lost((*first..).zip(articles), boilerplate))
                });
                lost.collect()
            });
            for index in lost?.concat() {
                self.spared[index] = true;
            }
        }
    }

    /// The passages of which these articles, being the first to have them, lose some.
    fn lost(
        &self,
        articles: impl Iterator<Item = (usize, Article)>,
        boilerplate: &Boilerplate,
    ) -> Vec<usize> {
        let mut cutter = boilerplate.cutter();
        let mut lost = Vec::new();
        for (number, mut article) in articles {
            let firsts = self.places(number, &article, Mode::Articles).firsts;
            if firsts.is_empty() {
                continue;
            }
            let before: Vec<_> = firsts.iter().map(|(_, span)| left(&article, *span)).collect();
            boilerplate.remove(number, &mut article, &mut cutter);
            let firsts = firsts.iter().zip(before);
            let changed = firsts.filter(|((_, span), before)| left(&article, *span) != *before);
            lost.extend(changed.map(|((index, _), _)| *index));
        }
        lost
    }

    /// The places in article `doc`, as it was when its text was searched.
    pub(crate) fn places(&self, doc: usize, article: &Article, mode: Mode) -> Places {
        let from = self.found.partition_point(|p| (p.text as usize) < doc);
        let to = from + self.found[from..].partition_point(|p| p.text as usize == doc);
        let of = |index: &usize| self.found[*index].of as usize;
        let asked = self.by_of.partition_point(|index| of(index) < doc);
        let asked = &self.by_of[asked..];
        let asked = &asked[..asked.partition_point(|index| of(index) == doc)];
        if from == to && asked.is_empty() {
            return Places::default();
        }
        let kept = match mode {
            Mode::Articles => article.kept(),
            Mode::Verbatim => Kept::default(),
        };
        let span = |range: &std::ops::Range<usize>| match mode {
            Mode::Articles => kept.span_of(range.clone()),
            Mode::Verbatim => article.span(range.clone()).ok(),
        };
        let copies = (from..to).filter_map(|i| Some((i, span(&self.found[i].range)?)));
        let firsts = asked.iter().filter_map(|&i| Some((i, span(&self.found[i].of_range)?)));
        Places { copies: copies.collect(), firsts: firsts.collect() }
    }

    /// The id of the article that passage `index` is of.
    fn of<'n>(&self, index: usize, notes: &'n [Note]) -> &'n ArticleId {
        &notes[self.found[index].of as usize].id
    }
}

impl Places {
    /// Takes what was removed since the search out of the passages, forgets those of which too
    /// little is left, removes the others if asked, and counts and tells what there is.
    pub(crate) fn settle(
        &mut self,
        passages: &Passages,
        article: &mut Article,
        tally: &mut Tally,
    ) -> Vec<(usize, End)> {
        let mut tokens = Tokens::default();
        let place = |span| Bytes::from(article.in_record(span));
        let mut ends: Vec<(usize, End)> =
            self.firsts.iter().map(|&(index, span)| (index, End::First(place(span)))).collect();
        let mut removals = Vec::new();
        self.copies.retain_mut(|(index, span)| {
            let left = left(article, *span);
            let (Some(first), Some(last)) = (left.first(), left.last()) else { return false };
            let mut words = passages.found[*index].words;
            if left.as_slice() != [*span] {
                words = 0;
                for part in &left {
                    tokenize_into(article.slice(*part), &mut tokens);
                    words += tokens.len() as u32;
                }
            }
            if (words as usize) < passages.min_words {
                return false;
            }
            *span = first.hull(*last);
            ends.push((*index, End::Copy(place(*span), words)));
            tally.passages += 1;
            tally.passage_bytes += span.len() as u64;
            if passages.what == What::Remove && !passages.spared[*index] {
                let removal = |span| Removal::new(span, Reason::Passage, Stage::Across);
                removals.extend(left.into_iter().map(removal));
            }
            true
        });
        article.remove_all(removals);
        ends
    }

    /// The article whose copy of a removed passage stays.
    pub(crate) fn of<'n>(
        &self,
        removal: &Removal,
        passages: &Passages,
        notes: &'n [Note],
    ) -> Option<&'n ArticleId> {
        if removal.reason != Reason::Passage {
            return None;
        }
        // Passages end in the order in which they begin.
        let at = self.copies.partition_point(|(_, span)| span.end() < removal.span.end());
        let (index, _) = self.copies.get(at).filter(|(_, span)| span.contains(removal.span))?;
        Some(passages.of(*index, notes))
    }
}

/// The parts of a span that hold words and were not removed, but as markup.
fn left(article: &Article, span: Span) -> Vec<Span> {
    let removals = article.removals();
    let from = removals.partition_point(|r| r.span.end() <= span.start());
    let inside = removals[from..].iter().take_while(|r| r.span.start() < span.end());
    let (mut parts, mut rest) = (Vec::new(), Some(span));
    for removal in inside.filter(|r| r.reason != Reason::Markup) {
        let Some(now) = rest else { break };
        let [before, after] = now.without(removal.span);
        parts.extend(before);
        rest = after;
    }
    parts.extend(rest);
    let text = article.text();
    let trimmed = parts.into_iter().map(|part| part.trim(text));
    trimmed.filter(|part| part.slice(text).contains(char::is_alphanumeric)).collect()
}

/// Both ends of all passages, as the write pass learns them.
#[derive(Debug)]
pub(crate) struct Placed<'a> {
    passages: &'a Passages,
    copies: Vec<Option<(Bytes, u32)>>,
    firsts: Vec<Option<Bytes>>,
}

impl<'a> Placed<'a> {
    pub(crate) fn new(passages: &'a Passages) -> Self {
        let all = passages.found.len();
        Self { passages, copies: vec![None; all], firsts: vec![None; all] }
    }

    /// Adds what the write pass learnt from an article.
    pub(crate) fn add(&mut self, ends: Vec<(usize, End)>) {
        for (index, end) in ends {
            match end {
                End::Copy(place, words) => self.copies[index] = Some((place, words)),
                End::First(place) => self.firsts[index] = Some(place),
            }
        }
    }

    /// Writes `passages.jsonl`.
    pub(crate) fn write(&self, notes: &[Note], store: &dyn Store) -> Result<FileEntry, Error> {
        let mut file = RunFile::create(store, PASSAGES)?;
        for (index, passage) in self.passages.found.iter().enumerate() {
            let (Some((copy, words)), Some(first)) = (self.copies[index], self.firsts[index])
            else {
                continue;
            };
            let id = &notes[passage.text as usize].id;
            let of = self.passages.of(index, notes);
            file.write_row(&PassageRow::new((id, copy), words, (of, first)))?;
        }
        Ok(file.commit()?)
    }
}
