//! A chapter of the guide as lines for a terminal: Markdown in, text out.
//!
//! It knows what the chapters use: headings, paragraphs, lists, tables and blocks of code. Words
//! stay as they are written, with their backticks.

/// Columns of a line.
const WIDTH: usize = 100;

/// What one piece of Markdown is.
enum Piece<'m> {
    Heading(&'m str),
    /// The lines of a paragraph or of one entry of a list.
    Text(Vec<&'m str>),
    Code(Vec<&'m str>),
    Table(Vec<&'m str>),
}

/// The whole chapter, headings in bold where that is wanted. Linear in the text.
pub(super) fn set(markdown: &str, bold: bool) -> String {
    let mut out = String::new();
    let mut listed = false;
    for piece in pieces(markdown) {
        let entry = matches!(&piece, Piece::Text(lines) if lines.first().is_some_and(|line| line.starts_with("* ")));
        // Entries of a list stand together.
        let together = listed && entry;
        if !out.is_empty() && !together {
            out.push('\n');
        }
        listed = entry;
        match piece {
            Piece::Heading(text) => {
                let text = inline(text.trim_start_matches('#').trim());
                let text = if bold { format!("\x1b[1m{text}\x1b[0m") } else { text.to_uppercase() };
                out.push_str(&text);
                out.push('\n');
            }
            Piece::Text(lines) => {
                let indent = if entry { 2 } else { 0 };
                let text = inline(&lines.join(" "));
                push_wrapped(&mut out, &text, 0, indent);
            }
            Piece::Code(lines) => {
                for line in lines {
                    out.push_str(if line.is_empty() { "" } else { "    " });
                    out.push_str(line);
                    out.push('\n');
                }
            }
            Piece::Table(rows) => push_table(&mut out, &rows),
        }
    }
    out
}

fn pieces(markdown: &str) -> Vec<Piece<'_>> {
    let mut found: Vec<Piece<'_>> = Vec::new();
    // Whether the last piece still goes on.
    let mut open = false;
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let rust = info == "rust";
            let code = lines.by_ref().take_while(|line| !line.starts_with("```"));
            // What the documentation hides is hidden here.
            let code = code.filter(|line| !rust || !(line.starts_with("# ") || *line == "#"));
            found.push(Piece::Code(code.collect()));
            open = false;
        } else if line.trim().is_empty() || line.starts_with("<!--") {
            open = false;
        } else if line.starts_with('#') {
            found.push(Piece::Heading(line));
            open = false;
        } else if line.starts_with('|') {
            match found.last_mut() {
                Some(Piece::Table(rows)) if open => rows.push(line),
                _ => found.push(Piece::Table(vec![line])),
            }
            open = true;
        } else {
            match found.last_mut() {
                Some(Piece::Text(text)) if open && !line.starts_with("* ") => {
                    text.push(line.trim());
                }
                _ => found.push(Piece::Text(vec![line.trim_end()])),
            }
            open = true;
        }
    }
    found
}

/// Without the marks of bold, and with the words of a link in its place.
fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['`', '*', '[']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        rest = from;
        if rest.starts_with('`') {
            // Code stays as it is, up to as many backticks as began it.
            let ticks = rest.len() - rest.trim_start_matches('`').len();
            let (fence, inside) = rest.split_at(ticks);
            let Some(end) = inside.find(fence) else { break };
            let (code, after) = inside.split_at(end);
            out.push_str(fence);
            out.push_str(code);
            out.push_str(fence);
            rest = after.get(ticks..).unwrap_or("");
        } else if let Some(after) = rest.strip_prefix("**") {
            rest = after;
        } else if let Some((words, target, after)) = link(rest) {
            out.push_str(&inline(words));
            if target.starts_with("http") {
                out.push_str(&format!(" ({target})"));
            }
            rest = after;
        } else {
            let (mark, after) = rest.split_at(1);
            out.push_str(mark);
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// `[words](target)` at the beginning.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let (words, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (target, after) = rest.split_once(')')?;
    (!words.contains('[')).then_some((words, target, after))
}

fn push_wrapped(out: &mut String, text: &str, first: usize, indent: usize) {
    let mut column = first;
    let mut fresh = true;
    out.push_str(&" ".repeat(first));
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if !fresh && column + 1 + length > WIDTH {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            column = indent;
            fresh = true;
        }
        if !fresh {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
        fresh = false;
    }
    out.push('\n');
}

