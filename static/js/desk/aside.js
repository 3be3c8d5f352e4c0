// What the hall sees beside the truth, who types, and who was not called yet.

import { fillList, write as put } from "../lists.js";
import { spell } from "../number.js";

// Seconds after which a teller counts as away.
const SILENT = 10;
const TITLES = { hold: "hall_held", blank: "hall_blank", reveal: "hall_reveal" };

/** Make the part beside the lines; `draw(state)` shows a state of the desk. */
export function aside(box, { say, money, currency, time }) {
  const whole = (minor) => money.whole(Math.max(0, minor), currency);
  const sum = (found) => (found?.text ?? whole(found ?? 0));
  const numeral = box.querySelector("[data-numeral]");

  function drawHall({ headline, mode, since }) {
    const title = TITLES[mode] ?? "hall_live";
    const at = since ? time(new Date(since)).slice(0, 5) : "";
    put(box, "hall-title", say(title === "hall_held" && !at ? "hall_live" : title, { time: at }));
    spell(numeral, money.count(money.units(headline, currency)));
    put(box, "hall-number", whole(headline));
  }

  function drawSums(truth, open) {
    const sums = {
      unconfirmed: whole(truth.unconfirmed),
      "to-check": open.to_check.count,
      doubles: open.doubles,
      parked: open.parked,
      second: open.second,
      undo: open.undo_asked ?? 0,
      doubt: open.doubt ?? 0,
      late: open.late ?? 0,
      blind: open.blind ?? 0,
      overlap: sum(open.overlap),
    };
    put(box, "true", whole(truth.headline));
    Object.entries(sums).forEach(([name, value]) => {
      put(box, name, String(value));
      const row = box.querySelector(`[data-sum="${name}"]`);
      row?.querySelector("dd").toggleAttribute("data-many", Boolean(value) && name in { doubles: 1, doubt: 1, undo: 1 });
      // What is rare has a line only while there is any.
      if (row && "rare" in row.dataset) row.hidden = !value;
    });
  }

  function drawTellers(tellers) {
    const shown = tellers.map((teller) => ({ ...teller, key: teller.initials + teller.name }));
    fillList(box.querySelector("[data-tellers]"), shown, "desk-teller", (row, teller) => {
      const { name, count, waiting, seen_ago: ago } = teller;
      const away = ago === null || ago > SILENT;
      row.toggleAttribute("data-away", away);
      row.toggleAttribute("data-behind", waiting > 0);
      put(row, "here", say(away ? "teller_away" : "teller_here"));
      const words = waiting > 0 ? say("teller", { name, number: waiting }) : name;
      put(row, "name", away ? say("teller_gone", { name: words }) : words);
      put(row, "count", count ? money.count(count) : "–");
    });
  }

  return function draw(state) {
    drawHall(state.hall);
    drawSums(state.true, state.open);
    drawTellers(state.tellers);
    const codes = [...state.not_called].sort();
    put(box, "not-called-title", say("not_called", { number: codes.length }));
    put(box, "not-called", codes.join(" "));
    box.querySelector("[data-not-called-part]").hidden = codes.length === 0;
  };
}
