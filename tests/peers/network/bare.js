// onnxruntime-web as its documentation has it, in a Worker of its own: a session and its runs, nothing else.

/** @type {Promise<(planes: Float32Array) => Promise<{ milliseconds: number, probabilities: Float32Array }>>} */
let ready;

/** @param {{ base: string, script: string, onnx: string, backend: string, side: number }} settings */
const load = async ({ base, script, onnx, backend, side }) => {
  const ort = await import(base + script);
  ort.env.wasm.wasmPaths = base;
  ort.env.wasm.numThreads = 1;
  const bytes = new Uint8Array(await (await fetch(onnx)).arrayBuffer());
  const session = await ort.InferenceSession.create(bytes, { executionProviders: [backend] });
  return async (/** @type {Float32Array} */ planes) => {
    const start = performance.now();
    const outputs = await session.run({ input: new ort.Tensor("float32", planes, [1, 3, side, side]) });
    const probabilities = await outputs.probabilities.getData();
    return { milliseconds: performance.now() - start, probabilities };
  };
};

self.onmessage = async ({ data }) => {
  try {
    if (data.settings) {
      ready = load(data.settings);
      await ready;
      self.postMessage({ loaded: true });
    } else {
      self.postMessage(await (await ready)(data.planes));
    }
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
