/**
 * The keyboard in a list, and among figures: j and k go down and up, Enter opens, / searches or
 * narrows, e exports the list, or the figure that was gone to.
 */

const rows = Array.from(document.querySelectorAll("[data-row]"));
let here = -1;

function mark(number) {
  rows[here]?.removeAttribute(marked(rows[here]));
  here = Math.min(Math.max(number, 0), rows.length - 1);
  rows[here].setAttribute(marked(rows[here]), "true");
}

function select(number) {
  if (!rows.length) {
    return;
  }
  mark(number);
  rows[here].scrollIntoView({ block: "nearest" });
  // The link itself has the focus, so that Enter needs nobody's help.
  rows[here].querySelector("a")?.focus({ preventScroll: true });
}

/** Only rows of a table can be selected. */
function marked(row) {
  return row.matches("tr") ? "aria-selected" : "aria-current";
}

function search() {
  const field = document.getElementById("text") ?? document.querySelector("[data-narrows]");
  field?.closest("details")?.setAttribute("open", "");
  field?.focus();
  field?.select?.();
}

function exported() {
  const own = rows[here]?.querySelector("[data-export]");
  (own ?? document.querySelector("[data-export]"))?.click();
}

const KEYS = {
  j: () => select(here + 1),
  k: () => select(here - 1),
  "/": search,
  e: exported,
};

function types(target) {
  return target instanceof Element && target.closest("input, select, textarea, [contenteditable]");
}

addEventListener("keydown", (event) => {
  const modified = event.ctrlKey || event.altKey || event.metaKey;
  if (modified || event.isComposing || types(event.target) || !Object.hasOwn(KEYS, event.key)) {
    return;
  }
  event.preventDefault();
  KEYS[event.key]();
});

for (const [number, row] of rows.entries()) {
  // Whatever was pressed in it keeps the focus: nothing may move under a finger.
  row.addEventListener("focusin", () => mark(number));
}
