//! Facts of an article, each with its evidence: links, title, byline, dateline, dates, language,
//! site, quotations, names and amounts, agencies credited, lead and keywords.
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
//! assert_eq!(facts.quotes[0].speaker.as_deref(), Some("Ana Ruiz"));
//! assert!(facts.title.is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address;
mod amounts;
mod byline;
mod date;
mod dateline;
mod entities;
mod head;
mod language;
mod links;
mod names;
mod origin;
mod published;
mod quotes;
mod rowfields;
mod sentences;
mod site;
mod source;
mod summary;
mod syndication;
#[cfg(test)]
mod testing;
mod title;
mod weburl;

use newsmill_article::{Article, Facts, Kept, Limits};

pub use address::{Address, normalize_url};
pub use amounts::Amounts;
pub use byline::Byline;
pub use dateline::Dateline;
pub use entities::Entities;
pub use language::Language;
pub use links::Links;
pub use origin::Origins;
pub use published::Published;
pub use quotes::Quotes;
pub use sentences::sentences;
pub use site::Site;
pub use source::Source;
pub use summary::Summary;
pub use syndication::Credits;
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
pub const ALL: &[&dyn Fact] = &[
    &Language, &WebUrl, &Links, &Site, &Title, &Byline, &Dateline, &Published, &Source, &Amounts,
    &Entities, &Quotes, &Credits, &Summary,
];

/// Runs every fact on `article`, whose kept text is `kept`, starting from what the parser put into
/// [`Article::facts`]. No list becomes longer than [`Limits::facts_per_article`].
#[must_use]
pub fn extract(article: &Article, kept: &Kept, limits: &Limits) -> Facts {
    extract_some(ALL, article, kept, limits)
}

