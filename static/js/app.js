/* The shell's behaviour. Every page works without it; it adds keys, memory, tips, confirmation and a guard against
   double submission. Listeners sit on the document, so parts swapped in by htmx need no further care. */

const YEAR_SECONDS = 365 * 24 * 3600;
const WARN_SECONDS = 5 * 60;
const TOAST_MS = 8000;
const DOWNLOAD_MS = 3000;

const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const remember = (name, value) => {
  document.cookie = `${name}=${value}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
};
const isTyping = (element) => element.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");

/* ---------- navigation and density ---------- */

function foldNavigation(button) {
  const mini = document.body.classList.toggle("nav-mini");
  button.setAttribute("aria-expanded", String(!mini));
  find("span", button).textContent = mini ? "展开导航" : "收起导航";
  find(".icon", button).className = `icon bi bi-chevron-double-${mini ? "right" : "left"}`;
  remember("nav", mini ? "mini" : "full");
}

async function changeDensity(form, button) {
  const body = new FormData(form);
  body.set("density", button.value);
  document.documentElement.dataset.density = button.value;
  all("button", form).forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
  const answer = await fetch(form.action, { method: "POST", body });
  if (!answer.ok) toast("表格疏密没有保存，下次打开仍是原来的样子。");
}

function closeMenus(except) {
  all("details.menu[open]").filter((menu) => menu !== except && !menu.contains(except)).forEach((menu) => { menu.open = false; });
}

/* ---------- tips: placed so that no table cuts them off ---------- */

function placeTip(owner) {
  const tip = find(".tipbox", owner);
  if (!tip) return;
  const box = owner.getBoundingClientRect();
  const { width, height } = tip.getBoundingClientRect();
  const below = box.bottom + height + 12 < window.innerHeight;
  tip.style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - width - 8))}px`;
  tip.style.top = `${below ? box.bottom + 6 : Math.max(8, box.top - height - 6)}px`;
}

function followTips() {
  all("[data-tip]:is(:hover, :focus):not(.shut)").forEach(placeTip);
}

function shutTips() {
  all("[data-tip]:is(:hover, :focus)").forEach((owner) => owner.classList.add("shut"));
}

/* ---------- notes and toasts ---------- */

function toast(sentence) {
  const box = document.createElement("div");
  box.className = "toast-x";
  box.textContent = sentence;
  find("#toasts").append(box);
  setTimeout(() => box.remove(), TOAST_MS);
}

function floatToasts() {
  all("[data-toast]").forEach((box) => {
    find("#toasts").append(box);
    setTimeout(() => box.remove(), TOAST_MS);
  });
}

function warnBeforeSessionEnds() {
  const seconds = Number(document.body.dataset.sessionSeconds);
  if (!seconds) return;
  setTimeout(() => {
    find("#main").prepend(find("#session-warning").content.cloneNode(true));
  }, Math.max(0, seconds - WARN_SECONDS) * 1000);
}

/* ---------- confirmation and double submission ---------- */

function askFirst(form, submitter) {
  const dialog = find("#confirm-dialog");
  const list = document.createElement("ul");
  (form.dataset.consequence || "").split("；").filter(Boolean).forEach((sentence) => {
    const item = document.createElement("li");
    item.textContent = sentence;
    list.append(item);
  });
  find("#confirm-title").textContent = form.dataset.confirm;
  find("#confirm-body").replaceChildren(list);
  const go = find("[data-confirmed]", dialog);
  go.textContent = form.dataset.verb || submitter?.textContent.trim() || "继续办理";
  go.onclick = () => {
    form.dataset.confirmed = "yes";
    dialog.close();
    form.requestSubmit(submitter);
  };
  find("[data-cancel]", dialog).onclick = () => dialog.close();
  dialog.showModal();
}

function showBusy(form, submitter) {
  const button = submitter || find("button:not([type=button])", form);
  if (!button) return;
  const before = button.innerHTML;
  const words = document.createElement("span");
  words.textContent = button.dataset.busy || `正在${button.textContent.trim()}`;
  const spinner = document.createElement("span");
  spinner.className = "spin";
  spinner.setAttribute("aria-hidden", "true");
  const owned = all(`button[form="${form.id}"]`).concat(all("button", form));
  const restore = () => {
    button.innerHTML = before;
    owned.forEach((other) => { other.disabled = false; });
  };
  // The button's own value must still be sent, so it is switched off only after the form has been read.
  setTimeout(() => {
    owned.forEach((other) => { other.disabled = true; });
    button.setAttribute("aria-busy", "true");
    button.replaceChildren(spinner, words);
    if ("download" in form.dataset) setTimeout(restore, DOWNLOAD_MS);
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) restore(); }, { once: true });
}

function onSubmit(event) {
  const form = event.target;
  if (form.dataset.confirm && form.dataset.confirmed !== "yes") {
    event.preventDefault();
    askFirst(form, event.submitter);
    return;
  }
  if ("densityForm" in form.dataset) {
    event.preventDefault();
    changeDensity(form, event.submitter);
    return;
  }
  if (form.method === "post" && !form.matches("[hx-post], [data-hx-post]")) showBusy(form, event.submitter);
}

