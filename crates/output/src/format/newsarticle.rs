//! schema.org NewsArticle: what search engines read.

use std::collections::HashSet;
use std::io::{self, Write};

use newsmill_article::EntityKind;
use serde::Serialize;

use super::{Compression, Files, Format, Kind, Rows, write_line};
use crate::ArticleRow;

/// [schema.org NewsArticle] as JSON-LD, one object a line. What the document does not say is not
/// there. `<`, `>`, `&` and the line separators of Unicode are escaped, so that an object can stand
/// inside a `script` element of a page as it is.
///
/// Names of the byline are persons unless the text has the same name as an organisation. `mentions`
/// are the persons, organisations and places of the text, each once; `citation` its links;
/// `abstract` its lead; `sourceOrganization` the agencies it credits; `isBasedOn` names the
/// publication it says it was first in.
///
/// [schema.org NewsArticle]: https://schema.org/NewsArticle
///
/// ```
/// use newsmill_article::{Article, Block, BlockKind, Origin, Span};
/// use newsmill_output::{ArticleRow, NewsArticle, Rows};
///
/// let (origin, text) = (Origin::new("a.txt", 0), "Rain.".to_owned());
/// let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
/// let article = Article::new("a".into(), origin, text, vec![block], vec![])?;
/// let mut line = Vec::new();
/// NewsArticle.article(&ArticleRow::verbatim(&article, None, &[]), &mut line)?;
/// let want = concat!(
///     r#"{"@context":"https://schema.org","@type":"NewsArticle","#,
///     r#""identifier":"a","articleBody":"Rain."}"#,
///     "\n",
/// );
/// assert_eq!(String::from_utf8(line)?, want);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct NewsArticle;

static FILES: [Kind; 1] = [Kind {
    folder: "newsarticle",
    extension: "jsonl.zst",
    compression: Compression::Zstd,
    rows: &NewsArticle,
}];

impl Format for NewsArticle {
    fn name(&self) -> &'static str {
        "newsarticle"
    }

    fn about(&self) -> &'static str {
        "schema.org NewsArticle as JSON-LD, one article a line, zstd-compressed"
    }

    fn files(&self) -> Files {
        Files::Parts(&FILES)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@type")]
    kind: &'static str,
    identifier: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headline: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    author: Vec<Thing<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<Thing<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_published: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_modified: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dateline: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_language: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    keywords: &'a [String],
    #[serde(rename = "abstract", skip_serializing_if = "Option::is_none")]
    lead: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    word_count: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    source_organization: Vec<Thing<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_based_on: Option<Original<'a>>,
    article_body: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    image: Vec<Picture<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    citation: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mentions: Vec<Thing<'a>>,
}

#[derive(Serialize, PartialEq, Eq, Hash, Clone, Copy)]
struct Thing<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
}

/// What an article was first published as.
#[derive(Serialize)]
struct Original<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    publisher: Thing<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Picture<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credit_text: Option<&'a str>,
}

impl Rows for NewsArticle {
    fn article(&self, row: &ArticleRow<'_>, to: &mut dyn Write) -> io::Result<()> {
        let mentions = mentions(row);
        let organisations: HashSet<&str> =
            mentions.iter().filter(|m| m.kind == "Organization").map(|m| m.name).collect();
        let author = row.byline.unwrap_or_default().iter().map(|name| Thing {
            kind: if organisations.contains(name.as_str()) { "Organization" } else { "Person" },
            name,
        });
        let picture = |image: &crate::ImageRow<'_>| image.url.is_some() || image.alt.is_some();
        let image = row.images.iter().filter(|image| picture(image)).map(|image| Picture {
            kind: "ImageObject",
            content_url: image.url,
            caption: image.caption,
            description: image.alt,
            credit_text: image.credit,
        });
        let mut cited = HashSet::new();
        let citation = row.links.iter().map(|link| link.url).filter(|url| cited.insert(*url));
        let credits = row.syndication.as_ref();
        let agencies = credits.into_iter().flat_map(|credits| &credits.agencies);
        let original = credits.and_then(|credits| credits.publisher.as_ref());
        let object = Object {
            context: "https://schema.org",
            kind: "NewsArticle",
            identifier: row.id.as_str(),
            url: row.url,
            headline: row.title,
            author: author.collect(),
            publisher: row.site.map(organisation),
            date_published: row.published,
            date_modified: row.modified,
            dateline: row.dateline,
            in_language: row.language,
            keywords: row.keywords,
            lead: row.lead,
            word_count: row.counts.map(|counts| counts.words),
            source_organization: agencies.map(|agency| organisation(agency.value)).collect(),
            is_based_on: original.map(|publisher| Original {
                kind: "CreativeWork",
                publisher: organisation(publisher.value),
            }),
            article_body: row.text,
            image: image.collect(),
            citation: citation.collect(),
            mentions,
        };
        let mut line = Vec::with_capacity(row.text.len() + row.text.len() / 4 + 1024);
        write_line(&object, &mut line)?;
        escape(&line, to)
    }
}

fn organisation(name: &str) -> Thing<'_> {
    Thing { kind: "Organization", name }
}

/// What the text names, in its order, each once.
fn mentions<'a>(row: &ArticleRow<'a>) -> Vec<Thing<'a>> {
    let mut seen = HashSet::new();
    let named = row.entities.iter().filter_map(|entity| {
        let kind = match entity.kind {
            EntityKind::Person => "Person",
            EntityKind::Organisation => "Organization",
            EntityKind::Place => "Place",
            _ => return None,
        };
        Some(Thing { kind, name: entity.text })
    });
    named.filter(|thing| seen.insert(*thing)).collect()
}

/// JSON with what acts in a page escaped; these characters stand inside strings only.
fn escape(line: &[u8], to: &mut dyn Write) -> io::Result<()> {
    let mut rest = 0;
    let mut at = 0;
    while let Some(byte) = line.get(at) {
        let (escaped, len): (&[u8], usize) = match byte {
            b'<' => (b"\\u003c", 1),
            b'>' => (b"\\u003e", 1),
            b'&' => (b"\\u0026", 1),
            0xe2 if line[at..].starts_with("\u{2028}".as_bytes()) => (b"\\u2028", 3),
            0xe2 if line[at..].starts_with("\u{2029}".as_bytes()) => (b"\\u2029", 3),
            _ => {
                at += 1;
                continue;
            }
        };
        to.write_all(&line[rest..at])?;
        to.write_all(escaped)?;
        at += len;
        rest = at;
    }
    to.write_all(&line[rest..])
}
