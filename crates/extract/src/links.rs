//! Links: those the parser saw as markup, and bare addresses in the text.

use memchr::memchr2;
use newsmill_article::{Article, Facts, Kept, Link, Reason, Span};
use url::Url;

use crate::Fact;
use crate::address::{
    Address, absolute, end_of_address, has_known_suffix, is_host_label, normalize_url,
};

/// Links, in the order of the text: the parser's, made absolute, and bare addresses with or
/// without scheme. Repeated parts of the text are left out; removed promotion and furniture are
/// not, for a footer's links tell where an article is from.
///
/// A host without scheme counts when it starts with `www.`, when a path follows, or when it is
/// written in small letters under one of the common suffixes. Addresses of persons do not count.
///
/// ```
/// use newsmill_article::{Article, Block, BlockKind, Facts, Origin, Span};
/// use newsmill_extract::{Fact, Links};
/// let text = "Go to www.example.org/a or write to ana@example.org.".to_owned();
/// let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
/// let article = Article::new("a".into(), Origin::new("in", 0), text, vec![block], vec![])?;
/// let mut facts = Facts::default();
/// Links.extract(&article, &article.kept(), &mut facts);
/// assert_eq!(facts.links.len(), 1);
/// assert_eq!(facts.links[0].url, "https://www.example.org/a");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Links;

impl Fact for Links {
    fn name(&self) -> &'static str {
        "links"
    }

    fn about(&self) -> &'static str {
        "links as absolute URLs: markup, bare URLs, hosts without scheme; tracking removed"
    }

    fn example(&self) -> &'static str {
        "The report is at www.example.org/report?utm_source=mail."
    }

    fn extract(&self, article: &Article, _: &Kept, facts: &mut Facts) {
        let base = facts.url.as_ref().and_then(|u| Url::parse(&u.value).ok());
        let mut links: Vec<Link> = std::mem::take(&mut facts.links)
            .into_iter()
            .filter(|link| !is_repeated(article, link.span))
            .filter_map(|link| {
                let Address { url, domain } = absolute(&link.raw, base.as_ref())?;
                Some(Link { url, domain, ..link })
            })
            .collect();
        links.sort_by_key(|link| link.span);
        let mut taken: Vec<Span> = links.iter().map(|l| l.span).collect();
        taken.extend(links.iter().filter_map(|l| l.anchor));
        taken.sort_unstable();
        let marked = links.len();
        let mut next = 0;
        let mut covered = 0;
        bare_addresses(article.text(), |start, end, address| {
            let Ok(span) = article.span(start..end) else { return };
            while let Some(before) = taken.get(next).filter(|t| t.start() < end) {
                covered = covered.max(before.end());
                next += 1;
            }
            if covered <= start && !is_repeated(article, span) {
                let Address { url, domain } = address;
                let raw = article.slice(span).to_owned();
                links.push(Link { url, raw, span, anchor: None, domain });
            }
        });
        if marked > 0 {
            links.sort_by_key(|link| link.span);
        }
        facts.links = links;
    }
}

/// Whether the span lies in a part that was removed because it stands elsewhere.
pub(crate) fn is_repeated(article: &Article, span: Span) -> bool {
    let removals = article.removals();
    let at = removals.partition_point(|r| r.span.end() <= span.start());
    removals.get(at).is_some_and(|r| {
        matches!(r.reason, Reason::Repeat | Reason::NearRepeat) && r.span.contains(span)
    })
}

/// Calls `found` with the bounds of every bare address of `text`, in order.
fn bare_addresses(text: &str, mut found: impl FnMut(usize, usize, Address)) {
    let bytes = text.as_bytes();
    // Every byte before `from` is settled, so that no byte is looked at more than a few times.
    let mut from = 0;
    let mut at = 0;
    while let Some(sign) = memchr2(b'.', b':', &bytes[at..]).map(|i| at + i) {
        let candidate = match bytes[sign] {
            b':' => with_scheme(text, from, sign),
            _ => without_scheme(text, from, sign),
        };
        match candidate {
            Candidate::None => at = sign + 1,
            Candidate::Skip { end } => {
                from = end;
                at = end.max(sign + 1);
            }
            Candidate::Some { start, end } => {
                let address = &text[start..end];
                let end = start + end_of_glue(address);
                if let Some(address) = normalize_url(&text[start..end]) {
                    found(start, end, address);
                }
                from = end;
                at = end.max(sign + 1);
            }
        }
    }
}

/// What stands around a `.` or `:`.
enum Candidate {
    /// Nothing.
    None,
    /// Something that is no address, up to `end`.
    Skip { end: usize },
    /// What may be an address.
    Some { start: usize, end: usize },
}

fn with_scheme(text: &str, from: usize, colon: usize) -> Candidate {
    let bytes = text.as_bytes();
    if !bytes[colon..].starts_with(b"://") {
        return Candidate::None;
    }
    let schemes = ["https", "http", "hxxps", "hxxp"];
    let before = &bytes[from..colon];
    let known = schemes.iter().find(|s| {
        before.len() >= s.len()
            && before[before.len() - s.len()..].eq_ignore_ascii_case(s.as_bytes())
    });
    let Some(scheme) = known else { return Candidate::None };
    let body = colon + 3;
    let stop = body + address_len(&text[body..]);
    let end = body + end_of_address(&text[body..stop]);
    if !text[body..end].starts_with(|c: char| c.is_alphanumeric()) {
        return Candidate::Skip { end: stop };
    }
    Candidate::Some { start: colon - scheme.len(), end }
}

