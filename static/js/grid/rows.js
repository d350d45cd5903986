/* Rows: adding, removing, moving, and putting a whole content into the grid. */

import { FIELDS, body, changed, field, fixed, focusOn, form, nameOf, rows, say, write } from "./dom.js";
import { clearMarks, notesOf } from "./marks.js";
import { showLast } from "./sums.js";

const addRow = body.querySelector("[data-add-row]");
const template = document.querySelector("[data-row-template]");
const PLACE = /form-(\d+|__prefix__)-/;

export const moving = { now: false };

export function renumber() {
  rows().forEach((row, index) => {
    const here = `form-${index}-`;
    row.querySelector("[data-number]").textContent = index + 1;
    row.querySelectorAll("[data-cell]").forEach((one) => { one.id = `cell-${index + 1}-${one.dataset.cell}`; });
    row.querySelectorAll("[name]").forEach((control) => {
      control.name = control.name.replace(PLACE, here);
      if (control.id) control.id = control.id.replace(PLACE, here);
    });
    row.querySelectorAll("label[for]").forEach((label) => { label.htmlFor = label.htmlFor.replace(PLACE, here); });
    const propose = row.querySelector("[data-propose]");
    if (propose) propose.href = propose.href.replace(/line=\d*$/, `line=${index + 1}`);
  });
  form.elements["form-TOTAL_FORMS"].value = rows().length;
}

export function prepare(row) {
  row.querySelectorAll("[data-act]").forEach((button) => { button.hidden = false; });
  row.querySelector("[data-plain]")?.remove();
}

export function newRow(place = null) {
  if (fixed) return null;
  if (rows().length >= Number(form.dataset.most)) {
    say(`最多填 ${form.dataset.most} 条指标，请先删除不用的行。`, true);
    return null;
  }
  const row = template.content.querySelector("tr").cloneNode(true);
  prepare(row);
  body.insertBefore(row, place || addRow);
  renumber();
  return row;
}

export function insertLike(model, place = null) {
  const row = newRow(place);
  if (row && model) field(row, "level2").value = field(model, "level2").value;
  if (row) changed();
  return row;
}

function drop(row) {
  notesOf(row).forEach((note) => note.remove());
  row.remove();
}

export function removeRow(row) {
  const all = rows();
  const next = all[all.indexOf(row) + 1] || all[all.indexOf(row) - 1];
  drop(row);
  renumber();
  changed();
  if (next) focusOn(next, "name");
}

export function moveRow(row, step) {
  const all = rows();
  const other = all[all.indexOf(row) + step];
  if (!other || fixed) return;
  clearMarks();
  moving.now = true;
  const [first, second] = step < 0 ? [row, other] : [other, row];
  second.before(first, ...notesOf(first));
  moving.now = false;
  renumber();
  changed();
}

export function setRow(row, values) {
  FIELDS.forEach((name) => { if (name in values) write(field(row, name), values[name]); });
  showLast(row);
}

/* The grid shows exactly these rows; the cell in focus keeps its place, or goes to the last row when its own is gone:
   without a focus in the grid its keys, redo among them, would be dead. */
export function fill(wanted) {
  const name = body.contains(document.activeElement) && nameOf(document.activeElement);
  clearMarks();
  rows().slice(wanted.length).forEach(drop);
  wanted.forEach((values, index) => {
    const row = rows()[index] || newRow();
    if (row) setRow(row, values);
  });
  renumber();
  if (FIELDS.includes(name) && !body.contains(document.activeElement)) focusOn(rows().at(-1), name);
}
