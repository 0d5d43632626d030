//! The command line of tresteg.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
