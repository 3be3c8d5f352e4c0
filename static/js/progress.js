// The progress page, live. Phones poll: streams are kept for screens.

import { listed } from "./figures.js";
import { follow } from "./live.js";
import { fillList, write as put } from "./lists.js";
import { firstTime, passed } from "./milestones.js";
import { handed, standing } from "./standing.js";

const data = handed();
const EVERY = 4_000;
const GIFTS = 6;

function start() {
  const page = standing(document, data);
  const { say, write, tell, time } = page;

  function drawSections(snapshot) {
    const list = document.querySelector("[data-sections]");
    if (!list) return;
    const lines = listed(snapshot).map((section) => tell.line(section, snapshot.currency));
    fillList(list, lines.map((line) => ({ ...line, key: line.code })), "section-row", (row, line) => {
      put(row, "name", line.longName);
      put(row, "share", line.perCent);
      put(row, "sums", line.sums);
      row.querySelector(".row-bar").toggleAttribute("hidden", !line.ranked);
      row.querySelector("[data-row]").setAttribute("width", `${line.row.toFixed(4)}%`);
    });
  }

  function drawRecent(snapshot) {
    const list = document.querySelector("[data-recent]");
    if (!list) return;
    const gifts = snapshot.recent.slice(0, GIFTS).map((entry) => ({ ...tell.gift(entry, snapshot), key: entry.id, at: entry.at }));
    fillList(list, gifts, "recent-row", (row, gift) => {
      ["amount", "section", "people"].forEach((name) => put(row, name, gift[name]));
      put(row, "time", time(new Date(gift.at)));
    });
    list.closest("[data-if-any]").hidden = gifts.length === 0;
  }

  function drawMilestones(snapshot) {
    snapshot.milestones.forEach((mark) => {
      const row = document.querySelector(`[data-milestones] [data-key="${mark.amount}"]`);
      if (!row || !mark.reached_at || "reached" in row.dataset) return;
      row.dataset.reached = "";
      put(row, "reached", say("reached_at", { time: time(new Date(mark.reached_at)) }));
    });
  }

  function announce(before, after) {
    const latest = passed(before, after).filter((amount) => firstTime(after.fund, amount)).pop();
    if (latest === undefined) return;
    const words = latest === after.first_target
      ? say("reached") : say("milestone", { amount: write.whole(latest, after.currency) });
    put(document, "milestone", words);
  }

  follow({
    addresses: data.addresses,
    version: data.snapshot.version,
    stream: false,
    every: EVERY,
    fresh: page.inTouch,
    show(snapshot) {
      const before = page.snapshot;
      page.draw(snapshot);
      drawSections(snapshot);
      drawRecent(snapshot);
      drawMilestones(snapshot);
      announce(before, snapshot);
    },
  });
}

if (data) start();
