//! The headline among what a page calls itself.

use crate::html::features::bare;

/// Signs that part a headline from the name of the site and its sections.
const PARTS: [&str; 9] = [" | ", " - ", " – ", " — ", " :: ", " » ", " · ", " • ", " / "];

/// The page's title without the name of the site behind or before it.
///
/// Cut where what goes is the site's name (or starts with its words, or is the first of them), or
/// where the page shows the rest as a heading.
pub(super) fn without_site(title: &str, site: Option<&str>, headings: &[String]) -> String {
    let site = site.filter(|site| bare(site).len() >= 2);
    let mut title = title.trim();
    for _ in 0..3 {
        let Some(shorter) = cut(title, site, headings) else { break };
        title = shorter;
    }
    title.to_owned()
}

fn cut<'a>(title: &'a str, site: Option<&str>, headings: &[String]) -> Option<&'a str> {
    let last = PARTS.iter().filter_map(|sign| Some((title.rfind(sign)?, sign.len()))).max()?;
    let first = PARTS.iter().filter_map(|sign| Some((title.find(sign)?, sign.len()))).min()?;
    let is_site = |part: &str| {
        site.is_some_and(|site| {
            let (part_words, site_words) = (words(part), words(site));
            bare(part) == bare(site)
                || part_words.starts_with(&site_words)
                || (bare(part).len() > 3 && site_words.starts_with(&part_words))
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
        ];
        let headings = [bare("A River Rises"), bare("Rivers: A River Rises Again")];
        for (title, expected) in cases {
            assert_eq!(without_site(title, Some("Example Herald"), &headings), expected, "{title}");
        }
    }
}
