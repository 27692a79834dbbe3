//! `lesions`: drawn lesions compared with real ones.

use std::fmt::Write;
use std::path::PathBuf;
use std::thread;

use anyhow::Context;
use catalog::Diagnosis;
use imaging::Rgb8;
use lesion_statistics::overlap::{Overlap, Separation, overlap, separations};
use lesion_statistics::report::Comparison;
use lesion_statistics::{Measures, Reference, measure, reference};
use lesions::{Difficulty, Lesion, View};
use numerics::Random;

/// Measures drawn lesions and compares them with real ones.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: LesionsCommand,
}

#[derive(clap::Subcommand)]
enum LesionsCommand {
    /// Prints measurements of drawn lesions next to those of HAM10000.
    ///
    /// `!!` marks a median outside the measured 5 to 95 per cent, `!` one that is off by more than the interquartile
    /// range; a score is the mean distance of the medians in interquartile ranges, 0 is perfect.
    Statistics(Statistics),
}

#[derive(clap::Args)]
struct Statistics {
    /// Lesions of each diagnosis, one picture each.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..))]
    per_class: u32,
    /// Seed of the random lesions.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// One diagnosis only, by its abbreviation.
    #[arg(long, value_parser = diagnosis)]
    class: Option<Diagnosis>,
    /// Shorter side of the pictures, which are 4 : 3; lengths were measured at 240.
    #[arg(long, default_value_t = 240, value_parser = clap::value_parser!(u32).range(96..=1024))]
    size: u32,
    /// 0 draws an atlas, 1 mostly faint and mixed signs; without it, what lesions are drawn at everywhere else.
    #[arg(long)]
    difficulty: Option<f32>,
    /// Every number of every picture, for other programs.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Only the scores.
    #[arg(long)]
    brief: bool,
    /// Also trains a linear classifier on the numbers, to see which classes overlap; wants 200 lesions a class or more.
    #[arg(long, conflicts_with = "class")]
    overlap: bool,
}

fn diagnosis(text: &str) -> Result<Diagnosis, String> {
    let names = Diagnosis::ALL.map(Diagnosis::abbreviation).join(", ");
    Diagnosis::from_abbreviation(text).ok_or_else(|| format!("choose one of {names}"))
}

/// Draws, measures and prints.
///
/// # Errors
/// A file that cannot be written.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let LesionsCommand::Statistics(args) = &args.what;
    let reference = Reference::read()?;
    let classes = args.class.map_or_else(|| Diagnosis::ALL.to_vec(), |class| vec![class]);
    let jobs: Vec<(Diagnosis, u64)> =
        classes.iter().flat_map(|&d| seeds(args.seed, args.per_class).map(move |s| (d, s))).collect();
    let difficulty = args.difficulty.map_or_else(Difficulty::default, Difficulty::new);
    let pictures = measure_all(&jobs, difficulty, args.size)?;
    let mut scores = String::new();
    for &class in &classes {
        let drawn: Vec<Measures> = pictures.iter().filter(|p| p.0 == class).map(|p| p.2.clone()).collect();
        let comparison = Comparison::new(&reference, class, &drawn);
        if !args.brief {
            println!("{comparison}");
        }
        write!(scores, "{:<5}{:>5.2}  ", class.abbreviation(), comparison.score().unwrap_or_default())?;
        for (group, score) in comparison.scores() {
            write!(scores, " {group} {score:.2};")?;
        }
        writeln!(scores)?;
    }
    print!("off by, in interquartile ranges (mean over the groups; 0 is perfect):\n{scores}");
    if args.overlap {
        let overlap = overlap(&pictures).context("too few images for a classifier: raise --per-class")?;
        print_overlap(&overlap)?;
        print_separations(&separations(&reference, &pictures));
    }
    if let Some(path) = &args.csv {
        files::write(path, csv(&pictures).as_bytes())?;
    }
    Ok(())
}

