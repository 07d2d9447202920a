//! A difference in words.

use std::fmt;

use newsmill_output::escape::terminal;

use super::{Change, Difference, Fate};

/// Characters shown of what comes from outside.
const SHOWN_CHARS: usize = 200;

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (key, (first, second)) in &self.configuration {
            let (first, second) = (first.to_string(), second.to_string());
            let shown = |value| terminal(value, SHOWN_CHARS);
            writeln!(f, "{key}: {} -> {}", shown(&first), shown(&second))?;
        }
        let (first, second) = &self.tally;
        for (name, first, second) in [
            ("read", first.read, second.read),
            ("kept", first.kept, second.kept),
            ("duplicates", first.duplicates, second.duplicates),
            ("rejected", first.rejected, second.rejected),
            ("bytes of text kept", first.kept_bytes, second.kept_bytes),
            ("bytes of text removed", first.removed_bytes(), second.removed_bytes()),
        ] {
            let change = i128::from(second) - i128::from(first);
            writeln!(f, "{first:>14} -> {second:>14}  {change:>+12}  {name}")?;
        }
        writeln!(f, "{} kept in both with equal rows", self.equal)?;
        writeln!(f, "{} kept in both with rows that differ", self.different)?;
        for (name, count) in &self.fields {
            writeln!(f, "{count:>14}  {}", terminal(name, SHOWN_CHARS))?;
        }
        for Change { from, to, records, examples } in &self.changes {
            writeln!(f, "{records} {} -> {}", fate(*from), fate(*to))?;
            for example in examples {
                let named = example.id.as_deref().unwrap_or(&example.place);
                write!(f, "    {}", terminal(named, SHOWN_CHARS))?;
                match &example.why {
                    Some(why) => writeln!(f, ": {}", terminal(why, SHOWN_CHARS))?,
                    None => writeln!(f)?,
                }
            }
            if *records > examples.len() as u64 {
                writeln!(f, "    and {} more", records - examples.len() as u64)?;
            }
        }
        Ok(())
    }
}

fn fate(fate: Option<Fate>) -> &'static str {
    match fate {
        None => "not there",
        Some(Fate::Kept) => "kept",
        Some(Fate::Duplicate) => "duplicate",
        Some(Fate::Rejected) => "rejected",
    }
}
