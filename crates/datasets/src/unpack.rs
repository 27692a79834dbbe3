//! The images of a ZIP archive, each checked against the checksum it was packed with.

use std::fs::File;
use std::io::{Read, Write as _};
use std::path::Path;

use zip::ZipArchive;

use crate::http::{Client, length, part_of};
use crate::image::is_file_name;
use crate::{Error, isic};

/// Unpacks every `….jpg` into `folder` as images of ISIC 2019's layout; those that are there in full are left alone.
/// Returns how many there are. `progress` receives images.
///
/// # Errors
/// [`Error::Place`] for an archive that is damaged, by the entry; [`Error::File`] for a full disk; [`Error::Stopped`].
/// No image is half-written then.
pub fn unpack(
    client: &Client,
    archive: &Path,
    folder: &Path,
    progress: &dyn Fn(usize, usize),
) -> Result<usize, Error> {
    let damaged = |error: zip::result::ZipError| {
        let problem = format!("the ZIP archive is damaged ({error}); remove it to download it again");
        Error::place(archive, problem)
    };
    let file = File::open(archive).map_err(Error::file("read", archive))?;
    let mut zip = ZipArchive::new(std::io::BufReader::new(file)).map_err(damaged)?;
    let total = zip.len();
    let mut images = 0;
    for index in 0..total {
        client.go_on()?;
        let entry = zip.by_index(index).map_err(damaged)?;
        let full_name = entry.name().map_err(damaged)?.into_owned();
        let name = full_name.rsplit('/').next().unwrap_or_default();
        let Some(name) = name.strip_suffix(".jpg").filter(|name| is_file_name(name)) else { continue };
        let path = isic::image_path(folder, name);
        if length(&path) != entry.size() || entry.size() == 0 {
            unpack_one(entry, &path).map_err(|error| match error {
                UnpackFailure::Entry(error) => {
                    let problem = format!(
                        "{full_name} is damaged in the archive ({error}); remove the archive to download it again"
                    );
                    Error::place(archive, problem)
                }
                UnpackFailure::Disk(error) => Error::file("write", &path)(error),
            })?;
        }
        images += 1;
        progress(index + 1, total);
    }
    Ok(images)
}

enum UnpackFailure {
    Entry(std::io::Error),
    Disk(std::io::Error),
}

fn unpack_one(mut entry: impl Read, path: &Path) -> Result<(), UnpackFailure> {
    // Images are a few megabytes; reading to the end compares the checksum.
    let mut bytes = Vec::new();
    entry.read_to_end(&mut bytes).map_err(UnpackFailure::Entry)?;
    let part = part_of(path);
    let write = || -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        // Thousands of files: the next run compares sizes, so none is flushed by itself.
        File::create(&part)?.write_all(&bytes)?;
        std::fs::rename(&part, path)
    };
    write().map_err(|error| {
        let _ = std::fs::remove_file(&part);
        UnpackFailure::Disk(error)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::http::Patience;

    static GO_ON: AtomicBool = AtomicBool::new(false);

    /// An archive as the challenge packs it: a folder, two images, a licence.
    fn example(folder: &Path) -> std::path::PathBuf {
        let path = folder.join("images.zip");
        let mut zip = ZipWriter::new(File::create(&path).unwrap());
        let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.add_directory("ISIC_2019_Training_Input/", stored).unwrap();
        for name in ["ISIC_1.jpg", "ISIC_2_downsampled.jpg", "LICENSE.txt"] {
            zip.start_file(format!("ISIC_2019_Training_Input/{name}"), stored).unwrap();
            zip.write_all(format!("pixels of {name}").as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        path
    }

    fn check_unpack(folder: &Path, archive: &Path) -> Result<usize, String> {
        let client = Client::new(Patience::default(), &GO_ON);
        unpack(&client, archive, folder, &|_, _| {}).map_err(|error| error.to_string())
    }

    #[test]
    fn images_are_unpacked_and_those_there_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let archive = example(folder.path());
        let first = isic::image_path(folder.path(), "ISIC_1");
        std::fs::create_dir_all(first.parent().unwrap()).unwrap();
        // As long as the one in the archive.
        std::fs::write(&first, "PIXELS OF ISIC_1.jpg").unwrap();
        assert_eq!(check_unpack(folder.path(), &archive), Ok(2));
        assert_eq!(std::fs::read_to_string(&first).unwrap(), "PIXELS OF ISIC_1.jpg");
        let second = isic::image_path(folder.path(), "ISIC_2_downsampled");
        assert_eq!(std::fs::read_to_string(second).unwrap(), "pixels of ISIC_2_downsampled.jpg");
    }

    #[test]
    fn an_image_whose_checksum_differs_is_named_and_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let archive = example(folder.path());
        let mut bytes = std::fs::read(&archive).unwrap();
        let at = bytes.windows(20).position(|text| text == b"pixels of ISIC_1.jpg").unwrap();
        bytes[at] ^= 1;
        std::fs::write(&archive, bytes).unwrap();
        let message = check_unpack(folder.path(), &archive).unwrap_err();
        assert!(message.contains("ISIC_1.jpg is damaged") && message.contains("images.zip"), "{message}");
        assert!(!isic::image_path(folder.path(), "ISIC_1").exists());
    }

    #[test]
    fn an_archive_that_is_cut_off_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let archive = example(folder.path());
        let bytes = std::fs::read(&archive).unwrap();
        std::fs::write(&archive, &bytes[..bytes.len() / 2]).unwrap();
        let message = check_unpack(folder.path(), &archive).unwrap_err();
        assert!(message.contains("the ZIP archive is damaged"), "{message}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_leaves_no_half_image() {
        let folder = tempfile::tempdir().unwrap();
        let archive = example(folder.path());
        let part = part_of(&isic::image_path(folder.path(), "ISIC_1"));
        std::fs::create_dir_all(part.parent().unwrap()).unwrap();
        // Everything written there fails as on a full disk.
        std::os::unix::fs::symlink("/dev/full", &part).unwrap();
        let client = Client::new(Patience::default(), &GO_ON);
        let error = unpack(&client, &archive, folder.path(), &|_, _| {}).unwrap_err();
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(
            error.to_string().contains("ISIC_1.jpg") && cause.contains("No space left"),
            "{error}: {cause}"
        );
        assert_eq!(std::fs::read_dir(part.parent().unwrap()).unwrap().count(), 0);
        // With space again, the same call goes on.
        assert_eq!(check_unpack(folder.path(), &archive), Ok(2));
    }
}
