/* The parts of the grid, and what is read from them. Every change is announced on the form as "grid:change". */

export const COLUMNS = ["level2", "name", "operator", "value", "unit_of_measure", "weight", "source", "scoring_standard"];
export const FIELDS = [...COLUMNS, "explanation"];
export const LABELS = {
  level2: "二级指标", name: "三级指标", operator: "性质", value: "指标值", unit_of_measure: "单位", weight: "权重", source: "来源",
  scoring_standard: "评分标准", explanation: "指标解释",
};

export const form = document.querySelector("[data-grid-form]");
/* After a return rows may be fixed, and cells closed: these are shown and sent, and nothing writes into them. */
export const fixed = "fixed" in form.dataset;
export const body = form.querySelector("[data-grid]").tBodies[0];
const saved = document.querySelector("[data-saved]");

export const rows = () => [...body.querySelectorAll("tr[data-row]")];
export const cell = (row, name) => row.querySelector(`[data-cell="${name}"]`);
export const field = (row, name) => row.querySelector(`[name$="-${name}"]`);
export const nameOf = (control) => control.name.slice(control.name.lastIndexOf("-") + 1);
export const bare = (text) => text.trim().replace(/\*$/, "").replace(/指标$/, "");
export const valuesOf = (row) => Object.fromEntries(FIELDS.map((name) => [name, field(row, name).value]));
export const contents = () => rows().map(valuesOf);

export const isClosed = (control) => "closed" in control.dataset;

export function write(control, value) {
  if (!isClosed(control)) control.value = value;
}

export function isEmpty(values) {
  return FIELDS.every((name) => name === "level2" || name === "operator" || !values[name].trim());
}

export function levelOf(row) {
  return field(row, "level2").selectedOptions[0]?.parentElement.label || "";
}

/* `key` names the cell being typed in: changes of one key are one step back. */
export function changed(detail = {}) {
  form.dispatchEvent(new CustomEvent("grid:change", { detail }));
}

export function icon(name, label) {
  const mark = document.createElement("i");
  mark.className = `icon bi bi-${name}`;
  if (label) {
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", label);
  } else mark.setAttribute("aria-hidden", "true");
  return mark;
}

export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

export function say(text, failed = false) {
  saved.classList.toggle("neg", failed);
  saved.replaceChildren(icon(failed ? "cloud-slash" : "cloud-check"), text);
}

export function focusOn(row, name) {
  const control = field(row, name);
  control.focus();
  if (control.select) control.select();
}
