/**
 * A Worker for the network. Its first message names the module to load: `{ script, wasm }`, two absolute URLs; every later
 * one goes to the module's `receive`. It counts what the graphics card is given, so that the page can say who really
 * computed, and watches whether the card is lost.
 */

self.gpuSubmissions = 0;
if ("GPUQueue" in self) {
  const submit = GPUQueue.prototype.submit;
  GPUQueue.prototype.submit = function (...commands) {
    self.gpuSubmissions += 1;
    return submit.apply(this, commands);
  };
}

/** What the browser said when the last device was lost. @type {string | undefined} */
self.gpuLost = undefined;
if ("GPUAdapter" in self) {
  const requestDevice = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...wishes) {
    const device = await requestDevice.apply(this, wishes);
    self.gpuLost = undefined;
    device.lost.then(({ message }) => (self.gpuLost = message));
    return device;
  };
}

/** @param {unknown} reason */
const crashed = (reason) => {
  const detail = reason instanceof Error ? reason.message : String(reason);
  self.postMessage({ report: { failed: { crash: { detail } } }, arrays: [] });
};

/** What nothing else caught ends here: a page that waits must hear of it. */
self.addEventListener("unhandledrejection", (event) => crashed(event.reason));
self.addEventListener("error", (event) => crashed(event.message));

/** @type {Promise<{ receive: (message: unknown) => void }> | undefined} */
let loaded;

/** @param {{ script: string, wasm: string }} source */
const load = async ({ script, wasm }) => {
  const module = await import(script);
  await module.default({ module_or_path: wasm });
  return module;
};

self.onmessage = async ({ data }) => {
  if (!loaded) {
    loaded = load(data);
    await loaded;
    return;
  }
  (await loaded).receive(data);
};
