// The newest snapshot, whatever the network does: a stream with a watchdog of our own, and polling
// where there is no stream. EventSource never comes back after 204, 429 or 503, so we do.

const SILENCE = 15_000;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 60_000;

const jitter = (wait) => wait * (0.75 + Math.random() / 2);

/** Follow a fund. `show(snapshot)` gets each newer version, `fresh(known)` whether we are in touch.
 *
 * With `stream` the server tells us, and we poll only while it does not; without, we poll always.
 */
export function follow({ addresses, version, stream = true, every = 2_000, show, fresh }) {
  let last = version;
  let source = null;
  let wait = FIRST_WAIT;
  let etag = null;
  let polling = 0;
  let retry = 0;
  let watch = 0;

  function heard() {
    clearTimeout(watch);
    watch = setTimeout(lost, SILENCE);
    fresh(true);
  }

  function accept(snapshot) {
    // Absolute and versioned: what is older, or known, is not worth a look.
    if (snapshot.version <= last) return;
    last = snapshot.version;
    show(snapshot);
  }

  function lost() {
    fresh(false);
    if (!stream) return;
    close();
    poll();
    again();
  }

  function close() {
    source?.close();
    source = null;
  }

  function again() {
    clearTimeout(retry);
    retry = setTimeout(open, jitter(wait));
    wait = Math.min(LONGEST_WAIT, wait * 2);
  }

  function open() {
    close();
    source = new EventSource(addresses.stream);
    const alive = () => {
      wait = FIRST_WAIT;
      stopPolling();
      heard();
    };
    source.addEventListener("open", alive);
    source.addEventListener("beat", alive);
    source.addEventListener("snapshot", (event) => {
      alive();
      accept(JSON.parse(event.data));
    });
    source.addEventListener("error", () => {
      poll();
      // A stream that ended by itself is opened again by the browser; one that was refused is not.
      if (source?.readyState === EventSource.CLOSED) again();
    });
  }

  function stopPolling() {
    clearTimeout(polling);
    polling = 0;
  }

  function poll() {
    if (!polling) polling = setTimeout(ask, 0);
  }

  async function ask() {
    let next = every;
    try {
      const answer = await fetch(addresses.total, {
        headers: etag ? { "If-None-Match": etag } : {},
        cache: "no-store",
        signal: AbortSignal.timeout(SILENCE),
      });
      if (answer.ok) {
        etag = answer.headers.get("ETag");
        accept(await answer.json());
      }
      if (answer.ok || answer.status === 304) heard();
      else next = 1000 * (Number(answer.headers.get("Retry-After")) || 10);
    } catch {
      next = every * 2;
    }
    // Nobody looks at a page in the background; it asks at once when it comes back.
    if (polling) polling = document.hidden && !stream ? 0 : setTimeout(ask, jitter(next));
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    if (stream && !source) open();
    else if (!stream) poll();
  });

  watch = setTimeout(lost, SILENCE);
  if (stream) open();
  else polling = setTimeout(ask, jitter(every));
}
