//! newsmill from Python: the functions of the module `newsmill._newsmill`, on which the package's
//! Python files stand. Columns come in and go out by the Arrow PyCapsule interface, without a copy and
//! whatever the library; work is done without the interpreter's lock, by the threads of a pool.

mod articles;
mod buckets;
mod column;
mod decide;
mod decisions;
mod dedup;
mod error;
mod index;
mod parse;
mod records;
mod rows;
mod run;
mod sketch;
mod verify;
mod work;

use pyo3::prelude::*;

#[pymodule]
fn _newsmill(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("NewsmillError", py.get_type::<error::NewsmillError>())?;
    module.add("ConfigError", py.get_type::<error::ConfigError>())?;
    module.add("InputError", py.get_type::<error::InputError>())?;
    module.add("OutputError", py.get_type::<error::OutputError>())?;
    module.add("ArticleIndexError", py.get_type::<error::ArticleIndexError>())?;
    module.add("Stopped", py.get_type::<error::Stopped>())?;
    module.add_class::<articles::Articles>()?;
    module.add_class::<buckets::Buckets>()?;
    module.add_function(wrap_pyfunction!(articles::articles_schema, module)?)?;
    module.add_function(wrap_pyfunction!(articles::prepare, module)?)?;
    module.add_function(wrap_pyfunction!(articles::rows, module)?)?;
    module.add_function(wrap_pyfunction!(articles::rows_schema, module)?)?;
    module.add_function(wrap_pyfunction!(buckets::forest, module)?)?;
    module.add_function(wrap_pyfunction!(buckets::probes_needed, module)?)?;
    module.add_function(wrap_pyfunction!(buckets::promising, module)?)?;
    module.add_function(wrap_pyfunction!(decide::decide, module)?)?;
    module.add_function(wrap_pyfunction!(dedup::dedup, module)?)?;
    module.add_function(wrap_pyfunction!(index::check, module)?)?;
    module.add_function(wrap_pyfunction!(index::dedup_behind, module)?)?;
    module.add_function(wrap_pyfunction!(index::merge, module)?)?;
    module.add_function(wrap_pyfunction!(index::stats, module)?)?;
    module.add_function(wrap_pyfunction!(parse::extract, module)?)?;
    module.add_function(wrap_pyfunction!(parse::parse, module)?)?;
    module.add_function(wrap_pyfunction!(parse::repeats, module)?)?;
    module.add_function(wrap_pyfunction!(run::inputs, module)?)?;
    module.add_function(wrap_pyfunction!(run::run, module)?)?;
    module.add_function(wrap_pyfunction!(sketch::sketch, module)?)?;
    module.add_function(wrap_pyfunction!(verify::verify, module)?)?;
    Ok(())
}