fn without_scheme(text: &str, from: usize, dot: usize) -> Candidate {
    let bytes = text.as_bytes();
    let joins = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    if !joins(dot.checked_sub(1).and_then(|i| bytes.get(i))) || !joins(bytes.get(dot + 1)) {
        return Candidate::None;
    }
    let is_host = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    let start = dot - bytes[from..dot].iter().rev().take_while(|b| is_host(b)).count();
    let host_end = dot + bytes[dot..].iter().take_while(|b| is_host(b)).count();
    let skip = Candidate::Skip { end: host_end };
    // Part of a longer token: a mail address, a path, a word of another script.
    let before = text[..start].chars().next_back();
    let glued = "@/\\_.-=&%#$+";
    let opens = before.is_none_or(|c| !c.is_alphanumeric() && !glued.contains(c));
    if !opens || text[host_end..].starts_with('@') {
        return skip;
    }
    let port_or_path = match bytes.get(host_end) {
        Some(b'/') => true,
        Some(b':') => bytes.get(host_end + 1).is_some_and(u8::is_ascii_digit),
        Some(b'?' | b'#') => bytes.get(host_end + 1).is_some_and(u8::is_ascii_alphanumeric),
        _ => false,
    };
    let stop = if port_or_path { host_end + address_len(&text[host_end..]) } else { host_end };
    let end = start + end_of_address(&text[start..stop]);
    let address = &text[start..end.max(start)];
    if is_plausible(&address[..end_of_glue(address)], port_or_path) {
        Candidate::Some { start, end }
    } else {
        Candidate::Skip { end: host_end }
    }
}

/// Whether a token without scheme is an address and not prose, a file or an abbreviation.
fn is_plausible(address: &str, has_path: bool) -> bool {
    let host = address.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let labels: Vec<&str> = host.split('.').take(12).collect();
    let Some(suffix) = labels.last() else { return false };
    let cased = |s: &str| {
        s.bytes().all(|b| !b.is_ascii_uppercase()) || s.bytes().all(|b| !b.is_ascii_lowercase())
    };
    if labels.len() < 2
        || labels.len() > 8
        || !labels.iter().all(|l| is_host_label(l))
        || suffix.len() < 2
        || !cased(suffix)
        || !has_known_suffix(&host.to_ascii_lowercase())
    {
        return false;
    }
    if labels[0].eq_ignore_ascii_case("www") {
        return labels.len() >= 3;
    }
    let names = &labels[..labels.len() - 1];
    let lettered = names.iter().any(|l| l.len() >= 2 && l.bytes().any(|b| b.is_ascii_alphabetic()));
    let small = !host.bytes().any(|b| b.is_ascii_uppercase());
    let common = COMMON_SUFFIXES.contains(&suffix.to_ascii_lowercase().as_str());
    lettered && if has_path { small || common } else { small && common }
}

/// Suffixes that no sentence begins with.
const COMMON_SUFFIXES: &[&str] =
    &["com", "org", "net", "edu", "gov", "mil", "int", "info", "biz", "uk", "eu"];

/// The length of an address at the start of `text`, up to the first character that ends one.
fn address_len(text: &str) -> usize {
    let ends = |c: char| match c {
        '<' | '>' | '"' | '`' | '{' | '}' | '|' | '\\' | '^' => true,
        c if c.is_ascii() => c.is_ascii_whitespace() || c.is_ascii_control(),
        c => !c.is_alphanumeric(),
    };
    text.find(ends).unwrap_or(text.len())
}

