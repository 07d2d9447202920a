//! The headline among what a page calls itself.
//!
//! A page names its article up to five times: the `headline` of its structured data, the heading it
//! shows, `og:title`, `twitter:title`, the `title` element. Where these differ, some were written
//! for search engines, and no order of them is right on all pages. What two of independent origin
//! say stands; else the words of the URL decide; where nothing does, the title is only inferred.

use newsmill_article::Sourced;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::html::features::bare;

/// Signs that part a headline from the name of the site and its sections.
const PARTS: [&str; 11] =
    [" | ", " - ", " – ", " — ", " :: ", " » ", " « ", " · ", " • ", " / ", " : "];
/// Two titles that share so many of their words say the same in other words.
const REWORDED: f32 = 0.4;
/// Two that share so many are one, changed a little.
const CHANGED_LITTLE: f32 = 0.65;
/// Two that share fewer have nothing to do with each other.
const UNLIKE: f32 = 0.3;
/// How much more of a URL's words one of two titles must have to be the one it was made from.
const TOLD_BY_URL: f32 = 0.2;

/// What a page calls its article, without the names of sites.
#[derive(Debug)]
pub(super) struct Called {
    /// The headline in the structured data of the article.
    pub(super) headline: Option<Sourced<String>>,
    /// Whether that is of a news article.
    pub(super) is_news: bool,
    /// The heading it shows.
    pub(super) heading: Option<Sourced<String>>,
    /// `og:title`.
    pub(super) shared: Option<Sourced<String>>,
    /// What else it declares, the best first.
    pub(super) other: Option<Sourced<String>>,
}

impl Called {
    /// The title, and whether the page leaves no doubt about it; `url` is the page's address.
    pub(super) fn title(self, url: Option<&str>) -> Option<(Sourced<String>, bool)> {
        let Self { headline, is_news, heading, shared, other } = self;
        let same = |a: &Option<Sourced<String>>, b: &Option<Sourced<String>>| {
            a.as_ref().zip(b.as_ref()).is_some_and(|(a, b)| bare(&a.value) == bare(&b.value))
        };
        if let Some(headline) = headline {
            // A news article's headline may be the one for search engines: then heading and
            // `og:title` say the same in other words.
            let is_for_engines = heading.is_some()
                && same(&heading, &shared)
                && shared.as_ref().is_some_and(|s| alike(&s.value, &headline.value) >= REWORDED);
            let headline = Some(headline);
            if same(&headline, &heading) || heading.is_none() || (is_news && !is_for_engines) {
                return headline.map(|title| (title, true));
            }
        }
        let declared = shared.or(other);
        let (heading, declared) = match (heading, declared) {
            (Some(heading), Some(declared)) => (heading, declared),
            (heading, declared) => return heading.or(declared).map(|title| (title, true)),
        };
        if bare(&heading.value) == bare(&declared.value) {
            return Some((heading, true));
        }
        let slug = url.map(slug).unwrap_or_default();
        let told = in_slug(&heading.value, &slug) - in_slug(&declared.value, &slug);
        let alike = alike(&heading.value, &declared.value);
        Some(if told > TOLD_BY_URL || alike >= CHANGED_LITTLE {
            (heading, true)
        } else if told < -TOLD_BY_URL && alike < REWORDED {
            (declared, true)
        } else {
            (if alike < UNLIKE { declared } else { heading }, false)
        })
    }
}

/// The one of a page's headings of level 1, each with whether its names call it the article's, that
/// is most like what the page declares; the names of `sites` are none.
pub(super) fn heading<'h>(
    headings: &'h [(String, bool)],
    declared: &[&str],
    sites: &[String],
) -> Option<&'h str> {
    let names: Vec<String> = sites.iter().map(|site| bare(site)).collect();
    let mut best: Option<(f32, bool, &str)> = None;
    for (heading, named) in headings.iter().filter(|(h, _)| !names.contains(&bare(h))) {
        let likeness = declared.iter().map(|d| alike(heading, d)).fold(0.0, f32::max);
        if best.is_none_or(|(most, was_named, _)| (likeness, *named) > (most, was_named)) {
            best = Some((likeness, *named, heading));
        }
    }
    best.map(|(_, _, heading)| heading)
}

