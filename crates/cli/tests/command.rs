//! The real binary in a temporary folder.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use assert_cmd::cargo::cargo_bin;

fn newsmill(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(cargo_bin!("newsmill"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("RUST_LOG")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

const POST: &str = "A barge ran aground below the old mill on Monday, and nobody could say why it \
had left its moorings.\nThe harbour master of Varde said that the ropes had been cut with a knife, \
and that she had a good idea by whom.\n";

/// A folder with two posts, one of them doubled, and a row file with a bad line.
fn dump() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let posts = folder.path().join("posts");
    std::fs::create_dir(&posts).unwrap();
    std::fs::write(posts.join("a.txt"), format!("{POST}{POST}")).unwrap();
    let other = POST.replace("barge", "ferry").replace("Varde", "Skell") + "It was towed away.\n";
    let row = serde_json::json!({ "id": "b", "text": other });
    std::fs::write(posts.join("b.jsonl"), format!("{row}\nno row\n")).unwrap();
    folder
}

#[test]
fn run_writes_a_run_folder_and_sums_it_up() {
    let folder = dump();
    let out = newsmill(folder.path(), &["run", "posts", "-o", "RUN"]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    assert!(out.stdout.is_empty());
    let said = text(&out.stderr);
    assert!(said.contains("3 read = "), "{said}");
    assert!(said.contains("1 rejected"), "{said}");
    for name in ["articles", "duplicates.jsonl", "removed.jsonl", "rejected.jsonl", "manifest.json"]
    {
        assert!(folder.path().join("RUN").join(name).exists(), "{name}");
    }
}

#[test]
fn exit_codes() {
    let folder = dump();
    // arguments, exit code, what standard error says
    let cases: &[(&[&str], i32, &str)] = &[
        (&["run", "posts", "-o", "A", "-q"], 0, ""),
        (&["run", "posts", "-o", "B", "--strict"], 3, "1 rejected"),
        (&["run", "posts", "-o", "A"], 1, "--overwrite"),
        (&["run", "posts", "-o", "A", "--overwrite"], 0, "read"),
        (&["run", "posts", "-o", "A", "--resume"], 0, "read"),
        (&["run", "posts", "-o", "A", "--resume", "--memory", "1GiB"], 0, "read"),
        (&["run", "posts", "-o", "A", "--resume", "--by-url"], 2, "across.by_identity was false"),
        (&["run", "posts", "-o", "A", "--resume", "--overwrite"], 2, "cannot be used with"),
        (&["run", "posts", "-o", "-", "--resume"], 2, "standard output"),
        (&["run", "-", "-o", "D", "--resume"], 2, "cannot be read again"),
        (&["run", "posts", "-o", "D", "--without", "mood"], 2, "entities"),
        (&["run", "posts", "-o", "-", "--to", "parquet"], 2, "parquet takes files"),
        (&["run", "nowhere", "-o", "C"], 1, "nowhere"),
        (&["run", "posts"], 2, "--output"),
        (&["run", "posts", "-o", "C", "--keep", "shortest"], 2, "keep policy"),
        (&["run", "posts", "-o", "C", "--to", "word"], 2, "jsonl"),
        (&["run", "posts", "-o", "C", "--from", "word"], 2, "jsonl"),
        (&["walk"], 2, "walk"),
        (&["explain", "A", "nobody"], 1, "nobody"),
        (&["explain", "nowhere", "b"], 1, "nowhere"),
        (&["parse", "nowhere.txt"], 1, "nowhere.txt"),
        (&["--version"], 0, ""),
        (&["completions", "bash"], 0, ""),
        (&["man"], 0, ""),
    ];
    for (arguments, code, said) in cases {
        let out = newsmill(folder.path(), arguments);
        let stderr = text(&out.stderr);
        assert_eq!(out.status.code(), Some(*code), "{arguments:?}: {stderr}");
        assert!(stderr.contains(said), "{arguments:?}: {stderr}");
    }
}

#[test]
fn a_child_tells_which_record_it_is_at() {
    use newsmill_pipeline::article::{Origin, Record};

    let config = serde_json::to_string(&newsmill_pipeline::Config::default()).unwrap();
    let record = |n| serde_json::to_string(&Record::text(Origin::new("t", n), POST)).unwrap();
    let mut child = Command::new(cargo_bin!("newsmill"))
        .arg("try")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = format!("{config}\n{}\n{}\n", record(3), record(4));
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success());
    assert_eq!(text(&out.stdout), "3\n4\n");
}

/// Sends a signal to a run in the middle of its input, and returns its exit code.
#[cfg(unix)]
fn signalled(signal: &str) -> Option<i32> {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(cargo_bin!("newsmill"))
        .args(["run", "-", "-o", "RUN", "-q"])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    // More than a pipe holds: once it is written, the run is reading.
    let row = serde_json::json!({ "text": POST }).to_string() + "\n";
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(row.repeat(4_000).as_bytes()).unwrap();
    let kill = format!("kill {signal} {}", child.id());
    let sent = Command::new("sh").args(["-c", &kill]).status().unwrap();
    assert!(sent.success());
    let code = child.wait().unwrap().code();
    assert!(!folder.path().join("RUN/manifest.json").exists());
    drop(stdin);
    code
}

#[cfg(unix)]
#[test]
fn signals_have_exit_codes_of_their_own() {
    assert_eq!(signalled("-INT"), Some(130));
    assert_eq!(signalled("-TERM"), Some(143));
}

#[test]
fn rows_go_to_standard_output() {
    let folder = dump();
    let out = newsmill(folder.path(), &["run", "posts", "-o", "-", "-q"]);
    assert!(out.status.success());
    let rows: Vec<serde_json::Value> =
        text(&out.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["source"]["path"], "posts/a.txt");
}

#[test]
fn standard_input_is_an_input() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["parse"][..], &["parse", "-"], &["run", "-", "-o", "-", "-q"]] {
        let mut child = Command::new(cargo_bin!("newsmill"))
            .args(arguments)
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(POST.as_bytes()).unwrap();
        let out = child.wait_with_output().unwrap();
        assert!(out.status.success());
        let row: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
        assert!(row["text"].as_str().unwrap().starts_with("A barge"), "{arguments:?}");
    }
}

