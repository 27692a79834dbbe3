//! The patients and body sites that a data set knows, for results per group.

use datasets::Image;

/// A name for what a data set does not know.
const UNKNOWN: &str = "unknown";

/// Images that have something in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// `sex`, `age` or `site`.
    pub(super) by: &'static str,
    /// `female`; `40 to 59`; `head/neck`.
    pub(super) name: String,
    /// Which images, counted from 0.
    pub(super) images: Vec<usize>,
}

/// Every group of every kind, in the order of their names, unknown last; no kind of which nothing is known.
pub(super) fn of(images: &[&Image]) -> Vec<Group> {
    let sex = kind(images, "sex", |image| image.sex.clone());
    let site = kind(images, "site", |image| image.site.clone());
    [sex, kind(images, "age", age), site].concat()
}

fn kind(images: &[&Image], by: &'static str, name: fn(&Image) -> Option<String>) -> Vec<Group> {
    let mut known = std::collections::BTreeMap::<(bool, String), Vec<usize>>::new();
    for (place, image) in images.iter().enumerate() {
        let name = name(image);
        let key = (name.is_none(), name.unwrap_or_else(|| UNKNOWN.to_owned()));
        known.entry(key).or_default().push(place);
    }
    if known.keys().all(|&(unknown, _)| unknown) {
        return Vec::new();
    }
    known.into_iter().map(|((_, name), images)| Group { by, name, images }).collect()
}

/// Years in three ranges, so that each has images enough.
fn age(image: &Image) -> Option<String> {
    let range = match image.age? {
        0..40 => "0 to 39",
        40..60 => "40 to 59",
        60.. => "60 and over",
    };
    Some(range.to_owned())
}

/// `truth.csv`: what the data set says of every image, so that pages can count `predictions.csv` in other ways.
///
/// # Errors
/// None: what is written to memory is written.
pub(super) fn truth_csv(images: &[&Image]) -> anyhow::Result<Vec<u8>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["image", "diagnosis", "lesion", "age", "sex", "site"])?;
    for image in images {
        let age = image.age.map_or(String::new(), |age| age.to_string());
        let words = [&image.sex, &image.site].map(|word| word.as_deref().unwrap_or_default());
        let diagnosis = image.diagnosis.abbreviation();
        table.write_record([&image.name, diagnosis, image.lesion(), &age, words[0], words[1]])?;
    }
    Ok(table.into_inner()?)
}

#[cfg(test)]
mod tests {
    use catalog::Diagnosis;

    use super::*;

    fn image(name: &str, age: Option<u32>, sex: Option<&str>) -> Image {
        Image {
            name: name.to_owned(),
            diagnosis: Diagnosis::Nv,
            age,
            site: None,
            lesion: Some(format!("lesion-{name}")),
            sex: sex.map(str::to_owned),
        }
    }

    #[test]
    fn images_are_grouped_by_what_is_known() {
        let images = [
            image("a", Some(39), Some("male")),
            image("b", Some(40), None),
            image("c", None, Some("female")),
            image("d", Some(85), Some("male")),
        ];
        let groups = of(&images.iter().collect::<Vec<_>>());
        let listed: Vec<(&str, &str, &[usize])> =
            groups.iter().map(|group| (group.by, group.name.as_str(), group.images.as_slice())).collect();
        assert_eq!(
            listed,
            [
                ("sex", "female", &[2][..]),
                ("sex", "male", &[0, 3]),
                ("sex", "unknown", &[1]),
                ("age", "0 to 39", &[0]),
                ("age", "40 to 59", &[1]),
                ("age", "60 and over", &[3]),
                ("age", "unknown", &[2]),
            ]
        );
    }

    #[test]
    fn the_truth_has_a_row_an_image() {
        let (with, without) = (image("a", Some(39), Some("male")), image("b", None, None));
        let expected = "image,diagnosis,lesion,age,sex,site\na,NV,lesion-a,39,male,\nb,NV,lesion-b,,,\n";
        assert_eq!(String::from_utf8(truth_csv(&[&with, &without]).unwrap()).unwrap(), expected);
    }
}
