use super::*;

#[test]
fn spelling_is_no_meaning() {
    for (one, others) in [
        ("x > 1", &["(x > 1)", "((x)>(1))", "x /* so */ >\n1 // or so", "x > +1", "x > 0x1"][..]),
        ("x > 1.5", &["x > 1.50", "x > 1.500_0", "(x) > (1.5)", "x > 15e-1", "x > 0.15e1"]),
        ("x > 1.0", &["x > 1.000", "x > 1.0_0", "x > 1e0"]),
        ("x > 1000", &["x > 1_000", "x > 0x3e8", "x > 0b1111101000", "(x) > 1000"]),
        ("x == -1", &["x == - 1", "x == (-1)", "x == -(1)", "x == - - -1"]),
        ("s == \"a`b\"", &["s == `a``b`", "s == \"a\\x60b\"", "(s) == \"a\\u0060b\""]),
        ("a && b && c", &["(a && b) && c", "a && (b && c)", "a && (b) && (c)"]),
        ("a || b && c", &["a || (b && c)", "(a) || (b && (c))"]),
        ("a + b * c - d", &["(a + (b * c)) - d", "(a + b * c) - d"]),
        ("!a == b", &["(!a) == b", "!(a) == (b)"]),
        ("!(a == b)", &["! ((a) == b)"]),
        ("l.len() > 1", &["len(l) > 1", "(l).len() > (1)", "l . len ( ) > 1"]),
        ("l.all(|x| x > 1)", &["l.all(|x| (x > 1))", "all(l, |x| x > 1,)", "l.all(|x|x>1,)"]),
        ("f(a, b)", &["f(a, b,)", "f((a), (b))", "a.f(b)"]),
        ("#{ a: 1, b: [1, 2] }", &["#{ \"a\": 1, `b`: [1, 2,], }"]),
        ("x = 1", &["x = 1;", "x = (1);;", "; x = 1"]),
        ("x = 1; y = 2", &["x = 1;\ny = 2;", "{ x = 1; y = 2 }", "x = (1); ; y = 2;"]),
        ("if a { x = 1 } else { y = 2; }", &["if (a) { x = 1; } else { y = 2 }"]),
        ("switch x { 1 | 2 => a, _ => b }", &["switch (x) { 1|(2) => (a) _ => b, }"]),
        ("for i in 0..3 { x += i }", &["for i in (0..3) { x += (i); }"]),
        ("(a - b).days >= 3", &["((a - b)).days >= 3", "((a - b).days) >= 3"]),
    ] {
        let wanted = spelling(one);
        for other in others {
            assert_eq!(spelling(other), wanted, "{one} and {other}");
        }
    }
}

#[test]
fn meaning_is_kept_apart() {
    let texts = [
        "a - (b - c)",
        "a - b - c",
        "a + (b + c)",
        "(a + b) + c",
        "a * (b / c)",
        "a * b / c",
        "a && b",
        "b && a",
        "x > 1",
        "1 < x",
        "x > 1.0",
        "x >= 1",
        "x == -1",
        "x - 1",
        "x == `1`",
        "!a == b",
        "!(a == b)",
        "a && b || c",
        "a && (b || c)",
        "a ?? b && c",
        "a ?? (b && c)",
        "-a.b",
        "(-a).b",
        "(-1).abs()",
        "-(abs(2))",
        "l.all(|x| x)",
        "l.some(|x| x)",
        "l.all(|x| { x })",
        "{ x > 1 }",
        "l.len",
        "l.len()",
        "x in l",
        "l.contains(x)",
        "l.contains(y)",
        "l[0].a",
        "l[(0).a]",
        "if a { b } else { c }",
        "if a { c } else { b }",
        "let y = a; y",
        "const y = a; y",
        "0..3",
        "0..=3",
    ];
    let mut seen = std::collections::BTreeMap::new();
    for text in texts {
        if let Some(other) = seen.insert(spelling(text), text) {
            panic!("{text} and {other} are told by one text");
        }
    }
}

/// Reading the one text gives the tree back, so it stands for that tree and no other.
#[test]
fn is_read_back() {
    let scripts = [
        "a - (b - c) * -(d + 1) / (e % f - 1.50)",
        "(((a + b) * c - d) * e + f) == (g ?? h) && !(i in [1, -2.0, `x\"y`] || j !in k)",
        "x.map(|a| if a > 1 { a } else if a < -1 { -a } else { let y = a; y + 1 }).sum()[0].b",
        "switch x + 1 { 1 | 2 if (a || b) => 1.0, -3 => { 2 }, 4..=7 => f(|| 3), _ => (if a { 1 } else { 2 }) + 1 }",
        "x = 1; if a { return; } for (i, n) in l { if i > 3 { break; } else { continue; } y[i].z += n * 2 } while x > 3 { x -= 1 } do { x += 1 } until x > 9; loop { break }",
        "emit(`m`, #{ a: 1, \"b c\": [#{}, ()], d: |x| y = x })",
        "f(|| 1, if a { 1 } else { 2 }) + -(-b)",
    ];
    for script in scripts {
        assert!(reads_back(script), "{script}");
    }
}

/// Whether the one text of a script is read as the same tree, and is its own one text.
pub(in crate::rule) fn reads_back(script: &str) -> bool {
    let read =
        |text: &str| tokens::split(text).ok().and_then(|words| read::read(text, &words).ok());
    let Some(tree) = read(script) else { panic!("{script}") };
    let text = canonical(&tree);
    let Some(again) = read(&text) else { panic!("{script}\n{text}") };
    canonical(&again) == text && bare(&again) == bare(&tree)
}

/// A tree without its places, and a call without the form it was written in.
fn bare(tree: &Tree) -> String {
    let debug = format!("{:?}", tree.form);
    let mut out = String::new();
    let mut rest = debug.as_str();
    while let Some(at) = rest.find("Extent {") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = &rest[rest.find('}').unwrap() + 1..];
    }
    out.push_str(rest);
    out.replace("method: true", "method: false")
}
