//! Records that kill the process: told by letting another process try them first.
//!
//! A panic is caught; a stack that overflows or memory that runs out is not. When a start of a run
//! has died, the records it had in hand are tried before they are worked on again.

use newsmill_article::{Record, Reject, RejectKind, Stage};
use newsmill_dedup::sketch::Sketcher;
use tracing::warn;

use crate::Error;
use crate::config::Config;
use crate::map::{Chunk, Worker, payload};

/// Tries records in another process, in order, and says of each whether it killed it, and how. An
/// error means that nothing could be tried.
pub type Trial<'a> = &'a (dyn Fn(&[&Record]) -> std::io::Result<Vec<Option<String>>> + Sync);

/// Works on records as a run does and forgets what comes of them: for the process that tries them.
///
/// # Errors
/// When the configuration cannot be used.
pub fn try_records(
    config: &Config,
    records: impl IntoIterator<Item = Record>,
) -> Result<(), Error> {
    let sketcher = Sketcher::new(&config.across).map_err(|e| Error::Config(e.to_string()))?;
    let mut worker = Worker::new(config, &sketcher, None);
    for record in records {
        // A reject, a panic or a full disk is the run's to tell.
        drop(worker.work(vec![Ok(record)]));
    }
    Ok(())
}

/// Makes rejects of the records that kill.
pub(crate) fn without_killers(chunks: &mut [Chunk], config: &Config, trial: Option<Trial<'_>>) {
    let Some(trial) = trial else { return };
    let records: Vec<&Record> = chunks.iter().flatten().flatten().collect();
    let fates = match trial(&records) {
        Ok(fates) => fates,
        Err(error) => {
            warn!(%error, "records of a start that died cannot be tried");
            return;
        }
    };
    let records = chunks.iter_mut().flatten().filter(|record| record.is_ok());
    for (slot, how) in records.zip(fates) {
        let (Ok(record), Some(how)) = (&*slot, how) else { continue };
        let reject = Reject::new(record.origin.clone(), Stage::Parse, RejectKind::Crashed, how);
        *slot = Err(reject.with_payload(payload(record, config)));
    }
}

#[cfg(test)]
mod tests {
    use newsmill_article::Origin;

    use super::*;

    #[test]
    fn killers_are_rejected_and_no_others() {
        let record = |n| Ok(Record::text(Origin::new("t", n), "A river rose."));
        let broken = Reject::new(Origin::new("t", 1), Stage::Read, RejectKind::Corrupt, "cut");
        let mut chunks = vec![vec![record(0), Err(broken.clone())], vec![record(2), record(3)]];
        let trial = |records: &[&Record]| {
            let fate = |r: &&Record| (r.origin.ordinal == 2).then(|| "signal 6".to_owned());
            Ok(records.iter().map(fate).collect())
        };
        let config = Config::default();
        without_killers(&mut chunks, &config, Some(&trial));
        assert_eq!(chunks[0], [record(0), Err(broken)]);
        let killer = chunks[1][0].as_ref().unwrap_err();
        assert_eq!((killer.kind, killer.detail.as_str()), (RejectKind::Crashed, "signal 6"));
        assert_eq!(killer.payload.as_ref().unwrap().bytes, br#"{"text":"A river rose."}"#);
        assert!(chunks[1][1].is_ok());

        let before = chunks.clone();
        without_killers(&mut chunks, &config, Some(&|_| Err(std::io::Error::other("no"))));
        without_killers(&mut chunks, &config, None);
        assert_eq!(chunks, before);
    }
}
