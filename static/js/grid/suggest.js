/* Suggestions below the name being typed: last year's lines, the library, comparable projects. */

import { body, cell, changed, element, field, focusOn, form, isClosed, nameOf } from "./dom.js";
import { setRow } from "./rows.js";

const WAIT_MS = 150;
const TAKEN_OVER = ["level2", "name", "operator", "unit_of_measure", "scoring_standard", "explanation", "source"];
const list = element("div", "pop suggest");
list.id = "suggestions";
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", "指标建议");

let shown = [];
let picked = 0;
let input = null;
let timer = 0;

const isOpen = () => input !== null;

function close() {
  clearTimeout(timer);
  if (!isOpen()) return;
  input.removeAttribute("aria-expanded");
  input.removeAttribute("aria-activedescendant");
  list.parentElement?.classList.remove("suggesting");
  list.remove();
  input = null;
}

async function ask(control) {
  if (!form.dataset.suggest) return;
  const typed = control.value.trim();
  const answer = await fetch(`${form.dataset.suggest}?${new URLSearchParams({ q: typed })}`, {
    headers: { Accept: "application/json" },
  });
  if (!answer.ok || document.activeElement !== control || control.value.trim() !== typed) return;
  open(control, typed, (await answer.json()).suggestions);
}

function open(control, typed, found) {
  close();
  if (!found.length) return;
  input = control;
  shown = found;
  const keys = element("span", "", element("kbd", "", "↑↓"), " 选择 ", element("kbd", "", "Enter"), " 采用 ", element("kbd", "", "Esc"), " 关闭");
  list.replaceChildren(
    element("div", "cap", element("span", "", typed ? `指标库与上年（输入“${typed}”）` : "指标库与上年"), keys), ...found.map(option),
  );
  const where = cell(control.closest("tr"), "name");
  where.classList.add("suggesting");
  where.append(list);
  control.setAttribute("role", "combobox");
  control.setAttribute("aria-expanded", "true");
  control.setAttribute("aria-controls", list.id);
  pick(0);
}

function option(each, index) {
  const made = element(
    "div", "opt", element("div", "", element("b", "", each.name), " ", element("span", "tag", each.tag)),
    element("div", "tiny muted", each.note),
  );
  made.id = `suggestion-${index}`;
  made.setAttribute("role", "option");
  made.addEventListener("mousedown", (event) => {
    event.preventDefault();
    take(index);
  });
  return made;
}

function pick(index) {
  picked = (index + shown.length) % shown.length;
  [...list.querySelectorAll(".opt")].forEach((one, place) => {
    one.classList.toggle("on", place === picked);
    one.setAttribute("aria-selected", String(place === picked));
    if (place === picked) one.scrollIntoView({ block: "nearest" });
  });
  input.setAttribute("aria-activedescendant", `suggestion-${picked}`);
}

/* What is offered replaces the line; what it does not say, and a value that is typed already, stays. */
function take(index) {
  const row = input.closest("tr");
  const chosen = shown[index];
  const values = Object.fromEntries(TAKEN_OVER.filter((name) => chosen[name]).map((name) => [name, chosen[name]]));
  if (chosen.value && !field(row, "value").value.trim()) values.value = chosen.value;
  close();
  setRow(row, values);
  changed();
  focusOn(row, "value");
}

function later(control) {
  clearTimeout(timer);
  timer = setTimeout(() => ask(control), WAIT_MS);
}

function onKey(event) {
  const control = event.target.closest('[data-cell="name"] input');
  if (!control || isClosed(control) || event.isComposing) return;
  const act = isOpen()
    ? { ArrowDown: () => pick(picked + 1), ArrowUp: () => pick(picked - 1), Enter: () => take(picked), Escape: close }[event.key]
    : { " ": event.ctrlKey ? () => ask(control) : null }[event.key];
  if (!act || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

function onTyping(event) {
  const control = event.target.closest('[data-cell="name"] input');
  if (!control || event.isComposing || nameOf(control) !== "name") return;
  close();
  if (control.value.trim() && event.isTrusted) later(control);
}

body.addEventListener("keydown", onKey, true);
body.addEventListener("input", onTyping);
body.addEventListener("compositionend", onTyping);
body.addEventListener("focusout", close);
