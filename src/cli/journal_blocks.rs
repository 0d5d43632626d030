//! A journal verified by all cores: threads read blocks of lines, check each by itself and compare it with what the rules
//! give; one decides anew, in order.
//!
//! ```text
//! read a block ─► check its lines ─► decide them, in order ─► compare them ─► the memory is free for another block
//!      any thread, one at a time │ any            │ this one              │ any
//! ```

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tresteg::Workflow;
use tresteg::journal::{CheckedLine, Comparer, Discrepancy, ReplayedLine, Verifier};

use super::Stop;
use super::entries::{self, Block, Entries};
use super::rules::Journal;

/// Bytes of a block, but for a line that is longer.
const BYTES: usize = 256 * 1024;

/// What the threads share.
struct Shared<'j> {
    state: Mutex<State<'j>>,
    /// Something was put into the state.
    news: Condvar,
}

struct State<'j> {
    /// Not there while a thread reads from it.
    journal: Option<&'j mut Journal>,
    /// The number of the next block; `None` when there is no more to be read.
    next: Option<u64>,
    /// Memory for as many blocks as may be under way, so that nobody runs ahead.
    free: Vec<Vec<u8>>,
    /// Lines that were decided and are to be compared, with the memory of their block.
    decided: VecDeque<(Vec<ReplayedLine>, Vec<u8>)>,
    /// Nothing more will be decided.
    is_decided: bool,
    /// The first of the lines that are found to say something else.
    differs: Option<Discrepancy>,
}

/// A block whose lines were checked.
struct Checked {
    number: u64,
    /// `None` at the end of the journal.
    lines: Result<Option<Vec<CheckedLine>>, Stop>,
    memory: Vec<u8>,
}

/// What came of deciding lines.
enum Ending {
    GoOn,
    End,
    Differs(Discrepancy),
    Stop(Stop),
}

/// Takes every line of a journal until one differs; the first that does is the answer.
pub(super) fn verify(
    journal: &mut Journal,
    workflow: &Workflow,
    verifier: &mut Verifier<'_>,
) -> Result<Option<Discrepancy>, Stop> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(16);
    let state = State {
        journal: Some(journal),
        next: Some(0),
        free: vec![Vec::new(); threads + 2],
        decided: VecDeque::new(),
        is_decided: false,
        differs: None,
    };
    let shared = Shared { state: Mutex::new(state), news: Condvar::new() };
    let decided = std::thread::scope(|scope| {
        let (done, blocks) = channel();
        for _ in 0..threads {
            let (shared, done) = (&shared, done.clone());
            scope.spawn(move || shared.work(workflow, &done));
        }
        drop(done);
        let mut early = BTreeMap::new();
        let mut expected = 0;
        let mut ending = Ending::GoOn;
        for checked in blocks {
            early.insert(checked.number, checked);
            while let Some(Checked { lines, memory, .. }) = early.remove(&expected)
                && matches!(ending, Ending::GoOn)
            {
                expected += 1;
                let replayed;
                (replayed, ending) = decide(lines, verifier);
                let mut state = shared.state();
                state.decided.push_back((replayed, memory));
                if state.differs.is_some() {
                    ending = Ending::End;
                }
                drop(state);
                shared.news.notify_all();
            }
            if !matches!(ending, Ending::GoOn) {
                break;
            }
        }
        let mut state = shared.state();
        state.is_decided = true;
        state.next = None;
        drop(state);
        shared.news.notify_all();
        ending
    });
    // Whatever was compared stands before what could not be decided.
    let differs = shared.state().differs.take();
    match (differs, decided) {
        (Some(differs), _) | (None, Ending::Differs(differs)) => Ok(Some(differs)),
        (None, Ending::Stop(stop)) => Err(stop),
        (None, Ending::GoOn | Ending::End) => Ok(None),
    }
}

/// Decides lines anew, until one differs.
fn decide(
    lines: Result<Option<Vec<CheckedLine>>, Stop>,
    verifier: &mut Verifier<'_>,
) -> (Vec<ReplayedLine>, Ending) {
    let lines = match lines {
        Ok(Some(lines)) => lines,
        Ok(None) => return (Vec::new(), Ending::End),
        Err(stop) => return (Vec::new(), Ending::Stop(stop)),
    };
    let mut replayed = Vec::with_capacity(lines.len());
    for line in lines {
        match verifier.decide(line) {
            Ok(one) => replayed.extend(one),
            Err(differs) => return (replayed, Ending::Differs(differs)),
        }
    }
    (replayed, Ending::GoOn)
}

