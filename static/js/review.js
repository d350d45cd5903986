/* The review page: grades fill in points, live total and grade, the button that fits the grade, ready reasons,
   comments pinned to cells, tabs, and the keys of the queue. */

const HUNDREDTHS = 100;
const GRADE_ICONS = ["reception-4", "reception-3", "reception-2", "reception-1"];

const form = document.querySelector("[data-review]");
const items = [...document.querySelectorAll("[data-item]")];
const opinion = document.querySelector("#opinion");
const bands = form.dataset.bands.split(";").filter(Boolean).map((band) => {
  const [name, lower, step] = band.split(":");
  return { name, lower: Number(lower), step };
});

const edits = form.querySelector("[data-edits]");
const passLabel = form.querySelector("[data-pass-label]");
const passWords = passLabel?.textContent;

const pointsOf = (item) => item.querySelector(".pt");
const isTyping = (element) => element.matches("input, textarea, select");

function hundredths(text) {
  return /^\d{1,3}(\.\d{1,2})?$/.test(text.trim()) ? Math.round(Number(text) * HUNDREDTHS) : null;
}

function gradeButton(item, points) {
  const buttons = [...item.querySelectorAll("[data-fill]")];
  return buttons.find((button) => points >= Number(button.dataset.low) * HUNDREDTHS) || null;
}

function showItem(item) {
  const points = hundredths(pointsOf(item).value);
  const most = Number(item.dataset.item) * HUNDREDTHS;
  const wrong = pointsOf(item).value.trim() !== "" && (points === null || points > most);
  const chosen = points === null || wrong ? null : gradeButton(item, points);
  item.querySelectorAll("[data-fill]").forEach((button) => button.setAttribute("aria-pressed", String(button === chosen)));
  if (wrong) pointsOf(item).setAttribute("aria-invalid", "true");
  else pointsOf(item).removeAttribute("aria-invalid");
  return wrong ? null : points;
}

function showTotal() {
  let total = 0;
  let complete = items.length > 0;
  let head = null;
  const sums = new Map();
  document.querySelectorAll("[data-dimension], [data-item]").forEach((line) => {
    if ("dimension" in line.dataset) {
      head = line;
      sums.set(head, 0);
      return;
    }
    const points = showItem(line);
    complete &&= points !== null;
    sums.set(head, sums.get(head) + (points || 0));
    total += points || 0;
  });
  sums.forEach((sum, line) => { line.querySelector("[data-dimension-sum]").textContent = sum / HUNDREDTHS; });
  const shown = form.querySelector("[data-total]");
  if (!shown) return;
  shown.textContent = total / HUNDREDTHS;
  showGrade(complete ? bands.findIndex((band) => total >= band.lower * HUNDREDTHS) : -1);
}

function showGrade(place) {
  const shown = form.querySelector("[data-grade]");
  offerStep(bands[place]?.step || "");
  if (place < 0) {
    shown.textContent = "评分未完";
    return;
  }
  const mark = document.createElement("span");
  mark.className = `grade g${place + 1}`;
  const bars = document.createElement("i");
  bars.className = `icon bi bi-${GRADE_ICONS[place] || "award"}`;
  bars.setAttribute("aria-hidden", "true");
  mark.append(bars, bands[place].name);
  shown.replaceChildren(mark);
}

/* The grade says what is to be done (财预〔2015〕88号 art. 25); its button becomes the primary one. */
function offerStep(wanted) {
  const step = wanted.startsWith("pass") || !wanted ? "pass" : wanted;
  form.querySelectorAll("[data-step]").forEach((button) => {
    const on = button.dataset.step === step;
    button.classList.toggle("btn-primary", on);
    const plain = button.dataset.step === "block" ? "btn-danger-outline" : "btn-outline";
    button.classList.toggle(plain, !on);
  });
  if (edits) edits.hidden = wanted !== "pass_after_edit";
  if (passLabel) passLabel.textContent = wanted === "pass_after_edit" ? "完善后通过" : passWords;
}

const offered = () => document.querySelector(".verdict .btn-primary:not([disabled])");

function pick(item) {
  items.forEach((one) => one.classList.toggle("cur", one === item));
  item.scrollIntoView({ block: "nearest" });
}

function fill(button) {
  const item = button.closest("[data-item]");
  pointsOf(item).value = button.dataset.fill;
  showTotal();
  const next = items[items.indexOf(item) + 1];
  pick(next || item);
}

function insertReason(text) {
  opinion.value = opinion.value.trim() ? `${opinion.value.trimEnd()}\n${text}` : text;
  opinion.dispatchEvent(new Event("input", { bubbles: true }));
  opinion.focus();
}

