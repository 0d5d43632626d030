//! The tree is what Rhai's parser understands, with the text of every part.

use super::*;
use crate::definition::model::Script;
use crate::rule::syntax::{Binary, Form, Tree};

fn tree(text: &str) -> Tree {
    let script = Script::new(text.to_owned(), Span::default(), vec![(0, 0)]);
    let mut report = Report::default();
    parse::parse(&script, &Limits::default(), &mut report)
        .unwrap_or_else(|| panic!("{text}: {:?}", report.diagnostics()))
}

/// The tree with brackets around every part.
fn shape(tree: &Tree) -> String {
    let all = |trees: &[Tree], by: &str| trees.iter().map(shape).collect::<Vec<_>>().join(by);
    match &tree.form {
        Form::Binary { op, left, right, .. } => {
            let symbol = if let Binary::Refused(symbol) = op { symbol } else { op.symbol() };
            format!("({} {symbol} {})", shape(left), shape(right))
        }
        Form::And(parts) => format!("({})", all(parts, " && ")),
        Form::Or(parts) => format!("({})", all(parts, " || ")),
        Form::Coalesce(parts) => format!("({})", all(parts, " ?? ")),
        Form::In { item, list, negated } => {
            format!("({} {} {})", shape(item), if *negated { "!in" } else { "in" }, shape(list))
        }
        Form::Range { from, to, inclusive } => {
            format!("({}{}{})", shape(from), if *inclusive { "..=" } else { ".." }, shape(to))
        }
        Form::Not(inner) => format!("(!{})", shape(inner)),
        Form::Minus(inner) => format!("(-{})", shape(inner)),
        Form::Property(base, name) => format!("{}.{}", shape(base), name.text),
        Form::Item(base, item) => format!("{}[{}]", shape(base), shape(item)),
        Form::Call { name, args, method: false } => format!("{}({})", name.text, all(args, ", ")),
        Form::Call { name, args, .. } => {
            format!("{}.{}({})", shape(&args[0]), name.text, all(&args[1..], ", "))
        }
        Form::Closure { params, body } => {
            let params: Vec<&str> = params.iter().map(|name| &*name.text).collect();
            format!("|{}| {}", params.join(", "), shape(body))
        }
        Form::Name(name) => name.to_string(),
        Form::Integer(value) => value.to_string(),
        Form::Number(value) => value.to_string(),
        Form::Boolean(value) => value.to_string(),
        Form::Text(value) => format!("{value:?}"),
        Form::List(items) => format!("[{}]", all(items, ", ")),
        other => format!("{other:?}"),
    }
}

#[test]
fn precedence() {
    for (text, wanted) in [
        ("a && b || c && d", "((a && b) || (c && d))"),
        ("(a && b) && c", "(a && b && c)"),
        ("a && (b && c)", "(a && b && c)"),
        ("a || b || c", "(a || b || c)"),
        ("a == b && c != d", "((a == b) && (c != d))"),
        ("1 + 2 * 3 - 4 / 5 % 6", "((1 + (2 * 3)) - ((4 / 5) % 6))"),
        ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("-a + -1", "((-a) + -1)"),
        ("- 1 - -1", "(-1 - -1)"),
        ("1-1", "(1 - 1)"),
        ("a ?? 0 > 3", "((a ?? 0) > 3)"),
        ("a + b ?? 0", "((a + b) ?? 0)"),
        ("a < b + 1 == c", "((a < (b + 1)) == c)"),
        ("x in list && y !in list", "((x in list) && (y !in list))"),
        ("x + 1 in list", "((x + 1) in list)"),
        ("!a && !b.c", "((!a) && (!b.c))"),
        ("!a == b", "((!a) == b)"),
        ("a & b | c", "((a & b) | c)"),
        ("a.b[0].c(1, 2).d", "a.b[0].c(1, 2).d"),
        ("a[b[0]][1].c[d.e]", "a[b[0]][1].c[d.e]"),
        ("(a - b).days", "(a - b).days"),
        ("f()", "f()"),
        ("l.all(|x, y| x > y)", "l.all(|x, y| (x > y))"),
        ("l.map(|| 1)", "l.map(|| 1)"),
        ("0..n + 1", "(0..(n + 1))"),
        ("1..=3", "(1..=3)"),
        ("1.5e2 + 0x1F + 1_000", "((150 + 31) + 1000)"),
        ("\"a\\\"b\\n\" + `c\"d`", "(\"a\\\"b\\n\" + \"c\\\"d\")"),
        ("a > 1 // end", "(a > 1)"),
        ("a /* x */ > /* y */ 1", "(a > 1)"),
    ] {
        assert_eq!(shape(&tree(text)), wanted, "{text}");
    }
}

#[test]
fn every_part_keeps_its_text() {
    fn parts<'t>(text: &'t str, tree: &Tree, found: &mut Vec<&'t str>) {
        match &tree.form {
            Form::Binary { left, right, .. } => [left, right].into_iter().for_each(|side| {
                found.push(side.at.of(text));
                parts(text, side, found);
            }),
            Form::And(clauses) | Form::Or(clauses) => clauses.iter().for_each(|clause| {
                found.push(clause.at.of(text));
                parts(text, clause, found);
            }),
            Form::Not(inner) | Form::Property(inner, _) => {
                found.push(inner.at.of(text));
                parts(text, inner, found);
            }
            _ => {}
        }
    }
    for (text, wanted) in [
        ("  a  &&  ( b || c ) ", &["a", "( b || c )", "b", "c"][..]),
        ("(a) && ((b))", &["(a)", "((b))"]),
        ("f(a, (b)) > g ( c )", &["f(a, (b))", "g ( c )"]),
        (
            "!( a > b ) && x.y [ 1 ] == \"å\" /* c */",
            &["!( a > b )", "( a > b )", "a", "b", "x.y [ 1 ] == \"å\"", "x.y [ 1 ]", "\"å\""],
        ),
        ("(a - b).days > 1", &["(a - b).days", "(a - b)", "a", "b", "1"]),
        ("t == `å\n`\n&& a", &["t == `å\n`", "t", "`å\n`", "a"]),
        ("x == - 1", &["x", "- 1"]),
    ] {
        let tree = tree(text);
        let mut found = Vec::new();
        parts(text, &tree, &mut found);
        assert_eq!(found, wanted, "{text}");
    }
}
