/* The indicator grid on top of a form that works without script; each concern is a module of js/grid/. */

import "./grid/conflict.js";
import { body, fixed, focusOn, isEmpty, rows, valuesOf } from "./grid/dom.js";
import "./grid/keys.js";
import "./grid/paste.js";
import { insertLike, moveRow, moving, prepare, removeRow, renumber } from "./grid/rows.js";
import { isDirty, save } from "./grid/saving.js";
import "./grid/suggest.js";
import { showAll } from "./grid/sums.js";
import { begin } from "./grid/undo.js";

const ACTS = {
  above: (row) => { const made = insertLike(row, row); if (made) focusOn(made, "name"); },
  up: (row) => moveRow(row, -1),
  down: (row) => moveRow(row, 1),
  remove: removeRow,
};

body.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act], [data-add]");
  if (!button) return;
  if ("act" in button.dataset) {
    ACTS[button.dataset.act](button.closest("tr[data-row]"));
    return;
  }
  const made = insertLike(rows().at(-1));
  if (made) focusOn(made, "name");
});
body.addEventListener("focusout", (event) => {
  if (isDirty() && !moving.now && event.target.closest("[data-cell]") && !body.contains(event.relatedTarget)) save();
});

rows().forEach(prepare);
body.querySelector("[data-add-row]").hidden = fixed;
document.querySelectorAll("[data-keys-help]").forEach((help) => { help.hidden = false; });
rows().filter((row) => isEmpty(valuesOf(row))).slice(1).forEach((row) => row.remove());
renumber();
showAll();
begin();
