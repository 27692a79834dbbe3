//! Addresses of generated files, which carry a content hash in their names.

/// Length of the content hash in the name of a generated file, hexadecimal digits.
const HASH: usize = 16;

/// The address without content hashes: the same for every build of a file.
pub(crate) fn without_hashes(url: &str) -> String {
    let is_hash = |part: &&str| part.len() == HASH && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    url.split(['-', '.', '/']).filter(|part| !is_hash(part)).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_of_one_file_share_an_address_and_different_files_do_not() {
        let model = "https://a.example/book/generated/models/synthetic-resnet18-eight-90acca2fab2cf57b.onnx";
        let newer = "https://a.example/book/generated/models/synthetic-resnet18-eight-0123456789abcdef.onnx";
        let other = "https://a.example/book/generated/models/real-resnet50-eight-90acca2fab2cf57b.onnx";
        let elsewhere =
            "https://a.example/fork/generated/models/synthetic-resnet18-eight-90acca2fab2cf57b.onnx";
        assert_eq!(without_hashes(model), without_hashes(newer));
        assert_ne!(without_hashes(model), without_hashes(other));
        assert_ne!(without_hashes(model), without_hashes(elsewhere));
    }
}
