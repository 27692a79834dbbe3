//! The challenge's three files, from tables and archive to a data set.

use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use datasets::http::Client;
use datasets::{Dataset, Error, challenge};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::quick;
use crate::server::{Answer, Ask, Server};

const TRUTH: &str = "image,MEL,NV,BCC,AK,BKL,DF,VASC,SCC,UNK\r\n\
    ISIC_1,1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0\r\nISIC_2_downsampled,0,1,0,0,0,0,0,0,0\r\n";
const ABOUT: &str =
    "image,age_approx,anatom_site_general,lesion_id,sex\r\nISIC_1,,,,\r\nISIC_2_downsampled,,,,\r\n";

fn archive() -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["ISIC_1", "ISIC_2_downsampled"] {
        let path = format!("ISIC_2019_Training_Input/{name}.jpg");
        zip.start_file(path, SimpleFileOptions::default()).unwrap();
        zip.write_all(&[7; 5000]).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Answers as the challenge's host does; `/old/…` has nothing.
fn files(ask: &Ask) -> Answer {
    match ask.path.as_str() {
        "/new/ISIC_2019_Training_GroundTruth.csv" => Answer::file(ask, TRUTH.as_bytes()),
        "/new/ISIC_2019_Training_Metadata.csv" => Answer::file(ask, ABOUT.as_bytes()),
        "/new/ISIC_2019_Training_Input.zip" => Answer::file(ask, &archive()),
        _ => Answer::status(404, "not here"),
    }
}

fn check_fetch(server: &Server, images: usize, folder: &Path) -> Result<Dataset, Error> {
    let stop = AtomicBool::new(false);
    let bases = ["old", "new"].map(|name| format!("{}/{name}", server.address));
    let bases = [bases[0].as_str(), bases[1].as_str()];
    challenge::fetch(&Client::new(quick(), &stop), &bases, images, folder, &|_| {})
}

#[test]
fn the_challenges_files_become_a_data_set() {
    let server = Server::start(|ask, _| files(ask));
    let folder = tempfile::tempdir().unwrap();
    let dataset = check_fetch(&server, 2, folder.path()).unwrap();
    let read = Dataset::read(folder.path()).unwrap();
    assert_eq!(read.images(), dataset.images());
    assert!(read.check().unwrap().is_empty());
    // A second time nothing is asked for: not even the archive, which is still there.
    server.forget();
    check_fetch(&server, 2, folder.path()).unwrap();
    assert!(server.asked().is_empty());
}

#[test]
fn an_archive_that_is_cut_off_is_finished_by_the_next_run() {
    let server = Server::start(|ask, _| {
        let whole = files(ask);
        let cut = ask.path.contains("Input") && ask.before < 4;
        // The first is the question for the size, the next three bring nothing after the first 100 bytes.
        if cut { whole.cut_after(if ask.before < 2 { 100 } else { 0 }) } else { whole }
    });
    let folder = tempfile::tempdir().unwrap();
    let message = check_fetch(&server, 2, folder.path()).unwrap_err().to_string();
    assert!(message.contains("Input.zip") && message.contains("run the same command again"), "{message}");
    assert!(!folder.path().join("ISIC_2019_Training_GroundTruth.csv").exists());
    server.forget();
    check_fetch(&server, 2, folder.path()).unwrap();
    assert_eq!(server.asked().last().unwrap().from, Some(100));
}

#[test]
fn another_number_of_rows_is_refused() {
    let server = Server::start(|ask, _| files(ask));
    let folder = tempfile::tempdir().unwrap();
    let message = check_fetch(&server, challenge::IMAGES, folder.path()).unwrap_err().to_string();
    assert!(message.contains("must have 25331 rows, but have 2"), "{message}");
}

#[test]
fn a_host_without_the_files_is_named() {
    let server = Server::start(|_, _| Answer::status(404, "moved away"));
    let message = check_fetch(&server, 2, tempfile::tempdir().unwrap().path()).unwrap_err().to_string();
    assert!(
        message.contains("/new/ISIC_2019_Training_Metadata.csv") && message.contains("moved away"),
        "{message}"
    );
}
