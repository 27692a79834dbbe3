//! `figures`: redraws the book's figures, or says which are stale.

mod shortcuts;

use std::path::Path;

use anyhow::{Context, bail};
use figures::{FIGURES, Figure, Inputs};
use model_tools::{figure_data, workspace};

/// Where the figures lie, from the root of the repository.
const FOLDER: &str = "book/src/figures";

/// Redraws the book's figures from their data, or says which are stale.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail where a figure is stale or a file belongs to none.
    #[arg(long)]
    check: bool,
    /// First show a drawn lesion to this exported model, and write what its layers say to `activations.json` in the
    /// model's folder, from which the figures of the network are drawn.
    #[arg(long, value_name = "MODEL", conflicts_with = "check")]
    activations: Option<String>,
    /// First repeat the experiment on shortcuts over many seeds, and write what became of it to
    /// `book/data/shortcuts.json`. Takes minutes.
    #[arg(long, conflicts_with = "check")]
    shortcuts: bool,
}

/// Draws every figure.
///
/// # Errors
/// A figure that cannot be drawn, with the command that writes what it lacks; stale figures, by name. The others are
/// drawn all the same.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    if let Some(model) = &args.activations {
        figure_data::write_activations(model)?;
    }
    if args.shortcuts {
        shortcuts::write()?;
    }
    let root = workspace::checkout().context(
        "there is no checkout of the book here; run this command inside one, where the figures are",
    )?;
    all(root, args.check)
}

fn all(root: &Path, check: bool) -> anyhow::Result<()> {
    let folder = root.join(FOLDER);
    let mut problems = Vec::new();
    for figure in FIGURES {
        let path = folder.join(format!("{}.svg", figure.name));
        match draw(root, figure) {
            Err(error) => problems.push(format!("{}: {error:#}", figure.name)),
            Ok(svg) if std::fs::read(&path).is_ok_and(|old| old == svg.as_bytes()) => {}
            Ok(_) if check => problems.push(format!("{FOLDER}/{}.svg is stale", figure.name)),
            Ok(svg) => {
                files::write(&path, svg.as_bytes())?;
                println!("drew {FOLDER}/{}.svg", figure.name);
            }
        }
    }
    problems.extend(strays(&folder)?);
    if problems.is_empty() {
        println!("{} figures are up to date", FIGURES.len());
        return Ok(());
    }
    bail!("{}\nthen run: cargo xtask figures", problems.join("\n"))
}

/// Reads what the figure is drawn from, and draws it.
fn draw(root: &Path, figure: &Figure) -> anyhow::Result<String> {
    let mut inputs = Inputs::default();
    for source in figure.sources {
        let path = root.join(source.path);
        // A missing file is left to the figure, which knows the command that writes it.
        if path.exists() {
            inputs.insert(*source, files::read(&path)?);
        }
    }
    Ok((figure.draw)(&inputs)?)
}

/// Files among the figures that no function draws.
fn strays(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    names.retain(|name| !FIGURES.iter().any(|figure| *name == format!("{}.svg", figure.name)));
    Ok(names.iter().map(|name| format!("{FOLDER}/{name} is not one of the figures: delete it")).collect())
}
