//! Tells furniture and promotion from the article.
//!
//! Two signals together decide on a line: *what it is* (phrases in several languages and the
//! line's shape, weighed by a linear model whose weights stand in `data/furniture`) and *where it
//! stands*. Behind the end of the body little evidence is enough; in the middle of the article a
//! line must say by itself that it is none of it. Place and shape alone never remove anything, and
//! words of telling and quoting speak for a line: a sentence about donations is no plea for one.
//!
//! Which [`Reason`] a removal has:
//! * [`Reason::Promo`] asks the reader for something: money, a subscription, a sign-up, to follow,
//!   share, click or write.
//! * [`Reason::Furniture`] is all else that a page or mailing list puts around an article:
//!   copyright, credits of the desk, advertising marks, cookie notices, related stories,
//!   signatures, contact lines, end marks.
//!
//! A line that does both is what most of its evidence says. What is removed stays in the article's
//! text, so credits in it can still be read as facts.

mod evidence;
mod glued;
mod phrases;
mod signature;
mod tokens;
mod unit;

use newsmill_article::{Article, Reason, Removal, Span, Stage};
use serde::{Deserialize, Serialize};

use evidence::{Evidence, weigh, weights};
use tokens::Reader;
use unit::{Unit, is_judged, is_rule, units};

/// How sure newsmill must be to take a line out as furniture or promotion.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FurnitureConfig {
    /// Least score of a line that is taken out, 0.01 to 0.99 (values outside are clamped). Default
    /// 0.5. The higher, the less is taken out, and nothing that a lower value would leave.
    pub min_score: f32,
}

impl Default for FurnitureConfig {
    fn default() -> Self {
        Self { min_score: 0.5 }
    }
}

/// Longer units are never furniture as a whole, in bytes; only their last sentences may be.
const UNIT_BYTES_MAX: usize = 1500;
/// Longer units in the middle of an article are not looked at, in bytes.
const MIDDLE_BYTES_MAX: usize = 280;
/// From this length on a unit without evidence is part of the article's body, in bytes.
const BODY_BYTES_MIN: usize = 60;
/// Evidence below which a unit counts as body.
const BODY_SUM_MAX: f32 = -2.0;
/// How much that is kept may stand below a line that is still near the end, in lines and bytes.
const NEAR_TAIL: (usize, usize) = (3, 600);
/// Most lines of a list or signature at the end, and the length of a list's line in bytes.
const LIST: (usize, usize) = (12, 160);
/// Score of what is told by its form alone: end marks, lines drawn, signatures.
const FORM_SCORE: f32 = 0.9;

/// Takes furniture and promotion out of an article, as [`Removal`]s with a score from 0 to 1.
///
/// Looks only at what is still kept, line by line, and at the last sentences of the last line.
/// Tables, code and captions are left alone. A block that goes whole is one removal with the
/// block's span. Facts, such as links, stay. Linear in the text; running it on the kept text again
/// takes nothing more.
///
/// ```
/// use newsmill_article::{Article, Block, BlockKind, Origin, Reason, Span};
/// use newsmill_parse::furniture::{FurnitureConfig, furniture};
///
/// let text = "The river rose by two metres in the night, and the old bridge had to be closed.\n\
///             Sign up for our free newsletter!"
///     .to_owned();
/// let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
/// let mut article =
///     Article::new("a1".into(), Origin::new("post.txt", 0), text, vec![block], vec![])?;
/// furniture(&mut article, &FurnitureConfig::default());
/// assert!(article.kept().text().ends_with("had to be closed."));
/// assert_eq!(article.removals()[0].reason, Reason::Promo);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn furniture(article: &mut Article, config: &FurnitureConfig) {
    let mut judge = Judge::new(article, config);
    judge.walk_up();
    judge.walk_down();
    let removals = judge.removals();
    article.remove_all(removals);
}

/// What is taken of a unit.
#[derive(Clone, Copy, Debug)]
struct Gone {
    /// Where the part that goes starts; the unit's start if all of it goes.
    start: usize,
    reason: Reason,
    score: f32,
}

impl Gone {
    fn of(start: usize, evidence: &Evidence, sum: f32) -> Self {
        let reason = if evidence.is_promo() { Reason::Promo } else { Reason::Furniture };
        Self { start, reason, score: logistic(sum) }
    }
}

