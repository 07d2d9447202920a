//! An explanation in words and as a page.

use newsmill_output::escape::{html, terminal};

use super::{Explanation, Fate, Of, Part, Removed};

/// Characters of a text shown at most.
const SHOWN_CHARS: usize = 100_000;
const STRUCK: &str = "\u{1b}[31;9m";
const DIM: &str = "\u{1b}[2m";
const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[0m";

impl Explanation {
    /// The explanation for a person, with ANSI colours: removed text is struck through and its
    /// reason stands behind it.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out =
            format!("{BOLD}{}{PLAIN} {}\n", terminal(&self.id, 200), self.fate_in_words());
        if let Some(source) = self.source_in_words() {
            out.push_str(&format!("{DIM}{source}{PLAIN}\n"));
        }
        if let Some(missing) = &self.missing {
            out.push_str(&format!("{}\n", terminal(missing, 500)));
        }
        if self.parts.is_empty() {
            return out;
        }
        out.push('\n');
        for part in &self.parts {
            match &part.removed {
                None => push_lines(&mut out, &part.text, ("", "")),
                Some(removed) => {
                    push_lines(&mut out, &part.text, (STRUCK, PLAIN));
                    out.push_str(&format!("{DIM}⟨{}⟩{PLAIN}", self.reason_in_words(removed)));
                }
            }
        }
        out.push('\n');
        out
    }

    /// The explanation as one self-contained page without any script.
    #[must_use]
    pub fn html(&self) -> String {
        let mut out = String::from(
            "<!doctype html><html lang=en><meta charset=utf-8>\
             <meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src \
             'unsafe-inline'\"><meta name=viewport content='width=device-width'>\
             <title>newsmill explain</title><style>\
             body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}\
             pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}\
             del{background:#fdd;color:#600}small{color:#555}\
             @media(prefers-color-scheme:dark){body{background:#111;color:#ddd}\
             del{background:#411;color:#fbb}small{color:#aaa}}</style>",
        );
        out.push_str(&format!("<h1>{}</h1><p>{}", html(&self.id), html(&self.fate_in_words())));
        if let Some(source) = self.source_in_words() {
            out.push_str(&format!("<p><small>{}</small>", html(&source)));
        }
        if let Some(missing) = &self.missing {
            out.push_str(&format!("<p>{}", html(missing)));
        }
        out.push_str("<pre>");
        for part in &self.parts {
            match &part.removed {
                None => out.push_str(&html(&part.text)),
                Some(removed) => out.push_str(&format!(
                    "<del>{}</del><small>⟨{}⟩</small>",
                    html(&part.text),
                    html(&self.reason_in_words(removed))
                )),
            }
        }
        out.push_str("</pre></html>\n");
        out
    }

    fn fate_in_words(&self) -> String {
        let field = |name: &str| {
            let value = self.row.get(name).map(|v| v.get().trim_matches('"').to_owned());
            terminal(&value.unwrap_or_default(), 200).into_owned()
        };
        match self.fate {
            Fate::Kept => {
                let removals: Vec<&Part> =
                    self.parts.iter().filter(|p| p.removed.is_some()).collect();
                let bytes: usize = removals.iter().map(|p| p.end - p.start).sum();
                let mut said = "was kept".to_owned();
                if !self.parts.is_empty() {
                    said.push_str(&match removals.len() {
                        0 => "; nothing was removed from it".to_owned(),
                        1 => format!("; one span ({bytes} bytes) was removed from it"),
                        n => format!("; {n} spans ({bytes} bytes) were removed from it"),
                    });
                }
                if let Some(cluster) = self.row.get("cluster").filter(|c| c.get() != "null") {
                    said.push_str(&format!("; it stands for {}", terminal(cluster.get(), 400)));
                }
                if let Some(related) = self.row.get("related").filter(|r| r.get() != "[]") {
                    said.push_str(&format!("; related: {}", terminal(related.get(), 400)));
                }
                said
            }
            Fate::Duplicate => format!(
                "was left out: {} is kept in its place ({}, similarity {}; {} in words)",
                field("kept"),
                field("method"),
                field("similarity"),
                field("diff"),
            ),
            Fate::Rejected => {
                format!(
                    "could not be read ({}): {}; {}",
                    field("stage"),
                    field("error"),
                    field("hint")
                )
            }
        }
    }

    fn source_in_words(&self) -> Option<String> {
        let source = self.source.as_ref()?;
        let (path, record) = (terminal(&source.path, 200), source.record.to_string());
        let record = terminal(&record, 100);
        Some(format!("from {path}, record {record}, {} bytes at {}", source.length, source.offset))
    }

    fn reason_in_words(&self, removed: &Removed) -> String {
        let mut said = terminal(&removed.reason, 40).replace('_', " ");
        match &removed.of {
            Some(Of::Here(of)) => said.push_str(&format!(" of bytes {}..{}", of.start, of.end)),
            Some(Of::Article { id }) => said.push_str(&format!(" of {}", terminal(id, 200))),
            None => {}
        }
        if let Some(score) = removed.score {
            said.push_str(&format!(", {score:.2}"));
        }
        said
    }
}

/// Text of others, line by line, each line between `marks`.
fn push_lines(out: &mut String, text: &str, marks: (&str, &str)) {
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches(['\n', '\r']);
        if !body.is_empty() {
            out.push_str(marks.0);
            out.push_str(&terminal(body, SHOWN_CHARS));
            out.push_str(marks.1);
        }
        if body.len() < line.len() {
            out.push('\n');
        }
    }
}
