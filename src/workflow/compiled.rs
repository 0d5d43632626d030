//! A workflow as cases run on it: read, compiled, shared.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use crate::definition::model::Definition;
use crate::diagnostic::Report;
use crate::limits::Limits;
#[cfg(feature = "scenario")]
use crate::rule::outline::Outline;
use crate::rule::{Quoted, Rules};
use crate::table::{FactId, StateId};
use crate::workflow::chart::Chart;
use crate::workflow::due;
use crate::workflow::fingerprint;
use crate::workflow::lint;
use crate::workflow::listeners::ListenerIndex;
use crate::workflow::personal;
use crate::workflow::remembered;
use crate::workflow::settled;

/// A workflow: proven well-formed, compiled, cheap to clone and to share between threads.
///
/// ```
/// let workflow = tresteg::Workflow::from_json(r#"{
///     "id": "door",
///     "initial": "shut",
///     "states": { "shut": { "on": { "open": "ajar" } }, "ajar": { "type": "final" } }
/// }"#)?;
/// assert_eq!(workflow.id(), "door");
/// # Ok::<(), tresteg::diagnostic::Report>(())
/// ```
#[derive(Debug, Clone)]
pub struct Workflow {
    pub(super) inner: Arc<Compiled>,
}

#[derive(Debug)]
pub(crate) struct Compiled {
    /// One more for each workflow that is loaded: a handle of another one is known by it. Reaches no output.
    pub(super) serial: u64,
    pub definition: Definition,
    pub rules: Rules,
    pub chart: Chart,
    pub listeners: ListenerIndex,
    pub dues: due::Dues,
    pub(super) open_facts: settled::OpenFacts,
    pub remembered: remembered::Remembered,
    pub limits: Limits,
    /// Whether a role is that of one unit.
    pub has_units: bool,
    /// The workflows of its child cases, by number of the `invoke`.
    pub invoked: Vec<Invoked>,
    /// States by name. Only asked, never walked: its order reaches no output.
    pub(super) names: HashMap<String, StateId>,
    /// Warnings only, with the sources.
    pub report: Report,
    /// SHA-256 of what the file means, in hexadecimal.
    /// Made when it is first asked for: it costs about as much as reading the scripts.
    pub(super) fingerprint: OnceLock<String>,
    /// What there is to be covered, made when it is first asked for.
    #[cfg(feature = "scenario")]
    pub(super) outline: OnceLock<Outline>,
    /// As [`Self::personal`] gives it.
    pub(super) personal: OnceLock<BTreeSet<String>>,
    /// As [`Self::spelling`] gives them; only asked, never walked.
    pub(super) spellings: RwLock<HashMap<String, Arc<str>>>,
    /// Of a mutant: how what scenarios quote is called in the workflow that it was made of.
    pub quoted: Quoted,
}

/// The child cases of an `invoke`, ready to start.
#[derive(Debug)]
pub(crate) struct Invoked {
    pub id: Arc<str>,
    pub state: StateId,
    /// Where its file lies, relative to the same place as the name of the parent's.
    pub path: Arc<str>,
    pub workflow: Workflow,
    /// The list whose items start one each.
    pub each: Option<FactId>,
    /// What the parent sees.
    pub returns: Vec<Arc<str>>,
    /// `done.invoke.ID`, where the file listens to it.
    pub done: Option<Arc<str>>,
}

impl Compiled {
    /// What the workflow means, as a hash.
    pub fn fingerprint(&self) -> &str {
        self.fingerprint.get_or_init(|| {
            let own = fingerprint::fingerprint(&self.definition);
            if self.invoked.is_empty() {
                return own;
            }
            let children = self.invoked.iter().map(|one| one.workflow.fingerprint());
            let parts: Vec<&[u8]> =
                [own.as_str()].into_iter().chain(children).map(str::as_bytes).collect();
            crate::digest::sha256(&parts).into()
        })
    }

    /// The rules with their clauses and thresholds, numbered.
    #[cfg(feature = "scenario")]
    pub fn outline(&self) -> &Outline {
        self.outline.get_or_init(|| Outline::new(&self.definition, &self.rules))
    }

    /// Facts and entries of payload that are personal, or follow from such facts, by the name that verdicts call them.
    pub fn personal(&self) -> &BTreeSet<String> {
        self.personal.get_or_init(|| personal::personal(self))
    }

