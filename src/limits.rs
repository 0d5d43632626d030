//! Every bound of the engine, its default and what it protects from.

/// The bounds of reading and running. A workflow keeps those that it was read with.
///
/// ```
/// let limits = tresteg::Limits { microsteps: 50, ..tresteg::Limits::default() };
/// assert_eq!(limits.script_bytes, 64 * 1024);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct Limits {
    /// Bytes of a workflow file with all that it extends (16 MiB): memory and time of reading.
    pub definition_bytes: usize,
    /// Nesting of the JSON of events, facts and scenarios, and of types and values (64): the stack, and that of whoever reads
    /// what is written of them.
    pub json_depth: usize,
    /// Values in one JSON text, an empty list or object counting for two (2 000 000): memory, some 150 bytes each.
    pub json_values: usize,
    /// Nesting of the JSON of a workflow file, where each state inside another one takes two levels (256): the stack.
    pub definition_depth: usize,
    /// Bytes of one name or id, of whatever kind, in files and from outside (1 000): the time to look for what it may mean.
    pub name_bytes: usize,
    /// Files in a chain of `extends` (16).
    pub extends_depth: usize,
    /// Files that may invoke one another in a chain (8): the stack, for children start and stop inside one another.
    pub invoke_depth: usize,
    /// Files that a workflow may invoke, those of its children's children too (64): loading time.
    pub invoke_files: usize,
    /// States in a workflow (100 000).
    pub states: usize,
    /// Transitions in a workflow (100 000): memory, some 3 kB each.
    pub transitions: usize,
    /// Facts, parameters and factors in a workflow, together (100 000).
    pub names: usize,
    /// Problems that a report lists before it stops (1 000): a hostile file has millions.
    pub diagnostics: usize,
    /// Bytes of one script (64 KiB): the places of the script language end there.
    pub script_bytes: usize,
    /// Nesting of an expression, through the functions that it calls (256), where the way into a function counts for
    /// four: the stack. Lengths do not count: of `a + b + c`, `a && b && c`, branches of `else if` and chains of factors
    /// and derived facts there may be as many as a script and a file have room for.
    pub script_depth: usize,
    /// Size of a `pattern`, and of one that `matches` takes (256): its letters, classes and signs, those that are repeated a
    /// counted number of times counted as often. It is what one byte of a text costs that is looked through, in steps of some
    /// ten nanoseconds.
    pub pattern_size: usize,
    /// Operations that one evaluation of a script may take (100 000): endless loops.
    pub operations: u64,
    /// Operations that one call may take as a whole (10 000 000), over all the scripts, loops and steps of one `fire`,
    /// `advance`, `explain`, `options` and the like: about a second.
    pub call_operations: u64,
    /// Operations that one search over a workflow may take (80 000 000), for the scenarios that are missing, or over its
    /// mutants: about two seconds. What was not looked at is named.
    pub search_operations: u64,
    /// Bytes of the values, texts and messages that one call may make (16 MiB): memory, and the journal.
    pub call_bytes: usize,
    /// Bytes of the reasons that one step is answered with (1 MiB); the rest is left out, and the answer says so.
    pub answer_bytes: usize,
    /// Items of a list or entries of a record that a script makes, and dates of a calendar (10 000): memory.
    pub list_items: usize,
    /// Bytes of a text that a script makes (1 MiB): memory.
    pub text_bytes: usize,
    /// Bytes of one event or of a set of facts as JSON (1 MiB).
    pub event_bytes: usize,
    /// Microsteps in one step (1 000): endless eventless transitions and raised events.
    pub microsteps: usize,
    /// Steps at one instant (1 000): endless loops of sent events and terms of no length.
    pub steps_per_instant: usize,
    /// Steps that one `fire` or `advance` may take (100 000): terms that return too often over a long jump.
    pub steps: usize,
    /// Messages that one `fire` or `advance` may emit (100 000): memory.
    pub messages: usize,
    /// Child cases of one case, their own children among them, with those that have ended or were stopped as long as their
    /// parent shows them (20 000): memory.
    pub children: usize,
    /// Raised and sent events that wait, and messages of one step (10 000).
    pub queued_events: usize,
    /// Events whose `id` a case remembers, the newest, to know a repeat (10 000): some 150 bytes each. With 0 it remembers
    /// none, and what is sent twice happens twice.
    pub remembered_ids: usize,
    /// Persons whom a case remembers as having sent events that some rule asks for with `who` or `not_by`, counted for each
    /// event (1 000 000): some 150 bytes each. None is ever forgotten, for that would open a gate.
    pub remembered_persons: usize,
    /// Signatures that wait in a case (10 000).
    pub waiting_signatures: usize,
    /// Signatures that one transition may ask for (100): the time to find who fills which role.
    pub signatures: usize,
    /// Entries of the journal that wait in a case to be taken (10 000); one call may go beyond it. With 0 a case keeps no
    /// journal: for a host that needs none.
    pub untaken_entries: usize,
    /// Bytes of what these entries hold that scripts made and events brought, about (64 MiB); one call may go beyond it.
    pub untaken_bytes: usize,
    /// Scenarios in a file, counted for every row and every workflow that it runs on (10 000).
    pub scenarios: usize,
    /// Steps of all these scenarios together (100 000): memory.
    pub scenario_steps: usize,
    /// Bytes of all these scenarios, written out for every row and workflow (64 MiB): a table repeats what it fills in.
    pub scenario_bytes: usize,
}

impl Limits {
    /// These bounds for reading the JSON of workflow files, which nests as states do.
    pub(crate) fn of_definitions(&self) -> Self {
        Self { json_depth: self.definition_depth, ..self.clone() }
    }

    /// These bounds for reading events, facts and values as JSON.
    pub(crate) fn of_events(&self) -> Self {
        Self { definition_bytes: self.event_bytes, ..self.clone() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            definition_bytes: 16 * 1024 * 1024,
            json_depth: 64,
            json_values: 2_000_000,
            definition_depth: 256,
            name_bytes: 1_000,
            extends_depth: 16,
            invoke_depth: 8,
            invoke_files: 64,
            states: 100_000,
            transitions: 100_000,
            names: 100_000,
            diagnostics: 1_000,
            script_bytes: 64 * 1024,
            script_depth: 256,
            pattern_size: 256,
            operations: 100_000,
            call_operations: 10_000_000,
            search_operations: 80_000_000,
            call_bytes: 16 * 1024 * 1024,
            answer_bytes: 1024 * 1024,
            list_items: 10_000,
            text_bytes: 1024 * 1024,
            event_bytes: 1024 * 1024,
            microsteps: 1_000,
            steps_per_instant: 1_000,
            steps: 100_000,
            messages: 100_000,
            children: 20_000,
            queued_events: 10_000,
            remembered_ids: 10_000,
            remembered_persons: 1_000_000,
            waiting_signatures: 10_000,
            signatures: 100,
            untaken_entries: 10_000,
            untaken_bytes: 64 * 1024 * 1024,
            scenarios: 10_000,
            scenario_steps: 100_000,
            scenario_bytes: 64 * 1024 * 1024,
        }
    }
}
