//! What a log does not say of terms.

/// What becomes of terms that are due while a log says nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Terms {
    /// No term is ever taken.
    Off,
    /// A term that is due may have been taken unseen, or not.
    #[default]
    Silent,
    /// A term that is due is taken, as in a case that runs.
    Strict,
}
