//! When an article was published and changed.

use super::{About, PAGES, Said, dates, head, is_of_kind, text};
use jiff::Timestamp;
use newsmill_article::Sourced;

impl About<'_> {
    /// When the article was published. A date in the URL only tells which of the dates that the page
    /// shows is meant.
    pub(super) fn published(&self, url: Option<&str>) -> Said<String> {
        self.date(|a| a.of_article("datePublished"))
            .or_else(|| self.meta_date(META_PUBLISHED))
            .or_else(|| self.property_date("datePublished"))
            .or_else(|| self.page_date("datePublished"))
            .map(|declared| self.before_change(&declared).unwrap_or(declared))
            .map(|declared| self.of_place(&declared).unwrap_or(declared))
            .or_else(|| self.shown_date(url.and_then(dates::of_url).as_deref()))
            .or_else(|| self.meta_date(META_DATES))
            .or_else(|| self.date(|a| a.of_article("dateCreated")))
    }

    /// The one day that the page shows, where it is before the declared one and that is the day of
    /// the change: some systems declare the last change for both.
    fn before_change(&self, declared: &Sourced<String>) -> Said<String> {
        let changed = self.declared_change()?;
        let mut shown = self.own_times().filter_map(date_of_time);
        let first = shown.next()?;
        let is_only = shown.all(|date| day(&date.value) == day(&first.value));
        let is_change = day(&changed.value) == day(&declared.value);
        (is_only && is_change && day(&first.value) < day(&declared.value)).then_some(first)
    }

    /// The same moment by the clock of its place, where the page gives that beside UTC.
    fn of_place(&self, declared: &Sourced<String>) -> Said<String> {
        let moment = |value: &str| value.parse::<Timestamp>().ok();
        let of_utc = moment(&declared.value).filter(|_| declared.value.ends_with('Z'))?;
        let mut said =
            META_DATES.iter().chain(META_PUBLISHED).filter_map(|name| self.meta_date(&[*name]));
        let is_same = |date: &Sourced<String>| {
            !date.value.ends_with('Z') && moment(&date.value) == Some(of_utc)
        };
        said.find(is_same).or_else(|| self.head.times.iter().filter_map(date_of_time).find(is_same))
    }

    pub(super) fn modified(&self) -> Said<String> {
        self.declared_change().or_else(|| self.shown_changes().next())
    }

    fn declared_change(&self) -> Said<String> {
        self.date(|a| a.of_article("dateModified"))
            .or_else(|| self.meta_date(META_MODIFIED))
            .or_else(|| self.property_date("dateModified"))
            .or_else(|| self.page_date("dateModified"))
    }

    /// The dates that the page shows as those of changes.
    fn shown_changes(&self) -> impl Iterator<Item = Sourced<String>> {
        let times = self.head.times.iter().filter(|t| !t.elsewhere && tells_change(&t.context));
        times.filter_map(date_of_time)
    }

    /// Dates that the page shows of itself and not for a change's.
    fn own_times(&self) -> impl Iterator<Item = &head::Time> {
        let is_own = |t: &&head::Time| {
            !t.elsewhere
                && !tells_change(&t.context)
                && !TELLS_TODAY.iter().any(|word| t.context.contains(word))
        };
        self.head.times.iter().filter(is_own)
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

    /// The date in a `time` element or one whose names say that it holds one: of the URL's
    /// day, if there is one; else one that is named so, a `time` before others.
    fn shown_date(&self, day_of_url: Option<&str>) -> Said<String> {
        let of_day = day_of_url.and_then(|day| {
            let times = self.head.times.iter().filter(|t| !tells_change(&t.context));
            times.filter_map(date_of_time).find(|date| date.value.starts_with(day))
        });
        // The day of a change often stands in an element of its own within the line that says so.
        let changes: Vec<String> =
            self.shown_changes().map(|date| day(&date.value).to_owned()).collect();
        let tells = |t: &&head::Time| TELLS_DATE.iter().any(|word| t.context.contains(word));
        let is_changes = |t: &head::Time| {
            let date = date_of_time(t);
            date.is_some_and(|date| changes.iter().any(|change| change == day(&date.value)))
        };
        let own = || self.own_times().filter(|t| tells(t) || !is_changes(t));
        of_day.or_else(|| {
            own()
                .filter(|t| t.is_time && tells(t))
                .chain(own().filter(|t| t.is_time))
                .chain(own().filter(|t| !t.is_time))
                .find_map(date_of_time)
        })
    }
}

/// Names of `meta` that say when a page was published.
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
    "dcterms.issued",
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

/// Names of `meta` that may also mean the record's making or change.
const META_DATES: &[&str] = &[
    "dcterms.created",
    "dc.date.created",
    "dc.date",
    "dcterms.date",
    "date",
    "created",
    "creation_date",
    "article:created",
    "datecreated",
    "release_date",
];

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
const TELLS_CHANGE: &[&str] = &["updat", "modif", "aktualis", "actuali", "edited", "type-changed"];

/// Words by a time that is the day of the visit.
const TELLS_TODAY: &[&str] = &["today", "current-date", "current_date", "currentdate"];

/// The day of a date and time.
fn day(date: &str) -> &str {
    date.get(..10).unwrap_or(date)
}

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
