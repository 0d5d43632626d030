//! `&&`, `||`, `!` over simple tests as a graph of decisions: while all that is read is known, each test says which comes
//! next, and no more of them are asked than the text asks.
//!
//! What is unknown ends the graph; the careful walk then starts anew.

use super::super::facts::{Place, within};
use super::super::plan::{Test, Word};
use super::test::{TestFn, leaf};
use super::{Frame, Row, Tri};

pub(super) struct Graph {
    nodes: Box<[Decision]>,
}

struct Decision {
    ask: Ask,
    /// The next decision, or an answer.
    yes: u16,
    no: u16,
}

enum Ask {
    /// A cell between two bounds.
    Range {
        cell: Place,
        low: i64,
        width: u64,
    },
    Mask {
        cell: Place,
        mask: u64,
    },
    Holds {
        cell: Place,
        bits: i64,
    },
    Other(TestFn),
}

/// Where a graph ends. Decisions have smaller numbers.
pub(super) const NO: u16 = u16::MAX - 1;
pub(super) const YES: u16 = u16::MAX;

/// Decisions of a graph: larger ones are walked.
const MOST: usize = 1_000;

/// The graph of a test that others are joined in.
pub(super) fn graph(test: &Test) -> Option<Graph> {
    if !matches!(test, Test::Not(_) | Test::All { .. } | Test::Any { .. }) {
        return None;
    }
    let mut nodes = Vec::new();
    let entry = lay(test, YES, NO, &mut nodes)?;
    if nodes.is_empty() || entry == YES || entry == NO {
        return None;
    }
    // Laid from the back: now the first is the entry.
    let last = u16::try_from(nodes.len() - 1).ok()?;
    let turned = |next: u16| if next >= NO { next } else { last - next };
    nodes.reverse();
    for node in &mut nodes {
        (node.yes, node.no) = (turned(node.yes), turned(node.no));
    }
    (turned(entry) == 0).then(|| Graph { nodes: nodes.into() })
}

/// Lays a test in front of what comes after it; gives where it begins.
fn lay(test: &Test, yes: u16, no: u16, nodes: &mut Vec<Decision>) -> Option<u16> {
    match test {
        Test::Constant(true) => return Some(yes),
        Test::Constant(false) => return Some(no),
        Test::Not(inner) => return lay(inner, no, yes, nodes),
        Test::All { tests, .. } => {
            return tests.iter().rev().try_fold(yes, |next, test| lay(test, next, no, nodes));
        }
        Test::Any { tests, .. } => {
            return tests.iter().rev().try_fold(no, |next, test| lay(test, yes, next, nodes));
        }
        _ => {}
    }
    let (ask, negated) = ask(test);
    let (yes, no) = if negated { (no, yes) } else { (yes, no) };
    if nodes.len() >= MOST {
        return None;
    }
    nodes.push(Decision { ask, yes, no });
    u16::try_from(nodes.len() - 1).ok()
}

fn ask(test: &Test) -> (Ask, bool) {
    match test {
        Test::Cell(cell) => (Ask::Range { cell: Place::of(*cell), low: 1, width: 0 }, false),
        Test::Range { word, low, high, negated } if low <= high => match **word {
            Word::Cell(cell) => {
                let width = high.wrapping_sub(*low).cast_unsigned();
                (Ask::Range { cell: Place::of(cell), low: *low, width }, *negated)
            }
            _ => (Ask::Other(leaf(test)), false),
        },
        Test::Mask { word, mask } => match **word {
            Word::Cell(cell) => (Ask::Mask { cell: Place::of(cell), mask: *mask }, false),
            _ => (Ask::Other(leaf(test)), false),
        },
        Test::Holds { cell, bits } => (Ask::Holds { cell: Place::of(*cell), bits: *bits }, false),
        other => (Ask::Other(leaf(other)), false),
    }
}

impl Graph {
    #[inline(always)]
    pub fn decide<'a>(&self, row: &Row<'a>, frame: &mut Frame<'_, 'a>) -> Tri {
        let mut next = 0_u16;
        loop {
            let Some(decision) = self.nodes.get(usize::from(next)) else {
                return Tri::of(next == YES);
            };
            let holds = match &decision.ask {
                Ask::Range { cell, low, width } => {
                    row.cell(*cell).map(|word| word.wrapping_sub(*low).cast_unsigned() <= *width)
                }
                Ask::Mask { cell, mask } => row.cell(*cell).map(|word| within(*mask, word)),
                Ask::Holds { cell, bits } => row.cell(*cell).map(|word| word & bits == *bits),
                Ask::Other(test) => match test(row, frame) {
                    Tri::True => Ok(true),
                    Tri::False => Ok(false),
                    other => return other,
                },
            };
            next = match holds {
                Ok(true) => decision.yes,
                Ok(false) => decision.no,
                Err(stop) => return stop.into(),
            };
        }
    }
}
