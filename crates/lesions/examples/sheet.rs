//! Writes sheets of drawn lesions as PNG, to look at: `cargo run -p lesions --example sheet -- FOLDER [SIZE]`.
//!
//! `all.png` has a row per diagnosis (seeds 1 to 8); `MEL.png` and so on have 64 seeds of one.

use catalog::Diagnosis;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name the folder to write to: sheet FOLDER [SIZE]")?;
    let size: u32 = arguments.next().map_or(Ok(160), |text| text.parse())?;
    std::fs::create_dir_all(&folder)?;
    let all: Vec<(Diagnosis, u64)> =
        Diagnosis::ALL.into_iter().flat_map(|d| (1..=8).map(move |seed| (d, seed))).collect();
    write(&Path::new(&folder).join("all.png"), size, &all)?;
    for diagnosis in Diagnosis::ALL {
        let one: Vec<(Diagnosis, u64)> = (1..=64).map(|seed| (diagnosis, seed)).collect();
        write(&Path::new(&folder).join(format!("{}.png", diagnosis.abbreviation())), size, &one)?;
    }
    Ok(())
}

/// Eight by eight tiles.
fn write(path: &Path, size: u32, tiles: &[(Diagnosis, u64)]) -> Result<(), image::ImageError> {
    let mut sheet = image::RgbImage::new(8 * size, 8 * size);
    for (index, &(diagnosis, seed)) in tiles.iter().enumerate() {
        let pixels = lesions::draw_sample(diagnosis, seed, size, size);
        let tile = image::RgbImage::from_raw(size, size, pixels).expect("draw gives 3 bytes a pixel");
        image::imageops::replace(
            &mut sheet,
            &tile,
            (index as i64 % 8) * size as i64,
            (index as i64 / 8) * size as i64,
        );
    }
    sheet.save(path)
}
