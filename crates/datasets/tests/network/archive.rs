//! The archive's service: searched page by page, downloaded over several connections.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use catalog::Diagnosis;
use datasets::archive::{ArchiveRequest, Catalogue, FetchedDataset, Licence, fetch};
use datasets::http::Client;
use datasets::{Dataset, Error};

use crate::quick;
use crate::server::{Answer, Ask, Server};

/// Images that the service has; number `n` is a nevus, or every fifth a melanoma, every seventh a scar; licences in
/// turn.
const IMAGES: usize = 250;

/// A file that begins and ends as a JPEG does.
fn jpeg(number: usize) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0];
    bytes.extend(std::iter::repeat_n((number % 200) as u8, 300 + number));
    bytes.extend([0xff, 0xd9]);
    bytes
}

fn record(number: usize, own: &str) -> String {
    let (first, second, third) = match number {
        n if n % 7 == 6 => ("Benign", "Benign soft tissue proliferations - Fibro-histiocytic", "Scar"),
        n if n % 5 == 4 => ("Malignant", "Malignant melanocytic proliferations (Melanoma)", "Melanoma, NOS"),
        _ => ("Benign", "Benign melanocytic proliferations", "Nevus"),
    };
    let licence = ["CC-0", "CC-BY", "CC-BY-NC"][number % 3];
    format!(
        r#"{{"public": true, "isic_id": "ISIC_{number:07}", "copyright_license": "{licence}",
        "attribution": "Clinic {}, \"Vienna\"", "files": {{
        "full": {{"url": "{own}/files/{number}", "size": {}}},
        "thumbnail_256": {{"url": "{own}/thumb", "size": 1}}}},
        "metadata": {{"acquisition": {{"pixels_x": 600, "pixels_y": 450, "image_type": "dermoscopic"}},
        "clinical": {{"age_approx": 45, "sex": "female", "anatom_site_general": "palms/soles",
        "diagnosis_1": "{first}", "diagnosis_2": "{second}", "diagnosis_3": "{third}", "melanocytic": true,
        "lesion_id": "IL_{number:07}"}}}}}}"#,
        number % 2,
        jpeg(number).len()
    )
}

