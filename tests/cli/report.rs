//! `tresteg report`: the pages as files, as XML, and in a browser.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Ran, folder, run, write};

fn report(paths: &[&str], out: &Path, language: &str) -> Ran {
    let mut arguments = vec!["report"];
    arguments.extend(paths);
    arguments.extend(["-o", out.to_str().unwrap(), "--lang", language]);
    run(&arguments)
}

fn pages(folder: &Path) -> BTreeMap<String, String> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let page = |entry: std::fs::DirEntry| {
        let name = entry.file_name().to_str().unwrap().to_owned();
        (name, std::fs::read_to_string(entry.path()).unwrap())
    };
    files.map(page).collect()
}

/// Pages are written so that a reader of XML can read them too.
fn parsed<'t>(name: &str, text: &'t str) -> roxmltree::Document<'t> {
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    roxmltree::Document::parse_with_options(text, options)
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn the_whole_library_is_linked_sound_and_stable() {
    let out = folder("report-library");
    for language in ["sv", "en"] {
        let ran = report(&["workflows"], &out, language);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        let found = pages(&out);
        assert!(found.len() > 45, "{}", found.len());
        let documents: BTreeMap<&str, roxmltree::Document<'_>> =
            found.iter().map(|(name, text)| (name.as_str(), parsed(name, text))).collect();
        let ids: BTreeMap<&str, BTreeSet<&str>> =
            documents.iter().map(|(name, document)| (*name, ids(name, document))).collect();
        for (name, document) in &documents {
            check_links(name, document, &ids);
            check_structure(name, document, language);
        }
        let again = folder("report-library-again");
        report(&["workflows"], &again, language);
        assert!(pages(&again) == found, "not the same bytes twice");
    }
}

fn ids<'d>(name: &str, document: &'d roxmltree::Document<'_>) -> BTreeSet<&'d str> {
    let mut ids = BTreeSet::new();
    for id in document.descendants().filter_map(|node| node.attribute("id")) {
        assert!(ids.insert(id), "{name}: `{id}` twice");
    }
    ids
}

fn check_links(
    name: &str,
    document: &roxmltree::Document<'_>,
    ids: &BTreeMap<&str, BTreeSet<&str>>,
) {
    for node in document.descendants() {
        let tag = node.tag_name().name();
        assert!(!["img", "link", "iframe", "object"].contains(&tag), "{name}: <{tag}>");
        assert!(node.attribute("src").is_none(), "{name}: something from elsewhere");
        for list in ["aria-labelledby", "for"].into_iter().filter_map(|key| node.attribute(key)) {
            for id in list.split_whitespace() {
                assert!(ids[name].contains(id), "{name}: nothing is called `{id}`");
            }
        }
        let Some(link) = node.attribute("href") else { continue };
        if link.starts_with("http://") || link.starts_with("https://") {
            continue;
        }
        let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
        let file = if file.is_empty() { name } else { file };
        let there = ids.get(file).unwrap_or_else(|| panic!("{name}: no page {file}"));
        assert!(anchor.is_empty() || there.contains(anchor), "{name}: leads to nowhere: {link}");
    }
}

fn check_structure(name: &str, document: &roxmltree::Document<'_>, language: &str) {
    let root = document.root_element();
    assert_eq!(root.attribute("lang"), Some(language));
    let tags = |wanted: &'static str| {
        document.descendants().filter(move |node| node.tag_name().name() == wanted)
    };
    for one in ["h1", "main", "footer"] {
        assert_eq!(tags(one).count(), 1, "{name}: <{one}>");
    }
    // The first thing that a keyboard reaches leads past what every page begins with.
    let first = tags("a").next().unwrap();
    assert_eq!(first.attribute("href"), Some("#content"), "{name}");
    let mut level = 0;
    for node in document.descendants() {
        let Some(depth) = node.tag_name().name().strip_prefix('h') else { continue };
        let Ok(depth) = depth.parse::<u32>() else { continue };
        // The contents come before the text, under the title of the page.
        assert!(depth <= level + 1, "{name}: h{depth} after h{level}");
        level = depth;
    }
    for head in tags("th") {
        assert!(head.attribute("scope").is_some(), "{name}: a head of a table without scope");
    }
    for nav in tags("nav") {
        let named = nav.attribute("aria-label").or_else(|| nav.attribute("aria-labelledby"));
        assert!(named.is_some(), "{name}: an unnamed landmark");
    }
}

const HOSTILE: &str = "</title></style><script>alert(1)</script><img src=x onerror=alert(2)>\"'&`{{ 7*7 }}{% raw %}\u{202e}\u{7}";

