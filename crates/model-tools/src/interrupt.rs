//! Ctrl-C, which stops long work in good order.

use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set by the first Ctrl-C. The second ends the program at once.
static STOP: AtomicBool = AtomicBool::new(false);

/// Makes Ctrl-C stop work between two pieces of it, and returns what it sets.
pub fn stop() -> &'static AtomicBool {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let installed = ctrlc::set_handler(|| {
            if STOP.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
            eprintln!("\nstopping after the work in progress; press Ctrl-C again to stop at once");
        });
        if let Err(error) = installed {
            eprintln!("cannot watch for Ctrl-C: {error}");
        }
    });
    &STOP
}