/* ---------- rows by keyboard, and ticking them ---------- */

function moveRow(step) {
  const rows = all("table[data-keys] tbody tr");
  if (!rows.length) return;
  const present = rows.findIndex((row) => row.classList.contains("cur"));
  const next = rows[Math.max(0, Math.min(rows.length - 1, present + step))];
  rows.forEach((row) => row.classList.toggle("cur", row === next));
  next.scrollIntoView({ block: "nearest" });
}

function tickRow() {
  find("table[data-keys] tr.cur [data-tick]")?.click();
}

function openRow() {
  const row = find("table[data-keys] tr.cur");
  if (row?.dataset.href) window.location.assign(row.dataset.href);
}

function wanText(fen) {
  const rounded = (fen + (fen < 0n ? -5000n : 5000n)) / 10000n;
  const sign = rounded < 0n ? "−" : "";
  const digits = String(rounded < 0n ? -rounded : rounded).padStart(3, "0");
  return `${sign}${digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",")}.${digits.slice(-2)}`;
}

function countTicked() {
  const batch = find("[data-batch]");
  if (!batch) return;
  const ticks = all("[data-tick]");
  const ticked = ticks.filter((box) => box.checked);
  const fen = ticked.reduce((sum, box) => sum + BigInt((box.dataset.yuan || "0.00").replace(".", "")), 0n);
  ticks.forEach((box) => box.closest("tr").toggleAttribute("aria-selected", false));
  ticked.forEach((box) => box.closest("tr").setAttribute("aria-selected", "true"));
  batch.hidden = ticked.length === 0;
  find("[data-batch-count]", batch).textContent = `已选 ${ticked.length} 项`;
  find("[data-batch-money]", batch).textContent = ticked.some((box) => box.dataset.yuan) ? `预算 ${wanText(fen)} 万元` : "";
  const every = find("[data-tick-all]");
  if (every) {
    every.checked = ticked.length === ticks.length;
    every.indeterminate = ticked.length > 0 && ticked.length < ticks.length;
  }
}

const KEYS = { j: () => moveRow(1), k: () => moveRow(-1), x: tickRow, Enter: openRow, "/": () => find("#q")?.focus() };

function onKey(event) {
  if (event.key === "Escape") {
    shutTips();
    closeMenus(null);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || find("dialog[open]")) return;
  if (event.key === "Enter" && event.target.matches("a, button, summary")) return;
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  if (event.key === "/") event.preventDefault();
  act();
}

/* ---------- form helpers ---------- */

function showLength(area) {
  const counter = find(`[data-count-of="${area.id}"]`);
  if (counter) counter.textContent = `${area.value.length} / ${area.maxLength}`;
}

function onDrop(event) {
  const zone = event.target.closest("[data-drop]");
  if (!zone || !event.dataTransfer.files.length) return;
  event.preventDefault();
  zone.classList.remove("over");
  find("input[type=file]", zone).files = event.dataTransfer.files;
}

/* ---------- wiring ---------- */

document.addEventListener("click", (event) => {
  closeMenus(event.target);
  const target = event.target.closest("[data-nav-fold], [data-dismiss], [data-untick]");
  if (!target) return;
  if ("navFold" in target.dataset) foldNavigation(target);
  if ("dismiss" in target.dataset) target.closest(".note, .toast-x").remove();
  if ("untick" in target.dataset) {
    all("[data-tick]").forEach((box) => { box.checked = false; });
    countTicked();
  }
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) {
    all("[data-tick]").forEach((box) => { box.checked = event.target.checked; });
  }
  if (event.target.matches("[data-tick], [data-tick-all]")) countTicked();
});
document.addEventListener("submit", onSubmit);
document.addEventListener("keydown", onKey);
document.addEventListener("input", (event) => { if (event.target.matches("textarea[maxlength]")) showLength(event.target); });
for (const type of ["mouseover", "focusin"]) {
  document.addEventListener(type, (event) => {
    const owner = event.target.closest?.("[data-tip]");
    if (!owner) return;
    owner.classList.remove("shut");
    placeTip(owner);
  });
}
document.addEventListener("scroll", followTips, { capture: true, passive: true });
document.addEventListener("dragover", (event) => {
  const zone = event.target.closest("[data-drop]");
  if (!zone) return;
  event.preventDefault();
  zone.classList.add("over");
});
document.addEventListener("dragleave", (event) => { event.target.closest?.("[data-drop]")?.classList.remove("over"); });
document.addEventListener("drop", onDrop);
document.addEventListener("htmx:beforeRequest", (event) => { event.target.setAttribute("aria-busy", "true"); });
document.addEventListener("htmx:afterRequest", (event) => { event.target.removeAttribute("aria-busy"); });
document.addEventListener("htmx:responseError", (event) => {
  toast(event.detail.xhr.status === 403 ? "没有办成：登录已失效或没有权限，请刷新页面后再试。" : "没有办成：系统没有正常回应，请稍后再试。");
});
document.addEventListener("htmx:sendError", () => toast("没有办成：网络不通，请检查后再试。"));

floatToasts();
warnBeforeSessionEnds();
countTicked();
all("textarea[maxlength]").forEach(showLength);
find("[data-errsum]")?.focus();
