//! `data synthetic`: lesions drawn from a seed.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use catalog::Diagnosis;
use catalog::number::count;
use datasets::{Dataset, Image, isic};
use imaging::Rgb8;
use lesions::{Lesion, View};
use model_tools::{parallel, progress};
use numerics::Random;
use serde::{Deserialize, Serialize};

/// Draws lesions of the eight diagnoses; no patient is in it.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Folder for the data set. An interrupted one is completed.
    #[arg(long)]
    out: PathBuf,
    /// Images of each diagnosis; a lesion has one, two or three.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    per_class: u32,
    /// Seed of the random lesions.
    #[arg(long)]
    seed: u64,
    /// Width and height in pixels.
    #[arg(long, default_value_t = 224, value_parser = clap::value_parser!(u32).range(16..=4096))]
    size: u32,
}

/// JPEG quality, 1 to 100: dermoscopes' software saves about this well.
const QUALITY: u8 = 95;

/// Probabilities of one, two and three images of a lesion.
const VIEWS: [f32; 3] = [0.5, 0.3, 0.2];

/// Lesions of data sets have seeds from here up; those below are for pages, samples and golden inputs, so that no
/// network ever trained on what a reader is shown.
const FIRST_SEED: u64 = 1 << 32;

/// What decides the pixels of an image besides its name, kept in the folder.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    seed: u64,
    size: u32,
    quality: u8,
    /// SHA-256 of a few lesions as the generator draws them now.
    generator: String,
}

/// Draws them.
///
/// # Errors
/// A folder that cannot be written, or holds other images.
pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let recipe = Recipe { seed: args.seed, size: args.size, quality: QUALITY, generator: generator() };
    adopt_recipe(&args.out, &recipe)?;
    let plan = plan(args.seed, args.per_class);
    draw_all(&args.out, &plan, args.size)?;
    let images = plan.into_iter().map(|drawing| drawing.image).collect::<Vec<_>>();
    let lesions = images.iter().filter(|image| image.name.ends_with("_0")).count();
    // The tables come last: a folder with tables is whole.
    let dataset = Dataset::new(&args.out, images)?;
    dataset.write()?;
    let images = dataset.images().len();
    println!("{} images of {} lesions in {}", count(images), count(lesions), args.out.display());
    Ok(())
}

/// One image to draw.
#[derive(Clone, Debug, PartialEq)]
struct Drawing {
    image: Image,
    lesion_seed: u64,
    view: u32,
}

/// `per_class` images of each diagnosis. A larger number adds images to those of a smaller one.
fn plan(seed: u64, per_class: u32) -> Vec<Drawing> {
    let mut plan = Vec::new();
    for diagnosis in Diagnosis::ALL {
        let random = Random::new(seed).part(diagnosis.index() as u64);
        let (mut left, mut number) = (per_class, 0_u64);
        while left > 0 {
            let mut random = random.part(number);
            let lesion_seed = random.next_u64().max(FIRST_SEED);
            let views = (random.weighted(&VIEWS) as u32 + 1).min(left);
            let lesion = format!("SYN_{}_{number:05}", diagnosis.abbreviation());
            for view in 0..views {
                let name = format!("{lesion}_{view}");
                let lesion = Some(lesion.clone());
                let image = Image { name, diagnosis, age: None, site: None, lesion, sex: None };
                plan.push(Drawing { image, lesion_seed, view });
            }
            left -= views;
            number += 1;
        }
    }
    plan
}

/// Draws every image that is not there yet, on all cores.
fn draw_all(folder: &Path, plan: &[Drawing], size: u32) -> anyhow::Result<()> {
    let bar = progress::bar("drawing", plan.len() as u64);
    parallel::each(plan, &bar, |drawing| draw_one(folder, drawing, size))
}

fn draw_one(folder: &Path, drawing: &Drawing, size: u32) -> anyhow::Result<()> {
    let path = isic::image_path(folder, &drawing.image.name);
    // Files are written whole or not at all.
    if path.exists() {
        return Ok(());
    }
    let image = draw(drawing.image.diagnosis, drawing.lesion_seed, drawing.view, size)?;
    Ok(files::write(&path, &imaging::encode_jpeg(&image, QUALITY)?)?)
}

