//! What only a line's neighbours can tell: lists, tables, code, underlined headings, targets put
//! aside.

use std::collections::BTreeMap;

use newsmill_article::{Link, Span};

use super::class::{self, Class};
use super::inline::Found;
use super::lines::Line;
use super::paragraphs::ends_sentence;

/// Labels of targets put aside.
pub(super) type Labels = BTreeMap<String, Option<Span>>;

/// Settles the classes of lines that look like one thing and may be another, and names the labels
/// that targets were put aside under.
pub(super) fn settle(text: &str, lines: &[Line], classes: &mut [Class]) -> Labels {
    fences(lines, classes);
    references(text, lines, classes);
    items(text, lines, classes);
    underlines(text, lines, classes);
    tables(text, lines, classes);
    code(text, lines, classes);
    let mut labels = Labels::new();
    for (line, class) in lines.iter().zip(classes.iter()) {
        if *class == Class::Definition
            && let Some((label, _)) = class::definition(line.slice(text))
        {
            labels.insert(line.slice(text)[label].to_owned(), None);
        }
    }
    labels
}

/// Links of the targets put aside, with the text that carries each where it is known.
pub(super) fn anchor(text: &str, lines: &[Line], classes: &[Class], found: &mut Found) {
    for (line, class) in lines.iter().zip(classes) {
        if *class != Class::Definition {
            continue;
        }
        let slice = line.slice(text);
        let Some((label, target)) = class::definition(slice) else { continue };
        let place = line.text + target.start..line.text + target.end;
        let Ok(span) = Span::new(text, place) else { continue };
        let anchor = found.labels.get(&slice[label]).copied().flatten();
        let raw = slice[target].to_owned();
        found.links.push(Link { url: raw.clone(), raw, span, anchor, domain: String::new() });
    }
}

/// Fences come in pairs; what stands between is code.
fn fences(lines: &[Line], classes: &mut [Class]) {
    let mut open: Option<usize> = None;
    for i in 0..classes.len() {
        if classes[i] != Class::Fence {
            continue;
        }
        match open.take() {
            Some(start) if lines[start].depth == lines[i].depth => {
                for class in &mut classes[start + 1..i] {
                    if *class != Class::Blank {
                        *class = Class::Code;
                    }
                }
            }
            Some(start) => {
                classes[start] = Class::Text;
                open = Some(i);
            }
            None => open = Some(i),
        }
    }
    if let Some(start) = open {
        classes[start] = Class::Text;
    }
}

/// The list of targets that text browsers put at the end: a line `References`, then numbers and
/// targets and nothing else.
fn references(text: &str, lines: &[Line], classes: &mut [Class]) {
    const TITLES: [&str; 5] = ["References", "Visible links", "Visible links:", "Links", "Links:"];
    let mut first = classes.len();
    for i in (0..classes.len()).rev() {
        let slice = lines[i].slice(text);
        let is_title = matches!(classes[i], Class::Text) && TITLES.contains(&slice);
        let is_target =
            matches!(classes[i], Class::Number { .. }) && class::definition(slice).is_some();
        if is_title {
            if first < classes.len() {
                for class in classes[i..].iter_mut().filter(|c| **c != Class::Blank) {
                    *class = Class::Definition;
                }
            }
        } else if is_target {
            first = i;
        } else if classes[i] != Class::Blank {
            return;
        }
    }
}

/// How many lines one list item may have.
const ITEM_LINES: usize = 12;

/// A bullet or number makes a list item only where another stands next to it: with a bullet of the
/// same sign, or a number one higher or lower. A dash or number alone is text.
fn items(text: &str, lines: &[Line], classes: &mut [Class]) {
    let mut listed = vec![false; classes.len()];
    let mut latest: Option<usize> = None;
    for i in 0..classes.len() {
        if !matches!(classes[i], Class::Bullet { .. } | Class::Number { .. }) {
            continue;
        }
        if let Some(above) = latest
            && lines[above].depth == lines[i].depth
            && is_next(classes[above], classes[i])
            && are_neighbours(text, lines, classes, above, i)
        {
            listed[above] = true;
            listed[i] = true;
        }
        latest = Some(i);
    }
    for (class, listed) in classes.iter_mut().zip(listed) {
        let alone = match class {
            Class::Bullet { sign, .. } => matches!(sign, '-' | '*' | '+' | '–' | '·'),
            Class::Number { .. } => true,
            _ => false,
        };
        if alone && !listed {
            *class = Class::Text;
        }
    }
}

