// Pictures that a unit answers to: a digit with a box around what the unit sees, and that part by itself.
// Items come from figures/patches.py.

function element(tag, name) {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}

/** An item is made once and then only changed, so that a picture that forms does not flicker. */
function made() {
  const item = element("li", "item");
  const pair = element("div", "pair");
  pair.setAttribute("role", "img");
  for (const name of ["whole", "part"]) {
    const picture = element("div", `picture ${name}`);
    const image = element("img", "");
    image.alt = "";
    picture.append(image, element("div", "box"));
    pair.append(picture);
  }
  item.append(pair, element("div", "title"), element("div", "note"));
  return item;
}

function show(picture, address) {
  picture.hidden = !address;
  const image = picture.querySelector("img");
  if (address && image.getAttribute("src") !== address) image.src = address;
}

/** box: top, left and side as shares of the picture's side, or null. */
function place(mark, box) {
  mark.hidden = !box;
  if (!box) return;
  const [top, left, side] = box.map((share) => `${100 * share}%`);
  Object.assign(mark.style, { top, left, width: side, height: side });
}

function update(item, { words, title, note, whole, part, box }) {
  item.querySelector(".pair").setAttribute("aria-label", words);
  item.querySelector(".pair").title = words;
  const [wholePicture, partPicture] = [".whole", ".part"].map((name) => item.querySelector(name));
  show(wholePicture, whole);
  show(partPicture, part);
  place(wholePicture.querySelector(".box"), box);
  place(partPicture.querySelector(".box"), null);
  item.querySelector(".title").textContent = title;
  item.querySelector(".note").textContent = note;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function patches({ parentElement, data: [data] }) {
  const [root, list] = [".root", ".list"].map((name) => parentElement.querySelector(name));
  for (const [name, colour] of Object.entries(data.colours)) root.style.setProperty(`--${name}`, colour);
  root.style.setProperty("--least", `${data.least}px`);
  root.style.setProperty("--most", `${data.most}px`);
  list.setAttribute("aria-label", data.alt);
  while (list.children.length > data.items.length) list.lastElementChild.remove();
  while (list.children.length < data.items.length) list.append(made());
  data.items.forEach((item, at) => update(list.children[at], item));
}
