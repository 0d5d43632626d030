//! What one call may still use: operations of all the scripts that it runs, and bytes of what they make.

use std::cell::Cell;

use super::Fault;
use crate::diagnostic::Span;
use crate::limits::Limits;
use crate::value::Value;

/// The budget of one call. What is used up stays used up, whoever goes on asking.
#[derive(Debug)]
pub(crate) struct Meter {
    operations: Bound,
    bytes: Bound,
    over: Cell<Option<&'static str>>,
    /// Of the operations those that compared roles.
    roles: Cell<u64>,
    /// In a whole of several cases, how many events were sent so far: their order over all cases.
    sent: Cell<Option<u64>>,
}

#[derive(Debug)]
struct Bound {
    most: u64,
    left: Cell<u64>,
}

impl Bound {
    fn new(most: u64) -> Self {
        Self { most, left: Cell::new(most) }
    }

    fn used(&self) -> u64 {
        self.most - self.left.get()
    }

    fn take(&self, count: u64) -> bool {
        let left = self.left.get().checked_sub(count);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }
}

/// A call hit this bound as a whole.
pub(crate) const OPERATIONS: &str = "limit-call-operations";
const BYTES: &str = "limit-call-bytes";

impl Meter {
    /// For one call.
    pub fn call(limits: &Limits) -> Self {
        Self::new(limits.call_operations, limits.call_bytes)
    }

    /// For one of several calls that have a budget together, of which so many operations are left.
    pub fn going_on(limits: &Limits, left: u64) -> Self {
        let meter = Self::call(limits);
        meter.operations.left.set(limits.call_operations.min(left));
        meter
    }

    /// For a search: so many operations, and whatever they make.
    pub fn search(operations: u64) -> Self {
        Self::new(operations, usize::MAX)
    }

    /// For putting one step into words, which asks its rules again: always the same for a step, whenever it is told.
    pub fn words(limits: &Limits) -> Self {
        let operations = (limits.call_operations / 8).max(limits.operations);
        Self::new(operations, limits.answer_bytes)
    }

    fn new(operations: u64, bytes: usize) -> Self {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        Self {
            operations: Bound::new(operations),
            bytes: Bound::new(bytes),
            over: Cell::new(None),
            roles: Cell::new(0),
            sent: Cell::new(None),
        }
    }

    /// Numbers what is sent, from behind this number on.
    pub fn number_sent(&self, from: u64) {
        self.sent.set(Some(from));
    }

    /// Numbers what is sent from the first on, in a whole.
    pub fn number_sent_of(&self, is_whole: bool) {
        if is_whole {
            self.number_sent(0);
        }
    }

    /// How many events were sent so far, where that is counted.
    pub fn sent(&self) -> u64 {
        self.sent.get().unwrap_or(0)
    }

    /// The number of an event that is sent; 0 where they are not counted.
    pub fn next_sent(&self) -> u64 {
        let next = self.sent.get().map(|sent| sent.saturating_add(1));
        self.sent.set(next);
        next.unwrap_or(0)
    }

    /// Operations that are left.
    pub fn left(&self) -> u64 {
        self.operations.left.get()
    }

    /// Counts work. What is too much has been done by then: whoever asks next is told.
    pub fn spend(&self, operations: u64) {
        if !self.operations.take(operations) {
            self.exhaust();
        }
    }

    /// Counts the work of comparing roles that are asked for with those that an actor has.
    pub fn compare_roles(&self, operations: u64) {
        self.roles.set(self.roles.get().saturating_add(operations));
        self.spend(operations);
    }

    /// More operations are wanted than are left.
    pub fn exhaust(&self) {
        self.operations.left.set(0);
        self.over.set(self.over.get().or(Some(OPERATIONS)));
    }

    /// Counts what was made.
    pub fn grow(&self, bytes: u64) {
        if !self.bytes.take(bytes) {
            self.over.set(self.over.get().or(Some(BYTES)));
        }
    }

    /// Counts words, which are left out where there is no room for them: whether there was.
    pub fn has_room(&self, bytes: u64) -> bool {
        self.bytes.take(bytes)
    }

    /// Whether words have no room any more.
    pub fn is_full(&self) -> bool {
        self.bytes.left.get() == 0 || self.over.get().is_some()
    }

    /// What has been used: operations and bytes.
    pub fn used(&self) -> (u64, u64) {
        (self.operations.used(), self.bytes.used())
    }

    /// Whether most of what was counted is roles that were compared.
    pub fn is_of_roles(&self) -> bool {
        self.roles.get() > self.operations.used() / 2
    }

    /// The bound that was hit, if one was.
    pub fn fault(&self) -> Option<Fault> {
        self.over.get().map(|code| {
            let (most, what, hint) = match code {
                OPERATIONS if self.is_of_roles() => (
                    self.operations.most,
                    "operations, most of them to compare roles,",
                    "send fewer roles with the event, or name fewer in `by` and `signed_by`",
                ),
                OPERATIONS => (
                    self.operations.most,
                    "operations of scripts and steps",
                    "let scripts loop less, or let fewer rules be asked at once",
                ),
                _ => (
                    self.bytes.most,
                    "bytes of values and messages",
                    "let scripts make less: shorter texts and lists, fewer messages",
                ),
            };
            Fault {
                code,
                message: format!("this takes more than {most} {what} in one call"),
                span: Span::default(),
                hint: Some(hint.to_owned()),
            }
        })
    }
}

impl Fault {
    /// Whether the call as a whole is at its end, not only the script that ran.
    pub fn ends_call(&self) -> bool {
        ends_call(self.code)
    }
}

/// Whether a problem of this code ends a call as a whole.
pub(crate) fn ends_call(code: &str) -> bool {
    code == OPERATIONS || code == BYTES
}

/// Bytes of a value about as it is written out: what several places share counts in each.
pub(crate) fn written_bytes(value: &Value) -> u64 {
    let mut bytes = 0_u64;
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        let own = match value {
            Value::Text(text) => text.len() + 2,
            Value::List(items) => {
                waiting.extend(items.iter());
                items.len() + 2
            }
            Value::Record(entries) => {
                waiting.extend(entries.values());
                entries.keys().map(|key| key.len() + 4).sum::<usize>() + 2
            }
            _ => 8,
        };
        bytes = bytes.saturating_add(u64::try_from(own).unwrap_or(u64::MAX));
    }
    bytes
}
