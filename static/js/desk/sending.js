// The waiting lines go to the server one after the other, each until it has an answer: acknowledged,
// refused, or different from what the server has. Without an answer it is sent again, under the same
// id, so that it counts once however often it arrives.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;
const STOPPED_WAIT = 8_000;
// So often the server may break on one line before that waits aside, and the next one goes.
const MOST_BROKEN = 5;
// What says nothing of the line: the server is away, busy, or asks for a pause.
const PASSING = [0, 408, 425, 429, 502, 503, 504];

const jitter = (wait) => wait * (0.75 + Math.random() / 2);

/** The part of an entry that the server is told; `level` is what was called up when it was typed. */
const told = ({ id, line, sure, habits, parked, replaces, shown, seen, chosen, blind, typed_at }, level, fund) => ({
  client_id: id, line, sure: Boolean(sure), habits: habits ?? {}, parked: Boolean(parked),
  typed_at, fund_id_check: fund.key, ...(replaces ? { replaces } : {}), ...(shown ? { shown } : {}),
  ...(seen ? { seen, chosen: Boolean(chosen) } : {}), ...(blind ? { blind } : {}),
  ...(level === undefined ? {} : { level }),
});

/** Make the sender of a queue; it does nothing before `start()`.
 *
 * `on` has `taken(entry, answer)`, `back(entry, says)`, `differs(entry)`, `aside(entry)` and
 * `state(name, sentence)`; `works()` asks whether the server answers anything at all. `unbooked` is
 * said of a command that takes back a line which has not got there.
 */
export function sender({ queue, server, address, fund, works, unbooked, on }) {
  let leads = false;
  let busy = false;
  let wait = FIRST_WAIT;
  let timer = 0;

  function later(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(run, jitter(milliseconds));
  }

  function lost() {
    // What has met the cut once was typed ahead: nobody waits for its answer any more.
    queue.waiting().filter(({ late }) => !late).forEach((entry) => queue.change(entry, { late: true }));
    on.state("cut");
    later(wait);
    wait = Math.min(LONGEST_WAIT, wait * 2);
  }

  function stop(name, sentence) {
    on.state(name, sentence);
    // A rehearsal that became real meanwhile is another desk: the page then starts anew.
    if (name === "stopped") server.renew();
    later(STOPPED_WAIT);
  }

  function refused(entry, body) {
    if (entry.late && !entry.parked && !entry.blind && !entry.line.startsWith("/")) {
      // The teller is somewhere else by now: it is parked where all see it, to be mended. One that was
      // typed blind would be a call like any other there.
      queue.again(entry, { parked: true, says: body.message });
      return;
    }
    queue.change(entry, { state: "back", says: body.message ?? body.error ?? "", answer: body });
    on.back(entry, body);
  }

  /** Whether something was to be taken back that came back, or waits aside: another one would be. */
  const isOfUnbooked = ({ about = [] }) => about.length > 0 && queue.all().some(({ key }) => about.includes(key));

  /** What was called up; nothing, where that was to be set first and nobody has said that it was. */
  const calledUp = ({ after, level }) => (after ? null : level);

  /** Let the lines behind a command that has set a level know which one. */
  function tellFollowers({ key }, { level }) {
    queue.all().filter(({ after }) => after === key)
      .forEach((entry) => queue.change(entry, { after: undefined, level }));
  }

  /** The server breaks on a line, time and again, and on nothing else: it holds up no other one. */
  async function broke(entry) {
    const counted = { ...entry, broken: (entry.broken ?? 0) + 1 };
    queue.change(entry, { broken: counted.broken });
    if (counted.broken < MOST_BROKEN || !(await works())) {
      lost();
      return false;
    }
    queue.change(counted, { state: "aside", broken: 0, late: true });
    on.aside(entry);
    wait = FIRST_WAIT;
    return true;
  }

  /** Act on an answer; return whether the next line may go. */
  async function settle(entry, { status, body }) {
    if (status === 200 || status === 201) {
      // Before it is gone: without it they only ask.
      if ("level" in body) tellFollowers(entry, body);
      queue.remove(entry);
      on.taken(entry, body);
    } else if (status === 422 || status === 413 || status === 404) {
      refused(entry, body);
    } else if (status === 409 && (body.line || body.lines)) {
      queue.change(entry, { state: "differs", now: body.lines ?? [body.line], says: body.error });
      on.differs(entry);
    } else {
      if (status === 401) stop("signed_out");
      else if (status === 409 || status === 403) stop("stopped", body.error ?? "");
      else if (PASSING.includes(status)) lost();
      else return broke(entry);
      return false;
    }
    wait = FIRST_WAIT;
    on.state("connected");
    return true;
  }

  async function run() {
    clearTimeout(timer);
    if (!leads || busy) return;
    busy = true;
    try {
      for (let entry = queue.waiting()[0]; entry; [entry] = queue.waiting()) {
        if (isOfUnbooked(entry)) {
          refused(entry, { message: unbooked });
        } else {
          // eslint-disable-next-line no-await-in-loop -- in order, one after the other
          if (!(await settle(entry, await server.ask(address, told(entry, calledUp(entry), fund))))) return;
        }
      }
    } finally {
      busy = false;
    }
  }

  function start() {
    leads = true;
    // What was here before this page was: nobody waits for its answer. What was typed here before the
    // lead came, which takes a moment, is waited for as ever.
    queue.waiting().filter((entry) => !queue.isTypedHere(entry))
      .forEach((entry) => queue.change(entry, { late: true }));
    run();
  }

  addEventListener("online", run);
  return { start, run, get leads() { return leads; } };
}
