//! JUnit XML, as servers for continuous integration read it.

use std::fmt::Write as _;

use tresteg::diagnostic::{visible, visible_lines};

/// One file of tests.
#[derive(Clone)]
pub(super) struct Group {
    pub name: String,
    pub tests: Vec<Test>,
}

/// One test.
#[derive(Clone)]
pub(super) struct Test {
    pub name: String,
    pub result: Outcome,
}

#[derive(Clone)]
pub(super) enum Outcome {
    Passed,
    /// A line that says what, and the whole story.
    Failed(String, String),
    /// It could not be run.
    Broken(String, String),
}

/// The report of all files.
pub(super) fn write(groups: &[Group]) -> String {
    let count = |group: &Group, is: fn(&Outcome) -> bool| {
        group.tests.iter().filter(|test| is(&test.result)).count()
    };
    let failed = |outcome: &Outcome| matches!(outcome, Outcome::Failed(..));
    let broken = |outcome: &Outcome| matches!(outcome, Outcome::Broken(..));
    let counts = |tests: usize, failures: usize, errors: usize| {
        format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"")
    };
    let sum = |of: &dyn Fn(&Group) -> usize| groups.iter().map(of).sum::<usize>();
    let all = counts(
        sum(&|group| group.tests.len()),
        sum(&|group| count(group, failed)),
        sum(&|group| count(group, broken)),
    );
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tresteg\" {all}>\n"
    );
    for group in groups {
        let own = counts(group.tests.len(), count(group, failed), count(group, broken));
        // A `String` takes everything.
        let _ = writeln!(out, "  <testsuite name=\"{}\" {own}>", escape(&visible(&group.name)));
        for test in &group.tests {
            let (name, class) = (escape(&visible(&test.name)), escape(&visible(&group.name)));
            let _ = write!(out, "    <testcase name=\"{name}\" classname=\"{class}\"");
            let _ = match &test.result {
                Outcome::Passed => writeln!(out, "/>"),
                Outcome::Failed(line, story) => writeln!(out, ">{}", cause("failure", line, story)),
                Outcome::Broken(line, story) => writeln!(out, ">{}", cause("error", line, story)),
            };
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn cause(element: &str, line: &str, story: &str) -> String {
    let (line, story) = (escape(&visible(line)), escape(story));
    format!("\n      <{element} message=\"{line}\">{story}</{element}>\n    </testcase>")
}

/// A text for an attribute or between tags. What XML 1.0 does not have, and what nobody would see, is written out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in visible_lines(text).chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // As they are, attributes would lose them: names and messages have none, stories stand between tags.
            '\n' => out.push_str("&#10;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// What a reader of XML gets back: names and attributes of elements, and text.
    fn read(xml: &str) -> Vec<String> {
        use quick_xml::events::Event;
        let mut reader = quick_xml::Reader::from_str(xml);
        reader.config_mut().check_end_names = true;
        let mut found = Vec::new();
        loop {
            match reader.read_event().unwrap() {
                Event::Eof => return found,
                Event::Start(element) | Event::Empty(element) => {
                    found.push(element.name().as_ref().to_owned());
                    for attribute in element.attributes() {
                        found.push(
                            attribute
                                .unwrap()
                                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                                .unwrap()
                                .into_owned(),
                        );
                    }
                }
                _ => {}
            }
        }
    }

    #[test]
    fn texts_from_strangers_come_back_as_they_are_seen() {
        let evil = "a<b>&\"'\n\t]]>é😀";
        let seen = "a<b>&\"'\\n\\t]]>é😀";
        let result = Outcome::Failed(evil.to_owned(), evil.to_owned());
        let tests = vec![Test { name: evil.to_owned(), result }];
        let xml = write(&[Group { name: "f".to_owned(), tests }]);
        let found = read(&xml);
        assert_eq!(found.iter().filter(|text| *text == seen).count(), 2, "{xml}\n{found:?}");
    }

    #[test]
    fn characters_that_xml_does_not_have_are_written_out() {
        assert_eq!(escape("a\0\u{1b}b\u{ffff}"), r"a\u{0}\u{1b}b\u{ffff}");
    }
}
