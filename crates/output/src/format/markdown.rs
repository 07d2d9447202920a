//! Markdown: one document an article.

use std::io::{self, Write};

use newsmill_article::BlockKind;
use serde::Serialize;

use super::{Compression, Files, Format, Kind, Rows};
use crate::{ArticleRow, BlockRow};

/// Markdown (CommonMark 0.31) with YAML front matter, one document an article. Signs that Markdown
/// or HTML would act on are escaped, so that every document shows the article's text and nothing
/// else. Files are numbered in the order of the articles: an id may hold anything, a file name may
/// not; the id stands in the front matter.
///
/// ```
/// use newsmill_output::{Files, Format, Markdown};
/// let Files::Documents(kind) = Markdown.files() else { panic!("one article a file") };
/// assert_eq!(kind.document(12), "md/00000012.md");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Markdown;

static FILES: Kind =
    Kind { folder: "md", extension: "md", compression: Compression::None, rows: &Markdown };

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn about(&self) -> &'static str {
        "Markdown with front matter, one document an article"
    }

    fn files(&self) -> Files {
        Files::Documents(&FILES)
    }
}

impl Rows for Markdown {
    fn article(&self, row: &ArticleRow<'_>, to: &mut dyn Write) -> io::Result<()> {
        let mut document = String::with_capacity(row.text.len() + 1024);
        front_matter(row, &mut document)?;
        if row.blocks.is_empty() {
            for line in row.text.lines() {
                push_escaped(line, &mut document);
                document.push('\n');
            }
        }
        for (index, block) in row.blocks.iter().enumerate() {
            let after_item = index.checked_sub(1).is_some_and(|i| is_item(&row.blocks[i]));
            if !(after_item && is_item(block)) {
                document.push('\n');
            }
            push_block(block, &row.text[block.kept.range.clone()], &mut document);
        }
        to.write_all(document.as_bytes())
    }
}

fn front_matter(row: &ArticleRow<'_>, to: &mut String) -> io::Result<()> {
    to.push_str("---\n");
    field("id", Some(row.id), to)?;
    field("title", row.title, to)?;
    field("byline", row.byline, to)?;
    field("dateline", row.dateline, to)?;
    field("published", row.published, to)?;
    field("modified", row.modified, to)?;
    field("language", row.language, to)?;
    field("site", row.site, to)?;
    field("url", row.url, to)?;
    field("lead", row.lead, to)?;
    field("keywords", Some(row.keywords).filter(|k| !k.is_empty()), to)?;
    let links: Vec<_> = row.links.iter().map(|link| link.url).collect();
    field("links", Some(links).filter(|l| !l.is_empty()), to)?;
    field("source", Some(row.source), to)?;
    to.push_str("---\n");
    Ok(())
}

/// A line of front matter. JSON is YAML but for the characters that YAML does not count as
/// printable, which stand in strings only and have an escape both know.
fn field<T: Serialize>(name: &str, value: Option<T>, to: &mut String) -> io::Result<()> {
    let Some(value) = value else { return Ok(()) };
    let json = serde_json::to_string(&value)?;
    to.push_str(name);
    to.push_str(": ");
    for c in json.chars() {
        if c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
        {
            to.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            to.push(c);
        }
    }
    to.push('\n');
    Ok(())
}

fn is_item(block: &BlockRow) -> bool {
    block.kept.block.kind == BlockKind::ListItem && block.kept.block.quoted == 0
}

fn push_block(block: &BlockRow, text: &str, to: &mut String) {
    let kind = block.kept.block.kind;
    let quoted = usize::from(block.kept.block.quoted).max(usize::from(kind == BlockKind::Quote));
    let quote = "> ".repeat(quoted);
    let (first, rest) = match kind {
        BlockKind::Heading { level } => (format!("{} ", "#".repeat(level.clamp(1, 6).into())), ""),
        BlockKind::ListItem => ("- ".to_owned(), "  "),
        _ => (String::new(), ""),
    };
    let text = if kind == BlockKind::ListItem { without_bullet(text) } else { text };
    if kind.keeps_line_breaks() {
        let fence = fence(text);
        for line in [fence.as_str()].into_iter().chain(text.split('\n')).chain([fence.as_str()]) {
            to.push_str(&quote);
            to.push_str(line);
            to.push('\n');
        }
        return;
    }
    for (index, line) in text.lines().enumerate() {
        to.push_str(&quote);
        to.push_str(if index == 0 { &first } else { rest });
        push_escaped(line, to);
        to.push('\n');
    }
}

/// A list item without the sign that marks it in the text; the document has its own.
fn without_bullet(text: &str) -> &str {
    let rest = text.strip_prefix(['-', '*', '+', '•', '–', '·', '◦', '▪']);
    rest.filter(|r| r.starts_with(char::is_whitespace)).map_or(text, str::trim_start)
}

/// A fence longer than any run of backticks in `text`.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

/// One line of text, so that it shows as it stands.
fn push_escaped(line: &str, to: &mut String) {
    let line = line.trim_start();
    let number = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    for (at, c) in line.char_indices() {
        let acts = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~' | '|' => true,
            '#' | '-' | '+' | '=' => at == 0,
            '.' | ')' => at == number && (1..=9).contains(&number),
            _ => false,
        };
        if acts {
            to.push('\\');
        }
        to.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_that_act_are_escaped() {
        // line, written
        let cases = [
            ("plain text, señor.", "plain text, señor."),
            ("# no heading", "\\# no heading"),
            ("a # b - c", "a # b - c"),
            ("- no item", "\\- no item"),
            ("12. no item", "12\\. no item"),
            ("In 12. place", "In 12. place"),
            ("1234567890. long", "1234567890. long"),
            ("---", "\\---"),
            ("===", "\\==="),
            ("<script>", "\\<script\\>"),
            ("[a](javascript:b)", "\\[a\\](javascript:b)"),
            ("AT&T &lt;", "AT\\&T \\&lt;"),
            ("*a* _b_ `c` ~~d~~", "\\*a\\* \\_b\\_ \\`c\\` \\~\\~d\\~\\~"),
            ("    no code", "no code"),
            ("a \\ b", "a \\\\ b"),
        ];
        for (line, want) in cases {
            let mut got = String::new();
            push_escaped(line, &mut got);
            assert_eq!(got, want);
        }
    }

    #[test]
    fn a_fence_outdoes_what_it_holds() {
        for (text, want) in [("", 3), ("a `b`", 3), ("```\nx\n```", 4), ("`````", 6)] {
            assert_eq!(fence(text).len(), want, "{text:?}");
        }
    }

    #[test]
    fn front_matter_is_yaml_too() {
        let mut got = String::new();
        field("title", Some("a: \"b\"\n\u{7f}\u{85}\u{2028}#"), &mut got).unwrap();
        assert_eq!(got, "title: \"a: \\\"b\\\"\\n\\u007f\\u0085\\u2028#\"\n");
    }
}
