/* Two people at one form: what the other changed, a choice for every row that differs, one step back. */

import { FIELDS, LABELS, changed, contents, element, fixed, form, isEmpty } from "./dom.js";
import { fill } from "./rows.js";
import { known, save, setSeen } from "./saving.js";

const note = document.querySelector("[data-conflict]");
const list = note.querySelector("[data-conflict-rows]");
const NUMBERS = new Set(["value", "weight"]);
let theirs = [];
let latest = "";
let choices = [];

const plain = (name, text) => (NUMBERS.has(name) ? text.replace(/[,，\s]/g, "") : text.trim());
const same = (one, other) => FIELDS.every((name) => plain(name, one?.[name] ?? "") === plain(name, other?.[name] ?? ""))
  && Boolean(one) === Boolean(other);

/* Rows by name; the second of a name gets a key of its own. Rows that cannot move are known by their place. */
function byKey(content) {
  const found = new Map();
  content.filter((row) => !isEmpty(row)).forEach((row, index) => {
    let key = fixed ? `第 ${index + 1} 行` : row.name.trim();
    while (found.has(key)) key += "#";
    found.set(key, row);
  });
  return found;
}

/* A row that only the other changed is theirs unless chosen otherwise; one that I changed is mine. */
function compare() {
  const [base, mine, other] = [known.base, contents(), theirs].map(byKey);
  const keys = [...new Set([...mine.keys(), ...other.keys()])];
  return keys.map((key) => {
    const [was, own, their] = [base, mine, other].map((content) => content.get(key));
    return { key, own, their, differs: !same(own, their), take: same(own, was) ? "theirs" : "mine" };
  });
}

function words(row, other) {
  if (!row) return "没有这一行";
  const fields = other ? FIELDS.filter((name) => plain(name, row[name]) !== plain(name, other[name])) : ["value", "weight"];
  return fields.map((name) => `${LABELS[name]}：${row[name].trim() || "（空）"}`).join("；");
}

function choiceOf(choice, index, side, label, text) {
  const radio = element("input", "form-check-input");
  radio.type = "radio";
  radio.name = `conflict-${index}`;
  radio.value = side;
  radio.checked = choice.take === side;
  radio.addEventListener("change", () => { choice.take = side; });
  return element("label", "tick", radio, element("span", "", element("b", "", label), ` ${text}`));
}

function show() {
  choices = compare();
  const differing = choices.filter((choice) => choice.differs);
  list.replaceChildren(...differing.map((choice, index) => {
    const group = element(
      "div", "versus", element("span", "strong", choice.key.replace(/#+$/, "") || "（没有名称的行）"),
      choiceOf(choice, index, "theirs", "对方", words(choice.their, choice.own)),
      choiceOf(choice, index, "mine", "我的", words(choice.own, choice.their)),
    );
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-label", choice.key);
    return group;
  }));
  if (!differing.length) list.replaceChildren(element("div", "small", "指标没有不同：对方改的是文字部分。"));
  note.querySelector("[data-merge]").hidden = !differing.length;
  note.querySelector("[data-theirs]").hidden = !differing.length;
}

function decide(content) {
  note.hidden = true;
  known.open = false;
  known.base = theirs;
  setSeen(latest);
  fill(content);
  changed();
  save();
}

function merged() {
  return choices.map((choice) => (choice.differs && choice.take === "theirs" ? choice.their : choice.own || null)).filter(Boolean);
}

form.addEventListener("grid:conflict", ({ detail }) => {
  theirs = detail.rows;
  latest = detail.latest;
  note.querySelector("[data-conflict-text]").textContent = `${detail.who}${detail.sentences.join("")}`;
  show();
  note.hidden = false;
  note.focus();
});
form.addEventListener("grid:change", () => { if (known.open) show(); });
note.querySelector("[data-overwrite]").addEventListener("click", () => decide(contents()));
note.querySelector("[data-theirs]").addEventListener("click", () => decide(theirs));
note.querySelector("[data-merge]").addEventListener("click", () => decide(merged()));
