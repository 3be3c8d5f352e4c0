// Lists that the server drew and scripts keep: rows by key, new ones from the page's templates.

const row = (name, choose) => {
  const template = document.getElementById(name);
  return (choose ? template.content.querySelector(choose) : template.content.firstElementChild).cloneNode(true);
};

/** Make the rows of `list` those of `items`, in order; `fill(element, item)` draws one. */
export function fillList(list, items, template, fill, choose = () => "") {
  const known = new Map([...list.children].map((element) => [element.dataset.key, element]));
  const rows = items.map((item) => {
    const key = String(item.key);
    const element = known.get(key) ?? row(template, choose(item));
    element.dataset.key = key;
    fill(element, item);
    return element;
  });
  if (rows.length !== list.children.length || rows.some((element, index) => element !== list.children[index])) {
    list.replaceChildren(...rows);
  }
}

/** Write a text into the field of that name within an element, if it has one and it differs. */
export function write(element, name, text) {
  const field = element.querySelector(`[data-field="${name}"]`);
  if (field && field.textContent !== text) field.textContent = text;
}
