// A line to which the server gives no answer but its own mistake, while it answers all else: it was
// set aside, so that it holds up no other one, and its teller says what becomes of it.

import { write as put } from "../lists.js";

/** Make the choice; `again()` sends all of them, `park(entry)` and `away(entry)` are of one. */
export function refused({ box, say, again, park, away, closed }) {
  let entry = null;
  let really = false;

  function show(entries) {
    if (entries[0]?.key !== entry?.key) really = false;
    [entry] = entries;
    box.hidden = !entry;
    if (!entry) return;
    put(box, "aside-says", say(really ? "aside_really" : "aside", { number: entries.length }));
    put(box, "aside-line", entry.line);
    box.querySelector('[data-does="aside-park"]').hidden = entry.line.startsWith("/");
  }

  function close(act) {
    act(entry);
    closed();
  }

  const does = {
    "aside-again": () => close(again),
    "aside-park": () => entry.line.startsWith("/") || close(park),
    "aside-away"() {
      if (really) close(away);
      else put(box, "aside-says", say("aside_really"));
      really = !really;
    },
  };

  Object.entries(does).forEach(([name, act]) => box.querySelector(`[data-does="${name}"]`).addEventListener("click", act));
  box.addEventListener("keydown", (event) => {
    const act = { 1: "aside-again", 2: "aside-park", 3: "aside-away" }[event.key];
    if (act) does[act]();
    else if (event.key === "Escape") closed();
    else return;
    event.preventDefault();
  });
  return { show, focus: () => box.querySelector("button").focus() };
}