    /// Whether anything is personal, in child cases too. Calls itself once for each level of these.
    pub fn is_personal(&self) -> bool {
        let mut inside = self.invoked.iter().map(|invoked| invoked.workflow.compiled());
        !self.personal().is_empty() || inside.any(Self::is_personal)
    }

    /// A clause of a rule, or the name of what it reads, as journals spell it: made once.
    pub fn spelling(&self, text: &str) -> Arc<str> {
        let known = self.spellings.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(spelt) = known.get(text) {
            return spelt.clone();
        }
        drop(known);
        let spelt: Arc<str> = crate::rule::spelling(text).into();
        let mut known = self.spellings.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(text.to_owned(), spelt.clone());
        spelt
    }

    /// The state of a name; the file itself has none.
    pub fn state_named(&self, name: &str) -> Option<StateId> {
        self.names.get(name).copied()
    }
}

impl Workflow {
    /// A workflow without errors, put together.
    pub(super) fn put_together(
        definition: Definition,
        rules: Rules,
        invoked: Vec<Invoked>,
        mut report: Report,
        limits: &Limits,
    ) -> Self {
        let chart = Chart::new(&definition);
        let told = invoked.iter().flat_map(|one| &one.workflow.compiled().rules.told);
        let told = told.map(|told| &*told.event).collect();
        lint::check(&definition, &rules, &chart, &told, &mut report);
        let has_units = definition.roles.values().any(|role| role.unit.is_some());
        definition.allowed.apply(&mut report);
        report.sort();
        let listeners = ListenerIndex::new(&definition, &rules, &chart);
        let dues = due::dues(&definition, &rules);
        let remembered = remembered::Remembered::new(&definition, &rules);
        let states = definition.states.iter().skip(1);
        let names = states.map(|(id, state)| (state.name.value.clone(), id)).collect();
        static LOADED: AtomicU64 = AtomicU64::new(0);
        let inner = Compiled {
            serial: LOADED.fetch_add(1, Ordering::Relaxed),
            definition,
            rules,
            chart,
            listeners,
            dues,
            open_facts: settled::OpenFacts::default(),
            remembered,
            limits: limits.clone(),
            has_units,
            invoked,
            names,
            report,
            fingerprint: OnceLock::new(),
            #[cfg(feature = "scenario")]
            outline: OnceLock::new(),
            personal: OnceLock::new(),
            spellings: RwLock::default(),
            quoted: Quoted::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The `id` of the file.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.inner.definition.id
    }

    /// The `version` of the file.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.inner.definition.version.as_deref()
    }

    /// What the file means, as 64 hexadecimal digits: SHA-256 of the merged definition in a canonical form.
    ///
    /// It stays the same when white space, comments, labels, hints, descriptions, sources, `id`, `version` or the order of
    /// keys change where they mean nothing, and when the same is spelt otherwise: `(x > 1.50)` for `x > 1.5`, `P1W` for
    /// `P7D`, a default that is written out. It changes with everything that an answer can depend on.
    ///
    /// ```
    /// use tresteg::Workflow;
    /// let plain = Workflow::from_json(r#"{ "id": "w", "states": { "a": { "on": { "go": { "guard": "1 < 2" } } } } }"#)?;
    /// let told = Workflow::from_json(
    ///     r#"{ "states": { "a": { "title": "A", "on": { "go": { "guard": "1  <  2 // always" } } } }, "id": "w" }"#,
    /// )?;
    /// assert_eq!(plain.fingerprint(), told.fingerprint());
    /// # Ok::<(), tresteg::diagnostic::Report>(())
    /// ```
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        self.inner.fingerprint()
    }

    /// Warnings that came up while reading; errors never get this far.
    #[must_use]
    pub fn warnings(&self) -> &Report {
        &self.inner.report
    }

    /// The bounds that it was read with and that its cases run under.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    #[inline]
    pub(crate) fn compiled(&self) -> &Compiled {
        &self.inner
    }

    /// Whether its cases have child cases.
    pub(crate) fn is_whole(&self) -> bool {
        !self.inner.invoked.is_empty()
    }

    /// The workflow with how what scenarios quote was called before it was changed; only before it is shared.
    pub(crate) fn quoting(mut self, quoted: Quoted) -> Self {
        if let Some(compiled) = Arc::get_mut(&mut self.inner) {
            compiled.quoted = quoted;
        }
        self
    }

    /// What tells it from every other that was loaded.
    pub(crate) fn serial(&self) -> u64 {
        self.inner.serial
    }

    /// Whether two handles share one compiled workflow.
    #[inline]
    pub(crate) fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }
}
