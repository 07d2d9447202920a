//! The page: a frame of plain HTML with the main numbers in tables, and the report as JSON for its
//! script, which draws the charts and lists.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::model::{Dates, Finding, Named, Report, SimilarityBin};
use crate::escape::{html, json_in_html};

const TEMPLATE: &str = include_str!("assets/template.html");
const STYLE: &str = include_str!("assets/style.css");
/// Chart.js and its chart of flows; `assets/NOTICE.md` says which.
const LIBRARIES: [&str; 2] =
    [include_str!("assets/chart.umd.min.js"), include_str!("assets/chartjs-chart-sankey.min.js")];
const SCRIPT: &str = include_str!("assets/report.js");

/// Sources in the table of the chart of sources.
const SOURCES: usize = 15;

/// The page of a report.
pub(super) fn page(report: &Report) -> String {
    // The map of the library's source is not part of the page.
    let library =
        LIBRARIES.map(|text| text.split("\n//# sourceMappingURL=").next().unwrap_or(text));
    let library = library.join("\n");
    // Without data the page still says what stands in its tables.
    let data = serde_json::to_string(report).unwrap_or_else(|_| "null".to_owned());
    let policy = format!(
        "default-src 'none'; script-src {} {}; style-src {}; img-src data:; base-uri 'none'; \
         form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        hash(&library),
        hash(SCRIPT),
        hash(STYLE)
    );
    let mut page = String::with_capacity(data.len() + library.len() + (256 << 10));
    let mut rest = TEMPLATE;
    while let Some((before, name, after)) = next_slot(rest) {
        page.push_str(before);
        rest = after;
        match name {
            "policy" => page.push_str(&policy),
            "style" => page.push_str(STYLE),
            "library" => page.push_str(&library),
            "script" => page.push_str(SCRIPT),
            "data" => page.push_str(&json_in_html(&data)),
            slot => page.push_str(&filled(slot, report).unwrap_or_default()),
        }
    }
    page.push_str(rest);
    page
}

/// What comes before the next `{{name}}`, the name, and what comes behind it.
fn next_slot(template: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = template.split_once("{{")?;
    let (name, after) = rest.split_once("}}")?;
    Some((before, name, after))
}

fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

/// The HTML of one slot; nothing for one that there is not.
fn filled(slot: &str, report: &Report) -> Option<String> {
    let duplicates = &report.duplicates;
    Some(match slot {
        "title" => headline(report),
        "lede" => lede(report),
        "facts" => facts(report),
        "figures" => figures(report),
        "findings" => findings(&report.findings),
        "records" => records(report),
        "texts" => texts(report),
        "sources" => sources(report),
        "dates" => report.articles.as_ref().map(|a| dates(&a.dates)).unwrap_or_default(),
        "languages" => of_articles(report, "Language", |a| &a.languages),
        "lengths" => of_articles(report, "Characters", |a| &a.lengths),
        "says" => of_articles(report, "Field", |a| &a.says),
        "methods" => methods(report),
        "sizes" => counts("Clusters by their size", ["Articles", "Clusters"], &duplicates.sizes),
        "similarity" => similarity(&duplicates.similarity),
        "removals" => removals(report),
        "rejects" => rejects(report),
        "speed" => speed(report),
        "version" => html(&report.newsmill),
        _ => return None,
    })
}

fn headline(report: &Report) -> String {
    let tally = &report.tally;
    format!("{} records in, {} articles out", number(tally.read), number(tally.kept))
}

fn lede(report: &Report) -> String {
    let tally = &report.tally;
    let part = |count, what: &str| {
        let n = number(count);
        if count == 0 {
            format!("none {what}")
        } else {
            format!("{n} ({}) {what}", share(count, tally.read))
        }
    };
    let removed = tally.removed_bytes();
    let mut text = format!(
        "Of these records {}, {}.",
        part(tally.duplicates, "were copies of another article"),
        part(tally.rejected, "could not be read"),
    );
    if removed > 0 {
        let share = share(removed, tally.text_bytes);
        text.push_str(&format!(" {share} of the text of the articles that stayed was taken out."));
    } else {
        text.push_str(" Nothing was taken out of the articles that stayed.");
    }
    html(&text)
}

