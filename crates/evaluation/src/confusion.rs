//! Sensitivity, specificity and everything read off a confusion matrix.

/// How often each class was taken for each; rows are true classes, columns are predictions.
///
/// ```
/// use evaluation::ConfusionMatrix;
/// // Of 10 melanomas 8 were found; of 90 nevi 9 were called melanoma.
/// let matrix = ConfusionMatrix::from_rows([[8, 2], [9, 81]]);
/// assert_eq!(matrix.sensitivity(0), Some(0.8));
/// assert_eq!(matrix.specificity(0), Some(0.9));
/// assert_eq!(matrix.accuracy(), Some(0.89));
/// assert_eq!(matrix.balanced_accuracy(), Some((0.8 + 0.9) / 2.0));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfusionMatrix {
    classes: usize,
    counts: Vec<u64>,
}

/// One class against all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binary {
    /// Images of the class, predicted as it.
    pub true_positives: u64,
    /// Images of other classes, predicted as it.
    pub false_positives: u64,
    /// Images of the class, predicted as another.
    pub false_negatives: u64,
    /// Images of other classes, predicted as another.
    pub true_negatives: u64,
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

impl ConfusionMatrix {
    /// A matrix of zeros.
    pub fn new(classes: usize) -> Self {
        Self { classes, counts: vec![0; classes * classes] }
    }

    /// A matrix with these counts.
    pub fn from_rows<const C: usize>(rows: [[u64; C]; C]) -> Self {
        Self { classes: C, counts: rows.concat() }
    }

    /// Counts `times` more images of class `truth` that were predicted as class `predicted`.
    ///
    /// # Panics
    /// If there is no such class.
    pub fn add(&mut self, truth: usize, predicted: usize, times: u64) {
        assert!(predicted < self.classes, "a class must be below {}; it is {predicted}", self.classes);
        self.counts[truth * self.classes + predicted] += times;
    }

    /// How many classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The rows, one for each true class.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[u64]> {
        self.counts.chunks_exact(self.classes)
    }

    /// Images of class `truth` that were predicted as class `predicted`.
    ///
    /// # Panics
    /// If there is no such class.
    pub fn count(&self, truth: usize, predicted: usize) -> u64 {
        assert!(predicted < self.classes, "a class must be below {}; it is {predicted}", self.classes);
        self.counts[truth * self.classes + predicted]
    }

    /// All images.
    pub fn images(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// `class` against all others.
    ///
    /// # Panics
    /// If there is no such class.
    pub fn against_the_rest(&self, class: usize) -> Binary {
        let true_positives = self.count(class, class);
        let occurs: u64 = (0..self.classes).map(|other| self.count(class, other)).sum();
        let predicted: u64 = (0..self.classes).map(|other| self.count(other, class)).sum();
        Binary {
            true_positives,
            false_positives: predicted - true_positives,
            false_negatives: occurs - true_positives,
            true_negatives: self.images() + true_positives - occurs - predicted,
        }
    }

    /// Share of images predicted right; `None` without images.
    pub fn accuracy(&self) -> Option<f64> {
        ratio((0..self.classes).map(|class| self.count(class, class)).sum(), self.images())
    }

    /// Mean sensitivity of the classes that occur; `None` without images. This is ISIC 2019's score.
    ///
    /// Guessing one class always gives one over the number of classes that occur, however unequal they are.
    pub fn balanced_accuracy(&self) -> Option<f64> {
        self.macro_mean(Binary::sensitivity)
    }

    /// Mean of a number of each class against the rest, over the classes that have it; `None` if none has.
    ///
    /// ```
    /// # use evaluation::{Binary, ConfusionMatrix};
    /// // Nothing was taken for the second class, so its precision is undefined: the first one's alone, 6 of 8.
    /// let matrix = ConfusionMatrix::from_rows([[6, 0], [2, 0]]);
    /// assert_eq!(matrix.macro_mean(Binary::precision), Some(0.75));
    /// ```
    pub fn macro_mean(&self, number: impl Fn(Binary) -> Option<f64>) -> Option<f64> {
        let classes = 0..self.classes;
        let defined: Vec<f64> = classes.filter_map(|class| number(self.against_the_rest(class))).collect();
        numerics::statistics::mean(&defined)
    }

    /// Share of the images of `class` that were predicted as it (recall); `None` if it does not occur.
    pub fn sensitivity(&self, class: usize) -> Option<f64> {
        self.against_the_rest(class).sensitivity()
    }

    /// Share of the images of other classes that were not predicted as `class`; `None` if no other occurs.
    pub fn specificity(&self, class: usize) -> Option<f64> {
        self.against_the_rest(class).specificity()
    }

    /// Share of the images predicted as `class` that are of it; `None` if none were.
    pub fn precision(&self, class: usize) -> Option<f64> {
        self.against_the_rest(class).precision()
    }

    /// Harmonic mean of precision and sensitivity; `None` if `class` neither occurs nor is predicted.
    pub fn f1(&self, class: usize) -> Option<f64> {
        self.against_the_rest(class).f1()
    }
}

