//! Work off the page's main thread: a Worker with typed messages, progress, cancelling and failures in words.
//!
//! Both sides are here. A page starts a [`Worker`] and sends it numbered requests; in the Worker a [`Host`] hands them, one
//! after another, to something that does [`Work`]. Every report says which request it belongs to. What a request or a report is,
//! its crate decides: any type that `serde` knows.
//!
//! ```no_run
//! use serde::{Deserialize, Serialize};
//! use worker_kit::{Attachment, Task, Work};
//!
//! #[derive(Serialize, Deserialize)]
//! enum Request { CountTo(u32) }
//!
//! #[derive(Serialize, Deserialize)]
//! enum Report { Progress(u32), Counted, Cancelled }
//!
//! struct Counter;
//!
//! impl Work for Counter {
//!     type Request = Request;
//!     type Report = Report;
//!
//!     async fn run(&mut self, request: Request, _attached: Vec<Attachment>, task: &Task<Report>) {
//!         let Request::CountTo(end) = request;
//!         for number in 1..=end {
//!             task.pause().await; // a request to cancel is heard here
//!             if task.is_cancelled() {
//!                 return task.report(&Report::Cancelled);
//!             }
//!             task.report(&Report::Progress(number));
//!         }
//!         task.report(&Report::Counted);
//!     }
//! }
//! ```
//!
//! # The messages
//! From the page come `{ task, request, attached }` and `{ cancel: task }`; from the Worker `{ task, report, attached }` and
//! `{ crashed: words }`. Large arrays are [`Attachment`]s: they are transferred, not copied. `worker.js` loads the WASM module and
//! hands it every message.
//!
//! # Cancelling
//! Every request is handled, a cancelled one too: its work sees that it is cancelled ([`Task::is_cancelled`], or
//! [`Task::signal`] for the browser's own functions) and reports how it ended. One that must not wait for that ends the
//! Worker: dropping [`Worker`] stops it at once.

mod attachment;
mod host;
mod message;
mod pace;
mod page;

pub use attachment::Attachment;
pub use host::{Host, Task, Work};
pub use pace::Pace;
pub use page::{FromWorker, Module, Worker};
