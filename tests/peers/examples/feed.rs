//! Decodes, varies and normalises every JPEG of a folder, once for each line of standard input, and answers each with
//! the seconds it took. `native/feed.py` times others beside it.

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::time::Instant;

use imaging::feed::{fed, kept};
use imaging::normalise::{IMAGENET_MEAN, IMAGENET_STD};
use imaging::{Augmentation, Limits, decode, normalise};
use numerics::Random;

/// Width and height of what the network is fed, pixels.
const SIDE: u32 = 224;

/// What `native/feed.py` asks of the others: no quarter turns, which they do not have.
const AUGMENTATION: Augmentation = Augmentation {
    flip_horizontal: true,
    flip_vertical: true,
    rotation: 20.0,
    shift: 0.05,
    scale: 0.1,
    brightness: 0.1,
    contrast: 0.1,
    saturation: 0.1,
    ..Augmentation::NONE
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).ok_or("expected a folder with JPEG files")?;
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jpg"));
    paths.sort();
    let files = paths.iter().map(std::fs::read).collect::<std::io::Result<Vec<_>>>()?;
    let mut random = Random::new(1);
    for line in std::io::stdin().lock().lines() {
        line?;
        let start = Instant::now();
        for file in &files {
            let variation = AUGMENTATION.draw(&mut random);
            let image = fed(&kept(decode(file, &Limits::default())?, SIDE), Some(&variation), SIDE);
            std::hint::black_box(normalise(&image, IMAGENET_MEAN, IMAGENET_STD));
        }
        let mut output = std::io::stdout().lock();
        writeln!(output, "{}", start.elapsed().as_secs_f64())?;
        output.flush()?;
    }
    Ok(())
}
