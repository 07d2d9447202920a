//! JSON Lines: one row a line, UTF-8.

use std::io::{self, Write};

use serde::Serialize;

use super::{Compression, Files, Format, Kind, Rows};
use crate::ArticleRow;

/// JSON Lines, the format of all rows: one JSON object a line, UTF-8, `\n` at its end and nowhere
/// else.
///
/// ```
/// use newsmill_article::{Article, Block, BlockKind, Origin, Span};
/// use newsmill_output::{ArticleRow, Jsonl, Rows};
///
/// let (origin, text) = (Origin::new("a.txt", 0), "Rain.".to_owned());
/// let block = Block::new(BlockKind::Paragraph, Span::whole(&text));
/// let article = Article::new("a".into(), origin, text, vec![block], vec![])?;
/// let mut line = Vec::new();
/// Jsonl.article(&ArticleRow::verbatim(&article, None, &[]), &mut line)?;
/// assert!(line.starts_with(br#"{"id":"a","source":{"#) && line.ends_with(b"}\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Jsonl;

static FILES: [Kind; 1] = [Kind {
    folder: "articles",
    extension: "jsonl.zst",
    compression: Compression::Zstd,
    rows: &Jsonl,
}];

impl Format for Jsonl {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn about(&self) -> &'static str {
        "JSON Lines, one article a line, zstd-compressed"
    }

    fn files(&self) -> Files {
        Files::Parts(&FILES)
    }
}

impl Rows for Jsonl {
    fn article(&self, row: &ArticleRow<'_>, to: &mut dyn Write) -> io::Result<()> {
        let mut line = Vec::with_capacity(row.text.len() + row.text.len() / 4 + 1024);
        write_line(row, &mut line)?;
        to.write_all(&line)
    }
}

/// Adds `row` (one of this crate's rows) to `to` as one line of JSON.
///
/// # Errors
/// When the row does not serialise, which the rows of this crate always do. Nothing is added then.
pub fn write_line(row: &impl Serialize, to: &mut Vec<u8>) -> io::Result<()> {
    let start = to.len();
    if let Err(error) = serde_json::to_writer(&mut *to, row) {
        to.truncate(start);
        return Err(error.into());
    }
    // Strings hold no raw line breaks, so one can only be white space between the tokens of
    // metadata that is carried as it came.
    for byte in &mut to[start..] {
        // A store either way keeps this loop without branches.
        *byte = if matches!(*byte, b'\n' | b'\r') { b' ' } else { *byte };
    }
    to.push(b'\n');
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use newsmill_article::{Article, Origin};
    use serde_json::value::RawValue;

    #[test]
    fn a_row_is_one_line_whatever_its_metadata() {
        let mut article =
            Article::new("a".into(), Origin::new("t", 0), String::new(), vec![], vec![]).unwrap();
        let raw = RawValue::from_string("[1,\r\n 2, \"\\n\"]".into()).unwrap();
        article.metadata.push("list", raw);
        let mut to = b"before\n".to_vec();
        Jsonl.article(&ArticleRow::verbatim(&article, None, &[]), &mut to).unwrap();
        let line = std::str::from_utf8(&to).unwrap().strip_prefix("before\n").unwrap();
        assert_eq!(line.find(['\n', '\r']), Some(line.len() - 1));
        assert!(line.contains(r#""list":[1,   2, "\n"]"#), "{line}");
    }

    #[test]
    fn a_row_that_fails_leaves_nothing() {
        let mut to = b"before\n".to_vec();
        let unfit = std::collections::BTreeMap::from([([1u8, 2], 3)]);
        assert!(write_line(&unfit, &mut to).is_err());
        assert_eq!(to, b"before\n");
    }
}
