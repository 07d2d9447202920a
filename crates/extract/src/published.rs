//! When an article was published and changed.

use newsmill_article::{Article, Facts, Kept, Sourced};

use crate::date::{self, Order, Stamp};
use crate::{Fact, head, rowfields};

/// When the article was published and last changed, as exact as the document is, from, in this
/// order: the row's fields `published`, `publish_date`, `date_published`, `pubdate`, `date` (of a
/// mail the header), `created` and their like; a stamp at the top of the text (`Published: March
/// 13, 2025, 5:07 PM EDT`, in seven languages); a line at the top that is a date and nothing else.
/// A row's `timestamp` is often the time of the crawl and goes to `inferred`, as does the date in
/// the article's own URL.
///
/// A date that could be read two ways, that lacks its year, or whose day of the week is another is
/// none.
///
/// ```
/// use newsmill_article::{Article, Block, BlockKind, Facts, Origin, Span};
/// use newsmill_extract::{Fact, Published};
/// let text = "Published: March 13, 2025, 5:07 PM EDT\n".to_owned();
/// let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
/// let article = Article::new("a".into(), Origin::new("in", 0), text, vec![block], vec![])?;
/// let mut facts = Facts::default();
/// Published.extract(&article, &article.kept(), &mut facts);
/// assert_eq!(facts.published.unwrap().value, "2025-03-13T17:07:00-04:00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Published;

impl Fact for Published {
    fn name(&self) -> &'static str {
        "published"
    }

    fn about(&self) -> &'static str {
        "when it was published and changed: row fields, Date, stamps and date lines at the top"
    }

    fn example(&self) -> &'static str {
        "Published: March 13, 2025, 5:07 PM EDT\n\nA river rose on Monday."
    }

    fn extract(&self, article: &Article, _: &Kept, facts: &mut Facts) {
        let order = Order::of_language(facts.language.as_ref().map(|l| l.value.as_str()));
        let row = |names| of_row(article, names, order);
        facts.published = facts.published.take().or_else(|| row(PUBLISHED));
        facts.modified = facts.modified.take().or_else(|| row(MODIFIED));
        if facts.published.is_none() || facts.modified.is_none() {
            of_text(article, order, facts);
        }
        if facts.published.is_none() {
            infer(article, order, facts);
        }
    }
}

const PUBLISHED: &[&str] = &[
    "published",
    "published_at",
    "published_time",
    "publish_date",
    "published_date",
    "date_published",
    "datepublished",
    "publication_date",
    "pubdate",
    "pub_date",
    "date",
    "date_publish",
    "created",
    "created_at",
    "date_created",
];

const MODIFIED: &[&str] = &[
    "modified",
    "modified_at",
    "modified_time",
    "date_modified",
    "datemodified",
    "updated",
    "updated_at",
    "last_modified",
    "lastmod",
    "date_modify",
];

fn of_row(article: &Article, names: &[&'static str], order: Order) -> Option<Sourced<String>> {
    names.iter().find_map(|name| {
        let (_, value) = rowfields::text(&article.metadata, &[*name])?;
        let stamp = date::parse(&value, order).or_else(|| date::of_epoch(&value))?;
        Some(Sourced::new(stamp.to_string(), format!("metadata {name}")))
    })
}

/// Bytes of the longest line with a stamp.
const LONGEST: usize = 200;
/// Lines at the top that may be a date and nothing else.
const DATE_LINES: usize = 8;

fn of_text(article: &Article, order: Order, facts: &mut Facts) {
    for (i, line) in head::lines(article).into_iter().enumerate() {
        if line.text.len() > LONGEST || !line.text.bytes().any(|b| b.is_ascii_digit()) {
            continue;
        }
        for found in stamps(line.text, order) {
            let evidence = match found.label {
                Some(Label::Published) => "stamp",
                Some(Label::Modified) => "stamp of the change",
                None if i < DATE_LINES => "date line",
                None => continue,
            };
            let field = match found.label {
                Some(Label::Modified) => &mut facts.modified,
                _ => &mut facts.published,
            };
            let range = line.span.start() + found.start..line.span.start() + found.end;
            if let (None, Ok(span)) = (&field, article.span(range)) {
                *field = Some(Sourced::new(found.stamp.to_string(), evidence).at(span));
            }
        }
    }
}

/// What a row's time of crawl and the article's own URL imply.
fn infer(article: &Article, order: Order, facts: &mut Facts) {
    let slug = facts.url.as_ref().and_then(|u| date::of_slug(&u.value));
    let of_slug = slug.map(|d| Sourced::new(d.to_string(), "date in the URL"));
    let inferred = of_slug.or_else(|| of_row(article, &["timestamp"], order));
    if let Some(inferred) = inferred {
        facts.inferred.entry("published".into()).or_insert(inferred);
    }
}

/// What a stamp says of its date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Label {
    Published,
    Modified,
}

