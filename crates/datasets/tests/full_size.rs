//! The tables of ISIC 2019 at their full size, with made-up lesions.

use std::fmt::Write as _;

use catalog::Diagnosis;
use datasets::{Dataset, Shares, Split, SplitPart, SplitUnit};

/// Images of each diagnosis, in the order of the eight.
///
/// Source: ISIC 2019, training set.
const IMAGES: [usize; 8] = [4522, 12875, 3323, 867, 2624, 239, 253, 628];

/// Tables in the challenge's form, CRLF; lesions of one, two and three images, every tenth image without a lesion.
fn tables() -> [String; 2] {
    let mut truth = String::from("image,MEL,NV,BCC,AK,BKL,DF,VASC,SCC,UNK\r\n");
    let mut about = String::from("image,age_approx,anatom_site_general,lesion_id,sex\r\n");
    let mut number = 0;
    for (class, count) in IMAGES.into_iter().enumerate() {
        for image in 0..count {
            let end = if number % 12 == 0 { "_downsampled" } else { "" };
            let cells =
                (0..9).map(|column| if column == class { ",1.0" } else { ",0.0" }).collect::<String>();
            let lesion =
                if image % 10 == 9 { String::new() } else { format!("L{class}_{}", image / (1 + image % 3)) };
            writeln!(truth, "ISIC_{number:07}{end}{cells}\r").expect("memory can be written");
            writeln!(about, "ISIC_{number:07}{end},55,,{lesion},\r").expect("memory can be written");
            number += 1;
        }
    }
    [truth, about]
}

#[test]
fn twenty_five_thousand_rows_are_read_split_and_searched_for_leaks() {
    let folder = tempfile::tempdir().unwrap();
    let [truth, about] = tables();
    std::fs::write(folder.path().join("ISIC_2019_Training_GroundTruth.csv"), truth).unwrap();
    std::fs::write(folder.path().join("ISIC_2019_Training_Metadata.csv"), about).unwrap();
    let dataset = Dataset::read(folder.path()).unwrap();
    assert_eq!(dataset.images().len(), 25_331);
    for (diagnosis, count) in Diagnosis::ALL.into_iter().zip(IMAGES) {
        let images = dataset.images().iter().filter(|image| image.diagnosis == diagnosis).count();
        assert_eq!(images, count, "{diagnosis:?}");
    }
    let shares = Shares::new(65, 20, 15).unwrap();
    for by in [SplitUnit::Lesion, SplitUnit::Image] {
        let split = Split::random(&dataset, shares, by, 1);
        let sizes = SplitPart::ALL.map(|part| split.images(&dataset, part).unwrap().len());
        assert_eq!(sizes.iter().sum::<usize>(), 25_331);
        let torn: usize = split.leaks(&dataset).unwrap().lesions.iter().sum();
        assert_eq!(torn > 0, by == SplitUnit::Image, "{torn}");
    }
}
