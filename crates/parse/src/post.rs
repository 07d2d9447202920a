//! Plain text of any kind: posts, articles pasted from a browser, converters' output.

use newsmill_article::{Article, ArticleId, Content, Limits, Media, Record, Reject};

use crate::encoding::{note_replaced, repaired};
use crate::{Confidence, Syntax, decode, layout};

/// Plain text. It reads whatever is no other syntax.
#[derive(Clone, Copy, Debug)]
pub struct Post;

impl Syntax for Post {
    fn name(&self) -> &'static str {
        "post"
    }

    fn fits(&self, record: &Record) -> Confidence {
        match record.media {
            Media::Plain | Media::Mail => Confidence::Fallback,
            _ => Confidence::No,
        }
    }

    fn parse(&self, record: Record, limits: &Limits) -> Result<Article, Reject> {
        let Record { origin, id, content, mut metadata, truncated, .. } = record;
        let text = match content {
            Content::Text(text) => text,
            Content::Bytes { bytes, charset } => {
                let decoded = decode(bytes, charset.as_deref());
                note_replaced(decoded.replaced, &mut metadata);
                decoded.text
            }
        };
        let (text, repairs) = repaired(text);
        let layout = layout::lay_out(&text, 0, false, limits);
        let id = id.map_or_else(|| name_by_place(&origin.path, origin.ordinal), ArticleId::from);
        let mut article = layout.into_article(id, origin, text)?;
        article.metadata = metadata;
        article.truncated = truncated;
        article.repairs = repairs;
        Ok(article)
    }
}

/// The id of a record that brings none.
pub(crate) fn name_by_place(path: &str, ordinal: u64) -> ArticleId {
    format!("{path}#{ordinal}").into()
}
