/* Spreadsheet keys. */

import { COLUMNS, body, changed, field, fixed, focusOn, isClosed, isEmpty, nameOf, rows, valuesOf } from "./dom.js";
import { insertLike, moveRow } from "./rows.js";
import { redo, undo } from "./undo.js";

let before = "";

function goDown(row, name, { grow }) {
  const all = rows();
  const next = all[all.indexOf(row) + 1] || (grow && !fixed && !isEmpty(valuesOf(row)) ? insertLike(row) : null);
  if (next) focusOn(next, name);
}

function goUp(row, name) {
  const other = rows()[rows().indexOf(row) - 1];
  if (other) focusOn(other, name);
}

function goSide(row, name, step) {
  const next = COLUMNS[COLUMNS.indexOf(name) + step];
  if (next) focusOn(row, next);
}

function put(control, value) {
  if (isClosed(control)) return;
  control.value = value;
  control.dispatchEvent(new Event("input", { bubbles: true }));
}

function fillDown(row, control) {
  const above = rows()[rows().indexOf(row) - 1];
  if (above) put(control, field(above, nameOf(control)).value);
}

function moveAndStay(row, control, step) {
  moveRow(row, step);
  control.focus();
}

function atEdge(control, side) {
  if (control.tagName === "SELECT") return true;
  const whole = control.selectionStart === 0 && control.selectionEnd === control.value.length;
  return whole || (side < 0 ? control.selectionEnd === 0 : control.selectionStart === control.value.length);
}

function actOf(event, row, control) {
  const name = nameOf(control);
  const chooses = control.tagName === "SELECT";
  const acts = {
    Enter: () => (event.shiftKey ? goUp(row, name) : goDown(row, name, { grow: true })),
    ArrowDown: () => (event.altKey ? moveAndStay(row, control, 1) : goDown(row, name, { grow: false })),
    ArrowUp: () => (event.altKey ? moveAndStay(row, control, -1) : goUp(row, name)),
    ArrowLeft: () => goSide(row, name, -1),
    ArrowRight: () => goSide(row, name, 1),
    Escape: () => put(control, before),
    F2: () => { if (!chooses) control.setSelectionRange(control.value.length, control.value.length); },
  };
  if (chooses && ["ArrowUp", "ArrowDown"].includes(event.key) && !event.altKey) return null;
  if (event.key === "ArrowLeft" && !atEdge(control, -1)) return null;
  if (event.key === "ArrowRight" && !atEdge(control, 1)) return null;
  return acts[event.key];
}

function commandOf(event, row, control) {
  return {
    d: () => fillDown(row, control), z: () => (event.shiftKey ? redo() : undo()), y: redo,
  }[event.key.toLowerCase()];
}

function onKey(event) {
  const control = event.target.closest("[data-cell] input, [data-cell] select");
  if (!control || event.isComposing) return;
  const row = control.closest("tr");
  const act = event.ctrlKey || event.metaKey ? commandOf(event, row, control) : actOf(event, row, control);
  if (!act) return;
  event.preventDefault();
  act();
}

body.addEventListener("keydown", onKey);
body.addEventListener("focusin", (event) => {
  if (!event.target.matches("input, select")) return;
  before = event.target.value;
  body.querySelectorAll("tr.picked").forEach((row) => row.classList.remove("picked"));
  event.target.closest("tr").classList.add("picked");
});
body.addEventListener("input", (event) => {
  const row = event.target.closest("tr[data-row]");
  if (row && event.target.name) changed({ key: event.target.name });
});
