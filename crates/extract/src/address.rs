//! Web addresses: scheme restored, redirectors unwrapped, tracking parameters removed.

use std::borrow::Cow;

use url::Url;

/// A web address in its normal form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    /// Absolute, `http` or `https`, serialised by the WHATWG URL standard.
    pub url: String,
    /// The registrable domain by the Public Suffix List (`bbc.co.uk`); empty for an IP address or
    /// a host without one.
    pub domain: String,
}

/// The normal form of a web address as people and programs write it; nothing when it is none.
///
/// * A missing scheme becomes `https` where the host ends in a known public suffix; `hxxp` becomes
///   `http`, `[.]` a dot, `&amp;` an ampersand.
/// * Punctuation and unbalanced brackets at the end go.
/// * Known redirectors (search engines, mail scanners, social networks, AMP caches) are unwrapped.
/// * Parameters that are tracking on every site are removed; all others stay as they are.
///
/// ```
/// use newsmill_extract::normalize_url;
/// let address = normalize_url("News.Example.co.uk/a?id=7&amp;utm_source=mail).").unwrap();
/// assert_eq!(address.url, "https://news.example.co.uk/a?id=7");
/// assert_eq!(address.domain, "example.co.uk");
/// assert_eq!(normalize_url("jane@example.org"), None);
/// ```
#[must_use]
pub fn normalize_url(raw: &str) -> Option<Address> {
    let raw = unwrapped(raw);
    absolute(&raw[..end_of_address(raw)], None)
}

/// As [`normalize_url`] for an address whose bounds are known, so that nothing is trimmed at its
/// end; a relative one is resolved against `base`.
pub(crate) fn absolute(raw: &str, base: Option<&Url>) -> Option<Address> {
    let text = plain(unwrapped(raw));
    let mut url = parse(&text, base)?;
    // Redirectors point to redirectors; four rounds bound it.
    for _ in 0..4 {
        let Some(target) = redirect_target(&url) else { break };
        match parse(&target, None) {
            Some(next) => url = next,
            None => break,
        }
    }
    remove_tracking(&mut url);
    let domain = url.domain().map(registrable).unwrap_or_default();
    Some(Address { url: url.into(), domain })
}

/// Whether `host` (lower case) ends in a suffix of the Public Suffix List and has a label before it.
pub(crate) fn has_known_suffix(host: &str) -> bool {
    psl::domain(host.as_bytes()).is_some_and(|d| d.suffix().is_known())
}

/// Where an address at the start of `text` ends when punctuation that closes a sentence or a
/// bracket opened before it is left out, in bytes.
pub(crate) fn end_of_address(text: &str) -> usize {
    let mut open = [0i64; 2];
    for b in text.bytes() {
        match b {
            b'(' => open[0] += 1,
            b')' => open[0] -= 1,
            b'[' => open[1] += 1,
            b']' => open[1] -= 1,
            _ => {}
        }
    }
    let mut end = text.len();
    while let Some(c) = text[..end].chars().next_back() {
        let goes = match c {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '"' | '*' | '_' | '~' | '|' | '>' | '}'
            | '’' | '”' | '»' | '…' => true,
            ')' if open[0] < 0 => {
                open[0] += 1;
                true
            }
            ']' if open[1] < 0 => {
                open[1] += 1;
                true
            }
            '(' | '[' => true,
            _ => false,
        };
        if !goes {
            break;
        }
        end -= c.len_utf8();
    }
    end
}

/// Without white space, angle brackets and the `URL:` of RFC 3986, appendix C.
fn unwrapped(raw: &str) -> &str {
    let raw = raw.trim();
    let raw = raw.strip_prefix('<').map_or(raw, |r| r.strip_suffix('>').unwrap_or(r));
    let label = raw.get(..4).is_some_and(|l| l.eq_ignore_ascii_case("url:"));
    if label { raw[4..].trim_start() } else { raw }
}

/// With entities and defanging undone.
fn plain(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for (from, to) in [("&amp;", "&"), ("&#38;", "&"), ("&#038;", "&"), ("[.]", ".")] {
        if text.contains(from) {
            text = Cow::Owned(text.replace(from, to));
        }
    }
    if text.get(..4).is_some_and(|s| s.eq_ignore_ascii_case("hxxp")) {
        text = Cow::Owned(format!("http{}", &text[4..]));
    }
    text
}

