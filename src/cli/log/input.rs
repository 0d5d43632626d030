//! Logs from files: unpacked on a thread of its own while what has come is read.

use std::fs::File;
use std::io::{self, BufRead, IsTerminal as _, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use indicatif::{ProgressBar, ProgressStyle};
use tresteg::log::{Bounds, CsvColumns, EventLog, read, unpacked};

use super::words::logs as words;
use crate::cli::console::Console;
use crate::cli::words::filled;
use crate::cli::{Stop, disk};

/// Reads logs as one; what is wrong with one is said.
pub(in crate::cli) fn logs(
    paths: &[PathBuf],
    columns: &CsvColumns,
    console: &mut Console<'_>,
) -> Result<EventLog, Stop> {
    let mut all: Option<EventLog> = None;
    for path in paths {
        let log = one(path, columns, console)?;
        match &mut all {
            None => all = Some(log),
            Some(all) => all.append(&log),
        }
    }
    Ok(all.unwrap_or_default())
}

fn one(path: &Path, columns: &CsvColumns, console: &mut Console<'_>) -> Result<EventLog, Stop> {
    let (input, length): (Box<dyn Read + Send>, u64) = match path == Path::new("-") {
        true => (Box::new(io::stdin()), 0),
        false => {
            disk::protect(path);
            let file = File::open(path).map_err(|error| Stop::file(path, disk::said(&error)))?;
            let found = file.metadata().map_err(|error| Stop::file(path, disk::said(&error)))?;
            if found.is_dir() {
                return Err(Stop::file(path, crate::cli::words::say!(is_a_folder)));
            }
            (Box::new(file), found.len())
        }
    };
    let bar = bar(path, length);
    let counted = bar.wrap_read(input);
    let read = read(Chunks::of(counted), columns, &Bounds::default());
    bar.finish_and_clear();
    match read {
        Ok(log) => Ok(log),
        Err(error) => {
            let parts = [path.display().to_string(), error.to_string()];
            console.complain(&filled(words().broken_log, &parts))?;
            Err(Stop::Wrong)
        }
    }
}

fn bar(path: &Path, length: u64) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length);
    let template = "{msg} {wide_bar} {bytes} / {total_bytes}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(filled(words().reading, &[path.display().to_string()]));
    bar
}

const CHUNK: usize = 1 << 18;

/// What another thread unpacks.
struct Chunks {
    receiver: Receiver<io::Result<Vec<u8>>>,
    /// Where chunks go that have been read, to be filled again.
    empty: SyncSender<Vec<u8>>,
    chunk: Vec<u8>,
    at: usize,
    is_over: bool,
}

impl Chunks {
    fn of(input: impl Read + Send + 'static) -> Self {
        let (send, receiver) = sync_channel(4);
        let (empty, emptied) = sync_channel(8);
        // It ends when the input does, or when nobody listens any more.
        std::thread::spawn(move || pump(input, &send, &emptied));
        Self { receiver, empty, chunk: Vec::new(), at: 0, is_over: false }
    }
}

fn pump(
    input: impl Read + Send,
    send: &SyncSender<io::Result<Vec<u8>>>,
    emptied: &Receiver<Vec<u8>>,
) {
    let mut input = match unpacked(input) {
        Ok(input) => input,
        Err(error) => {
            let _ = send.send(Err(error));
            return;
        }
    };
    loop {
        let mut chunk = emptied.try_recv().unwrap_or_default();
        chunk.clear();
        let read = (&mut input).take(CHUNK as u64).read_to_end(&mut chunk);
        let is_over = read.is_err() || chunk.is_empty();
        // What came before an error counts as read.
        if !chunk.is_empty() && send.send(Ok(chunk)).is_err() {
            return;
        }
        if let Err(error) = read {
            let _ = send.send(Err(error));
        }
        if is_over {
            return;
        }
    }
}

impl Read for Chunks {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buf)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Chunks {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.chunk.len() && !self.is_over {
            let next = self.receiver.recv();
            let old = std::mem::take(&mut self.chunk);
            let _ = self.empty.try_send(old);
            self.at = 0;
            match next {
                Ok(Ok(chunk)) => self.chunk = chunk,
                Ok(Err(error)) => {
                    self.is_over = true;
                    return Err(error);
                }
                Err(_) => self.is_over = true,
            }
        }
        Ok(self.chunk.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.at += count;
    }
}
