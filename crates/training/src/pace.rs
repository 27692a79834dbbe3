//! The speed of training steps with batches in memory, which `cargo xtask bench training` compares with PyTorch.

use std::io::{BufRead, Write};
use std::time::Instant;

use anyhow::Context as _;
use recipe::OptimiserRule;
use tch::{Device, Kind, Tensor};

use crate::features::Precision;
use crate::loss::Loss;
use crate::model::{Mode, Model};
use crate::optimiser::Optimiser;

/// What to time.
#[derive(Clone, Debug, clap::Args)]
pub struct PaceTask {
    /// Network of the `architecture` crate.
    pub architecture: String,
    /// Images per step.
    #[arg(long)]
    pub batch_size: i64,
    /// Width and height of the images, pixels.
    #[arg(long)]
    pub image_size: i64,
    /// Half precision where it does no harm, and channels last in memory; on CUDA only.
    #[arg(long)]
    pub mixed_precision: bool,
    /// Channels last in memory.
    #[arg(long)]
    pub channels_last: bool,
}

/// Reads a number of steps from every line of `input`, trains for that many steps, and prints the seconds to `output`.
///
/// # Errors
/// A network that does not exist; a line that is not a number; a closed `output`.
pub fn pace(
    asked: &PaceTask,
    device: Device,
    input: impl BufRead,
    mut output: impl Write,
) -> anyhow::Result<()> {
    const CLASSES: i64 = 8;
    const LEARNING_RATE: f64 = 1e-3;
    if device.is_cuda() {
        tch::Cuda::cudnn_set_benchmark(true);
    }
    let half = asked.mixed_precision && device.is_cuda();
    let network = architecture::by_name(&asked.architecture, CLASSES as usize, asked.image_size as usize)?;
    let mut model = Model::random(network, 1, device);
    let channels_last = half || asked.channels_last;
    if channels_last {
        model.channels_last();
    }
    let precision = Precision { half, channels_last };
    let rule =
        recipe::Optimiser { rule: OptimiserRule::Sgd, weight_decay: 5e-4, ..recipe::Optimiser::default() };
    let mut optimiser = Optimiser::new(rule, &model, half);
    let loss = Loss::new(recipe::Loss::default(), &[1; CLASSES as usize], device);
    let images =
        Tensor::randn([asked.batch_size, 3, asked.image_size, asked.image_size], (Kind::Float, device));
    let classes = Tensor::arange(asked.batch_size, (Kind::Int64, device)).remainder(CLASSES);
    for line in input.lines() {
        let line = line?;
        let steps: usize = line.trim().parse().with_context(|| format!("{line} is not a number of steps"))?;
        let start = Instant::now();
        for _ in 0..steps {
            let logits = precision.run(&images, |images| model.logits(images, Mode::Training));
            let loss = loss.of(&logits, &classes);
            // As in a training, the loss is read and the correct results are counted at every step.
            let _value = loss.double_value(&[]);
            let _changed = optimiser.step(&model, &loss, LEARNING_RATE);
            let _right = logits.argmax(-1, false).eq_tensor(&classes).sum(Kind::Int64).int64_value(&[]);
        }
        if let Device::Cuda(index) = device {
            tch::Cuda::synchronize(index as i64);
        }
        writeln!(output, "{}", start.elapsed().as_secs_f64())?;
        output.flush()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_input_gives_seconds() {
        let asked = PaceTask {
            architecture: "resnet18".to_owned(),
            batch_size: 2,
            image_size: 32,
            mixed_precision: false,
            channels_last: false,
        };
        let mut said = Vec::new();
        pace(&asked, Device::Cpu, "1\n2\n".as_bytes(), &mut said).unwrap();
        let said = String::from_utf8(said).unwrap();
        let seconds: Vec<f64> = said.lines().map(|line| line.parse().unwrap()).collect();
        assert!(seconds.len() == 2 && seconds.iter().all(|&seconds| seconds > 0.0), "{said}");
        let message = pace(&asked, Device::Cpu, "many".as_bytes(), Vec::new()).unwrap_err().to_string();
        assert_eq!(message, "many is not a number of steps");
    }
}
