// A line meets another one that was changed meanwhile: the teller sees both, and chooses.

import { write as put } from "../lists.js";
import { detail, expected, standing } from "./lines.js";

// What is to be known of a line beside whose it is.
const SAYS = { taken_back: "taken_back_now", withdrawn: "withdrawn", second: "second", undo_asked: "undo_asked", doubt: "doubt" };

/** Make the choice; `mine(entry)` sends it all the same, `theirs(entry)` leaves what is there. */
export function differs({ box, say, mine, theirs, closed }) {
  let entry = null;

  const told = (line) => [
    `${line.number}`, line.section_name || say("nobody"), expected(line).total?.text ?? line.raw, detail(line, say),
    say(SAYS[standing(line)] ?? "by_teller", { initials: line.teller }),
  ].filter(Boolean).join(" · ");

  /** What one's own would do: stand instead of what replaced the line, or be booked once more. */
  function effect([first, ...others]) {
    if (first?.state !== "taken_back") return "";
    let last = first;
    for (let next = last; next; next = others.find(({ number }) => number === last.replaced_by)) last = next;
    return last.state === "taken_back" ? say("mine_anew") : say("mine_instead", { number: last.number });
  }

  function show(entries) {
    [entry] = entries;
    box.hidden = !entry;
    if (!entry) return;
    put(box, "differs-error", entry.says ?? "");
    put(box, "differs-mine", entry.line);
    put(box, "differs-now", entry.now.map(told).join("; "));
    put(box, "differs-effect", effect(entry.now));
  }

  function choose(act) {
    const chosen = entry;
    act(chosen);
    closed();
  }

  box.querySelector('[data-does="mine"]').addEventListener("click", () => choose(mine));
  box.querySelector('[data-does="theirs"]').addEventListener("click", () => choose(theirs));
  box.addEventListener("keydown", (event) => {
    const act = { 1: mine, 2: theirs }[event.key];
    if (act) choose(act);
    else if (event.key === "Escape") closed();
    else return;
    event.preventDefault();
  });
  return { show, focus: () => box.querySelector("button").focus() };
}