#[test]
fn texts_of_strangers_mean_nothing_in_a_page() {
    let out = folder("report-hostile");
    let quoted = serde_json::Value::from(HOSTILE).to_string();
    let notes = format!(
        r#""title": {quoted}, "description": {quoted}, "hint": {quoted},
           "source": {{ "text": {quoted}, "url": "javascript:alert(3)", "status": "seed" }}"#
    );
    let workflow = format!(
        r#"{{
            "id": "x", {notes}, "version": {quoted},
            "roles": {{ "r": {{ {notes} }} }},
            "parameters": {{ "p": {{ "type": "string", "value": {quoted}, {notes} }} }},
            "facts": {{ "f": {{ "enum": {{ {quoted}: {quoted} }}, {notes}, "default": {quoted} }} }},
            "factors": {{ "k": {{ "kind": {quoted}, "guard": "f == `b<i>&`  // {{{{ x }}}} </pre><script>", {notes} }} }},
            "events": {{ "e": {{ "by": ["r"], "sets": ["f"], {notes} }} }},
            "initial": "s",
            "states": {{
                "s": {{ {notes}, "tags": [{quoted}], "on": {{ "e": {{ "target": "t", "requires": ["k"], "actions": "emit(`<b>`)", {notes} }} }} }},
                "t": {{ "type": "final" }}
            }}
        }}"#
    )
    .replace("f == `b<i>&`", "known(`f`)");
    let source = folder("report-hostile-source");
    let path = write(&source, "x.json", workflow);
    write(&source, "</title><script>.json", "{ </title><script>alert(4)</script>");
    let scenario = format!(
        r#"{{ "workflow": "x.json", "title": {quoted}, "scenarios": {{ "one": {{ "title": {quoted}, "steps": [{{ "event": "e", "actor": {{ "id": {quoted}, "roles": ["r"] }}, "expect": {{ "states": "s" }} }}] }} }} }}"#
    );
    write(&source, "x.scenario.json", scenario);
    let ran = report(&[source.to_str().unwrap()], &out, "en");
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(Path::new(&path).is_file());
    for (name, text) in pages(&out) {
        let document = parsed(&name, &text);
        for node in document.descendants() {
            assert!(!["img", "b", "i-"].contains(&node.tag_name().name()), "{name}");
            for attribute in node.attributes() {
                assert!(!attribute.name().starts_with("on"), "{name}: {}", attribute.name());
            }
            let script = node.attribute("href").is_some_and(|href| href.contains("script:"));
            assert!(!script, "{name}: {:?}", node.attribute("href"));
        }
        let scripts = document.descendants().filter(|node| node.tag_name().name() == "script");
        assert_eq!(scripts.count(), usize::from(name == "index.html"), "{name}");
        assert!(!text.contains('\u{202e}') && !text.contains('\u{7}'), "{name}");
        let said: String = document.descendants().filter_map(|node| node.text()).collect();
        assert!(said.contains("<script>alert"), "{name}: the text itself is shown");
    }
    let index = std::fs::read_to_string(out.join("index.html")).unwrap();
    assert!(index.contains("1 not as expected"), "{index}");
    let page = std::fs::read_to_string(out.join("x.html")).unwrap();
    assert!(page.contains("{{ 7*7 }}") && page.contains("id=\"failure-1\""));
}

#[test]
fn files_of_others_are_never_written_over() {
    let out = folder("report-others");
    let target = out.join("vastra-goteborg.html");
    write(&out, "vastra-goteborg.html", "<p>mine</p>");
    write(&out, "notes.txt", "mine");
    let ran = report(&[super::FLAGSHIP], &out, "en");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("is not written over"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "<p>mine</p>");
    assert!(!out.join("index.html").exists(), "nothing is written at all");
    std::fs::remove_file(&target).unwrap();
    assert_eq!(report(&[super::FLAGSHIP], &out, "en").code, 0);
    let before = std::fs::read_to_string(&target).unwrap();
    assert_eq!(report(&[super::FLAGSHIP], &out, "sv").code, 0, "an own page is replaced");
    assert_ne!(std::fs::read_to_string(&target).unwrap(), before);
    assert_eq!(std::fs::read_to_string(out.join("notes.txt")).unwrap(), "mine");
}

