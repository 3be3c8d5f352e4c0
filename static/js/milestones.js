// What was passed on the way up, each once: a fall and a second crossing celebrate nothing.

/** Tell which amounts a new snapshot passes: milestones and targets, by what is confirmed. */
export function passed(before, after) {
  const amounts = new Set([after.first_target, after.target, ...after.milestones.map((mark) => mark.amount)]);
  const from = confirmed(before);
  const to = confirmed(after);
  return [...amounts].filter((amount) => from < amount && amount <= to).sort((a, b) => a - b);
}

/** What stands even if everything that is still being checked falls away. */
function confirmed({ headline, counting_rule: rule, unconfirmed }) {
  return rule === "everything_announced" ? headline - unconfirmed : headline;
}

/** Remember across reloads what was celebrated; say whether this amount is new. */
export function firstTime(fund, amount) {
  const key = `reached:${fund}:${amount}`;
  try {
    if (localStorage.getItem(key)) return false;
    localStorage.setItem(key, "1");
  } catch {
    // A browser without storage celebrates once for as long as the page is open.
    if (remembered.has(key)) return false;
    remembered.add(key);
  }
  return true;
}

const remembered = new Set();
