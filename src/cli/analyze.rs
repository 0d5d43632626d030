//! `tresteg analyze`: rules looked at for all situations at once.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::json;
use tresteg::lab::{ANALYSED, Finding, FindingSeverity, FindingVerdict, analyze as look_at};

use super::console::Console;
use super::words::{language, say, spoken};
use super::{Done, Spoken, Stop, Verdict, disk, files, walk};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Workflow files, or folders: every *.json below that is no *.scenario.json
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// One JSON object with all findings, those that are allowed or not decided too
    #[arg(long, conflicts_with = "sarif")]
    json: bool,
    /// Answer as SARIF 2.1.0, for editors and forges
    #[arg(long)]
    sarif: bool,
    /// What is not decided counts as a problem
    #[arg(long)]
    strict: bool,
    /// For all values that parameters may have, not only those of the file
    #[arg(long)]
    parameters: bool,
    /// Say what was not decided, and what is only worth a note
    #[arg(short, long)]
    verbose: bool,
    #[command(flatten)]
    pub(super) spoken: Spoken,
}

pub(super) fn analyze(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let mut good = true;
    let mut found: Vec<Finding> = Vec::new();
    // A base that several variants extend brings the same again.
    let mut told = BTreeSet::new();
    for path in walk::find(&arguments.paths, walk::Kind::Workflow, console)? {
        match files::load(&path)? {
            Ok(workflow) => {
                for finding in look_at(&workflow, arguments.parameters) {
                    let place = finding.place.as_ref();
                    let place = place.map(|at| (disk::real(at.file.as_ref()), at.line, at.column));
                    if told.insert((finding.code, place, finding.message(language()))) {
                        found.push(finding);
                    }
                }
            }
            Err(report) => {
                console.report(&report)?;
                good = false;
            }
        }
    }
    let open = |finding: &&Finding| {
        finding.verdict == FindingVerdict::Unknown && finding.allowed.is_none()
    };
    let problems = found.iter().filter(|finding| finding.is_problem()).count();
    let undecided = found.iter().filter(open).count();
    good &= problems == 0 && (!arguments.strict || undecided == 0);
    if arguments.json {
        let findings: Vec<_> = found.iter().map(listed).collect();
        write(&json!({ "findings": findings }), console)?;
    } else if arguments.sarif {
        write(&sarif(&found), console)?;
    } else {
        for finding in found.iter().filter(|finding| is_told(finding, arguments)) {
            console.line(&line(finding))?;
            if let Some(witness) = &finding.witness {
                console.line(&format!("  {}", say!(for_instance, witness)))?;
            }
        }
        console.line(&say!(analysed, problems, undecided))?;
    }
    Ok(Verdict::yes_if(good))
}

fn is_told(finding: &Finding, arguments: &Arguments) -> bool {
    let counts = arguments.strict && finding.verdict == FindingVerdict::Unknown;
    finding.allowed.is_none() && (arguments.verbose || counts || finding.is_problem())
}

fn level(finding: &Finding) -> &'static str {
    match finding.severity {
        FindingSeverity::Warning => "warning",
        _ => "note",
    }
}

fn line(finding: &Finding) -> String {
    let place = finding.place.as_ref();
    let place = place.map(|at| format!("{}:{}:{}: ", at.file, at.line, at.column));
    let code = finding.code;
    let level = match finding.severity {
        FindingSeverity::Warning => spoken().finding_warning,
        _ => spoken().finding_note,
    };
    let message = finding.message(language());
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{}{level}[{code}]: {message}", place.unwrap_or_default())
}

fn listed(finding: &Finding) -> serde_json::Value {
    let place = finding.place.as_ref();
    let witness = finding.witness.as_deref().and_then(|text| serde_json::from_str(text).ok());
    json!({
        "file": place.map(|at| at.file.as_str()),
        "code": finding.code,
        "place": place.map(|at| json!({ "line": at.line, "column": at.column })),
        "verdict": finding.verdict,
        "severity": finding.severity,
        "message": finding.message(language()),
        "witness": witness.unwrap_or(serde_json::Value::Null),
        "why": finding.why,
        "allowed": finding.allowed,
    })
}

fn sarif(found: &[Finding]) -> serde_json::Value {
    let rules = ANALYSED
        .iter()
        .map(|(code, about)| json!({ "id": code, "shortDescription": { "text": about } }));
    let results = found.iter().map(|finding| {
        let unknown = finding.verdict == FindingVerdict::Unknown;
        let mut result = serde_json::Map::new();
        let mut put = |key: &str, value| result.insert(key.to_owned(), value);
        put("ruleId", json!(finding.code));
        // Only what fails has a level.
        put("level", json!(if unknown { "none" } else { level(finding) }));
        put("kind", json!(if unknown { "open" } else { "fail" }));
        put("message", json!({ "text": finding.message(language()) }));
        if let Some(at) = &finding.place {
            let uri = at.file.replace('\\', "/");
            let region = json!({ "startLine": at.line, "startColumn": at.column });
            let place = json!({ "artifactLocation": { "uri": uri }, "region": region });
            put("locations", json!([{ "physicalLocation": place }]));
        }
        if let Some(reason) = &finding.allowed {
            put("suppressions", json!([{ "kind": "inSource", "justification": reason }]));
        }
        result
    });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "tresteg",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Vec<_>>(),
            } },
            "results": results.collect::<Vec<_>>(),
        }],
    })
}

fn write(value: &serde_json::Value, console: &mut Console<'_>) -> Result<(), Stop> {
    serde_json::to_writer_pretty(&mut *console.out, value).map_err(std::io::Error::from)?;
    console.out.write_all(b"\n")?;
    Ok(())
}
