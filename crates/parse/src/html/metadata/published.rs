//! When an article was published and changed.

use super::{About, PAGES, Said, dates, head, is_of_kind, text};
use newsmill_article::Sourced;

impl About<'_> {
    /// When the article was published. A date in the URL only tells which of the dates that the page
    /// shows is meant.
    pub(super) fn published(&self, url: Option<&str>) -> Said<String> {
        self.date(|a| a.of_article("datePublished"))
            .or_else(|| self.meta_date(META_PUBLISHED))
            .or_else(|| self.property_date("datePublished"))
            .or_else(|| self.page_date("datePublished"))
            .or_else(|| self.shown_date(url.and_then(dates::of_url).as_deref()))
            .or_else(|| self.meta_date(META_DATES))
            .or_else(|| self.date(|a| a.of_article("dateCreated")))
    }

    pub(super) fn modified(&self) -> Said<String> {
        self.date(|a| a.of_article("dateModified"))
            .or_else(|| self.meta_date(META_MODIFIED))
            .or_else(|| self.property_date("dateModified"))
            .or_else(|| self.page_date("dateModified"))
            .or_else(|| {
                let mut times =
                    self.head.times.iter().filter(|t| !t.elsewhere && tells_change(&t.context));
                times.find_map(date_of_time)
            })
    }

    fn date(&self, said: impl Fn(&Self) -> Said<String>) -> Said<String> {
        read_date(said(self)?)
    }

    fn meta_date(&self, names: &[&str]) -> Said<String> {
        names.iter().find_map(|name| read_date(self.meta(&[*name])?))
    }

    fn property_date(&self, name: &str) -> Said<String> {
        let (_, value) = self.head.properties.iter().find(|(n, _)| n == name)?;
        read_date(Sourced::new(value.clone(), format!("itemprop {name}")))
    }

    /// What an object says that is the page or a text on it, though no article: a video's date is
    /// the video's.
    fn page_date(&self, name: &str) -> Said<String> {
        let pages = self.head.data.iter().filter(|d| is_of_kind(d, &PAGES));
        let value = pages.into_iter().find_map(|d| text(d.get(name)?))?;
        read_date(Sourced::new(value, format!("JSON-LD {name}")))
    }

    /// The date in a `time` element or one whose names say that it holds one: of `day`, if there is
    /// one; else one that is named so, a `time` before others.
    fn shown_date(&self, day: Option<&str>) -> Said<String> {
        let times = || self.head.times.iter().filter(|t| !tells_change(&t.context));
        let of_day = day.and_then(|day| {
            times().filter_map(date_of_time).find(|date| date.value.starts_with(day))
        });
        let tells = |t: &&head::Time| TELLS_DATE.iter().any(|word| t.context.contains(word));
        let own = || times().filter(|t| !t.elsewhere);
        of_day.or_else(|| {
            own()
                .filter(|t| t.is_time && tells(t))
                .chain(own().filter(|t| t.is_time))
                .chain(own().filter(|t| !t.is_time))
                .find_map(date_of_time)
        })
    }
}

const META_PUBLISHED: &[&str] = &[
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "article:published",
    "parsely-pub-date",
    "sailthru.date",
    "publish-date",
    "publish_date",
    "publication_date",
    "pubdate",
    "published",
    "published_time",
    "published-date",
    "dc.date.issued",
    "dcterms.created",
    "dc.date.created",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "cxenseparse:recs:publishtime",
    "article_date_original",
    "originalpublicationdate",
    "citation_publication_date",
    "article.published",
    "article:publicationdate",
    "og:published_time",
    "og:pubdate",
    "rnews:datepublished",
    "bt:pubdate",
    "cxenseparse:publishtime",
];

const META_DATES: &[&str] =
    &["date", "created", "creation_date", "article:created", "datecreated", "release_date"];

const META_MODIFIED: &[&str] = &[
    "article:modified_time",
    "og:article:modified_time",
    "datemodified",
    "og:updated_time",
    "lastmod",
    "last_published",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
    "article:modified",
];

/// Words by a time that is the one of publication.
const TELLS_DATE: &[&str] =
    &["publish", "pubdate", "posted", "entry-date", "created", "datum", "veröff", "publi"];

/// Words by a time that is the one of a change.
const TELLS_CHANGE: &[&str] = &["updat", "modif", "aktualis", "actuali", "edited"];

/// Whether what stands at a date, in lower case, says that it is the one of a change.
pub(super) fn tells_change(context: &str) -> bool {
    TELLS_CHANGE.iter().any(|word| context.contains(word))
}

fn date_of_time(time: &head::Time) -> Said<String> {
    let kind = if time.is_time { "time element" } else { "element named date" };
    Some(Sourced::new(dates::parse(&time.value)?, kind))
}

fn read_date(said: Sourced<String>) -> Said<String> {
    let value = dates::parse(&said.value)?;
    Some(Sourced { value, ..said })
}
