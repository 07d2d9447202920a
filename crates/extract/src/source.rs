//! What a text implies about where and when it was first published.

use newsmill_article::{Article, Facts, Kept, Link, Reason, Sourced};
use url::Url;

use crate::{Fact, date};

/// What the links imply, each value with its place and evidence, in `inferred`:
///
/// * `url`: the one link at the end of the text, or in removed furniture, that follows words such
///   as `GO HERE FOR MORE`, `Source:`, `Read more at` (in seven languages) and leads to a page
///   deep in a site, not to a form for donations or the like. Two different ones cancel out.
/// * `site`: its registrable domain.
/// * `published`: the date in its path; `published_after`: the latest date in the path of a link
///   in the article, which was there before the article.
///
/// ```
/// use newsmill_article::{Article, Block, BlockKind, Limits, Origin, Span};
/// let text = "A river rose.\nGO HERE FOR MORE www.example.org/news/river-1 ANY GIFT HELPS";
/// let block = Block::new(BlockKind::Paragraph, Span::whole(text));
/// let article =
///     Article::new("a".into(), Origin::new("in", 0), text.into(), vec![block], vec![])?;
/// let facts = newsmill_extract::extract(&article, &article.kept(), &Limits::default());
/// assert_eq!(facts.url, None);
/// assert_eq!(facts.inferred["url"].value, "https://www.example.org/news/river-1");
/// assert_eq!(facts.inferred["site"].value, "example.org");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Source;

impl Fact for Source {
    fn name(&self) -> &'static str {
        "source"
    }

    fn about(&self) -> &'static str {
        "what links imply, with evidence: source page, site, bounds of the date"
    }

    fn example(&self) -> &'static str {
        "A river rose on Monday.\n\nRead more at www.example.org/news/2025/03/13/river"
    }

    fn extract(&self, article: &Article, _: &Kept, facts: &mut Facts) {
        if facts.url.is_none() && !facts.inferred.contains_key("url") {
            infer_source(article, facts);
        }
        infer_earliest(article, facts);
    }
}

fn infer_source(article: &Article, facts: &mut Facts) {
    let tail = tail_start(article.text());
    let mut sources = facts.links.iter().filter(|l| is_source(article, l, tail));
    let Some(link) = sources.next() else { return };
    if sources.any(|other| other.url != link.url) {
        return;
    }
    let (span, domain) = (link.span, link.domain.clone());
    let slug = date::of_slug(&link.url);
    let url = Sourced::new(link.url.clone(), "footer link").at(span);
    let mut infer = |name: &str, value: Sourced<String>| {
        facts.inferred.entry(name.into()).or_insert(value);
    };
    infer("url", url);
    if !domain.is_empty() && facts.site.is_none() {
        infer("site", Sourced::new(domain, "domain of the footer link").at(span));
    }
    if let Some(day) = slug.filter(|_| facts.published.is_none()) {
        infer("published", Sourced::new(day.to_string(), "date in the footer link").at(span));
    }
}

/// The latest date in the path of a link in the article itself.
fn infer_earliest(article: &Article, facts: &mut Facts) {
    if facts.published.is_some() || facts.inferred.contains_key("published") {
        return;
    }
    let dated = facts
        .links
        .iter()
        .filter(|l| !is_around(article, l))
        .filter_map(|l| Some((date::of_slug(&l.url)?, l.span)));
    if let Some((day, span)) = dated.max_by_key(|d| d.0) {
        let value = Sourced::new(day.to_string(), "date in a linked URL").at(span);
        facts.inferred.insert("published_after".into(), value);
    }
}

/// Lines at the end that count as the end.
const TAIL_LINES: usize = 4;
/// Bytes before a link in which its cue stands.
const CUE_BYTES: usize = 80;

/// Where the last lines that are not blank begin.
fn tail_start(text: &str) -> usize {
    let mut lines = 0;
    let mut start = text.len();
    while start > 0 && lines < TAIL_LINES {
        let end = text[..start].trim_end().len();
        start = memchr::memrchr2(b'\n', b'\r', &text.as_bytes()[..end]).map_or(0, |i| i + 1);
        lines += 1;
        start = start.saturating_sub(1);
    }
    start
}

