// A screen that runs for hours: it must not fall asleep, and nothing may burn in.

const MINUTE = 60_000;
// Two to four pixels each time, all around.
const SHIFTS = [[0, 0], [3, 0], [3, 3], [0, 3], [-3, 2], [-3, -1], [-1, -3], [2, -3]];

async function hold() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Refused, for instance on battery: then the laptop's own settings decide.
  }
}

/** Keep the screen on, and shift `element` a little every minute. */
export function stayAwake(element) {
  hold();
  document.addEventListener("visibilitychange", () => { if (!document.hidden) hold(); });
  let turn = 0;
  setInterval(() => {
    turn = (turn + 1) % SHIFTS.length;
    const [x, y] = SHIFTS[turn];
    element.style.transform = `translate(${x}px, ${y}px)`;
  }, MINUTE);
}
