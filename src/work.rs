//! Work that is counted while tests run, so that growth is held to what it should be whatever the machine.

/// So many things have been looked at. It costs nothing but in tests.
#[inline(always)]
pub(crate) fn looked_at(_things: usize) {
    #[cfg(test)]
    counter::add(_things);
}

#[cfg(test)]
pub(crate) use counter::counted;

#[cfg(test)]
mod counter {
    use std::cell::Cell;

    thread_local! {
        static ALL: Cell<u64> = const { Cell::new(0) };
    }

    pub(super) fn add(things: usize) {
        ALL.set(ALL.get().saturating_add(things as u64));
    }

    /// What something looks at on this thread.
    pub(crate) fn counted(run: impl FnOnce()) -> u64 {
        let before = ALL.get();
        run();
        ALL.get() - before
    }
}