/// Answers in the service's forms. A search for a diagnosis or licence is not narrowed: the client has to look itself.
fn service(ask: &Ask, own: &str) -> Answer {
    if let Some(query) = ask.path.strip_prefix("/images/search/?") {
        if query.contains("nonsense") {
            return Answer::status(400, r#"{"message": "Could not parse search query."}"#);
        }
        let start = query.split_once("cursor=").map_or(0, |(_, number)| number.parse().unwrap());
        let end = IMAGES.min(start + 100);
        let records: Vec<String> = (start..end).map(|number| record(number, own)).collect();
        let count = if start == 0 { IMAGES.to_string() } else { "null".to_owned() };
        let next = if end < IMAGES {
            format!("\"{own}/images/search/?limit=100&cursor={end}\"")
        } else {
            "null".to_owned()
        };
        return Answer::ok(format!(
            r#"{{"count": {count}, "next": {next}, "previous": null, "results": [{}]}}"#,
            records.join(",")
        ));
    }
    if let Some(number) = ask.path.strip_prefix("/files/") {
        return Answer::file(ask, &jpeg(number.parse().unwrap()));
    }
    match ask.path.strip_prefix("/zip-download/license-file/") {
        Some(licence) if licence != "CC-BY-NC/" => Answer::ok(format!("The text of {licence}")),
        _ => Answer::status(404, "not found"),
    }
}

/// A search and its download.
fn check_get(
    server: &Server,
    request: &ArchiveRequest,
    folder: &Path,
) -> Result<(Catalogue, FetchedDataset), Error> {
    let stop = AtomicBool::new(false);
    let client = Client::new(quick(), &stop);
    let catalogue = Catalogue::get(&client, &server.address, request, folder, &|_, _| {})?;
    let fetched = fetch(&client, &server.address, &catalogue, folder, 8, &|_| {})?;
    Ok((catalogue, fetched))
}

fn few() -> ArchiveRequest {
    ArchiveRequest { per_class: Some(6), ..ArchiveRequest::default() }
}

#[test]
fn pages_are_followed_and_what_is_none_of_the_eight_is_counted_by_name() {
    let server = Server::start(service);
    let folder = tempfile::tempdir().unwrap();
    let (catalogue, fetched) = check_get(&server, &ArchiveRequest::default(), folder.path()).unwrap();
    // 0 to 249: 35 with a remainder of 6 by 7.
    assert_eq!(catalogue.left_out["none of the eight diagnoses: Scar"], 35);
    assert_eq!(catalogue.images.len(), 215);
    let searches = server.asked().iter().filter(|ask| ask.path.starts_with("/images/search")).count();
    assert_eq!(searches, 3);
    let read = Dataset::read(folder.path()).unwrap();
    assert_eq!(read.images(), fetched.dataset.images());
    assert!(read.check().unwrap().is_empty());
    let image = read.image("ISIC_0000004").unwrap();
    assert_eq!((image.diagnosis, image.age, image.lesion()), (Diagnosis::Mel, Some(45), "IL_0000004"));
    assert_eq!(std::fs::read(read.path("ISIC_0000004")).unwrap(), jpeg(4));
}

#[test]
fn a_number_for_each_class_ends_the_search_early() {
    let server = Server::start(service);
    let folder = tempfile::tempdir().unwrap();
    let request = ArchiveRequest { diagnoses: vec![Diagnosis::Mel, Diagnosis::Nv], ..few() };
    let (catalogue, _) = check_get(&server, &request, folder.path()).unwrap();
    for diagnosis in request.diagnoses {
        assert_eq!(catalogue.images.iter().filter(|image| image.diagnosis == diagnosis).count(), 6);
    }
    let searches = server.asked().iter().filter(|ask| ask.path.starts_with("/images/search")).count();
    assert_eq!(searches, 2);
}

#[test]
fn only_the_licences_asked_for_are_taken_and_every_image_names_its_authors() {
    let server = Server::start(service);
    let folder = tempfile::tempdir().unwrap();
    let free = ArchiveRequest { licences: vec![Licence::Cc0, Licence::CcBy], ..few() };
    let (catalogue, _) = check_get(&server, &free, folder.path()).unwrap();
    assert!(catalogue.images.iter().all(|image| image.licence != Licence::CcByNc));
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let table = read("attribution.csv");
    assert_eq!(table.lines().count(), catalogue.images.len() + 1);
    let row = table.lines().nth(1).unwrap();
    assert!(row.starts_with("ISIC_0000000,CC-0,\"Clinic 0, \"\"Vienna\"\"\","), "{row}");
    assert!(read("attribution.txt").contains("Clinic 1, \"Vienna\". CC-BY"));
    assert_eq!(read("licenses/CC-0.txt"), "The text of CC-0/");
    assert!(!folder.path().join("licenses/CC-BY-NC.txt").exists());
    // Where the service has no text, its address.
    let all = tempfile::tempdir().unwrap();
    check_get(&server, &few(), all.path()).unwrap();
    let text = std::fs::read_to_string(all.path().join("licenses/CC-BY-NC.txt")).unwrap();
    assert!(text.contains("creativecommons.org/licenses/by-nc/4.0"));
}

#[test]
fn a_query_that_the_service_does_not_understand_is_answered_in_its_words() {
    let server = Server::start(service);
    let request = ArchiveRequest { query: Some("nonsense:".to_owned()), ..ArchiveRequest::default() };
    let message = check_get(&server, &request, tempfile::tempdir().unwrap().path()).unwrap_err().to_string();
    assert!(message.contains("400") && message.contains("Could not parse search query."), "{message}");
}

#[test]
fn a_page_that_is_no_page_is_named() {
    let server = Server::start(|_, _| Answer::ok("<html>maintenance</html>"));
    let message = check_get(&server, &few(), tempfile::tempdir().unwrap().path()).unwrap_err().to_string();
    assert!(message.contains("/images/search/") && message.contains("not a page of images"), "{message}");
}

#[test]
fn a_second_run_searches_nothing_and_fetches_only_what_is_missing() {
    let broken = Arc::new(AtomicBool::new(true));
    let flag = Arc::clone(&broken);
    let server = Server::start(move |ask, own| {
        if ask.path == "/files/4" && flag.load(Ordering::Relaxed) {
            return Answer::status(500, "oops");
        }
        service(ask, own)
    });
    let folder = tempfile::tempdir().unwrap();
    let message = check_get(&server, &few(), folder.path()).unwrap_err().to_string();
    assert!(message.contains("/files/4") && message.contains("500"), "{message}");
    // Everything else is there; without tables it is no data set yet.
    assert!(!folder.path().join("ISIC_2019_Training_GroundTruth.csv").exists());
    broken.store(false, Ordering::Relaxed);
    server.forget();
    let (_, fetched) = check_get(&server, &few(), folder.path()).unwrap();
    assert_eq!((fetched.there_before, fetched.dataset.images().len()), (11, 12));
    let files: Vec<_> =
        server.asked().into_iter().map(|ask| ask.path).filter(|path| !path.contains("license")).collect();
    assert_eq!(files, ["/files/4"]);
}

#[test]
fn a_folder_of_another_request_is_refused() {
    let server = Server::start(service);
    let folder = tempfile::tempdir().unwrap();
    check_get(&server, &few(), folder.path()).unwrap();
    let other = ArchiveRequest { licences: vec![Licence::Cc0], ..few() };
    let message = check_get(&server, &other, folder.path()).unwrap_err().to_string();
    assert!(message.contains("isic-archive.json") && message.contains("another --out"), "{message}");
}

#[test]
fn files_that_are_no_whole_jpeg_are_refused_and_not_kept() {
    for (broken, found) in
        [(vec![0xff, 0xd8, 0xff, 0xe0, 0, 0], "incomplete"), (b"<html>".to_vec(), "not a JPEG")]
    {
        let server = Server::start(move |ask, own| {
            if ask.path == "/files/0" {
                // The size that the listing says, so that only the content is wrong.
                let mut body = broken.clone();
                body.resize(jpeg(0).len(), 0);
                return Answer::file(ask, &body);
            }
            service(ask, own)
        });
        let folder = tempfile::tempdir().unwrap();
        let message = check_get(&server, &few(), folder.path()).unwrap_err().to_string();
        assert!(message.contains("/files/0") && message.contains(found), "{message}");
        let input = folder.path().join("ISIC_2019_Training_Input");
        let names = std::fs::read_dir(input).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(names.into_iter().all(|name| !name.to_string_lossy().contains("ISIC_0000000")));
    }
}

#[test]
fn an_address_that_no_longer_holds_is_asked_for_again() {
    let server = Server::start(|ask, own| match ask.path.as_str() {
        "/files/0" => Answer::status(403, "expired"),
        "/images/ISIC_0000000/" => Answer::ok(record(0, own).replace("/files/0", "/fresh")),
        "/fresh" => Answer::file(ask, &jpeg(0)),
        _ => service(ask, own),
    });
    let folder = tempfile::tempdir().unwrap();
    let (_, fetched) = check_get(&server, &few(), folder.path()).unwrap();
    assert_eq!(std::fs::read(fetched.dataset.path("ISIC_0000000")).unwrap(), jpeg(0));
}

#[test]
fn eight_connections_are_open_at_once() {
    let open = Arc::new((Mutex::new(0), Condvar::new()));
    let most = Arc::new(AtomicUsize::new(0));
    let (waiting, seen) = (Arc::clone(&open), Arc::clone(&most));
    let server = Server::start(move |ask, own| {
        if ask.path.starts_with("/files/") {
            // Nobody is answered before eight were waiting at once, or for a while.
            let (count, changed) = &*waiting;
            let mut count = count.lock().unwrap();
            *count += 1;
            seen.fetch_max(*count, Ordering::Relaxed);
            changed.notify_all();
            let few = |_: &mut usize| seen.load(Ordering::Relaxed) < 8;
            let (mut count, _) = changed.wait_timeout_while(count, Duration::from_secs(2), few).unwrap();
            *count -= 1;
        }
        service(ask, own)
    });
    check_get(&server, &few(), tempfile::tempdir().unwrap().path()).unwrap();
    assert!(most.load(Ordering::Relaxed) >= 8);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_ends_the_download_and_leaves_no_half_image() {
    let server = Server::start(service);
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("ISIC_2019_Training_Input");
    std::fs::create_dir_all(&input).unwrap();
    std::os::unix::fs::symlink("/dev/full", input.join("ISIC_0000001.jpg.part")).unwrap();
    let error = check_get(&server, &few(), folder.path()).unwrap_err();
    let message = crate::words(&error);
    assert!(message.contains("ISIC_0000001") && message.contains("No space left on device"), "{message}");
    let names = std::fs::read_dir(&input).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().ends_with(".part")));
    // With space again, the same call goes on.
    check_get(&server, &few(), folder.path()).unwrap();
}

#[test]
fn ctrl_c_ends_the_download_and_the_next_run_goes_on() {
    let server = Server::start(service);
    let folder = tempfile::tempdir().unwrap();
    let stop = AtomicBool::new(false);
    let client = Client::new(quick(), &stop);
    let catalogue = Catalogue::get(&client, &server.address, &few(), folder.path(), &|_, _| {}).unwrap();
    let press = |_: i64| stop.store(true, Ordering::Relaxed);
    let error = fetch(&client, &server.address, &catalogue, folder.path(), 1, &press).unwrap_err();
    assert!(matches!(error, Error::Stopped) && error.to_string().contains("run the same command again"));
    let (_, fetched) = check_get(&server, &few(), folder.path()).unwrap();
    assert_eq!(fetched.dataset.images().len(), 12);
}
