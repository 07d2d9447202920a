//! Corpora for the benches.
