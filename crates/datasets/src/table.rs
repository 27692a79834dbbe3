//! CSV tables with named columns, read with the line of every row.

use std::path::{Path, PathBuf};

use crate::Error;

/// A table in memory, with only the columns asked for, in the order asked for.
pub(crate) struct Table {
    path: PathBuf,
    /// Line in the file and cells, without white space around them.
    rows: Vec<(u64, Vec<String>)>,
}

impl Table {
    /// # Errors
    /// [`Error`] if the file cannot be read, a column is missing or a row has too few or too many cells.
    pub(crate) fn read(path: &Path, columns: &[&str]) -> Result<Self, Error> {
        let bytes = std::fs::read(path).map_err(Error::file("read", path))?;
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        // The parser counts a line after CRLF one too low.
        let bytes: Vec<u8> = bytes
            .iter()
            .enumerate()
            .filter(|&(at, &byte)| byte != b'\r' || bytes.get(at + 1) != Some(&b'\n'))
            .map(|(_, &byte)| byte)
            .collect();
        let wrong = |e: csv::Error| {
            let line = e.position().map_or(1, csv::Position::line);
            let problem = match e.kind() {
                csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                    format!("expected {expected_len} cells as in the header, found {len}")
                }
                csv::ErrorKind::Utf8 { .. } => "expected UTF-8 text, found other bytes".to_owned(),
                _ => e.to_string(),
            };
            Error::row(path, line, problem)
        };
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes.as_slice());
        let header = reader.headers().map_err(wrong)?.clone();
        let places = columns
            .iter()
            .map(|column| {
                header.iter().position(|found| found.eq_ignore_ascii_case(column)).ok_or_else(|| {
                    let found = header.iter().collect::<Vec<_>>().join(",");
                    Error::row(path, 1, format!("expected a column `{column}`, found the header `{found}`"))
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(wrong)?;
            let line = record.position().map_or(0, csv::Position::line);
            rows.push((line, places.iter().map(|&place| record[place].to_owned()).collect()));
        }
        Ok(Self { path: path.to_path_buf(), rows })
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(line, cells)| Row { path: &self.path, line: *line, cells })
    }
}

/// One row: cells in the order of the columns asked for.
pub(crate) struct Row<'a> {
    path: &'a Path,
    line: u64,
    pub(crate) cells: &'a [String],
}

impl Row<'_> {
    /// This row is wrong.
    pub(crate) fn error(&self, problem: String) -> Error {
        Error::row(self.path, self.line, problem)
    }
}