/// Where an address without path ends when the next sentence was glued to it
/// (`www.example.orgThe`, `www.example.org.The`).
fn end_of_glue(address: &str) -> usize {
    let host_start = address.find("://").map_or(0, |i| i + 3);
    let host = &address[host_start..];
    if host.contains(['/', '?', '#', ':']) || !host.is_ascii() || host.len() > 253 {
        return address.len();
    }
    let Some(dot) = host.rfind('.') else { return address.len() };
    let last = &host[dot + 1..];
    let rest_is_small = !host[..dot].bytes().any(|b| b.is_ascii_uppercase());
    if rest_is_small
        && last.starts_with(|c: char| c.is_ascii_uppercase())
        && host[..dot].contains('.')
    {
        return host_start + dot;
    }
    if has_known_suffix(&host.to_ascii_lowercase()) {
        return address.len();
    }
    let turn = last
        .as_bytes()
        .windows(2)
        .position(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase());
    match turn
        .map(|t| dot + 2 + t)
        .filter(|&end| has_known_suffix(&host[..end].to_ascii_lowercase()))
    {
        Some(end) => host_start + end,
        None => address.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::article;
    use newsmill_article::{Removal, Stage};
    use proptest::prelude::*;

    fn urls(text: &str) -> Vec<String> {
        let article = article(text);
        let mut facts = Facts::default();
        Links.extract(&article, &article.kept(), &mut facts);
        for link in &facts.links {
            assert_eq!(article.slice(link.span), link.raw);
        }
        facts.links.into_iter().map(|l| l.url).collect()
    }

    #[test]
    fn bare_addresses_are_found() {
        let cases = [
            ("see http://example.org/a, then", "http://example.org/a"),
            ("see https://example.org.", "https://example.org/"),
            ("(www.example.org)", "https://www.example.org/"),
            ("WWW.EXAMPLE.ORG/NEWS", "https://www.example.org/NEWS"),
            ("“www.example.org/a”", "https://www.example.org/a"),
            ("HERE example.org/give/ NOW", "https://example.org/give/"),
            ("<example.org/a>", "https://example.org/a"),
            ("*http://example.org/a*", "http://example.org/a"),
            ("at example.org today", "https://example.org/"),
            ("at news.example.co.uk today", "https://news.example.co.uk/"),
            ("link:www.example.org", "https://www.example.org/"),
            ("at www.example.orgThe senator", "https://www.example.org/"),
            ("at http://www.example.org.The senator", "http://www.example.org/"),
            ("example.org:8080/a", "https://example.org:8080/a"),
            ("Example.com/a", "https://example.com/a"),
            ("https://example.org/a(b)c", "https://example.org/a(b)c"),
            ("hxxp://example.org/a", "http://example.org/a"),
            (
                "https://example.org/r?u=http://example.com/",
                "https://example.org/r?u=http://example.com/",
            ),
        ];
        for (text, url) in cases {
            assert_eq!(urls(text), [url], "{text:?}");
        }
    }

    #[test]
    fn prose_files_and_mail_addresses_are_no_links() {
        let cases = [
            "e.g. this",
            "the U.S. and the U.K.",
            "It was the end.The next day",
            "a.m./p.m.",
            "Node.js and main.rs",
            "read me.txt",
            "jane.roe@example.org",
            "jane@www.example.org/a",
            "and/or.It/that",
            "Amazon.com said",
            "version 1.2.3/4",
            "3.14",
            "J.R.R. Tolkien",
            "St.Paul/Minneapolis",
            "mailto:jane@example.org",
            "ftp://example.org/a",
            "http://",
            "C:\\files\\www.example.org",
            "he said.so he did",
            "src/www.example.org/a.c",
            "::// .. ./",
        ];
        for text in cases {
            assert_eq!(urls(text), Vec::<String>::new(), "{text:?}");
        }
    }

    #[test]
    fn markup_and_bare_links_merge_in_order() {
        let text =
            "a example.org/1 b <www.example.org/2> c [www.example.org/3](www.example.org/4) d #x";
        let mut article = article(text);
        let link = |article: &Article, raw: &str, anchor: Option<&str>| {
            let span = |part: &str| {
                let at = text.find(part).unwrap();
                article.span(at..at + part.len()).unwrap()
            };
            let raw_span = span(raw);
            Link {
                url: raw.into(),
                raw: raw.into(),
                span: raw_span,
                anchor: anchor.map(span),
                domain: String::new(),
            }
        };
        article.facts.links = vec![
            link(&article, "www.example.org/4", Some("www.example.org/3")),
            link(&article, "www.example.org/2", None),
            link(&article, "#x", None),
        ];
        let mut facts = article.facts.clone();
        Links.extract(&article, &article.kept(), &mut facts);
        let got: Vec<_> = facts.links.iter().map(|l| l.url.as_str()).collect();
        assert_eq!(
            got,
            ["https://example.org/1", "https://www.example.org/2", "https://www.example.org/4"]
        );
    }

    #[test]
    fn repeats_are_left_out_and_promotion_is_not() {
        let text = "one www.example.org/1 two www.example.org/1 give www.example.org/give";
        let mut article = article(text);
        article.remove(Removal::new(article.span(22..43).unwrap(), Reason::Repeat, Stage::Within));
        article.remove(Removal::new(
            article.span(43..67).unwrap(),
            Reason::Promo,
            Stage::Furniture,
        ));
        let mut facts = Facts::default();
        Links.extract(&article, &article.kept(), &mut facts);
        assert_eq!(facts.links.len(), 2);
        assert_eq!(facts.links[1].domain, "example.org");
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        let units = [".a", "a.", "://", "http://", "www.", "((((", "a@b.c", "http://a.b(", "a.b/"];
        crate::testing::assert_linear(&units, 20_000, |text| {
            let _unused = urls(text);
        });
    }

    proptest! {
        #[test]
        fn spans_are_in_order_and_hold_the_raw_link(text in "(https?://|www\\.|[a-z]{1,4}[.:/@ )]|é|“){0,40}") {
            let article = article(&text);
            let mut facts = Facts::default();
            Links.extract(&article, &article.kept(), &mut facts);
            let mut end = 0;
            for link in &facts.links {
                prop_assert!(link.span.start() >= end);
                end = link.span.end();
                prop_assert_eq!(article.slice(link.span), &link.raw);
            }
        }
    }
}
