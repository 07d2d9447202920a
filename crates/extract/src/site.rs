//! The publication.

use newsmill_article::{Article, Facts, Kept, Sourced};

use crate::address::absolute;
use crate::{Fact, rowfields};

/// The publication, from the row's fields `site_name`, `site`, `publisher`, `publication`, in that
/// order. `source` counts only where it is a host, for it is more often the name of a corpus. The
/// domain of the article's own URL goes to `inferred`.
///
/// ```
/// use newsmill_article::{Article, Facts, Origin};
/// use newsmill_extract::{Fact, Site};
/// let mut article =
///     Article::new("a".into(), Origin::new("in", 0), String::new(), vec![], vec![])?;
/// article.metadata.push_text("publisher", "The Example Herald")?;
/// let mut facts = Facts::default();
/// Site.extract(&article, &article.kept(), &mut facts);
/// assert_eq!(facts.site.unwrap().value, "The Example Herald");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Site;

impl Fact for Site {
    fn name(&self) -> &'static str {
        "site"
    }

    fn about(&self) -> &'static str {
        "the publication, from the input row's fields; the domain of the URL as inferred"
    }

    fn example(&self) -> &'static str {
        r#"{"publisher": "The Example Herald"}"#
    }

    fn extract(&self, article: &Article, _: &Kept, facts: &mut Facts) {
        if facts.site.is_none() {
            let names = ["site_name", "site", "publisher", "publication"];
            let named = rowfields::text(&article.metadata, &names);
            let host = || {
                let (name, value) = rowfields::text(&article.metadata, &["source"])?;
                let is_host = !value.contains(['/', ' ']) && absolute(&value, None).is_some();
                is_host.then_some((name, value))
            };
            facts.site = named
                .or_else(host)
                .map(|(name, value)| Sourced::new(value, format!("metadata {name}")));
        }
        let domain = facts.url.as_ref().and_then(|u| absolute(&u.value, None)).map(|a| a.domain);
        if let Some(domain) = domain.filter(|d| facts.site.is_none() && !d.is_empty()) {
            let inferred = Sourced::new(domain, "domain of the URL");
            facts.inferred.entry("site".into()).or_insert(inferred);
        }
    }
}
