/* Marks in cells and the lines below a row: comments of reviewers, which stay, and hints of the last check. */

import { body, cell, element, icon, nameOf, rows, form } from "./dom.js";

export function notesOf(row) {
  const found = [];
  for (let next = row.nextElementSibling; next?.matches("[data-hint], [data-comment]"); next = next.nextElementSibling) {
    found.push(next);
  }
  return found;
}

export function clearMarks() {
  body.querySelectorAll("[data-hint]").forEach((hint) => hint.remove());
  body.querySelectorAll("td.bad, td.warn").forEach((one) => one.classList.remove("bad", "warn"));
  body.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
}

function mark(row, { field: name, level, text, mend, key }) {
  const where = cell(row, name);
  if (where) {
    where.classList.add(level);
    if (level === "bad") where.querySelector("input, select").setAttribute("aria-invalid", "true");
  }
  const bad = level === "bad";
  const line = element("div", "ln", icon(bad ? "exclamation-circle-fill" : "lightbulb-fill", bad ? "必改" : "建议"));
  line.append(element("span", "grow", text));
  if (mend) {
    const button = element("button", "btn btn-outline btn-sm", mend);
    button.setAttribute("form", `mend-${key}`);
    line.append(button);
  }
  const wide = element("td", "", line);
  wide.colSpan = 11;
  const hint = element("tr", bad ? "hint bad" : "hint", element("td", "rn"), wide);
  hint.dataset.hint = "";
  (notesOf(row).at(-1) || row).after(hint);
}

export function showMarks(marks) {
  clearMarks();
  const all = rows();
  marks.forEach((one) => { if (all[one.row - 1]) mark(all[one.row - 1], one); });
}

export function showErrors(errors) {
  clearMarks();
  Object.entries(errors).forEach(([name, sentence]) => {
    const control = form.elements[name];
    if (control) mark(control.closest("tr"), { field: nameOf(control), level: "bad", text: sentence });
  });
}
