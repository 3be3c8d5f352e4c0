// Our own numerals: a number spelled with the glyphs of the page, digits that count.

import { running } from "./tween.js";

const SVG = "http://www.w3.org/2000/svg";
const GAP = 5;
const NAMES = {
  ",": "comma", "٬": "comma", ".": "point", "’": "quote", "'": "quote",
  " ": "space", "\u00a0": "space", "\u202f": "space",
};

/** Draw a written number; what is the same already stays. Returns its width in glyph units. */
export function spell(svg, text) {
  let x = 0;
  [...text].forEach((character, index) => {
    const name = NAMES[character] ?? character;
    const use = svg.children[index] ?? svg.appendChild(document.createElementNS(SVG, "use"));
    const glyph = document.getElementById(`n-${name}`);
    if (use.getAttribute("href") !== `#n-${name}`) use.setAttribute("href", `#n-${name}`);
    if (use.getAttribute("x") !== String(x)) use.setAttribute("x", x);
    x += Number(glyph.dataset.width) + GAP;
  });
  while (svg.children.length > text.length) svg.lastChild.remove();
  svg.setAttribute("viewBox", `0 0 ${x - GAP} 118`);
  return x - GAP;
}

/** Make a number that counts in whole units from what it shows to what it is told. */
export function counting(svg, units, write) {
  return running(units, (value) => spell(svg, write(Math.floor(value))));
}