/// One article's units and what becomes of them.
struct Judge<'a> {
    article: &'a Article,
    reader: Reader,
    units: Vec<Unit<'a>>,
    /// What each unit is; nothing for those that are too long, or not to be judged.
    evidence: Vec<Option<Evidence>>,
    gone: Vec<Option<Gone>>,
    /// Units from the first to the last one of the body.
    body: Option<(usize, usize)>,
    min_score: f32,
    /// Least sum of evidence: the logit of the least score.
    limit: f32,
}

/// What stands below a unit on the way up.
#[derive(Default)]
struct Below {
    /// Units that are kept, the nearest last; only as many as a list of stories may have.
    kept: Vec<usize>,
    lines: usize,
    bytes: usize,
}

impl Below {
    fn keep(&mut self, index: usize, bytes: usize) {
        self.lines += 1;
        self.bytes += bytes;
        if self.lines <= LIST.0 {
            self.kept.push(index);
        }
    }
}

impl<'a> Judge<'a> {
    fn new(article: &'a Article, config: &FurnitureConfig) -> Self {
        let units = units(article);
        let mut reader = Reader::default();
        let mut evidence = Vec::with_capacity(units.len());
        for unit in &units {
            let judged =
                is_judged(article.blocks()[unit.block].kind) && unit.bytes <= MIDDLE_BYTES_MAX;
            evidence.push(judged.then(|| weigh(&unit.text, &mut reader)));
        }
        let is_body = |index: &usize| {
            let unit: &Unit<'_> = &units[*index];
            unit.bytes >= BODY_BYTES_MIN
                && evidence[*index].is_none_or(|e: Evidence| e.sum < BODY_SUM_MAX)
                && !is_rule(&unit.text)
        };
        let first = (0..units.len()).find(is_body);
        let last = (0..units.len()).rev().find(is_body);
        let min_score = config.min_score.clamp(0.01, 0.99);
        Self {
            article,
            reader,
            body: first.zip(last),
            gone: vec![None; units.len()],
            evidence,
            units,
            min_score,
            limit: (min_score / (1.0 - min_score)).ln(),
        }
    }

    fn has_body_above(&self, index: usize) -> bool {
        self.body.is_some_and(|(first, _)| first < index)
    }

    /// Judges every unit, the last one first, since what a line may be depends on what is kept
    /// below it.
    fn walk_up(&mut self) {
        let mut below = Below::default();
        for index in (0..self.units.len()).rev() {
            if self.gone[index].is_some() {
                continue;
            }
            self.gone[index] = self.judge(index, &below);
            let start = self.units[index].span.start();
            match self.gone[index] {
                Some(gone) if gone.start == start => {
                    if self.opens_list(index, &below) {
                        self.take_list(gone, &mut below);
                    }
                }
                Some(gone) => below.keep(index, gone.start - start),
                None => below.keep(index, self.units[index].bytes),
            }
        }
    }

    fn judge(&mut self, index: usize, below: &Below) -> Option<Gone> {
        let Unit { block, span, ref text, bytes } = self.units[index];
        if !is_judged(self.article.blocks()[block].kind) {
            return None;
        }
        let behind_body = self.has_body_above(index);
        let at_end = below.lines == 0;
        if is_rule(text) {
            let ends = signature::is_end_mark(text)
                || (behind_body && (at_end || self.opens_signature(index, below)));
            return (ends && self.min_score <= FORM_SCORE).then_some(Gone {
                start: span.start(),
                reason: Reason::Furniture,
                score: FORM_SCORE,
            });
        }
        let w = weights();
        let near_end = below.lines <= NEAR_TAIL.0 && below.bytes <= NEAR_TAIL.1;
        let mut place = match (behind_body, at_end, near_end) {
            (true, true, _) => w.tail,
            (true, false, true) => w.near_tail,
            _ => 0.0,
        };
        if self.goes_below(index) {
            place += w.neighbour;
        }
        if self.goes_above(index) {
            place += w.neighbour;
        }
        if self.evidence[index].is_none() && near_end && bytes <= UNIT_BYTES_MAX {
            self.evidence[index] = Some(weigh(text, &mut self.reader));
        }
        if let Some(gone) = self.evidence[index].and_then(|e| self.goes(span, &e, place))
            && !glued::holds_prose(text, &mut self.reader)
        {
            return Some(gone);
        }
        if !at_end {
            return None;
        }
        let goes_below = self.goes_below(index);
        let cut = glued::cut(text, goes_below, self.limit, &mut self.reader)?;
        // What is left may be furniture itself, once what was glued to it is gone.
        let rest = text[..cut.start].trim_end();
        if behind_body && rest.len() <= UNIT_BYTES_MAX {
            let evidence = weigh(rest, &mut self.reader);
            if let Some(gone) = self.goes(span, &evidence, w.tail + w.neighbour)
                && !glued::holds_prose(rest, &mut self.reader)
            {
                return Some(gone);
            }
        }
        Some(Gone::of(span.start() + cut.start, &cut.evidence, cut.sum))
    }

