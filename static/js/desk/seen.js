// Which lines an edit names, each in the version that was on the screen when it was named. The server
// holds that against the line as it is by then: what somebody else changed meanwhile is shown first.

const UNDO = /^\s*\/undo(?:\s+(\d{1,3}))?\s*$/i;
const WITHOUT_LABEL = /^[^"]*/;
const LONGEST = 9;

/** How many of one's own last lines a command takes back, 0 where it takes back none of them. */
export function undone(text) {
  const undo = UNDO.exec(text);
  return undo ? Number(undo[1] ?? 1) : 0;
}

/** Make the memory of an edit; `lines` are those on the screen. */
export function seenLines(lines) {
  let noted = new Map();

  const between = (first, last) => lines.all().map((line) => line.number).filter((each) => first <= each && each <= last);

  function named(text, mended) {
    if (mended) return [mended];
    if (!text.startsWith("/")) return [];
    if (undone(text)) {
      const own = lines.all().filter(({ mine, state }) => mine && state !== "taken_back");
      return own.slice(-undone(text)).map((line) => line.number);
    }
    const range = /^\/ok\s+(\d{1,9})\s*-\s*(\d{1,9})$/i.exec(text);
    if (range) return between(Number(range[1]), Number(range[2]));
    const [bare] = WITHOUT_LABEL.exec(text);
    return (bare.match(/\d+/g) ?? []).filter((digits) => digits.length <= LONGEST).map(Number);
  }

  /** Take note of what a line names as long as it is typed: what changes later was not meant. */
  function note(text, mended) {
    const known = named(text, mended).map((each) => [each, noted.get(each) ?? lines.get(each)?.version]);
    noted = new Map(known.filter(([, version]) => version));
    return Object.fromEntries(noted);
  }

  return { note };
}
