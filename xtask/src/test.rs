//! `cargo xtask test`: every test there is, the slowest of them and one summary at the end.

mod browser;
mod plain;
mod programs;
mod slowest;

use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::time::Instant;

use anyhow::{Context, anyhow};

use crate::outcome::{TestOutcome, Timed};
use crate::{build, check};
use browser::Browser;
use programs::{ProgramKind, ProgramStart, Programs};
use slowest::Slowest;

/// Runs every test, browser included; sets up what it needs, or says in one line what to install.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Parts to run, in their own order; all but `nightly` where none is named.
    #[arg(value_enum)]
    parts: Vec<TestPart>,
    /// Runs only tests whose name contains this.
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// The browser for `browser` and `nightly`; otherwise Chromium for the one and all three for the other.
    #[arg(long, value_enum)]
    browser: Option<Browser>,
}

/// A part of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
enum TestPart {
    /// The static checks.
    Check,
    /// The examples in the documentation.
    Docs,
    /// Unit, property and golden tests of every crate that needs neither libtorch nor a browser.
    Crates,
    /// The same of `training`, with libtorch.
    Training,
    /// The book is built, in our process and by mdBook alone, to the same pages.
    Book,
    /// The pages in a browser.
    Browser,
    /// What takes too long for every change (`tests/e2e/tests/nightly.rs`), and the browser tests in the other browsers, except
    /// those that only work in Chromium.
    Nightly,
}

/// The parts that run side by side: what compiles and checks in the one lane, what runs programs in the other.
const LANES: [&[TestPart]; 2] = [
    &[TestPart::Check, TestPart::Docs],
    &[TestPart::Crates, TestPart::Training, TestPart::Book, TestPart::Browser, TestPart::Nightly],
];

/// Modules of the browser tests that run only where they are asked for.
const NIGHTLY: &str = "nightly::";

/// Browser tests of what other tests already show for Chromium.
const ENGINES: &str = "engines::";

/// Browser tests that only work in Chromium, whole modules or single ones. They need its devtools, console, camera or emulated
/// graphics card, paste a file by script, or press keys that Firefox uses itself or that its driver sometimes loses.
const CHROMIUM_ALONE: [&str; 19] = [
    "accessibility::",
    "blocked::",
    "budget::",
    "camera::",
    "classifier::on_webgpu_",
    "classifier::the_keyboard_alone_",
    "feature_maps::play_walks_",
    "in_sight::",
    "kernel_lab::the_keyboard_alone_",
    "kernel_lab::where_less_motion_",
    "layout_shift::",
    "network_fails::",
    "old_browser::",
    "own_image::a_picture_can_be_dropped_",
    "own_image::an_own_picture_never_leaves_",
    "pages::",
    "pool::",
    "search::the_open_search_",
    "skip_links::the_first_stop_",
];

/// Browser tests of what a browser stores from one visit to the next. The driver of `WebKit` starts it without storage.
const WITH_PROFILE: [&str; 2] = ["classifier::nothing_is_fetched_", "resume::"];

/// Whether a browser test runs in this browser, which is not Chromium.
fn runs_in(browser: Browser, test: &str) -> bool {
    let without: &[&str] = if browser == Browser::Webkit { &WITH_PROFILE } else { &[] };
    let left_out = CHROMIUM_ALONE.iter().chain(without);
    !test.starts_with(NIGHTLY) && !left_out.into_iter().any(|some| test.starts_with(some))
}

impl TestPart {
    /// What is printed above its output.
    const fn title(self) -> &'static str {
        match self {
            Self::Check => "static checks",
            Self::Docs => "documentation tests",
            Self::Crates => "unit, property and golden tests",
            Self::Training => "tests with libtorch",
            Self::Book => "the book",
            Self::Browser => "browser tests",
            Self::Nightly => "nightly tests",
        }
    }

    fn run(self, run: &TestRun) -> anyhow::Result<TestOutcome> {
        match self {
            Self::Check => Ok(check::every()),
            Self::Docs => {
                let start = Instant::now();
                let mut outcome = programs::documentation(run.libtorch(), run.args.name.as_deref())?;
                // The examples of a crate are compiled to one program, so no single one has a time.
                outcome.times.push(Timed { name: "all examples".to_owned(), time: start.elapsed() });
                Ok(outcome)
            }
            Self::Crates => {
                run.programs()?.run(ProgramKind::Plain, |name| run.wants(name), &ProgramStart::default())
            }
            Self::Training => {
                run.programs()?.run(ProgramKind::Training, |name| run.wants(name), &ProgramStart::default())
            }
            Self::Book => {
                build::everything(None)?;
                let mut outcome = check::outcome("site", check::site);
                outcome.add(check::outcome("plain mdbook build", plain::check));
                Ok(outcome)
            }
            Self::Browser => match run.args.browser {
                None | Some(Browser::Chromium) => run.pages(Browser::Chromium, |test| {
                    ![NIGHTLY, ENGINES].iter().any(|module| test.starts_with(module))
                }),
                Some(other) => run.pages(other, |test| runs_in(other, test)),
            },
            Self::Nightly => {
                let mut outcome = TestOutcome::default();
                for browser in Browser::ALL {
                    if run.args.browser.is_none_or(|wanted| wanted == browser) {
                        outcome.add(match browser {
                            Browser::Chromium => run.pages(browser, |test| {
                                [NIGHTLY, ENGINES].iter().any(|module| test.starts_with(module))
                            }),
                            other => run.pages(other, |test| runs_in(other, test)),
                        }?);
                    }
                }
                Ok(outcome)
            }
        }
    }
}

