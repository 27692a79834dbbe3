// Times our operations beside OpenCV's on the same pictures, in turns, and leaves the result in `window.result`.
import start, { Picture } from "./module.js";
import { loadOpenCV } from "./opencv/index.js";

/** Samples of each side; the median is told. */
const ROUNDS = 15;
/** A sample repeats its operation until it takes about this long, since a page's clock is coarse. Milliseconds. */
const SAMPLE = 12;

/** @param {number[]} values */
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/** @param {() => void} operation @param {number} times */
const time = (operation, times) => {
  const from = performance.now();
  for (let i = 0; i < times; i++) operation();
  return (performance.now() - from) / times;
};

/** Milliseconds of both, in turns: whatever else the machine does meets both alike.
 * @param {() => void} ours @param {() => void} theirs */
const beside = (ours, theirs) => {
  const enough = (/** @type {() => void} */ operation) => {
    time(operation, 3);
    return Math.max(1, Math.ceil(SAMPLE / time(operation, 2)));
  };
  const counts = [enough(ours), enough(theirs)];
  const samples = [[], []];
  const ratios = [];
  for (let round = 0; round < ROUNDS; round++) {
    const first = round % 2;
    for (const side of [first, 1 - first]) samples[side].push(time([ours, theirs][side], counts[side]));
    ratios.push(samples[0][round] / samples[1][round]);
  }
  return { ours: median(samples[0]), theirs: median(samples[1]), ratio: median(ratios) };
};

/** Largest difference between two results. @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
const difference = (a, b) => {
  if (a.length !== b.length) throw new Error(`${a.length} numbers beside ${b.length}`);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
};

/** `[3, H, W]` as OpenCV has it: a pixel's three numbers together. @param {Float32Array} planes */
const interleaved = (planes) => {
  const count = planes.length / 3;
  return Float32Array.from(planes, (_, i) => planes[(i % 3) * count + Math.floor(i / 3)]);
};

const compare = async () => {
  await start({ module_or_path: new URL("module_bg.wasm", import.meta.url) });
  const cv = await loadOpenCV();
  const rows = [];
  for (const side of [224, 1024]) {
    const picture = new Picture(side);
    const mat = cv.matFromArray(side, side, cv.CV_8UC3, picture.bytes());
    for (const size of [3, 7, 15]) {
      // Numbers of no pattern, so that nobody may take a shortcut.
      const kernel = Float32Array.from({ length: size * size }, (_, i) => (((i * 37 + 11) % 101) / 101 - 0.4) / size);
      const weights = cv.matFromArray(size, size, cv.CV_32F, kernel);
      const out = new cv.Mat();
      const ours = () => picture.convolve(kernel, size).free();
      const theirs = () =>
        cv.filter2D(mat, out, cv.CV_32F, weights, new cv.Point(-1, -1), 0, cv.BORDER_REPLICATE);
      const times = beside(ours, theirs);
      const differ = difference(interleaved(picture.convolve(kernel, size).values()), out.data32F);
      rows.push({ name: `convolution ${size} × ${size}, ${side} px`, ...times, differ });
      weights.delete();
      out.delete();
    }
    const centre = (side - 1) / 2;
    const turn = cv.getRotationMatrix2D(new cv.Point(centre, centre), -30, 1.1);
    const warped = new cv.Mat();
    const warp = () =>
      cv.warpAffine(mat, warped, turn, new cv.Size(side, side), cv.INTER_LINEAR, cv.BORDER_REPLICATE, new cv.Scalar());
    const times = beside(() => picture.warp().free(), warp);
    rows.push({ name: `affine warp, ${side} px`, ...times, differ: difference(picture.warp().bytes(), warped.data) });
    if (side === 1024) {
      for (const [method, name] of [[cv.INTER_LINEAR, "INTER_LINEAR"], [cv.INTER_AREA, "INTER_AREA"]]) {
        const small = new cv.Mat();
        const resize = () => cv.resize(mat, small, new cv.Size(224, 224), 0, 0, method);
        const times = beside(() => picture.resize(224).free(), resize);
        const differ = difference(picture.resize(224).bytes(), small.data);
        rows.push({ name: `resize 1024 to 224 px beside ${name}`, ...times, differ });
      }
    }
  }
  return { opencv: cv.getBuildInformation(), rows };
};

window.result = compare();
