//! How the search for duplicates scales: generated sketches, in a given memory.
//!
//! ```text
//! cargo run --release -p newsmill-dedup --example scale -- TEXTS MEMORY FOLDER [SHINGLES]
//! cargo run --release -p newsmill-dedup --example scale -- 10000000 1073741824 /tmp
//! ```
//! TEXTS sketches are generated, of texts of SHINGLES shingles each (default 200). One text in ten
//! is a near copy of a text up to a million places before it, one in fifty is the first half of
//! one; the others have nothing in common. A near copy shares its source's shingles up to a
//! similarity of 0.5 to 1. Signatures are drawn, value by value, as MinHash would give them: with
//! the chance of the similarity equal to the source's. The proof is left out, as there are no texts:
//! a pair counts as proven when it was planted, with the similarity that was planted.
//!
//! One line of tab-separated figures is printed, below a line of their names. Memory, written and
//! free bytes are read from /proc and are 0 elsewhere.

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use newsmill_dedup::candidates::{Candidates, Sketches};
use newsmill_dedup::config::{AcrossConfig, Contained};
use newsmill_dedup::keep::{Decision, DropMethod, Proven};
use newsmill_dedup::order::KeepOrder;
use newsmill_dedup::sketch::Sketch;
use newsmill_dedup::spill::Memory;
use newsmill_dedup::verify::{Containment, Pair};

/// A planted copy lies at most so far behind its source.
const REACH: u64 = 1_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [texts, bytes, folder, rest @ ..] = arguments.as_slice() else {
        return Err("usage: scale TEXTS MEMORY FOLDER [SHINGLES]".into());
    };
    let texts: u32 = texts.parse()?;
    let shingles: u32 = rest.first().map_or(Ok(200), |count| count.parse())?;
    let memory = Memory::new(bytes.parse()?, folder);
    let config = AcrossConfig { contained: Contained::Drop, ..AcrossConfig::default() };
    let planted = Plants { shingles, sampling: config.containment_sampling };

    let clock = Clock::start();
    let mut sketches = Sketches::new(&config, &memory)?;
    for doc in 0..texts {
        sketches.push(&planted.sketch(doc, config.permutations()))?;
    }
    sketches.finish()?;
    let (generated, sketch_disk) = (clock.read(), disk(Path::new(folder))?);

    let order = KeepOrder::input(texts);
    let found = Candidates::find(&sketches, &order, &config, &memory, &mut |_, _| Ok(()))?;
    let searched = clock.read();
    let mut proven = Proven::new(&memory);
    let (mut pairs, mut near, mut contained) = (0_u64, 0_u64, 0_u64);
    for pair in found.pairs(&order)? {
        let (later, earlier) = pair?;
        pairs += 1;
        if let Some(pair) = planted.prove(earlier, later) {
            if pair.contained.is_some() {
                contained += 1;
            } else {
                near += 1;
            }
            proven.push(&pair, &order)?;
        }
    }
    let decisions = proven.decide(&sketches, &found.duplicates, &order, &config, &memory)?;
    let (mut dropped_near, mut dropped_contained) = (0_u64, 0_u64);
    for decision in decisions.iter()? {
        match decision? {
            Decision::Drop { method: DropMethod::Contained, .. } => dropped_contained += 1,
            Decision::Drop { .. } => dropped_near += 1,
            Decision::Keep { .. } => {}
        }
    }
    let decided = clock.read();

    let (mut all_near, mut all_contained) = (0_u64, 0_u64);
    for doc in 0..texts {
        match planted.origin(doc) {
            Some(Origin { half: false, .. }) => all_near += 1,
            Some(Origin { half: true, .. }) => all_contained += 1,
            None => {}
        }
    }
    let share = |part: u64, whole: u64| part as f64 / (whole as f64).max(1.0);
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "texts\tpairs\trecall near\trecall contained\tdropped near\tdropped contained\t\
         cpu s sketches\tcpu s search\tcpu s decide\twall s\tus/text of search and decide\t\
         peak MiB\tdisk bytes/text of sketches\twritten bytes/text"
    )?;
    writeln!(
        out,
        "{texts}\t{pairs}\t{:.5}\t{:.5}\t{dropped_near}\t{dropped_contained}\t{:.1}\t{:.1}\t{:.1}\t\
         {:.1}\t{:.2}\t{}\t{:.0}\t{:.0}",
        share(near, all_near),
        share(contained, all_contained),
        generated.cpu,
        searched.cpu - generated.cpu,
        decided.cpu - searched.cpu,
        decided.wall,
        (decided.cpu - generated.cpu) * 1e6 / f64::from(texts),
        peak_bytes() >> 20,
        share(sketch_disk, texts.into()),
        share(written_bytes(), texts.into()),
    )?;
    Ok(())
}

