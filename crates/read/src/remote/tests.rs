//! A store on this machine that speaks as much of S3 and HTTP as reading needs.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use newsmill_article::{Content, Limits, RejectKind};

use super::{PART_BYTES, objects};
use crate::{Input, ReadError, ReadOptions, records};

/// What a store does wrong, and how often still.
#[derive(Default)]
struct Faults {
    /// Answers 503 to a GET.
    unavailable: AtomicUsize,
    /// Says the whole length, sends half, and hangs up.
    cut: AtomicUsize,
    /// Knows no ranges.
    no_ranges: AtomicBool,
    /// Every GET has another entity tag than the HEAD before.
    rewritten: AtomicBool,
}

/// Objects by the path of their URL.
struct FakeStore {
    address: SocketAddr,
    faults: Arc<Faults>,
    /// The GETs that came, by the ranges asked for.
    asked: Arc<Mutex<Vec<String>>>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl FakeStore {
    fn new(objects: &[(&str, Vec<u8>)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (faults, asked) = (Arc::new(Faults::default()), Arc::new(Mutex::default()));
        let is_over = Arc::new(AtomicBool::new(false));
        let objects: Vec<_> = objects.iter().map(|(p, b)| ((*p).to_owned(), b.clone())).collect();
        let shared = (Arc::clone(&faults), Arc::clone(&asked), Arc::clone(&is_over));
        let thread = std::thread::spawn(move || {
            let (faults, asked, is_over) = shared;
            for stream in listener.incoming() {
                if is_over.load(Ordering::SeqCst) {
                    return;
                }
                // A client that hangs up in the middle is none of the test's business.
                drop(answer(&stream.unwrap(), &objects, &faults, &asked));
            }
        });
        Self { address, faults, asked, is_over, thread: Some(thread) }
    }

    fn options(&self) -> impl Iterator<Item = (String, String)> + use<> {
        let endpoint = format!("http://{}", self.address);
        [
            ("AWS_ENDPOINT", &*endpoint),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_ACCESS_KEY_ID", "someone"),
            ("AWS_SECRET_ACCESS_KEY", "nothing secret"),
            ("OTHER", "is passed over"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
    }

    /// The inputs of a URL.
    fn inputs(&self, url: &str) -> Result<Vec<Input>, ReadError> {
        let found = objects(url, self.options())?;
        Ok(found.into_iter().map(|(url, object)| Input::object(&url, object)).collect())
    }

    /// Path and text of every record, or the kind of the reject.
    fn read(&self, url: &str) -> Vec<(String, Result<String, RejectKind>)> {
        let limits = Limits { record_bytes: 64 << 20, ..Limits::default() };
        let mut rows = Vec::new();
        for input in self.inputs(url).unwrap() {
            for row in records(&input, &ReadOptions::default(), &limits).unwrap() {
                let text = row.map_err(|reject| reject.kind).map(|record| match record.content {
                    Content::Text(text) => text,
                    Content::Bytes { bytes, .. } => String::from_utf8(bytes).unwrap(),
                });
                rows.push((input.path().to_string(), text));
            }
        }
        rows
    }
}

impl Drop for FakeStore {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // Wakes the listener.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// Takes one of a count, if one is left.
fn take(count: &AtomicUsize) -> bool {
    count.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok()
}

/// Answers one request and hangs up.
fn answer(
    mut stream: &TcpStream,
    objects: &[(String, Vec<u8>)],
    faults: &Faults,
    asked: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let mut range = None;
    for line in lines {
        let line = line?.to_ascii_lowercase();
        if let Some(asked) = line.strip_prefix("range: bytes=") {
            range = Some(asked.to_owned());
        }
        if line.is_empty() {
            break;
        }
    }
    let mut words = first.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut send = |status: &str, fields: &str, length: usize, body: &[u8]| {
        write!(
            stream,
            "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\
             Last-Modified: Mon, 05 Jan 2004 10:00:00 GMT\r\n{fields}\r\n"
        )?;
        stream.write_all(if method == "HEAD" { &[] } else { body })
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if query.contains("list-type=2") {
        let body = list(objects, path.trim_matches('/'), query);
        return send("200 OK", "Content-Type: application/xml\r\n", body.len(), body.as_bytes());
    }
    let Some((_, bytes)) = objects.iter().find(|(known, _)| known == path) else {
        return send("404 Not Found", "", 4, b"none");
    };
    if method == "HEAD" {
        return send("200 OK", "ETag: \"1\"\r\n", bytes.len(), &[]);
    }
    asked.lock().unwrap().push(range.clone().unwrap_or_default());
    if take(&faults.unavailable) {
        return send("503 Slow Down", "", 4, b"slow");
    }
    if faults.rewritten.load(Ordering::SeqCst) {
        return send("412 Precondition Failed", "", 4, b"else");
    }
    let range = range.filter(|_| !faults.no_ranges.load(Ordering::SeqCst));
    let bounds = range.and_then(|range| {
        let (start, end) = range.split_once('-')?;
        let end = end.parse::<usize>().unwrap_or(bytes.len() - 1).min(bytes.len() - 1);
        Some((start.parse::<usize>().ok()?, end + 1))
    });
    let (status, fields, part) = match bounds {
        Some((start, end)) => {
            let place = format!("Content-Range: bytes {start}-{}/{}\r\n", end - 1, bytes.len());
            ("206 Partial Content", place, &bytes[start..end])
        }
        None => ("200 OK", String::new(), &bytes[..]),
    };
    let sent = if take(&faults.cut) { &part[..part.len() / 2] } else { part };
    send(status, &format!("ETag: \"1\"\r\n{fields}"), part.len(), sent)
}

/// Two objects a page of a list, as S3 gives it.
fn list(objects: &[(String, Vec<u8>)], bucket: &str, query: &str) -> String {
    let value = |name: &str| {
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
        pair.unwrap_or_default().replace("%2F", "/")
    };
    let prefix = value("prefix");
    let from = value("continuation-token").parse().unwrap_or(0);
    let keys = objects.iter().filter_map(|(path, bytes)| {
        let key = path.strip_prefix(&format!("/{bucket}/"))?;
        key.starts_with(&prefix).then_some((key, bytes.len()))
    });
    let keys: Vec<_> = keys.collect();
    let mut body = String::from("<?xml version=\"1.0\"?><ListBucketResult>");
    for (key, size) in keys.iter().skip(from).take(2) {
        body.push_str(&format!(
            "<Contents><Key>{key}</Key><LastModified>2004-01-05T10:00:00.000Z</LastModified>\
             <ETag>\"1\"</ETag><Size>{size}</Size></Contents>"
        ));
    }
    if from + 2 < keys.len() {
        let next = from + 2;
        body.push_str(&format!("<NextContinuationToken>{next}</NextContinuationToken>"));
    }
    body + "</ListBucketResult>"
}

fn ok(path: &str, text: &str) -> (String, Result<String, RejectKind>) {
    (path.to_owned(), Ok(text.to_owned()))
}

#[test]
fn one_object_and_all_below_a_prefix_are_read() {
    let row = b"{\"text\":\"A river rose.\"}\n{\"text\":\"It fell.\"}\n".to_vec();
    let store = FakeStore::new(&[
        ("/news/2004/a.jsonl", row),
        ("/news/2004/deep/b.txt", b"A bridge opened.".to_vec()),
        ("/news/2004/.hidden/c.txt", b"Nobody reads this.".to_vec()),
        ("/news/2004/e.txt", b"The last one.".to_vec()),
        ("/news/2005/d.txt", b"Another year.".to_vec()),
    ]);
    let a = "s3://news/2004/a.jsonl";
    let rows = [ok(a, "A river rose."), ok(a, "It fell.")];
    assert_eq!(store.read(a), rows);
    let below = store.read("s3://news/2004/");
    assert_eq!(below[..2], rows);
    assert_eq!(below[2], ok("s3://news/2004/deep/b.txt", "A bridge opened."));
    assert_eq!(below[3], ok("s3://news/2004/e.txt", "The last one."));
    assert_eq!(below.len(), 4);
    let url = format!("http://{}/news/2005/d.txt", store.address);
    assert_eq!(store.read(&url), [ok(&url, "Another year.")]);
}

#[test]
fn a_large_object_comes_in_parts() {
    let text = "A river rose by two metres. ".repeat(350_000);
    let store = FakeStore::new(&[("/news/a.txt", text.clone().into_bytes())]);
    assert!(store.read("s3://news/a.txt") == [ok("s3://news/a.txt", &text)]);
    let part = PART_BYTES as usize;
    let expected: Vec<_> = (0..text.len().div_ceil(part))
        .map(|n| format!("{}-{}", n * part, text.len().min((n + 1) * part) - 1))
        .collect();
    assert_eq!(*store.asked.lock().unwrap(), expected);
}

#[test]
fn broken_answers_are_asked_for_again() {
    let text = "A river rose by two metres. ".repeat(10_000);
    let store = FakeStore::new(&[("/news/a.txt", text.clone().into_bytes())]);
    let expected = [ok("s3://news/a.txt", &text)];
    store.faults.unavailable.store(1, Ordering::SeqCst);
    assert!(store.read("s3://news/a.txt") == expected);
    store.faults.cut.store(2, Ordering::SeqCst);
    assert!(store.read("s3://news/a.txt") == expected);
    assert!(store.asked.lock().unwrap().len() >= 5);
}

#[test]
fn what_is_not_there_is_said() {
    let store = FakeStore::new(&[("/news/a.txt", b"A river rose.".to_vec())]);
    let error = store.inputs("s3://news/b.txt").unwrap_err();
    assert!(matches!(error, ReadError::NotFound { .. }), "{error}");
    let error = store.inputs("s3://news/none/").unwrap_err();
    assert!(matches!(error, ReadError::EmptyFolder { .. }), "{error}");
    for url in ["s3://news/a.txt?version=1", "s3://", "http://"] {
        let error = store.inputs(url).unwrap_err();
        assert!(matches!(error, ReadError::Remote { .. }), "{error}");
    }
    // Written anew since it was looked up.
    store.faults.rewritten.store(true, Ordering::SeqCst);
    let rows = store.read("s3://news/a.txt");
    assert_eq!(rows, [("s3://news/a.txt".to_owned(), Err(RejectKind::Unreadable))]);
}

#[test]
fn a_server_without_ranges_gives_the_whole() {
    let text = "A river rose by two metres. ".repeat(10_000);
    let store = FakeStore::new(&[("/a.txt", text.clone().into_bytes())]);
    store.faults.no_ranges.store(true, Ordering::SeqCst);
    let url = format!("http://{}/a.txt", store.address);
    assert!(store.read(&url) == [ok(&url, &text)]);
    let mut read = Vec::new();
    objects(&url, store.options()).unwrap()[0].1.reader().read_to_end(&mut read).unwrap();
    assert!(read == text.as_bytes());
}
