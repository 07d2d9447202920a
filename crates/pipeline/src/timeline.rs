//! How far a run was, now and then, for the manifest.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use newsmill_output::Moment;

use crate::progress::{Pass, Progress};

/// Moments kept: beyond, every second one goes and the others come half as often.
const MOMENTS: usize = 160;
/// Time between moments at first.
const PACE: Duration = Duration::from_millis(25);

/// Progress that is noted and handed on.
pub(crate) struct Timeline<'a> {
    next: &'a dyn Progress,
    started: Instant,
    noted: Mutex<Noted>,
}

#[derive(Debug)]
struct Noted {
    moments: Vec<Moment>,
    pass: &'static str,
    /// What was told last, noted or not.
    last: (u64, u64),
    pace: Duration,
    due: Instant,
}

impl<'a> Timeline<'a> {
    pub(crate) fn new(next: &'a dyn Progress, started: Instant) -> Self {
        let noted = Noted { moments: Vec::new(), pass: "", last: (0, 0), pace: PACE, due: started };
        Self { next, started, noted: Mutex::new(noted) }
    }

    /// The moments so far.
    pub(crate) fn moments(&self) -> Vec<Moment> {
        self.noted().moments.clone()
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, noted: &mut Noted, now: Instant) {
        let (done, records) = noted.last;
        let seconds = now.duration_since(self.started).as_secs_f64();
        noted.moments.push(Moment {
            // As exact as anybody looks at.
            seconds: (seconds * 1e3).round() / 1e3,
            pass: noted.pass.to_owned(),
            done,
            records,
            memory_bytes: memory_bytes("VmRSS:"),
        });
        if noted.moments.len() > MOMENTS {
            let mut at = 0;
            noted.moments.retain(|_| {
                at += 1;
                at % 2 == 1
            });
            noted.pace *= 2;
        }
        noted.due = now + noted.pace;
    }
}

impl Progress for Timeline<'_> {
    fn begin(&self, pass: Pass, total: Option<u64>) {
        let mut noted = self.noted();
        (noted.pass, noted.last) = (pass.name(), (0, 0));
        self.note(&mut noted, Instant::now());
        drop(noted);
        self.next.begin(pass, total);
    }

    fn at(&self, done: u64, records: u64) {
        let mut noted = self.noted();
        // What is told from several threads may come a little out of order.
        noted.last = (noted.last.0.max(done), noted.last.1.max(records));
        let now = Instant::now();
        if now >= noted.due {
            self.note(&mut noted, now);
        }
        drop(noted);
        self.next.at(done, records);
    }

    fn end(&self) {
        let mut noted = self.noted();
        self.note(&mut noted, Instant::now());
        drop(noted);
        self.next.end();
    }
}

/// A line of `/proc/self/status` in bytes, where the system has one.
pub(crate) fn memory_bytes(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? << 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Silent;

    #[test]
    fn moments_are_few_and_in_order_and_tell_the_end_of_each_pass() {
        let started = Instant::now();
        let timeline = Timeline::new(&Silent, started);
        timeline.begin(Pass::Map, None);
        for record in 1..=5_000 {
            timeline.at(record * 10, record);
            // As if much time had passed.
            timeline.noted().due = started;
        }
        timeline.end();
        timeline.begin(Pass::Write, Some(7));
        timeline.at(7, 7);
        timeline.end();
        let moments = timeline.moments();
        assert!((MOMENTS / 2..=MOMENTS + 1).contains(&moments.len()), "{}", moments.len());
        assert!(moments.is_sorted_by(|a, b| a.seconds <= b.seconds));
        let last = moments.last().unwrap();
        assert_eq!((last.pass.as_str(), last.done, last.records), ("write", 7, 7));
        assert!(moments.iter().any(|m| m.pass == "read and clean" && m.records > 4_000));
    }
}
