// F1: everything that can be typed, and back to the line.

/** Open and close the help; `closed()` puts the caret back. */
export function help(dialog, closed) {
  dialog.addEventListener("close", closed);
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "F1" || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else dialog.showModal();
  });
}
