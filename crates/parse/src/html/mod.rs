//! HTML pages: the article among what a page shows, and what the page says of it.
//!
//! A page goes through these hands: `charset` finds its encoding, `token` cuts it into tags and
//! text, `tree` puts these together, `drafts` cuts what is visible into blocks, `metadata`
//! reads what the page says of itself, `features` looks at each block and what stands around it,
//! `model` judges it, `render` makes the article of those that stay.

mod charset;
mod drafts;
mod features;
mod hints;
mod metadata;
mod model;
mod names;
mod render;
mod token;
mod tree;

use newsmill_article::{
    Article, ArticleId, Content, Facts, Limits, Media, Record, Reject, RejectKind, Stage,
};
use serde_json::{Value, json};

use crate::encoding::note_replaced;
use crate::post::name_by_place;
use crate::{Confidence, Decoded, Syntax, decode};

/// Where less than one byte in so many of the text that structured data holds is shown as running
/// text, the structured data's is taken.
const SHOWN_SHARE: usize = 4;

/// A web page.
///
/// The article's text is what the page shows of it, one block a paragraph, heading, list item,
/// quotation, caption or table. What stands among its blocks and is none of it (related stories,
/// forms, share bars) is taken out as furniture with a score; what stands before and behind is left
/// out and counted in the article's metadata, under `page`, together with what the page says of its
/// section, tags and licence. The page's title, authors, dates, site, address and language become
/// facts, each with where the page says it.
///
/// A page that shows next to nothing of its article, but holds it in its structured data, is read
/// from there.
///
/// Soft hyphens, zero-width spaces and controls are not taken over, white space is folded. The
/// content of forms, scripts, frames and drawings is no text.
#[derive(Clone, Copy, Debug)]
pub struct Html;

impl Syntax for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn fits(&self, record: &Record) -> Confidence {
        if record.media == Media::Html { Confidence::Certain } else { Confidence::No }
    }

    fn parse(&self, record: Record, limits: &Limits) -> Result<Article, Reject> {
        read(record, limits, true)
    }
}

/// Reads the HTML part of a message: its header says what it is of whom and when, the page says it
/// of some template.
///
/// # Errors
/// As pages.
pub(crate) fn part_of_message(record: Record, limits: &Limits) -> Result<Article, Reject> {
    read(record, limits, false)
}

fn read(record: Record, limits: &Limits, is_page: bool) -> Result<Article, Reject> {
    let Record { origin, id, content, metadata, truncated, .. } = record;
    let decoded = match content {
        Content::Text(text) => Decoded { text, encoding: "UTF-8", replaced: 0 },
        Content::Bytes { bytes, charset } => {
            let label = charset::declared(&bytes, charset.as_deref());
            decode(bytes, label.as_deref())
        }
    };
    if u32::try_from(decoded.text.len()).is_err() {
        let detail = format!("a page of {} bytes is too long", decoded.text.len());
        return Err(Reject::new(origin, Stage::Parse, RejectKind::TooLong, detail));
    }
    let tree = tree::Tree::new(&decoded.text);
    let mut page = drafts::drafts(&tree);
    let mut known = metadata::metadata(&tree, &metadata);
    let mut likelihoods: Vec<f32> = Vec::with_capacity(page.drafts.len());
    features::in_chunks(&tree, &page, &known.told, |rows| {
        likelihoods.extend(model::model().likelihoods(rows));
    });
    // Some pages show their text only once their scripts have run.
    let shown: usize = page
        .drafts
        .iter()
        .zip(&likelihoods)
        .filter(|(_, likely)| **likely >= render::LIKELY)
        .map(|(draft, _)| draft.range.len())
        .sum();
    let told = known.body.take().filter(|body| shown * SHOWN_SHARE < body.len());
    let from_data = told.is_some();
    if let Some(body) = told {
        page = drafts::of_lines(body);
        likelihoods = vec![1.0; page.drafts.len()];
    }
    if page.drafts.is_empty() {
        let detail = "the page shows no text";
        return Err(Reject::new(origin, Stage::Parse, RejectKind::NoText, detail));
    }
    let judged = render::Judged { tree: &tree, page: &page, likelihoods: &likelihoods };
    if is_page {
        known.read_rim(&judged.rim());
    } else {
        let language = known.facts.language.take();
        known.facts = Facts { language, ..Facts::default() };
        known.more.clear();
    }
    let id = id.map_or_else(|| name_by_place(&origin.path, origin.ordinal), ArticleId::from);
    let title = metadata::title_of(&known.facts);
    let base = render::Base { said: known.base.as_deref(), page: known.page.as_deref() };
    let (mut article, left_out) = judged.article(title, base, id, origin, limits)?;
    article.metadata = metadata;
    note_replaced(decoded.replaced, &mut article.metadata);
    article.truncated = truncated;
    let found = std::mem::take(&mut article.facts);
    article.facts = known.facts;
    article.facts.links = found.links;
    article.facts.images = found.images;
    let mut more = known.more;
    more.insert("encoding".into(), json!(decoded.encoding));
    more.insert("left_out_blocks".into(), json!(left_out.blocks));
    more.insert("left_out_bytes".into(), json!(left_out.bytes));
    if from_data {
        more.insert("text_from".into(), json!("JSON-LD articleBody"));
    }
    if tree.flattened > 0 {
        more.insert("flattened_elements".into(), json!(tree.flattened));
    }
    if let Ok(more) = serde_json::value::to_raw_value(&Value::Object(more)) {
        article.metadata.push("page", more);
    }
    Ok(article)
}

/// The rows of features of a page's blocks, each with the block's text: what the model of
/// `data/html/model.tsv` is trained on.
#[must_use]
pub fn survey(page: &str) -> Vec<(Vec<f32>, String)> {
    let tree = tree::Tree::new(page);
    let shown = drafts::drafts(&tree);
    let known = metadata::metadata(&tree, &newsmill_article::Metadata::new());
    let rows = features::rows(&tree, &shown, &known.told);
    let text = |d: &drafts::Draft| shown.text.get(d.range.clone()).unwrap_or_default().to_owned();
    rows.iter().zip(&shown.drafts).map(|(row, draft)| (row.to_vec(), text(draft))).collect()
}
