// What a live page says of a snapshot: `fundtracker/web/figures.py` and `drawing.py` say the same.

const STRETCHES = [1.25, 1.5, 2, 2.5, 3];
const ROW_END = 1500;
const SLANT = 120;
const EMPTY = 1040;
const OUTLINE = 0.01;
const NOTHING = "–";

/** Received, promised and checked money, as far as the counting rule counts them. */
export function counted({ counting_rule: rule, received, pledged, unconfirmed }) {
  return [
    Math.max(0, received),
    rule === "received" ? 0 : pledged,
    rule === "everything_announced" ? unconfirmed : 0,
  ];
}

/** The nearest amount still ahead, or null. */
export function nextGoal({ headline, first_target: first, target, next_milestone: milestone }) {
  if (headline < first) return first;
  const ahead = [target, milestone].filter((goal) => goal !== null && goal > headline);
  return ahead.length ? Math.min(...ahead) : null;
}

function scaleEnd(snapshot) {
  const goal = nextGoal(snapshot);
  if (goal !== null) return goal;
  const first = Math.max(1, snapshot.first_target);
  const { headline } = snapshot;
  const wider = STRETCHES.map((stretch) => Math.floor(first * stretch));
  return wider.find((end) => end > headline) ?? (Math.floor(headline / first) + 1) * first;
}

/** Where the parts of the bar end, in per cent of its scale. */
export function bar(snapshot) {
  const [received, promised, checked] = counted(snapshot);
  const end = scaleEnd(snapshot);
  const target = snapshot.first_target;
  const share = (part) => (100 * Math.min(part, end)) / end;
  return {
    received: share(received),
    promised: share(received + promised),
    checked: share(received + promised + checked),
    post: share(target),
    outlined: checked >= OUTLINE * end,
    reached: snapshot.headline >= target,
    stretch: end > target,
    early: target * 4 < end * 3,
  };
}

/** The lines that are shown: that of all others only if it counts anything. */
export const listed = ({ sections }) => sections.filter(({ code, headline }) => code || headline);

function tileEdge(permille) {
  const level = Math.min(Math.max(permille, 0), 1000);
  const left = EMPTY - Math.floor((level * (2 * EMPTY - 1000 + SLANT)) / 1000);
  const middle = left + SLANT / 2;
  return {
    fill: `0,${left} 1000,${left + SLANT} 1000,2000 0,2000`,
    line: `500,${middle} 1500,${middle + SLANT}`,
  };
}

/** The sentences of a page, in its words and money. */
export function teller(say, write) {
  const perCent = (permille) => say("per_cent", { number: write.count(Math.floor(permille / 10)) });

  function status(snapshot) {
    const { headline, first_target: target, currency, permille } = snapshot;
    const first = write.whole(target, currency);
    if (headline === 0) return say("first", { target: first });
    const goal = nextGoal(snapshot);
    const values = { per_cent: perCent(permille), target: first };
    if (goal === null) return say("beyond", values);
    values.amount = write.whole(goal - headline, currency, true);
    if (goal === target) return say("to_go", values);
    return say("stretch", { ...values, goal: write.whole(goal, currency) });
  }

  function parts(snapshot) {
    if (snapshot.counting_rule === "received") return [];
    const sums = counted(snapshot);
    return ["received", "promised", "checked"]
      .map((kind, index) => ({ kind, minor: sums[index] }))
      .filter(({ minor }) => minor !== 0)
      .map(({ kind, minor }) => ({
        kind,
        number: write.count(write.units(minor, snapshot.currency)),
        amount: write.whole(minor, snapshot.currency),
      }));
  }

  function described(snapshot) {
    const { currency, headline, first_target: target, permille } = snapshot;
    const total = say("total", {
      amount: write.whole(headline, currency),
      target: write.whole(target, currency),
      per_cent: perCent(permille),
    });
    const made = parts(snapshot).map(({ kind, amount }) => say("part", { amount, kind: say(kind) }));
    return `${total} ${made.join(", ")}`.trim();
  }

  function line(section, base) {
    const { permille, headline, target } = section;
    const ranked = permille !== null;
    const share = ranked ? write.count(Math.floor(permille / 10)) : write.whole(headline, base);
    const perCentOf = headline ? perCent(permille ?? 0) : NOTHING;
    return {
      code: section.code,
      name: section.short_name || say("others"),
      longName: section.name || say("others"),
      share: headline ? share : NOTHING,
      perCent: ranked ? perCentOf : "",
      sums: sums(section, base),
      row: (100 * Math.min(Math.max(permille ?? 0, 0), ROW_END)) / ROW_END,
      edge: tileEdge(permille ?? 0),
      ranked,
      reached: target !== null && headline >= target,
    };
  }

  function sums({ local, currency, headline, target }, base) {
    const code = local ? currency : base;
    const shown = local ?? { headline, target };
    const amount = write.whole(shown.headline, code);
    if (shown.target === null) return amount;
    return say("local", { amount, target: write.whole(shown.target, code) });
  }

  function gift(entry, snapshot) {
    const named = snapshot.sections.find((section) => section.code === entry.section);
    return {
      id: entry.id,
      amount: say("gift", { amount: write.short(entry.amount, entry.currency) }),
      section: named?.short_name ?? "",
      people: entry.count > 1 ? say("people", { number: entry.count }) : "",
    };
  }

  return { status, parts, described, line, gift };
}
