// Where a fund stands, kept up to date: number, bar, status, legend, time. Pages and the hall's
// screen share it; each adds what only it shows.

import { liveBar } from "./bar.js";
import { clock } from "./clock.js";
import { bar, teller } from "./figures.js";
import { fillList, write as put } from "./lists.js";
import { writer } from "./money.js";
import { counting } from "./number.js";
import { speaker } from "./words.js";

const CORRECTED = 30_000;
const RAISED = 20_000;

/** Read what the server handed over, or null on a page that shows no fund. */
export function handed() {
  const element = document.getElementById("live");
  return element && JSON.parse(element.textContent);
}

/** Take over what the server drew of a fund below `root`. */
export function standing(root, data, { onFit = () => {} } = {}) {
  const say = speaker(data.words);
  const write = writer(data.money);
  const tell = teller(say, write);
  const { now, time } = clock(data.now, data.timezone);
  let shown = data.snapshot;
  let fresh = true;
  let lastHeard = now();
  let passing = null;
  let ending = 0;

  const units = (snapshot) => write.units(snapshot.headline, snapshot.currency);
  const svg = root.querySelector("[data-numeral]");
  const number = counting(svg, units(shown), write.count);
  const drawBar = liveBar(
    root.querySelector("[data-bar]"), bar(shown), root.querySelector('[data-end="label"]'),
  );
  const legend = document.querySelector("[data-legend]");

  function drawTime() {
    let text = time(lastHeard);
    if (!fresh) text = say("as_of", { time: text });
    else if (shown.mode === "hold") text = say("counted", { time: time(new Date(shown.as_of)) });
    else if (passing?.time) text = passing.time;
    put(root, "time", text);
  }

  function drawStatus() {
    put(root, "status", passing?.status ?? tell.status(shown));
  }

  /** Say something for a while in the place of the time or the status. */
  function pass(words, duration) {
    passing = words;
    drawStatus();
    clearTimeout(ending);
    ending = setTimeout(() => {
      passing = null;
      drawTime();
      drawStatus();
    }, duration);
  }

  function draw(snapshot, duration) {
    const before = shown;
    shown = snapshot;
    const falls = snapshot.headline < before.headline;
    if (falls) pass({ time: say("corrected", { time: time(now()) }) }, CORRECTED);
    const raised = snapshot.target > before.target && snapshot.headline < snapshot.target;
    if (raised) pass({ status: say("raised", { target: write.whole(snapshot.target, snapshot.currency) }) }, RAISED);
    const run = duration ?? (falls ? 600 : 900);
    number.runTo(units(snapshot), fresh ? run : 0);
    drawBar(bar(snapshot), fresh ? run : 0);
    drawStatus();
    drawTime();
    put(root, "rule", say(`rule_${snapshot.counting_rule}`));
    put(root, "described", tell.described(snapshot));
    root.querySelector("[data-version]").dataset.version = snapshot.version;
    root.querySelectorAll('[data-field="target"]').forEach((element) => {
      element.textContent = write.whole(snapshot.first_target, snapshot.currency);
    });
    if (legend) {
      const parts = tell.parts(snapshot).map((part) => ({ ...part, key: part.kind }));
      fillList(legend, parts, "legend-item", (element, part) => put(element, "number", part.number),
        (part) => `[data-key="${part.kind}"]`);
    }
    onFit();
  }

  function inTouch(known) {
    fresh = known;
    if (known) lastHeard = now();
    drawTime();
  }

  return {
    say, write, tell, now, time, draw, pass, inTouch, get snapshot() { return shown; },
  };
}
