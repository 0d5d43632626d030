//! How to do what needs more than this library: chapters with examples that are compiled and run as tests.

/// Keeping cases in a database.
///
/// The library does no I/O, so a store is a page of the host's own code; this one is for SQLite by the crate `rusqlite`. What
/// any store must do is little:
///
/// * *One transaction* for the snapshot and the entries that led to it, so that state and journal cannot disagree, wherever
///   a crash strikes. A case whose entries were taken but could not be kept is thrown away and loaded anew.
/// * *An optimistic check*: the transaction holds only if the head in the store is still the one that the case was loaded
///   with. Of two who loaded the same case, the one who comes second is told so, loads again and fires again; the event is
///   answered by the case as it is then.
/// * *The answer leaves the house last*: who got an answer can rely on its being kept. Who got none sends the event again,
///   under the same `id`, and gets the first outcome if there was an answer.
///
/// A workflow for it keeps a journal: [`Limits::untaken_entries`](crate::Limits::untaken_entries) is not 0.
///
/// Equal heads mean equal cases, but for the time: time that passes without anything falling due leaves no entry
/// ([`Case::advance`](crate::Case::advance)) and need not be kept.
///
/// ```
#[doc = include_str!("guide/sqlite.rs")]
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
///     let verified = tresteg::verify(&workflow, &store.journal("door-1")?, Some(&case.head()))?;
///     assert_eq!((case.states(), verified.recomputed), (vec!["ajar"], 3));
///     Ok(())
/// }
/// ```
pub mod sqlite {}
