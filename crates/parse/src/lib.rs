//! Turns a scraped record into an article: blocks, and what of the text is only markup.
//!
//! [`parse`] picks the [`Syntax`] that fits the record best. A syntax cuts the text into blocks and
//! names what is not text (quoting signs, link targets, image placeholders) as removals; it never
//! edits, so every character of the record is in a block, removed for a reason, or white space.
//!
//! ```
//! use newsmill_article::{Limits, Origin, Record};
//! use newsmill_parse::parse;
//!
//! let post = "[image: A bridge]\n\nThe bridge, <www.example.org/bridge/> is\nclosed.";
//! let article = parse(Record::text(Origin::new("post.txt", 0), post), &Limits::default())
//!     .map_err(|reject| reject.to_string())?;
//! assert_eq!(article.kept().text(), "The bridge, is closed.");
//! assert_eq!(article.facts.links[0].raw, "www.example.org/bridge/");
//! assert_eq!(article.facts.images[0].alt.as_deref(), Some("A bridge"));
//! # Ok::<(), String>(())
//! ```

mod encoding;
pub mod furniture;
pub mod html;
mod layout;
mod mail;
mod post;
mod syntax;

pub use encoding::{Decoded, decode, mend};
pub use html::Html;
pub use mail::Mail;
pub use post::Post;
pub use syntax::{ALL, Confidence, Syntax, parse};
