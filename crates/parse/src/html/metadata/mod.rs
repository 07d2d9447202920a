//! What a page says of its article: title, authors, dates, site, and where it says it.
//!
//! Where a page says several things, this order decides; what comes first and can be read stands.
//!
//! | fact | order |
//! |---|---|
//! | title | JSON-LD `headline`, the heading of level 1, `og:title`, `twitter:title`, the `title` element, the name of the site cut off: what two of them say; see `title` for where they differ |
//! | byline | JSON-LD `author` (last where it is called as the site), `meta` names of authors, microdata, `rel=author`, elements named so, links to authors' pages, lines by the text |
//! | published | JSON-LD `datePublished`, `article:published_time` and other `meta`, microdata, JSON-LD of the page, `time` and elements named so (that of the day in the URL first), `meta` of catalogues, lines by the text; a day shown before the declared one where that is the change's |
//! | modified | JSON-LD `dateModified`, `meta`, microdata, `time` and elements named so |
//! | site | `og:site_name`, JSON-LD `publisher`, `application-name` |
//! | url | the canonical link, `og:url`, JSON-LD `url` |
//! | language | `lang` of the page, `og:locale`, JSON-LD `inLanguage` |

mod authors;
mod byline;
mod dates;
mod head;
mod published;
mod title;
mod words;

use newsmill_article::{Facts, Metadata, Sourced};
use serde_json::{Map, Value, json};
use url::Url;

use super::drafts::drafts;
use super::features::{Told, bare, pairs};
use super::tree::{Tree, fold};
use head::Head;

/// Kinds of JSON-LD objects that are articles.
const ARTICLES: [&str; 10] = [
    "Article",
    "NewsArticle",
    "BlogPosting",
    "ReportageNewsArticle",
    "AnalysisNewsArticle",
    "OpinionNewsArticle",
    "LiveBlogPosting",
    "Report",
    "TechArticle",
    "ScholarlyArticle",
];

/// Those of them that are news, which bear the headline of a desk.
const NEWS: [&str; 4] =
    ["NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle"];

/// Kinds of JSON-LD objects that are the page, or a text on it that is no article.
const PAGES: [&str; 12] = [
    "WebPage",
    "ItemPage",
    "FAQPage",
    "QAPage",
    "AboutPage",
    "ProfilePage",
    "MedicalWebPage",
    "CreativeWork",
    "HowTo",
    "Recipe",
    "DiscussionForumPosting",
    "SocialMediaPosting",
];

/// What is known of an article from its page.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) facts: Facts,
    /// Section, tags, licence and the like, each with where it is from.
    pub(super) more: Map<String, Value>,
    pub(super) told: Told,
    /// The article's text as the page's structured data gives it.
    pub(super) body: Option<String>,
    /// What addresses on the page are relative to, where it says so.
    pub(super) base: Option<String>,
    /// The page's own address: what its record says, else what it says itself.
    pub(super) page: Option<String>,
}

type Said<T> = Option<Sourced<T>>;

/// Reads what the page says of its article; `metadata` is what the record's container says.
pub(super) fn metadata(tree: &Tree<'_>, metadata: &Metadata) -> Known {
    let head = head::read(tree);
    let page = About { article: article(&head), head: &head };
    let (site, canonical) = (page.site(), page.url());
    let url = metadata.text("url").map(std::borrow::Cow::into_owned);
    let url = url.or_else(|| canonical.as_ref().map(|u| u.value.clone()));
    let sites = sites(site.as_ref(), url.as_deref());
    let (title, is_sure) = page.title(&sites, url.as_deref()).unzip();
    let (title, inferred) = if is_sure == Some(true) { (title, None) } else { (None, title) };
    let facts = Facts {
        title,
        inferred: inferred.map(|title| ("title".to_owned(), title)).into_iter().collect(),
        byline: page.byline(&sites),
        published: page.published(url.as_deref()),
        modified: page.modified(),
        language: page.language(),
        url: canonical,
        site,
        ..Facts::default()
    };
    let body = page.article.and_then(|a| lines_of(a.get("articleBody")?)).filter(|b| b.len() > 200);
    let told = page.told(&facts, body.as_deref());
    let base = head.base.as_deref().and_then(|base| absolute(base, url.as_deref()));
    Known { more: page.more(), told, body, base, page: url, facts }
}

impl Known {
    /// Takes authors and date from short lines around the article's text, where the page says
    /// neither for machines. A line names authors only behind `By` and the like.
    pub(super) fn read_rim(&mut self, lines: &[&str]) {
        if self.facts.byline.is_none() {
            let names = lines
                .iter()
                .find_map(|line| Some(authors::of_line(line)).filter(|n| !n.is_empty()));
            self.facts.byline = names.map(|n| Sourced::new(n, "line by the text"));
        }
        let date = |is_of_change: bool| {
            let lines = lines
                .iter()
                .filter(|line| published::tells_change(&line.to_lowercase()) == is_of_change);
            let date = lines.into_iter().find_map(|line| dates::of_line(line))?;
            Some(Sourced::new(date, "line by the text"))
        };
        let Facts { published, modified, .. } = &mut self.facts;
        *published = published.take().or_else(|| date(false));
        *modified = modified.take().or_else(|| date(true));
    }
}

