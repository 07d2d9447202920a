//! The house stands as docs/ARCHITECTURE.md draws it: which crate may use which.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// What each crate may use of ours. Tests and benches may use more.
const MAY_USE: &[(&str, &[&str])] = &[
    ("newsmill-article", &[]),
    ("newsmill-read", &["newsmill-article"]),
    ("newsmill-parse", &["newsmill-article"]),
    ("newsmill-dedup", &[]),
    ("newsmill-extract", &["newsmill-article"]),
    ("newsmill-output", &["newsmill-article"]),
    (
        "newsmill-pipeline",
        &[
            "newsmill-article",
            "newsmill-read",
            "newsmill-parse",
            "newsmill-dedup",
            "newsmill-extract",
            "newsmill-output",
        ],
    ),
    ("newsmill", &["newsmill-pipeline"]),
];

fn edges() -> BTreeMap<String, BTreeSet<String>> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec().unwrap();
    let ours: BTreeSet<String> = metadata.packages.iter().map(|p| p.name.to_string()).collect();
    let edges = metadata.packages.iter().map(|package| {
        let used = package.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal);
        let used = used.map(|d| d.name.clone()).filter(|name| ours.contains(name));
        (package.name.to_string(), used.collect())
    });
    edges.collect()
}

#[test]
fn crates_use_only_what_the_house_allows() {
    let edges = edges();
    for (name, used) in &edges {
        if name == "newsmill-benches" {
            continue;
        }
        let allowed = MAY_USE.iter().find(|(n, _)| n == name);
        let Some((_, allowed)) = allowed else { panic!("{name} has no place in the house") };
        for dependency in used {
            assert!(allowed.contains(&dependency.as_str()), "{name} must not use {dependency}");
        }
    }
    for (name, _) in MAY_USE {
        assert!(edges.contains_key(*name), "{name} is in the drawing but not in the house");
    }
}

#[test]
fn every_crate_inherits_the_lints() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let metadata = MetadataCommand::new().current_dir(root).no_deps().exec().unwrap();
    for package in metadata.packages {
        let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{}", package.manifest_path);
    }
}