/// The share of words that two titles have in common, 0 to 1 (Dice 1945).
fn alike(one: &str, other: &str) -> f32 {
    let set = |text: &str| {
        let mut words = words(text);
        words.sort_unstable();
        words.dedup();
        words
    };
    let (one, other) = (set(one), set(other));
    let common = one.iter().filter(|word| other.binary_search(word).is_ok()).count();
    2.0 * common as f32 / (one.len() + other.len()).max(1) as f32
}

/// Shorter words are left out of URLs, in letters.
const SLUG_LETTERS: usize = 3;
/// A part of a URL of fewer words does not tell a title.
const SLUG_WORDS: usize = 3;

/// The words in the longest part of a URL's path, sorted; none where they are too few to tell.
fn slug(url: &str) -> Vec<String> {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let longest = path.split('/').skip(1).max_by_key(|part| part.len()).unwrap_or_default();
    let words = slug_words(longest);
    if words.len() < SLUG_WORDS { Vec::new() } else { words }
}

/// The words of `text` as URLs write them, sorted.
fn slug_words(text: &str) -> Vec<String> {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' | 'æ' => plain.push_str("ae"),
            'ö' | 'ø' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'ß' => plain.push_str("ss"),
            'å' => plain.push_str("aa"),
            c if c.is_ascii() => plain.push(c),
            c => plain.extend(std::iter::once(c).nfkd().filter(|c| !is_combining_mark(*c))),
        }
    }
    let mut words = words(&plain);
    words.retain(|word| word.chars().count() >= SLUG_LETTERS);
    words.sort_unstable();
    words.dedup();
    words
}

/// The share that the words of a title and those of a URL have in common (Jaccard 1912).
fn in_slug(title: &str, slug: &[String]) -> f32 {
    if slug.is_empty() {
        return 0.0;
    }
    let title = slug_words(title);
    let common = title.iter().filter(|word| slug.binary_search(word).is_ok()).count();
    common as f32 / (title.len() + slug.len() - common) as f32
}

/// The page's title without the names of `sites` behind or before it; nothing where nothing else is
/// left. The name of the page's host is one of them.
///
/// Cut where what goes is the site's name (or starts with its words, or is the first of them), or
/// where the page shows the rest as a heading.
pub(super) fn without_site(title: &str, sites: &[String], headings: &[String]) -> String {
    let sites: Vec<&str> = sites.iter().map(String::as_str).filter(|s| bare(s).len() > 1).collect();
    let mut title = title.trim();
    for _ in 0..3 {
        let Some(shorter) = cut(title, &sites, headings) else { break };
        title = shorter;
    }
    if sites.iter().any(|site| bare(site) == bare(title)) {
        String::new()
    } else {
        title.to_owned()
    }
}

fn cut<'a>(title: &'a str, sites: &[&str], headings: &[String]) -> Option<&'a str> {
    let last = PARTS.iter().filter_map(|sign| Some((title.rfind(sign)?, sign.len()))).max()?;
    let first = PARTS.iter().filter_map(|sign| Some((title.find(sign)?, sign.len()))).min()?;
    let is_site = |part: &str| {
        let (letters, part_words) = (bare(part), words(part));
        letters.is_empty()
            || sites.iter().any(|site| {
                let (name, site_words) = (bare(site), words(site));
                letters == name
                    || part_words.starts_with(&site_words)
                    || (letters.len() > 3 && site_words.starts_with(&part_words))
            })
    };
    let shown = |part: &str| {
        let part = bare(part);
        part.len() > 8 && headings.contains(&part)
    };
    let (front, back) = (title[..last.0].trim(), title[last.0 + last.1..].trim());
    if !front.is_empty() && (is_site(back) || shown(front)) {
        return Some(front);
    }
    let (front, back) = (title[..first.0].trim(), title[first.0 + first.1..].trim());
    (!back.is_empty() && (is_site(front) || shown(back))).then_some(back)
}

