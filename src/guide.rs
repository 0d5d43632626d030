//! How to write workflows and how to use them: the format, the language of rules, and what needs
//! more than one function.
//!
//! | chapter | is about |
//! |---|---|
//! | [`format`](mod@format) | workflow files: what they mean, and every key |
//! | [`rules`] | scripts: every type, operator and function, and what differs from Rhai |
//! | [`variants`] | files that are the difference to another one |
//! | [`children`] | child cases: a whole, and parts with terms and people of their own |
//! | [`scenarios`] | what a process must do, and what is not tried yet |
//! | [`embedding`] | the engine in a program of your own |
//! | [`batch`] | many cases at once |
//! | [`journal`] | what happened, proven, and erased |
//! | [`logs`] | real event logs: what is in them, and whether it could have happened under a workflow's rules |
//! | [`stores`] | cases in a database |
//! | [`untrusted`] | every bound |
//! | [`commands`] | the command line |
//!
//! `tresteg help CHAPTER` prints them in a terminal. Every example is run by the tests. The
//! chapters are read only where documentation is made, so that they cost a build nothing.

/// Workflow files: what they mean, and every key.
#[cfg_attr(doc, doc = "")]
#[cfg_attr(doc, doc = include_str!("guide/format.md"))]
///
/// In the interface: [`Workflow::load`](crate::Workflow::load), [`schema`](crate::workflow::schema()),
/// [`CODES`](crate::diagnostic::CODES).
pub mod format {}

/// The language of scripts: every type, operator and function with an example, and what differs
/// from Rhai.
#[cfg_attr(doc, doc = "")]
#[cfg_attr(doc, doc = include_str!("guide/rules.md"))]
///
/// In the interface: [`Limits`](crate::Limits).
pub mod rules {}

/// Files that are the difference to another one, and how two files differ.
#[cfg_attr(doc, doc = "")]
#[cfg_attr(doc, doc = include_str!("guide/variants.md"))]
///
/// In the interface: [`diff::compare`](crate::diff::compare).
pub mod variants {}

/// Child cases: how they start, talk and end, whom they are for, how they are named.
#[cfg_attr(doc, doc = "")]
#[cfg_attr(doc, doc = include_str!("guide/children.md"))]
///
/// In the interface: [`Case::at`](crate::Case::at), [`Case::children`](crate::Case::children),
/// [`Case::inbox`](crate::Case::inbox), [`Event::to`](crate::Event::to),
/// [`Workflow::invokes`](crate::Workflow::invokes).
pub mod children {}

/// What a process must do, written down and run; what is not tried yet.
#[cfg_attr(doc, doc = "")]
#[cfg_attr(doc, doc = include_str!("guide/scenarios.md"))]
///
/// In the interface: [`Suite`](crate::scenario::Suite), [`Scenario`](crate::scenario::Scenario),
/// [`Recorder`](crate::scenario::Recorder), [`Coverage`](crate::coverage::Coverage), [`suggest`](crate::lab::suggest()),
/// [`Mutant`](crate::lab::Mutant).
pub mod scenarios {}

/// The engine in a program of your own.
#[cfg_attr(doc, doc = "")]
#[cfg_attr(doc, doc = include_str!("guide/embedding.md"))]
///
/// In the interface: [`Workflow`](crate::Workflow), [`Case`](crate::Case), [`Event`](crate::Event),
/// [`Decision`](crate::Decision), [`Report`](crate::diagnostic::Report), [`Error`](crate::Error),
/// [`export`](crate::export), [`log`](crate::log), [`diff`](crate::diff).
pub mod embedding {}

/// Rules and events asked of many cases at once.
#[cfg_attr(doc, doc = "")]
#[cfg_attr(doc, doc = include_str!("guide/batch.md"))]
///
/// In the interface: [`batch::Table`](crate::batch::Table).
pub mod batch {}

/// What happened, proven line by line, and how a person is erased from it.
#[cfg_attr(doc, doc = "")]
#[cfg_attr(doc, doc = include_str!("guide/journal.md"))]
///
/// In the interface: [`Case::take_entries`](crate::Case::take_entries),
/// [`verify`](crate::journal::verify()), [`Verifier`](crate::journal::Verifier), [`erase`](crate::journal::erase()),
/// [`log`](crate::log).
pub mod journal {}

/// Real event logs: what is in them, and whether it could have happened under a workflow's rules.
#[cfg_attr(doc, doc = "")]
#[cfg_attr(doc, doc = include_str!("guide/logs.md"))]
///
/// In the interface: [`read_xes`](crate::log::read_xes()), [`LogMap`](crate::log::LogMap), [`check`](crate::log::check()),
/// [`align`](crate::log::align()).
pub mod logs {}

/// Keeping cases in a database, with a store for SQLite in full.
#[cfg_attr(doc, doc = "")]
#[cfg_attr(doc, doc = include_str!("guide/stores.md"))]
///
/// ```
#[cfg_attr(doc, doc = include_str!("guide/sqlite.rs"))]
///
/// fn main() -> Result<(), Failure> {
///     let workflow = Workflow::from_json(r#"{
///         "id": "door", "facts": { "key": { "type": "boolean" } }, "events": { "open": { "sets": ["key"] } },
///         "initial": "shut",
///         "states": { "shut": { "on": { "open": { "target": "ajar", "guard": "key" } } }, "ajar": {} }
///     }"#)?;
///     let mut store = Store::open(":memory:", [7; 32])?;
///     let (mut case, _) = Case::start(&workflow, None, Default::default())?;
///     assert_eq!(store.begin("door-1", &mut case)?, Kept::Yes);
///
///     // Two load the same case.
///     let mut slow = store.load(&workflow, "door-1")?.ok_or("it was kept")?;
///     let loaded = slow.head();
///     assert!(!store.fire(&workflow, "door-1", &Event::new("open"))?.is_moved());
///     slow.fire(&Event::new("open").fact("key", true));
///     assert_eq!(store.keep("door-1", &loaded, &mut slow)?, Kept::Conflict);
///
///     // A sender that heard nothing sends again.
///     let event = Event::new("open").fact("key", true).id("letter 17");
///     let first = store.fire(&workflow, "door-1", &event)?;
///     assert!(first.is_moved());
///     let again = store.fire(&workflow, "door-1", &event)?;
///     assert_eq!((again.outcome, again.repeat), (first.outcome, true));
///
///     let case = store.load(&workflow, "door-1")?.ok_or("it was kept")?;
///     let verified = tresteg::journal::verify(&workflow, &store.journal("door-1")?, Some(&case.head()))?;
///     assert_eq!((case.states(), verified.recomputed), (vec!["ajar"], 3));
///     Ok(())
/// }
/// ```
pub mod stores {}

/// Every bound of reading and running, and what is promised about the files of strangers.
#[cfg_attr(doc, doc = "")]
#[cfg_attr(doc, doc = include_str!("guide/untrusted.md"))]
///
/// In the interface: [`Limits`](crate::Limits).
pub mod untrusted {}

/// The command line: exit codes, lines of JSON, pictures, pages.
#[cfg_attr(doc, doc = "")]
#[cfg_attr(doc, doc = include_str!("guide/commands.md"))]
///
/// In the interface: [`export::outline`](crate::export::outline).
pub mod commands {}
