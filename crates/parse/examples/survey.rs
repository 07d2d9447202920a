//! Looks at labelled pages as the model of their blocks does: what `data/html/train.py` learns from.
//!
//! ```text
//! cargo run --release -p newsmill-parse --example survey -- LIST > survey.jsonl
//! ```
//! LIST names a page a line, `ID<TAB>FILE`, plain or packed with gzip; a relative FILE is looked for
//! from the folder of LIST. For each page a line of JSON is printed,
//! `{"id": ID, "blocks": [{"text": TEXT, "columns": [NUMBER, ...]}, ...]}`, in the order of LIST.
//! Pages are decoded by their bytes alone, as labelled sets are often kept in another encoding than
//! the pages declare.

use std::error::Error;
use std::fs;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use newsmill_parse::decode;
use newsmill_parse::html::survey;
use serde::Serialize;

/// How a file packed with gzip starts.
const GZIP: &[u8] = &[0x1f, 0x8b];

#[derive(Serialize)]
struct Page<'a> {
    id: &'a str,
    blocks: Vec<Block>,
}

#[derive(Serialize)]
struct Block {
    text: String,
    columns: Vec<f32>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [list] = arguments.as_slice() else {
        return Err("usage: survey LIST".into());
    };
    let folder = Path::new(list).parent().unwrap_or(Path::new(""));
    let mut out = BufWriter::new(io::stdout().lock());
    for line in fs::read_to_string(list)?.lines() {
        let (id, file) = line.split_once('\t').ok_or_else(|| format!("no tab in {line:?}"))?;
        let bytes = unpacked(&folder.join(file)).map_err(|error| format!("{file}: {error}"))?;
        let rows = survey(&decode(bytes, None).text);
        let blocks = rows.into_iter().map(|(columns, text)| Block { text, columns }).collect();
        serde_json::to_writer(&mut out, &Page { id, blocks })?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

fn unpacked(file: &Path) -> io::Result<Vec<u8>> {
    let bytes = fs::read(file)?;
    if !bytes.starts_with(GZIP) {
        return Ok(bytes);
    }
    let mut page = Vec::new();
    MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut page)?;
    Ok(page)
}
