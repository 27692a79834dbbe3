//! Draws synthetic dermoscopic images of eight diagnoses from a seed and clinical parameters.
//!
//! [`Clinical`] names what a clinician would note, in numbers that a reader can move; [`Clinical::sample`] draws them for
//! a diagnosis at a [`Difficulty`], and [`Lesion::from_clinical`] makes a lesion of any of them. [`Lesion::sample`] does
//! both at the usual difficulty, [`View::sample`] says how a picture of it is taken, and [`draw`] paints the two. The
//! same call gives the same bytes natively and in WASM.
//!
//! Units: places and sizes are reference pixels, of which the frame's shorter side has 240 (structures are published
//! in pixels of 320 × 240 pictures); colours are CIELAB on a reference skin of (72, 13, 13). Skin, light, hair and
//! every other thing that is not the lesion are drawn without regard to the diagnosis, so that nothing but the lesion
//! gives it away. On photographs it is otherwise: 52 % of the pictures of nevi, but 4 % of those of melanomas, have reddish
//! skin, which is the camera's doing and not the disease's.
//!
//! # How similar the diagnoses are
//!
//! Colour, size, outline, border and texture are drawn from distributions measured on HAM10000. At the usual difficulty
//! signs are as frequent as published and often faint, and some lesions take on another diagnosis's signs for part of
//! the way, in the directions in which real pictures are confused ([`Difficulty`]). A linear model on measured features
//! then reaches a balanced accuracy of about 0.64 on drawings, as on photographs.
//!
//! Skin tones run from very light to dark (individual typology angle 70° to −50°), more widely than in HAM10000, where
//! darker skin is nearly absent; their shares are chosen ([`Skin`]).
//!
//! # What is drawn, and how often
//!
//! Shares are of the lesions of the diagnosis, as drawn; where the source has a range or a series of its own, they are in
//! it. "Measured" means on the 10,015 pictures of HAM10000 (Tschandl 2018, Sci Data 5:180161); "chosen" is our judgement.
//!
//! | diagnosis | structure | drawn in | source |
//! |---|---|---|---|
//! | MEL | asymmetric pigment, 2 to 4 colours | all | colour asymmetry ΔE 11 against 7 in nevi: measured |
//! | MEL | atypical network, grey or broken off | 60 % | 35 to 82 % over studies; odds ratio of irregular pigment 6.4 (Williams 2021, JAMA Dermatol 157:1078) |
//! | MEL | irregular dots; globules | 60; 60 % | 25 to 40 % (Argenziano 1998, Arch Dermatol 134:1563); three times as many as in nevi: measured |
//! | MEL | blotch | 55 % | chosen |
//! | MEL | blue-white veil | 32 % | 17 to 75 % over studies |
//! | MEL | scar-like regression with pepper | 27 % | 17 to 36 % over studies |
//! | MEL | streaks, pseudopods | 22 % | 9 to 32 % over studies |
//! | MEL | shiny white lines | 17 % | 28.5 % in polarised light, which is about 60 % of pictures |
//! | NV | network, typical | 58 % | commonest pattern after the second decade (Zalaudek 2011, Arch Dermatol 147:663) |
//! | NV | homogeneous; globular; starburst; blue | 20; 15; 2; 2 % | chosen after Zalaudek 2011 |
//! | NV | rim of globules | 13 % | growing nevi (Zalaudek 2011) |
//! | NV | soft border, 0.22 diameters | all | 0.23 (0.11 to 0.35): measured |
//! | BCC | arborising vessels | 59 % | 59 % of 5950 (Reiter 2021, JAAD 85:653) |
//! | BCC | blue-grey or brown nests | 40 % | ovoid nests 34 %, light-brown nests 40 % (Reiter 2021) |
//! | BCC | leaf-like and spoke-wheel areas; ulcer | 15; 27 % | chosen |
//! | BCC | shiny white structures | 36 % | 49 % (Reiter 2021) |
//! | AK | pale follicles in a red mesh | 74 % | red pseudonetwork 95 % on the face (Zalaudek 2006, Br J Dermatol 155:951) |
//! | AK | yellow plugs; scale | 51; 73 % | 66; 85 % on the face (Zalaudek 2006) |
//! | AK | grey granules; rosettes | 30; 20 % | chosen |
//! | BKL | seborrhoeic; lentigo; lichen planus-like | 60; 20; 20 % | chosen |
//! | BKL | milia-like cysts, of seborrhoeic ones | 66 % | 66 % of 203 (Braun 2002, Arch Dermatol 138:1556) |
//! | BKL | comedo-like openings, of seborrhoeic ones | 71 % | 71 % of 203 (Braun 2002) |
//! | BKL | fissures and ridges, of seborrhoeic ones | 60 % | cerebriform 76 % of 100 (Rajan 2022, Egypt J Dermatol Venerol 42:174) |
//! | BKL | fingerprint lines | 33 % | 40 % of 100 (Rajan 2022) |
//! | BKL | moth-eaten border | 40 % | 46 % of 100 (Rajan 2022) |
//! | DF | central white patch, often stellate | 60 % | white scar-like patch 57 % of 412 (Zaballos 2008, Arch Dermatol 144:75) |
//! | DF | delicate peripheral network | 72 % | network 72 % (Zaballos 2008) |
//! | DF | white network; dotted vessels | 18; 31 % | 18; 31 % (Zaballos 2008) |
//! | VASC | lacunae with pale septa | 80 % | cherry angioma 60, angiokeratoma 20 %: chosen |
//! | VASC | structureless red or dark | 20 % | pyogenic granuloma, haemorrhage: chosen |
//! | VASC | whitish veil, of angiokeratomas | 91 % | 91 % of 32 (Zaballos 2007) |
//! | SCC | glomerular vessels | 78 % | Bowen 90 % (Zalaudek 2004, Br J Dermatol 150:1112), invasive 42 % (Lin 2014, Dermatol Pract Concept 4(2):2) |
//! | SCC | central keratin | 18 % | keratin crust or scale 90 % of invasive ones (Lin 2014) |
//! | SCC | scale | 80 % | Bowen 90 % (Zalaudek 2004) |
//! | SCC | blood spots; white circles | 27; 8 % | 72; 32 % of invasive ones (Lin 2014) |
//! | all | hair; dark round border | 36; 9 % | one in three; 6 to 16 %: measured |
//! | all | ruler; ink; bubbles; glints | 2; 1.5; 6; 10 % | 0.3 to 5; 0.2 to 2; 1 to 12 %: measured |

