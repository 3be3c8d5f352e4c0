// The desk: what is typed is kept at once, sent in order, and shown as the server has it.

import { write as put } from "../lists.js";
import { writer } from "../money.js";
import { speaker } from "../words.js";
import { aside } from "./aside.js";
import { differs } from "./differs.js";
import { field } from "./field.js";
import { follow } from "./following.js";
import { foreign } from "./foreign.js";
import { help } from "./help.js";
import { between, takeLead } from "./leading.js";
import { calling, setsLevel } from "./level.js";
import { lineRows, waitingRows } from "./lines.js";
import { paste } from "./paste.js";
import { openQueue } from "./queue.js";
import { refused } from "./refused.js";
import { sender } from "./sending.js";
import { handed, openServer } from "./server.js";
import { seenLines, undone } from "./seen.js";
import { head } from "./standing.js";

const find = (query) => document.querySelector(query);
const data = handed();
const fund = { slug: data.fund, key: data.key };
const say = speaker(data.words);
const server = openServer(data);
const queue = openQueue(fund, data.me, () => top.now(), (elsewhere) => {
  drawQueue();
  if (elsewhere) sending.run();
});
// What the server does not have, whether it is sent at the moment or not.
const unsent = () => queue.waiting().length + queue.held("aside").length;
const top = head(data, say, unsent);
const lines = lineRows(find("[data-lines]"), say, top.time);
const seen = seenLines(lines);
const drawWaiting = waitingRows(find("[data-queue]"), say, top.time);
const drawAside = aside(find("[data-aside]"), {
  say, money: writer(data.money), currency: data.currency, time: top.time,
});
const others = foreign(find("[data-foreign]"), queue, say);
const tellOthers = between(queue.name, (changed) => blind || lines.update(changed));
// The second of two keyers sees nobody else's lines: what she types is what she heard.
const blind = data.state.settings.two_keyers && new URLSearchParams(location.search).has("blind");
let version = data.state.version;
const level = calling(queue, data.state.level);

const isMe = ({ initials, name }) => initials === data.me.initials && name === data.me.name;
const tell = (words) => put(document, "told", words);

/** What of the lines that wait here a command is to take back. */
const about = (line) => (undone(line) ? { about: queue.waiting().slice(-undone(line)).map(({ key }) => key) } : {});

/** Keep lines before anything else happens; where that fails all of them stay in the field. */
function keep(entries, instead) {
  // One that came back mends what it was to mend.
  const number = instead?.number ?? instead?.replaces;
  const kept = [];
  try {
    entries.forEach(({ called = level.now(), ...entry }) => kept.push(queue.add({
      ...entry,
      ...(number ? { replaces: number } : {}),
      ...(number || entry.line.startsWith("/") ? { shown: version, seen: seen.note(entry.line, number) } : {}),
      ...about(entry.line),
      ...(entry.line.startsWith("/") ? {} : kept.some(setsLevel) ? level.now(kept) : level.then(called)),
      ...(blind ? { blind } : {}),
    })));
  } catch (problem) {
    const full = problem.name === "QuotaExceededError" && localStorage.length > 0;
    // Those before it would be sent, and once more with the others.
    kept.forEach(queue.remove);
    tell(say(full ? "full" : "not_kept"));
    top.set("stopped", say(full ? "full" : "not_kept"));
    return false;
  }
  if (instead?.key) queue.remove(instead);
  sending.run();
  return true;
}

const sending = sender({
  queue,
  server,
  address: data.urls.lines,
  fund,
  works: async () => (await server.ask(`${data.urls.state}?after=${version}&waiting=${unsent()}`)).status === 200,
  unbooked: say("undo_unbooked"),
  on: {
    taken(entry, answer) {
      const { line, changed = [] } = answer;
      level.taken(entry, answer);
      const all = line ? [line, ...changed] : changed;
      lines.update(blind ? all.filter(({ mine }) => mine) : all);
      tellOthers(all);
      drawNone();
      if (entry.parked && entry.says) tell(say("parked_late", { number: line.number, sentence: entry.says }));
      else if (line?.total) tell(say("counted", { number: line.number, name: line.section_name || say("nobody"), amount: line.total.text }));
      else tell(say(line ? "counted_bare" : "done", { number: line?.number, line: entry.line }));
    },
    back(entry, { message, error }) {
      tell(say("back", { sentence: message ?? error ?? "" }));
      typed.giveBack(entry);
    },
    differs() {
      if (typed.isEmpty) choice.focus();
    },
    aside({ line }) {
      tell(say("told_aside", { line }));
      if (typed.isEmpty) setAside.focus();
    },
    state: top.set,
  },
});

function goOn() {
  sending.run();
  typed.focus();
}

