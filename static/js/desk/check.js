// The second person: the oldest line first, confirmed as it stands on this screen or not at all.

import { fillList, write as put } from "../lists.js";
import { writer } from "../money.js";
import { speaker } from "../words.js";
import { follow } from "./following.js";
import { detail, expected, fillLine, standing } from "./lines.js";
import { handed, openServer } from "./server.js";
import { head } from "./standing.js";

const MOST_AT_ONCE = 20;
const TRY_AGAIN = 2_000;
const LOOK = 800;
const MOST_BROKEN = 5;

const find = (query) => document.querySelector(query);
const data = handed();
const say = speaker(data.words);
const money = writer(data.money);
const server = openServer(data);
const card = find("[data-card]");
let lines = toCheck(data.check);
let here = null;
let busy = false;
let changedAt = 0;

const top = head(data, say, () => 0);
const tell = (words) => put(document, "told", words);
const current = () => lines.find(({ number }) => number === here) ?? lines[0];
const batch = () => lines.filter((line) => standing(line) === "to_check").slice(0, MOST_AT_ONCE);

/** Nobody checks their own; what somebody doubted already comes last. */
function toCheck(found) {
  const open = found.filter((line) => !line.mine && !["taken_back", "withdrawn"].includes(standing(line)));
  const doubted = (line) => Number(standing(line) === "doubt");
  return open.sort((one, other) => doubted(one) - doubted(other) || one.number - other.number);
}

function drawCard(line) {
  card.hidden = !line;
  if (!line) return;
  const how = standing(line);
  const source = line.paid_by ?? "promise";
  const { people, each, instalments } = line;
  const { total, base } = expected(line);
  const values = {
    number: line.number,
    at: top.time(new Date(line.at)),
    by: say("by_teller", { initials: line.teller }),
    standing: how === "to_check" ? "" : say(how, { initials: line.checked_by }),
    name: line.section ? line.section_name : say("nobody"),
    people: people > 1 && each && !line.left ? `${say("people_each", { people, each: each.text })} =` : "",
    total: total?.text ?? "",
    base: base && base.currency !== total?.currency ? say("about", { amount: base.text }) : "",
    source: say(source === "promise" ? source : `by_${source}`),
    detail: detail(line.left ? line : { ...line, people: 1, instalments }, say),
    raw: line.raw ?? "",
  };
  card.dataset.source = source;
  Object.entries(values).forEach(([name, text]) => put(card, name, String(text)));
}

function draw() {
  const chosen = current();
  const marked = new Set(batch());
  drawCard(chosen);
  fillList(find("[data-lines]"), lines.map((line) => ({ ...line, key: line.number })), "desk-line", (row, line) => {
    fillLine(row, line, say, top.time);
    row.toggleAttribute("data-here", line.number === chosen?.number);
    row.toggleAttribute("data-marked", [...marked].some(({ number }) => number === line.number));
  });
  find("[data-none]").hidden = lines.length > 0;
  const sum = batch().reduce((total, line) => total + (expected(line).base?.minor ?? 0), 0);
  put(document, "left", say("check_left", { number: money.count(lines.length) }));
  put(document, "batch", say("check_batch", { number: marked.size, amount: money.exact(sum, data.currency) }));
  find("[data-batch]").hidden = marked.size === 0;
}

const GONE = { taken_back: "taken_back_now", withdrawn: "by_treasury" };

function amount(line) {
  const gone = GONE[standing(line)];
  return gone ? say(gone) : `${line.section || "–"} ${expected(line).total?.text ?? line.raw}`;
}

/** Say what was changed since it was shown; nothing was confirmed. */
function changed(seen, now) {
  const words = now.map((line) => {
    const before = seen.find(({ number }) => number === line.number);
    return `${line.number}: ${say("check_was", { before: before ? amount(before) : "–", after: amount(line) })}`;
  });
  show(words.join(" "));
  const newer = new Map(now.map((line) => [line.number, line]));
  lines = toCheck(lines.map((line) => newer.get(line.number) ?? line));
  draw();
}

function show(words) {
  const box = find('[data-field="changed"]');
  box.hidden = !words;
  box.textContent = words;
}

async function send(body, tries = 1) {
  const { status, body: answer } = await server.ask(data.urls.check, body);
  if (status !== 0 && status < 500) return { status, answer };
  // The server breaks on these lines: others can be looked at.
  if (status === 500 && tries === MOST_BROKEN) return { status, answer: { error: say("check_broken") } };
  top.set("cut");
  show(say("check_failed"));
  await new Promise((go) => { setTimeout(go, TRY_AGAIN); });
  return send(body, tries + 1);
}

/** Give a verdict on lines as they are shown, and on no other version of them. */
async function judge(seen, verdict) {
  if (busy || !seen.length || Date.now() - changedAt < LOOK) return;
  busy = true;
  const shown = seen.map(({ number, version }) => ({ number, version }));
  const id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  const { status, answer } = await send({ client_id: id, lines: shown, verdict });
  busy = false;
  top.set(status === 401 ? "signed_out" : "connected");
  if (status === 409 && answer.lines) {
    changed(seen, answer.lines);
    return;
  }
  show(status === 200 ? "" : answer.error ?? "");
  if (status !== 200) return;
  const done = new Set(seen.map(({ number }) => number));
  // What is doubted stays to be looked at, by somebody else or later.
  const rest = lines.filter(({ number }) => !done.has(number));
  lines = toCheck(verdict === "doubt" ? [...rest, ...answer.changed] : rest);
  here = null;
  const numbers = [...done].join(", ");
  tell(say(verdict === "doubt" ? "check_doubted" : "check_done", { numbers }));
  draw();
  following.now();
}

function step(by) {
  const at = lines.indexOf(current());
  here = lines[Math.min(Math.max(at + by, 0), lines.length - 1)]?.number ?? null;
  draw();
}

const one = (verdict) => () => current() && judge([current()], verdict);
const does = {
  confirm: one("confirm"),
  doubt: one("doubt"),
  undo: () => standing(current() ?? {}) === "undo_asked" && judge([current()], "undo"),
  batch: () => judge(batch(), "confirm"),
  next: () => step(1),
  before: () => step(-1),
};
const KEYS = { Enter: "confirm", x: "doubt", u: "undo", ArrowDown: "next", ArrowUp: "before" };

addEventListener("keydown", (event) => {
  const link = event.target.closest("a, button");
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || (link && event.key === "Enter")) return;
  const name = event.key === "Enter" && event.shiftKey ? "batch" : KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!name) return;
  event.preventDefault();
  does[name]();
});
document.querySelectorAll(".desk-foot [data-does]").forEach((button) => {
  button.addEventListener("click", () => does[button.dataset.does]());
});

top.settings(data.state);
top.draw();
draw();
const following = follow({
  server,
  stream: data.urls.stream,
  question: () => data.urls.check,
  version: data.state.version,
  show(found) {
    if (busy) return;
    const seen = current();
    lines = toCheck(found.lines);
    top.set("connected");
    const now = lines.find(({ number }) => number === seen?.number);
    // A line that changes under the eyes is not confirmed by a finger that was on its way.
    if (now && now.version !== seen.version) {
      here = now.number;
      changedAt = Date.now();
      changed([seen], [now]);
    }
    draw();
  },
  touch(status) {
    top.touch(status !== 0 && status < 500);
    if (status === 401) top.set("signed_out");
  },
});
