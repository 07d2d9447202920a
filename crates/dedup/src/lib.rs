//! Duplicates: repeats within one text and copies across many.
//!
//! Takes texts as `&str` and calls them by their number; knows nothing of articles, files or
//! threads, and can be used alone. [`deduper::dedup`] does everything for a list of texts in
//! memory. For more texts than that, the same pieces are called one by one:
//!
//! 1. For each text, in parallel: [`tokens::tokenize_into`], [`shingles::shingles`],
//!    [`sketch::Sketcher::sketch`]; then, in order, [`candidates::Sketches::push`].
//! 2. [`order::KeepOrder`]: which texts are rather kept than others.
//! 3. [`candidates::Candidates::find`]: pairs worth a look, from the sketches.
//! 4. For each pair, in parallel: [`verify::verify`] on the true shingles, and
//!    [`template::differs_only_in_names_and_numbers`] on the texts of the pairs at or above the drop
//!    threshold.
//! 5. [`keep::Proven::push`], then [`keep::Proven::decide`]: what happens to each text.
//!
//! All of this holds no more than a [`spill::Memory`] allows and puts the rest in scratch files.
//!
//! The same texts and configuration give the same answer on every machine, however the work was
//! spread.

mod block;
pub mod candidates;
pub mod config;
pub mod contained;
pub mod deduper;
pub mod exact;
mod hash;
pub mod index;
pub mod join;
pub mod keep;
pub mod lines;
pub mod lsh;
pub mod order;
pub mod passages;
pub mod shingles;
pub mod sketch;
pub mod spill;
pub mod template;
pub mod tokens;
pub mod verify;
pub mod within;