/// What is planted where: all of it follows from the number of a text.
struct Plants {
    shingles: u32,
    sampling: u64,
}

/// Where a planted copy comes from.
struct Origin {
    source: u32,
    /// The first half of the source, or a near copy of all of it.
    half: bool,
    similarity: f64,
}

impl Plants {
    /// Sources have no source themselves.
    fn origin(&self, doc: u32) -> Option<Origin> {
        let kind = random(doc.into(), 1) % 50;
        if kind > 5 || doc == 0 {
            return None;
        }
        let back = 1 + random(doc.into(), 2) % REACH.min(doc.into());
        let source = doc - back as u32;
        if random(source.into(), 1) % 50 <= 5 {
            return None;
        }
        let half = kind == 5;
        let steps = random(doc.into(), 3) % 1000;
        let similarity = if half { 0.5 } else { 0.5 + steps as f64 / 2000.0 };
        Some(Origin { source, half, similarity })
    }

    fn prove(&self, earlier: u32, later: u32) -> Option<Pair> {
        let origin = self.origin(later).filter(|origin| origin.source == earlier)?;
        let contained = origin.half.then_some(Containment::BInA(1.0));
        let jaccard = if origin.half { 0.5 } else { origin.similarity };
        Some(Pair { a: earlier, b: later, jaccard, contained, template: false })
    }

    fn sketch(&self, doc: u32, values: usize) -> Sketch {
        let origin = self.origin(doc);
        let own = |doc: u32, value: u64| random(doc.into(), 1000 + value) as u32;
        let threshold = |similarity: f64| (similarity * f64::from(u32::MAX)) as u32;
        let limit = origin.as_ref().map_or(0, |origin| threshold(origin.similarity));
        let source = origin.as_ref().map_or(doc, |origin| origin.source);
        let signature = (0..values as u64).map(|value| {
            let drawn = limit > 0 && (random(doc.into(), 9000 + value) as u32) < limit;
            own(if drawn { source } else { doc }, value)
        });
        let half = origin.as_ref().is_some_and(|origin| origin.half);
        let sampled = u64::from(self.shingles) / self.sampling;
        // Of J = both / either, with sets of equal size, follows both / one = 2 J / (1 + J).
        let shared = match &origin {
            Some(origin) if origin.half => 1.0,
            Some(Origin { similarity, .. }) => 2.0 * similarity / (1.0 + similarity),
            None => 0.0,
        };
        let mut samples: Vec<u32> = (0..if half { sampled / 2 } else { sampled })
            .map(|number| {
                let drawn = (random(doc.into(), 20_000 + number) as u32) < threshold(shared);
                random((if drawn { source } else { doc }).into(), 30_000 + number) as u32
            })
            .collect();
        samples.sort_unstable();
        Sketch {
            identity: None,
            fingerprint: Some(u128::from(random(doc.into(), 4)) << 32 | u128::from(doc)),
            shingles: if half { self.shingles / 2 } else { self.shingles },
            signature: signature.collect(),
            sampled: samples.into(),
        }
    }
}

/// Number `index` of the random sequence of a text (SplitMix64's finish).
fn random(doc: u64, index: u64) -> u64 {
    let mut z = (doc << 16 | index).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) >> 16
}

struct Clock(Instant);

struct Seconds {
    cpu: f64,
    wall: f64,
}

impl Clock {
    fn start() -> Self {
        Self(Instant::now())
    }

    /// Since the start of the process.
    fn read(&self) -> Seconds {
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        // The second field, the name, may hold blanks, but ends with the last parenthesis.
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11);
        let ticks: u64 = fields.take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
        // Linux tells these times in hundredths of a second.
        Seconds { cpu: ticks as f64 / 100.0, wall: self.0.elapsed().as_secs_f64() }
    }
}

fn peak_bytes() -> u64 {
    proc_number("/proc/self/status", "VmHWM:") << 10
}

fn written_bytes() -> u64 {
    proc_number("/proc/self/io", "wchar:")
}

fn proc_number(file: &str, name: &str) -> u64 {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Bytes of the scratch files in a folder.
fn disk(folder: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("spill-") {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}
