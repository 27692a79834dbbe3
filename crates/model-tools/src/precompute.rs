//! What a model gives for the book's samples, so that pages show it before anything of the
//! network is loaded.

mod answers;
mod maps;

use std::path::Path;

use anyhow::{Context, bail, ensure};
use catalog::model::ModelCard;
use catalog::precomputed::FOLDER;

use crate::{classify, typical, workspace};

/// One kind of result, in a file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultKind {
    /// Feature maps of the stops of the network.
    Maps,
    /// Answers, with averages, class activation maps and what speaks for and against each class.
    Answers,
}

impl ResultKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Maps, Self::Answers];

    /// Writes it to the model's folder.
    fn write(self, folder: &Path) -> anyhow::Result<()> {
        match self {
            Self::Maps => maps::write(folder),
            Self::Answers => answers::write(folder),
        }
    }

    /// Why what is in the folder does not belong to the model; `None` if it does, or nothing is there.
    fn problem(self, folder: &Path, card: &ModelCard) -> anyhow::Result<Option<String>> {
        match self {
            Self::Maps => maps::problem(folder, card),
            Self::Answers => answers::problem(folder, card),
        }
    }
}

/// Computes these kinds for a model, a name below `exported-models/` or a folder, and writes them to its folder.
///
/// # Errors
/// A model that cannot be used, or one that is not a network of `architecture`; a model that names everyday things, for which
/// pages show nothing before it is loaded.
pub fn run(model: &str, kinds: &[ResultKind]) -> anyhow::Result<()> {
    let folder = classify::folder(model)?;
    let path = folder.join("model.toml");
    let card: ModelCard = toml::from_str(&files::read_text(&path)?)
        .with_context(|| format!("not a model card: {}", path.display()))?;
    ensure!(
        !card.names_everyday_things(),
        "{model} names everyday things; results are precomputed for networks that name diagnoses alone"
    );
    kinds.iter().try_for_each(|kind| kind.write(&folder))
}

/// Fails where a model's precomputed results are not its own, and says what to run.
///
/// # Errors
/// Every model concerned, one per line.
pub fn check() -> anyhow::Result<()> {
    let mut problems = Vec::new();
    for folder in files::entries(&workspace::root().join("exported-models"))? {
        let path = folder.join("model.toml");
        if path.is_file() {
            let card = toml::from_str(&files::read_text(&path)?)
                .with_context(|| format!("not a model card: {}", path.display()))?;
            problems.extend(check_one(&folder, &card).err().map(|error| format!("{error:#}")));
            problems.extend(typical::problem(&folder, &card)?);
        }
    }
    if problems.is_empty() { Ok(()) } else { bail!("{}", problems.join("\n")) }
}

/// The same for one model.
///
/// # Errors
/// What is stale or damaged, and what to run.
fn check_one(folder: &Path, card: &ModelCard) -> anyhow::Result<()> {
    let hint = || {
        format!(
            "{} is not the model's; run: cargo xtask precompute {}",
            folder.join(FOLDER).display(),
            card.name
        )
    };
    for kind in ResultKind::ALL {
        if let Some(problem) = kind.problem(folder, card).with_context(hint)? {
            return Err(anyhow::Error::msg(problem).context(hint()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_precomputed_for_a_network_of_everyday_things() {
        let message = run("imagenet-efficientnet-lite0", &ResultKind::ALL).unwrap_err().to_string();
        assert!(message.contains("names everyday things"), "{message}");
    }
}
