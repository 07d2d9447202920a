//! The article of a page whose blocks are judged.

use std::ops::Range;

use newsmill_article::{
    Article, ArticleId, Block, BlockKind, Image, Limits, Link, Origin, Reason, Reject, RejectKind,
    Removal, Span, Stage,
};
use url::Url;

use super::drafts::{Draft, Page, Picture};
use super::features::bare;
use super::hints;
use super::names::{Attr, Tag};
use super::tree::{NodeId, Tree, fold};

/// Least likelihood of a block that stays.
pub(super) const LIKELY: f32 = 0.5;
/// Least likelihood of a heading that stays, where the block behind it does.
const HEADING_LIKELY: f32 = 0.4;
/// Where no block is so likely: the share of the most likely one's that is enough.
const SHARE_OF_BEST: f32 = 0.6;
/// Blocks between a page's title and its first block of text that are looked at.
const TOP_DRAFTS: usize = 16;
/// Lines above and below an article that may say who wrote it and when, and how much of each is
/// looked at, in bytes.
const RIM_ABOVE: usize = 10;
const RIM_BELOW: usize = 6;
const RIM_BYTES_MAX: usize = 90;
/// Longest run of blocks that are cut out within the article and still stand in its text, in bytes.
const CUT_BYTES_MAX: usize = 4 << 10;
/// Longest bold line that is a heading, in bytes.
const HEADING_BYTES_MAX: usize = 140;
/// Elements looked at around an image for its caption.
const CAPTION_HOPS: usize = 4;
/// Longest caption, in bytes.
const CAPTION_BYTES_MAX: usize = 800;

/// What becomes of a draft.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    /// It is article.
    Kept,
    /// It stands among the article's blocks and is cut out with a removal.
    Cut,
    /// It is left out and counted.
    Outside,
}

/// What of a page is left out of the article's text.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct LeftOut {
    pub(super) blocks: usize,
    pub(super) bytes: usize,
}

/// What addresses on a page are relative to.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Base<'u> {
    /// The page's `base`.
    pub(super) said: Option<&'u str>,
    /// The page's own address. Links keep it to those who read on.
    pub(super) page: Option<&'u str>,
}

/// A page whose drafts are judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged<'p, 'a> {
    pub(super) tree: &'p Tree<'a>,
    pub(super) page: &'p Page,
    /// How likely each draft is article.
    pub(super) likelihoods: &'p [f32],
}

/// The article's text in the making.
#[derive(Default)]
struct Laid {
    text: String,
    /// Kind, depth of quotation and place of each block.
    blocks: Vec<(BlockKind, u8, Range<usize>)>,
    /// Places that are cut out, and how surely.
    cut: Vec<(Range<usize>, f32)>,
    /// Where each draft starts in the text, if it is there, and whether it stays.
    places: Vec<Option<(usize, bool)>>,
    left_out: LeftOut,
}

impl Judged<'_, '_> {
    /// Makes the article, its title being `title`.
    ///
    /// Its text runs from the title or the first block that stays to the last one. What is cut in
    /// between is in the text as a removal; what stands before or behind, and longer runs in
    /// between (comments, lists of stories), are left out and counted.
    ///
    /// # Errors
    /// Only on a mistake in this module: an article that loses text is rejected, never handed on.
    pub(super) fn article(
        &self,
        title: Option<&str>,
        base: Base<'_>,
        id: ArticleId,
        origin: Origin,
        limits: &Limits,
    ) -> Result<(Article, LeftOut), Reject> {
        let mut laid = self.lay(title);
        let span = |range: Range<usize>| Span::new(&laid.text, range).ok();
        let mut blocks: Vec<Block> = Vec::new();
        for (kind, quoted, range) in std::mem::take(&mut laid.blocks) {
            let Some(span) = span(range) else { continue };
            if blocks.len() < limits.blocks_per_article {
                blocks.push(Block { kind, span, quoted });
            } else if let Some(last) = blocks.last_mut() {
                *last = Block::new(BlockKind::Paragraph, last.span.hull(span));
            }
        }
        let removal = |(range, score): &(Range<usize>, f32)| {
            let removal = Removal::new(span(range.clone())?, Reason::Furniture, Stage::Parse);
            Some(removal.with_score(*score))
        };
        let removals = laid.cut.iter().filter_map(removal).collect();
        let links = self.links(&laid, base.said, limits);
        let images = self.images(&laid, base, limits);
        let place = origin.clone();
        let mut article = Article::new(id, origin, laid.text, blocks, removals)
            .map_err(|error| Reject::new(place, Stage::Parse, RejectKind::Malformed, error))?;
        article.facts.links = links;
        article.facts.images = images;
        Ok((article, laid.left_out))
    }

