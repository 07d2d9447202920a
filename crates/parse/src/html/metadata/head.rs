//! What a page says of itself, as it stands there: `meta`, `link`, `title`, JSON-LD, microdata,
//! `time`, names of authors.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use serde_json::Value;

use crate::html::hints;
use crate::html::names::{Attr, Tag};
use crate::html::tree::{NodeId, Tree, fold};

/// Elements of each kind that are taken in; pages repeat themselves.
const MOST: usize = 96;
/// Longest text taken for a name, a date or the like, in bytes.
const SHORT: usize = 300;
/// Longest block of structured data that is read, in bytes.
const DATA_BYTES_MAX: usize = 4 << 20;

/// What a page says of itself.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// Names of `meta` (`name`, `property`, `itemprop`, in lower case) and their contents, in order.
    pub(super) metas: Vec<(String, String)>,
    /// The text of `title`.
    pub(super) title: Option<String>,
    /// Headings of level 1 with whether their names say that they are the article's.
    pub(super) headings: Vec<(String, bool)>,
    pub(super) canonical: Option<String>,
    pub(super) base: Option<String>,
    pub(super) license: Option<String>,
    /// The language of the root element.
    pub(super) language: Option<String>,
    /// Objects of JSON-LD, graphs taken apart, in order.
    pub(super) data: Vec<Value>,
    /// Microdata: names and values.
    pub(super) properties: Vec<(String, String)>,
    /// Of each `time`: what it says and how sure it is the article's.
    pub(super) times: Vec<Time>,
    /// Texts that may name the authors, with where they stand.
    pub(super) authors: Vec<(String, &'static str)>,
}

/// A `time` element or what is like it.
#[derive(Debug)]
pub(super) struct Time {
    pub(super) value: String,
    /// Its text and the names around it.
    pub(super) context: String,
    /// Whether it is a `time`; else its names say that it holds a date.
    pub(super) is_time: bool,
    /// Whether it stands in a list of other articles, a comment or the page's rim.
    pub(super) elsewhere: bool,
}

