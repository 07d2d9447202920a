//! The names of the files in a run folder.
//!
//! Every name is a fixed one or made from a counter, never from what an input says: no title or id
//! can reach outside the folder, overwrite another article, or be too long for a file system.

use crate::OutputError;

/// One row for each article left out as a duplicate.
pub const DUPLICATES: &str = "duplicates.jsonl";
/// One row for each span removed from an article that was kept.
pub const REMOVED: &str = "removed.jsonl";
/// One row for each place in an article that was kept whose characters had been decoded wrongly.
pub const REPAIRED: &str = "repaired.jsonl";
/// One row for each passage that an earlier article has too.
pub const PASSAGES: &str = "passages.jsonl";
/// One row for each line that was removed as boilerplate: the profile of the run.
pub const BOILERPLATE: &str = "boilerplate.jsonl";
/// One row for each record that could not be read.
pub const REJECTED: &str = "rejected.jsonl";
/// The bytes of such records, a file each.
pub const REJECTED_BYTES: &str = "rejected.tar";
/// Written last: a run folder without it is not finished.
pub const MANIFEST: &str = "manifest.json";
/// Texts of a few removals and duplicates.
pub const SAMPLES: &str = "samples.jsonl";
/// One self-contained page.
pub const REPORT: &str = "report.html";

/// How the names of scratch folders in a run folder start.
pub const SCRATCH: &str = ".spool-";

/// The folders in a run folder.
pub(crate) const FOLDERS: [&str; 6] =
    ["articles", "md", "wet", "newsarticle", "documents", "attributes/newsmill"];

/// `articles/part-00000.jsonl.zst`, …
pub(crate) fn part(folder: &str, counter: u64, extension: &str) -> String {
    format!("{folder}/part-{counter:05}.{extension}")
}

/// `md/00000000.md`, …
pub(crate) fn document(folder: &str, counter: u64, extension: &str) -> String {
    format!("{folder}/{counter:08}.{extension}")
}

/// Folder (empty for the run folder itself) and file of a name.
pub(crate) fn checked(name: &str) -> Result<(&str, &str), OutputError> {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    let plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_');
    let fits = (1..=64).contains(&file.len())
        && !file.starts_with('.')
        && file.bytes().all(plain)
        && (folder.is_empty() != name.contains('/'))
        && (folder.is_empty() || FOLDERS.contains(&folder));
    if fits { Ok((folder, file)) } else { Err(OutputError::Name { name: name.to_owned() }) }
}

/// The name a file has until it is complete.
pub(crate) fn draft(file: &str) -> String {
    format!(".{file}.tmp")
}

/// Whether `file` is a draft.
pub(crate) fn is_draft(file: &str) -> bool {
    file.starts_with('.') && file.ends_with(".tmp")
}

/// Whether a run may have written `file` into `folder`.
pub(crate) fn is_run_file(folder: &str, file: &str) -> bool {
    let counted = |stem: &str| stem.len() >= 5 && stem.bytes().all(|b| b.is_ascii_digit());
    let stem = file.split('.').next().unwrap_or_default();
    match folder {
        "" => [
            DUPLICATES,
            REMOVED,
            REPAIRED,
            PASSAGES,
            BOILERPLATE,
            REJECTED,
            REJECTED_BYTES,
            SAMPLES,
            MANIFEST,
            REPORT,
        ]
        .contains(&file),
        "md" => counted(stem),
        _ => stem.strip_prefix("part-").is_some_and(counted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_fit_and_names_that_do_not() {
        for name in [
            MANIFEST,
            REPORT,
            PASSAGES,
            SAMPLES,
            BOILERPLATE,
            &part("articles", 0, "jsonl.zst"),
            &part("attributes/newsmill", 123_456, "jsonl.gz"),
        ] {
            let (folder, file) = checked(name).unwrap();
            assert!(is_run_file(folder, file), "{name}");
        }
        assert!(is_run_file("md", checked(&document("md", 7, "md")).unwrap().1));
        let long = "x".repeat(65);
        for name in [
            "",
            ".",
            "..",
            "../x",
            "/etc/passwd",
            "articles/",
            "articles/../x",
            "other/x",
            "md//x",
            "attributes/x",
            "attributes/newsmill",
            "attributes/newsmill/../x",
            "/x",
            ".hidden",
            "md/.x",
            "a\\b",
            "a\0b",
            "A",
            "é",
            "CON ",
            long.as_str(),
        ] {
            assert!(checked(name).is_err(), "{name:?}");
        }
        for (folder, file) in [("", "notes.txt"), ("md", "readme.md"), ("articles", "part-x")] {
            assert!(!is_run_file(folder, file), "{file}");
        }
    }
}