fn draw(diagnosis: Diagnosis, lesion_seed: u64, view: u32, size: u32) -> anyhow::Result<Rgb8> {
    let lesion = Lesion::sample(diagnosis, lesion_seed);
    let view = View::sample(lesion_seed, view);
    Ok(Rgb8::new(size, size, lesions::draw(&lesion, &view, size, size))?)
}

/// A fingerprint of the generator: another way of drawing gives another one.
fn generator() -> String {
    let drawings = Diagnosis::ALL.map(|diagnosis| {
        (0..4)
            .flat_map(|seed| lesions::draw(&Lesion::sample(diagnosis, seed), &View::sample(seed, 1), 48, 48))
            .collect::<Vec<u8>>()
    });
    files::sha256(&drawings.concat())
}

/// Writes the recipe into a new folder, or holds it against the one there.
fn adopt_recipe(folder: &Path, recipe: &Recipe) -> anyhow::Result<()> {
    let path = folder.join("synthetic.toml");
    if path.exists() {
        let found: Recipe = toml::from_str(&files::read_text(&path)?)
            .with_context(|| format!("cannot read {}", path.display()))?;
        if found != *recipe {
            bail!(
                "{} says seed {}, {} pixels and generator {:.8}, but this command draws seed {}, {} pixels and generator \
                 {:.8}; remove the folder, or choose another --out",
                path.display(),
                found.seed,
                found.size,
                found.generator,
                recipe.seed,
                recipe.size,
                recipe.generator
            );
        }
        return Ok(());
    }
    ensure!(
        files::entries(folder)?.is_empty(),
        "{} already holds other files; choose a new folder for --out, or that of an interrupted data set",
        folder.display()
    );
    Ok(files::write(&path, toml::to_string(recipe)?.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_class_has_as_many_images_and_lesions_share_their_seed() {
        let plan = plan(1, 50);
        assert_eq!(plan.len(), 400);
        for diagnosis in Diagnosis::ALL {
            assert_eq!(plan.iter().filter(|drawing| drawing.image.diagnosis == diagnosis).count(), 50);
        }
        let seeds: BTreeSet<u64> = plan.iter().map(|drawing| drawing.lesion_seed).collect();
        let lesions: BTreeSet<&str> = plan.iter().map(|drawing| drawing.image.lesion()).collect();
        assert_eq!(seeds.len(), lesions.len());
        assert!(lesions.len() < 400);
    }

    #[test]
    fn no_seed_is_one_that_a_page_may_show() {
        assert!(plan(3, 500).iter().all(|drawing| drawing.lesion_seed >= FIRST_SEED));
    }

    #[test]
    fn more_images_keep_the_ones_before() {
        let (few, many) = (plan(2, 10), plan(2, 20));
        let kept = few.iter().filter(|drawing| many.contains(drawing)).count();
        assert_eq!(kept, few.len());
        assert_ne!(plan(2, 10), plan(3, 10));
    }

    #[test]
    fn a_folder_drawn_with_another_seed_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let recipe = |seed| Recipe { seed, size: 64, quality: QUALITY, generator: "0123456789".to_owned() };
        adopt_recipe(folder.path(), &recipe(1)).unwrap();
        adopt_recipe(folder.path(), &recipe(1)).unwrap();
        let message = adopt_recipe(folder.path(), &recipe(2)).unwrap_err().to_string();
        assert!(message.contains("says seed 1") && message.contains("draws seed 2"), "{message}");
    }

    #[test]
    fn a_folder_with_other_files_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        files::write(&folder.path().join("letter.txt"), b"").unwrap();
        let recipe = Recipe { seed: 1, size: 64, quality: QUALITY, generator: String::new() };
        assert!(adopt_recipe(folder.path(), &recipe).unwrap_err().to_string().contains("holds other files"));
    }
}
