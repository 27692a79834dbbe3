//! The learning rate of every step: a straight rise, then half a cosine down.

use crate::config::Stage;

/// The learning rate of step `step`, from 0, of a stage with `steps` steps an epoch.
///
/// Source: Loshchilov and Hutter 2017, <https://arxiv.org/abs/1608.03983>, without restarts.
pub fn learning_rate(stage: &Stage, steps: usize, step: usize) -> f64 {
    let all = (stage.epochs * steps) as f64;
    let rise = stage.warm_up_epochs * steps as f64;
    // The middle of the step, so that the first is not 0 and the last is not the end.
    let at = step as f64 + 0.5;
    if at < rise {
        return stage.learning_rate * at / rise;
    }
    let share = (at - rise) / (all - rise);
    let fall = 0.5 * (1.0 + numerics::math::cos64(std::f64::consts::PI * share));
    stage.final_learning_rate + (stage.learning_rate - stage.final_learning_rate) * fall
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAGE: Stage = Stage {
        epochs: 3,
        image_size: 64,
        learning_rate: 1.0,
        final_learning_rate: 0.2,
        warm_up_epochs: 1.0,
    };

    #[test]
    fn it_rises_in_a_straight_line_and_falls_to_the_end() {
        let rates: Vec<f64> = (0..30).map(|step| learning_rate(&STAGE, 10, step)).collect();
        // Middle of the first of ten steps: 0.5 / 10.
        assert!((rates[0] - 0.05).abs() < 1e-12 && (rates[9] - 0.95).abs() < 1e-12);
        assert!(rates[10..].windows(2).all(|pair| pair[0] > pair[1]));
        // Half-way down, between steps 19 and 20, it is (1 + 0.2) / 2.
        assert!((0.5 * (rates[19] + rates[20]) - 0.6).abs() < 1e-12);
        assert!(rates[29] > 0.2 && rates[29] < 0.21);
    }

    #[test]
    fn without_a_warm_up_it_starts_at_the_top() {
        let stage = Stage { warm_up_epochs: 0.0, ..STAGE };
        assert!(learning_rate(&stage, 10, 0) > 0.99);
    }
}
