use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use tresteg::journal::Head;
use tresteg::{Case, Decision, Event, Workflow};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Cases in one file of SQLite: each with its snapshot and its journal.
pub struct Store {
    pub connection: Connection,
    /// 32 bytes that nobody can guess, kept apart from the file.
    salt: [u8; 32],
}

/// How an attempt to keep a case ended.
#[derive(Debug, PartialEq)]
pub enum Kept {
    /// Snapshot and entries are in the file.
    Yes,
    /// Somebody else has kept something since the case was loaded; nothing was written.
    Conflict,
}

impl Store {
    pub fn open(path: impl AsRef<std::path::Path>, salt: [u8; 32]) -> Result<Self, Failure> {
        let connection = Connection::open(path)?;
        // Who comes second waits for the one who writes, rather than fail.
        connection.busy_timeout(std::time::Duration::from_secs(30))?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS cases (
                 id TEXT PRIMARY KEY, head TEXT NOT NULL, snapshot TEXT NOT NULL
             ) STRICT;
             CREATE TABLE IF NOT EXISTS entries (
                 case_id TEXT NOT NULL REFERENCES cases, sequence INTEGER NOT NULL, line TEXT NOT NULL,
                 PRIMARY KEY (case_id, sequence)
             ) STRICT, WITHOUT ROWID;
             PRAGMA foreign_keys = ON;",
        )?;
        Ok(Self { connection, salt })
    }

    /// Keeps a case that has just begun; a conflict where there is one of this id.
    pub fn begin(&mut self, id: &str, case: &mut Case) -> Result<Kept, Failure> {
        self.write(id, None, case)
    }

    /// The case as it was last kept.
    pub fn load(&self, workflow: &Workflow, id: &str) -> Result<Option<Case>, Failure> {
        let query = "SELECT snapshot FROM cases WHERE id = ?1";
        let text: Option<String> =
            self.connection.query_row(query, [id], |row| row.get(0)).optional()?;
        let Some(text) = text else { return Ok(None) };
        Ok(Some(Case::restore(workflow, serde_json::from_str(&text)?)?))
    }

    /// Keeps what happened since a case was loaded: all of it, or nothing.
    pub fn keep(&mut self, id: &str, loaded: &Head, case: &mut Case) -> Result<Kept, Failure> {
        self.write(id, Some(loaded), case)
    }

    fn write(&mut self, id: &str, loaded: Option<&Head>, case: &mut Case) -> Result<Kept, Failure> {
        // An error, or a repeat of an event that was answered: nothing to keep.
        if case.untaken() == 0 {
            return Ok(Kept::Yes);
        }
        let entries = case.take_entries(&self.salt);
        let head = case.head().to_string();
        let snapshot = serde_json::to_string(&case.snapshot())?;
        // Immediate: the head is compared and replaced with nobody in between.
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let rows = match loaded {
            None => transaction.execute(
                "INSERT INTO cases (id, head, snapshot) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                params![id, head, snapshot],
            )?,
            Some(loaded) => transaction.execute(
                "UPDATE cases SET head = ?2, snapshot = ?3 WHERE id = ?1 AND head = ?4",
                params![id, head, snapshot, loaded.to_string()],
            )?,
        };
        if rows == 0 {
            return Ok(Kept::Conflict);
        }
        for entry in entries {
            let sequence = i64::try_from(entry.sequence)?;
            transaction.execute(
                "INSERT INTO entries (case_id, sequence, line) VALUES (?1, ?2, ?3)",
                params![id, sequence, entry.line],
            )?;
        }
        transaction.commit()?;
        Ok(Kept::Yes)
    }

    /// Answers an event: loads, fires and keeps, again and again until nobody came in between. The answer is given only
    /// once it is kept. With an `id`, an event may be sent as often as its sender likes: it happens once.
    pub fn fire(
        &mut self,
        workflow: &Workflow,
        id: &str,
        event: &Event,
    ) -> Result<Decision, Failure> {
        loop {
            let mut case = self.load(workflow, id)?.ok_or("there is no such case")?;
            let loaded = case.head();
            let decision = case.fire(event);
            if self.keep(id, &loaded, &mut case)? == Kept::Yes {
                return Ok(decision);
            }
        }
    }

    /// The journal as `verify` and `tresteg verify` read it.
    pub fn journal(&self, id: &str) -> Result<String, Failure> {
        let query = "SELECT line FROM entries WHERE case_id = ?1 ORDER BY sequence";
        let mut statement = self.connection.prepare(query)?;
        let mut rows = statement.query([id])?;
        let mut journal = String::new();
        while let Some(row) = rows.next()? {
            journal.push_str(row.get_ref(0)?.as_str()?);
            journal.push('\n');
        }
        Ok(journal)
    }
}