/// The page's title, be it said or inferred.
pub(super) fn title_of(facts: &Facts) -> Option<&str> {
    let title = facts.title.as_ref().or_else(|| facts.inferred.get("title"));
    title.map(|title| title.value.as_str())
}

/// Whether an object of JSON-LD is of one of these kinds.
fn is_of_kind(value: &Value, kinds: &[&str]) -> bool {
    let is = |kind: &Value| kind.as_str().is_some_and(|kind| kinds.contains(&kind));
    match &value["@type"] {
        Value::Array(all) => all.iter().any(is),
        kind => is(kind),
    }
}

/// The object of JSON-LD that is the article.
fn article(head: &Head) -> Option<&Value> {
    let of_kind = |value: &&Value| is_of_kind(value, &ARTICLES);
    let mut articles = head.data.iter().filter(of_kind);
    let first = articles.next();
    let with_date = |v: &&Value| v.get("datePublished").is_some();
    first
        .filter(with_date)
        .or_else(|| articles.find(with_date))
        .or(first)
        .or_else(|| head.data.iter().find_map(|v| Some(v.get("mainEntity")?).filter(of_kind)))
}

struct About<'h> {
    head: &'h Head,
    article: Option<&'h Value>,
}

impl About<'_> {
    /// The first `meta` of one of these names, in the order of the names.
    fn meta(&self, names: &[&str]) -> Said<String> {
        names.iter().find_map(|name| {
            let (_, value) = self.head.metas.iter().find(|(n, _)| n == name)?;
            Some(Sourced::new(value.clone(), format!("meta {name}")))
        })
    }

    fn of_article(&self, name: &str) -> Said<String> {
        let value = text(self.article?.get(name)?)?;
        Some(Sourced::new(value, format!("JSON-LD {name}")))
    }

    fn site(&self) -> Said<String> {
        let publisher = || {
            let publisher = self.article?.get("publisher")?;
            let name = text(self.resolved(publisher).get("name")?)?;
            Some(Sourced::new(name, "JSON-LD publisher"))
        };
        self.meta(&["og:site_name"]).or_else(publisher).or_else(|| {
            self.meta(&[
                "application-name",
                "apple-mobile-web-app-title",
                "twitter:app:name:iphone",
            ])
        })
    }

    /// The object that a reference by `@id` means.
    fn resolved<'v>(&'v self, value: &'v Value) -> &'v Value {
        let reference = value.get("@id").filter(|_| value.get("name").is_none());
        reference
            .and_then(|id| {
                self.head.data.iter().find(|d| d.get("@id") == Some(id) && d.get("name").is_some())
            })
            .unwrap_or(value)
    }

    fn url(&self) -> Said<String> {
        let absolute = |said: &Sourced<String>| said.value.starts_with("http");
        let canonical = self.head.canonical.clone();
        canonical
            .map(|url| Sourced::new(url, "link rel=canonical"))
            .filter(absolute)
            .or_else(|| self.meta(&["og:url"]).filter(absolute))
            .or_else(|| self.of_article("url").filter(absolute))
    }

    /// The title, and whether the page leaves no doubt about it; of `sites`, what the site is
    /// called, none is one.
    fn title(&self, sites: &[String], url: Option<&str>) -> Option<(Sourced<String>, bool)> {
        let headings: Vec<String> = self.head.headings.iter().map(|(text, _)| bare(text)).collect();
        let cut = |said: Sourced<String>| {
            let value = title::without_site(&said.value, sites, &headings);
            Some(Sourced { value, ..said }).filter(|s| !s.value.is_empty())
        };
        let whole =
            |said: &Sourced<String>| !said.value.ends_with("...") && !said.value.ends_with('…');
        let headline = self.of_article("headline").filter(whole).and_then(cut);
        let shared = self.meta(&["og:title"]).and_then(cut);
        let other = self.meta(&["twitter:title", "dc.title", "title"]).and_then(cut);
        let element = self.head.title.clone().map(|t| Sourced::new(t, "title element"));
        let element = element.and_then(cut);
        let declared = [&headline, &shared, &other, &element].into_iter().flatten();
        let declared: Vec<&str> = declared.map(|d| d.value.as_str()).collect();
        let heading = title::heading(&self.head.headings, &declared, sites);
        let heading = heading.map(|text| Sourced::new(text.to_owned(), "h1"));
        let is_news = self.article.is_some_and(|a| is_of_kind(a, &NEWS));
        let other = other.or(element);
        title::Called { headline, is_news, heading, shared, other }.title(url)
    }

    fn language(&self) -> Said<String> {
        let code = |said: Sourced<String>| {
            let value = said.value.split(['-', '_']).next()?.trim().to_ascii_lowercase();
            let fits = value.len() == 2 && value.bytes().all(|b| b.is_ascii_lowercase());
            fits.then_some(Sourced { value, ..said })
        };
        let root = self.head.language.clone().map(|l| Sourced::new(l, "lang attribute"));
        root.and_then(code)
            .or_else(|| self.meta(&["og:locale", "content-language"]).and_then(code))
            .or_else(|| self.of_article("inLanguage").and_then(code))
    }

    fn told(&self, facts: &Facts, body: Option<&str>) -> Told {
        let mut titles: Vec<String> = Vec::new();
        let said = [
            title_of(facts).map(str::to_owned),
            self.of_article("headline").map(|t| t.value),
            self.meta(&["og:title"]).map(|t| t.value),
        ];
        titles.extend(said.into_iter().flatten().map(|t| bare(&t)));
        let body = body.map(|b| pairs(b).skip(1).collect());
        let description = self
            .meta(&["og:description", "description"])
            .map(|d| pairs(&d.value).skip(1).collect());
        Told { titles, body, description: description.unwrap_or_default() }
    }

    fn more(&self) -> Map<String, Value> {
        let mut more = Map::new();
        let mut put = |name: &str, said: Said<String>| {
            if let Some(said) = said {
                more.insert(name.into(), json!({ "value": said.value, "evidence": said.evidence }));
            }
        };
        put("description", self.meta(&["og:description", "description"]));
        put(
            "section",
            self.of_article("articleSection")
                .or_else(|| self.meta(&["article:section", "section"])),
        );
        let license = self.head.license.clone().map(|l| Sourced::new(l, "link rel=license"));
        put(
            "licence",
            license
                .or_else(|| self.of_article("license"))
                .or_else(|| self.meta(&["dc.rights", "copyright"])),
        );
        let of_data = || {
            let tags = list(self.article?.get("keywords")?);
            Some((tags, "JSON-LD keywords".to_owned()))
        };
        let of_meta = || {
            ["article:tag", "news_keywords", "keywords", "parsely-tags"].iter().find_map(|name| {
                let all = self.head.metas.iter().filter(|(n, _)| n == name);
                let tags: Vec<String> = all.flat_map(|(_, v)| split_tags(v)).collect();
                (!tags.is_empty()).then(|| (tags, format!("meta {name}")))
            })
        };
        if let Some((tags, evidence)) = of_data().filter(|(t, _)| !t.is_empty()).or_else(of_meta) {
            more.insert("tags".into(), json!({ "value": tags, "evidence": evidence }));
        }
        more
    }
}

