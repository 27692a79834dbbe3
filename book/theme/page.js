// What the page needs beside its widgets to be usable by keyboard.
(() => {
  "use strict";

  // The sidebar's switch: mdBook listens to the checkbox, a keyboard reaches only a button.
  const checkbox = document.getElementById("mdbook-sidebar-toggle-anchor");
  document.getElementById("mdbook-sidebar-toggle")?.addEventListener("click", () => checkbox?.click());

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
