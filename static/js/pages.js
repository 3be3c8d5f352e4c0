// Sections in the hall: six beside the number, tiles, or rows; more than fit turn in pages, and
// who was just called stands first for a while.

import { fillList, write as put } from "./lists.js";

const SIZES = { side: 6, tiles: 60, rows: 36 };
const PINNED = 10_000;

/** Take over the lists that the server drew. */
export function sectionPages(root, tell, first) {
  const lists = Object.fromEntries(Object.keys(SIZES).map((name) => [name, root.querySelector(`[data-${name}]`)]));
  const called = new Map();
  let lines = [];
  let page = 0;

  function row(element, line) {
    element.toggleAttribute("data-reached", line.reached);
    put(element, "name", line.name);
    put(element, "code", line.code);
    put(element, "share", line.share);
    element.querySelector(".row-bar")?.toggleAttribute("hidden", !line.ranked);
    element.querySelector("[data-row]")?.setAttribute("width", `${line.row.toFixed(4)}%`);
    element.querySelector("[data-fill]")?.setAttribute("points", line.edge.fill);
    element.querySelector("[data-edge]")?.setAttribute("points", line.edge.line);
  }

  /** The lines of a page, those just called first where there is more than one page. */
  function chosen(size) {
    const pages = Math.max(1, Math.ceil(lines.length / size));
    const begin = (page % pages) * size;
    const here = lines.slice(begin, begin + size);
    if (pages === 1) return here;
    const now = performance.now();
    const pinned = lines.filter((line) => now - (called.get(line.code) ?? -PINNED) < PINNED).slice(0, size);
    return [...new Set([...pinned, ...here])].slice(0, size);
  }

  function draw() {
    if (!lines.length) return;
    fillList(lists.side, chosen(SIZES.side), "league-row", row);
    fillList(lists.rows, chosen(SIZES.rows), "league-row", row);
    fillList(lists.tiles, chosen(SIZES.tiles), "tile", row);
  }

  function update(snapshot) {
    const before = new Map(lines.map((line) => [line.code, line.headline]));
    lines = snapshot.sections
      .filter((section) => section.code)
      .map((section) => ({
        ...tell.line(section, snapshot.currency), key: section.code, headline: section.headline,
      }));
    lines.forEach((line) => {
      if (before.size && before.get(line.code) !== line.headline) called.set(line.code, performance.now());
    });
    draw();
  }

  update(first);
  return {
    update,
    turn() {
      page += 1;
      draw();
    },
    count: (name) => Math.ceil(lines.length / SIZES[name]),
    get any() { return lines.length > 0; },
  };
}
