//! What is wanted of the archive.

use std::fmt;
use std::str::FromStr;

use catalog::Diagnosis;
use serde::{Deserialize, Serialize};

use super::mapping;

/// Licences of the archive's images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Licence {
    /// No rights reserved.
    #[serde(rename = "CC-0")]
    Cc0,
    /// Name the authors.
    #[serde(rename = "CC-BY")]
    CcBy,
    /// Name the authors; not for profit.
    #[serde(rename = "CC-BY-NC")]
    CcByNc,
}

impl Licence {
    /// All three, the freest first.
    pub const ALL: [Self; 3] = [Self::Cc0, Self::CcBy, Self::CcByNc];

    /// The archive's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cc0 => "CC-0",
            Self::CcBy => "CC-BY",
            Self::CcByNc => "CC-BY-NC",
        }
    }

    /// Address of its text.
    pub const fn address(self) -> &'static str {
        match self {
            Self::Cc0 => "https://creativecommons.org/publicdomain/zero/1.0/",
            Self::CcBy => "https://creativecommons.org/licenses/by/4.0/",
            Self::CcByNc => "https://creativecommons.org/licenses/by-nc/4.0/",
        }
    }
}

impl fmt::Display for Licence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Licence {
    type Err = String;

    /// ```
    /// # use datasets::archive::Licence;
    /// assert_eq!("cc-by".parse(), Ok(Licence::CcBy));
    /// assert!("gpl".parse::<Licence>().is_err());
    /// ```
    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|licence| licence.name().eq_ignore_ascii_case(text));
        found.ok_or_else(|| format!("unknown licence `{text}`; use cc-0, cc-by or cc-by-nc"))
    }
}

/// What to search for. The same request finds the same images again in a folder that was begun with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveRequest {
    /// In the archive's own language, such as `age_approx:[20 TO 40] AND sex:female`.
    pub query: Option<String>,
    /// Numbers of collections; all where none is named.
    pub collections: Vec<u32>,
    /// Only these diagnoses; all eight where none is named.
    pub diagnoses: Vec<Diagnosis>,
    /// Only these licences; all where none is named.
    pub licences: Vec<Licence>,
    /// At most so many images of each diagnosis.
    pub per_class: Option<usize>,
}

/// One search: what to ask the service, and what to take of its answers.
pub(super) struct Search {
    pub(super) wanted: Vec<Diagnosis>,
    pub(super) query: String,
}

impl ArchiveRequest {
    /// The diagnoses wanted, in their order.
    pub fn wanted(&self) -> Vec<Diagnosis> {
        let wanted = |diagnosis: &Diagnosis| self.diagnoses.is_empty() || self.diagnoses.contains(diagnosis);
        Diagnosis::ALL.into_iter().filter(wanted).collect()
    }

    /// The searches to make: one for everything, or one for each diagnosis, which can end early.
    pub(super) fn searches(&self) -> Vec<Search> {
        if self.per_class.is_some() {
            let one = |diagnosis| Search { wanted: vec![diagnosis], query: self.query_for(&[diagnosis]) };
            return self.wanted().into_iter().map(one).collect();
        }
        vec![Search { wanted: self.wanted(), query: self.query_for(&self.diagnoses) }]
    }

    /// The archive's query for these diagnoses, or for everything.
    fn query_for(&self, diagnoses: &[Diagnosis]) -> String {
        let mut terms = vec!["image_type:dermoscopic".to_owned()];
        terms.extend(self.query.as_ref().map(|query| format!("({query})")));
        if !diagnoses.is_empty() {
            terms.push(mapping::query(diagnoses));
        }
        if !self.licences.is_empty() {
            let licences: Vec<String> =
                self.licences.iter().map(|licence| format!("copyright_license:\"{licence}\"")).collect();
            terms.push(format!("({})", licences.join(" OR ")));
        }
        terms.join(" AND ")
    }

    /// The address of a search's first page.
    pub(super) fn address(&self, base: &str, search: &str) -> String {
        let mut address = format!("{base}/images/search/?limit=100&query={}", escaped(search));
        if !self.collections.is_empty() {
            let numbers: Vec<String> = self.collections.iter().map(ToString::to_string).collect();
            address.push_str("&collections=");
            address.push_str(&numbers.join(","));
        }
        address
    }
}

/// Text for a URL's query.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(byte as char);
        } else {
            escaped.push('%');
            escaped
                .extend([byte >> 4, byte & 15].map(|digit| char::from(b"0123456789ABCDEF"[digit as usize])));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_becomes_the_archives_query() {
        let request = ArchiveRequest {
            query: Some("sex:female OR sex:male".to_owned()),
            collections: vec![65, 212],
            diagnoses: vec![Diagnosis::Df, Diagnosis::Bcc],
            licences: vec![Licence::Cc0, Licence::CcBy],
            per_class: None,
        };
        let queries: Vec<String> = request.searches().into_iter().map(|search| search.query).collect();
        assert_eq!(
            queries,
            ["image_type:dermoscopic AND (sex:female OR sex:male) AND \
              (diagnosis_3:\"Basal cell carcinoma\" OR diagnosis_3:\"Dermatofibroma\") AND \
              (copyright_license:\"CC-0\" OR copyright_license:\"CC-BY\")"]
        );
        assert_eq!(ArchiveRequest { per_class: Some(1), ..request.clone() }.searches().len(), 2);
        assert_eq!(
            request.address("http://h/api/v2", "sex:\"a b\""),
            "http://h/api/v2/images/search/?limit=100&query=sex%3A%22a%20b%22&collections=65,212"
        );
    }
}
