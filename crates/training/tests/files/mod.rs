//! Files in the formats of others, made by the tests.

use std::io::Write as _;
use std::path::Path;

use training::weights::{Array, Weights};
use zip::write::SimpleFileOptions;

/// Numbers from -1 to below 1 that depend on a name.
pub(crate) fn numbers(name: &str, count: usize) -> impl Iterator<Item = f32> {
    let seed = name.bytes().fold(7, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let mut random = numerics::Random::new(seed);
    (0..count).map(move |_| random.between(-1.0, 1.0))
}

/// A zip whose files are stored as they are, as PyTorch and NumPy do.
pub(crate) fn write_zip(path: &Path, files: &[(String, Vec<u8>)]) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, bytes) in files {
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.start_file(name.as_str(), options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

/// NumPy's archive of arrays.
pub(crate) fn write_npz(path: &Path, weights: &Weights) {
    let file = |(name, array): (&str, &Array)| {
        // A tuple of one needs its comma.
        let sizes: Vec<String> = array.shape.iter().map(|size| format!("{size},")).collect();
        let sizes = sizes.join(" ");
        let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({sizes}), }}");
        while (header.len() + 11) % 64 != 0 {
            header.push(' ');
        }
        header.push('\n');
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(array.numbers.iter().flat_map(|number| number.to_le_bytes()));
        (format!("{name}.npy"), bytes)
    };
    write_zip(path, &weights.iter().map(file).collect::<Vec<_>>());
}

/// A `state_dict` as `torch.save` writes it: every tensor a storage of its own, counters whole numbers of 64 bits.
pub(crate) fn write_pth(path: &Path, weights: &Weights) {
    let mut pickle = b"\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01(".to_vec();
    let mut files = Vec::new();
    for (index, (name, array)) in weights.iter().enumerate() {
        let counter = name.ends_with("num_batches_tracked");
        let key = index.to_string();
        text(&mut pickle, name);
        pickle.extend(b"ctorch._utils\n_rebuild_tensor_v2\n((");
        text(&mut pickle, "storage");
        pickle.extend(if counter { &b"ctorch\nLongStorage\n"[..] } else { b"ctorch\nFloatStorage\n" });
        text(&mut pickle, &key);
        text(&mut pickle, "cpu");
        integer(&mut pickle, array.numbers.len());
        pickle.extend(b"tQK\x00(");
        array.shape.iter().for_each(|&size| integer(&mut pickle, size));
        pickle.extend(b"t(");
        for axis in 0..array.shape.len() {
            integer(&mut pickle, array.shape[axis + 1..].iter().product());
        }
        pickle.extend(b"t\x89ccollections\nOrderedDict\n)RtR");
        let bytes = array.numbers.iter().flat_map(|&number| {
            if counter { (number as i64).to_le_bytes().to_vec() } else { number.to_le_bytes().to_vec() }
        });
        files.push((format!("archive/data/{key}"), bytes.collect()));
    }
    pickle.extend(b"u.");
    files.push(("archive/data.pkl".to_owned(), pickle));
    files.push(("archive/byteorder".to_owned(), b"little".to_vec()));
    write_zip(path, &files);
}

fn text(pickle: &mut Vec<u8>, text: &str) {
    pickle.push(b'X');
    pickle.extend((text.len() as u32).to_le_bytes());
    pickle.extend(text.as_bytes());
}

fn integer(pickle: &mut Vec<u8>, number: usize) {
    pickle.push(b'J');
    pickle.extend((number as i32).to_le_bytes());
}
