// Fetches mdBook's search once a reader asks for it, and its index after that: no page costs more for having it.
(() => {
  "use strict";

  const toggle = document.getElementById("mdbook-search-toggle");
  const wrapper = document.getElementById("mdbook-search-wrapper");
  const bar = document.getElementById("mdbook-searchbar");
  if (!toggle || !wrapper || !(bar instanceof HTMLInputElement)) return;

  /** @param {string | undefined} src @returns {Promise<unknown>} */
  const run = (src) =>
    new Promise((done, fail) => {
      if (src === undefined) return fail(new Error("the page does not say where its search is"));
      document.head.append(Object.assign(document.createElement("script"), { src, onload: done, onerror: fail }));
    });

  /** The words of a search are marked in the text, but never inside a field: a marked word is lost to its value. */
  const spareFields = () => {
    const Marker = window.Mark;
    window.Mark = function (context) {
      const marker = new Marker(context);
      const { mark } = marker;
      marker.mark = (words, options) =>
        mark(words, { ...options, exclude: [...options.exclude, "textarea", "select *"] });
      return marker;
    };
  };

  const fetchSearch = async () => {
    const { index, mark, searcher } = toggle.dataset;
    await Promise.all([run(index), run(mark)]);
    spareFields();
    await run(searcher);
  };

  const fail = () => {
    document.getElementById("mdbook-searchresults-outer")?.classList.remove("hidden");
    document.getElementById("mdbook-searchbar-outer")?.classList.remove("searching");
    const header = document.getElementById("mdbook-searchresults-header");
    if (header) header.textContent = "The search could not be loaded. Check the connection, then reload the page.";
  };
  // The searcher itself asks for the index, and stays silent where that fails.
  addEventListener("error", (event) => event.target?.id === "mdbook-search-index" && fail(), true);

  /** Shows the field at once, so that what is typed while the search is on its way is searched for, too. */
  const open = async () => {
    document.removeEventListener("keydown", onKey);
    toggle.removeEventListener("click", open);
    wrapper.classList.remove("hidden");
    bar.focus();
    try {
      await fetchSearch();
    } catch (cause) {
      console.error(cause);
      return fail();
    }
    wrapper.classList.add("hidden");
    toggle.click();
    bar.setSelectionRange(bar.value.length, bar.value.length);
  };

  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    const modified = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
    if (modified || !["s", "/"].includes(event.key) || mdbook_something_else_has_focus(event)) return;
    event.preventDefault();
    void open();
  };

  // An address that carries a search, or words to mark, is the searcher's to read.
  if (/[?&](search|highlight)=/.test(location.search)) {
    void fetchSearch().catch(fail);
    return;
  }
  document.addEventListener("keydown", onKey);
  toggle.addEventListener("click", open);
  document.getElementById("mdbook-searchbar-outer")?.addEventListener("submit", (event) => event.preventDefault());
})();