/// Reads what the page says of itself.
pub(super) fn read(tree: &Tree<'_>) -> Head {
    let mut head = Head::default();
    for (id, tag) in tree.elements() {
        match tag {
            Tag::Meta => meta(tree, id, &mut head),
            Tag::Link => link(tree, id, &mut head),
            Tag::Title if head.title.is_none() => {
                head.title = some(fold(&htmlize::unescape(tree.raw_content(id))));
            }
            Tag::Script => script(tree, id, &mut head),
            Tag::Html | Tag::Body => {
                let lang = tree.attribute(id, Attr::Lang);
                let lang = lang.or_else(|| tree.attribute(id, Attr::XmlLang));
                head.language = head.language.take().or_else(|| some(fold(&lang?)));
            }
            Tag::Base => {
                let href = tree.attribute(id, Attr::Href);
                head.base = head.base.take().or_else(|| some(href?.trim().to_owned()));
            }
            Tag::H1 if head.headings.len() < MOST && tree.node(id).end - id <= 200 => {
                let named = tree.attribute(id, Attr::Class).is_some_and(|class| {
                    let class = class.to_ascii_lowercase();
                    ["title", "headline", "entry", "article", "post"]
                        .iter()
                        .any(|w| class.contains(w))
                });
                let text = tree.text_of(id);
                if !text.is_empty() && text.len() <= 2 * SHORT {
                    head.headings.push((text, named));
                }
            }
            Tag::Time => time(tree, id, &mut head),
            _ => {}
        }
        if tag != Tag::Meta && !tag.is_unseen() {
            property(tree, id, tag, &mut head);
        }
    }
    head
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn meta(tree: &Tree<'_>, id: NodeId, head: &mut Head) {
    let Some(content) = tree.attribute(id, Attr::Content) else { return };
    let content = fold(&content);
    if content.is_empty() || head.metas.len() >= 8 * MOST {
        return;
    }
    for name in [Attr::Property, Attr::Name, Attr::Itemprop, Attr::HttpEquiv] {
        if let Some(name) = tree.attribute(id, name) {
            head.metas.push((name.trim().to_lowercase(), content));
            return;
        }
    }
}

fn link(tree: &Tree<'_>, id: NodeId, head: &mut Head) {
    let (Some(rel), Some(href)) = (tree.attribute(id, Attr::Rel), tree.attribute(id, Attr::Href))
    else {
        return;
    };
    let is = |what: &str| rel.split_ascii_whitespace().any(|r| r.eq_ignore_ascii_case(what));
    let href = href.trim().to_owned();
    if is("canonical") && head.canonical.is_none() {
        head.canonical = some(href);
    } else if is("license") && head.license.is_none() {
        head.license = some(href);
    }
}

fn script(tree: &Tree<'_>, id: NodeId, head: &mut Head) {
    let is_data = tree
        .raw_attribute(id, Attr::Type)
        .is_some_and(|t| t.trim().to_ascii_lowercase().starts_with("application/ld+json"));
    let source = tree.raw_content(id);
    if !is_data || source.len() > DATA_BYTES_MAX || head.data.len() >= MOST {
        return;
    }
    if let Some(value) = data(source) {
        take_apart(value, head);
    }
}

/// JSON as pages hold it: line breaks in texts, comments around it, a semicolon behind.
fn data(source: &str) -> Option<Value> {
    let source = source.trim().trim_start_matches("<!--").trim_start_matches("//<![CDATA[");
    let source =
        source.trim_end_matches("-->").trim_end_matches("//]]>").trim().trim_end_matches(';');
    serde_json::from_str(source).ok().or_else(|| {
        let clean: String = source.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let mut values = serde_json::Deserializer::from_str(&clean).into_iter::<Value>();
        values.next()?.ok()
    })
}

fn take_apart(value: Value, head: &mut Head) {
    match value {
        Value::Array(items) => {
            for item in items {
                if let Value::Object(_) = item {
                    take_apart(item, head);
                }
            }
        }
        Value::Object(mut fields) => {
            let graph = fields.remove("@graph");
            if head.data.len() < 8 * MOST {
                head.data.push(Value::Object(fields));
            }
            if let Some(Value::Array(items)) = graph {
                for item in items.into_iter().take(8 * MOST) {
                    if head.data.len() < 8 * MOST && item.is_object() {
                        head.data.push(item);
                    }
                }
            }
        }
        _ => {}
    }
}

/// Microdata, links to authors and elements whose names say that they hold one.
fn property(tree: &Tree<'_>, id: NodeId, tag: Tag, head: &mut Head) {
    let (mut author, mut class, mut dated) = (None, false, false);
    for attribute in tree.attributes(id) {
        let value = || tree.page.get(attribute.start as usize..attribute.end as usize);
        match attribute.name {
            Attr::Itemprop => {
                let Some(name) = value() else { continue };
                match name {
                    "author" | "creator" => author = Some("itemprop author"),
                    "datePublished" | "dateModified" | "headline" | "dateCreated" => {
                        let said = tree
                            .attribute(id, Attr::Content)
                            .or_else(|| tree.attribute(id, Attr::Datetime))
                            .map_or_else(|| short_text(tree, id), |said| fold(&said));
                        if head.properties.len() < MOST && !stands_elsewhere(tree, id) {
                            head.properties.push((name.to_owned(), said));
                        }
                    }
                    _ => {}
                }
            }
            Attr::Rel if tag == Tag::A && value().is_some_and(is_author) => {
                author = Some("link rel=author");
            }
            Attr::Href if author.is_none() && value().is_some_and(is_authors_page) => {
                author = Some("link to an author");
            }
            Attr::Class | Attr::DataTestid | Attr::Id => {
                let Some(value) = value().filter(|v| v.len() < 200) else { continue };
                let (author, date) = holds(value);
                class |= author;
                dated |= date;
            }
            _ => {}
        }
    }
    if dated && tag != Tag::Time && tag != Tag::Body {
        time(tree, id, head);
    }
    let from = author.or(class.then_some("element named author"));
    if let Some(from) = from.filter(|_| head.authors.len() < MOST) {
        let text = tree.text_in_parts(id, tree.node(id).end.min(id + 40));
        if !text.is_empty() && text.len() <= SHORT && !stands_elsewhere(tree, id) {
            head.authors.push((text, from));
        }
    }
}

fn is_author(rel: &str) -> bool {
    rel.split_ascii_whitespace().any(|r| r == "author")
}

fn is_authors_page(address: &str) -> bool {
    address.len() < 300 && AUTHORS_PAGES.iter().any(|page| address.contains(page))
}

/// Words in the names of elements that hold authors.
const AUTHORS: &[&str] = &["author", "byline", "autor", "auteur", "writer", "redakteur"];
/// Parts of the addresses of authors' pages.
const AUTHORS_PAGES: &[&str] = &[
    "/author/",
    "/authors/",
    "/autor/",
    "/autoren/",
    "/autores/",
    "/auteur/",
    "/auteurs/",
    "/staff/",
    "/by/",
    "/journalist",
];
/// Words in the names of elements that hold dates.
const DATED: &[&str] = &[
    "date",
    "time",
    "publish",
    "posted",
    "datum",
    "fecha",
    "meta-info",
    "postmeta",
    "post-meta",
    "entry-meta",
    "byline",
    "created",
];

/// Finds both, authors' words first.
static NAMES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::DFA))
        .ascii_case_insensitive(true)
        .build(AUTHORS.iter().chain(DATED))
        .ok()
});

