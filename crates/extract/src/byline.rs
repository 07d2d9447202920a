//! The authors.

use newsmill_article::{Article, Facts, Kept, Sourced, Span};

use crate::names::{is_agency, is_person, is_role_or_outlet};
use crate::{Fact, head, rowfields};

/// The authors' names, one each, from, in this order: the row's fields `author`, `authors`,
/// `byline`, `creator`; a line at the top of the text (`By Ana Ruiz and Jo Doe, Example News`,
/// `Ana Ruiz | Associated Press`, with `Von`, `Par`, `Por`, `Di`, `Door` likewise); the header
/// `from`. Agencies, trades, dates and addresses are no names; a line of which something is not
/// understood gives nothing.
///
/// ```
/// use newsmill_article::{Article, Block, BlockKind, Facts, Origin, Span};
/// use newsmill_extract::{Byline, Fact};
/// let text = "By Ana Ruiz and Jo Doe, Associated Press\n".to_owned();
/// let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
/// let article = Article::new("a".into(), Origin::new("in", 0), text, vec![block], vec![])?;
/// let mut facts = Facts::default();
/// Byline.extract(&article, &article.kept(), &mut facts);
/// assert_eq!(facts.byline.unwrap().value, ["Ana Ruiz", "Jo Doe"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Byline;

impl Fact for Byline {
    fn name(&self) -> &'static str {
        "byline"
    }

    fn about(&self) -> &'static str {
        "the authors' names: row fields, a byline at the top, From; agencies left out"
    }

    fn example(&self) -> &'static str {
        "By Ana Ruiz and Jo Doe, Associated Press\n\nA river rose on Monday."
    }

    fn extract(&self, article: &Article, _: &Kept, facts: &mut Facts) {
        if facts.byline.is_none() {
            facts.byline =
                of_row(article).or_else(|| of_text(article)).or_else(|| of_from(article));
        }
    }
}

type Found = Option<Sourced<Vec<String>>>;

/// Lines at the top that may be the byline.
const LINES: usize = 10;
/// Bytes from which a line is running text.
const RUNNING: usize = 180;
/// Bytes of the longest byline.
const LONGEST: usize = 160;

fn of_row(article: &Article) -> Found {
    let names = ["author", "authors", "byline", "creator"];
    let (name, values) = rowfields::list(&article.metadata, &names)?;
    let mut people = Vec::new();
    for value in values.iter().filter(|v| v.len() <= 4 * LONGEST) {
        let value = without_cue(value).unwrap_or(value);
        for person in split_names(value) {
            if !people.contains(&person) {
                people.push(person);
            }
        }
    }
    (!people.is_empty()).then(|| Sourced::new(people, format!("metadata {name}")))
}

/// The names in a field made for names: what is none is left out.
fn split_names(value: &str) -> Vec<String> {
    if let Some((last, first)) = value.split_once(',') {
        let (last, first) = (last.trim(), first.trim());
        let single = |s: &str| !s.is_empty() && !s.contains([' ', ',']);
        let turned = format!("{first} {last}");
        if single(last) && single(first) && is_person(&turned) {
            return vec![turned];
        }
    }
    parts(value)
        .map(|part| without_brackets(part.text))
        .filter(|part| is_person(part))
        .map(str::to_owned)
        .collect()
}

fn of_from(article: &Article) -> Found {
    let (_, from) = rowfields::text(&article.metadata, &["from"])?;
    let old = from.split_once('(').map(|(_, name)| name.trim_end_matches(')'));
    let name = from.split_once('<').map_or(old.unwrap_or(&from), |(name, _)| name);
    let name = name.trim().trim_matches('"').trim();
    is_person(name).then(|| Sourced::new(vec![name.to_owned()], "header from"))
}

fn of_text(article: &Article) -> Found {
    // Behind running text a name is somebody else's: an author of books, a person interviewed.
    let top = head::lines(article).into_iter().take(LINES).take_while(|l| l.text.len() < RUNNING);
    top.into_iter().find_map(|line| {
        if line.text.len() > LONGEST {
            return None;
        }
        let names = match without_cue(line.text) {
            Some(rest) => names_in_line(rest)?,
            None => name_before_agency(line.text)?,
        };
        let span = hull(article, line.span, &names)?;
        Some(Sourced::new(names, "byline").at(span))
    })
}

/// From the first name to the last in the line at `line`.
fn hull(article: &Article, line: Span, names: &[String]) -> Option<Span> {
    let text = article.slice(line);
    let start = text.find(names.first()?.as_str())?;
    let last = names.last()?;
    let end = text.rfind(last.as_str())? + last.len();
    article.span(line.start() + start..line.start() + end).ok()
}