fn parse(text: &str, base: Option<&Url>) -> Option<Url> {
    let url = match scheme(text) {
        Some("http" | "https") => Url::parse(text).ok()?,
        Some(_) => return None,
        None if text.starts_with("//") => Url::parse(&format!("https:{text}")).ok()?,
        None if starts_with_host(text) => Url::parse(&format!("https://{text}")).ok()?,
        None if text.is_empty() || text.starts_with('#') || text.contains('@') => return None,
        None => base?.join(text).ok()?,
    };
    let web = matches!(url.scheme(), "http" | "https");
    (web && url.host_str().is_some_and(|h| !h.is_empty())).then_some(url)
}

/// The scheme in front of `text`, in lower case for those that matter.
fn scheme(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.'))?;
    let (name, rest) = text.split_at(end);
    if name.is_empty() || !rest.starts_with(':') {
        return None;
    }
    for known in ["http", "https"] {
        if name.eq_ignore_ascii_case(known) {
            return rest.starts_with("://").then_some(known).or(Some("broken"));
        }
    }
    // `host.org:8080/` has no scheme.
    let port = rest[1..].starts_with(|c: char| c.is_ascii_digit()) && name.contains('.');
    (!port).then_some("other")
}

fn starts_with_host(text: &str) -> bool {
    let end = text.find(['/', '?', '#', ':']).unwrap_or(text.len());
    let host = &text[..end];
    !host.is_empty()
        && host.len() <= 253
        && host.contains('.')
        && host.split('.').all(is_host_label)
        && has_known_suffix(&host.to_lowercase())
}

pub(crate) fn is_host_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= 63
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}

fn registrable(host: &str) -> String {
    let host = host.trim_end_matches('.');
    let known = psl::domain(host.as_bytes()).filter(|d| d.suffix().is_known());
    known.and_then(|d| std::str::from_utf8(d.as_bytes()).ok()).unwrap_or_default().to_owned()
}

/// Redirectors that carry their target in a parameter: host, start of the path, parameters.
const REDIRECTORS: &[(&str, &str, &[&str])] = &[
    ("l.facebook.com", "/l.php", &["u"]),
    ("lm.facebook.com", "/l.php", &["u"]),
    ("l.instagram.com", "/", &["u"]),
    ("l.messenger.com", "/l.php", &["u"]),
    ("l.threads.net", "/", &["u"]),
    ("www.youtube.com", "/redirect", &["q"]),
    ("out.reddit.com", "/", &["url"]),
    ("t.umblr.com", "/redirect", &["z"]),
    ("slack-redir.net", "/link", &["url"]),
    ("duckduckgo.com", "/l/", &["uddg"]),
    ("vk.com", "/away.php", &["to"]),
    ("www.linkedin.com", "/redir/redirect", &["url"]),
    ("urldefense.proofpoint.com", "/v1/url", &["u"]),
];

/// Where a known redirector leads.
fn redirect_target(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    let path = url.path();
    let parameter = |names: &[&str]| {
        url.query_pairs()
            .find(|(name, value)| names.contains(&name.as_ref()) && value.contains('.'))
            .map(|(_, value)| value.into_owned())
    };
    if host.ends_with(".safelinks.protection.outlook.com") {
        return parameter(&["url"]);
    }
    if is_google(host) {
        if path == "/url" {
            return parameter(&["q", "url"]);
        }
        return path.strip_prefix("/amp/").map(amp_target);
    }
    if host == "cdn.ampproject.org" || host.ends_with(".cdn.ampproject.org") {
        let page = ["/c/", "/v/", "/i/"].iter().find_map(|p| path.strip_prefix(p))?;
        return Some(amp_target(page));
    }
    if host == "urldefense.proofpoint.com" && path == "/v2/url" {
        // Version 2 writes `%` as `-` and `/` as `_`.
        let coded = parameter(&["u"])
            .or_else(|| url.query_pairs().find(|(n, _)| n == "u").map(|(_, v)| v.into_owned()))?;
        let escaped = coded.replace('-', "%").replace('_', "/");
        let pair = format!("u={escaped}");
        return url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, v)| v.into_owned());
    }
    if host == "urldefense.com" {
        let target = path.strip_prefix("/v3/__")?.split("__;").next()?;
        // A `*` stands for a character that is listed behind: not to be had without a guess.
        return (!target.contains('*'))
            .then(|| target.replacen(":/", "://", 1).replace(":///", "://"));
    }
    let (_, _, names) =
        REDIRECTORS.iter().find(|(h, start, _)| *h == host && path.starts_with(start))?;
    parameter(names)
}

fn is_google(host: &str) -> bool {
    let rest = host.strip_prefix("www.").unwrap_or(host);
    rest.strip_prefix("google.").is_some_and(|tail| tail.len() <= 6)
}