fn facts(report: &Report) -> String {
    let run = &report.run;
    let mut facts = Vec::new();
    if let Some((day, time)) = run.started.split_once('T') {
        let minute = time.get(..5).unwrap_or(time);
        facts.push(format!("{day}, {minute} UTC"));
    }
    let seconds = run.seconds;
    facts.push(if seconds < 100.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{:.1} min", seconds / 60.0)
    });
    if seconds > 0.0 && !run.resumed {
        let rate = (report.tally.read as f64 / seconds) as u64;
        facts.push(format!("{} records/s", number(rate)));
    }
    if let Some(bytes) = run.peak_memory_bytes {
        facts.push(format!("{} of memory at most", size(bytes)));
    }
    facts.push(format!("{} threads", run.threads));
    if run.resumed {
        facts.push("went on with a run that was broken off".to_owned());
    }
    facts.iter().map(|fact| format!("<li>{}</li>", html(fact))).collect()
}

fn figures(report: &Report) -> String {
    let tally = &report.tally;
    let figure = |kind: &str, name: &str, value: String, note: String| {
        format!(
            "<div class=\"figure {kind}\"><dt>{name}</dt><dd>{}<small>{}</small></dd></div>",
            html(&value),
            html(&note)
        )
    };
    let inputs =
        format!("from {} inputs, {}", number(report.inputs.count), size(report.inputs.bytes));
    let of_read = |count| format!("{} of the records", share(count, tally.read));
    let removed = tally.removed_bytes();
    [
        figure("read", "Read", number(tally.read), inputs),
        figure("kept", "Kept", number(tally.kept), of_read(tally.kept)),
        figure("dropped", "Duplicates", number(tally.duplicates), of_read(tally.duplicates)),
        figure("rejected", "Rejected", number(tally.rejected), of_read(tally.rejected)),
        figure(
            "removed",
            "Text removed",
            size(removed),
            format!("{} of {}", share(removed, tally.text_bytes), size(tally.text_bytes)),
        ),
    ]
    .concat()
}

fn findings(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "<p>Nothing stands out.</p>".to_owned();
    }
    let item = |finding: &Finding| {
        format!("<li><a href=\"#{}\">{}</a></li>", finding.section, html(&finding.text))
    };
    format!("<ul class=\"findings\">{}</ul>", findings.iter().map(item).collect::<String>())
}

fn records(report: &Report) -> String {
    let tally = &report.tally;
    let row =
        |name: &str, count: u64| vec![name.to_owned(), number(count), share(count, tally.read)];
    let mut rows: Vec<Vec<String>> = report
        .inputs
        .kinds
        .iter()
        .map(|kind| row(&format!("read: {}", kind.name), kind.count))
        .collect();
    rows.push(row("kept", tally.kept));
    let method = |method: &Named| row(&format!("duplicate: {}", method.name), method.count);
    rows.extend(report.duplicates.methods.iter().map(method));
    let kind = |kind: &super::model::Rejects| {
        row(&format!("rejected: {}", kind.kind.replace('_', " ")), kind.count)
    };
    rows.extend(report.rejects.iter().map(kind));
    for (why, count) in &report.skipped {
        let name = format!("passed over: {}", why.replace('_', " "));
        rows.push(vec![name, number(*count), String::new()]);
    }
    table("Records and what became of them", &["Records", "Count", "Share"], &rows)
}

