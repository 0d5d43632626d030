//! A journal checked by several threads: each reads a block of lines and checks them by themselves; here they come in
//! order again.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};

use tresteg::JournalLine;

use super::Stop;
use super::files::{self, Block, Entries};
use super::rules::Journal;

/// Bytes of a block, but for a line that is longer.
const BYTES: usize = 256 * 1024;

/// What the threads take blocks from, one at a time.
struct Source<'j> {
    journal: &'j mut Journal,
    /// The number of the next block; `None` behind the last.
    next: Option<u64>,
    /// Memory for as many blocks as may be under way, so that no thread runs ahead.
    free: Receiver<Vec<u8>>,
}

/// A block whose lines were checked.
struct Checked {
    number: u64,
    lines: Result<Vec<JournalLine>, Stop>,
    memory: Vec<u8>,
}

/// Hands every line of a journal on, in order, until one is refused or the journal cannot be read on.
pub(super) fn each<E>(
    journal: &mut Journal,
    mut take: impl FnMut(JournalLine) -> Result<(), E>,
) -> Result<Result<(), E>, Stop> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(16);
    let (spare, free) = channel();
    for _ in 0..=threads {
        // The other end is there.
        let _ = spare.send(Vec::new());
    }
    let source = Mutex::new(Source { journal, next: Some(0), free });
    std::thread::scope(|scope| {
        let (done, blocks) = sync_channel(threads);
        for _ in 0..threads {
            let (source, done) = (&source, done.clone());
            scope.spawn(move || work(source, &done));
        }
        drop(done);
        // Dropped on every way out: then the threads find nothing to do.
        let spare = spare;
        let mut early = BTreeMap::new();
        let mut next = 0;
        for checked in blocks {
            early.insert(checked.number, checked);
            while let Some(Checked { lines, memory, .. }) = early.remove(&next) {
                next += 1;
                for line in lines? {
                    if let Err(refused) = take(line) {
                        return Ok(Err(refused));
                    }
                }
                // Without threads there is nobody to use it.
                let _ = spare.send(memory);
            }
        }
        Ok(Ok(()))
    })
}

/// Takes blocks until there are no more, or nobody wants them.
fn work(source: &Mutex<Source>, done: &SyncSender<Checked>) {
    loop {
        let (number, block, memory) = {
            // Where another thread panicked, the scope will say so.
            let Ok(mut source) = source.lock() else { return };
            let Some(number) = source.next else { return };
            let Ok(mut memory) = source.free.recv() else { return };
            let block = source.journal.block(BYTES, &mut memory);
            let goes_on = matches!(block, Ok(Block::Lines));
            source.next = goes_on.then_some(number + 1);
            (number, block, memory)
        };
        let instead = Instead { number, done };
        let (lines, memory) = match block {
            Ok(Block::End) => return,
            Ok(Block::Lines) => {
                let (lines, memory) = check(memory);
                (Ok(lines), memory)
            }
            Ok(Block::TooLong) => {
                let message = format!("is longer than {} bytes", Entries::LONGEST);
                (Ok(vec![JournalLine::unreadable(message)]), Vec::new())
            }
            Err(stop) => (Err(stop), memory),
        };
        let is_wanted = done.send(Checked { number, lines, memory }).is_ok();
        drop(instead);
        if !is_wanted {
            return;
        }
    }
}

/// Stands for a block whose thread panics, so that nobody waits for it.
struct Instead<'a> {
    number: u64,
    done: &'a SyncSender<Checked>,
}

impl Drop for Instead<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let checked =
                Checked { number: self.number, lines: Ok(Vec::new()), memory: Vec::new() };
            // Nobody waits where nobody listens.
            let _ = self.done.send(checked);
        }
    }
}

/// Checks the lines of a block, and gives its memory back.
fn check(block: Vec<u8>) -> (Vec<JournalLine>, Vec<u8>) {
    if block.len() > 2 * BYTES {
        // Mostly one long line: not to be there twice.
        let text = files::text(block);
        return match text.find('\n') {
            Some(end) if end + 1 < text.len() => {
                (text.split_inclusive('\n').map(JournalLine::read).collect(), Vec::new())
            }
            _ => (vec![JournalLine::read(text)], Vec::new()),
        };
    }
    let lines = match std::str::from_utf8(&block) {
        Ok(text) => text.split_inclusive('\n').map(JournalLine::read).collect(),
        Err(_) => {
            let lines = block.split_inclusive(|byte| *byte == b'\n');
            lines.map(|line| JournalLine::read(files::text(line.to_owned()))).collect()
        }
    };
    (lines, block)
}
