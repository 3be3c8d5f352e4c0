// Motion: from one value to another in time, the latest wish wins, none for those who want none.

const still = matchMedia("(prefers-reduced-motion: reduce)");

// cubic-bezier(.16, 1, .3, 1) to within a pixel: quick at first, then it settles.
const settle = (t) => (t >= 1 ? 1 : 1 - 2 ** (-10 * t));

/** Make a value that runs: `draw` gets every step, and the target itself at the end. */
export function running(start, draw) {
  let shown = start;
  let frame = 0;

  function show(value) {
    shown = value;
    draw(value);
  }

  function runTo(target, duration = 900) {
    cancelAnimationFrame(frame);
    // A page that nobody sees gets no frames: it must be right when it is looked at again.
    if (still.matches || document.hidden || target === shown) {
      show(target);
      return;
    }
    const from = shown;
    const begin = performance.now();
    const step = (now) => {
      const part = settle(Math.min(1, Math.max(0, (now - begin) / duration)));
      show(part === 1 ? target : from + (target - from) * part);
      if (part < 1) frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
  }

  return { runTo, set: (value) => { cancelAnimationFrame(frame); show(value); } };
}
