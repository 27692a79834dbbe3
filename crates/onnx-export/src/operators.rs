//! Every operation of `architecture` as an ONNX operator of operator set 17.
//!
//! Source: <https://onnx.ai/onnx/operators/>.

use architecture::Op;

use crate::proto::Attribute;

/// The operator's name and its attributes; defaults are written out where a reader would wonder.
pub(crate) fn operator(op: &Op) -> (&'static str, Vec<Attribute>) {
    let window = |kernel: usize, stride: usize, padding: usize| {
        let square = |name, size: usize, sides| Attribute::ints(name, vec![size as i64; sides]);
        vec![square("kernel_shape", kernel, 2), square("strides", stride, 2), square("pads", padding, 4)]
    };
    match *op {
        Op::Convolution { kernel, stride, padding, .. } => ("Conv", window(kernel, stride, padding)),
        Op::BatchNorm { epsilon, .. } => {
            ("BatchNormalization", vec![Attribute::float("epsilon", epsilon as f32)])
        }
        Op::Relu => ("Relu", Vec::new()),
        Op::MaxPool { kernel, stride, padding } => ("MaxPool", window(kernel, stride, padding)),
        Op::Add => ("Add", Vec::new()),
        Op::GlobalAveragePool => ("GlobalAveragePool", Vec::new()),
        Op::Flatten => ("Flatten", vec![Attribute::int("axis", 1)]),
        // y = x * weightᵀ + bias, with the weight stored as PyTorch stores it, [out, in].
        Op::Linear { .. } => ("Gemm", vec![Attribute::int("transB", 1)]),
        Op::Softmax => ("Softmax", vec![Attribute::int("axis", 1)]),
    }
}
