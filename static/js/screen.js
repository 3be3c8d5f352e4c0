// The hall's screen: it never shows an error, and keeps the last good number whatever happens.

import { stayAwake } from "./awake.js";
import { redField } from "./celebration.js";
import { bar } from "./figures.js";
import { listen } from "./keys.js";
import { layout, screenWidth } from "./layout.js";
import { fillList, write as put } from "./lists.js";
import { follow } from "./live.js";
import { firstTime, passed } from "./milestones.js";
import { sectionPages } from "./pages.js";
import { handed, standing } from "./standing.js";

const PAGE = 10_000;
const NUMBER_PAGES = 2;
const REVEALS = 6_000;
const WORDS_STAY = 12_000;
const TOO_LATE = 10_000;
const VIEWS = ["number", "tiles", "rows", "turns"];
const GIFTS = 2;

const { body } = document;
const data = handed();
const page = standing(document, data, { onFit: fit });
const pages = sectionPages(document, page.tell, data.snapshot);
const celebrate = redField(document.querySelector(".wipe"));
let view = body.dataset.view;
let turns = 0;

function fit() {
  const svg = document.querySelector("[data-numeral]");
  const { snapshot } = page;
  const text = page.write.count(page.write.units(snapshot.headline, snapshot.currency));
  const width = [...text].reduce((sum, character) => sum + (/\d/.test(character) ? 61 : 29), -5);
  const side = (pages.any || snapshot.milestones.length > 0) && !("celebrating" in body.dataset);
  const fitted = layout(width, svg.children.length, side, screenWidth());
  body.toggleAttribute("data-beside", fitted.beside);
  if (fitted.tall) body.dataset.tall = fitted.tall;
  else delete body.dataset.tall;
  body.toggleAttribute("data-zero", snapshot.headline === 0);
  body.toggleAttribute("data-early-post", bar(snapshot).early);
  body.dataset.mode = snapshot.mode;
  const sum = document.querySelector('[data-field="sum"]');
  sum.textContent = `${document.querySelector(".symbol").textContent} ${text}`;
}

function drawGifts(snapshot) {
  const gifts = snapshot.recent.slice(0, GIFTS).map((entry) => ({ ...page.tell.gift(entry, snapshot), key: entry.id }));
  fillList(document.querySelector("[data-ticker]"), gifts, "gift", (row, gift) => {
    put(row, "amount", gift.amount);
    put(row, "section", gift.section);
  });
}

function drawMilestones(snapshot) {
  if (pages.any) return;
  const marks = snapshot.milestones.slice(-6).map((mark) => ({ ...mark, key: mark.amount }));
  fillList(document.querySelector("[data-side]"), marks, "milestone", (row, mark) => {
    put(row, "amount", page.write.whole(mark.amount, snapshot.currency));
    if (!mark.reached_at || "reached" in row.dataset) return;
    row.dataset.reached = "";
    put(row, "reached", page.time(new Date(mark.reached_at)));
  });
}

/** What is passed is told once; the target and what lies beyond it turn the screen red. */
function mark(before, after) {
  const amounts = passed(before, after).filter((amount) => firstTime(after.fund, amount));
  const late = page.now() - new Date(after.as_of) > TOO_LATE;
  if (!amounts.length || late || after.mode === "hold" || after.mode === "blank") return;
  const target = amounts.includes(after.first_target);
  const highest = amounts[amounts.length - 1];
  const words = target
    ? page.say("reached") : page.say("milestone", { amount: page.write.whole(highest, after.currency) });
  put(document, "milestone", words);
  page.pass({ status: words }, WORDS_STAY);
  if (highest < after.first_target || "muted" in body.dataset) return;
  body.dataset.view = "number";
  celebrate(fit);
}

function turn() {
  if ("paused" in body.dataset || "stale" in body.dataset || "celebrating" in body.dataset) return;
  pages.turn();
  if (view !== "turns") return;
  turns = (turns + 1) % (NUMBER_PAGES + pages.count("tiles"));
  body.dataset.view = turns < NUMBER_PAGES ? "number" : "tiles";
}

function nextView() {
  view = VIEWS[(VIEWS.indexOf(view) + 1) % (pages.any ? VIEWS.length : 1)];
  turns = 0;
  body.dataset.view = view === "turns" ? "number" : view;
}

const toggle = (name) => () => body.toggleAttribute(`data-${name}`);

listen(document.querySelector("[data-keys]"), {
  b: toggle("blank"), t: toggle("no-ticker"), m: toggle("muted"), p: toggle("paused"), v: nextView,
});
stayAwake(document.querySelector("[data-hall]"));
addEventListener("resize", fit);
setInterval(turn, PAGE);
fit();

follow({
  addresses: data.addresses,
  version: data.snapshot.version,
  fresh(known) {
    body.toggleAttribute("data-stale", !known);
    page.inTouch(known);
  },
  show(snapshot) {
    const before = page.snapshot;
    page.draw(snapshot, snapshot.mode === "reveal" ? REVEALS : undefined);
    pages.update(snapshot);
    drawGifts(snapshot);
    drawMilestones(snapshot);
    mark(before, snapshot);
  },
});