/// What the site is called: its name, and its host without `www` and what stands behind the dot.
fn sites(name: Option<&Sourced<String>>, url: Option<&str>) -> Vec<String> {
    let mut sites: Vec<String> = name.map(|n| n.value.clone()).into_iter().collect();
    let host = url.and_then(|u| u.split_once("://")).and_then(|(_, rest)| rest.split('/').next());
    if let Some(host) = host {
        let host = host.trim_start_matches("www.");
        sites.push(host.to_owned());
        // The longest part of a host is what it is called by: `news.example.co.uk`.
        let parts = host.split('.').rev().skip(1);
        sites.extend(parts.max_by_key(|p| p.len()).map(str::to_owned));
    }
    sites
}

/// `base` as an absolute address, where that can be said.
fn absolute(base: &str, page: Option<&str>) -> Option<String> {
    let joined = match page.and_then(|page| Url::parse(page).ok()) {
        Some(page) => page.join(base).ok()?,
        None => Url::parse(base).ok()?,
    };
    Some(joined.into())
}

/// A text of JSON-LD, character references read, white space folded.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.as_str(),
        Value::Array(items) => items.first()?.as_str()?,
        Value::Object(fields) => fields.get("@value")?.as_str()?,
        _ => return None,
    };
    let text = fold(&htmlize::unescape(text));
    (!text.is_empty()).then_some(text)
}

/// A text of JSON-LD with its lines; where it holds tags, the lines it would be shown in.
fn lines_of(value: &Value) -> Option<String> {
    let text = htmlize::unescape(value.as_str()?);
    let lines: Vec<String> = if holds_tags(&text) {
        let page = drafts(&Tree::new(&text));
        let shown = page.drafts.iter().filter_map(|draft| page.text.get(draft.range.clone()));
        shown.flat_map(str::lines).map(fold).collect()
    } else {
        text.lines().map(fold).collect()
    };
    let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Whether a text closes an element, or breaks a line as pages do.
fn holds_tags(text: &str) -> bool {
    memchr::memchr_iter(b'<', text.as_bytes()).any(|at| {
        let tag = &text[at + 1..];
        let closed =
            tag.strip_prefix('/').is_some_and(|t| t.starts_with(|c: char| c.is_ascii_alphabetic()));
        closed || tag.get(..2).is_some_and(|name| name.eq_ignore_ascii_case("br"))
    })
}

fn list(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => split_tags(text),
        Value::Array(items) => items.iter().filter_map(text).collect(),
        _ => Vec::new(),
    }
}

fn split_tags(text: &str) -> Vec<String> {
    text.split([',', ';']).map(fold).filter(|t| !t.is_empty()).collect()
}
