//! The headline.

use newsmill_article::{Article, BlockKind, Facts, Kept, Sourced};

use crate::{Fact, head, rowfields};

/// The headline, from, in this order: the row's fields `title`, `headline`, the header `subject`
/// (without `Re:`), a heading of level 1 at the top of the text, a line `Title: …` or
/// `Headline: …`. A bare line at the top is not taken for one, nor is an image's text.
///
/// ```
/// use newsmill_article::{Article, Block, BlockKind, Facts, Origin, Span};
/// use newsmill_extract::{Fact, Title};
/// let text = "River Rises\nA river rose on Monday.".to_owned();
/// let blocks = vec![
///     Block::new(BlockKind::Heading { level: 1 }, Span::new(&text, 0..11)?),
///     Block::new(BlockKind::Paragraph, Span::new(&text, 12..35)?),
/// ];
/// let article = Article::new("a".into(), Origin::new("in", 0), text, blocks, vec![])?;
/// let mut facts = Facts::default();
/// Title.extract(&article, &article.kept(), &mut facts);
/// assert_eq!(facts.title.unwrap().value, "River Rises");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Title;

impl Fact for Title {
    fn name(&self) -> &'static str {
        "title"
    }

    fn about(&self) -> &'static str {
        "the headline: row fields, Subject, a level-1 heading at the top, a `Headline:` line"
    }

    fn example(&self) -> &'static str {
        "Headline: River rises after days of rain\n\nA river rose on Monday."
    }

    fn extract(&self, article: &Article, kept: &Kept, facts: &mut Facts) {
        if facts.title.is_some() {
            return;
        }
        facts.title = of_row(article);
        // Where a page's own titles differ, its headings are among those that do.
        if facts.title.is_none() && !facts.inferred.contains_key("title") {
            facts.title = of_heading(kept).or_else(|| of_label(article));
        }
    }
}

type Found = Option<Sourced<String>>;

fn of_row(article: &Article) -> Found {
    let fields = ["title", "headline"];
    if let Some((name, value)) = rowfields::text(&article.metadata, &fields) {
        return Some(Sourced::new(one_line(&value), format!("metadata {name}")));
    }
    let (_, subject) = rowfields::text(&article.metadata, &["subject"])?;
    let value = one_line(without_reply_marks(&subject));
    (!value.is_empty()).then(|| Sourced::new(value, "header subject"))
}

/// A subject without the marks that mail programs put before it.
fn without_reply_marks(subject: &str) -> &str {
    let mut rest = subject.trim_start();
    for _ in 0..8 {
        let Some(colon) = rest.find(':').filter(|&i| i <= 5) else { break };
        let mark = rest[..colon].trim_end_matches(|c: char| "[]0123456789^ ".contains(c));
        let marks = ["re", "fw", "fwd", "aw", "wg", "sv", "vs", "antw", "tr", "rv", "res", "enc"];
        if !marks.iter().any(|m| mark.eq_ignore_ascii_case(m)) {
            break;
        }
        rest = rest[colon + 1..].trim_start();
    }
    rest
}

fn of_heading(kept: &Kept) -> Found {
    let first = kept.blocks().first()?;
    if first.block.kind != (BlockKind::Heading { level: 1 }) || first.block.quoted > 0 {
        return None;
    }
    let text = kept.text().get(first.range.clone())?;
    let value = one_line(text.trim_matches(|c: char| "#=* ".contains(c)));
    let span = kept.span_of(first.range.clone())?;
    (!value.is_empty()).then(|| Sourced::new(value, "level-1 heading").at(span))
}

fn of_label(article: &Article) -> Found {
    let labels = ["title", "headline", "titel", "título", "titre", "titolo", "schlagzeile"];
    head::lines(article).into_iter().take(3).find_map(|line| {
        let (label, value) = line.text.split_once(':')?;
        let label = label.trim().to_lowercase();
        let value = value.trim();
        if value.is_empty() || value.len() > 300 || !labels.contains(&label.as_str()) {
            return None;
        }
        let at = line.span.end() - value.len();
        let span = article.span(at..line.span.end()).ok()?;
        Some(Sourced::new(one_line(value), "title label").at(span))
    })
}

/// With white space folded.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::lines;

    fn title(text: &str, row: &[(&str, &str)]) -> Option<String> {
        let mut article = lines(text);
        for (name, value) in row {
            article.metadata.push_text(*name, value).unwrap();
        }
        let mut facts = Facts::default();
        Title.extract(&article, &article.kept(), &mut facts);
        facts.title.map(|t| t.value)
    }

    #[test]
    fn a_title_that_is_only_inferred_stays_so() {
        let article = lines("# A Heading\nText.");
        let mut facts = Facts::default();
        facts.inferred.insert("title".into(), Sourced::new("Another".into(), "og:title"));
        Title.extract(&article, &article.kept(), &mut facts);
        assert_eq!(facts.title, None);
    }

    #[test]
    fn sources_in_their_order() {
        let text = "# A Heading\nText.";
        assert_eq!(title(text, &[]).as_deref(), Some("A Heading"));
        assert_eq!(
            title(text, &[("subject", "Re: AW: Rain  today")]).as_deref(),
            Some("Rain today")
        );
        let both = [("subject", "Rain"), ("headline", "Sun")];
        assert_eq!(title(text, &both).as_deref(), Some("Sun"));
        assert_eq!(title("Headline: Rain today\nText.", &[]).as_deref(), Some("Rain today"));
        assert_eq!(title("Text.", &[("subject", "Re: ")]), None);
    }

    #[test]
    fn a_bare_line_is_no_title() {
        for text in ["Rain Falls Again\nIt rained.", "[image: Rain]\nIt rained.", "Note: rain", ""]
        {
            assert_eq!(title(text, &[]), None, "{text:?}");
        }
    }
}
