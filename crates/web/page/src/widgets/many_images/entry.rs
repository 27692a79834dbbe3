//! One image of many: where it comes from, and what the network said about it.

use catalog::Diagnosis;
use evaluation::submission::PredictionRow;
use kit::picture::DrawnLesion;
use web_sys::File;

/// One image.
#[derive(Clone)]
pub(super) struct ImageEntry {
    /// Its place in the order of adding, and its name in the page.
    pub(super) id: u32,
    /// The file's name, or `mel-17` of a drawing.
    pub(super) name: String,
    pub(super) source: PixelSource,
    pub(super) state: EntryState,
}

/// Where its pixels come from; they are not kept, since a hundred photographs would fill a phone's memory.
#[derive(Clone)]
pub(super) enum PixelSource {
    Drawn(DrawnLesion),
    Own(File),
}

/// What is known of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum EntryState {
    Waiting,
    /// In the order of the labels, 0 to 1.
    Answered(Vec<f32>),
    /// Why there is no answer, in words for the reader.
    Refused(String),
}

impl ImageEntry {
    /// The probabilities, if there are any.
    pub(super) fn probabilities(&self) -> Option<&[f32]> {
        match &self.state {
            EntryState::Answered(probabilities) => Some(probabilities),
            EntryState::Waiting | EntryState::Refused(_) => None,
        }
    }

    /// Place of the largest probability, the first of equal ones.
    pub(super) fn top(&self) -> Option<usize> {
        let probabilities = self.probabilities()?;
        let largest = probabilities.iter().copied().max_by(f32::total_cmp)?;
        probabilities.iter().position(|p| p.total_cmp(&largest).is_eq())
    }

    /// The largest probability.
    pub(super) fn largest(&self) -> Option<f32> {
        Some(self.probabilities()?[self.top()?])
    }

    /// What it was drawn as, by the names of these labels: one of the eight, or whether that is malignant.
    pub(super) fn truth(&self, labels: &[String]) -> Option<usize> {
        let PixelSource::Drawn(drawn) = self.source else { return None };
        let place = |name: &str| labels.iter().position(|label| label == name);
        let side = if drawn.diagnosis.is_malignant() { "malignant" } else { "benign" };
        place(drawn.diagnosis.abbreviation()).or_else(|| place(side))
    }

    /// Its row of a file of predictions; `None` without an answer.
    pub(super) fn row(&self) -> Option<PredictionRow> {
        let image = match &self.source {
            PixelSource::Drawn(_) => self.name.clone(),
            PixelSource::Own(_) => stem(&self.name).to_owned(),
        };
        Some(PredictionRow { image, probabilities: self.probabilities()?.to_vec() })
    }
}

/// A file's name without its ending, as ISIC's files name images.
fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

/// Orders entries by the value of the control `sort`; what has no answer comes last.
pub(super) fn sort(entries: &mut [&ImageEntry], by: &str) {
    // Largest probabilities in thousandths of a thousandth: whole numbers have one order.
    let sureness = |entry: &ImageEntry| entry.largest().map(|p| (p * 1e6) as i64);
    entries.sort_by_key(|entry| {
        let (first, name) = match by {
            "name" => (0, entry.name.clone()),
            "diagnosis" => (entry.top().map_or(i64::MAX, |top| top as i64), String::new()),
            "sure" => (sureness(entry).map_or(i64::MAX, |p| -p), String::new()),
            "unsure" => (sureness(entry).unwrap_or(i64::MAX), String::new()),
            _ => (0, String::new()),
        };
        (first, name, entry.id)
    });
}

/// The next drawings: three of each diagnosis, from these seeds on.
pub(super) fn drawings(first_seed: u64) -> Vec<DrawnLesion> {
    let of = |diagnosis| (first_seed..first_seed + 3).map(move |seed| DrawnLesion { diagnosis, seed });
    Diagnosis::ALL.into_iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: u32, drawn: DrawnLesion, state: EntryState) -> ImageEntry {
        ImageEntry { id, name: drawn.text(), source: PixelSource::Drawn(drawn), state }
    }

    fn labels(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn what_has_no_answer_comes_last_whatever_the_order() {
        let drawn = |diagnosis| DrawnLesion { diagnosis, seed: 1 };
        let all = [
            entry(0, drawn(Diagnosis::Scc), EntryState::Waiting),
            entry(1, drawn(Diagnosis::Nv), EntryState::Answered(vec![0.9, 0.1])),
            entry(2, drawn(Diagnosis::Mel), EntryState::Answered(vec![0.4, 0.6])),
        ];
        let order = |by| {
            let mut entries: Vec<&ImageEntry> = all.iter().collect();
            sort(&mut entries, by);
            entries.iter().map(|entry| entry.id).collect::<Vec<_>>()
        };
        assert_eq!(order("added"), [0, 1, 2]);
        assert_eq!(order("name"), [2, 1, 0]);
        assert_eq!(order("diagnosis"), [1, 2, 0]);
        assert_eq!(order("sure"), [1, 2, 0]);
        assert_eq!(order("unsure"), [2, 1, 0]);
    }

    #[test]
    fn a_drawing_is_known_by_its_diagnosis_or_its_side() {
        let scc = entry(
            0,
            DrawnLesion { diagnosis: Diagnosis::Scc, seed: 4 },
            EntryState::Answered(vec![0.2, 0.8]),
        );
        assert_eq!(scc.truth(&labels(&["benign", "malignant"])), Some(1));
        assert_eq!(scc.truth(&labels(&["MEL", "SCC"])), Some(1));
        assert_eq!(scc.truth(&labels(&["cat", "dog"])), None);
        assert_eq!((scc.top(), scc.largest()), (Some(1), Some(0.8)));
        let row = scc.row().unwrap();
        assert_eq!((row.image.as_str(), &row.probabilities[..]), ("scc-4", &[0.2, 0.8][..]));
    }

    #[test]
    fn names_lose_their_ending_and_nothing_else() {
        assert_eq!(["ISIC_1.jpg", "a.b.png", "mole", ".png"].map(stem), ["ISIC_1", "a.b", "mole", ".png"]);
    }

    #[test]
    fn three_of_each_diagnosis_are_drawn() {
        let drawn = drawings(100);
        assert_eq!(
            (drawn.len(), drawn[0].text(), drawn[23].text()),
            (24, "mel-100".into(), "scc-102".into())
        );
    }
}
