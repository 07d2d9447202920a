//! Progress on a terminal.

use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use newsmill_pipeline::{Pass, Progress};

/// One line for each pass on standard error, gone when it ends. Draws nothing where standard
/// error is no terminal.
#[derive(Debug, Default)]
pub(crate) struct Bars(Mutex<Option<ProgressBar>>);

impl Bars {
    fn with(&self, act: impl FnOnce(&mut Option<ProgressBar>)) {
        if let Ok(mut bar) = self.0.lock() {
            act(&mut bar);
        }
    }
}

impl Progress for Bars {
    fn begin(&self, pass: Pass, total: Option<u64>) {
        let unit =
            if pass == Pass::Map { "{bytes} ({bytes_per_sec})" } else { "{pos} ({per_sec})" };
        let template = match total {
            Some(_) => format!("{{msg:16}} {{bar:30}} {unit} of {{len}}, {{eta}} left {{prefix}}"),
            None => format!("{{msg:16}} {{spinner}} {unit} {{prefix}}"),
        };
        let style = ProgressStyle::with_template(&template)
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        bar.set_style(style);
        bar.set_message(pass.name());
        bar.enable_steady_tick(Duration::from_millis(200));
        self.with(|slot| *slot = Some(bar));
    }

    fn at(&self, done: u64, records: u64) {
        self.with(|slot| {
            if let Some(bar) = slot {
                bar.set_position(done);
                if records > 0 {
                    bar.set_prefix(format!("· {records} records"));
                }
            }
        });
    }

    fn end(&self) {
        self.with(|slot| {
            if let Some(bar) = slot.take() {
                bar.finish_and_clear();
            }
        });
    }
}
