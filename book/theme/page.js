// What the page needs beside its widgets to be usable by keyboard.
(() => {
  "use strict";

  // The sidebar's switch: mdBook listens to the checkbox, a keyboard reaches only a button.
  const checkbox = document.getElementById("mdbook-sidebar-toggle-anchor");
  document.getElementById("mdbook-sidebar-toggle")?.addEventListener("click", () => checkbox?.click());

  // The second skip link: past the menus and the text, to the first widget.
  const title = document.querySelector(".widget-title");
  if (title instanceof HTMLElement) {
    title.tabIndex = -1;
    const textContent = `Skip to the first widget: ${title.textContent}`;
    const link = Object.assign(document.createElement("a"), { href: `#${title.id}`, textContent });
    document.querySelector(".skip-links")?.append(link);
  }

  // What scrolls sideways must be reachable to be scrolled.
  const mark = () => {
    for (const box of document.querySelectorAll(".table-wrapper, .figure-art, pre > code")) {
      if (box.scrollWidth > box.clientWidth) box.setAttribute("tabindex", "0");
      else box.removeAttribute("tabindex");
    }
  };
  mark();
  addEventListener("resize", mark);
  document.addEventListener("toggle", mark, true);
})();
