//! See the library.

fn main() -> std::process::ExitCode {
    skin_deep::main()
}
