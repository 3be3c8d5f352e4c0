// The truth as it changes: a stream says that there is a newer version, the state is then asked for.
// A watchdog of our own, and asking without a stream, as on the hall's screen; and a question every
// few seconds in any case, by which the operator knows that this desk is there and what waits in it.

const SILENCE = 15_000;
const PRESENCE = 5_000;
const ALONE = 2_000;
// Ten tellers at once make ten versions a second: each page takes them a few at a time.
const GATHER = 60;
const REST = 300;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;

const jitter = (wait) => wait * (0.75 + Math.random() / 2);

/** Follow a desk. `question(version)` is the address of the state since then; `show(state)` gets it. */
export function follow({ server, stream, question, version, show, touch }) {
  let known = version;
  let told = version;
  let source = null;
  let streaming = false;
  let wait = FIRST_WAIT;
  let retry = 0;
  let watch = 0;
  let timer = 0;
  let due = 0;
  let asking = false;
  let asked = -REST;

  function alive() {
    clearTimeout(watch);
    watch = setTimeout(again, SILENCE);
    streaming = true;
    wait = FIRST_WAIT;
  }

  function again() {
    streaming = false;
    source?.close();
    source = null;
    clearTimeout(retry);
    retry = setTimeout(open, jitter(wait));
    wait = Math.min(LONGEST_WAIT, wait * 2);
    soon(0);
  }

  function heard(event) {
    alive();
    if (!event.data) return;
    told = Math.max(told, JSON.parse(event.data).version ?? 0);
    if (told > known) soon(soonest());
  }

  function open() {
    clearTimeout(watch);
    watch = setTimeout(again, SILENCE);
    source = new EventSource(stream);
    source.addEventListener("open", alive);
    ["message", "version", "beat"].forEach((name) => source.addEventListener(name, heard));
    source.addEventListener("error", () => {
      streaming = false;
      if (source?.readyState === EventSource.CLOSED) again();
    });
  }

  /** Ask by then at the latest; what is due earlier stays. */
  function soon(milliseconds) {
    const at = performance.now() + milliseconds;
    if (timer && due <= at) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(ask, milliseconds);
  }

  const soonest = () => Math.max(GATHER, asked + REST - performance.now());

  async function ask() {
    timer = 0;
    if (asking) {
      soon(100);
      return;
    }
    asking = true;
    asked = performance.now();
    const { status, body } = await server.ask(question(known));
    asking = false;
    touch(status);
    if (status === 200) {
      known = body.version;
      show(body);
    }
    const next = streaming ? PRESENCE : ALONE;
    soon(told > known && status === 200 ? soonest() : jitter(next));
  }

  addEventListener("online", () => soon(0));
  document.addEventListener("visibilitychange", () => document.hidden || soon(0));
  open();
  soon(PRESENCE);
  return { now: () => soon(0) };
}