/// Words before a date that make it a stamp, in lower case.
const LABELS: &[(&str, Label)] = &[
    ("first published", Label::Published),
    ("originally published", Label::Published),
    ("date published", Label::Published),
    ("published", Label::Published),
    ("date posted", Label::Published),
    ("posted", Label::Published),
    ("released", Label::Published),
    ("for immediate release", Label::Published),
    ("date", Label::Published),
    ("publicado", Label::Published),
    ("publicada", Label::Published),
    ("fecha", Label::Published),
    ("publié", Label::Published),
    ("veröffentlicht", Label::Published),
    ("erschienen", Label::Published),
    ("datum", Label::Published),
    ("pubblicato", Label::Published),
    ("gepubliceerd", Label::Published),
    ("geplaatst", Label::Published),
    ("last updated", Label::Modified),
    ("last modified", Label::Modified),
    ("updated", Label::Modified),
    ("modified", Label::Modified),
    ("última actualización", Label::Modified),
    ("actualizado", Label::Modified),
    ("actualizada", Label::Modified),
    ("zuletzt aktualisiert", Label::Modified),
    ("aktualisiert", Label::Modified),
    ("mis à jour", Label::Modified),
    ("modifié", Label::Modified),
    ("atualizado", Label::Modified),
    ("atualizada", Label::Modified),
    ("aggiornato", Label::Modified),
    ("ultimo aggiornamento", Label::Modified),
    ("bijgewerkt", Label::Modified),
    ("laatst bijgewerkt", Label::Modified),
];

/// A date in a line.
struct Found {
    label: Option<Label>,
    stamp: Stamp,
    start: usize,
    end: usize,
}

/// The stamps of a line: a label and its date at the start of the line or behind a separator. A
/// date without label only where the line has nothing else.
fn stamps(line: &str, order: Order) -> Vec<Found> {
    let mut found = Vec::new();
    if let Some(stamp) = date::parse(line, order) {
        found.push(Found { label: None, stamp, start: 0, end: line.len() });
        return found;
    }
    let mut at = 0;
    let mut free = true;
    while at < line.len() {
        let rest = &line[at..];
        let Some(first) = rest.chars().next() else { break };
        if free && let Some((label, len)) = label(rest) {
            let start = at + len + skip_signs(&rest[len..]);
            if let Some((stamp, len)) = date::prefix(&line[start..], order)
                && is_closed(&line[start + len..])
            {
                found.push(Found { label: Some(label), stamp, start, end: start + len });
                at = start + len;
                continue;
            }
        }
        // `March 13, 2025 / Updated March 14, 2025`
        if at == 0
            && let Some((stamp, len)) = date::prefix(line, order)
        {
            let rest = line[len..]
                .trim_start_matches(|c: char| c.is_whitespace() || SEPARATORS.contains(c));
            if label_starts(rest) {
                found.push(Found { label: None, stamp, start: 0, end: len });
            }
            at = len;
            continue;
        }
        free = SEPARATORS.contains(first) || (free && first.is_whitespace());
        at += first.len_utf8();
    }
    found
}

const SEPARATORS: &str = "|/•·([—–-";

fn label(text: &str) -> Option<(Label, usize)> {
    LABELS.iter().find_map(|(name, label)| {
        let mut rest = text.chars();
        let same = name.chars().all(|n| rest.next().is_some_and(|c| c.to_lowercase().eq([n])));
        let len = text.len() - rest.as_str().len();
        let ends = !rest.next().is_some_and(char::is_alphanumeric);
        (same && ends).then_some((*label, len))
    })
}

fn label_starts(text: &str) -> bool {
    label(text).is_some()
}

/// Signs and little words between a label and its date.
fn skip_signs(text: &str) -> usize {
    let rest = text.trim_start_matches(|c: char| c.is_whitespace() || ":–—-|".contains(c));
    text.len() - rest.len()
}