mod artefacts;
mod body;
mod canvas;
mod cells;
mod clinical;
mod coarse;
mod colour;
mod field;
mod follicles;
mod ground;
mod lacunae;
mod lanes;
mod layer;
mod leaf;
mod lesion;
mod mask;
mod network;
mod outline;
mod patch;
mod picture;
mod recipe;
mod ridges;
mod rosettes;
mod scale;
mod shiny;
mod skin;
mod spots;
mod streaks;
mod vessels;
mod view;

pub use artefacts::{Aperture, Hair, Ink, Ruler};
pub use body::Body;
pub use clinical::{Clinical, Difficulty, Parameter};
pub use colour::{Lab, REFERENCE_SKIN};
pub use follicles::Follicles;
pub use lacunae::Lacunae;
pub use leaf::Leaf;
pub use lesion::Lesion;
pub use mask::mask;
pub use network::PigmentNetwork;
pub use outline::Outline;
pub use patch::Patch;
pub use picture::{Drawing, checksum, draw, draw_sample};
pub use ridges::Ridges;
pub use rosettes::Rosettes;
pub use scale::Scale;
pub use shiny::Shiny;
pub use skin::Skin;
pub use spots::{Placement, Spots};
pub use streaks::Streaks;
pub use vessels::{VesselForm, Vessels};
pub use view::View;
