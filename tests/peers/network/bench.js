// Times the book's Worker, from a picture's pixels to the probabilities, beside bare onnxruntime-web, from the network's
// input to the probabilities: the same file, the same backend, by turns. Leaves the result in `window.result`.

/** Runs of each side that are not timed: what a backend prepares at first is another matter. */
const BEFORE = 3;
/** Width and height of the picture, pixels: that of the book's drawings. */
const PICTURE = 224;

/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** @param {string} url */
const at = (url) => new URL(url, import.meta.url).href;

/** Noise, RGB. @param {number} side */
const noise = (side) => Uint8Array.from({ length: side * side * 3 }, (_, i) => ((i * 7919) % 256) ^ ((i >> 5) % 256));

/** A Worker as a function: sends and waits for the answer that `pick` finds in a message.
 * @param {Worker} worker @param {(data: any) => any} pick */
const asking = (worker, pick) => (/** @type {unknown} */ message) =>
  new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }) => {
      const failed = data.error ?? data.crashed ?? data.report?.failed;
      if (failed) return reject(new Error(JSON.stringify(failed)));
      const found = pick(data);
      if (found !== undefined) resolve(found);
    };
    worker.postMessage(message);
  });

/** The book's Worker, spoken to as the book's pages do. */
const ours = async ({ module, runtime, model, backend }) => {
  const worker = new Worker(at(module.worker), { type: "module" });
  const loaded = asking(worker, ({ report }) => report?.loaded);
  worker.postMessage({ script: at(module.script), wasm: at(module.wasm) });
  const files = { runtime: { ...runtime, base: at(runtime.base) }, model: { ...model, onnx: at(model.onnx) } };
  const load = { ...files, full_precision: false };
  let task = 1;
  await loaded({ task, request: { "load-model": load }, attached: [] });
  const answer = asking(worker, ({ report }) => report?.classified);
  return (/** @type {Uint8Array} */ bytes, /** @type {number} */ side) => {
    const classify = { width: side, height: side, preferred: backend, aside: false };
    return answer({ task: ++task, request: { classify }, attached: [bytes] });
  };
};

const bare = async ({ runtime, model, backend }) => {
  const worker = new Worker(at("bare.js"), { type: "module" });
  const ask = asking(worker, (data) => data);
  const { size: side } = model.card.input;
  const settings = { base: at(runtime.base), script: runtime.script, onnx: at(model.onnx), backend, side };
  await ask({ settings });
  return (/** @type {Float32Array} */ planes) => ask({ planes });
};

/** What goes into the network: red, green and blue one after the other. @param {Uint8Array} pixels */
const planes = (pixels, { size, mean, std }) =>
  Float32Array.from({ length: size * size * 3 }, (_, i) => {
    const [channel, pixel] = [Math.floor(i / (size * size)), i % (size * size)];
    return (pixels[pixel * 3 + channel] / 255 - mean[channel]) / std[channel];
  });

const compare = async () => {
  const settings = await (await fetch("settings.json")).json();
  const { input } = settings.model.card;
  const [classify, run] = [await ours(settings), await bare(settings)];
  // A picture that needs no resizing goes into both alike.
  const small = noise(input.size);
  const ready = planes(small, input);
  const [answer, bareAnswer] = [await classify(small, input.size), await run(ready)];
  const differ = Math.max(...answer.probabilities.map((p, i) => Math.abs(p - bareAnswer.probabilities[i])));
  if (answer.backend !== settings.backend) throw new Error(`computed by ${answer.backend}`);

  const picture = noise(PICTURE);
  const timed = async (ask) => {
    const start = performance.now();
    const { milliseconds } = await ask();
    return { inside: milliseconds, outside: performance.now() - start };
  };
  const sides = [() => classify(picture, PICTURE), () => run(ready)];
  for (let round = 0; round < BEFORE; round++) for (const side of sides) await side();
  const samples = [[], []];
  for (let round = 0; round < settings.rounds; round++) {
    // The one that begins changes, so that neither always comes after the other.
    for (const side of [round % 2, 1 - (round % 2)]) samples[side].push(await timed(sides[side]));
  }
  const row = (/** @type {string} */ name, /** @type {"inside" | "outside"} */ of) => {
    const [our, their] = samples.map((side) => side.map((sample) => sample[of]));
    return { name, ours: median(our), theirs: median(their), ratio: median(our.map((time, i) => time / their[i])) };
  };
  return { rows: [row("in the Worker", "inside"), row("from the page and back", "outside")], differ };
};

window.result = compare();