    /// The short lines around the article's text in which pages say who wrote it and when: those
    /// between its title and its text, the start of the text, and those behind it.
    pub(super) fn rim(&self) -> Vec<&str> {
        let is_likely = |l: &f32| *l >= LIKELY;
        let first = self.likelihoods.iter().position(is_likely).unwrap_or(0);
        let last = self.likelihoods.iter().rposition(is_likely).unwrap_or(0);
        let line = |at: usize| {
            let draft = self.page.drafts.get(at)?;
            let text = self.page.text.get(draft.range.clone())?;
            Some(&text[..text.floor_char_boundary(RIM_BYTES_MAX)])
        };
        let above = (first.saturating_sub(RIM_ABOVE)..first).rev();
        let behind = last + 1..last + 1 + RIM_BELOW;
        above.chain(first..first + 2).chain(behind).filter_map(line).collect()
    }

    fn lay(&self, title: Option<&str>) -> Laid {
        let fates = fates(self.page, self.likelihoods, title);
        let mut laid = Laid::default();
        for (at, draft) in self.page.drafts.iter().enumerate() {
            let slice = self.page.text.get(draft.range.clone()).unwrap_or_default();
            if fates[at] == Fate::Outside {
                laid.left_out.blocks += 1;
                laid.left_out.bytes += slice.len();
                laid.places.push(None);
                continue;
            }
            if !laid.text.is_empty() {
                laid.text.push_str("\n\n");
            }
            let start = laid.text.len();
            laid.text.push_str(slice);
            let stays = fates[at] == Fate::Kept;
            laid.places.push(Some((start, stays)));
            let kind = if stays { kind(self.page, &fates, at, slice) } else { draft.kind };
            laid.blocks.push((kind, draft.quoted, start..laid.text.len()));
            if !stays {
                laid.cut.push((start..laid.text.len(), 1.0 - self.likelihoods[at]));
            }
        }
        laid
    }

    fn links(&self, laid: &Laid, base: Option<&str>, limits: &Limits) -> Vec<Link> {
        let base = base.and_then(|base| Url::parse(base).ok());
        let drafts = &self.page.drafts;
        let mut links = Vec::new();
        let mut at = 0;
        for anchor in &self.page.anchors {
            while drafts.get(at).is_some_and(|d| d.range.end <= anchor.range.start) {
                at += 1;
            }
            let (Some(draft), Some(place)) = (drafts.get(at), laid.places.get(at)) else { break };
            let Some((start, true)) = *place else { continue };
            let Some(from) = anchor.range.start.checked_sub(draft.range.start) else { continue };
            let to = anchor.range.end.min(draft.range.end) - draft.range.start;
            let Ok(span) = Span::new(&laid.text, start + from..start + to) else { continue };
            let Some(raw) = address(self.tree, anchor.element, base.as_ref()) else { continue };
            if links.len() == limits.facts_per_article {
                break;
            }
            let url = raw.clone();
            links.push(Link { url, raw, span, anchor: Some(span), domain: String::new() });
        }
        links
    }

