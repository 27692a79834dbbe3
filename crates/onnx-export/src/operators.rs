//! Every operation of `architecture` as an ONNX operator of operator set 17.
//!
//! Source: <https://onnx.ai/onnx/operators/>.

use architecture::{Op, Padding};

use crate::proto::Attribute;

/// The constants that an operator reads beside its input and parameters, by name: an ONNX `Clip` has its limits as inputs.
pub(crate) const fn limits(op: &Op) -> &'static [(&'static str, f32)] {
    match op {
        Op::Relu6 => &[("relu6.low", 0.0), ("relu6.high", 6.0)],
        _ => &[],
    }
}

/// The operator's name and its attributes; defaults are written out where a reader would wonder.
pub(crate) fn operator(op: &Op) -> (&'static str, Vec<Attribute>) {
    let window = |kernel: usize, stride: usize, Padding { before, after }: Padding| {
        let square = |name, size: usize| Attribute::ints(name, vec![size as i64; 2]);
        // Before both axes, then after both.
        let pads = [before, before, after, after].map(|zeros| zeros as i64);
        vec![
            square("kernel_shape", kernel),
            square("strides", stride),
            Attribute::ints("pads", pads.to_vec()),
        ]
    };
    match *op {
        Op::Convolution { kernel, stride, padding, groups, .. } => {
            let group = (groups != 1).then(|| Attribute::int("group", groups as i64));
            ("Conv", window(kernel, stride, padding).into_iter().chain(group).collect())
        }
        Op::BatchNorm { epsilon, .. } => {
            ("BatchNormalization", vec![Attribute::float("epsilon", epsilon as f32)])
        }
        Op::Relu => ("Relu", Vec::new()),
        // Between the two constants that `limits` gives.
        Op::Relu6 => ("Clip", Vec::new()),
        Op::MaxPool { kernel, stride, padding } => {
            ("MaxPool", window(kernel, stride, Padding::both(padding)))
        }
        Op::Add => ("Add", Vec::new()),
        Op::GlobalAveragePool => ("GlobalAveragePool", Vec::new()),
        Op::Flatten => ("Flatten", vec![Attribute::int("axis", 1)]),
        // y = x * weightᵀ + bias, with the weight stored as PyTorch stores it, [out, in].
        Op::Linear { .. } => ("Gemm", vec![Attribute::int("transB", 1)]),
        Op::Softmax => ("Softmax", vec![Attribute::int("axis", 1)]),
    }
}
