// What is called up while a line is typed: a section alone is that amount. Another teller may call
// up another one before the line arrives, and a `/level` that waits in the queue may be refused.

export const setsLevel = ({ line }) => /^\s*\/level\b/i.test(line);

/** Keep what is called up, as far as this page knows; at first that is `shown`. */
export function calling(queue, shown) {
  const set = new Map();
  let level = shown;

  /** What holds for a line that is typed now: an amount, or whatever a command before it sets. */
  function now(before = queue.waiting()) {
    const command = before.filter(setsLevel).at(-1);
    return command ? { after: command.key } : { level };
  }

  /** What held for a line when it was typed; its command may have been done meanwhile. */
  const then = (called) => (set.has(called.after) ? { level: set.get(called.after) } : called);

  function taken({ key }, answer) {
    if (!("level" in answer)) return;
    level = answer.level;
    set.set(key, level);
  }

  function show(state) {
    level = state.level;
  }

  return { now, then, taken, show };
}