/// What stands behind `By` and its like.
fn without_cue(line: &str) -> Option<&str> {
    let cues = [
        "by",
        "by:",
        "written by",
        "story by",
        "reported by",
        "text by",
        "von",
        "par",
        "por",
        "di",
        "door",
        "author:",
        "authors:",
        "autor:",
        "autora:",
        "auteur:",
        "auteur :",
        "autore:",
        "author",
        "byline:",
        "texto:",
        "text:",
        "texte:",
    ];
    cues.iter().find_map(|cue| {
        let head = line.get(..cue.len())?;
        let rest = line[cue.len()..].strip_prefix([' ', '\u{a0}', '\t'])?;
        let capital = rest.trim_start().starts_with(char::is_uppercase);
        (head.eq_ignore_ascii_case(cue) && capital).then(|| rest.trim())
    })
}

/// The names of a byline without its cue; nothing when a part is neither name, trade nor outlet.
fn names_in_line(rest: &str) -> Option<Vec<String>> {
    let sentence = rest.ends_with(['.', '!', '?', ':', ',']) && !rest.ends_with("Jr.");
    if sentence {
        return None;
    }
    let stop = [" | ", " • ", " · ", " – ", " — ", " - ", " -- ", " / ", " // ", "\t", " ("];
    let end = stop.iter().filter_map(|s| rest.find(s)).min().unwrap_or(rest.len());
    let mut names = Vec::new();
    let mut ended = false;
    for part in parts(&rest[..end]) {
        let text = without_brackets(part.text);
        let text = cut_trade(text);
        if !ended && is_person(text) && !is_place_like(text, &part) {
            names.push(text.to_owned());
        } else if names.is_empty() || !(is_role_or_outlet(part.text) || part.after_comma) {
            return None;
        } else {
            ended = true;
        }
    }
    (!names.is_empty()).then_some(names)
}

/// `Ana Ruiz | Associated Press`, `Ana Ruiz, Associated Press`.
fn name_before_agency(line: &str) -> Option<Vec<String>> {
    let (name, agency) = line.split_once('|').or_else(|| line.split_once(','))?;
    (is_person(name.trim()) && is_agency(agency)).then(|| vec![name.trim().to_owned()])
}

/// One member of a list of names.
struct Part<'a> {
    text: &'a str,
    after_comma: bool,
}

/// The members of a list of names.
fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    let words = [" and ", " AND ", " & ", " y ", " et ", " und ", " en ", " e ", " with "];
    text.split([',', ';', '|'])
        .enumerate()
        .flat_map(move |(i, part)| {
            let mut rest = Some(part);
            let mut first = true;
            std::iter::from_fn(move || {
                let text = rest?;
                let cut = words.iter().filter_map(|w| Some((text.find(w)?, w.len()))).min();
                let (piece, next) = match cut {
                    Some((at, len)) => (&text[..at], Some(&text[at + len..])),
                    None => (text, None),
                };
                rest = next;
                let after_comma = i > 0 && std::mem::take(&mut first);
                let piece = piece.trim();
                let piece = piece.strip_prefix("and ").unwrap_or(piece);
                Some(Part { text: piece.trim(), after_comma })
            })
        })
        .filter(|part| !part.text.is_empty())
}

/// Without what stands in brackets behind a name.
fn without_brackets(text: &str) -> &str {
    text.split(['(', '<', '[']).next().unwrap_or_default().trim()
}

/// Without `in Lima`, `of The Example Post`, `for Example News`.
fn cut_trade(text: &str) -> &str {
    let ends = [" in ", " of ", " for ", " at ", " aus ", " à ", " desde "];
    let end = ends.iter().filter_map(|e| text.find(e)).min().unwrap_or(text.len());
    text[..end].trim()
}