/// The words in lower case.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sites_go() {
        let cases = [
            ("A River Rises | Example Herald", "A River Rises"),
            ("Example Herald - A River Rises", "A River Rises"),
            ("A River Rises - News - Example Herald", "A River Rises"),
            ("A River - and a Dam", "A River - and a Dam"),
            ("A River - ExampleHerald", "A River"),
            ("A River - Example", "A River"),
            ("A River - Examples", "A River - Examples"),
            ("A River - Example Heralds Rain", "A River - Example Heralds Rain"),
            ("Example Herald Sports | A River", "A River"),
            ("Rivers: A River Rises Again » World", "Rivers: A River Rises Again"),
            ("A River - herald-site.example.org", "A River"),
            ("A River | ", "A River |"),
            ("Example Herald", ""),
        ];
        let sites = ["Example Herald".to_owned(), "herald-site.example.org".to_owned()];
        let headings = [bare("A River Rises"), bare("Rivers: A River Rises Again")];
        for (title, expected) in cases {
            assert_eq!(without_site(title, &sites, &headings), expected, "{title}");
        }
    }

    #[test]
    fn where_titles_differ_two_sources_or_the_url_decide() {
        const URL: &str = "https://example.org/news/river-rises-after-days-of-rain-17.html";
        // news: headline, heading, og:title, title element; the title, "?" before an inferred one
        let cases = [
            (false, ["", "A River Rises", "A River Rises", ""], "A River Rises"),
            (false, ["", "A River Rises", "", "A river rises"], "A River Rises"),
            (false, ["", "", "Flood News", "Flood"], "Flood News"),
            (false, ["Flood News", "Flood News", "All You Must Know", ""], "Flood News"),
            (true, ["Flood News", "Water Everywhere", "Water Everywhere", ""], "Flood News"),
            (true, ["A River Rises Fast", "A River Rises", "A River Rises", ""], "A River Rises"),
            (false, ["Flood News", "Water Everywhere", "Water Everywhere", ""], "Water Everywhere"),
            (
                false,
                ["", "The River Rises After Rain", "Flood: How Much?", ""],
                "The River Rises After Rain",
            ),
            (
                false,
                ["", "Our Magazine", "River Rises After Days of Rain", ""],
                "River Rises After Days of Rain",
            ),
            (
                false,
                ["", "Five Big Floods of the Year", "Five Big Floods", ""],
                "Five Big Floods of the Year",
            ),
            (
                false,
                ["", "What Floods Cost a Town", "Floods: A Guide to Costs", ""],
                "? What Floods Cost a Town",
            ),
            (false, ["", "Good Day", "", "Floods: A Guide"], "? Floods: A Guide"),
            (false, ["", "", "", ""], ""),
        ];
        for (is_news, said, expected) in cases {
            let [headline, heading, shared, other] = said.map(|s| {
                Some(s).filter(|s| !s.is_empty()).map(|s| Sourced::new(s.to_owned(), "page"))
            });
            let called = Called { headline, is_news, heading, shared, other };
            let found = called.title(Some(URL)).map_or_else(String::new, |(title, is_sure)| {
                format!("{}{}", if is_sure { "" } else { "? " }, title.value)
            });
            assert_eq!(found, expected, "{said:?}");
        }
    }

    #[test]
    fn the_heading_is_the_one_that_is_declared() {
        let headings =
            [("Example Herald", true), ("More News", false), ("A River Rises Fast", false)]
                .map(|(text, named)| (text.to_owned(), named));
        let sites = ["Example Herald".to_owned()];
        assert_eq!(heading(&headings, &["A River Rises"], &sites), Some("A River Rises Fast"));
        assert_eq!(heading(&headings[..2], &["A River Rises"], &sites), Some("More News"));
        assert_eq!(heading(&headings[..1], &[], &sites), None);
    }

    #[test]
    fn urls_are_read_as_they_are_written() {
        let words = slug("https://example.org/a/Fluesse-steigen-ueber-Daemme_12?x=/y-z-w-v-u");
        assert_eq!(words, ["daemme", "fluesse", "steigen", "ueber"]);
        assert!((in_slug("Flüsse steigen über Dämme", &words) - 1.0).abs() < 1e-6);
        assert!(slug("https://example.org/news/4711").is_empty());
        assert!(slug("https://example.org").is_empty());
    }
}
