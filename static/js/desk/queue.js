// What was typed and is not acknowledged yet. It lies in the browser, written before Enter has come
// back, and is bound to the fund as it is now and to the teller: what was typed for a rehearsal, or
// by somebody else, is never sent from here. Tabs share it; each line has a key of its own, so that
// no tab overwrites what another one wrote.

const ROOT = "desk";
const DIGITS = 15;

const uuid = () => crypto.randomUUID?.() ?? ([1e7] + -1e3 + -4e3 + -8e3 + -1e11).replace(
  // Away from https, as on a laptop's own network, there is no randomUUID.
  /[018]/g, (digit) => (digit ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> digit / 4).toString(16),
);

const path = (...names) => [ROOT, ...names].map(encodeURIComponent).join("/");

/** Open the queue of a teller at a fund; `now()` is the server's time, and `changed(elsewhere)` is called when any tab changed it. */
export function openQueue(fund, me, now, changed) {
  const desk = `${path(fund.slug)}/`;
  const own = `${path(fund.slug, fund.key, me.key)}/`;
  const typed = new Set();
  let last = 0;

  const keys = (prefix) => Object.keys(localStorage).filter((key) => key.startsWith(prefix)).sort();

  function read(key) {
    try {
      return { ...JSON.parse(localStorage.getItem(key)), key };
    } catch {
      return null;  // another tab has just taken it away
    }
  }

  function write(key, { key: _, ...entry }) {
    localStorage.setItem(key, JSON.stringify(entry));
    changed();
  }

  /** Keep a line before anything else happens to it; raises where the browser keeps nothing. */
  function add(entry) {
    const newest = Number(keys(own).at(-1)?.slice(own.length, own.length + DIGITS) ?? 0);
    // A clock that was put back must not bring lines into another order.
    last = Math.max(last + 1, newest + 1, Date.now());
    const id = uuid();
    const key = `${own}${String(last).padStart(DIGITS, "0")}-${id}`;
    typed.add(key);
    write(key, { id, typed_at: now().toISOString(), ...entry });
    return read(key);
  }

  /** Change what is kept of a line, unless it is gone. */
  function change(entry, changes) {
    if (localStorage.getItem(entry.key) !== null) write(entry.key, { ...entry, ...changes });
  }

  /** Send it anew under another name, in the same place of the order. */
  const again = (entry, changes) => change(entry, { id: uuid(), state: undefined, ...changes });

  function remove(entry) {
    localStorage.removeItem(entry.key);
    changed();
  }

  const all = () => keys(own).map(read).filter((entry) => entry !== null && entry.id);
  const waiting = () => all().filter((entry) => !entry.state);
  const held = (state) => all().filter((entry) => entry.state === state);
  /** Whether a line was typed on this page, and not before it was loaded or in another tab. */
  const isTypedHere = ({ key }) => typed.has(key);
  /** What lies here for another teller, or for the fund before or after its rehearsal. */
  const foreign = () => keys(desk).filter((key) => !key.startsWith(own));

  function dropForeign() {
    foreign().forEach((key) => localStorage.removeItem(key));
    changed();
  }

  addEventListener("storage", (event) => {
    if (event.key === null || event.key.startsWith(desk)) changed(true);
  });

  return { add, change, again, remove, all, waiting, isTypedHere, held, foreign, dropForeign, name: own };
}
