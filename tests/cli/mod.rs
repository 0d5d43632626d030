//! The command line as its users meet it: the real binary, its streams and exit codes.

mod analyze;
mod batch;
mod check;
mod children;
mod commands;
mod compare;
mod cover;
mod diff;
mod files;
mod filter;
mod forged;
mod journal;
mod journeys;
mod logs;
mod mutants;
mod people;
mod readme;
mod report;
mod resume;
mod scenarios;
mod spoken;
mod trials;
mod unlock;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub const FLAGSHIP: &str = "workflows/vastra-goteborg.json";

/// The program in the folder of the project, in English whatever the machine speaks.
pub fn tresteg() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tresteg"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.env("LC_ALL", "C").env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("ended by itself"),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

impl Ran {
    /// Every line of the output as JSON.
    pub fn json_lines(&self) -> Vec<serde_json::Value> {
        self.out.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }
}

pub fn run(arguments: &[&str]) -> Ran {
    tresteg().args(arguments).output().expect("runs").into()
}

pub fn run_with(arguments: &[&str], input: impl AsRef<[u8]>) -> Ran {
    let mut child = tresteg()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.as_ref().to_vec();
    // On a thread of its own: the answers may fill their pipe before all is asked. The program may also stop reading.
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("ends");
    writer.join().expect("written");
    output.into()
}

/// A folder of its own for one test, below the build's.
pub fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a folder");
    path
}

pub fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).expect("a folder");
    }
    std::fs::write(&path, text).expect("written");
    path.to_str().expect("UTF-8").to_owned()
}