    fn goes(&self, span: Span, evidence: &Evidence, place: f32) -> Option<Gone> {
        let sum = evidence.sum + place;
        (evidence.has_phrase() && sum >= self.limit).then(|| Gone::of(span.start(), evidence, sum))
    }

    fn goes_below(&self, index: usize) -> bool {
        self.gone.get(index + 1).copied().flatten().is_some()
    }

    /// Whether the line above is furniture wherever it stands.
    fn goes_above(&self, index: usize) -> bool {
        index
            .checked_sub(1)
            .and_then(|above| self.evidence[above])
            .is_some_and(|e| e.has_phrase() && e.sum >= self.limit.max(0.0))
    }

    /// Whether all that is kept below a line that goes is a list or signature that it opens.
    fn opens_list(&self, index: usize, below: &Below) -> bool {
        if !self.has_body_above(index) || below.lines > LIST.0 {
            return false;
        }
        let heads_list = self.evidence[index].is_some_and(|e| e.heads_list);
        let is_title = |&index: &usize| {
            let text = self.units[index].text.trim_end();
            text.len() <= LIST.1 && !text.ends_with('.') && self.gone[index].is_none()
        };
        (heads_list && below.kept.iter().all(is_title)) || self.opens_signature(index, below)
    }

    fn opens_signature(&self, index: usize, below: &Below) -> bool {
        let lines = below.kept.iter().map(|&kept| self.units[kept].text.as_ref());
        below.lines <= LIST.0 && signature::opens(self.article, self.units[index].span, lines)
    }

    /// Takes out what is kept below the head of a list, like the head itself.
    fn take_list(&mut self, head: Gone, below: &mut Below) {
        for &index in &below.kept {
            let start = self.units[index].span.start();
            self.gone[index] = Some(Gone { start, ..head });
        }
        *below = Below::default();
    }

    /// Judges the first lines again, which stand before the body.
    fn walk_down(&mut self) {
        let Some((_, last_body)) = self.body else { return };
        for index in 0..last_body {
            if self.gone[index].is_some() {
                continue;
            }
            let Some(evidence) = self.evidence[index] else { return };
            let mut place = weights().head;
            if index > 0 {
                place += weights().neighbour;
            }
            let gone = self.goes(self.units[index].span, &evidence, place);
            if gone.is_none() || glued::holds_prose(&self.units[index].text, &mut self.reader) {
                return;
            }
            self.gone[index] = gone;
        }
    }

    /// The removals: units of one block and one reason that follow each other are one.
    fn removals(self) -> Vec<Removal> {
        let mut removals: Vec<(usize, Removal)> = Vec::new();
        let mut open = false;
        for (unit, gone) in self.units.iter().zip(&self.gone) {
            let Some(gone) = gone else {
                open = false;
                continue;
            };
            let whole = gone.start == unit.span.start();
            let Ok(span) = self.article.span(gone.start..unit.span.end()) else { continue };
            match removals.last_mut() {
                Some((block, last))
                    if open
                        && whole
                        && *block == unit.block
                        && last.reason == gone.reason
                        && self.is_free(last.span.end(), span.start()) =>
                {
                    last.span = last.span.hull(span);
                    last.score = last.score.map(|score| score.min(gone.score));
                }
                _ => {
                    let removal = Removal::new(span, gone.reason, Stage::Furniture);
                    removals.push((unit.block, removal.with_score(gone.score)));
                }
            }
            open = true;
        }
        removals.into_iter().map(|(_, removal)| removal).collect()
    }

    /// Whether nothing was removed before between two units of a block, so that they may go as one.
    fn is_free(&self, from: usize, to: usize) -> bool {
        let removals = self.article.removals();
        let first = removals.partition_point(|r| r.span.end() <= from);
        removals[first..]
            .iter()
            .take_while(|r| r.span.start() < to)
            .all(|r| r.reason == Reason::Markup)
    }
}

fn logistic(sum: f32) -> f32 {
    1.0 / (1.0 + (-sum).exp())
}
