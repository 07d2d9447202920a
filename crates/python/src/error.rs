//! What goes wrong, as exceptions that say where and why.

use std::error::Error as _;
use std::io;
use std::path::Path;

use newsmill_pipeline as pipeline;
use newsmill_pipeline::dedup::candidates::AcrossError;
use newsmill_pipeline::dedup::config::ConfigError as AcrossConfigError;
use newsmill_pipeline::dedup::index::IndexError;
use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyKeyboardInterrupt, PyOSError};
use pyo3::prelude::*;

create_exception!(
    newsmill,
    NewsmillError,
    PyException,
    "What ends a call. `place` is the file or argument it is about, `hint` what to do about it, each \
     None where there is none; `__cause__` is the system's error where there is one."
);
create_exception!(newsmill, ConfigError, NewsmillError, "A setting or argument cannot be used.");
create_exception!(newsmill, InputError, NewsmillError, "An input cannot be used.");
create_exception!(newsmill, OutputError, NewsmillError, "The run folder or scratch files failed.");
create_exception!(newsmill, ArticleIndexError, NewsmillError, "The index cannot be used.");
create_exception!(
    newsmill,
    Stopped,
    NewsmillError,
    "The run was told to stop; what is done stays."
);

/// What goes wrong in a function of the module.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Pipeline(#[from] pipeline::Error),
    #[error(transparent)]
    Across(#[from] AcrossError),
    #[error(transparent)]
    Index(#[from] IndexError),
    /// A column or setting is not what it should be.
    #[error("{argument}: {detail}")]
    Argument { argument: &'static str, detail: String },
    #[error(transparent)]
    Arrow(#[from] arrow_schema::ArrowError),
    #[error("scratch file: {0}")]
    Scratch(#[from] io::Error),
    /// A callback raised, or a signal came.
    #[error(transparent)]
    Python(#[from] PyErr),
    #[error("stopped")]
    Stopped,
    #[error("a worker panicked; this is a bug in newsmill, please report it")]
    Panicked,
}

impl Error {
    pub(crate) fn argument(argument: &'static str, detail: impl ToString) -> Self {
        Self::Argument { argument, detail: detail.to_string() }
    }

    fn place(&self) -> Option<String> {
        let shown = |path: &Path| Some(path.display().to_string());
        match self {
            Self::Argument { argument, .. } => Some((*argument).to_owned()),
            Self::Pipeline(error) => match error {
                pipeline::Error::Open { path, .. }
                | pipeline::Error::Spool { path, .. }
                | pipeline::Error::SpoolDamaged { path, .. }
                | pipeline::Error::Busy { path }
                | pipeline::Error::Differs { path, .. }
                | pipeline::Error::RunFolder { path, .. } => shown(path),
                _ => None,
            },
            _ => None,
        }
    }

    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Pipeline(error) => error.hint(),
            Self::Index(error) => Some(error.hint()),
            _ => None,
        }
    }
}

impl From<AcrossConfigError> for Error {
    fn from(error: AcrossConfigError) -> Self {
        Self::Across(error.into())
    }
}

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let made = match &error {
            Error::Python(_) => None,
            Error::Stopped => Some(PyKeyboardInterrupt::new_err(())),
            Error::Pipeline(cause) => Some(match cause {
                pipeline::Error::Config(_) => ConfigError::new_err(message),
                pipeline::Error::Open { .. } | pipeline::Error::Read(_) => {
                    InputError::new_err(message)
                }
                pipeline::Error::Index(_) => ArticleIndexError::new_err(message),
                pipeline::Error::Stopped => Stopped::new_err(message),
                pipeline::Error::Books(_)
                | pipeline::Error::Panicked(_)
                | pipeline::Error::Threads(_) => NewsmillError::new_err(message),
                _ => OutputError::new_err(message),
            }),
            Error::Across(AcrossError::Spill(_)) | Error::Scratch(_) => {
                Some(OutputError::new_err(message))
            }
            Error::Across(_) | Error::Argument { .. } | Error::Arrow(_) => {
                Some(ConfigError::new_err(message))
            }
            Error::Index(_) => Some(ArticleIndexError::new_err(message)),
            Error::Panicked => Some(NewsmillError::new_err(message)),
        };
        let Some(made) = made else {
            let Error::Python(raised) = error else { return NewsmillError::new_err("") };
            return raised;
        };
        Python::attach(|py| {
            let value = made.value(py);
            // An exception that takes no attributes is still the right exception.
            drop(value.setattr("place", error.place()));
            drop(value.setattr("hint", error.hint()));
            if let Some(cause) = system_error(&error) {
                made.set_cause(py, Some(PyOSError::new_err(cause)));
            }
        });
        made
    }
}

/// The system's number and message at the root of an error.
fn system_error(error: &Error) -> Option<(Option<i32>, String)> {
    let mut next = error.source();
    while let Some(cause) = next {
        if let Some(cause) = cause.downcast_ref::<io::Error>() {
            return Some((cause.raw_os_error(), cause.to_string()));
        }
        next = cause.source();
    }
    None
}