/// As [`extract`], with some of the facts, in the order of [`ALL`].
#[must_use]
pub fn extract_some(some: &[&dyn Fact], article: &Article, kept: &Kept, limits: &Limits) -> Facts {
    let mut facts = article.facts.clone();
    for fact in some {
        fact.extract(article, kept, &mut facts);
        let most = limits.facts_per_article;
        facts.links.truncate(most);
        facts.images.truncate(most);
        facts.quotes.truncate(most);
        facts.entities.truncate(most);
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::lines;
    use newsmill_article::{Reason, Removal, Stage};
    use proptest::prelude::*;
    use std::collections::HashSet;

    /// The article of a fact's example: a row where it is JSON, a text otherwise.
    fn of_example(example: &str) -> Article {
        if !example.starts_with('{') {
            return lines(example);
        }
        let mut article = lines("");
        article.metadata = serde_json::from_str(example).unwrap();
        article
    }

    #[test]
    fn every_fact_has_a_unique_name_and_finds_something_in_its_example() {
        let mut names = HashSet::new();
        for fact in ALL {
            let name = fact.name();
            assert!(names.insert(name), "{name} stands twice");
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{name}");
            assert!(!fact.about().is_empty() && !fact.about().ends_with('.'), "{name}");
            let article = of_example(fact.example());
            let mut facts = Facts::default();
            for earlier in ALL.iter().take_while(|f| f.name() != name) {
                earlier.extract(&article, &article.kept(), &mut facts);
            }
            let before = facts.clone();
            fact.extract(&article, &article.kept(), &mut facts);
            assert_ne!(facts, before, "{name} finds nothing in its example");
        }
    }

    const BODY: &str = "Rivers on the Rise\n\
        The water has been rising for days, two people who know the dam said.\n\
        The nominee for the dam, Jo Doe, <www.example.com/world/dam-nominee-2025-03-13/> did not \
        rule out a flood. The guards warned the towns <www.example.net/politics/dam-5f507ab0> in \
        private. Both have said that “all gates are on the table” this week.\n\
        In those years they met it with the so-called “sandbag strategy.” American engineers came.\n\
        Áurea Sarmiento, who ran the dam from 2007 to 2013, said it seems a flood is likely.\n\
        “There is no doubt that it would come,” said Sarmiento, who now lives in Lima. “It would \
        be the worst one.”\n\
        Sarmiento said she believes that the towns have done too little.\n\
        “In the end it is the towns that failed,” she said.\n";

    const FOOTER: &str = "GO HERE FOR MORE www.example.org/politics/rcna1 THE NEWS FROM THESE LINKS \
        ARE FOR YOU TO JUDGE, ANY GIFT HELPS, Please go here to donate! example.edu/donations/ WE \
        ALSO HAVE A HOUSE FOUND HERE example.gov/";

    /// A post with its body twice and the sender's footer behind.
    fn post() -> Article {
        let text = format!("[image: Why rivers rise]\n{BODY}{BODY}{FOOTER}");
        let mut article = lines(&text);
        let second = 25 + BODY.len();
        let cuts = [
            (0..24, Reason::Markup),
            (second..second + BODY.len(), Reason::Repeat),
            (second + BODY.len()..text.len(), Reason::Promo),
        ];
        for (range, reason) in cuts {
            let span = article.span(range).unwrap();
            article.remove(Removal::new(span, reason, Stage::Within));
        }
        article
    }

    #[test]
    fn a_post_pasted_twice_with_a_footer() {
        let article = post();
        let facts = extract(&article, &article.kept(), &Limits::default());
        assert_eq!((&facts.title, &facts.byline, &facts.published), (&None, &None, &None));
        assert_eq!((&facts.dateline, &facts.url, &facts.site), (&None, &None, &None));
        assert_eq!(facts.language.unwrap().value, "en");
        let links: Vec<_> = facts.links.iter().map(|l| l.url.as_str()).collect();
        assert_eq!(
            links,
            [
                "https://www.example.com/world/dam-nominee-2025-03-13/",
                "https://www.example.net/politics/dam-5f507ab0",
                "https://www.example.org/politics/rcna1",
                "https://example.edu/donations/",
                "https://example.gov/",
            ]
        );
        assert_eq!(facts.inferred["url"].value, "https://www.example.org/politics/rcna1");
        assert_eq!(facts.inferred["url"].evidence, "footer link");
        assert_eq!(facts.inferred["url"].span, Some(facts.links[2].span));
        assert_eq!(facts.inferred["site"].value, "example.org");
        assert_eq!(facts.inferred["published_after"].value, "2025-03-13");
        let quotes: Vec<_> =
            facts.quotes.iter().map(|q| (article.slice(q.span), q.speaker.as_deref())).collect();
        let aurea = Some("Áurea Sarmiento");
        assert_eq!(
            quotes,
            [
                ("all gates are on the table", None),
                ("sandbag strategy.", None),
                ("There is no doubt that it would come,", aurea),
                ("It would be the worst one.", aurea),
                ("In the end it is the towns that failed,", aurea),
            ]
        );
    }

    #[test]
    fn limits_bound_every_list() {
        let article = lines(&"www.example.org “a” $5 ".repeat(50));
        let limits = Limits { facts_per_article: 7, ..Limits::default() };
        let facts = extract(&article, &article.kept(), &limits);
        assert_eq!((facts.links.len(), facts.quotes.len(), facts.entities.len()), (7, 7, 7));
    }

    #[test]
    fn hostile_texts_are_survived() {
        let mut all: Vec<u8> = (0..=255).collect();
        all.extend_from_within(..);
        let texts = [
            String::from_utf8_lossy(&all).into_owned(),
            "\0".repeat(1_000),
            "\u{202e}\u{feff}\u{200b}“".repeat(1_000),
            "x".repeat(1_000_000),
            "(".repeat(100_000),
            "A".repeat(300_000),
            "By A B and ".repeat(20_000),
            "Published 1 ".repeat(20_000),
            "January 1, ".repeat(20_000),
            "\n".repeat(100_000),
            "12% $1 €1 1% ".repeat(10_000),
        ];
        for text in &texts {
            let article = lines(text);
            let _unused = extract(&article, &article.kept(), &Limits::default());
        }
    }

    proptest! {
        #[test]
        fn every_span_is_one_of_the_text(
            text in "([A-Z][a-z]{2,6}|By |said|, |\\. |\n|“|”|\"|www\\.example\\.org/a|\\(AP\\) — |March 13, 2025|\\$5|7%|\\PC){0,30}",
            cuts in proptest::collection::vec((0usize..200, 0usize..200), 0..4),
        ) {
            let mut article = lines(&text);
            for (a, b) in cuts {
                if let Ok(span) = article.span(a.min(b)..a.max(b)) {
                    article.remove(Removal::new(span, Reason::Furniture, Stage::Furniture));
                }
            }
            let facts = extract(&article, &article.kept(), &Limits::default());
            let mut spans: Vec<_> = facts.links.iter().map(|l| l.span).collect();
            spans.extend(facts.quotes.iter().map(|q| q.span));
            spans.extend(facts.entities.iter().map(|e| e.span));
            let texts = [&facts.title, &facts.dateline, &facts.published, &facts.modified];
            spans.extend(texts.into_iter().flatten().filter_map(|f| f.span));
            spans.extend(facts.byline.iter().filter_map(|b| b.span));
            spans.extend(facts.inferred.values().filter_map(|i| i.span));
            for span in spans {
                prop_assert!(text.get(span.range()).is_some_and(|s| !s.is_empty()));
            }
            prop_assert_eq!(&facts, &extract(&article, &article.kept(), &Limits::default()));
        }
    }
}
