//! The article's own URL.

use newsmill_article::{Article, Facts, Kept, Sourced};

use crate::address::absolute;
use crate::{Fact, rowfields};

/// The article's own URL, from the row's fields `canonical_url`, `url`, `link`, `permalink`, in
/// that order. What a footer implies is [`Source`](crate::Source)'s.
///
/// ```
/// use newsmill_article::{Article, Facts, Origin};
/// use newsmill_extract::{Fact, WebUrl};
/// let mut article =
///     Article::new("a".into(), Origin::new("in", 0), String::new(), vec![], vec![])?;
/// article.metadata.push_text("url", "https://example.org/a?utm_source=x")?;
/// let mut facts = Facts::default();
/// WebUrl.extract(&article, &article.kept(), &mut facts);
/// assert_eq!(facts.url.unwrap().value, "https://example.org/a");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct WebUrl;

impl Fact for WebUrl {
    fn name(&self) -> &'static str {
        "url"
    }

    fn about(&self) -> &'static str {
        "the article's own URL, from the input row's fields"
    }

    fn example(&self) -> &'static str {
        r#"{"url": "https://example.org/a?utm_source=x"}"#
    }

    fn extract(&self, article: &Article, _: &Kept, facts: &mut Facts) {
        if facts.url.is_some() {
            return;
        }
        let names = ["canonical_url", "url", "link", "permalink"];
        let Some((name, raw)) = rowfields::text(&article.metadata, &names) else { return };
        if let Some(address) = absolute(&raw, None) {
            facts.url = Some(Sourced::new(address.url, format!("metadata {name}")));
        }
    }
}