/// A run of the tests.
struct TestRun {
    args: Args,
    parts: BTreeSet<TestPart>,
    /// Built when the first part needs them; what was wrong otherwise.
    programs: OnceLock<Result<Programs, String>>,
}

impl TestRun {
    fn new(args: Args) -> Self {
        let usual = || LANES.concat().into_iter().filter(|part| *part != TestPart::Nightly).collect();
        let parts = if args.parts.is_empty() { usual() } else { args.parts.iter().copied().collect() };
        Self { args, parts, programs: OnceLock::new() }
    }

    /// Runs those parts of a lane that are wanted, one after the other.
    fn lane(&self, lane: &[TestPart]) -> Vec<(TestPart, TestOutcome)> {
        let wanted = lane.iter().filter(|part| self.parts.contains(part));
        wanted.map(|part| (*part, self.part(*part))).collect()
    }

    fn part(&self, part: TestPart) -> TestOutcome {
        println!("\n=== {} ===", part.title());
        let start = Instant::now();
        let outcome = part.run(self).unwrap_or_else(|error| {
            eprintln!("error: {error:?}");
            TestOutcome::failed(part.title())
        });
        println!("{}: {outcome}, {:.0} s", part.title(), start.elapsed().as_secs_f64());
        outcome
    }

    /// Whether libtorch is needed.
    fn libtorch(&self) -> bool {
        self.parts.contains(&TestPart::Training)
    }

    fn programs(&self) -> anyhow::Result<&Programs> {
        let build = || Programs::build(self.libtorch()).map_err(|error| format!("{error:#}"));
        self.programs.get_or_init(build).as_ref().map_err(|words| anyhow!("{words}"))
    }

    /// Whether a test was asked for.
    fn wants(&self, test: &str) -> bool {
        self.args.name.as_deref().is_none_or(|part| test.contains(part))
    }

    /// Runs those tests of the pages that are `among` the ones for this browser.
    fn pages(&self, browser: Browser, among: impl Fn(&str) -> bool) -> anyhow::Result<TestOutcome> {
        browser.ensure()?;
        build::everything(None)?;
        let start =
            ProgramStart { wrapper: browser.wrapper(), variables: &[("SKIN_DEEP_BROWSER", browser.name())] };
        println!("\nin {}", browser.name());
        self.programs()?.run(ProgramKind::Browser, |test| among(test) && self.wants(test), &start)
    }
}

/// Runs the parts and ends with a line such as `312 passed, 0 failed`.
///
/// # Errors
/// When any test failed.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let start = Instant::now();
    let run = TestRun::new(args);
    let [checks, programs] = std::thread::scope(|scope| {
        let checks = scope.spawn(|| run.lane(LANES[0]));
        // Here, since building the book needs the main thread's larger stack.
        let programs = run.lane(LANES[1]);
        [checks.join().unwrap_or_else(|panic| resume_unwind(panic)), programs]
    });
    let (mut total, mut slowest) = (TestOutcome::default(), Slowest::default());
    for (part, mut outcome) in checks.into_iter().chain(programs) {
        slowest.add(part.title(), std::mem::take(&mut outcome.times));
        total.add(outcome);
    }
    println!("\nthe slowest tests:");
    slowest.lines().iter().for_each(|line| println!("{line}"));
    println!("\nafter {:.1} minutes:", start.elapsed().as_secs_f64() / 60.0);
    total.failures.iter().for_each(|failure| println!("failed: {failure}"));
    println!("{total}");
    total.verdict().context("some tests failed")
}
