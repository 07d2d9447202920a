//! Facts of an article, each with its evidence: links, title, byline, dateline, dates, language,
//! site, quotations and amounts.
//!
//! Facts are right or missing. What the document says goes to the plain fields of
//! [`Facts`]; what it only implies goes to [`Facts::inferred`], with the evidence. Every
//! [`Fact`] is pure, takes time linear in the text and is one entry of [`ALL`].
//!
//! ```
//! use newsmill_article::{Article, Block, BlockKind, Limits, Origin, Span};
//!
//! let text = "“The river will fall,” said Ana Ruiz. See <www.example.org/river?utm_source=x>.";
//! let block = Block::new(BlockKind::Paragraph, Span::whole(text));
//! let article =
//!     Article::new("a1".into(), Origin::new("post.txt", 0), text.into(), vec![block], vec![])?;
//! let facts = newsmill_extract::extract(&article, &article.kept(), &Limits::default());
//! assert_eq!(facts.links[0].url, "https://www.example.org/river");
//! assert!(facts.title.is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address;
mod byline;
mod date;
mod dateline;
mod head;
mod language;
mod links;
mod names;
mod published;
mod rowfields;
mod site;
mod source;
#[cfg(test)]
mod testing;
mod title;
mod weburl;

use newsmill_article::{Article, Facts, Kept, Limits};

pub use address::{Address, normalize_url};
pub use byline::Byline;
pub use dateline::Dateline;
pub use language::Language;
pub use links::Links;
pub use published::Published;
pub use site::Site;
pub use source::Source;
pub use title::Title;
pub use weburl::WebUrl;

/// One thing that can be known about an article.
///
/// A fact reads the article and what earlier facts found, and adds to `facts`. It leaves a field
/// alone that is already filled: the parser may know better.
pub trait Fact: Sync {
    /// Its name in kebab case, unique in [`ALL`].
    fn name(&self) -> &'static str;

    /// What it finds and from what, in one sentence.
    fn about(&self) -> &'static str;

    /// A text in which it finds something.
    fn example(&self) -> &'static str;

    /// Adds what it finds in `article`, whose kept text is `kept`, to `facts`. Pure, without
    /// panic, in time linear in the text.
    fn extract(&self, article: &Article, kept: &Kept, facts: &mut Facts);
}

/// Every fact, in the order they run: later ones read what earlier ones found.
pub const ALL: &[&dyn Fact] =
    &[&Language, &WebUrl, &Links, &Site, &Title, &Byline, &Dateline, &Published, &Source];

/// Runs every fact on `article`, whose kept text is `kept`, starting from what the parser put into
/// [`Article::facts`]. No list becomes longer than [`Limits::facts_per_article`].
#[must_use]
pub fn extract(article: &Article, kept: &Kept, limits: &Limits) -> Facts {
    let mut facts = article.facts.clone();
    for fact in ALL {
        fact.extract(article, kept, &mut facts);
        let most = limits.facts_per_article;
        facts.links.truncate(most);
        facts.images.truncate(most);
        facts.quotes.truncate(most);
        facts.entities.truncate(most);
    }
    facts
}