    fn images(&self, laid: &Laid, base: Base<'_>, limits: &Limits) -> Vec<Image> {
        let base = base.said.or(base.page).and_then(|base| Url::parse(base).ok());
        let is_there = |place: &Option<(usize, bool)>| place.is_some();
        let first = laid.places.iter().position(is_there).unwrap_or(0);
        let last = laid.places.iter().rposition(is_there).unwrap_or(0);
        let mut images: Vec<Image> = Vec::new();
        for picture in &self.page.pictures {
            if picture.after < first || picture.after > last + 1 {
                continue;
            }
            // One in a run that was left out is not the article's.
            let near = [Some(picture.after), picture.after.checked_sub(1)];
            let mut places =
                near.into_iter().flatten().filter_map(|at| laid.places.get(at).copied());
            let Some((at, _)) = places.find_map(|place| place) else { continue };
            let Ok(span) = Span::new(&laid.text, at..at) else { continue };
            if images.len() == limits.facts_per_article {
                break;
            }
            if let Some(image) = image(self.tree, picture, base.as_ref(), span)
                && !images.iter().rev().take(8).any(|i| i.url == image.url)
            {
                images.push(image);
            }
        }
        images
    }
}

/// Where a link leads, as the page says it or relative to its base; nothing for links within the
/// page and those that only act.
fn address(tree: &Tree<'_>, link: NodeId, base: Option<&Url>) -> Option<String> {
    let said = tree.attribute(link, Attr::Href)?;
    let said = said.trim();
    let scheme = said.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    let acts = matches!(scheme.as_deref(), Some("javascript" | "data" | "about" | "blob"));
    if said.is_empty() || said.starts_with('#') || acts {
        return None;
    }
    match base {
        Some(base) => Some(base.join(said).ok()?.into()),
        None => Some(said.to_owned()),
    }
}

fn fates(page: &Page, likelihoods: &[f32], title: Option<&str>) -> Vec<Fate> {
    let best = likelihoods.iter().copied().fold(0.0, f32::max);
    let least = LIKELY.min(best * SHARE_OF_BEST);
    let stays = |at: usize| {
        let is_heading = matches!(page.drafts[at].kind, BlockKind::Heading { .. });
        let leads = is_heading && likelihoods.get(at + 1).is_some_and(|next| *next >= least);
        likelihoods[at] >= if leads { least.min(HEADING_LIKELY) } else { least }
    };
    let mut fates: Vec<Fate> = (0..likelihoods.len())
        .map(|at| if stays(at) { Fate::Kept } else { Fate::Outside })
        .collect();
    let Some(first) = fates.iter().position(|f| *f == Fate::Kept) else { return fates };
    let last = fates.iter().rposition(|f| *f == Fate::Kept).unwrap_or(first);
    // The byline and stamp between title and text tell facts to those who read on.
    let title = title.map(bare).unwrap_or_default();
    let from = first.saturating_sub(TOP_DRAFTS);
    let is_title = |draft: &Draft| {
        let text = page.text.get(draft.range.clone()).unwrap_or_default();
        text.len() < 4 * title.len() + 8 && bare(text) == title
    };
    let top = (from..first).rev().find(|at| !title.is_empty() && is_title(&page.drafts[*at]));
    let mut at = top.unwrap_or(first);
    while at <= last {
        if fates[at] == Fate::Kept {
            at += 1;
            continue;
        }
        let end = (at..=last).find(|i| fates[*i] == Fate::Kept).unwrap_or(last + 1);
        let bytes: usize = page.drafts[at..end].iter().map(|d| d.range.len()).sum();
        if bytes <= CUT_BYTES_MAX {
            fates[at..end].fill(Fate::Cut);
        }
        at = end;
    }
    fates
}

/// What a block is, headings that are only bold among them.
fn kind(page: &Page, fates: &[Fate], at: usize, text: &str) -> BlockKind {
    let draft = &page.drafts[at];
    let is_bold_line = draft.kind == BlockKind::Paragraph
        && draft.bold >= text.len()
        && text.len() <= HEADING_BYTES_MAX
        && draft.linked * 2 < text.len().max(1)
        && !text.ends_with(['.', ',', ';', '…', '"', '”', '»'])
        && text.chars().any(char::is_alphabetic);
    let next = page.drafts.get(at + 1).zip(fates.get(at + 1));
    let goes_on =
        next.is_some_and(|(next, fate)| *fate != Fate::Outside && next.bold < next.range.len());
    if is_bold_line && goes_on { BlockKind::Heading { level: 3 } } else { draft.kind }
}

