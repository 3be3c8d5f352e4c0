// The bar in motion: the ends of its parts run, what appears or goes does so at once.

import { running } from "./tween.js";

/** Take over a bar that the server drew; `label` is the text under its post, if there is one. */
export function liveBar(svg, shares, label = null) {
  const at = (name) => svg.querySelector(`[data-end="${name}"]`);
  const ends = Object.fromEntries(
    ["received", "promised", "checked", "post"].map((name) => {
      const moved = name === "post" && label ? [at(name), label] : [at(name)];
      const place = (share) => moved.forEach((part) => part.setAttribute("x", `${share.toFixed(4)}%`));
      return [name, running(shares[name], place)];
    }),
  );
  const show = (name, shown) =>
    svg.querySelectorAll(name).forEach((part) => part.setAttribute("visibility", shown ? "inherit" : "hidden"));

  return function draw(now, duration) {
    Object.entries(ends).forEach(([name, end]) => end.runTo(now[name], duration));
    show(".bar-cap, .bar-hole", now.outlined);
    show(".bar-end", now.stretch);
    show(".bar-gap", !now.reached);
  };
}
