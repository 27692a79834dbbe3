//! `kernel-lab`: what one kernel makes of an image.

use super::{Control, Kind, Widget};

/// One kernel slides over the image; the reader sees the arithmetic at every pixel.
pub const KERNEL_LAB: Widget = Widget {
    name: "kernel-lab",
    title: "Kernel lab",
    question: "What does one kernel make of an image?",
    needs: &[],
    takes_image: true,
    controls: &[
        Control {
            name: "kernel",
            label: "Kernel",
            help: "The six of the activity, or numbers of your own.",
            kind: Kind::Choice {
                options: &[
                    ("mean-7", "mean 7 × 7"),
                    ("mean-15", "mean 15 × 15"),
                    ("sharpen", "sharpen 3 × 3"),
                    ("laplacian", "Laplacian 3 × 3"),
                    ("sobel-x", "Sobel x 3 × 3"),
                    ("sobel-y", "Sobel y 3 × 3"),
                    ("own", "my own"),
                ],
                default: "sobel-x",
            },
            more: false,
        },
        Control {
            name: "show",
            label: "Show",
            help: "",
            kind: Kind::Choice {
                options: &[("one", "this kernel"), ("six", "all six side by side")],
                default: "one",
            },
            more: false,
        },
        Control {
            name: "coefficients",
            label: "Numbers of my own kernel",
            help: "One row a line, numbers separated by spaces or commas; as many rows as columns, an odd number from 1 to 15. Fractions such as 1/9 are fine.",
            kind: Kind::Text { default: "0 0 0\n0 1 0\n0 0 0", rows: 3 },
            more: false,
        },
        Control {
            name: "flip",
            label: "Turn the kernel by 180°",
            help: "On: a convolution in the strict sense. Off: a cross-correlation, which networks call convolution.",
            kind: Kind::Toggle { default: false },
            more: false,
        },
        Control {
            name: "stride",
            label: "Stride",
            help: "How far the kernel moves from one result to the next.",
            kind: Kind::Number { min: 1.0, max: 8.0, step: 1.0, default: 1.0, unit: "pixels" },
            more: false,
        },
        Control {
            name: "dilation",
            label: "Dilation",
            help: "How far apart the kernel's numbers lie; above 1 it has holes and looks further.",
            kind: Kind::Number { min: 1.0, max: 4.0, step: 1.0, default: 1.0, unit: "pixels" },
            more: false,
        },
        Control {
            name: "padding",
            label: "Padding",
            help: "What stands beyond the edge of the image.",
            kind: Kind::Choice {
                options: &[
                    ("none", "none: the result shrinks"),
                    ("zero", "zero: black"),
                    ("replicate", "replicate: the edge repeats"),
                    ("reflect", "reflect: a mirror at the edge"),
                ],
                default: "replicate",
            },
            more: false,
        },
        Control {
            name: "negative",
            label: "Negative results",
            help: "A screen cannot show less than no light, so they need a rule.",
            kind: Kind::Choice {
                options: &[
                    ("signed", "blue below zero, red above"),
                    ("absolute", "absolute value"),
                    ("clipped", "clipped to 0 to 255"),
                    ("rescaled", "rescaled, black to white"),
                ],
                default: "signed",
            },
            more: false,
        },
        Control {
            name: "padding-width",
            label: "Pixels of padding on each side",
            help: "",
            kind: Kind::Choice {
                options: &[
                    ("keep", "as many as keep the size at a stride of 1"),
                    ("1", "1"),
                    ("2", "2"),
                    ("3", "3"),
                    ("5", "5"),
                    ("7", "7"),
                    ("14", "14"),
                ],
                default: "keep",
            },
            more: true,
        },
        Control {
            name: "channels",
            label: "Channels",
            help: "Grey is one number a pixel; colour runs the kernel over red, green and blue apart.",
            kind: Kind::Choice {
                options: &[("grey", "grey"), ("colour", "red, green, blue")],
                default: "grey",
            },
            more: true,
        },
        // The page's module moves these under the pictures.
        Control { name: "step-back", label: "Step back", help: "", kind: Kind::Action, more: false },
        Control { name: "play", label: "Play", help: "", kind: Kind::Action, more: false },
        Control { name: "step-forward", label: "Step", help: "", kind: Kind::Action, more: false },
        Control { name: "whole", label: "Whole result", help: "", kind: Kind::Action, more: false },
        Control {
            name: "pace",
            label: "Pace",
            help: "",
            kind: Kind::Choice {
                options: &[
                    ("slow", "2 pixels a second"),
                    ("fast", "30 pixels a second"),
                    ("rows", "10 rows a second"),
                ],
                default: "fast",
            },
            more: false,
        },
    ],
};
