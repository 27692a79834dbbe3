//! `typical`: how far from the training images an image may lie before the page says so.

use std::path::PathBuf;

use model_tools::typical::{self, Measurement, OtherImages};

/// Measures how far apart a model's training images are inside the network, and writes `typical.json` with the distance
/// from which pages say that an image looks unlike them.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A name below `exported-models/`, or a model's folder.
    model: String,
    /// Folder of the data set.
    #[arg(long)]
    data: PathBuf,
    /// The split file that the model was trained with.
    #[arg(long)]
    split: PathBuf,
    /// Other images, which are measured but never kept: a short name, what they are in words, and their folder.
    /// Kinds that an earlier file of the same model and split lists are kept, unless they are named again.
    #[arg(long, num_args = 3, value_names = ["NAME", "WORDS", "FOLDER"], action = clap::ArgAction::Append)]
    others: Vec<String>,
    /// The same for images that must not influence the choice of the measure.
    #[arg(long, num_args = 3, value_names = ["NAME", "WORDS", "FOLDER"], action = clap::ArgAction::Append)]
    unseen: Vec<String>,
}

/// Measures.
///
/// # Errors
/// As [`typical::run`].
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    let Args { model, data, split, others, unseen } = args;
    let [others, unseen] = [others, unseen].map(|words| folders(&words));
    typical::run(&Measurement { model, data, split, others, unseen })
}

/// Three words each: name, description, folder.
fn folders(words: &[String]) -> Vec<OtherImages> {
    let folder = |three: &[String]| OtherImages {
        name: three[0].clone(),
        words: three[1].clone(),
        folder: PathBuf::from(&three[2]),
    };
    words.chunks_exact(3).map(folder).collect()
}