fn amp_target(page: &str) -> String {
    match page.strip_prefix("s/") {
        Some(page) => format!("https://{page}"),
        None => format!("http://{page}"),
    }
}

/// Parameters that are tracking wherever they occur. Names that some site uses for its content
/// (`ref`, `source`, `cid`, `id`) are left out on purpose.
const TRACKING: &[&str] = &[
    "__hsfp",
    "__hssc",
    "__hstc",
    "__s",
    "__tn__",
    "__twitter_impression",
    "_bta_c",
    "_bta_tid",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "_openstat",
    "_ke",
    "_kx",
    "campaign_monitor_id",
    "cmpid",
    "cndid",
    "dclid",
    "fb_action_ids",
    "fb_action_types",
    "fb_ref",
    "fb_source",
    "fbclid",
    "gbraid",
    "gclid",
    "gclsrc",
    "guce_referrer",
    "guce_referrer_sig",
    "guccounter",
    "hsctatracking",
    "icid",
    "igsh",
    "igshid",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "ml_subscriber",
    "ml_subscriber_hash",
    "msclkid",
    "ncid",
    "ns_campaign",
    "ns_fee",
    "ns_linkname",
    "ns_mchannel",
    "ns_source",
    "ocid",
    "oly_anon_id",
    "oly_enc_id",
    "rb_clickid",
    "ref_src",
    "ref_url",
    "s_cid",
    "s_kwcid",
    "sfmc_id",
    "smid",
    "smtyp",
    "srsltid",
    "ttclid",
    "twclid",
    "vero_conv",
    "vero_id",
    "wbraid",
    "wickedid",
    "wt.mc_id",
    "wt_mc",
    "xtor",
    "yclid",
    "ysclid",
];

/// Families of such parameters.
const TRACKING_FAMILIES: &[&str] =
    &["utm_", "pk_", "piwik_", "mtm_", "matomo_", "hsa_", "at_campaign", "at_medium", "at_custom"];

fn is_tracking(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TRACKING.contains(&name.as_str()) || TRACKING_FAMILIES.iter().any(|f| name.starts_with(f))
}

