/* What follows from the rows at once: first level, last year's value, sums of weights against the limits. */

import { element, field, form, icon, levelOf, rows } from "./dom.js";

const HUNDREDTHS = 100;
export const LEVEL_WORDS = { 成本: "cost", 产出: "output", 效益: "benefit", 满意度: "satisfaction" };
const templates = JSON.parse(form.dataset.templates);
const history = JSON.parse(form.dataset.history);
/* Older rule sets count costs among the outputs, or satisfaction among the benefits. */
const counted = JSON.parse(form.dataset.counted);

function showLevels() {
  let previous = "";
  rows().forEach((row) => {
    const level = levelOf(row);
    const shown = row.querySelector("[data-level1]");
    shown.textContent = level;
    shown.classList.toggle("again", Boolean(level) && level === previous);
    previous = level;
  });
}

/* Last year's actual with its target below; the target alone while nothing is known of the actual. */
export function showLast(row) {
  const known = history[field(row, "name").value.trim()];
  const shown = row.querySelector("[data-last]");
  if (!known) shown.replaceChildren("—");
  else if (known.actual) shown.replaceChildren(known.actual, element("span", "sub", `目标 ${known.target}`));
  else shown.replaceChildren(element("span", "sub", "目标"), known.target);
}

function hundredths(text) {
  const plain = text.replace(/[,，\s]/g, "");
  return /^\d{1,3}(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * HUNDREDTHS) : 0;
}

const pointsText = (value) => String(value / HUNDREDTHS);

function givenByLevel() {
  const given = { cost: 0, output: 0, benefit: 0, satisfaction: 0 };
  rows().forEach((row) => {
    const level = LEVEL_WORDS[levelOf(row)];
    if (level) given[counted[level]] += hundredths(field(row, "weight").value);
  });
  return given;
}

function templateFor(given) {
  const fits = (one, level) => (Number(one[level]) > 0) === (given[level] > 0);
  return templates.find((one) => fits(one, "cost") && fits(one, "satisfaction"))
    || templates.find((one) => fits(one, "satisfaction")) || templates[0];
}

function showSums() {
  const given = givenByLevel();
  const due = templateFor(given);
  const have = { ...given, total: Object.values(given).reduce((sum, points) => sum + points, 0) };
  document.querySelectorAll("[data-sum]").forEach((shown) => {
    const key = shown.dataset.sum;
    const want = hundredths(due[key]);
    const missing = want - have[key];
    const state = shown.querySelector("[data-state]");
    shown.querySelector("[data-given]").textContent = pointsText(have[key]);
    shown.querySelector("[data-due]").textContent = pointsText(want);
    state.className = `light ${missing ? "red" : "green"}`;
    state.replaceChildren(icon(missing ? "exclamation-circle-fill" : "check-circle-fill", missing ? "不符合" : "符合"));
    if (missing) state.append(missing > 0 ? `差 ${pointsText(missing)}` : `多 ${pointsText(-missing)}`);
  });
}

export function showAll() {
  showLevels();
  showSums();
}

form.addEventListener("grid:change", showAll);