impl Binary {
    /// Share of the positive that were found (recall); `None` without positive ones.
    pub fn sensitivity(self) -> Option<f64> {
        ratio(self.true_positives, self.true_positives + self.false_negatives)
    }

    /// Share of the negative that were left alone; `None` without negative ones.
    pub fn specificity(self) -> Option<f64> {
        ratio(self.true_negatives, self.true_negatives + self.false_positives)
    }

    /// Share of the found that are positive; `None` if nothing was found.
    pub fn precision(self) -> Option<f64> {
        ratio(self.true_positives, self.true_positives + self.false_positives)
    }

    /// Share of the left alone that are negative; `None` if nothing was left alone.
    pub fn negative_predictive_value(self) -> Option<f64> {
        ratio(self.true_negatives, self.true_negatives + self.false_negatives)
    }

    /// Share of all that were called right; `None` without any.
    pub fn accuracy(self) -> Option<f64> {
        let right = self.true_positives + self.true_negatives;
        ratio(right, right + self.false_positives + self.false_negatives)
    }

    /// Harmonic mean of precision and sensitivity; `None` if nothing is positive and nothing was found.
    ///
    /// Written as 2 TP / (2 TP + FP + FN), it is 0 where positives exist and none was found.
    pub fn f1(self) -> Option<f64> {
        let twice = 2 * self.true_positives;
        ratio(twice, twice + self.false_positives + self.false_negatives)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three classes; the last never occurs and is never predicted.
    fn two_of_three() -> ConfusionMatrix {
        ConfusionMatrix::from_rows([[3, 1, 0], [2, 4, 0], [0, 0, 0]])
    }

    #[test]
    fn rates_follow_from_four_counts() {
        let binary = two_of_three().against_the_rest(0);
        let expected =
            Binary { true_positives: 3, false_positives: 2, false_negatives: 1, true_negatives: 4 };
        assert_eq!(binary, expected);
        assert_eq!((binary.sensitivity(), binary.specificity()), (Some(3.0 / 4.0), Some(4.0 / 6.0)));
        // 2 * 3 / (2 * 3 + 2 + 1)
        assert_eq!((binary.precision(), binary.f1()), (Some(3.0 / 5.0), Some(6.0 / 9.0)));
        // Of the 5 left alone 4 are negative; 3 + 4 of 10 are right.
        assert_eq!(
            (binary.negative_predictive_value(), binary.accuracy()),
            (Some(4.0 / 5.0), Some(7.0 / 10.0))
        );
    }

    #[test]
    fn a_class_that_never_occurs_has_no_sensitivity_and_stays_out_of_the_mean() {
        let matrix = two_of_three();
        assert_eq!((matrix.sensitivity(2), matrix.precision(2), matrix.f1(2)), (None, None, None));
        assert_eq!(matrix.specificity(2), Some(1.0));
        // (3/4 + 4/6) / 2
        assert_eq!(matrix.balanced_accuracy(), Some(f64::midpoint(0.75, 4.0 / 6.0)));
    }

    #[test]
    fn a_class_that_is_never_predicted_has_no_precision_and_an_f1_of_zero() {
        let matrix = ConfusionMatrix::from_rows([[0, 5], [0, 7]]);
        assert_eq!((matrix.precision(0), matrix.f1(0)), (None, Some(0.0)));
    }

    #[test]
    fn one_class_alone_has_no_specificity() {
        let matrix = ConfusionMatrix::from_rows([[5, 1], [0, 0]]);
        assert_eq!((matrix.specificity(0), matrix.specificity(1)), (None, Some(5.0 / 6.0)));
    }

    #[test]
    fn nothing_has_no_accuracy() {
        let matrix = ConfusionMatrix::new(8);
        assert_eq!((matrix.accuracy(), matrix.balanced_accuracy()), (None, None));
    }

    #[test]
    fn all_correct_is_one() {
        let matrix = ConfusionMatrix::from_rows([[1, 0], [0, 99]]);
        assert_eq!((matrix.accuracy(), matrix.balanced_accuracy()), (Some(1.0), Some(1.0)));
    }

    #[test]
    fn always_guessing_one_of_eight_scores_an_eighth() {
        let mut matrix = ConfusionMatrix::new(8);
        for class in 0..8 {
            matrix.add(class, 1, 1 + 100 * class as u64);
        }
        assert_eq!(matrix.balanced_accuracy(), Some(0.125));
    }
}