fn remove_tracking(url: &mut Url) {
    if let Some(query) = url.query() {
        let name = |pair: &str| pair.split('=').next().unwrap_or_default().to_owned();
        let kept: Vec<&str> =
            query.split('&').filter(|p| !p.is_empty() && !is_tracking(&name(p))).collect();
        let kept = (!kept.is_empty()).then(|| kept.join("&"));
        url.set_query(kept.as_deref());
    }
    let fragment = url.fragment().unwrap_or_default();
    // `#:~:text=` marks words of the page; the others are campaign names.
    let tracked = ["utm_", "xtor=", ":~:text=", "at_medium", "ns_campaign"];
    if url.fragment().is_some()
        && (fragment.is_empty() || tracked.iter().any(|t| fragment.starts_with(t)))
    {
        url.set_fragment(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn normal_forms() {
        // as written, URL ("" for none), registrable domain
        let cases = [
            ("www.example.org/a", "https://www.example.org/a", "example.org"),
            ("example.org/a/", "https://example.org/a/", "example.org"),
            ("example.org", "https://example.org/", "example.org"),
            ("http://example.org", "http://example.org/", "example.org"),
            ("HTTPS://WWW.Example.ORG/Path", "https://www.example.org/Path", "example.org"),
            ("//cdn.example.com/x.png", "https://cdn.example.com/x.png", "example.com"),
            ("<www.example.org/a>", "https://www.example.org/a", "example.org"),
            ("<URL:http://example.org/a>", "http://example.org/a", "example.org"),
            ("hxxps://bad.example.com/x", "https://bad.example.com/x", "example.com"),
            ("hxxp://bad[.]example[.]com/x", "http://bad.example.com/x", "example.com"),
            ("https://news.bbc.co.uk/1/hi", "https://news.bbc.co.uk/1/hi", "bbc.co.uk"),
            ("https://me.github.io/x", "https://me.github.io/x", "me.github.io"),
            ("https://example.org:443/a", "https://example.org/a", "example.org"),
            ("example.org:8080/a", "https://example.org:8080/a", "example.org"),
            ("http://192.0.2.7/a", "http://192.0.2.7/a", ""),
            ("https://example.org/a.", "https://example.org/a", "example.org"),
            ("https://example.org/a).", "https://example.org/a", "example.org"),
            ("https://example.org/a_(b)", "https://example.org/a_(b)", "example.org"),
            ("https://example.org/a_(b)),", "https://example.org/a_(b)", "example.org"),
            ("https://example.org/a?b=1&amp;c=2", "https://example.org/a?b=1&c=2", "example.org"),
            (
                "https://example.org/a?utm_source=x&id=3&UTM_Medium=y",
                "https://example.org/a?id=3",
                "example.org",
            ),
            ("https://example.org/a?fbclid=Iw&gclid=b", "https://example.org/a", "example.org"),
            (
                "https://example.org/a?smid=tw&ref=home",
                "https://example.org/a?ref=home",
                "example.org",
            ),
            (
                "https://example.org/a?x=%20y&mc_cid=1",
                "https://example.org/a?x=%20y",
                "example.org",
            ),
            ("https://example.org/a#part", "https://example.org/a#part", "example.org"),
            ("https://example.org/a#:~:text=b", "https://example.org/a", "example.org"),
            ("https://example.org/a#xtor=RSS-1", "https://example.org/a", "example.org"),
            ("https://example.org/a?", "https://example.org/a", "example.org"),
            (
                "https://www.google.com/url?sa=t&q=https://example.org/a?id=1&usg=z",
                "https://example.org/a?id=1",
                "example.org",
            ),
            (
                "https://www.google.co.uk/url?url=https%3A%2F%2Fexample.org%2Fa%3Fid%3D1%26utm_id%3D2",
                "https://example.org/a?id=1",
                "example.org",
            ),
            (
                "https://www.google.com/amp/s/www.example.org/a",
                "https://www.example.org/a",
                "example.org",
            ),
            (
                "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/a",
                "https://www.example.org/a",
                "example.org",
            ),
            (
                "https://nam02.safelinks.protection.outlook.com/?url=http%3A%2F%2Fexample.org%2Fa&data=01",
                "http://example.org/a",
                "example.org",
            ),
            (
                "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fa%3Ffbclid%3Dx&h=AT",
                "https://example.org/a",
                "example.org",
            ),
            (
                "https://urldefense.proofpoint.com/v2/url?u=https-3A__example.org_a-2Db&d=x",
                "https://example.org/a-b",
                "example.org",
            ),
            (
                "https://urldefense.com/v3/__https://example.org/a__;!!abc",
                "https://example.org/a",
                "example.org",
            ),
            (
                "https://www.google.com/search?q=example.org",
                "https://www.google.com/search?q=example.org",
                "google.com",
            ),
            (
                "https://www.google.com/url?q=nothing",
                "https://www.google.com/url?q=nothing",
                "google.com",
            ),
            (
                "https://web.archive.org/web/2020/https://example.org/",
                "https://web.archive.org/web/2020/https://example.org/",
                "archive.org",
            ),
            ("https://müller.de/a", "https://xn--mller-kva.de/a", "xn--mller-kva.de"),
            ("jane@example.org", "", ""),
            ("mailto:jane@example.org", "", ""),
            ("javascript:void(0)", "", ""),
            ("ftp://example.org/a", "", ""),
            ("data:text/plain,x", "", ""),
            ("#top", "", ""),
            ("/news/1", "", ""),
            ("e.g", "", ""),
            ("main.rsx/a", "", ""),
            ("http://", "", ""),
            ("https:example", "", ""),
            ("", "", ""),
        ];
        for (raw, url, domain) in cases {
            let want =
                (!url.is_empty()).then(|| Address { url: url.into(), domain: domain.into() });
            assert_eq!(normalize_url(raw), want, "{raw:?}");
        }
    }

    #[test]
    fn a_relative_address_needs_a_base() {
        let base = Url::parse("https://example.org/news/1").unwrap();
        let of = |raw| absolute(raw, Some(&base)).map(|a| a.url);
        assert_eq!(of("../about").as_deref(), Some("https://example.org/about"));
        assert_eq!(of("2").as_deref(), Some("https://example.org/news/2"));
        assert_eq!(of("www.example.com/x").as_deref(), Some("https://www.example.com/x"));
        assert_eq!(of("mailto:a@b.org"), None);
    }

    proptest! {
        #[test]
        fn never_panics_and_is_idempotent(raw in "(https?://|www\\.)?[a-z.]{1,12}(com|org)[/?&=#()a-z.%é]{0,20}") {
            if let Some(once) = normalize_url(&raw)
                && let Some(twice) = absolute(&once.url, None)
            {
                prop_assert_eq!(&twice, &once);
            }
        }

        #[test]
        fn any_text_is_survived(raw in "\\PC{0,60}") {
            let _unused = normalize_url(&raw);
        }
    }
}
