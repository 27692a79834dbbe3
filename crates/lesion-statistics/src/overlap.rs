//! Do the classes overlap as the real ones do? A linear classifier on the measurements, cross-validated by lesion.

use catalog::Diagnosis;
use numerics::statistics::{mean, percentile, standard_deviation};

use crate::measures::Measures;
use crate::reference::Reference;
use crate::report::GROUPS;

/// Folds of the cross-validation; the measured table used as many.
pub const FOLDS: usize = 5;

/// Share of the trace added to the covariance's diagonal: there are more quantities than a class has pictures.
const SHRINKAGE: f64 = 0.1;

/// What a classifier called each diagnosis.
#[derive(Clone, Debug)]
pub struct Overlap {
    /// Per cent of the row's pictures that were called the column's diagnosis; rows without pictures are 0.
    pub table: [[f32; 8]; 8],
    /// Mean of the diagonal over the diagnoses that occur, 0 to 1.
    pub balanced_accuracy: f32,
}

/// Linear discriminant analysis with equal priors (Fisher 1936, shrunk as Friedman 1989, <https://doi.org/10.1080/01621459.1989.10478752>).
///
/// `lesions` numbers the lesion of each picture; a lesion's pictures stay in one fold. `None` where a fold would have
/// nothing to learn from.
pub fn overlap(pictures: &[(Diagnosis, usize, Measures)]) -> Option<Overlap> {
    let rows = table(pictures)?;
    let mut counts = [[0_u32; 8]; 8];
    for fold in 0..FOLDS {
        let in_fold = |i: &usize| pictures[*i].1 % FOLDS == fold;
        let training: Vec<usize> = (0..rows.len()).filter(|i| !in_fold(i)).collect();
        let model = ClassModel::fit(&rows, &training, pictures)?;
        for i in (0..rows.len()).filter(in_fold) {
            counts[pictures[i].0.index()][model.call(&rows[i])] += 1;
        }
    }
    let table = counts.map(|row| {
        let sum = row.iter().sum::<u32>().max(1);
        row.map(|n| 100.0 * n as f32 / sum as f32)
    });
    let present: Vec<usize> = (0..8).filter(|&d| counts[d].iter().sum::<u32>() > 0).collect();
    let balanced_accuracy =
        present.iter().map(|&d| table[d][d]).sum::<f32>() / (100.0 * present.len().max(1) as f32);
    Some(Overlap { table, balanced_accuracy })
}

/// How far one quantity sets the classes apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Separation {
    /// Its name.
    pub quantity: &'static str,
    /// Deviation of the drawn classes' medians over a class's interquartile range.
    pub ours: f64,
    /// The same as measured.
    pub measured: f64,
}

/// Every compared quantity, the one that sets our classes apart the most beyond the real ones first.
pub fn separations(reference: &Reference, pictures: &[(Diagnosis, usize, Measures)]) -> Vec<Separation> {
    let mut found: Vec<Separation> = GROUPS
        .iter()
        .flat_map(|(_, keys)| *keys)
        .filter_map(|&quantity| {
            let of_class = |d: Diagnosis| {
                let values: Vec<f64> = pictures
                    .iter()
                    .filter(|p| p.0 == d)
                    .filter_map(|p| p.2.get(quantity).map(f64::from))
                    .collect();
                let quartile = |p: f64| percentile(&values, p);
                Some((quartile(50.0)?, quartile(75.0)? - quartile(25.0)?))
            };
            let real = |d: Diagnosis| {
                reference.quantiles(d, quantity).map(|q| (f64::from(q.median), f64::from(q.spread)))
            };
            Some(Separation { quantity, ours: apart(of_class)?, measured: apart(real)? })
        })
        .collect();
    let excess = |s: &Separation| s.ours / s.measured.max(0.1);
    found.sort_by(|a, b| excess(b).total_cmp(&excess(a)));
    found
}

/// Deviation of the medians over the mean spread of the classes that have both.
fn apart(of_class: impl Fn(Diagnosis) -> Option<(f64, f64)>) -> Option<f64> {
    let (medians, spreads): (Vec<f64>, Vec<f64>) = Diagnosis::ALL.into_iter().filter_map(of_class).unzip();
    let spread = mean(&spreads).filter(|&spread| spread > 1e-9)?;
    Some(standard_deviation(&medians)? / spread)
}

/// Every quantity that at least half, standardised; what is missing is at the mean.
fn table(pictures: &[(Diagnosis, usize, Measures)]) -> Option<Vec<Vec<f64>>> {
    let n = pictures.len();
    let mut counts = std::collections::BTreeMap::<&'static str, usize>::new();
    for (_, _, measures) in pictures {
        for (key, _) in measures.iter() {
            *counts.entry(key).or_default() += 1;
        }
    }
    let keys: Vec<&str> = counts.iter().filter(|(_, count)| **count * 2 >= n).map(|(key, _)| *key).collect();
    let mut rows = vec![Vec::with_capacity(keys.len()); n];
    for key in keys {
        let column: Vec<Option<f64>> = pictures.iter().map(|p| p.2.get(key).map(f64::from)).collect();
        let known: Vec<f64> = column.iter().copied().flatten().collect();
        let (mean, deviation) = (mean(&known)?, standard_deviation(&known)?);
        if deviation > 1e-9 {
            for (row, value) in rows.iter_mut().zip(&column) {
                row.push(value.map_or(0.0, |value| ((value - mean) / deviation).clamp(-4.0, 4.0)));
            }
        }
    }
    rows.first().is_some_and(|row| !row.is_empty()).then_some(rows)
}

