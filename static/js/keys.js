// One key each, no chords: B V T F M P and ?

/** Listen for the keys of the screen; `act` has a function for each letter that it knows. */
export function listen(dialog, act) {
  const full = () => (document.fullscreenElement
    ? document.exitFullscreen() : document.documentElement.requestFullscreen().catch(() => {}));
  const help = () => (dialog.open ? dialog.close() : dialog.show());
  const does = { ...act, f: full, "?": help };

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.key === "Escape" && dialog.open) dialog.close();
    const key = event.key.toLowerCase();
    if (!(key in does)) return;
    event.preventDefault();
    does[key]();
  });
}