fn is_next(above: Class, below: Class) -> bool {
    match (above, below) {
        (Class::Bullet { sign: a, .. }, Class::Bullet { sign: b, .. }) => a == b,
        (Class::Number { value: a, style: s, .. }, Class::Number { value: b, style: t, .. }) => {
            s == t && (b == a + 1 || b == a)
        }
        _ => false,
    }
}

/// Whether between two list items there is nothing but the first one's own text and blank lines.
fn are_neighbours(
    text: &str,
    lines: &[Line],
    classes: &[Class],
    above: usize,
    below: usize,
) -> bool {
    if below - above > ITEM_LINES {
        return false;
    }
    let item = &lines[above];
    let mut gap = false;
    (above + 1..below).all(|i| {
        let hangs = lines[i].indent >= item.indent + 2;
        let wrapped = (40..=110).contains(&lines[i - 1].width) && lines[i].width <= 110;
        let goes_on = !gap && wrapped && !ends_sentence(lines[i - 1].slice(text));
        gap |= classes[i] == Class::Blank;
        classes[i] == Class::Blank || (classes[i] == Class::Text && (hangs || goes_on))
    })
}

/// A row of `=` or `-` right below a short line of its own underlines a heading; elsewhere it is a
/// rule.
fn underlines(text: &str, lines: &[Line], classes: &mut [Class]) {
    for i in 0..classes.len() {
        if classes[i] != Class::Underline {
            continue;
        }
        let level = if text.as_bytes()[lines[i].text] == b'=' { 1 } else { 2 };
        let heading = i > 0
            && classes[i - 1] == Class::Text
            && lines[i - 1].depth == lines[i].depth
            && (i < 2 || classes[i - 2] != Class::Text || lines[i - 2].depth != lines[i].depth)
            && lines[i - 1].width <= 100
            && (level == 1 || lines[i].width * 2 >= lines[i - 1].width)
            && !lines[i - 1].slice(text).ends_with(['.', ',', ';']);
        if heading {
            classes[i - 1] = Class::Hash { level, signs: 0 };
        } else {
            classes[i] = Class::Rule;
        }
    }
}

/// Two lines or more with the same number of tabs, or of bars, are a table.
fn tables(text: &str, lines: &[Line], classes: &mut [Class]) {
    let bytes = text.as_bytes();
    let mut above: Option<(usize, (usize, usize))> = None;
    for i in 0..classes.len() {
        if classes[i] != Class::Text {
            above = None;
            continue;
        }
        let slice = &bytes[lines[i].text..lines[i].end];
        if memchr::memchr2(b'\t', b'|', slice).is_none() {
            above = None;
            continue;
        }
        let count = |sign: u8| memchr::memchr_iter(sign, slice).count();
        let (tabs, bars) = (count(b'\t'), count(b'|'));
        let cells = if bars >= 2 { (0, bars) } else { (tabs, 0) };
        if cells == (0, 0) {
            above = None;
            continue;
        }
        if above.is_some_and(|(j, c)| c == cells && lines[j].depth == lines[i].depth) {
            classes[i - 1] = Class::Row;
            classes[i] = Class::Row;
        }
        above = Some((i, cells));
    }
}

/// Two lines or more that stand in by four columns, in a text that does not, are code when most of
/// them read so.
fn code(text: &str, lines: &[Line], classes: &mut [Class]) {
    let set_in = |i: usize, classes: &[Class]| {
        lines[i].indent >= 4 && !matches!(classes[i], Class::Blank | Class::Image | Class::Rule)
    };
    let words = classes.iter().filter(|c| **c != Class::Blank).count();
    let inner = (0..classes.len()).filter(|i| set_in(*i, classes)).count();
    if inner < 2 || inner * 2 > words {
        return;
    }
    let mut at = 0;
    while at < classes.len() {
        if !set_in(at, classes) {
            at += 1;
            continue;
        }
        let end = (at..classes.len()).find(|i| !set_in(*i, classes)).unwrap_or(classes.len());
        let coded = (at..end).filter(|i| reads_like_code(lines[*i].slice(text))).count();
        if end - at >= 2 && coded * 10 >= (end - at) * 6 {
            classes[at..end].fill(Class::Code);
        }
        at = end;
    }
}

fn reads_like_code(slice: &str) -> bool {
    slice.ends_with([';', '{', '}', '\\'])
        || ["()", "();", " = ", " == ", "->", "=>", "</", "/>", "::", "#include", "$ ", "&&"]
            .iter()
            .any(|sign| slice.contains(sign))
}