fn image(tree: &Tree<'_>, picture: &Picture, base: Option<&Url>, span: Span) -> Option<Image> {
    let value = |name| {
        let value = tree.attribute(picture.element, name)?;
        let value = value.trim();
        (!value.is_empty() && !value.starts_with("data:")).then(|| value.to_owned())
    };
    let of_set = || {
        let set = value(Attr::Srcset)?;
        Some(set.split([' ', ',']).find(|u| !u.is_empty())?.to_owned())
    };
    let url = [Attr::DataSrc, Attr::DataOriginal, Attr::DataLazySrc, Attr::Src]
        .into_iter()
        .find_map(value)
        .or_else(of_set)?;
    let alt = value(Attr::Alt).map(|alt| fold(&alt)).filter(|alt| !alt.is_empty());
    let (caption, credit) = caption(tree, picture.holder);
    let names = hints::of_element(tree, picture.element, Tag::Img);
    let is_sign = names & hints::ELSEWHERE != 0 || decorates(&url);
    let url = base.and_then(|base| base.join(&url).ok()).map_or(url, String::from);
    (caption.is_some() || !is_sign).then_some(Image { alt, url: Some(url), caption, credit, span })
}

/// Whether an image's address says that it is a sign of the page.
fn decorates(url: &str) -> bool {
    let lower = url.split(['?', '#']).next().unwrap_or(url).to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    // A `pixel` among other words is a telephone.
    let (stem, kind) = name.rsplit_once('.').unwrap_or((name, ""));
    kind == "svg"
        || stem == "pixel"
        || folders.contains("gravatar.")
        || lower.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| SIGNS.contains(&word))
}

/// Words in the addresses of images that are signs of the page.
const SIGNS: &[&str] = &[
    "logo", "logos", "icon", "icons", "favicon", "avatar", "avatars", "spacer", "gravatar",
    "sprite", "sprites", "emoji",
];

/// The caption and the credit that stand with an image in one figure.
fn caption(tree: &Tree<'_>, holder: NodeId) -> (Option<String>, Option<String>) {
    let mut at = holder;
    for _ in 0..CAPTION_HOPS {
        let Some(tag) = tree.tag(at).filter(|_| at != 0) else { break };
        let named = hints::of_element(tree, at, tag) & hints::CAPTION != 0;
        if (tag == Tag::Figure || named) && tree.node(at).end - at < 120 {
            return caption_in(tree, at);
        }
        at = tree.node(at).parent;
    }
    (None, None)
}

fn caption_in(tree: &Tree<'_>, figure: NodeId) -> (Option<String>, Option<String>) {
    let end = tree.node(figure).end;
    let text = |id: NodeId| {
        let text = tree.text_of_seen(id);
        (!text.is_empty() && text.len() <= CAPTION_BYTES_MAX).then_some(text)
    };
    let named_credit = |id: &NodeId| {
        [Attr::Class, Attr::Itemprop].iter().any(|name| {
            tree.raw_attribute(*id, *name).is_some_and(|v| {
                let v = v[..v.floor_char_boundary(200)].to_ascii_lowercase();
                ["credit", "copyright", "source", "photographer", "attribution"]
                    .iter()
                    .any(|w| v.contains(w))
            })
        })
    };
    let inside = || figure + 1..end;
    let credit = inside().find(named_credit).and_then(text);
    let caption = inside().find(|id| tree.tag(*id) == Some(Tag::Figcaption)).unwrap_or(figure);
    let mut caption = text(caption);
    // The credit is told on its own.
    if let (Some(whole), Some(credit)) = (&mut caption, &credit)
        && let Some(rest) = whole.strip_suffix(credit.as_str())
        && !rest.trim().is_empty()
    {
        *whole = rest.trim().to_owned();
    }
    (caption, credit)
}
