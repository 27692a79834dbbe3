// Loads the WASM module behind each widget when it is needed, mounts it, and says in words when that fails.
// Everything else is the module's: it finds form, stage, readout and buttons in the section.
(() => {
  "use strict";

  /** What a widget's module exports; `default` is wasm-bindgen's initialiser.
   * @typedef {{ default: (input: { module_or_path: URL }) => Promise<unknown>,
   *             mount: (section: HTMLElement) => unknown }} WidgetModule */

  /** Something a reader can act on, with the cause for the console. */
  class Failure extends Error {
    /** @param {string} words @param {unknown} cause */
    constructor(words, cause) {
      super(words, { cause });
    }
  }

  const RELOAD = "The text above still says what it would show. Check the connection, then reload the page.";

  /** The smallest module with what ours take for granted: SIMD, and references to the page's objects. */
  const NEWEST = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 9, 2, 96, 0, 1, 123, 96, 1, 111, 0, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253,
    98, 11,
  ];

  /** Modules by script, so that two widgets of a page share one.
   * @type {Map<string, Promise<WidgetModule>>} */
  const modules = new Map();

  /** @param {HTMLElement} section @param {string} key @returns {URL} */
  const address = (section, key) => new URL(section.dataset[key] ?? "", document.baseURI);

  /** Fetches and starts a module.
   * @param {URL} script @param {URL} wasm @returns {Promise<WidgetModule>} */
  const fetchModule = async (script, wasm) => {
    if (typeof WebAssembly !== "object") {
      throw new Failure(
        "This browser has no WebAssembly, which the interactive part needs; some locked-down browsers switch it off. " +
          "The text above still says what it would show. Try another browser.",
        null,
      );
    }
    if (!WebAssembly.validate(new Uint8Array(NEWEST))) {
      throw new Failure(
        "This browser is too old for the interactive part, which needs Chrome or Edge 96, Firefox 89, Safari 16.4 " +
          "or a newer one. The text above still says what it would show. Update the browser, or try another.",
        null,
      );
    }
    /** @type {WidgetModule} */
    let module;
    try {
      module = await import(script.href);
    } catch (cause) {
      throw new Failure(`The interactive part could not be fetched. ${RELOAD}`, cause);
    }
    try {
      await module.default({ module_or_path: wasm });
    } catch (cause) {
      throw new Failure(`The interactive part was fetched but did not start (${cause}). ${RELOAD}`, cause);
    }
    return module;
  };

  /** @param {HTMLElement} section @returns {Promise<WidgetModule>} */
  const moduleOf = (section) => {
    const script = address(section, "script");
    const known = modules.get(script.href);
    if (known) return known;
    const fetched = fetchModule(script, address(section, "wasm"));
    modules.set(script.href, fetched);
    // A failed one is forgotten, so that a second click tries again.
    fetched.catch(() => modules.delete(script.href));
    return fetched;
  };

  /** @param {HTMLElement} section @param {string} words empty to take the message away */
  const say = (section, words) => {
    const message = section.querySelector(".widget-message");
    if (!(message instanceof HTMLElement)) return;
    message.textContent = words;
    message.hidden = words === "";
  };

  /** waiting or failed → loading → ready or failed.
   * @param {HTMLElement} section */
  const load = async (section) => {
    if (section.dataset.state === "loading" || section.dataset.state === "ready") return;
    section.dataset.state = "loading";
    say(section, "");
    try {
      const module = await moduleOf(section);
      try {
        await module.mount(section);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new Failure(`The interactive part stopped: ${reason} Reload the page to try again.`, cause);
      }
      // A module that failed by itself has said so.
      if (section.dataset.state === "loading") section.dataset.state = "ready";
    } catch (failure) {
      console.error(failure);
      section.dataset.state = "failed";
      say(section, failure instanceof Failure ? failure.message : String(failure));
    }
  };

  /** Loads what comes within a screen of the reader. */
  const near = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting || !(entry.target instanceof HTMLElement)) continue;
        near.unobserve(entry.target);
        void load(entry.target);
      }
    },
    { rootMargin: "100% 0px" },
  );

  /** Puts the module that runs the network in the place of the one that was there at once. The section begins anew, without
   * the listeners of the old module; the page's address carries the settings over.
   * @param {HTMLElement} section @param {HTMLElement} fresh the section as it was rendered */
  const succeed = async (section, fresh) => {
    const { networkScript, networkWasm } = fresh.dataset;
    Object.assign(fresh.dataset, { script: networkScript, wasm: networkWasm, state: "waiting" });
    delete fresh.dataset.networkScript;
    fresh.style.minHeight = `${section.offsetHeight}px`;
    section.replaceWith(fresh);
    prepare(fresh);
    near.unobserve(fresh);
    await load(fresh);
    fresh.style.minHeight = "";
    const start = fresh.querySelector("[data-action=start]");
    if (!(start instanceof HTMLElement)) return;
    start.focus();
    start.click();
  };

  /** @param {HTMLElement} section */
  const prepare = (section) => {
    if (section.dataset.networkScript) {
      const fresh = /** @type {HTMLElement} */ (section.cloneNode(true));
      section.addEventListener("skin-deep:network", () => void succeed(section, fresh), { once: true });
    }
    // mdBook turns the page on an arrow key and searches on `s`, whatever has the focus.
    section.addEventListener("keydown", (event) => event.stopPropagation());
    section.querySelector("form")?.addEventListener("submit", (event) => event.preventDefault());
    if (section.dataset.state !== "waiting") return;
    if (section.dataset.start === "visible") near.observe(section);
    else section.querySelector("[data-action=start]")?.addEventListener("click", () => void load(section));
  };

  for (const section of document.querySelectorAll("section.widget")) {
    if (section instanceof HTMLElement) prepare(section);
  }
})();
