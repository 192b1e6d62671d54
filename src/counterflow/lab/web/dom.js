// Elements made in code. Words of documents and of the server only ever become text, never markup.

import { shown } from "./words.js";

/** An element with attributes, listeners ("onclick") and children; strings among the children become text. */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(key.slice(2), value);
    else if (key === "class") node.className = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Put `children` in the place of all that `node` holds. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Write `text` only where it differs, so that nothing is redrawn or read out again for nothing. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export const find = (id) => document.getElementById(id);

/** A table with a caption; `rows` are lists of texts, the first of each being its row's header. */
export function table(caption, head, rows, className = "numbers") {
  return el("table", { class: className },
    el("caption", { class: "unseen" }, caption),
    el("thead", {}, el("tr", {}, head.map((word) => el("th", { scope: "col" }, word)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell, column) =>
      column === 0 ? el("th", { scope: "row" }, cell) : el("td", { "data-label": head[column] }, cell))))));
}

/** A place that may scroll sideways, which a keyboard can reach and a reader can name. */
export function scroller(label, ...children) {
  return el("div", { class: "scroller", role: "region", "aria-label": label, tabindex: "0" }, ...children);
}

/** A message in its place: what went wrong, and what to do. */
export function problem(error, ...actions) {
  const said = error.message || "Something went wrong.";
  return el("div", { class: "problem", role: "alert" },
    el("p", {}, el("strong", {}, shown(said)), error.where ? el("span", { class: "sub" }, shown(`Where: ${error.where}`)) : null),
    error.hint ? el("p", {}, shown(error.hint)) : null, actions);
}