/// Whether a name says that its element holds an author, and whether a date.
fn holds(name: &str) -> (bool, bool) {
    let Some(names) = NAMES.as_ref() else { return (false, false) };
    names.find_overlapping_iter(name).fold((false, false), |(author, date), found| {
        let place = found.pattern().as_usize();
        // `byline` stands in both.
        (author || place < AUTHORS.len(), date || place >= AUTHORS.len())
    })
}

/// The text of an element that may be a name or a date; nothing when it is longer.
fn short_text(tree: &Tree<'_>, id: NodeId) -> String {
    let end = tree.node(id).end;
    if end - id > 40 {
        return String::new();
    }
    let text = tree.text_of_seen(id);
    if text.len() > SHORT { String::new() } else { text }
}

fn time(tree: &Tree<'_>, id: NodeId, head: &mut Head) {
    if head.times.len() >= MOST {
        return;
    }
    let text = short_text(tree, id).replace('\u{1f}', " ");
    let value = tree.attribute(id, Attr::Datetime).map(|v| fold(&v)).filter(|v| !v.is_empty());
    let is_time = tree.tag(id) == Some(Tag::Time);
    if value.is_none() && (text.is_empty() || text.len() > 100) {
        return;
    }
    let mut context = text.to_lowercase();
    let mut at = id;
    for _ in 0..3 {
        for name in [Attr::Class, Attr::Itemprop, Attr::Id] {
            if let Some(value) = tree.raw_attribute(at, name) {
                context.push(' ');
                context.push_str(&value.to_ascii_lowercase());
            }
        }
        at = tree.node(at).parent;
    }
    let elsewhere = stands_elsewhere(tree, id);
    head.times.push(Time { value: value.unwrap_or(text), context, elsewhere, is_time });
}

/// Whether an element stands in comments, lists of other articles or the page's rim.
fn stands_elsewhere(tree: &Tree<'_>, id: NodeId) -> bool {
    let mut at = id;
    for _ in 0..24 {
        if at == 0 {
            break;
        }
        if let Some(tag) = tree.tag(at) {
            if matches!(tag, Tag::Aside | Tag::Nav) {
                return true;
            }
            let names = hints::of_element(tree, at, tag);
            if tag != Tag::Body && tag != Tag::Html && names & hints::ELSEWHERE != 0 {
                return true;
            }
        }
        at = tree.node(at).parent;
    }
    false
}
