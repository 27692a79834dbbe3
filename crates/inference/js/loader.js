/**
 * Stands in for `ort-web`'s own loader, which adds a `<script>` to a page and falls back to another host: this one
 * imports the runtime from where it is told, in a Worker, on one thread.
 *
 * @param {number} _features
 * @param {{ baseUrl: string, scriptName: string }} dist
 * @returns {Promise<boolean>} whether it was loaded now
 */
export async function initRuntime(_features, dist) {
  if ("ort" in self) return false;
  const runtime = await import(new URL(dist.scriptName, dist.baseUrl).href);
  runtime.env.wasm.numThreads = 1;
  // The module's WASM looks for a global of this name.
  self.ort = runtime;
  return true;
}
