//! Articles for tests.

use newsmill_article::{Article, Block, BlockKind, Origin, Span};

/// An article of one paragraph.
pub(crate) fn article(text: &str) -> Article {
    made(text, vec![Block::new(BlockKind::Paragraph, Span::whole(text))])
}

/// An article of one block a line; lines that start with `# ` are headings of level 1.
pub(crate) fn lines(text: &str) -> Article {
    let mut blocks = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end();
        if !body.is_empty() {
            let kind = match body.starts_with("# ") {
                true => BlockKind::Heading { level: 1 },
                false => BlockKind::Paragraph,
            };
            let span = Span::new(text, at..at + body.len()).unwrap();
            blocks.push(Block::new(kind, span));
        }
        at += line.len();
    }
    made(text, blocks)
}

fn made(text: &str, blocks: Vec<Block>) -> Article {
    Article::new("t".into(), Origin::new("t", 0), text.into(), blocks, vec![]).unwrap()
}