/// Seeds of the lesions of a diagnosis: the same for each, so that skin and pictures are.
fn seeds(seed: u64, count: u32) -> impl Iterator<Item = u64> {
    (0..u64::from(count)).map(move |i| Random::new(seed).part(i).next_u64())
}

type DrawnMeasures = (Diagnosis, usize, Measures);

/// Measures every lesion's first picture, on all cores.
fn measure_all(
    jobs: &[(Diagnosis, u64)],
    difficulty: Difficulty,
    size: u32,
) -> anyhow::Result<Vec<DrawnMeasures>> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let chunk = jobs.len().div_ceil(threads).max(1);
    let parts: Vec<anyhow::Result<Vec<Measures>>> = thread::scope(|scope| {
        let running: Vec<_> = jobs
            .chunks(chunk)
            .map(|part| {
                scope.spawn(move || {
                    part.iter().map(|&(d, seed)| measure_one(d, difficulty, seed, size)).collect()
                })
            })
            .collect();
        running.into_iter().map(|handle| handle.join().expect("measuring does not panic")).collect()
    });
    let mut measures = Vec::with_capacity(jobs.len());
    for part in parts {
        measures.extend(part?);
    }
    Ok(jobs.iter().zip(measures).enumerate().map(|(i, (job, m))| (job.0, i, m)).collect())
}

/// The first picture of a lesion; what is drawn over it is counted, not looked for.
fn measure_one(
    diagnosis: Diagnosis,
    difficulty: Difficulty,
    seed: u64,
    size: u32,
) -> anyhow::Result<Measures> {
    let (width, height) = (size * 4 / 3, size);
    let (lesion, view) = (Lesion::sample_at(diagnosis, difficulty, seed), View::sample(seed, 0));
    let image = Rgb8::new(width, height, lesions::draw(&lesion, &view, width, height))?;
    let mut measures = measure(&image, &lesions::mask(&lesion, &view, width, height))?;
    let yes = |is_there: bool| f32::from(u8::from(is_there));
    measures.put("hair", yes(view.hair.is_some()));
    measures.put("ruler", yes(view.ruler.is_some()));
    measures.put("ink", yes(view.ink.is_some()));
    measures.put("bubbles", yes(view.bubbles > 0 || view.glints >= 5));
    Ok(measures)
}

/// The table of calls beside the measured one.
fn print_overlap(overlap: &Overlap) -> anyhow::Result<()> {
    println!(
        "\nlinear classifier on these numbers: balanced accuracy {:.2}, on HAM10000 {:.2}",
        overlap.balanced_accuracy,
        reference::BALANCED_ACCURACY
    );
    println!("true \\ called, %: ours (measured)");
    println!("{:<6}{}", "", Diagnosis::ALL.map(|d| format!("{:>10}", d.abbreviation())).concat());
    for (diagnosis, (ours, measured)) in
        Diagnosis::ALL.iter().zip(overlap.table.iter().zip(reference::confusion()?))
    {
        print!("{:<6}", diagnosis.abbreviation());
        ours.iter().zip(measured).for_each(|(ours, measured)| print!("{ours:>5.0} ({measured:>2.0})"));
        println!();
    }
    Ok(())
}

/// What sets our classes apart more than it does the real ones.
fn print_separations(separations: &[Separation]) {
    println!(
        "\nsets our classes apart more than the real ones (deviation of the medians over the spread in a class):"
    );
    for s in separations.iter().filter(|s| s.ours > s.measured).take(24) {
        println!("  {:<22} ours {:>5.2}, measured {:>5.2}", s.quantity, s.ours, s.measured);
    }
}

/// One line a number: diagnosis, number of the lesion, name, value.
fn csv(pictures: &[DrawnMeasures]) -> String {
    let mut text = String::from("diagnosis,lesion,quantity,value\n");
    for (diagnosis, lesion, measures) in pictures {
        for (key, value) in measures.iter() {
            let _infallible = writeln!(text, "{},{lesion},{key},{value}", diagnosis.abbreviation());
        }
    }
    text
}
