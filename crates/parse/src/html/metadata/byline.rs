//! Who wrote an article.

use newsmill_article::Sourced;
use serde_json::Value;

use super::{About, Said, authors, is_of_kind};
use crate::html::features::bare;
use crate::html::tree::fold;

impl About<'_> {
    /// The authors; of `sites`, what the site is called, none is one.
    pub(super) fn byline(&self, sites: &[String]) -> Said<Vec<String>> {
        let named = |said: &str, from: &str| {
            let names = authors::of_element(said, sites);
            (!names.is_empty()).then(|| Sourced::new(names, from.to_owned()))
        };
        let of_data = || {
            let mut names = Vec::new();
            self.names_in(self.article?.get("author")?, (0, Kind::Unknown), sites, &mut names);
            let names = authors::without_desks(names, sites);
            (!names.is_empty()).then(|| Sourced::new(names, "JSON-LD author"))
        };
        // A person called as the site may be its owner, or nobody that the software knows.
        let is_site = |said: &Sourced<Vec<String>>| {
            let is_site = |name: &String| sites.iter().any(|site| bare(site) == bare(name));
            said.value.iter().all(is_site)
        };
        let (of_site, of_data) = match of_data() {
            Some(said) if is_site(&said) => (Some(said), None),
            said => (None, said),
        };
        let of_meta = || {
            META_AUTHORS.iter().find_map(|name| {
                let all = self.head.metas.iter().filter(|(n, _)| n == name);
                let mut names: Vec<String> = Vec::new();
                for (_, value) in all.take(authors::NAMES_MAX) {
                    let turned = META_CATALOGUE
                        .contains(name)
                        .then(|| authors::of_catalogue(value, *name == "citation_author"));
                    let found = turned.flatten().unwrap_or_else(|| authors::names(value, sites));
                    add_names(&mut names, found);
                }
                (!names.is_empty()).then(|| Sourced::new(names, format!("meta {name}")))
            })
        };
        let of_elements = || {
            ["itemprop author", "link rel=author", "element named author", "link to an author"]
                .iter()
                .find_map(|kind| {
                    let said = self.head.authors.iter().filter(|(_, from)| from == kind);
                    said.take(4).find_map(|(text, from)| named(text, from))
                })
        };
        of_data.or_else(of_meta).or_else(of_elements).or(of_site)
    }

    /// The names in a value of JSON-LD at a `place`: how deep it stands, and whose it is.
    fn names_in(
        &self,
        value: &Value,
        place: (usize, Kind),
        sites: &[String],
        names: &mut Vec<String>,
    ) {
        let (depth, kind) = place;
        if depth > 2 {
            return;
        }
        match value {
            Value::String(said) => {
                let said = fold(&htmlize::unescape(said));
                let found = match kind {
                    Kind::Person => authors::of_person(&said, sites),
                    Kind::Organisation => {
                        authors::of_organisation(&said, sites).into_iter().collect()
                    }
                    Kind::Unknown => authors::names(&said, sites),
                };
                add_names(names, found);
            }
            Value::Array(items) => {
                for item in items.iter().take(authors::NAMES_MAX) {
                    self.names_in(item, (depth + 1, kind), sites, names);
                }
            }
            Value::Object(_) => {
                let object = self.resolved(value);
                let kind = match object {
                    person if is_of_kind(person, &["Person"]) => Kind::Person,
                    body if is_of_kind(body, &["Organization", "NewsMediaOrganization"]) => {
                        Kind::Organisation
                    }
                    _ => Kind::Unknown,
                };
                if let Some(name @ (Value::String(_) | Value::Array(_))) = object.get("name") {
                    self.names_in(name, (depth + 1, kind), sites, names);
                }
            }
            _ => {}
        }
    }
}

/// Whose name a text is.
#[derive(Clone, Copy)]
enum Kind {
    Person,
    Organisation,
    Unknown,
}

/// Adds those that are not there yet, up to what a page may have.
fn add_names(names: &mut Vec<String>, found: Vec<String>) {
    for name in found {
        if names.len() < authors::NAMES_MAX && !names.contains(&name) {
            names.push(name);
        }
    }
}

const META_AUTHORS: &[&str] = &[
    "citation_author",
    "citation_authors",
    "author",
    "article:author",
    "article:author_name",
    "parsely-author",
    "sailthru.author",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "dc.contributor",
    "cxenseparse:author",
    "authors",
    "og:author",
    "article.author",
    "twitter:data1_author",
    "byline",
];

/// Those of them that catalogues write `Surname, Given`.
const META_CATALOGUE: &[&str] =
    &["citation_author", "citation_authors", "dc.creator", "dcterms.creator", "dc.contributor"];
