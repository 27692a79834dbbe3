//! Names, shapes and costs against EfficientNet-Lite0 in PyTorch; the script is in `tests/golden`, pinned.

#![expect(clippy::unwrap_used, reason = "test code outside of a #[test]")]

use architecture::{Network, Op, ParameterKind, efficientnet_lite0};
use serde_json::Value;

fn golden() -> Value {
    serde_json::from_str(include_str!("../../../tests/golden/architecture_efficientnet.json")).unwrap()
}

fn of_size(side: usize) -> Network {
    efficientnet_lite0(golden()["classes"].as_u64().unwrap() as usize, side)
}

fn line(name: &str, sizes: &[usize]) -> String {
    sizes.iter().fold(name.to_owned(), |line, size| format!("{line} {size}"))
}

fn lines(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect()
}

#[test]
fn a_files_entries_have_the_published_names_shapes_types_and_order() {
    let (network, golden) = (of_size(224), golden());
    let found = network.state().into_iter().map(|p| {
        let number = if p.kind == ParameterKind::Counter { " int64" } else { "" };
        line(&p.name, &p.shape) + number
    });
    assert_eq!(found.collect::<Vec<_>>(), lines(&golden["state_dict"]));
    assert_eq!(Some(network.parameter_count() as u64), golden["trainable"].as_u64());
}

#[test]
fn convolutions_return_the_published_shapes_at_the_published_cost() {
    for side in [224, 97] {
        let (network, golden) = (of_size(side), &golden()["sizes"][side.to_string()]);
        let convolutions = network.layers.iter().filter(|layer| matches!(layer.op, Op::Convolution { .. }));
        let found: Vec<_> = convolutions.map(|layer| line(&layer.name, layer.output.sizes())).collect();
        assert_eq!(found, lines(&golden["convolutions"]), "{side}");
        assert_eq!(Some(network.multiply_adds()), golden["multiply_adds"].as_u64(), "{side}");
    }
}