impl<'j> Shared<'j> {
    /// A thread that panicked leaves nothing half done here; the scope tells of it.
    fn state(&self) -> MutexGuard<'_, State<'j>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what there is to do until there is no more.
    fn work(&self, workflow: &Workflow, done: &Sender<Checked>) {
        let mut comparer = Comparer::new(workflow);
        let mut state = self.state();
        loop {
            // What is nearly done comes first: it frees memory.
            if let Some((replayed, memory)) = state.decided.pop_front() {
                drop(state);
                let differs = replayed.iter().find_map(|one| comparer.compare(one).err());
                drop(replayed);
                state = self.state();
                state.free.push(memory);
                if let Some(differs) = differs
                    && state.differs.as_ref().is_none_or(|first| differs.line < first.line)
                {
                    state.differs = Some(differs);
                }
                self.news.notify_all();
            } else if let Some((number, journal, mut memory)) = state.next_read() {
                drop(state);
                let instead = Instead { number, done };
                let block = journal.block(BYTES, &mut memory);
                state = self.state();
                state.journal = Some(journal);
                if !matches!(block, Ok(Block::Lines)) {
                    state.next = None;
                }
                drop(state);
                self.news.notify_all();
                let checked = check(number, block, memory);
                // Nobody listens any more where a difference was found.
                let _ = done.send(checked);
                drop(instead);
                state = self.state();
            } else if state.is_decided {
                return;
            } else {
                state = self.news.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

impl<'j> State<'j> {
    /// What is needed to read the next block, where there may be one.
    fn next_read(&mut self) -> Option<(u64, &'j mut Journal, Vec<u8>)> {
        let number = self.next?;
        let journal = self.journal.take()?;
        let Some(memory) = self.free.pop() else {
            self.journal = Some(journal);
            return None;
        };
        self.next = Some(number + 1);
        Some((number, journal, memory))
    }
}

/// Stands for a block whose thread panics, so that nobody waits for it.
struct Instead<'a> {
    number: u64,
    done: &'a Sender<Checked>,
}

impl Drop for Instead<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Self { number, done } = *self;
            // Nobody waits where nobody listens.
            let _ = done.send(Checked { number, lines: Ok(Some(Vec::new())), memory: Vec::new() });
        }
    }
}

fn check(number: u64, block: Result<Block, Stop>, memory: Vec<u8>) -> Checked {
    let (lines, memory) = match block {
        Ok(Block::Lines) => {
            let (lines, memory) = read(memory);
            (Ok(Some(lines)), memory)
        }
        Ok(Block::TooLong) => {
            let message = format!("is longer than {} bytes", Entries::LONGEST);
            (Ok(Some(vec![CheckedLine::unreadable(message)])), Vec::new())
        }
        Ok(Block::End) => (Ok(None), memory),
        Err(stop) => (Err(stop), memory),
    };
    Checked { number, lines, memory }
}

/// Checks the lines of a block, and gives its memory back.
fn read(block: Vec<u8>) -> (Vec<CheckedLine>, Vec<u8>) {
    let said = |line: &&str| !entries::is_blank(line.as_bytes());
    if block.len() > 2 * BYTES {
        // Mostly one long line: not to be there twice.
        let text = entries::text(block);
        return match text.find('\n') {
            Some(end) if end + 1 < text.len() => {
                let lines = text.split_inclusive('\n').filter(said);
                (lines.map(CheckedLine::read).collect(), Vec::new())
            }
            _ => (vec![CheckedLine::read(text)], Vec::new()),
        };
    }
    let lines = match std::str::from_utf8(&block) {
        Ok(text) => text.split_inclusive('\n').filter(said).map(CheckedLine::read).collect(),
        Err(_) => {
            let lines = block.split_inclusive(|byte| *byte == b'\n');
            let lines = lines.filter(|line| !entries::is_blank(line));
            lines.map(|line| CheckedLine::read(entries::text(line.to_owned()))).collect()
        }
    };
    (lines, block)
}
