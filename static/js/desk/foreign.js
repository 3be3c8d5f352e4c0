// Lines on this computer that belong elsewhere: to another teller, or to the fund when it was, or was
// not yet, a rehearsal. They are told of, never sent; throwing them away takes two presses.

import { write as put } from "../lists.js";

/** Make the notice; call what it returns whenever the queue has changed. */
export function foreign(box, queue, say) {
  let really = false;

  function draw() {
    const number = queue.foreign().length;
    box.hidden = number === 0;
    put(box, "elsewhere", say(really ? "away_really" : "elsewhere", { number }));
  }

  box.querySelector("[data-throw-away]").addEventListener("click", () => {
    if (really) queue.dropForeign();
    really = !really;
    draw();
  });
  return draw;
}
