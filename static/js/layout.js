// How the hall's screen is laid out on the screen as it is: `fundtracker/web/screen/layout.py` does
// the same for 16:9, before any script runs.

const MARGIN = 5;
const SYMBOL = 9.3;
const LEAGUE = 50 + 7.1;
const TALLEST = 34;
const LEAST_BESIDE = 22;
const TALLEST_ABOVE_STATUS = 28.5;
const LONGEST_WITHOUT_MARK = 3;

/** Fit a number that is `width` hundredths of its height wide; `wide` is the screen's in units. */
export function layout(width, glyphs, league, wide) {
  const free = wide - 2 * MARGIN - SYMBOL;
  const beside = league && (100 * (free - LEAGUE)) / width >= LEAST_BESIDE;
  const height = Math.min(TALLEST, (100 * (free - (beside ? LEAGUE : 0))) / width);
  if (height <= TALLEST_ABOVE_STATUS) return { beside, tall: null };
  return { beside, tall: glyphs > LONGEST_WITHOUT_MARK ? "below" : "close" };
}

/** The width of the window in units of a hundredth of its height. */
export const screenWidth = () => innerWidth / Math.min(innerHeight / 100, innerWidth * 0.0075);