/// Σ⁻¹μ and ½ μᵀΣ⁻¹μ of each diagnosis that occurs.
struct ClassModel(Vec<(usize, Vec<f64>, f64)>);

impl ClassModel {
    fn fit(rows: &[Vec<f64>], training: &[usize], pictures: &[(Diagnosis, usize, Measures)]) -> Option<Self> {
        let width = rows.first()?.len();
        let mut means = vec![(0_usize, vec![0.0; width]); 8];
        for &i in training {
            let (n, sum) = &mut means[pictures[i].0.index()];
            *n += 1;
            for (s, v) in sum.iter_mut().zip(&rows[i]) {
                *s += v;
            }
        }
        for (n, sum) in &mut means {
            for s in sum {
                *s /= (*n).max(1) as f64;
            }
        }
        let mut covariance = vec![0.0; width * width];
        for &i in training {
            let middle = &means[pictures[i].0.index()].1;
            let off: Vec<f64> = rows[i].iter().zip(middle).map(|(v, m)| v - m).collect();
            for (r, a) in off.iter().enumerate() {
                for (slot, b) in covariance[r * width..=r * width + r].iter_mut().zip(&off) {
                    *slot += a * b / training.len() as f64;
                }
            }
        }
        let trace: f64 = (0..width).map(|k| covariance[k * width + k]).sum::<f64>() / width as f64;
        for k in 0..width {
            covariance[k * width + k] += SHRINKAGE * trace;
        }
        let factor = cholesky(covariance, width)?;
        let classes = means.iter().enumerate().filter(|(_, (n, _))| *n > 0).map(|(class, (_, mean))| {
            let weights = solve(&factor, width, mean);
            let half = 0.5 * weights.iter().zip(mean).map(|(w, m)| w * m).sum::<f64>();
            (class, weights, half)
        });
        Some(Self(classes.collect())).filter(|model| !model.0.is_empty())
    }

    fn call(&self, row: &[f64]) -> usize {
        let score =
            |weights: &[f64], half: f64| weights.iter().zip(row).map(|(w, v)| w * v).sum::<f64>() - half;
        let best = self.0.iter().max_by(|a, b| score(&a.1, a.2).total_cmp(&score(&b.1, b.2)));
        best.map_or(0, |(class, ..)| *class)
    }
}

/// Lower triangle L with L Lᵀ = `matrix`, of which only the lower triangle is read; `None` if it is not positive.
fn cholesky(mut matrix: Vec<f64>, n: usize) -> Option<Vec<f64>> {
    for r in 0..n {
        for c in 0..=r {
            let dot: f64 = (0..c).map(|k| matrix[r * n + k] * matrix[c * n + k]).sum();
            let rest = matrix[r * n + c] - dot;
            matrix[r * n + c] = if r == c {
                if rest <= 0.0 {
                    return None;
                }
                rest.sqrt()
            } else {
                rest / matrix[c * n + c]
            };
        }
    }
    Some(matrix)
}

/// x with L Lᵀ x = `right`.
fn solve(factor: &[f64], n: usize, right: &[f64]) -> Vec<f64> {
    let mut x = right.to_vec();
    for r in 0..n {
        let dot: f64 = (0..r).map(|k| factor[r * n + k] * x[k]).sum();
        x[r] = (x[r] - dot) / factor[r * n + r];
    }
    for r in (0..n).rev() {
        let dot: f64 = (r + 1..n).map(|k| factor[k * n + r] * x[k]).sum();
        x[r] = (x[r] - dot) / factor[r * n + r];
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_system_is_solved() {
        // [[4, 2], [2, 3]] · [1, 2] = [8, 8].
        let factor = cholesky(vec![4.0, 0.0, 2.0, 3.0], 2).unwrap();
        let x = solve(&factor, 2, &[8.0, 8.0]);
        assert!((x[0] - 1.0).abs() < 1e-12 && (x[1] - 2.0).abs() < 1e-12, "{x:?}");
        assert_eq!(cholesky(vec![-1.0], 1), None);
    }

    #[test]
    fn classes_apart_are_told_apart_and_equal_ones_are_not() {
        let pictures = |gap: f32| -> Vec<(Diagnosis, usize, Measures)> {
            let mut random = numerics::Random::new(1);
            (0..400)
                .map(|i| {
                    let diagnosis = Diagnosis::ALL[i % 2];
                    let mut measures = Measures::default();
                    measures.put("skin_L", random.normal() + gap * (i % 2) as f32);
                    measures.put("skin_a", random.normal());
                    (diagnosis, i / 2, measures)
                })
                .collect()
        };
        assert!(overlap(&pictures(8.0)).unwrap().balanced_accuracy > 0.99);
        // Standard error of a coin thrown 400 times: 0.025.
        assert!((overlap(&pictures(0.0)).unwrap().balanced_accuracy - 0.5).abs() < 0.1);
        assert!(overlap(&[]).is_none());
    }
}