/// A place behind a comma looks like a name.
fn is_place_like(text: &str, part: &Part<'_>) -> bool {
    let starts = [
        "San ", "Santa ", "Los ", "Las ", "New ", "North ", "South ", "West ", "East ", "St. ",
        "Fort ",
    ];
    part.after_comma && (starts.iter().any(|s| text.starts_with(s)) || text.ends_with(" City"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::lines;

    fn byline(text: &str, row: &str) -> Vec<String> {
        let mut article = lines(text);
        article.metadata = serde_json::from_str(row).unwrap();
        let mut facts = Facts::default();
        Byline.extract(&article, &article.kept(), &mut facts);
        facts.byline.map(|b| b.value).unwrap_or_default()
    }

    #[test]
    fn lines_of_text() {
        let cases: &[(&str, &[&str])] = &[
            ("By Ana Ruiz", &["Ana Ruiz"]),
            ("BY ANA RUIZ", &["ANA RUIZ"]),
            ("by Ana Ruiz", &["Ana Ruiz"]),
            ("By: Ana Ruiz", &["Ana Ruiz"]),
            ("By Ana Ruiz and Jo Doe", &["Ana Ruiz", "Jo Doe"]),
            ("By Ana Ruiz, Jo Doe and Li Wei", &["Ana Ruiz", "Jo Doe", "Li Wei"]),
            ("By Ana Ruiz, Jo Doe, and Li Wei", &["Ana Ruiz", "Jo Doe", "Li Wei"]),
            ("By Ana Ruiz & Jo Doe", &["Ana Ruiz", "Jo Doe"]),
            ("By Ana Ruiz, Associated Press", &["Ana Ruiz"]),
            ("By Ana Ruiz, Staff Writer", &["Ana Ruiz"]),
            ("By Ana Ruiz | March 13, 2025", &["Ana Ruiz"]),
            ("By Ana Ruiz in Lima", &["Ana Ruiz"]),
            ("By Ana Ruiz (Reuters)", &["Ana Ruiz"]),
            ("By Ana Ruiz, San Jose", &["Ana Ruiz"]),
            ("Written by Ana de la Ruiz", &["Ana de la Ruiz"]),
            ("Von Ute Müller und Jan Maier", &["Ute Müller", "Jan Maier"]),
            ("Par Anne Roux et Luc Petit", &["Anne Roux", "Luc Petit"]),
            ("Por Ana Ruiz y Luis Peña", &["Ana Ruiz", "Luis Peña"]),
            ("Di Anna Rossi", &["Anna Rossi"]),
            ("Door Jan de Vries en Els Bakker", &["Jan de Vries", "Els Bakker"]),
            ("Ana Ruiz | Associated Press", &["Ana Ruiz"]),
            ("Ana Ruiz, Reuters", &["Ana Ruiz"]),
            ("Headline first\nBy Ana Ruiz\nText.", &["Ana Ruiz"]),
            ("By the end of the year", &[]),
            ("By Monday Morning", &[]),
            ("By Associated Press", &[]),
            ("By The Associated Press", &[]),
            ("By Staff Writer", &[]),
            ("By March 13, 2025", &[]),
            ("By Ana Ruiz said the river rose.", &[]),
            ("By Ana", &[]),
            ("By Politics Desk", &[]),
            ("Ana Ruiz, who lives here", &[]),
            ("Ana Ruiz / Reuters", &[]),
            ("Possible River Strikes", &[]),
            ("Von Monat zu Monat", &[]),
            ("", &[]),
        ];
        for (text, want) in cases {
            assert_eq!(&byline(text, "{}"), want, "{text:?}");
        }
    }

    #[test]
    fn fields_of_rows() {
        let cases: &[(&str, &[&str])] = &[
            (r#"{"author":"Ana Ruiz"}"#, &["Ana Ruiz"]),
            (r#"{"authors":["Ana Ruiz","Jo Doe","Associated Press"]}"#, &["Ana Ruiz", "Jo Doe"]),
            (r#"{"author":"Ruiz, Ana"}"#, &["Ana Ruiz"]),
            (r#"{"author":"By Ana Ruiz, Jo Doe; Li Wei"}"#, &["Ana Ruiz", "Jo Doe", "Li Wei"]),
            (r#"{"author":{"name":"Ana Ruiz"}}"#, &["Ana Ruiz"]),
            (r#"{"author":"March 13, 2025"}"#, &[]),
            (r#"{"author":"https://example.org/ana"}"#, &[]),
            (r#"{"author":"admin"}"#, &[]),
            (r#"{"from":"Ana Ruiz <ana@example.org>"}"#, &["Ana Ruiz"]),
            (r#"{"from":"ana@example.org (Ana Ruiz)"}"#, &["Ana Ruiz"]),
            (r#"{"from":"\"News List\" <l@example.org>"}"#, &[]),
            (r#"{"from":"ana@example.org"}"#, &[]),
        ];
        for (row, want) in cases {
            assert_eq!(&byline("", row), want, "{row}");
        }
        assert_eq!(byline("By Jo Doe", r#"{"from":"Ana Ruiz <a@b.org>"}"#), ["Jo Doe"]);
    }
}
