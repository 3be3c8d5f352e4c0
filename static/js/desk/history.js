// The teller's earlier lines, newest last. They stay in this page: labels are people's names.

const MOST = 200;

/** Make a history; `go(step, now)` returns the line to show, or null at its end. */
export function history() {
  let lines = [];
  let at = 0;
  let typed = "";

  function add(line) {
    lines = [...lines.filter((known) => known !== line), line].slice(-MOST);
    leave();
  }

  /** Know the lines that the server has from before this page. */
  function remember(earlier) {
    lines = [...earlier.filter((line) => !lines.includes(line)), ...lines].slice(-MOST);
    leave();
  }

  function leave() {
    at = lines.length;
    typed = "";
  }

  function go(step, now) {
    const next = at + step;
    if (next < 0 || next > lines.length) return null;
    if (at === lines.length) typed = now;
    at = next;
    return at === lines.length ? typed : lines[at];
  }

  return { add, remember, leave, go };
}
