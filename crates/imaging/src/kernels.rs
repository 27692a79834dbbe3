//! Small squares of coefficients that slide over an image: the activity's six, and the reader's own.

/// Largest side of a kernel that a reader may type in.
pub const LARGEST: usize = 15;

/// A square of `size` × `size` coefficients, row-major; `size` is odd, so that it has a centre.
#[derive(Clone, Debug, PartialEq)]
pub struct Kernel {
    size: usize,
    coefficients: Vec<f32>,
}

// ANCHOR: kernels
impl Kernel {
    /// The activity's six kernels, in its order, under the names that the book uses.
    pub const NAMES: [&str; 6] = ["mean-7", "mean-15", "sharpen", "laplacian", "sobel-x", "sobel-y"];

    /// One of [`Kernel::NAMES`].
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "mean-7" => Self::mean(7),
            "mean-15" => Self::mean(15),
            "sharpen" => Self::three([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
            "laplacian" => Self::three([[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
            "sobel-x" => Self::three([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
            "sobel-y" => Self::three([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
            _ => return None,
        })
    }

    /// Every coefficient 1 / `size`², so that they sum to 1 and the image keeps its brightness.
    fn mean(size: usize) -> Self {
        Self { size, coefficients: vec![1.0 / (size * size) as f32; size * size] }
    }

    /// Three rows of three.
    fn three(rows: [[i8; 3]; 3]) -> Self {
        Self { size: 3, coefficients: rows.as_flattened().iter().map(|&number| f32::from(number)).collect() }
    }
}
// ANCHOR_END: kernels

impl Kernel {
    /// From a reader's text: one row per line, coefficients separated by blanks, tabs, commas or semicolons; square
    /// brackets ignored. A number is like `2`, `-0.5`, `1e-3` or the fraction `1/9`; `−` (U+2212) is a minus as well.
    ///
    /// # Errors
    /// [`KernelError`], naming row and column, counted from 1 in lines that are not empty.
    ///
    /// ```
    /// # use imaging::Kernel;
    /// let kernel = Kernel::parse("0 1/4 0\n1/4, 0, 1/4\n0 0.25 0")?;
    /// assert_eq!((kernel.size(), kernel.coefficients()[3]), (3, 0.25));
    /// # Ok::<(), imaging::KernelError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, KernelError> {
        let mut rows: Vec<Vec<f32>> = Vec::new();
        for line in text.lines() {
            let words = line.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '[' | ']'));
            let row = words
                .filter(|word| !word.is_empty())
                .enumerate()
                .map(|(column, word)| {
                    number(word).map_err(|problem| KernelError::Number {
                        row: rows.len() + 1,
                        column: column + 1,
                        problem,
                        found: shorten(word),
                    })
                })
                .collect::<Result<Vec<f32>, _>>()?;
            if !row.is_empty() {
                rows.push(row);
            }
        }
        let size = rows.len();
        if size == 0 {
            return Err(KernelError::Empty);
        }
        let longest = rows.iter().map(Vec::len).max().unwrap_or(0);
        if size > LARGEST || longest > LARGEST {
            return Err(KernelError::TooLarge { rows: size, columns: longest });
        }
        if let Some(row) = rows.iter().position(|row| row.len() != rows[0].len()) {
            return Err(KernelError::Uneven { row: row + 1, found: rows[row].len(), first: rows[0].len() });
        }
        if size.is_multiple_of(2) {
            return Err(KernelError::EvenRows { found: size });
        }
        if rows[0].len() != size {
            return Err(KernelError::NotSquare { rows: size, columns: rows[0].len() });
        }
        Ok(Self { size, coefficients: rows.concat() })
    }

    /// Rows, which is columns: odd, 1 to 15.
    pub fn size(&self) -> usize {
        self.size
    }

    /// `size` × `size` coefficients, row-major.
    pub fn coefficients(&self) -> &[f32] {
        &self.coefficients
    }

    /// The same rotated by 180°, which reverses its coefficients: with it a cross-correlation is a convolution in the
    /// strict sense.
    ///
    /// ```
    /// # use imaging::Kernel;
    /// let turned = Kernel::parse("1 2 3\n4 5 6\n7 8 9")?.turned();
    /// assert_eq!(turned.coefficients(), [9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0]);
    /// # Ok::<(), imaging::KernelError>(())
    /// ```
    #[must_use]
    pub fn turned(mut self) -> Self {
        self.coefficients.reverse();
        self
    }

    /// Sum of the coefficients: 1 keeps the brightness, 0 answers nothing to an even area.
    pub fn sum(&self) -> f32 {
        self.coefficients.iter().fold(0.0, |sum, coefficient| sum + coefficient)
    }
}

/// Why a text is not a kernel, in words for the reader who typed it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KernelError {
    /// No coefficient at all.
    #[error("a kernel needs at least one coefficient")]
    Empty,
    /// Something that is not a finite number.
    #[error("row {row}, column {column} must be {problem}; it is “{found}”")]
    Number {
        /// Row, from 1.
        row: usize,
        /// Column, from 1.
        column: usize,
        /// What it must be.
        problem: &'static str,
        /// What is there instead.
        found: String,
    },
    /// Rows of different lengths.
    #[error("every row needs as many coefficients as the first: row 1 has {first}, row {row} has {found}")]
    Uneven {
        /// The first row that differs, from 1.
        row: usize,
        /// Its coefficients.
        found: usize,
        /// Coefficients of the first row.
        first: usize,
    },
    /// An even number of rows.
    #[error("a kernel needs an odd number of rows, so that it has a centre; this one has {found}")]
    EvenRows {
        /// Rows.
        found: usize,
    },
    /// More rows than columns or the other way round.
    #[error("a kernel needs as many rows as columns; rows here: {rows}, columns: {columns}")]
    NotSquare {
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },
    /// More than 15 rows or columns.
    #[error("a kernel may have up to {LARGEST} rows and columns; rows here: {rows}, columns: {columns}")]
    TooLarge {
        /// Rows.
        rows: usize,
        /// Coefficients in the longest row.
        columns: usize,
    },
}

/// A finite number or a fraction of two; else what was expected.
fn number(word: &str) -> Result<f32, &'static str> {
    let decimal = |text: &str| {
        let plain = text.replace('\u{2212}', "-");
        // Rust would also read `inf` and `nan`.
        let written = plain.ends_with(|last: char| last.is_ascii_digit() || last == '.');
        plain.parse::<f32>().ok().filter(|_| written).ok_or("a number")
    };
    let value = match word.split_once('/') {
        None => decimal(word)?,
        Some((above, below)) => match decimal(below)? {
            0.0 => return Err("a fraction whose denominator is not 0"),
            below => decimal(above)? / below,
        },
    };
    if value.is_finite() { Ok(value) } else { Err("a number of at most 38 digits") }
}

/// The first characters of a word that may be as long as a book.
fn shorten(word: &str) -> String {
    let start: String = word.chars().take(20).collect();
    if start.len() < word.len() { start + "…" } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_message(text: &str, message: &str) {
        assert_eq!(Kernel::parse(text).unwrap_err().to_string(), message);
    }

    #[test]
    fn all_six_have_a_centre_and_the_sum_that_their_use_needs() {
        // Means and sharpen keep the brightness, edges answer 0 to an even area.
        for (name, size, sum) in [
            ("mean-7", 7, 1.0),
            ("mean-15", 15, 1.0),
            ("sharpen", 3, 1.0),
            ("laplacian", 3, 0.0),
            ("sobel-x", 3, 0.0),
            ("sobel-y", 3, 0.0),
        ] {
            let kernel = Kernel::named(name).unwrap();
            assert_eq!(kernel.size(), size);
            // 225 additions, each off by at most half an ulp of 1 (6e-8).
            assert!((kernel.sum() - sum).abs() < 225.0 * 6e-8, "{name}: {}", kernel.sum());
        }
        assert_eq!(Kernel::named("own"), None);
    }

    #[test]
    fn sobel_y_is_sobel_x_with_rows_and_columns_exchanged() {
        let (x, y) = (Kernel::named("sobel-x").unwrap(), Kernel::named("sobel-y").unwrap());
        let transposed: Vec<f32> = (0..9).map(|i| x.coefficients()[i % 3 * 3 + i / 3]).collect();
        assert_eq!(y.coefficients(), transposed);
    }

    #[test]
    fn numbers_may_be_written_in_every_usual_way() {
        let kernel = Kernel::parse("\n[1, -2;3]\r\n 1/4\t−.5 +2 \n\n1e-3 −1/2, 0.\n").unwrap();
        assert_eq!(kernel.coefficients(), [1.0, -2.0, 3.0, 0.25, -0.5, 2.0, 0.001, -0.5, 0.0]);
    }

    #[test]
    fn a_single_number_is_a_kernel() {
        assert_eq!(Kernel::parse("2").unwrap().coefficients(), [2.0]);
    }

    #[test]
    fn what_is_wrong_is_said_with_row_and_column() {
        check_message("1 2 3\n4 5 x\n7 8 9", "row 2, column 3 must be a number; it is “x”");
        check_message("nan", "row 1, column 1 must be a number; it is “nan”");
        check_message("1/2/3", "row 1, column 1 must be a number; it is “1/2/3”");
        check_message("\n1/0", "row 1, column 1 must be a fraction whose denominator is not 0; it is “1/0”");
        check_message("1e99", "row 1, column 1 must be a number of at most 38 digits; it is “1e99”");
        check_message(" \n,", "a kernel needs at least one coefficient");
        check_message(
            "1 2\n3 4",
            "a kernel needs an odd number of rows, so that it has a centre; this one has 2",
        );
        check_message("1 2", "a kernel needs as many rows as columns; rows here: 1, columns: 2");
        check_message(
            "1 2 3\n4 5\n7 8 9",
            "every row needs as many coefficients as the first: row 1 has 3, row 2 has 2",
        );
        check_message(
            &"1 ".repeat(17),
            "a kernel may have up to 15 rows and columns; rows here: 1, columns: 17",
        );
        check_message(&"y".repeat(30), "row 1, column 1 must be a number; it is “yyyyyyyyyyyyyyyyyyyy…”");
    }
}
