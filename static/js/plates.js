// The treasury's figures: drawn by plotly.js from what the server prepared, in the colours and
// letters of the style sheets, in light and in dark. Each stands above its table, which is closed
// once the figure is there; without this script the tables are open and say the same.

const QUIET = { displayModeBar: false, responsive: true };
const NAME = /^var\((--[\w-]+)\)$/;
// Of a saved picture: wide enough to be printed across a page.
const WIDTH = 1200;
const SHARPNESS = 2;

/** Put the values of the style sheets in the place of their names. */
function dressed(value, styles) {
  if (typeof value === "string") {
    const name = NAME.exec(value);
    return name ? styles.getPropertyValue(name[1]).trim() : value;
  }
  if (Array.isArray(value)) return value.map((each) => dressed(each, styles));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, dressed(each, styles)]));
  }
  return value;
}

function draw(place, { data, layout }) {
  const styles = getComputedStyle(document.documentElement);
  return Plotly.react(place, dressed(data, styles), dressed(layout, styles), QUIET);
}

function save(place, name) {
  const { height } = place.layout;
  return Plotly.downloadImage(place, { format: "png", filename: name, width: WIDTH, height, scale: SHARPNESS });
}

function start() {
  const drawings = JSON.parse(document.getElementById("plates").textContent);
  const drawn = [...document.querySelectorAll("[data-plate]:has([data-drawing])")];
  const plates = drawn.map((plate) => ({
    place: plate.querySelector("[data-drawing]"),
    table: plate.querySelector("[data-table]"),
    button: plate.querySelector("[data-save]"),
    name: plate.dataset.plate,
  }));
  const drawAll = () => plates.forEach(({ place, name }) => draw(place, drawings[name]));

  plates.forEach(({ place, table, button, name }) => {
    place.hidden = false;
    button.hidden = false;
    table.open = false;
    button.addEventListener("click", () => save(place, name));
  });
  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
}

if (window.Plotly) start();
