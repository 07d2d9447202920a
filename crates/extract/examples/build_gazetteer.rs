//! Makes `data/entities/gazetteer.fst` from the rows of `data/entities/gazetteer.py`.
//!
//! ```sh
//! python3 data/entities/gazetteer.py TEXTS.jsonl > gazetteer.tsv
//! cargo run --release -p newsmill-extract --example build_gazetteer -- gazetteer.tsv data/entities/gazetteer.fst
//! ```

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(from), Some(to)) = (args.next(), args.next()) else {
        return Err("usage: build_gazetteer ROWS.tsv TABLE.fst".into());
    };
    let mut rows = Vec::new();
    for line in BufReader::new(File::open(from)?).lines() {
        let line = line?;
        let (name, bits) = line.split_once('\t').ok_or("a row without a tab")?;
        rows.push((name.to_owned(), bits.parse::<u64>()?));
    }
    rows.sort();
    let mut table = fst::MapBuilder::new(BufWriter::new(File::create(to)?))?;
    for (name, bits) in rows {
        table.insert(name, bits)?;
    }
    Ok(table.finish()?)
}
