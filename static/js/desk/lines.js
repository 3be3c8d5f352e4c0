// The lines, newest first, each filled in place: a thousand of them cost what has changed.

import { write as put } from "../lists.js";

const MOST = 1000;

/** Tell how a line stands by the one thing that a teller has to know of it. */
export function standing(line) {
  if (["taken_back", "parked", "blind"].includes(line.state)) return line.state;
  if (line.left?.people === 0) return "withdrawn";
  if (line.state === "second") return line.state;
  if (line.undo_asked_by) return "undo_asked";
  if (line.state === "doubt" || line.doubted_by) return "doubt";
  if (line.double_of && line.double_open !== false) return "double";
  return line.checked_by ? "checked" : "to_check";
}

/** What became of a call after it was made, by whoever keeps the pledges. */
function byTreasury({ people, total, left }, say) {
  if (left.people === 0) return say("gone");
  return left.people < people ? say("left", { people: left.people, all: people }) : say("left_amount", { amount: total.text });
}

/** What is expected of a call still; of one that is withdrawn, what it was. */
export const expected = (line) => (line.left?.people ? line.left : line);

/** What there is to say of a call beside who and how much. */
export function detail(line, say) {
  const { people, each, instalments, label, badge, note, announced, late, left } = line;
  return [
    left && byTreasury(line, say),
    standing(line) === "double" && say("same_as", { number: line.double_of }),
    people > 1 && each && say("people_each", { people, each: each.text }),
    instalments && say("in_parts", { parts: instalments }),
    announced && say("announced", { amount: announced.text }),
    line.state === "blind" && line.matches && say("matched", { number: line.matches }),
    line.replaced_by && say("replaced_by", { number: line.replaced_by }),
    late && say("late"),
    label,
    badge && say("badge", { badge }),
    note,
  ].filter(Boolean).join(" · ");
}

/** Fill a row with a line. */
export function fillLine(row, line, say, time) {
  const how = standing(line);
  const raw = !line.total;
  const source = line.paid_by ?? "promise";
  const values = {
    number: line.number,
    at: time(new Date(line.at)),
    letter: say(`letter_${source}`),
    source: say(source === "promise" ? source : `by_${source}`),
    code: line.section || "–",
    name: line.section ? line.section_name : say("nobody"),
    detail: [raw && line.raw, detail(line, say)].filter(Boolean).join(" · "),
    total: expected(line).total?.text ?? "",
    base: expected(line).base?.text ?? "",
    teller: line.teller,
    standing: say(how, { initials: line.checked_by }),
  };
  row.dataset.number = line.number;
  row.dataset.standing = how;
  row.dataset.source = source;
  row.toggleAttribute("data-raw", raw);
  Object.entries(values).forEach(([name, text]) => put(row, name, String(text)));
}

/** Keep the rows of `body`; `update(lines)` takes those that are new or have changed. */
export function lineRows(body, say, time) {
  const template = document.getElementById("desk-line").content.firstElementChild;
  const rows = new Map();
  const lines = new Map();

  function place(line) {
    let row = rows.get(line.number);
    if (!row) {
      row = template.cloneNode(true);
      rows.set(line.number, row);
      const older = [...body.children].find(({ dataset }) => Number(dataset.number) < line.number);
      body.insertBefore(row, older ?? null);
    }
    fillLine(row, line, say, time);
    // What the second keyer typed as the first one had it is that line's tick, and no line beside it.
    row.hidden = line.state === "blind" && Boolean(line.matches) && !line.mine;
  }

  function update(changed) {
    [...changed].sort((one, other) => one.number - other.number).forEach((line) => {
      // An answer that was overtaken by a newer state is not worth a look.
      if ((lines.get(line.number)?.version ?? 0) > line.version) return;
      lines.set(line.number, line);
      place(line);
    });
    while (body.children.length > MOST) {
      const oldest = Number(body.lastElementChild.dataset.number);
      body.lastElementChild.remove();
      rows.delete(oldest);
      lines.delete(oldest);
    }
  }

  const all = () => [...lines.values()].sort((one, other) => one.number - other.number);
  return { update, all, get: (number) => lines.get(number), get isEmpty() { return lines.size === 0; } };
}

/** Keep the rows of what waits, as it was typed. */
export function waitingRows(body, say, time) {
  const template = document.getElementById("desk-line").content.firstElementChild;
  return function draw(entries) {
    const rows = entries.map((entry) => {
      const row = template.cloneNode(true);
      const how = { aside: "not_taken" }[entry.state] ?? (entry.state ? "came_back" : "waiting");
      row.dataset.standing = how;
      row.toggleAttribute("data-raw", true);
      put(row, "at", time(new Date(entry.typed_at)));
      put(row, "detail", entry.says ? `${entry.line}   ${entry.says}` : entry.line);
      put(row, "standing", say(how));
      return row;
    });
    body.replaceChildren(...rows.reverse());
  };
}
