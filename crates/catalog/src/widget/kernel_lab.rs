//! `kernel-lab`: how one kernel changes an image.

use super::{Control, ControlKind, ControlPlace, Widget, player};

/// One kernel slides over the image; the reader sees the arithmetic at every pixel.
pub const KERNEL_LAB: Widget = Widget {
    name: "kernel-lab",
    title: "Kernel lab",
    question: "How does one kernel change an image?",
    needs: &[],
    takes_image: true,
    controls: &[
        Control {
            name: "kernel",
            label: "Kernel",
            help: "The activity's six kernels, or your own.",
            kind: ControlKind::Choice {
                options: &[
                    ("mean-7", "mean 7 × 7"),
                    ("mean-15", "mean 15 × 15"),
                    ("sharpen", "sharpen 3 × 3"),
                    ("laplacian", "Laplacian 3 × 3"),
                    ("sobel-x", "Sobel x 3 × 3"),
                    ("sobel-y", "Sobel y 3 × 3"),
                    ("own", "your own kernel"),
                ],
                default: "sobel-x",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "show",
            label: "Show",
            help: "",
            kind: ControlKind::Choice {
                options: &[("one", "this kernel"), ("six", "all six side by side")],
                default: "one",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "coefficients",
            label: "Coefficients of your own kernel",
            help: "One row per line, coefficients separated by spaces or commas. The kernel is square with an odd size from 1 to 15. Fractions such as 1/9 are fine.",
            kind: ControlKind::Text { default: "0 0 0\n0 1 0\n0 0 0", rows: 3 },
            place: ControlPlace::More("Kernel"),
        },
        Control {
            name: "flip",
            label: "Rotate the kernel by 180°",
            help: "On: a convolution in the strict sense. Off: a cross-correlation, which networks call convolution.",
            kind: ControlKind::Toggle { default: false },
            place: ControlPlace::More("Kernel"),
        },
        Control {
            name: "stride",
            label: "Stride",
            help: "How far the kernel moves from one result to the next.",
            kind: ControlKind::Number { min: 1.0, max: 8.0, step: 1.0, default: 1.0, unit: "pixels" },
            place: ControlPlace::Bar,
        },
        Control {
            name: "dilation",
            label: "Dilation",
            help: "How far apart the kernel's coefficients are. Above 1 the kernel has gaps and covers a larger area.",
            kind: ControlKind::Number { min: 1.0, max: 4.0, step: 1.0, default: 1.0, unit: "pixels" },
            place: ControlPlace::More("Kernel"),
        },
        Control {
            name: "padding",
            label: "Padding",
            help: "What the kernel reads beyond the edge of the image.",
            kind: ControlKind::Choice {
                options: &[
                    ("none", "none: the result shrinks"),
                    ("zero", "zero: black"),
                    ("replicate", "replicate: the edge repeats"),
                    ("reflect", "reflect: a mirror at the edge"),
                ],
                default: "replicate",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "negative",
            label: "Negative results",
            help: "A screen cannot show negative brightness, so choose how to show these values.",
            kind: ControlKind::Choice {
                options: &[
                    ("signed", "blue below zero, red above"),
                    ("absolute", "absolute value"),
                    ("clipped", "clipped to 0 to 255"),
                    ("rescaled", "rescaled, black to white"),
                ],
                default: "signed",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "padding-width",
            label: "Pixels of padding on each side",
            help: "",
            kind: ControlKind::Choice {
                options: &[
                    ("keep", "enough to keep the size at stride 1"),
                    ("1", "1"),
                    ("2", "2"),
                    ("3", "3"),
                    ("5", "5"),
                    ("7", "7"),
                    ("14", "14"),
                ],
                default: "keep",
            },
            place: ControlPlace::More("Kernel"),
        },
        Control {
            name: "channels",
            label: "Channels",
            help: "Grey has one value per pixel; in colour, the kernel runs over red, green and blue separately.",
            kind: ControlKind::Choice {
                options: &[("grey", "grey"), ("colour", "red, green, blue")],
                default: "grey",
            },
            place: ControlPlace::More("Image"),
        },
        player("step-back", "Step back"),
        player("play", "Play"),
        player("step-forward", "Step"),
        player("whole", "Whole result"),
        Control {
            name: "pace",
            label: "Speed",
            help: "",
            kind: ControlKind::Choice {
                options: &[
                    ("guided", "a patch, then all"),
                    ("slow", "2 pixels per second"),
                    ("fast", "30 pixels per second"),
                    ("rows", "10 rows per second"),
                ],
                default: "guided",
            },
            place: ControlPlace::Player,
        },
    ],
    details: "How large the result is, and why",
};
