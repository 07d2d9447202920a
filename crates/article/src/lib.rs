//! The vocabulary of newsmill: what a record, an article, a removal and a fact are.
//!
//! Every other crate of newsmill speaks in these types. There is no input or output here and no
//! algorithm beyond keeping a few promises:
//!
//! * An [`Article`]'s text is set once and never edited. Stages add [`Removal`]s, and facts that
//!   point into the text by [`Span`]; [`Article::kept`] walks what is left.
//! * A [`Span`] lies within its text and on character borders, by construction.
//! * Removals never overlap, and every byte of an article is kept, removed for a reason, or white
//!   space between blocks: [`Tally`] adds that up and says when it does not balance.
//!
//! ```
//! use newsmill_article::{Article, Block, BlockKind, Origin, Reason, Removal, Span, Stage};
//!
//! let text = "A river rose.\nShare this story\n".to_owned();
//! let mut blocks = Vec::new();
//! for range in [0..13, 14..30] {
//!     blocks.push(Block::new(BlockKind::Paragraph, Span::new(&text, range)?));
//! }
//! let mut article = Article::new("a1".into(), Origin::new("post.txt", 0), text, blocks, vec![])?;
//! let line = article.span(14..30)?;
//! article.remove(Removal::new(line, Reason::Furniture, Stage::Furniture));
//! assert_eq!(article.kept().text(), "A river rose.");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod article;
mod block;
mod facts;
mod id;
mod kept;
mod limits;
mod metadata;
mod origin;
mod payload;
mod record;
mod reject;
mod removal;
mod repair;
mod span;
mod tally;
mod verdict;

pub use article::{Article, ArticleError, Textless};
pub use block::{Block, BlockKind};
pub use facts::{
    Counts, Entity, EntityKind, Facts, Image, Inferred, Link, Quote, Sourced, Syndication,
};
pub use id::ArticleId;
pub use kept::{Kept, KeptBlock};
pub use limits::Limits;
pub use metadata::Metadata;
pub use origin::Origin;
pub use payload::Payload;
pub use record::{Content, Media, Record};
pub use reject::{Reject, RejectKind, Stage};
pub use removal::{Reason, Removal};
pub use repair::Repair;
pub use span::{Span, SpanError};
pub use tally::{Imbalance, Tally};
pub use verdict::{
    Cluster, Diff, Duplicate, LikelyOrigin, Method, OriginKind, Related, RelatedKind, Role, Verdict,
};
