//! Articles for tests.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

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

/// CPU time of this thread (Linux; elsewhere time on the wall).
fn cpu() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = stat.split(' ').next().and_then(|n| n.parse().ok());
    nanos.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

/// Asserts that eight times as much of each unit takes `run` no more than some eight times as long:
/// three times that, so that no test fails for a busy machine, where work that grows with the square
/// takes 64 times as long.
pub(crate) fn assert_linear(units: &[&str], times: usize, mut run: impl FnMut(&str)) {
    for unit in units {
        let mut took = |times: usize| {
            let text = unit.repeat(times);
            let once = |_| {
                let start = cpu();
                run(&text);
                cpu().saturating_sub(start)
            };
            (0..2).map(once).min().unwrap()
        };
        let (eighth, whole) = (took(times / 8), took(times));
        let most = eighth * 24 + Duration::from_millis(30);
        assert!(whole <= most, "{unit:?}: {eighth:?} for an eighth, {whole:?} for all");
    }
}