fn cells(row: &str) -> Vec<String> {
    let row = row.replace("\\|", "\u{1}");
    let cells = row.trim().trim_matches('|').split('|');
    cells.map(|cell| cell_text(cell.trim()).replace('\u{1}', "|")).collect()
}

/// What stands in the first cell of a row, as a reader sees it.
pub(super) fn first_cell(row: &str) -> String {
    cells(row).into_iter().next().unwrap_or_default()
}

/// A cell that is code and nothing else needs no backticks around it.
fn cell_text(cell: &str) -> String {
    let ticks = cell.len() - cell.trim_start_matches('`').len();
    let (fence, rest) = cell.split_at(ticks);
    match rest.strip_suffix(fence) {
        Some(code) if ticks > 0 && !code.contains(fence) => code.trim().to_owned(),
        _ => inline(cell),
    }
}

fn push_table(out: &mut String, rows: &[&str]) {
    let mut rows = rows.iter().map(|row| cells(row));
    let Some(head) = rows.next() else { return };
    let rows: Vec<Vec<String>> = rows.skip(1).collect();
    match head.last().map(String::as_str) {
        Some("gives" | "does") => push_examples(out, &rows),
        _ => push_columns(out, &head, &rows),
    }
}

/// What is written, what it means below, and examples with what they give.
fn push_examples(out: &mut String, rows: &[Vec<String>]) {
    for row in rows {
        let [head, middle @ .., script, gives] = row.as_slice() else { continue };
        let (kind, about) = match middle {
            [kind, about] => (kind.as_str(), about.as_str()),
            [about] => ("", about.as_str()),
            _ => ("", ""),
        };
        if !head.is_empty() {
            let arrow = if kind.is_empty() { String::new() } else { format!(" → {kind}") };
            push_wrapped(out, &format!("{head}{arrow}"), 0, 4);
        }
        if !about.is_empty() {
            push_wrapped(out, about, 4, 4);
        }
        push_wrapped(out, &format!("{script}  ⇒  {gives}"), 6, 8);
    }
}

/// Columns side by side, the last one wrapped; where there is no room for that, below each other
/// with their heads.
fn push_columns(out: &mut String, head: &[String], rows: &[Vec<String>]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.saturating_sub(1))
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0) + 2
        })
        .collect();
    let indent: usize = widths.iter().sum();
    for row in rows {
        let Some((last, first)) = row.split_last() else { continue };
        if indent > WIDTH / 2 {
            for (column, (cell, name)) in row.iter().zip(head).enumerate() {
                match name.as_str() {
                    _ if column == 0 => push_wrapped(out, cell, 0, 4),
                    _ if cell.is_empty() => {}
                    "means" | "why" => push_wrapped(out, cell, 4, 4),
                    _ => push_wrapped(out, &format!("{name}: {cell}"), 4, 6),
                }
            }
            continue;
        }
        let mut line = String::new();
        for (cell, width) in first.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width.saturating_sub(cell.chars().count())));
        }
        let mut rest = String::new();
        push_wrapped(&mut rest, last, indent, indent);
        out.push_str(&line);
        out.push_str(rest.get(indent..).unwrap_or(""));
    }
}

#[cfg(test)]
mod tests {
    use super::set;

    #[test]
    fn chapters_are_set_for_a_terminal() {
        let markdown = "\
# Rules: *all*

A [guard](other.md) and
a **score**; `a ** b` stays. [Rhai](https://rhai.rs)

* one
  and more
* two

<!-- functions -->

| key | means |
|---|---|
| `a` | first |
| `long` | a \\| b |

| script | error | why | instead |
|---|---|---|---|
| `a_script_of_some_length + another_of_such_length` | `code` | so it is | |

| function | gives | means | example | gives |
|---|---|---|---|---|
| `abs(x)` | number | no sign | `abs(-3)` | `3` |
|  |  |  | `abs(3)` | `3` |

```rust
let a = 1;

# hidden
```
";
        let wanted = "\
RULES: *ALL*

A guard and a score; `a ** b` stays. Rhai (https://rhai.rs)

* one and more
* two

a     first
long  a | b

a_script_of_some_length + another_of_such_length
    error: code
    so it is

abs(x) → number
    no sign
      abs(-3) ⇒ 3
      abs(3) ⇒ 3

    let a = 1;

";
        assert_eq!(set(markdown, false), wanted);
        assert!(set("# A", true).starts_with("\x1b[1mA\x1b[0m"));
    }
}