#[test]
fn files_that_do_not_load_are_named() {
    let source = folder("report-wrong");
    write(&source, "good.json", r#"{ "id": "good", "states": { "a": {} } }"#);
    write(
        &source,
        "bad.json",
        r#"{ "id": "bad", "states": { "a": { "on": { "e": "nowhere" } } } }"#,
    );
    let out = source.join("out");
    let ran = report(&[source.to_str().unwrap()], &out, "en");
    assert_eq!(ran.code, 1);
    let index = std::fs::read_to_string(out.join("index.html")).unwrap();
    assert!(index.contains("bad.json") && index.contains("nowhere"), "{index}");
    assert!(index.contains("good.html") && !out.join("bad.html").exists());
    assert_eq!(report(&["no-such-folder"], &out, "en").code, 2);
}

/// A page is made in memory as a whole: what is too much for it is said, and nothing is written.
#[test]
fn what_is_too_much_for_a_page_is_said() {
    let source = folder("report-large");
    let terms: BTreeMap<String, &str> =
        (1..=30_000).map(|days| (format!("P{days}D"), "b")).collect();
    let text = serde_json::json!({ "id": "large", "initial": "a", "states": { "a": { "after": terms }, "b": { "type": "final" } } });
    let large = write(&source, "large.json", text.to_string());
    let out = source.join("out");
    let ran = report(&[&large], &out, "en");
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(
        ran.err.contains("large.json") && ran.err.contains("more than the 30000"),
        "{}",
        ran.err
    );
    assert!(!out.exists(), "nothing is written at all");
}

#[test]
fn slips_that_nobody_notices_are_told_when_asked_for() {
    let source = folder("report-mutants");
    let text = r#"{ "id": "w", "facts": { "votes": { "type": "integer", "minimum": 0 } },
        "events": { "go": { "required": ["votes"] } }, "initial": "a",
        "states": { "a": { "on": { "go": { "target": "b", "guard": "votes >= 50" } } }, "b": { "type": "final" } } }"#;
    let path = write(&source, "w.json", text);
    let scenario = r#"{ "workflow": "w.json", "steps": [{ "event": "go", "facts": { "votes": 60 }, "expect": { "states": "b" } }] }"#;
    write(&source, "w.scenario.json", scenario);
    let out = source.join("out");
    // Of one file, the scenarios beside it are run too.
    let ran = run(&["report", &path, "-o", out.to_str().unwrap(), "--lang", "en", "--mutate"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let page = std::fs::read_to_string(out.join("w.html")).unwrap();
    assert!(
        page.contains("id=\"mutants\"")
            && page.contains("<code>&gt;</code> instead of <code>&gt;=</code>")
    );
    assert!(page.contains("id=\"coverage\"") && page.contains("2 of 2"), "{page}");
}

/// Chromium, where there is one.
fn browser() -> Option<PathBuf> {
    let names = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    let found = names.into_iter().map(PathBuf::from).find(|path| path.exists());
    if found.is_none() {
        println!("skipped: no chromium is installed, so no page was opened");
    }
    found
}

fn dump(browser: &Path, page: &Path) -> String {
    let profile = folder("report-browser-profile");
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(["--virtual-time-budget=60000", "--timeout=60000", "--dump-dom"])
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Widths of screens: a phone, a tablet, a laptop.
const WIDTHS: [u32; 3] = [390, 768, 1280];

#[test]
fn a_browser_shows_every_page_without_overflow() {
    let Some(browser) = browser() else { return };
    let out = folder("report-browser");
    assert_eq!(report(&["workflows"], &out, "sv").code, 0);
    let found = pages(&out);
    for (name, text) in &found {
        let asks = "<script>addEventListener('load', function () { var root = document.documentElement; parent.postMessage(
            [location.pathname.split('/').pop(), innerWidth, root.scrollWidth, document.querySelectorAll('h1').length, document.title].join('|'), '*'); });</script></body>";
        std::fs::write(out.join(name), text.replace("</body>", asks)).unwrap();
    }
    let listens = "<pre></pre><script>addEventListener('message', function (said) { document.querySelector('pre').append(said.data + '\\n'); });</script>";
    let mut seen = BTreeSet::new();
    let names: Vec<&String> = found.keys().collect();
    // A window has a least width, a frame has none. A few pages at a time: a browser shows only so many at once.
    for some in names.chunks(8) {
        let frame = |name: &str, width: u32| {
            format!(
                "<iframe src=\"{name}\" style=\"width:{width}px;height:600px;border:0\"></iframe>"
            )
        };
        let frames = some.iter().flat_map(|name| WIDTHS.map(|width| frame(name, width)));
        let frames: String = frames.collect();
        let host = out.join("host.html");
        let page = format!("<!DOCTYPE html><meta charset=\"utf-8\">{listens}{frames}");
        std::fs::write(&host, page).unwrap();
        let dom = dump(&browser, &host);
        let said = dom.split("<pre>").nth(1).and_then(|rest| rest.split("</pre>").next());
        for line in said.unwrap_or_default().lines() {
            let parts: Vec<&str> = line.split('|').collect();
            let [name, inner, scroll, heads, title] = parts.as_slice() else { panic!("{line}") };
            let (inner, scroll): (u32, u32) = (inner.parse().unwrap(), scroll.parse().unwrap());
            assert!(WIDTHS.contains(&inner), "{line}");
            assert!(scroll <= inner, "{name} is {scroll} px wide on a screen of {inner}");
            assert_eq!((*heads, title.is_empty()), ("1", false), "{line}");
            seen.insert(((*name).to_owned(), inner));
        }
    }
    assert_eq!(seen.len(), found.len() * WIDTHS.len(), "some pages said nothing");
}
