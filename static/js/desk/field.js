// The field: keys alone, none with Ctrl or Alt. Enter sends what is clear and asks about what is not;
// only a digit that answers a question chooses anything.

import { echo } from "./echo.js";
import { history } from "./history.js";
import { reader } from "./reading.js";

const WAYS = new Set(["cash", "bank", "card", "cheque", "check"]);

/** The word that names the section, where the server has not said it yet. */
const sectionWord = (line) => line.split(/\s+/).find((word) => /^(\?|\p{L}[\p{L}\d-]*)$/u.test(word) && !WAYS.has(word.toLowerCase())) ?? "";

/** Make the field. `submit(entry)` keeps a line or returns false; `mend()` gives one to be mended;
 * `noted(line, number)` hears of whatever stands in the field, and which line that mends; `calledUp()`
 * says what is called up: what it was when a line was read is sent with it. */
export function field({ input, box, mends, say, server, address, submit, mend, drop, noted, calledUp, told }) {
  const reading = reader(server, address, (verdict) => {
    asks = wantsToAsk && verdict?.kind === "question";
    wantsToAsk = false;
    shown.draw(verdict, asks, verdict === null);
  });
  const shown = echo(box, say, pick);
  const past = history();
  let asks = false;
  let wantsToAsk = false;
  let meant = {};
  let called = {};
  let mending = null;
  let kept = "";

  const line = () => input.value.trim();

  function mark(target) {
    mending = target;
    mends.hidden = !target;
    noted(line(), target?.number ?? target?.replaces);
    if (target) mends.textContent = target.number ? say("mends", target) : say("mends_own");
  }

  /** Put a line into the field, with what is already known to be meant by it, and was called up. */
  function put(text, what = {}, ask = false, was = calledUp()) {
    input.value = text;
    input.setSelectionRange(text.length, text.length);
    meant = what;
    changed(ask, was);
  }

  function changed(ask = false, was = calledUp()) {
    called = was;
    asks = false;
    wantsToAsk = ask;
    noted(line(), mending?.number ?? mending?.replaces);
    if (line()) shown.stale();
    else shown.draw(null);
    reading.read(line(), meant, called.level);
  }

  function clear(prefix = "") {
    mark(null);
    past.leave();
    kept = prefix;
    put(prefix);
  }

  function pick(choice) {
    put(choice.line, { sure: choice.sure, habits: choice.habits });
    input.focus();
  }

  function take(parked, keep) {
    const verdict = reading.known();
    const text = line();
    const section = verdict?.echo?.section_name ? verdict.echo.section || "?" : sectionWord(text);
    if (!submit({ line: text, ...meant, parked, called }, mending)) return;
    past.add(text);
    clear(keep && section ? `${section} ` : "");
  }

  function send(keep) {
    const verdict = reading.known();
    if (!line()) {
      if (mending && !mending.number) drop(mending);
      clear();
    } else if (asks) {
      told(verdict.message);
    } else if (verdict?.kind === "question") {
      asks = true;
      shown.draw(verdict, true);
      told(verdict.message);
    } else if (verdict?.kind === "refusal") {
      told(verdict.message);
    } else {
      take(false, keep);
    }
  }

  function earlier(step) {
    const text = past.go(step, input.value);
    if (text === null) return;
    mark(null);
    put(text);
  }

  /** What was called up for a line that came back; what a command was to set never was. */
  const before = ({ after, level }) => (after ? { level: null } : level === undefined ? calledUp() : { level });

  function takeUp() {
    const found = mend(mending);
    if (!found) return;
    mark(found);
    put(found.line, {}, true, before(found));
  }

  function escape() {
    if (!asks) {
      clear();
      return;
    }
    asks = false;
    shown.draw(reading.known());
  }

  const does = {
    Enter: (event) => send(event.shiftKey),
    Escape: escape,
    ArrowUp: (event) => (event.shiftKey ? takeUp() : earlier(-1)),
    ArrowDown: () => earlier(1),
    // With nothing to park, Tab goes on through the page as everywhere.
    Tab: (event) => (line() && !event.shiftKey ? take(true, false) : true),
  };

  function answer(event) {
    const choice = reading.known()?.choices?.find(({ key }) => String(key) === event.key);
    if (choice) pick(choice);
    return !(choice || event.key.length === 1 || event.key === "Backspace");
  }

  function pressed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    // A key that is held down sends one line, not twenty.
    if (event.repeat && (event.key === "Enter" || event.key === "Tab")) {
      event.preventDefault();
      return;
    }
    // A question is open: nothing is typed into the line before Esc goes back to it.
    const act = asks && !(event.key in does) ? answer : does[event.key];
    if (act && act(event) !== true) event.preventDefault();
  }

  input.addEventListener("keydown", pressed);
  input.addEventListener("input", () => {
    meant = {};
    changed();
  });

  /** A line came back while the field is free: it is put there, and asks at once. */
  function giveBack(entry) {
    if (line() && input.value !== kept) return false;
    mark(entry);
    put(entry.line, { sure: entry.sure, habits: entry.habits }, true, before(entry));
    return true;
  }

  return {
    send, clear, earlier, park: () => does.Tab({}), giveBack, put, remember: past.remember,
    focus: () => input.focus(), get isEmpty() { return !line(); },
  };
}