/// Whether a stamp ends here and no sentence goes on.
fn is_closed(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.is_empty()
        || rest.starts_with(|c: char| SEPARATORS.contains(c) || ")],.;".contains(c))
        || label_starts(rest)
        || rest.starts_with("By ")
        || rest.starts_with("by ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::lines;

    fn facts(text: &str, row: &str) -> Facts {
        let mut article = lines(text);
        article.metadata = serde_json::from_str(row).unwrap();
        let mut facts = Facts::default();
        Published.extract(&article, &article.kept(), &mut facts);
        facts
    }

    #[test]
    fn stamps_at_the_top() {
        // text, published, modified
        let cases = [
            ("Published: March 13, 2025, 5:07 PM EDT", "2025-03-13T17:07:00-04:00", ""),
            ("PUBLISHED: March 13, 2025 at 5:07 p.m.", "2025-03-13T17:07:00", ""),
            ("Updated 9:41 AM ET, Thu March 13, 2025", "", "2025-03-13T09:41:00-04:00"),
            ("Published March 13, 2025 | Updated March 14, 2025", "2025-03-13", "2025-03-14"),
            (
                "March 13, 2025, 5:07 PM EDT / Updated March 13, 2025, 6:00 PM EDT",
                "2025-03-13T17:07:00-04:00",
                "2025-03-13T18:00:00-04:00",
            ),
            ("By Ana Ruiz | Published March 13, 2025", "2025-03-13", ""),
            ("FOR IMMEDIATE RELEASE: March 13, 2025", "2025-03-13", ""),
            ("Friday, July 21, 2017", "2017-07-21", ""),
            ("A headline\n13 March 2025\nText.", "2025-03-13", ""),
            ("Veröffentlicht am 13. März 2025 um 17:07 Uhr", "2025-03-13T17:07:00", ""),
            (
                "Publié le 13 mars 2025 à 17h07 - Mis à jour le 14 mars 2025 à 8h05",
                "2025-03-13T17:07:00",
                "2025-03-14T08:05:00",
            ),
            ("Publicado: 13 de marzo de 2025", "2025-03-13", ""),
            ("Pubblicato il 13 marzo 2025", "2025-03-13", ""),
            ("Gepubliceerd op 13 maart 2025 om 17:07", "2025-03-13T17:07:00", ""),
            ("The study, published March 13, 2025, says so", "", ""),
            ("Published March 13, 2025 in a journal, it says", "", ""),
            ("On March 13, 2025, the river rose", "", ""),
            ("Published: 03/04/2025", "", ""),
            ("Published yesterday at 5 PM", "", ""),
            ("Published: March 13", "", ""),
            ("Friday, March 13, 2025", "", ""),
        ];
        for (text, published, modified) in cases {
            let facts = facts(text, "{}");
            let value = |f: &Option<Sourced<String>>| {
                f.as_ref().map(|f| f.value.clone()).unwrap_or_default()
            };
            assert_eq!(
                (value(&facts.published).as_str(), value(&facts.modified).as_str()),
                (published, modified),
                "{text}"
            );
        }
    }

    #[test]
    fn rows() {
        let said = |row| facts("", row).published.map(|p| (p.value, p.evidence));
        let of = |v: &str, e: &str| Some((v.to_owned(), e.to_owned()));
        assert_eq!(said(r#"{"date":"2006-Feb-10"}"#), of("2006-02-10", "metadata date"));
        assert_eq!(
            said(r#"{"date":"Thu, 13 Mar 2025 17:07:00 -0400"}"#),
            of("2025-03-13T17:07:00-04:00", "metadata date")
        );
        assert_eq!(
            said(r#"{"created":1741900020}"#),
            of("2025-03-13T21:07:00Z", "metadata created")
        );
        assert_eq!(
            said(r#"{"published":"soon","date":"2025-03-13"}"#),
            of("2025-03-13", "metadata date")
        );
        assert_eq!(said(r#"{"date":"0001-01-01"}"#), None);
        let crawl = facts("", r#"{"timestamp":"2025-03-13T10:00:00Z"}"#);
        assert_eq!(crawl.published, None);
        assert_eq!(crawl.inferred["published"].value, "2025-03-13T10:00:00Z");
    }
}
