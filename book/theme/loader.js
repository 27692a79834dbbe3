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

  const RELOAD = "The text above still explains what it shows. Check your connection, then reload the page.";

  /** The smallest module with what ours take for granted: SIMD, and references to the page's objects. */
  const NEWEST = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 9, 2, 96, 0, 1, 123, 96, 1, 111, 0, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253,
    98, 11,
  ];

  /** Modules by script, so that the widgets of a page share one.
   * @type {Map<string, Promise<WidgetModule>>} */
  const modules = new Map();

  /** @param {HTMLElement} element @param {"script" | "wasm"} part @returns {URL} */
  const address = (element, part) => new URL(element.dataset[part] ?? "", document.baseURI);

  /** Fetches and starts a module.
   * @param {URL} script @param {URL} wasm @returns {Promise<WidgetModule>} */
  const start = async (script, wasm) => {
    if (typeof WebAssembly !== "object") {
      throw new Failure(
        "The interactive part needs WebAssembly, which this browser does not offer; some locked-down browsers switch it off. " +
          "The text above still explains what it shows. Try another browser.",
        null,
      );
    }
    if (!WebAssembly.validate(new Uint8Array(NEWEST))) {
      throw new Failure(
        "This browser is too old for the interactive part. It needs Chrome or Edge 96, Firefox 89, Safari 16.4, or a newer " +
          "version. The text above still explains what it shows. Update your browser, or try another one.",
        null,
      );
    }
    /** @type {WidgetModule} */
    let module;
    try {
      module = await import(script.href);
    } catch (cause) {
      throw new Failure(`The interactive part could not be loaded. ${RELOAD}`, cause);
    }
    try {
      await module.default({ module_or_path: wasm });
    } catch (cause) {
      throw new Failure(`The interactive part was loaded but did not start (${cause}). ${RELOAD}`, cause);
    }
    return module;
  };

  /** @param {HTMLElement} section @returns {Promise<WidgetModule>} */
  const moduleOf = (section) => {
    const script = address(section, "script");
    const known = modules.get(script.href);
    if (known) return known;
    const started = start(script, address(section, "wasm"));
    modules.set(script.href, started);
    // A failed one is forgotten, so that the next widget tries again.
    started.catch(() => modules.delete(script.href));
    return started;
  };

  /** Has the browser keep the module that most chapters need for the next one, while the reader reads this one.
   * No widget waits for it, so nothing is said where it fails. */
  const prefetch = async () => {
    // A reader who pays by the byte, or whose page asked for it already.
    const connection = /** @type {{ saveData?: boolean } | undefined} */ (Reflect.get(navigator, "connection"));
    const ahead = document.getElementById("ahead");
    if (!ahead || modules.has(address(ahead, "script").href) || connection?.saveData) return;
    for (const part of /** @type {const} */ (["script", "wasm"])) {
      const answer = await fetch(address(ahead, part), { priority: "low" });
      // Only what was read to its end is kept.
      await answer.arrayBuffer();
    }
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

  /** Opens and closes the panel behind "More".
   * @param {HTMLElement} section */
  const bindMore = (section) => {
    const button = section.querySelector(".widget-more-button");
    const panel = section.querySelector(".widget-more");
    if (!(panel instanceof HTMLElement)) return;
    button?.addEventListener("click", () => {
      panel.hidden = !panel.hidden;
      button.setAttribute("aria-expanded", String(!panel.hidden));
    });
  };

  /** Shows a sentence of help under its button, or above where there is more room, until the page moves.
   * @param {HTMLElement} help */
  const placeHelp = (help) => {
    const button = document.querySelector(`[popovertarget="${help.id}"]`);
    if (!button) return;
    const { left, top, bottom } = button.getBoundingClientRect();
    const above = top > innerHeight / 2;
    Object.assign(help.style, {
      inset: "auto",
      left: `${Math.max(8, Math.min(left, innerWidth - help.offsetWidth - 8))}px`,
      [above ? "bottom" : "top"]: `${above ? innerHeight - top : bottom}px`,
    });
    addEventListener("scroll", () => help.hidePopover(), { once: true, passive: true });
  };

  /** @param {HTMLElement} section */
  const prepare = (section) => {
    bindMore(section);
    for (const help of section.querySelectorAll("[popover]")) {
      help.addEventListener("toggle", (event) => {
        if (help instanceof HTMLElement && /** @type {ToggleEvent} */ (event).newState === "open") placeHelp(help);
      });
    }
    // mdBook turns the page on an arrow key and searches on `s`, whatever has the focus.
    section.addEventListener("keydown", (event) => event.stopPropagation());
    section.querySelector("form")?.addEventListener("submit", (event) => event.preventDefault());
    if (section.dataset.state === "waiting") near.observe(section);
  };

  for (const section of document.querySelectorAll("section.widget")) {
    if (section instanceof HTMLElement) prepare(section);
  }

  // Once the page stands and the browser has nothing else to do, so that neither picture nor text waits for it.
  const idle = window.requestIdleCallback ?? ((/** @type {() => void} */ callback) => setTimeout(callback, 1000));
  const quiet = () => idle(() => void prefetch().catch(() => {}));
  if (document.readyState === "complete") quiet();
  else window.addEventListener("load", quiet, { once: true });
})();