const choice = differs({
  box: find("[data-differs]"),
  say,
  // What was shown of it holds from here on, and of nothing that comes after.
  mine: (entry) => queue.again(entry, {
    seen: { ...entry.seen, ...Object.fromEntries(entry.now.map(({ number, version: now }) => [number, now])) },
    chosen: true,
    now: undefined,
    says: undefined,
  }),
  theirs: queue.remove,
  closed: goOn,
});

const setAside = refused({
  box: find("[data-set-aside]"),
  say,
  // Under the same id: it may have been booked before the server broke, and counts once.
  again: () => queue.held("aside").forEach((entry) => queue.change(entry, { state: undefined })),
  park: (entry) => queue.change(entry, { state: undefined, parked: true }),
  away: queue.remove,
  closed: goOn,
});

/** What came back last, or the newest of one's own lines that is parked. */
function toMend(before) {
  // What the desk does not take any more can be looked at, and thrown away, as well.
  const refused = document.body.dataset.state === "stopped" ? queue.waiting() : [];
  const back = [...queue.held("back"), ...refused].reverse();
  // One's own first, the newest before older ones.
  const parked = lines.all().filter(({ state }) => state === "parked").reverse()
    .sort((one, other) => Number(other.mine) - Number(one.mine))
    .map(({ number, raw }) => ({ number, line: raw.replace(/^\s*~\s*|\s+~(?=\s|$)/, "") }));
  const all = [...back, ...parked];
  const at = all.findIndex(({ key, number }) => (before?.number ? number === before.number : key && key === before?.key));
  return all[(at + 1) % all.length];
}

const typed = field({
  input: find("[data-input]"),
  box: find("[data-echo]"),
  mends: find('[data-field="mends"]'),
  say,
  server,
  address: data.urls.read,
  submit: (entry, instead) => keep([entry], instead),
  mend: toMend,
  drop: queue.remove,
  noted: seen.note,
  calledUp: level.now,
  told: tell,
});

const pasted = paste({
  box: find("[data-paste]"), say, server, address: data.urls.read, submit: keep, calledUp: level.now,
});

function drawNone() {
  find("[data-none]").hidden = !(lines.isEmpty && queue.all().length === 0);
}

function drawQueue() {
  drawWaiting(queue.all());
  choice.show(queue.held("differs"));
  setAside.show(queue.held("aside"));
  others();
  top.draw();
  drawNone();
}

function show(state) {
  version = state.version;
  level.show(state);
  lines.update(blind ? state.lines.filter(({ mine }) => mine) : state.lines);
  find("[data-way-blind]").hidden = !state.settings.two_keyers || blind;
  // Of this desk nobody knows better what waits than this page.
  const tellers = state.tellers.map((teller) => (isMe(teller) ? { ...teller, waiting: unsent() } : teller));
  drawAside({ ...state, tellers });
  top.settings(state);
  drawNone();
}

help(find("[data-help]"), typed.focus);
find("[data-input]").addEventListener("paste", (event) => {
  const text = event.clipboardData.getData("text");
  if (!/[\r\n]/.test(text.trim())) return;
  event.preventDefault();
  pasted.open(text);
});
// Before the field's own keys: the table of pasted lines is in front of it.
document.addEventListener("keydown", (event) => pasted.isOpen && pasted.press(event), true);
// Whoever types means the field, wherever the focus was left.
document.addEventListener("keydown", ({ key, target, ctrlKey, altKey, metaKey }) => {
  const elsewhere = target === document.body || target.matches("[data-rows]");
  if (elsewhere && key.length === 1 && !ctrlKey && !altKey && !metaKey) typed.focus();
});
const does = {
  send: () => typed.send(false),
  keep: () => typed.send(true),
  park: typed.park,
  earlier: () => typed.earlier(-1),
  clear: () => typed.clear(),
  undo: () => typed.put("/undo"),
  help: () => find("[data-help]").showModal(),
};
document.querySelectorAll(".desk-foot [data-does]").forEach((button) => button.addEventListener("click", () => {
  typed.focus();
  does[button.dataset.does]();
}));

document.body.toggleAttribute("data-blind", blind);
show(data.state);
drawQueue();
typed.remember(lines.all().filter(({ mine, raw }) => mine && raw).map(({ raw }) => raw));
if (navigator.locks) top.set("following");
takeLead(queue.name, () => {
  top.set("connected");
  sending.start();
});
follow({
  server,
  stream: data.urls.stream,
  question: (after) => `${data.urls.state}?after=${after}&waiting=${unsent()}${blind ? "&blind=1" : ""}`,
  version,
  show(state) {
    top.setClock(state.now);
    show(state);
    // Whoever signed in again, or is back in touch, does not wait for the next try.
    if (!sending.leads) top.set("following");
    else if (queue.waiting().length) sending.run();
    else top.set("connected");
  },
  touch(status) {
    top.touch(status !== 0 && status < 500);
    if (status === 401) top.set("signed_out");
  },
});
