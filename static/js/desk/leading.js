// One tab sends, so that lines go in order; the others put theirs into the shared queue. A tab that
// is closed or crashes gives the lead away by itself.

/** Call `lead()` once this tab leads. Where there are no locks every tab does: ids keep it to once. */
export function takeLead(name, lead) {
  if (!navigator.locks) {
    lead();
    return;
  }
  navigator.locks.request(name, () => {
    lead();
    return new Promise(() => {});
  });
}

/** Tell the other tabs of this desk something, and hear what they tell. */
export function between(name, hear) {
  const channel = new BroadcastChannel(name);
  channel.addEventListener("message", ({ data }) => hear(data));
  return (message) => channel.postMessage(message);
}