/* Nothing to remark: full points for every item and the ready opinion. */
function acceptAll() {
  items.forEach((item) => { pointsOf(item).value = item.querySelector("[data-fill]").dataset.fill; });
  if (!opinion.value.trim()) opinion.value = form.dataset.readyOpinion;
  if (items.length) showTotal();
}

/* ---------- comments ---------- */

function openComments(place) {
  showTab(document.querySelector("[aria-controls=tab-comments]"));
  const select = document.querySelector("#pin-place");
  if (!select) return;
  if (place && [...select.options].some((option) => option.value === place)) select.value = place;
  markPlace(select.value);
  document.querySelector("#pin-text").focus();
}

function markPlace(place) {
  document.querySelectorAll("[data-place].cur").forEach((cell) => cell.classList.remove("cur"));
  const cell = document.querySelector(`[data-place="${CSS.escape(place)}"]`);
  cell?.classList.add("cur");
  cell?.scrollIntoView({ block: "nearest" });
}

function insertComments() {
  const lines = [...document.querySelectorAll(".pins > li:not(.done)")].map((line) =>
    `${line.querySelector("[data-go]").textContent}：${line.querySelector(".pre").textContent}`);
  if (lines.length) insertReason(lines.join("\n"));
}

function compareNext() {
  const links = [...document.querySelectorAll(".compare a")];
  const current = links.findIndex((link) => link.hasAttribute("aria-current"));
  links[(current + 1) % links.length]?.click();
}

function showTab(tab) {
  document.querySelectorAll("[data-tabs] [role=tab]").forEach((one) => {
    const on = one === tab;
    one.setAttribute("aria-selected", String(on));
    document.getElementById(one.getAttribute("aria-controls")).hidden = !on;
  });
}

const PRESSED = [
  "[data-fill]", "[data-ready]", "[data-insert-pins]", "[data-keys-open]", "[data-pin]", "[data-go]",
  "[data-tabs] [role=tab]", ".paper [data-place]",
].join(", ");

const KEYS = {
  a: acceptAll, c: () => openComments(""), d: compareNext, r: () => opinion.focus(),
  j: () => document.querySelector("[data-next]")?.click(), s: () => document.querySelector("[data-next]")?.click(),
  k: () => document.querySelector("[data-previous]")?.click(),
  "?": () => document.querySelector("#keys-dialog").showModal(),
};

function onKey(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    if (event.target.matches("#pin-text")) event.target.form.requestSubmit();
    else offered()?.click();
    return;
  }
  if (event.key === "Enter" && event.target.matches(".pt")) {
    event.preventDefault();
    const next = items[items.indexOf(event.target.closest("[data-item]")) + 1];
    (next ? pointsOf(next) : opinion).focus();
    return;
  }
  if (event.key === "Escape" && isTyping(event.target)) event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter") {
    if (event.target.matches("a, button, summary")) return;
    event.preventDefault();
    offered()?.focus();
    return;
  }
  const current = items.find((item) => item.classList.contains("cur")) || items[0];
  const grade = current?.querySelectorAll("[data-fill]")[Number(event.key) - 1];
  if (grade) fill(grade);
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function onClick(event) {
  const pressed = event.target.closest(PRESSED);
  if (!pressed) return;
  if ("fill" in pressed.dataset) fill(pressed);
  else if ("ready" in pressed.dataset) insertReason(pressed.dataset.ready);
  else if ("insertPins" in pressed.dataset) insertComments();
  else if ("keysOpen" in pressed.dataset) KEYS["?"]();
  else if ("pin" in pressed.dataset) showTab(document.querySelector("[aria-controls=tab-comments]"));
  else if ("go" in pressed.dataset) markPlace(pressed.dataset.go);
  else if ("place" in pressed.dataset) openComments(pressed.dataset.place);
  else showTab(pressed);
}

document.addEventListener("keydown", onKey);
document.addEventListener("click", onClick);
document.addEventListener("change", (event) => { if (event.target.matches("#pin-place")) markPlace(event.target.value); });
items.forEach((item) => pointsOf(item).addEventListener("focus", () => pick(item)));
document.addEventListener("input", (event) => { if (event.target.matches(".pt")) showTotal(); });

const SCRIPTED = "[data-grades], [data-ready], [data-insert-pins], [data-keys-help], [data-tabs]";
document.querySelectorAll(SCRIPTED).forEach((part) => { part.hidden = false; });
showTab(document.querySelector("[data-tabs] [role=tab]"));
if (items.length) {
  pick(items[0]);
  showTotal();
}
