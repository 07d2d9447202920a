//! The layout of plain text: what its lines, signs and gaps mean.
//!
//! [`lay_out`] goes from small to large and back: it cuts lines ([`lines`]), says what each is by
//! its look ([`class`]), settles what only neighbours can tell ([`settle`]), makes blocks
//! ([`drafts`], with [`paragraphs`] for wrapped text), tells headings from paragraphs
//! ([`headings`]) and finds the markup inside blocks ([`inline`]).

mod captions;
mod class;
mod drafts;
mod headings;
mod inline;
mod lines;
mod links;
mod paragraphs;
mod placeholder;
mod settle;

use newsmill_article::{
    Article, ArticleId, Block, BlockKind, Image, Limits, Link, Origin, Reason, Reject, RejectKind,
    Removal, Span, Stage,
};

use class::Class;

use crate::encoding::invisible;

/// What the layout of a text says.
#[derive(Debug)]
pub(crate) struct Layout {
    /// Its blocks, in order.
    pub(crate) blocks: Vec<Block>,
    /// What is no text, in order, without overlap.
    pub(crate) removals: Vec<Removal>,
    /// Links written with markup, in order.
    pub(crate) links: Vec<Link>,
    /// Images, in order.
    pub(crate) images: Vec<Image>,
}

/// Lays out `text` from byte `from` on; `flowed` where its container says format=flowed.
pub(crate) fn lay_out(text: &str, from: usize, flowed: bool, limits: &Limits) -> Layout {
    let lines = lines::cut(text, from);
    let mut classes: Vec<Class> = lines.iter().map(|line| class::classify(text, line)).collect();
    let labels = settle::settle(text, &lines, &mut classes);
    let mut drafts = drafts::draft(text, &lines, &classes, flowed);
    headings::mark(text, &lines, &mut drafts);
    captions::mark(text, &lines, &mut drafts);

    let mut found = inline::Found { labels, ..inline::Found::default() };
    let mut removed = signs(text, &lines, &classes, &mut found);
    let mut blocks = Vec::with_capacity(drafts.len().min(limits.blocks_per_article));
    for draft in &drafts {
        let (start, end) = (lines[draft.first].start, lines[draft.last].end);
        if draft.kind != BlockKind::Code {
            inline::scan(text, lines[draft.first].text, end, draft.depth > 0, &mut found);
        }
        let Ok(span) = Span::new(text, start..end) else { continue };
        if blocks.len() < limits.blocks_per_article {
            blocks.push(Block { kind: draft.kind, span, quoted: draft.depth });
        } else if let Some(last) = blocks.last_mut() {
            let kind = BlockKind::Paragraph;
            *last = Block { kind, span: last.span.hull(span), quoted: last.quoted };
        }
    }
    captions::attach(text, &lines, &drafts, &mut found.images);
    settle::anchor(text, &lines, &classes, &mut found);
    removed.extend(found.markup.iter().map(|(s, e)| (*s, *e, Reason::Markup)));
    removed.extend(invisible(text, from).into_iter().map(|(s, e)| (s, e, Reason::Markup)));
    found.links.sort_by_key(|link| link.span);
    found.images.sort_by_key(|image| image.span);
    found.links.truncate(limits.facts_per_article);
    found.images.truncate(limits.facts_per_article);
    Layout { blocks, removals: in_order(text, removed), links: found.links, images: found.images }
}

/// Bytes taken out, and why.
type Taken = (usize, usize, Reason);

/// The signs that belong to lines: quoting, bullets, rules, placeholders.
fn signs(
    text: &str,
    lines: &[lines::Line],
    classes: &[Class],
    found: &mut inline::Found,
) -> Vec<Taken> {
    let mut taken = Vec::new();
    for (line, class) in lines.iter().zip(classes) {
        if line.body > line.start {
            taken.push((line.start, line.body, Reason::Markup));
        }
        let mut take = |start: usize, end: usize| taken.push((start, end, Reason::Markup));
        match *class {
            Class::Rule => {
                // A row of signs draws a line; `-30-` and `(END)` say that the story is over.
                let says = line.slice(text).contains(char::is_alphanumeric);
                let reason = if says { Reason::Furniture } else { Reason::Markup };
                taken.push((line.text, line.end, reason));
            }
            Class::Underline | Class::Fence | Class::Definition => take(line.text, line.end),
            Class::Image => inline::scan(text, line.text, line.end, line.depth > 0, found),
            Class::Hash { signs, .. } => {
                take(line.text, line.text + signs);
                let slice = line.slice(text);
                let bare = slice.trim_end_matches('#');
                if bare.len() > signs && bare.ends_with(' ') {
                    take(line.text + bare.trim_end().len(), line.end);
                }
            }
            Class::Framed { front, back } => {
                take(line.text, line.text + front);
                take(line.end - back, line.end);
            }
            Class::Bullet { length, .. } => take(line.text, line.text + length),
            Class::Blank
            | Class::Text
            | Class::Alone
            | Class::Number { .. }
            | Class::Row
            | Class::Code => {}
        }
    }
    taken
}

/// Sorts what was taken out and merges what overlaps; the first one's reason stands.
fn in_order(text: &str, mut taken: Vec<Taken>) -> Vec<Removal> {
    taken.sort_unstable_by_key(|t| (t.0, std::cmp::Reverse(t.1)));
    let mut merged: Vec<Taken> = Vec::with_capacity(taken.len());
    for (start, end, reason) in taken {
        match merged.last_mut() {
            Some(last) if start < last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end, reason)),
        }
    }
    merged
        .into_iter()
        .filter_map(|(start, end, reason)| {
            let span = Span::new(text, start..end).ok()?;
            Some(Removal::new(span, reason, Stage::Parse))
        })
        .collect()
}

impl Layout {
    /// The article of `text`, which this is the layout of.
    ///
    /// # Errors
    /// Only on a mistake in this module: a layout that loses text is rejected, never handed on.
    pub(crate) fn into_article(
        self,
        id: ArticleId,
        origin: Origin,
        text: String,
    ) -> Result<Article, Reject> {
        let Self { blocks, removals, links, images } = self;
        let place = origin.clone();
        let mut article = Article::new(id, origin, text, blocks, removals)
            .map_err(|error| Reject::new(place, Stage::Parse, RejectKind::Malformed, error))?;
        article.facts.links = links;
        article.facts.images = images;
        Ok(article)
    }
}
