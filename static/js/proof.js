// A little work while the donor fills in the form (the server says why). Without it the form is
// sent all the same; where a page has no private connection, browsers offer no digests.

/** Find the proof of a form's name in the background, and hand it over once it is there. */
export function prove(name, zeroBits, found) {
  if (!globalThis.crypto?.subtle || !globalThis.Worker) return;
  const worker = new Worker(new URL("./proof-worker.js", import.meta.url));
  worker.addEventListener("message", (event) => {
    found(event.data);
    worker.terminate();
  });
  worker.postMessage({ name, zeroBits });
}
