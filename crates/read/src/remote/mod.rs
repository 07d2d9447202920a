//! Objects in stores on a network: S3, Google Cloud Storage, Azure and plain HTTP.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    Error, GetOptions, GetRange, GetResult, ObjectMeta, ObjectStore, ObjectStoreExt, parse_url_opts,
};
use tokio::runtime::Runtime;
use url::Url;

use crate::ReadError;

/// Bytes asked for at once, and held.
const PART_BYTES: u64 = 4 << 20;

/// How often a part is asked for again whose bytes do not all arrive. What a server refuses for the
/// moment is asked for again by the store's own client, with pauses.
const RETRIES: usize = 3;

/// An object, known by its address, size and version.
#[derive(Clone)]
pub(crate) struct Object {
    store: Arc<Store>,
    path: Path,
    bytes: u64,
    e_tag: Option<String>,
}

/// A store, and what its requests run on: the thread that waits for them.
struct Store {
    runtime: Runtime,
    store: Box<dyn ObjectStore>,
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object").field("path", &self.path.as_ref()).finish_non_exhaustive()
    }
}

/// The objects that a URL stands for, each with the URL of its own: one, or with `/` at its end all
/// that stand below it, in the order of their paths. Names that start with a dot are left out, as in
/// folders. Credentials and endpoints are in `options`, named like the environment variables of the
/// stores (`AWS_ACCESS_KEY_ID`, `GOOGLE_SERVICE_ACCOUNT`, `AZURE_STORAGE_ACCOUNT_NAME` …).
pub(crate) fn objects(
    url: &str,
    options: impl Iterator<Item = (String, String)>,
) -> Result<Vec<(String, Object)>, ReadError> {
    let fail = |detail: String| ReadError::Remote { url: url.to_owned(), detail };
    let parsed = Url::parse(url).map_err(|error| fail(error.to_string()))?;
    if parsed.query().is_some() || parsed.fragment().is_some() {
        return Err(fail("a query or fragment is not sent: leave it out".to_owned()));
    }
    // Who writes http means it.
    let plain = (parsed.scheme() == "http").then(|| ("allow_http".to_owned(), "true".to_owned()));
    let (store, path) =
        parse_url_opts(&parsed, options.chain(plain)).map_err(|error| fail(error.to_string()))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| fail(error.to_string()))?;
    let store = Arc::new(Store { runtime, store });
    let object = |meta: ObjectMeta| Object {
        store: Arc::clone(&store),
        path: meta.location,
        bytes: meta.size,
        e_tag: meta.e_tag,
    };
    if !url.ends_with('/') {
        let meta =
            store.runtime.block_on(store.store.head(&path)).map_err(|error| match error {
                Error::NotFound { .. } => ReadError::NotFound { path: url.to_owned() },
                error => fail(error.to_string()),
            })?;
        return Ok(vec![(url.to_owned(), object(meta))]);
    }
    let listed = store.store.list(Some(&path)).try_collect::<Vec<_>>();
    let listed = store.runtime.block_on(listed).map_err(|error| fail(error.to_string()))?;
    let mut found = Vec::new();
    for meta in listed {
        let Some(parts) = meta.location.prefix_match(&path) else { continue };
        let parts: Vec<_> = parts.map(|part| part.as_ref().to_owned()).collect();
        if !parts.is_empty() && !parts.iter().any(|part| part.starts_with('.')) {
            found.push((format!("{url}{}", parts.join("/")), object(meta)));
        }
    }
    if found.is_empty() {
        return Err(ReadError::EmptyFolder { path: url.to_owned() });
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found)
}

impl Object {
    /// Its size.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// A reader of its bytes, which holds a part of them. It waits for the network in `read`, which is
    /// not to be called from asynchronous code.
    pub(crate) fn reader(&self) -> impl Read + Send + 'static {
        Reader { object: self.clone(), offset: 0, part: Bytes::new(), rest: None }
    }

    /// Asks for the part at `offset`.
    fn part(&self, offset: u64) -> object_store::Result<Part> {
        let end = self.bytes.min(offset + PART_BYTES);
        let options = GetOptions {
            range: Some(GetRange::Bounded(offset..end)),
            // What was written anew in the meantime is another object.
            if_match: self.e_tag.clone(),
            ..GetOptions::default()
        };
        let store = &self.store;
        store.runtime.block_on(async {
            match store.store.get_opts(&self.path, options).await {
                Ok(result) => Ok(Part::Bytes(result.bytes().await?)),
                // Servers of plain HTTP need not know ranges.
                Err(Error::NotSupported { .. }) if offset == 0 => {
                    let if_match = self.e_tag.clone();
                    let options = GetOptions { if_match, ..GetOptions::default() };
                    let whole = store.store.get_opts(&self.path, options).await;
                    Ok(Part::Whole(whole.map(GetResult::into_stream)?))
                }
                Err(error) => Err(error),
            }
        })
    }
}

/// What a request gave.
enum Part {
    Bytes(Bytes),
    /// All of the object, as it arrives.
    Whole(BoxStream<'static, object_store::Result<Bytes>>),
}

struct Reader {
    object: Object,
    /// First byte that has not arrived.
    offset: u64,
    /// What has arrived and not been given.
    part: Bytes,
    /// What goes on to arrive, where the object comes as a whole.
    rest: Option<BoxStream<'static, object_store::Result<Bytes>>>,
}

impl Reader {
    /// Waits for the next bytes; none at the end.
    fn fetch(&mut self) -> object_store::Result<Bytes> {
        let mut tries = 0;
        loop {
            if let Some(rest) = &mut self.rest {
                let next = self.object.store.runtime.block_on(rest.try_next())?;
                if next.is_none() && self.offset != self.object.bytes {
                    let source = format!("{} bytes came of {}", self.offset, self.object.bytes);
                    return Err(Error::Generic { store: "remote", source: source.into() });
                }
                return Ok(next.unwrap_or_default());
            }
            if self.offset >= self.object.bytes {
                return Ok(Bytes::new());
            }
            match self.object.part(self.offset) {
                Ok(Part::Bytes(part)) if !part.is_empty() => return Ok(part),
                Ok(Part::Bytes(_)) if tries == RETRIES => {
                    let source = "the store gives no bytes".into();
                    return Err(Error::Generic { store: "remote", source });
                }
                Ok(Part::Bytes(_)) => {}
                Ok(Part::Whole(rest)) => self.rest = Some(rest),
                Err(Error::Generic { .. }) if tries < RETRIES => {}
                Err(error) => return Err(error),
            }
            tries += 1;
        }
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.part.is_empty() {
            self.part = self.fetch().map_err(io::Error::other)?;
            self.offset += self.part.len() as u64;
            if self.part.is_empty() {
                return Ok(0);
            }
        }
        let length = self.part.len().min(buffer.len());
        buffer[..length].copy_from_slice(&self.part.split_to(length));
        Ok(length)
    }
}

#[cfg(test)]
mod tests;
