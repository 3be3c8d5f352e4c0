// The target is reached: a red field for twelve seconds, wiped in by a wedge.

const LASTS = 12_000;
const WIPES = 700;

const still = matchMedia("(prefers-reduced-motion: reduce)");
const rest = (duration) => new Promise((resolve) => { setTimeout(resolve, duration); });

/** Make the red field; while it stands the body carries `data-celebrating`. */
export function redField(wipe) {
  const page = document.documentElement;
  let stands = false;

  async function sweep(change) {
    if (!still.matches) {
      wipe.dataset.wiping = "";
      await rest(WIPES);
    }
    change();
    delete wipe.dataset.wiping;
  }

  return async function celebrate(changed) {
    if (stands) return;
    stands = true;
    const { theme } = page.dataset;
    const turn = (to, celebrating) => () => {
      page.dataset.theme = to;
      document.body.toggleAttribute("data-celebrating", celebrating);
      changed();
    };
    await sweep(turn("red", true));
    await rest(LASTS);
    turn(theme, false)();
    stands = false;
  };
}