#[test]
fn nobody_listening_is_no_failure() {
    let folder = dump();
    let rows: String = (0..5_000)
        .map(|i| {
            let text = format!("Barge number {i} of {} came to town {} today.", i * 7, i * 13);
            format!("{}\n", serde_json::json!({ "id": i.to_string(), "text": text }))
        })
        .collect();
    std::fs::write(folder.path().join("many.jsonl"), rows).unwrap();
    let mut child = Command::new(cargo_bin!("newsmill"))
        .args(["run", "many.jsonl", "-o", "-", "-q"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let out = child.wait_with_output().unwrap();
    assert_eq!((out.status.code(), text(&out.stderr)), (Some(0), String::new()));
}

#[test]
fn explain_tells_what_was_removed_and_why() {
    let folder = dump();
    newsmill(folder.path(), &["run", "posts", "-o", "RUN", "-q"]);
    let rows = text(&newsmill(folder.path(), &["run", "posts", "-o", "-", "-q"]).stdout);
    let row: serde_json::Value = serde_json::from_str(rows.lines().next().unwrap()).unwrap();
    let id = row["id"].as_str().unwrap();

    let told = text(&newsmill(folder.path(), &["explain", "RUN", id]).stdout);
    assert!(told.contains("was kept; 2 spans"), "{told}");
    assert!(told.contains("⟨repeat of bytes 0.."), "{told}");
    assert!(!told.contains('\u{1b}'), "no colours where there is no terminal");

    let json = newsmill(folder.path(), &["explain", "RUN", id, "--format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let parts = json["parts"].as_array().unwrap();
    let source: String = parts.iter().map(|part| part["text"].as_str().unwrap()).collect();
    assert_eq!(source, format!("{POST}{POST}"));

    let page = text(&newsmill(folder.path(), &["explain", "RUN", id, "--format", "html"]).stdout);
    assert!(page.contains("<del>A barge") && !page.contains("<script"));

    let told = text(&newsmill(folder.path(), &["explain", "RUN", "posts/b.jsonl#1"]).stdout);
    assert!(told.contains("could not be read"), "{told}");
}

#[test]
fn logs_are_json_on_request() {
    let folder = dump();
    let out = newsmill(folder.path(), &["run", "posts", "-o", "RUN", "-v", "--log-format", "json"]);
    let said = text(&out.stderr);
    let events = said.lines().filter(|line| line.starts_with('{'));
    let events: Vec<serde_json::Value> =
        events.map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(events.iter().any(|e| e["fields"]["message"] == "written"), "{said}");
}

#[test]
fn dry_run_says_what_would_be_done_and_does_nothing() {
    let folder = dump();
    let config = folder.path().join("newsmill.toml");
    std::fs::write(&config, "[across]\ndrop_threshold = 0.9\n").unwrap();
    let arguments = [
        "run",
        "posts",
        "-o",
        "RUN",
        "--dry-run",
        "--config",
        "newsmill.toml",
        "--keep",
        "longest",
    ];
    let out = newsmill(folder.path(), &arguments);
    let plan = text(&out.stdout);
    assert!(plan.contains("drop_threshold = 0.9") && plan.contains("keep = \"longest\""), "{plan}");
    assert!(plan.contains("posts/a.txt") && plan.contains("# formats: 1 jsonl, 1 text"), "{plan}");
    assert!(!folder.path().join("RUN").exists());

    // What it prints is a configuration.
    std::fs::write(&config, &plan).unwrap();
    let again = newsmill(folder.path(), &arguments);
    assert_eq!(text(&again.stdout), plan);

    std::fs::write(&config, "[across]\ndrop_treshold = 0.9\n").unwrap();
    let out = newsmill(folder.path(), &arguments);
    assert_eq!(out.status.code(), Some(2));
    let said = text(&out.stderr);
    assert!(
        said.contains("drop_treshold") && said.contains("did you mean `drop_threshold`?"),
        "{said}"
    );
}

#[test]
fn the_configuration_is_printed_with_comments_and_can_be_read_again() {
    let folder = dump();
    let config = text(&newsmill(folder.path(), &["run", "--print-config"]).stdout);
    assert!(config.contains("# Words of a shingle.\nshingle_words = 5\n"), "{config}");
    std::fs::write(
        folder.path().join("a.toml"),
        config.replace("min_words = 50", "min_words = 40"),
    )
    .unwrap();
    let arguments = ["dedup", "--config", "a.toml", "--sample", "9", "--print-config"];
    let printed = text(&newsmill(folder.path(), &arguments).stdout);
    for line in ["min_words = 40", "sample = 9", "mode = \"verbatim\""] {
        assert!(printed.lines().any(|l| l == line), "{line}: {printed}");
    }
}

#[test]
fn what_was_rejected_is_tried_again() {
    let folder = dump();
    let say = |arguments: &[&str], code: i32| {
        let out = newsmill(folder.path(), arguments);
        let said = text(&out.stdout) + &text(&out.stderr);
        assert_eq!(out.status.code(), Some(code), "{arguments:?}: {said}");
        said
    };
    let said = say(&["run", "posts/b.jsonl", "-o", "RUN", "--text-field", "body"], 0);
    assert!(said.contains("2 read = 0 kept + 0 duplicates + 2 rejected"), "{said}");
    let said = say(&["retry", "RUN", "-o", "AGAIN"], 0);
    assert!(said.contains("2 read = 0 kept + 0 duplicates + 2 rejected"), "{said}");
    let again = ["retry", "AGAIN", "-o", "THIRD", "--text-field", "text", "--strict"];
    let said = say(&again, 3);
    assert!(said.contains("2 read = 1 kept + 0 duplicates + 1 rejected"), "{said}");
    let rejected = std::fs::read_to_string(folder.path().join("THIRD/rejected.jsonl")).unwrap();
    let row: serde_json::Value = serde_json::from_str(&rejected).unwrap();
    assert_eq!(row["path"], "AGAIN/rejected.tar!/00000001.jsonl");

    say(&["run", "posts/a.txt", "-o", "FINE"], 0);
    assert!(say(&["retry", "FINE", "-o", "X"], 2).contains("put no rejected records aside"));
    say(&["retry", "posts", "-o", "X"], 1);
}

#[test]
fn two_runs_are_compared() {
    let folder = dump();
    let say = |arguments: &[&str]| {
        let out = newsmill(folder.path(), arguments);
        assert!(out.status.success(), "{arguments:?}: {}", text(&out.stderr));
        text(&out.stdout)
    };
    say(&["run", "posts", "-o", "A", "-q", "--drop-threshold", "2", "--without", "quotes"]);
    say(&["run", "posts", "-o", "B", "-q", "--drop-threshold", "0.3", "--link-threshold", "0.3"]);
    let same = say(&["diff", "A", "A"]);
    assert!(
        same.contains("2 kept in both with equal rows\n0 kept in both with rows that differ\n")
    );
    let told = say(&["diff", "A", "B"]);
    for line in [
        "across.drop_threshold: 2.0 -> 0.3",
        "extract.without: [\"quotes\"] -> []",
        "1 kept -> duplicate",
        "    b: near duplicate of ",
    ] {
        assert!(told.lines().any(|l| l.starts_with(line)), "{line}: {told}");
    }
    // The other way round, and with a record that one run does not have.
    let told = say(&["diff", "B", "A"]);
    assert!(told.contains("1 duplicate -> kept\n    b: near duplicate of "), "{told}");
    say(&["run", "posts/a.txt", "-o", "C", "-q"]);
    let told: serde_json::Value =
        serde_json::from_str(&say(&["diff", "A", "C", "--format", "json"])).unwrap();
    let changes: Vec<_> = (told["changes"].as_array().unwrap().iter())
        .map(|change| (change["from"].as_str(), change["to"].as_str(), change["records"].as_u64()))
        .collect();
    let gone = |fate| (Some(fate), None, Some(1));
    assert_eq!(changes, [gone("kept"), gone("rejected")]);
}

#[test]
fn a_sample_is_taken_from_all_inputs_and_the_summary_is_json_on_request() {
    let folder = dump();
    let posts = folder.path().join("posts");
    for n in 0..20 {
        std::fs::write(posts.join(format!("c{n:02}.txt")), format!("{POST}And {n} more.\n"))
            .unwrap();
    }
    let run = ["run", "posts", "-o", "RUN", "--sample", "11", "--stats", "json"];
    let out = newsmill(folder.path(), &run);
    let stats: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(stats["tally"]["read"], 11);
    assert!(out.stderr.is_empty(), "{}", text(&out.stderr));
    let sources: Vec<String> = ["duplicates.jsonl", "rejected.jsonl"]
        .iter()
        .map(|name| std::fs::read_to_string(folder.path().join("RUN").join(name)).unwrap())
        .collect();
    // Every second file.
    assert!(sources.concat().contains("c18.txt") && !sources.concat().contains("c19.txt"));
}

#[test]
fn an_index_remembers_is_shown_merged_and_checked() {
    let folder = dump();
    let say = |arguments: &[&str], code: i32| {
        let out = newsmill(folder.path(), arguments);
        let said = text(&out.stdout) + &text(&out.stderr);
        assert_eq!(out.status.code(), Some(code), "{arguments:?}: {said}");
        said
    };
    say(&["index", "stats", "seen"], 2);
    say(&["run", "posts", "-o", "ONE", "--index", "seen"], 0);
    let said = say(&["run", "posts", "-o", "TWO", "--index", "seen"], 0);
    assert!(said.contains("3 read = 0 kept + 2 duplicates + 1 rejected"), "{said}");
    std::fs::write(folder.path().join("more.txt"), POST.replace(" a ", " an old ")).unwrap();
    let more = ["run", "more.txt", "--index", "seen", "--drop-threshold", "0.99", "-o"];
    say(&[&more[..], &["THREE", "--index-read-only"]].concat(), 0);
    say(&[&more[..], &["FOUR"]].concat(), 0);
    let said = say(&["index", "stats", "seen"], 0);
    assert!(said.starts_with("3 articles in 2 segments, "), "{said}");
    assert!(said.contains("1 articles of ") && said.contains("FOUR, started 2"), "{said}");
    let said = say(&["index", "merge", "seen"], 0);
    assert!(said.starts_with("3 articles in 1 segments, "), "{said}");
    let said = say(&["index", "stats", "seen", "--format", "json"], 0);
    let stats: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&stats["articles"], &stats["runs"][1]["texts"]), (&3.into(), &1.into()));
    assert!(say(&["index", "verify", "seen"], 0).contains("all is well: 3 articles"));
    let file = folder.path().join("seen/00000003.texts");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[40] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let said = say(&["index", "verify", "seen"], 1);
    assert!(said.contains("00000003.texts: bytes 12.."), "{said}");
}