/// Whether the link lies in what was told from the article.
fn is_around(article: &Article, link: &Link) -> bool {
    let removals = article.removals();
    let at = removals.partition_point(|r| r.span.end() <= link.span.start());
    removals.get(at).is_some_and(|r| {
        matches!(r.reason, Reason::Promo | Reason::Furniture | Reason::Boilerplate)
            && r.span.overlaps(link.span)
    })
}

fn is_source(article: &Article, link: &Link, tail: usize) -> bool {
    (link.span.start() >= tail || is_around(article, link))
        && follows_cue(&article.text()[..link.anchor.unwrap_or(link.span).start()])
        && is_page(&link.url)
}

/// Whether `before` ends with a cue that announces the source, on the same line.
fn follows_cue(before: &str) -> bool {
    let from = before.ceil_char_boundary(before.len().saturating_sub(CUE_BYTES));
    let line = before[from..].rsplit(['\n', '\r']).next().unwrap_or_default();
    let words: String = line
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    CUES.iter().any(|cue| {
        words.strip_suffix(cue).is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
    })
}

/// Words right before the link of a source, without signs.
const CUES: &[&str] = &[
    "source",
    "sources",
    "original source",
    "source url",
    "source link",
    "original",
    "original link",
    "original article",
    "original story",
    "original url",
    "originally published at",
    "originally published on",
    "originally appeared at",
    "originally appeared on",
    "first published at",
    "first published on",
    "article link",
    "link to article",
    "link to original article",
    "link to story",
    "full story",
    "full story at",
    "full story here",
    "full article",
    "full article at",
    "full article here",
    "full text",
    "full text at",
    "complete article",
    "complete story",
    "complete article here",
    "entire article",
    "entire article here",
    "rest of the article",
    "rest of the story",
    "go here for more",
    "go here",
    "go here to read more",
    "for more go to",
    "for more go here",
    "for more",
    "more at",
    "more here",
    "more on this story",
    "click here for more",
    "click here to read more",
    "click here for the full story",
    "click here for full story",
    "click here for the full article",
    "read more",
    "read more at",
    "read more here",
    "read more on",
    "read it at",
    "read it here",
    "read the rest at",
    "read the rest here",
    "read the rest",
    "read the full article",
    "read the full article at",
    "read the full article here",
    "read the full story",
    "read the full story at",
    "read the full story here",
    "read full article",
    "read full story",
    "read full article here",
    "read the original",
    "read the original article",
    "read the entire article",
    "read the whole story",
    "read the whole article",
    "read the article",
    "continue reading",
    "continue reading at",
    "continued at",
    "story at",
    "via",
    "from",
    "excerpted from",
    "reposted from",
    "retrieved from",
    "available at",
    "permalink",
    "url",
    "link",
    "quelle",
    "weiterlesen",
    "mehr dazu",
    "mehr unter",
    "zum artikel",
    "vollständiger artikel",
    "originalartikel",
    "ganzer artikel",
    "fuente",
    "leer más",
    "leer más en",
    "más información",
    "más información en",
    "nota completa",
    "artículo original",
    "artículo completo",
    "seguir leyendo",
    "lire la suite",
    "lire la suite sur",
    "lire plus",
    "en savoir plus",
    "article original",
    "article complet",
    "lire l article",
    "fonte",
    "leia mais",
    "leia mais em",
    "saiba mais",
    "matéria completa",
    "artigo original",
    "leggi tutto",
    "leggi di più",
    "continua a leggere",
    "articolo originale",
    "articolo completo",
    "bron",
    "lees meer",
    "lees verder",
    "lees het hele artikel",
    "origineel artikel",
];

