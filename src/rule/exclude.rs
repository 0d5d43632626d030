//! Whether two conditions shut each other out, as far as their form shows it: `x == 1` and `x == 2`,
//! `p` and `!p`, `a < b` and `a >= b`, among what each joins by `&&`.

use super::program::{Node, Op, Program};
use super::syntax::Binary;

/// Parts of one condition that are looked at.
const PARTS: usize = 16;

/// Whether both cannot hold at once; where it is not plain to see, they can. Cost: bounded.
pub(crate) fn exclude(a: (&Program, &str), b: (&Program, &str)) -> bool {
    let (first, second) = (parts(&a.0.root), parts(&b.0.root));
    first.iter().any(|one| second.iter().any(|other| against((one, a.1), (other, b.1))))
}

fn parts(root: &Node) -> Vec<&Node> {
    let mut waiting = vec![root];
    let mut found = Vec::new();
    while let Some(node) = waiting.pop().filter(|_| found.len() < PARTS) {
        match &node.op {
            Op::And(nodes) => waiting.extend(nodes.iter().rev().take(PARTS)),
            Op::Block(nodes) if nodes.len() == 1 => waiting.extend(nodes),
            _ => found.push(node),
        }
    }
    found
}

fn against(a: (&Node, &str), b: (&Node, &str)) -> bool {
    let same = |x: &Node, y: &Node| x.at.of(a.1) == y.at.of(b.1);
    match (&a.0.op, &b.0.op) {
        (Op::Not(inner), _) => same(inner, b.0),
        (_, Op::Not(inner)) => same(a.0, inner),
        (
            Op::Binary { op, left, right, .. },
            Op::Binary { op: other, left: other_left, right: other_right, .. },
        ) if same(left, other_left) => match (&right.op, &other_right.op) {
            (Op::Constant(one), Op::Constant(two))
                if (*op, *other) == (Binary::Equal, Binary::Equal) =>
            {
                one != two
            }
            _ => same(right, other_right) && opposite(*op) == Some(*other),
        },
        _ => false,
    }
}

/// The comparison that holds where this one does not.
fn opposite(op: Binary) -> Option<Binary> {
    Some(match op {
        Binary::Equal => Binary::NotEqual,
        Binary::NotEqual => Binary::Equal,
        Binary::Less => Binary::GreaterOrEqual,
        Binary::GreaterOrEqual => Binary::Less,
        Binary::Greater => Binary::LessOrEqual,
        Binary::LessOrEqual => Binary::Greater,
        _ => return None,
    })
}
