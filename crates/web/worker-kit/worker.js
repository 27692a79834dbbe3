/**
 * The script of every Worker of the book. Its first message names the WASM module to load, `{ script, wasm }`, two absolute
 * URLs; every later one goes to the module's `receive`. What nothing else catches ends as `{ crashed }`, since a page that waits
 * must hear of it.
 */

/** @param {unknown} reason */
const crashed = (reason) =>
  self.postMessage({ crashed: reason instanceof Error ? reason.message : String(reason) });

self.addEventListener("unhandledrejection", (event) => crashed(event.reason));
self.addEventListener("error", (event) => crashed(event.message));

/** @type {Promise<{ receive: (message: unknown) => void }> | undefined} */
let loaded;

/** @param {{ script: string, wasm: string }} module */
const load = async ({ script, wasm }) => {
  const module = await import(script);
  await module.default({ module_or_path: wasm });
  return module;
};

self.onmessage = async ({ data }) => {
  if (loaded) {
    (await loaded).receive(data);
    return;
  }
  loaded = load(data);
  await loaded;
};
