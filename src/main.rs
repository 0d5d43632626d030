//! The command line of tresteg.

mod cli;

use std::process::ExitCode;

/// What rules that nest as deeply as they may need, whatever room the shell gives (`ulimit -s`): in bytes.
const STACK: usize = 16 << 20;

fn main() -> ExitCode {
    let own = std::thread::Builder::new().name("main".to_owned()).stack_size(STACK);
    match own.spawn(cli::main) {
        // What went wrong in it has been told.
        Ok(running) => running.join().unwrap_or(ExitCode::from(101)),
        Err(_) => cli::main(),
    }
}