/// Whether a URL leads to a page deep in a site and to nothing one joins, gives to or shares with.
fn is_page(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let Some(mut segments) = url.path_segments() else { return false };
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    if SOCIAL.iter().any(|s| host == *s || host.strip_suffix(s).is_some_and(|h| h.ends_with('.'))) {
        return false;
    }
    let path = url.path().trim_matches('/');
    let query = url.query().is_some_and(|q| q.bytes().any(|b| b.is_ascii_digit()));
    let deep = path.contains('/')
        || path.bytes().any(|b| b.is_ascii_digit())
        || path.matches('-').count() >= 2;
    let action = segments.any(|s| {
        let stem = s.split(['.', '-', '_']).next().unwrap_or_default();
        ACTIONS.contains(&stem.to_lowercase().as_str())
    });
    (deep || query) && !action
}

const SOCIAL: &[&str] = &[
    "facebook.com",
    "twitter.com",
    "x.com",
    "instagram.com",
    "linkedin.com",
    "pinterest.com",
    "tiktok.com",
    "threads.net",
    "t.me",
    "telegram.me",
    "whatsapp.com",
    "wa.me",
    "paypal.com",
    "patreon.com",
    "gofundme.com",
    "groups.google.com",
    "groups.yahoo.com",
    "mailchi.mp",
    "list-manage.com",
    "apps.apple.com",
    "play.google.com",
    "youtube.com",
];

/// First words of path segments that lead to a form or to the house itself.
const ACTIONS: &[&str] = &[
    "about",
    "account",
    "advertise",
    "app",
    "apps",
    "cart",
    "contact",
    "donate",
    "donation",
    "donations",
    "faq",
    "feed",
    "follow",
    "forum",
    "give",
    "giving",
    "group",
    "groups",
    "help",
    "intent",
    "join",
    "legal",
    "login",
    "mailman",
    "membership",
    "newsletter",
    "newsletters",
    "privacy",
    "register",
    "registration",
    "rss",
    "share",
    "sharer",
    "shop",
    "signin",
    "signup",
    "store",
    "subscribe",
    "subscription",
    "subscriptions",
    "support",
    "tag",
    "tags",
    "terms",
    "unsubscribe",
    "volunteer",
];

#[cfg(test)]
mod tests {
    use crate::testing::lines;
    use newsmill_article::Limits;

    fn inferred(text: &str, name: &str) -> Option<String> {
        let article = lines(text);
        let facts = crate::extract(&article, &article.kept(), &Limits::default());
        facts.inferred.get(name).map(|i| i.value.clone())
    }

    #[test]
    fn the_source_of_a_post() {
        let cases = [
            (
                "GO HERE FOR MORE www.example.org/news/a1 GIVE AT example.com/donations/",
                "https://www.example.org/news/a1",
            ),
            (
                "Source: https://example.org/2025/03/13/river/",
                "https://example.org/2025/03/13/river/",
            ),
            (
                "Read more: <www.example.org/news/river-rises-again>",
                "https://www.example.org/news/river-rises-again",
            ),
            ("Quelle: https://example.org/artikel/5", "https://example.org/artikel/5"),
            ("Lire la suite : https://example.org/article/5", "https://example.org/article/5"),
            ("Fuente: https://example.org/nota/5", "https://example.org/nota/5"),
            ("Source: https://example.org/", ""),
            ("Source: https://example.org/donate/5", ""),
            ("Read more: https://www.facebook.com/example/posts/5", ""),
            ("See https://example.org/news/a1", ""),
            ("Read more: https://example.org/a/1\nRead more: https://example.org/a/2", ""),
            ("Source: https://example.org/a/1\nx\nx\nx\nx\nx", ""),
        ];
        for (text, want) in cases {
            let got = inferred(&format!("A river rose on Monday.\n{text}"), "url");
            assert_eq!(got.unwrap_or_default(), want, "{text:?}");
        }
    }

    #[test]
    fn dates_in_paths() {
        let text = "A <www.example.org/a-2025-03-13/> b www.example.org/2025/03/11/x c.";
        assert_eq!(inferred(text, "published_after").as_deref(), Some("2025-03-13"));
        let text = "A river rose.\nSource: www.example.org/2025/03/11/x";
        assert_eq!(inferred(text, "published").as_deref(), Some("2025-03-11"));
        assert_eq!(inferred(text, "published_after"), None);
    }
}
