//! What a run shows that is worth a look.

use super::model::{Finding, Report};
use super::page::{number, share};

/// Findings that are shown.
const SHOWN: usize = 9;

/// What is worth a look, the weightiest first.
pub(super) fn findings(report: &Report) -> Vec<Finding> {
    let mut found = Vec::new();
    records(report, &mut found);
    duplicates(report, &mut found);
    texts(report, &mut found);
    let (weighed, shown) = (&mut found, SHOWN);
    weighed.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    found.into_iter().take(shown).map(|(_, finding)| finding).collect()
}

/// `1 record`, `2 records`.
fn counted(count: u64, what: &str) -> String {
    format!("{} {what}{}", number(count), if count == 1 { "" } else { "s" })
}

/// Findings with a weight from 1 to 9.
type Found = Vec<(u8, Finding)>;

fn push(found: &mut Found, weight: u8, section: &'static str, text: String) {
    found.push((weight, Finding { text, section }));
}

/// What could not be read, or not rightly.
fn records(report: &Report, found: &mut Found) {
    let tally = &report.tally;
    if let Some(most) = report.rejects.first() {
        let (count, part) = (counted(tally.rejected, "record"), share(tally.rejected, tally.read));
        let kind = most.kind.replace('_', " ");
        let many = if most.count == tally.rejected { "all".to_owned() } else { number(most.count) };
        let text = format!("{count} ({part}) could not be read, {many} of them as {kind}.");
        push(found, 9, "rejects", text);
    }
    if tally.replacement_characters > 0 {
        let count = counted(tally.replacement_characters, "character");
        let text = format!("{count} could not be decoded: there stands \u{fffd}.");
        push(found, 5, "removed", text);
    }
    let Some(articles) = &report.articles else { return };
    if articles.empty > 0 {
        let text = format!("{} kept without any text left.", counted(articles.empty, "article"));
        push(found, 8, "removed", text);
    }
    if articles.truncated > 0 {
        let text = format!("{} cut short by the crawler.", counted(articles.truncated, "article"));
        push(found, 4, "articles", text);
    }
    if articles.after_run > 0 {
        let text = format!("{} dated after the run.", counted(articles.after_run, "article"));
        push(found, 6, "articles", text);
    }
    let undated = articles.dates.undated;
    if undated * 2 > articles.count {
        let text = format!("{} of the articles tell no date.", share(undated, articles.count));
        push(found, 3, "articles", text);
    }
}

/// What was left out, and how near a miss that was.
fn duplicates(report: &Report, found: &mut Found) {
    let duplicates = &report.duplicates;
    if let Some(threshold) = duplicates.drop_threshold {
        let near = |from: f64| from > threshold - 1e-6 && from < threshold + 0.04 - 1e-6;
        let bins = duplicates.similarity.iter().filter(|bin| near(bin.from));
        let close: u64 = bins.map(|bin| bin.dropped).sum();
        if close > 0 {
            let text = format!(
                "{} left out at similarities just above the threshold of {threshold}: are they \
                 copies?",
                counted(close, "article")
            );
            push(found, 7, "closest", text);
        }
    }
    if let Some(cluster) = duplicates.clusters.first.first().filter(|c| c.size >= 10) {
        let text = format!("One text came {} times.", number(cluster.size));
        push(found, 4, "clusters", text);
    }
    let repeats =
        |source: &&super::model::Source| source.duplicates >= 10 && source.duplicates > source.kept;
    let worst = report.sources.first.iter().filter(repeats).max_by_key(|s| s.duplicates);
    if let Some(source) = worst {
        let all = source.kept + source.duplicates;
        let name = if source.name.is_empty() { "A source without a name" } else { &source.name };
        let text = format!(
            "\u{2068}{name}\u{2069}: {} of its {} articles were duplicates.",
            number(source.duplicates),
            number(all)
        );
        push(found, 6, "sources", text);
    }
    let (passages, bytes) = (report.tally.passages, report.tally.passage_bytes);
    if passages > 0 {
        let text = format!(
            "{} ({} bytes) found in earlier articles too, word for word.",
            counted(passages, "passage"),
            number(bytes)
        );
        push(found, 2, "duplicates", text);
    }
}

/// What took much of the texts.
fn texts(report: &Report, found: &mut Found) {
    let all = report.tally.text_bytes;
    for removals in report.removals.iter().filter(|removals| removals.bytes * 10 > all) {
        let (reason, part) = (removals.reason.replace('_', " "), share(removals.bytes, all));
        push(found, 7, "removed", format!("{part} of the text was removed as {reason}."));
    }
    let most = report.boilerplate.first.first().and_then(|of| Some((of, of.lines.first.first()?)));
    if let Some((of, line)) = most.filter(|(_, line)| line.stories >= 20) {
        let source = of.source.as_deref().filter(|source| !source.is_empty());
        let source = source.map(|source| format!(" of \u{2068}{source}\u{2069}"));
        let text = format!(
            "One line stood in {} stories{}.",
            number(u64::from(line.stories)),
            source.unwrap_or_default()
        );
        push(found, 2, "boilerplate", text);
    }
}
