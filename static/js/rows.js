/** The keyboard in a list: j and k go down and up, Enter opens, / searches, e exports. */

const rows = Array.from(document.querySelectorAll("[data-row]"));
let here = -1;

function select(number) {
  if (!rows.length) {
    return;
  }
  rows[here]?.removeAttribute("aria-selected");
  here = Math.min(Math.max(number, 0), rows.length - 1);
  const row = rows[here];
  row.setAttribute("aria-selected", "true");
  row.scrollIntoView({ block: "nearest" });
  // The link itself has the focus, so that Enter needs nobody's help.
  row.querySelector("a")?.focus({ preventScroll: true });
}

function search() {
  const field = document.getElementById("text");
  field?.closest("details")?.setAttribute("open", "");
  field?.focus();
  field?.select();
}

const KEYS = {
  j: () => select(here + 1),
  k: () => select(here - 1),
  "/": search,
  e: () => document.querySelector("[data-export]")?.click(),
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
  row.addEventListener("focusin", () => {
    if (number !== here) {
      select(number);
    }
  });
}
