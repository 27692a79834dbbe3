//! CSV tables with named columns, read with the line of every row.

use std::path::{Path, PathBuf};

use crate::Error;

/// A table in memory, with only the columns asked for, in the order asked for.
pub(crate) struct Table {
    path: PathBuf,
    /// Line in the file and cells, without white space around them.
    rows: Vec<(u64, Vec<String>)>,
    /// Rows that could not be read.
    problems: Vec<Error>,
}

impl Table {
    /// Reads the table; a bad row refuses it.
    ///
    /// # Errors
    /// [`Error`] if the file cannot be read, a column is missing or a row has too few or too many cells.
    pub(crate) fn read(path: &Path, columns: &[&str]) -> Result<Self, Error> {
        let mut table = Self::inspect(path, columns)?;
        if table.problems.is_empty() { Ok(table) } else { Err(table.problems.swap_remove(0)) }
    }

    /// Reads what can be read; bad rows are [`Table::take_problems`].
    ///
    /// # Errors
    /// [`Error`] if the file cannot be read or a column is missing.
    pub(crate) fn inspect(path: &Path, columns: &[&str]) -> Result<Self, Error> {
        Self::inspect_with(path, columns, &[])
    }

    /// As [`Table::inspect`], with further columns that are empty where the table has none of the name.
    pub(crate) fn inspect_with(path: &Path, columns: &[&str], further: &[&str]) -> Result<Self, Error> {
        let bytes = std::fs::read(path).map_err(Error::file("read", path))?;
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        // The parser counts a line after CRLF one too low.
        let bytes: Vec<u8> = bytes
            .iter()
            .enumerate()
            .filter(|&(at, &byte)| byte != b'\r' || bytes.get(at + 1) != Some(&b'\n'))
            .map(|(_, &byte)| byte)
            .collect();
        let first = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let delimiter = if first.contains(&b'\t') && !first.contains(&b',') { b'\t' } else { b',' };
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(bytes.as_slice());
        // Reading from memory, with rows of any length, cannot fail.
        let wrong = |e: &csv::Error| Error::row(path, 1, e.to_string());
        let header = texts(reader.byte_headers().map_err(|e| wrong(&e))?);
        let header = header.ok_or_else(|| Error::row(path, 1, NOT_TEXT.to_owned()))?;
        let place = |column: &str| header.iter().position(|found| found.eq_ignore_ascii_case(column));
        let mut places = Vec::new();
        for &column in columns {
            let missing =
                || format!("the table needs a column `{column}`; its header is `{}`", header.join(","));
            places.push(Some(place(column).ok_or_else(|| Error::row(path, 1, missing()))?));
        }
        places.extend(further.iter().map(|column| place(column)));
        let (mut rows, mut problems) = (Vec::new(), Vec::new());
        for record in reader.byte_records() {
            let record = record.map_err(|e| wrong(&e))?;
            let line = record.position().map_or(0, csv::Position::line);
            if record.len() != header.len() {
                let [expected, found] = [header.len(), record.len()];
                let problem = format!("the row has {found} cells, but the header has {expected}");
                problems.push(Error::row(path, line, problem));
                continue;
            }
            let Some(mut cells) = texts(&record) else {
                problems.push(Error::row(path, line, NOT_TEXT.to_owned()));
                continue;
            };
            let mut cell = |place: &Option<usize>| place.map(|at| std::mem::take(&mut cells[at]));
            rows.push((line, places.iter().map(|place| cell(place).unwrap_or_default()).collect()));
        }
        Ok(Self { path: path.to_path_buf(), rows, problems })
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = TableRow<'_>> {
        self.rows.iter().map(|(line, cells)| TableRow { path: &self.path, line: *line, cells })
    }

    /// The rows that could not be read.
    pub(crate) fn take_problems(&mut self) -> Vec<Error> {
        std::mem::take(&mut self.problems)
    }
}

const NOT_TEXT: &str = "this is not UTF-8 text; save the table as UTF-8";

/// The cells, if all are UTF-8.
fn texts(record: &csv::ByteRecord) -> Option<Vec<String>> {
    record.iter().map(|cell| std::str::from_utf8(cell).ok().map(str::to_owned)).collect()
}

/// One row: cells in the order of the columns asked for.
pub(crate) struct TableRow<'a> {
    path: &'a Path,
    pub(crate) line: u64,
    pub(crate) cells: &'a [String],
}

impl TableRow<'_> {
    /// This row is wrong.
    pub(crate) fn error(&self, problem: String) -> Error {
        Error::row(self.path, self.line, problem)
    }
}
