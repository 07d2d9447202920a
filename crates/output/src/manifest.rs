//! The manifest: written last, it closes the books of a run.

use std::collections::BTreeMap;

use newsmill_article::Tally;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::to_raw_value;

use crate::{FileEntry, MANIFEST, OutputError, RunFile, Store};

/// Version of the row formats. It goes up when a field is changed or dropped, not when one is
/// added.
pub const ROW_FORMAT: u32 = 1;

/// What a finished run was made of and came to. The same input, configuration and version give the
/// same manifest but for `run`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of newsmill.
    pub newsmill: String,
    /// Version of the row formats: [`ROW_FORMAT`].
    pub row_format: u32,
    /// The configuration of the run, all defaults filled in, without what only bears on speed.
    pub configuration: serde_json::Value,
    /// The inputs, in the order they were read.
    pub inputs: Vec<InputEntry>,
    /// The files of the run folder but the manifest itself and the report.
    pub files: Vec<FileEntry>,
    /// What came in and what became of it.
    pub tally: Tally,
    /// Records of containers that hold no article by their kind (requests, redirects, images), by
    /// why they were passed over. They are not in the tally.
    #[serde(default)]
    pub skipped: BTreeMap<String, u64>,
    /// Whether the tally balances: always, or the manifest would not have been written.
    pub balanced: bool,
    /// How this run went. Differs from run to run.
    pub run: RunFacts,
}

/// One input.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct InputEntry {
    /// As it was named; `-` for standard input.
    pub path: String,
    /// Its length as stored (compressed, if it is), where that is known.
    pub bytes: Option<u64>,
}

/// How a run went.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RunFacts {
    /// When it was started, RFC 3339 in UTC.
    pub started: String,
    /// How long it took.
    pub seconds: f64,
    /// How many threads it had.
    pub threads: usize,
    /// The most memory it held, where the system tells.
    pub peak_memory_bytes: Option<u64>,
    /// Whether it went on where an earlier one had been broken off.
    pub resumed: bool,
    /// How far it was, now and then, in order.
    #[serde(serialize_with = "moments_on_lines")]
    pub timeline: Vec<Moment>,
}

/// How far a run was at one moment.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Moment {
    /// Seconds since the start.
    pub seconds: f64,
    /// The pass it was in.
    pub pass: String,
    /// How much of the pass was done, in the pass's own unit.
    pub done: u64,
    /// How many records the pass had looked at.
    pub records: u64,
    /// The memory it held, where the system tells.
    pub memory_bytes: Option<u64>,
}

/// One moment a line, however the manifest is laid out.
fn moments_on_lines<S: Serializer>(moments: &[Moment], serializer: S) -> Result<S::Ok, S::Error> {
    let lines = moments.iter().map(to_raw_value).collect::<Result<Vec<_>, _>>();
    lines.map_err(serde::ser::Error::custom)?.serialize(serializer)
}

impl Manifest {
    /// A manifest with this crate's version, no inputs and no files.
    #[must_use]
    pub fn new(configuration: serde_json::Value, tally: Tally) -> Self {
        Self {
            newsmill: env!("CARGO_PKG_VERSION").to_owned(),
            row_format: ROW_FORMAT,
            configuration,
            inputs: Vec::new(),
            files: Vec::new(),
            balanced: tally.check().is_ok(),
            tally,
            skipped: BTreeMap::new(),
            run: RunFacts::default(),
        }
    }

    /// Writes `manifest.json`, the last file of a run.
    ///
    /// # Errors
    /// [`OutputError::Unbalanced`] when the tally does not balance, [`OutputError::Write`]. The run
    /// is not finished then.
    pub fn write(&self, store: &dyn Store) -> Result<FileEntry, OutputError> {
        self.tally.check()?;
        let mut json = serde_json::to_vec_pretty(&Self { balanced: true, ..self.clone() })
            .map_err(|e| OutputError::write(MANIFEST, e))?;
        json.push(b'\n');
        let mut file = RunFile::create(store, MANIFEST)?;
        file.write(&json, 0)?;
        let entry = file.commit()?;
        Ok(FileEntry { rows: None, ..entry })
    }

    /// Reads `manifest.json` back.
    ///
    /// # Errors
    /// [`OutputError::Read`] when it is not there (the run is not finished),
    /// [`OutputError::Manifest`] when it is not one.
    pub fn read(store: &dyn Store) -> Result<Self, OutputError> {
        let mut json = Vec::new();
        store
            .open(MANIFEST)?
            .read_to_end(&mut json)
            .map_err(|e| OutputError::read(store.shown(MANIFEST), e))?;
        serde_json::from_slice(&json)
            .map_err(|source| OutputError::Manifest { path: store.shown(MANIFEST), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryStore;
    use newsmill_article::Reason;

    #[test]
    fn a_manifest_reads_back_as_it_was_written() {
        let store = MemoryStore::new();
        let mut tally = Tally { read: 3, kept: 1, duplicates: 1, rejected: 1, ..Tally::default() };
        (tally.text_bytes, tally.kept_bytes, tally.layout_bytes) = (10, 6, 1);
        tally.removed_bytes.insert(Reason::NearRepeat, 3);
        let mut manifest = Manifest::new(serde_json::json!({ "drop_threshold": 0.7 }), tally);
        manifest.inputs.push(InputEntry { path: "a.jsonl".into(), bytes: Some(7) });
        manifest.run.threads = 2;
        let moment = Moment { seconds: 0.5, pass: "write".into(), records: 7, ..Moment::default() };
        manifest.run.timeline = vec![moment.clone(), Moment { memory_bytes: Some(9), ..moment }];
        let entry = manifest.write(&store).unwrap();
        assert_eq!((entry.name.as_str(), entry.rows), (MANIFEST, None));
        assert_eq!(Manifest::read(&store).unwrap(), manifest);
        let json = String::from_utf8(store.file(MANIFEST).unwrap()).unwrap();
        assert!(json.contains("\"near_repeat\": 3") && json.contains("\"balanced\": true"));
        let moments = json.lines().filter(|line| line.contains("\"pass\":\"write\"")).count();
        assert_eq!(moments, 2, "{json}");
    }

    #[test]
    fn books_that_do_not_balance_are_not_closed() {
        let store = MemoryStore::new();
        let manifest = Manifest::new(().into(), Tally { read: 1, ..Tally::default() });
        assert!(matches!(manifest.write(&store), Err(OutputError::Unbalanced(_))));
        assert!(store.names().is_empty());
        assert!(matches!(Manifest::read(&store), Err(OutputError::Read { .. })));
    }
}
