// Many lines at once: what each means is shown before any is sent. One Enter sends the good ones and
// parks the others, in their order.

import { write as put } from "../lists.js";

const MOST = 200;
const AT_ONCE = 4;
const VERDICTS = { call: "good", command: "good", question: "question", refusal: "refusal" };

/** What a verdict says of a line, in one. */
function saying(verdict) {
  if (verdict?.kind === "call") {
    const { section_name: name, total, base } = verdict.echo;
    return [name, total?.text, base && base.currency !== total?.currency && `≈ ${base.text}`].filter(Boolean).join(" · ");
  }
  return verdict?.kind === "command" ? verdict.echo : verdict?.message ?? "";
}

/** Make the table of pasted lines; `submit(entries)` keeps them or returns false; `calledUp()` says
 * what is called up. */
export function paste({ box, say, server, address, submit, calledUp }) {
  const template = document.getElementById("desk-verdict").content.firstElementChild;
  const list = box.querySelector("[data-verdicts]");
  let lines = [];
  let round = 0;
  let called = {};

  const good = () => lines.filter(({ verdict }) => verdict === "good" || verdict === "unread").length;

  function sum() {
    const reading = lines.some(({ verdict }) => !verdict);
    const counts = { good: good(), others: lines.length - good() };
    put(box, "paste-sum", reading ? say("paste_reading") : say("paste_sum", counts));
  }

  async function read(line, mine) {
    const { status, body } = await server.ask(address, {
      line: line.text, sure: false, habits: {}, ...(called.level === undefined ? {} : { level: called.level }),
    });
    if (mine !== round) return;
    line.verdict = status === 200 ? VERDICTS[body.kind] : "unread";
    line.row.dataset.verdict = line.verdict;
    put(line.row, "verdict", say(`paste_${line.verdict}`));
    put(line.row, "says", status === 200 ? saying(body) : "");
  }

  async function readAll(mine) {
    const rest = [...lines];
    const next = async () => {
      for (let line = rest.shift(); line && mine === round; line = rest.shift()) await read(line, mine);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    if (mine === round) sum();
  }

  /** Show pasted lines; an empty one is none. */
  function open(text) {
    const found = text.split(/\r\n|\r|\n/).map((line) => line.trim()).filter(Boolean);
    round += 1;
    called = calledUp();
    lines = found.slice(0, MOST).map((line) => ({ text: line, row: template.cloneNode(true) }));
    lines.forEach((line) => put(line.row, "line", line.text));
    list.replaceChildren(...lines.map(({ row }) => row));
    const more = box.querySelector('[data-field="paste-more"]');
    more.hidden = found.length <= MOST;
    put(box, "paste-more", say("paste_more", { most: MOST }));
    box.hidden = false;
    sum();
    readAll(round);
  }

  function close() {
    round += 1;
    lines = [];
    list.replaceChildren();
    box.hidden = true;
  }

  function send() {
    if (lines.some(({ verdict }) => !verdict)) return;
    const entries = lines.map(({ text, verdict }) => ({ line: text, called, parked: verdict !== "good" && verdict !== "unread" }));
    if (submit(entries)) close();
  }

  /** Take a key while the table is open: nothing else is typed meanwhile. */
  function press(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter") send();
    else if (event.key === "Escape") close();
    else if (event.key === "Tab") return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  return { open, press, get isOpen() { return !box.hidden; } };
}
