//! One file: resumed, tried again, refused.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use datasets::Error;
use datasets::http::{Client, part_of};

use crate::server::{Answer, Ask, Server};
use crate::{quick, words};

/// 100,000 bytes, none like its neighbour.
fn bytes() -> Vec<u8> {
    (0..100_000_u32).map(|index| (index % 251) as u8).collect()
}

/// Downloads `/file` of a server into a new folder.
fn check_download(
    handler: impl Fn(&Ask) -> Answer + Send + Sync + 'static,
    prepare: impl Fn(&Path),
) -> (Result<Vec<u8>, Error>, Server, tempfile::TempDir) {
    let server = Server::start(move |ask, _| handler(ask));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    prepare(&path);
    let stop = AtomicBool::new(false);
    let got = AtomicI64::new(0);
    let progress = |bytes| {
        got.fetch_add(bytes, Ordering::Relaxed);
    };
    let client = Client::new(quick(), &stop);
    let before = std::fs::metadata(part_of(&path)).map_or(0, |about| about.len() as i64);
    let result =
        client.download(&format!("{}/file", server.address), &path, Some(100_000), &|_| Ok(()), &progress);
    if result.is_ok() {
        assert_eq!(before + got.into_inner(), 100_000, "what is reported adds up to the file");
    }
    (result.map(|()| std::fs::read(&path).unwrap()), server, folder)
}

fn names(folder: &tempfile::TempDir) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_transfer_that_is_cut_off_goes_on_where_it_stopped() {
    let file = bytes();
    let (result, server, folder) = check_download(
        move |ask| {
            let whole = Answer::file(ask, &file);
            // Every connection brings 30,000 bytes more, more often than the client would fail in a row.
            let left = whole.body.len();
            whole.cut_after(left.min(30_000))
        },
        |_| {},
    );
    assert_eq!(result.unwrap(), bytes());
    let from: Vec<_> = server.asked().iter().map(|ask| ask.from).collect();
    assert_eq!(from, [None, Some(30_000), Some(60_000), Some(90_000)]);
    assert_eq!(names(&folder), ["file"]);
}

#[test]
fn a_part_of_an_earlier_run_is_not_fetched_again() {
    let file = bytes();
    let part = bytes()[..70_000].to_vec();
    let (result, server, _folder) = check_download(
        move |ask| Answer::file(ask, &file),
        move |path| std::fs::write(part_of(path), &part).unwrap(),
    );
    assert_eq!(result.unwrap(), bytes());
    assert_eq!(server.asked()[0].from, Some(70_000));
}

#[test]
fn a_server_that_cannot_resume_sends_all_again() {
    let file = bytes();
    let (result, _server, _folder) = check_download(
        move |ask| {
            let whole = Answer::ok(file.clone());
            if ask.before == 0 { whole.cut_after(50_000) } else { whole }
        },
        |_| {},
    );
    assert_eq!(result.unwrap(), bytes());
}

#[test]
fn a_pause_that_the_server_asks_for_is_kept() {
    let file = bytes();
    let begin = Instant::now();
    let (result, ..) = check_download(
        move |ask| match ask.before {
            0 => {
                Answer { headers: vec![("Retry-After", "1".to_owned())], ..Answer::status(429, "slow down") }
            }
            _ => Answer::file(ask, &file),
        },
        |_| {},
    );
    assert_eq!(result.unwrap(), bytes());
    // Of itself the client would have paused for 5 ms.
    assert!(begin.elapsed() >= Duration::from_secs(1));
}

#[test]
fn a_server_in_trouble_is_tried_again_and_in_the_end_named() {
    let file = bytes();
    let (result, ..) = check_download(
        move |ask| if ask.before < 2 { Answer::status(500, "oops") } else { Answer::file(ask, &file) },
        |_| {},
    );
    assert_eq!(result.unwrap(), bytes());
    let (result, server, folder) = check_download(|_| Answer::status(503, "down for repair"), |_| {});
    let message = result.unwrap_err().to_string();
    assert!(message.contains("/file: ") && message.contains("503"), "{message}");
    assert!(message.contains("down for repair") && message.contains("tried 3 times"), "{message}");
    assert_eq!((server.asked().len(), names(&folder).len()), (3, 0));
}

#[test]
fn a_refusal_is_not_tried_again() {
    let (result, server, _folder) = check_download(|_| Answer::status(404, "no such file"), |_| {});
    let message = result.unwrap_err().to_string();
    assert!(message.contains("404") && message.contains("no such file"), "{message}");
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_file_of_another_size_is_refused() {
    let (result, _server, folder) = check_download(|_| Answer::ok(vec![0; 99_999]), |_| {});
    let message = result.unwrap_err().to_string();
    assert!(
        message.contains("the file must have 100000 bytes, but the server has one of 99999"),
        "{message}"
    );
    assert!(names(&folder).is_empty());
}

#[test]
fn a_silent_server_is_asked_again() {
    let file = bytes();
    let (result, server, _folder) = check_download(
        move |ask| {
            let delay = if ask.before == 0 { Duration::from_secs(3) } else { Duration::ZERO };
            Answer { delay, ..Answer::file(ask, &file) }
        },
        |_| {},
    );
    assert_eq!(result.unwrap(), bytes());
    assert_eq!(server.asked().len(), 2);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named_and_nothing_is_left_half_written() {
    let file = bytes();
    let (result, server, folder) = check_download(
        move |ask| Answer::file(ask, &file),
        // Everything written there fails as on a full disk.
        |path| std::os::unix::fs::symlink("/dev/full", part_of(path)).unwrap(),
    );
    let message = words(&result.unwrap_err());
    assert!(message.contains("cannot write") && message.contains("No space left on device"), "{message}");
    assert_eq!((server.asked().len(), names(&folder).len()), (1, 0));
}

#[test]
fn a_stop_is_heard_in_the_middle_of_a_file_and_the_next_run_goes_on() {
    let server = Server::start(|ask, _| Answer::file(ask, &bytes()));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let stop = AtomicBool::new(false);
    let url = format!("{}/file", server.address);
    let stop_soon = |bytes| stop.store(bytes > 0, Ordering::Relaxed);
    let result = Client::new(quick(), &stop).download(&url, &path, None, &|_| Ok(()), &stop_soon);
    assert!(matches!(result, Err(Error::Stopped)));
    assert!(part_of(&path).exists() && !path.exists());
    stop.store(false, Ordering::Relaxed);
    Client::new(quick(), &stop).download(&url, &path, None, &|_| Ok(()), &|_| {}).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), bytes());
    assert!(server.asked()[1].from.is_some());
}
