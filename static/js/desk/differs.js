// A line meets another one that was changed meanwhile: the teller sees both, and chooses.

import { write as put } from "../lists.js";
import { detail } from "./lines.js";

/** Make the choice; `mine(entry)` sends it all the same, `theirs(entry)` leaves what is there. */
export function differs({ box, say, mine, theirs, closed }) {
  let entry = null;

  const told = (line) => [
    `${line.number}`, line.section_name || say("nobody"), line.total?.text ?? line.raw, detail(line, say),
    say(line.state === "taken_back" ? "taken_back_now" : "by_teller", { initials: line.teller }),
  ].filter(Boolean).join(" · ");

  function show(entries) {
    [entry] = entries;
    box.hidden = !entry;
    if (!entry) return;
    put(box, "differs-error", entry.says ?? "");
    put(box, "differs-mine", entry.line);
    put(box, "differs-now", entry.now.map(told).join("; "));
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