fn texts(report: &Report) -> String {
    let tally = &report.tally;
    let row = |name: &str, bytes: u64| {
        vec![name.to_owned(), number(bytes), share(bytes, tally.text_bytes)]
    };
    let mut rows = vec![row("kept", tally.kept_bytes)];
    rows.extend(report.removals.iter().map(|r| row(&r.reason.replace('_', " "), r.bytes)));
    rows.push(row("line breaks and blanks folded", tally.layout_bytes));
    table("Text of the articles that stayed", &["Text", "Bytes", "Share"], &rows)
}

fn sources(report: &Report) -> String {
    let rows: Vec<Vec<String>> = (report.sources.first.iter().take(SOURCES))
        .map(|s| vec![s.name.clone(), number(s.kept), number(s.duplicates)])
        .collect();
    table("Sources with the most articles", &["Source", "Kept", "Duplicates"], &rows)
}

fn dates(dates: &Dates) -> String {
    let mut rows: Vec<Vec<String>> =
        dates.counts.iter().map(|d| vec![d.name.clone(), number(d.count)]).collect();
    for (name, count) in
        [("before", dates.before), ("after", dates.after), ("without a date", dates.undated)]
    {
        rows.push(vec![name.to_owned(), number(count)]);
    }
    table("Articles by when they were published", &["Published", "Articles"], &rows)
}

fn of_articles(
    report: &Report,
    what: &str,
    named: impl Fn(&super::model::Articles) -> &Vec<Named>,
) -> String {
    let Some(articles) = &report.articles else { return String::new() };
    let caption = format!("Articles by {}", what.to_lowercase());
    counts(&caption, [what, "Articles"], named(articles))
}

fn methods(report: &Report) -> String {
    let methods = &report.duplicates.methods;
    counts("Duplicates by how they were found", ["Found as", "Articles"], methods)
}

fn similarity(bins: &[SimilarityBin]) -> String {
    let some = |bin: &&SimilarityBin| bin.dropped + bin.linked > 0;
    let name = |bin: &SimilarityBin| {
        if bin.from == 0.0 { "below 0.50".to_owned() } else { format!("{:.2}", bin.from) }
    };
    let row = |bin: &SimilarityBin| vec![name(bin), number(bin.dropped), number(bin.linked)];
    let rows: Vec<Vec<String>> = bins.iter().filter(some).map(row).collect();
    table("Pairs by similarity", &["From", "Left out", "Linked"], &rows)
}

fn removals(report: &Report) -> String {
    let all = report.tally.text_bytes;
    let row = |r: &super::model::Removals| {
        vec![r.reason.replace('_', " "), number(r.spans), number(r.bytes), share(r.bytes, all)]
    };
    let rows: Vec<Vec<String>> = report.removals.iter().map(row).collect();
    table("Text removed by reason", &["Reason", "Spans", "Bytes", "Share of text"], &rows)
}

fn rejects(report: &Report) -> String {
    if report.rejects.is_empty() {
        return "<p>Every record could be read.</p>".to_owned();
    }
    let row =
        |r: &super::model::Rejects| vec![r.kind.replace('_', " "), number(r.count), r.hint.clone()];
    let rows: Vec<Vec<String>> = report.rejects.iter().map(row).collect();
    open_table("Rejected records by reason", &["Reason", "Records", "What to do"], &rows)
}

fn speed(report: &Report) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for moment in &report.run.timeline {
        let row = vec![
            moment.pass.clone(),
            format!("{:.1} s", moment.seconds),
            number(moment.records),
            moment.memory_bytes.map(size).unwrap_or_default(),
        ];
        // The last moment of a pass stands for it.
        match rows.last_mut().filter(|last| last[0] == moment.pass) {
            Some(last) => *last = row,
            None => rows.push(row),
        }
    }
    table(
        "Where the run was at the end of each pass",
        &["Pass", "After", "Records", "Memory"],
        &rows,
    )
}

fn counts(caption: &str, heads: [&str; 2], named: &[Named]) -> String {
    let rows: Vec<Vec<String>> =
        named.iter().map(|n| vec![n.name.clone(), number(n.count)]).collect();
    table(caption, &heads, &rows)
}

