// How this page stands with the server, in one line; and its clock.

import { clock } from "../clock.js";
import { write as put } from "../lists.js";

/** Make the head of the page. `set(name, sentence)` says what happens to what is sent. */
export function head(data, say, waiting) {
  const { now, set: setClock, time } = clock(data.now, data.timezone);
  const exact = new Intl.DateTimeFormat("en-GB", {
    timeZone: data.timezone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
  const { body } = document;
  let state = "connected";
  let sentence = "";
  let heard = true;
  let told = state;

  /** The running number is nobody's news; that the connection is gone, or back, is. */
  function tell(shown) {
    if (shown === told) return;
    told = shown;
    put(body, "told", say(`told_${shown}`, { sentence }));
  }

  function draw() {
    // What is sent may rest while nothing is heard; then there is no connection either.
    const shown = !heard && ["connected", "following"].includes(state) ? "cut" : state;
    body.dataset.state = shown;
    put(body, "state", say(shown, { number: waiting(), sentence }));
    tell(shown);
    body.querySelector("[data-sign-in]").hidden = shown !== "signed_out";
  }

  function set(name, told = "") {
    state = name;
    sentence = told;
    draw();
  }

  function touch(known) {
    heard = known;
    draw();
  }

  function settings({ level, settings: chosen }) {
    put(body, "level", level ? say("level", { amount: level.text ?? level }) : say("no_level"));
    const { default_currency: code } = chosen;
    put(body, "currency", !code || code === "section" ? say("default_section") : say("default_fund", { code: data.currency }));
  }

  const tick = () => put(body, "time", exact.format(now()));
  setInterval(tick, 1000);
  tick();
  return { draw, set, touch, settings, now, setClock, time: (moment) => exact.format(moment), short: time };
}