/// A table that is closed at first: what a chart shows, in words.
fn table(caption: &str, heads: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let open = open_table(caption, heads, rows);
    format!(
        "<details class=\"numbers\"><summary>As a table<span class=\"unseen\">: {}</span></summary>{open}</details>",
        html(caption)
    )
}

fn open_table(caption: &str, heads: &[&str], rows: &[Vec<String>]) -> String {
    let mut out = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{0}\"><table><caption class=\"unseen\">{0}</caption><thead><tr>",
        html(caption)
    );
    for head in heads {
        out.push_str(&format!("<th scope=\"col\">{}</th>", html(head)));
    }
    out.push_str("</tr></thead><tbody>");
    for row in rows {
        out.push_str("<tr>");
        for (at, cell) in row.iter().enumerate() {
            let cell = html(cell);
            let numeric = cell.starts_with(|c: char| c.is_ascii_digit()) && at > 0;
            let class = if numeric { " class=\"number\"" } else { "" };
            out.push_str(&match at {
                0 => format!("<th scope=\"row\"><bdi>{cell}</bdi></th>"),
                _ => format!("<td{class}><bdi>{cell}</bdi></td>"),
            });
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
    out
}

/// `1,234,567`.
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `12.3%`.
pub(super) fn share(part: u64, whole: u64) -> String {
    if part == 0 || whole == 0 {
        return "0%".to_owned();
    }
    let percent = part as f64 * 100.0 / whole as f64;
    match percent {
        p if p < 0.1 => "under 0.1%".to_owned(),
        p if p > 99.9 && part < whole => "over 99.9%".to_owned(),
        p if p >= 99.95 => "100%".to_owned(),
        p => format!("{p:.1}%"),
    }
}

/// `12.3 MB`.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(share(0, 10), "0%");
        assert_eq!(share(1, 100_000), "under 0.1%");
        assert_eq!(share(99_999, 100_000), "over 99.9%");
        assert_eq!(share(10, 10), "100%");
        assert_eq!(share(1, 3), "33.3%");
        assert_eq!([12, 1_500, 2_000_000].map(size), ["12 bytes", "1.5 kB", "2.0 MB"]);
    }

    #[test]
    fn scripts_and_style_end_where_the_page_ends_them() {
        for text in [STYLE, SCRIPT, LIBRARIES[0], LIBRARIES[1]] {
            let lower = text.to_lowercase();
            assert!(!lower.contains("</script") && !lower.contains("</style"));
            assert!(!lower.contains("<!--"), "what follows would be no script");
            // The parser would fold them, and the hash would be another.
            assert!(!text.contains('\r') && !text.contains('\0'));
        }
        for word in ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval("] {
            assert!(!SCRIPT.contains(word), "{word}");
        }
    }

    #[test]
    fn every_slot_is_filled() {
        let report = Report::default();
        let mut rest = TEMPLATE;
        while let Some((_, slot, after)) = next_slot(rest) {
            let made = ["policy", "style", "library", "script", "data"].contains(&slot);
            assert!(made || filled(slot, &report).is_some(), "{slot}");
            rest = after;
        }
        let page = page(&report);
        assert!(page.contains("0 records in, 0 articles out"));
        assert_eq!((page.matches("<script").count(), page.matches("</script>").count()), (3, 3));
    }

    #[test]
    fn the_notice_names_the_libraries_that_are_there() {
        let notice = include_str!("assets/NOTICE.md");
        for library in LIBRARIES {
            let hash: String = Sha256::digest(library).iter().map(|b| format!("{b:02x}")).collect();
            assert!(notice.contains(&hash), "{hash}");
            let version = library.lines().nth(1).and_then(|line| line.rsplit_once(" v")).unwrap().1;
            assert!(notice.contains(version), "{version}");
        }
    }

    #[test]
    fn known_hashes() {
        // Of no bytes, from FIPS 180-4's examples.
        assert_eq!(hash(""), "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
    }
}
