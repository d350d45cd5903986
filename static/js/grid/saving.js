/* Autosave with an optimistic lock, and a copy in the browser for as long as the server has not got it. */

import { changed, contents, form, isEmpty, say } from "./dom.js";
import { showErrors, showMarks } from "./marks.js";
import { fill } from "./rows.js";

const SAVE_AFTER_MS = 2000;
const storeKey = `declaration-${form.dataset.record}`;
const kept = document.querySelector("[data-kept]");
const checks = document.querySelector("[data-checks]");

/* `base` is what the server is known to have; `open` while a conflict waits for the person's decision. */
export const known = { base: contents().filter((row) => !isEmpty(row)), open: false };
let dirty = false;
let saving = false;
let stored = true;
let underWay = Promise.resolve();
let timer = 0;

export const isDirty = () => dirty;

export function setSeen(value) {
  document.querySelectorAll("[data-seen]").forEach((input) => { input.value = value; });
}

function later(delay = SAVE_AFTER_MS) {
  clearTimeout(timer);
  timer = setTimeout(save, delay);
}

form.addEventListener("grid:change", () => {
  dirty = true;
  if (known.open) {
    keepHere();
    return;
  }
  say("有改动，稍后自动保存");
  later();
});

export function save() {
  clearTimeout(timer);
  if (dirty && !saving && !known.open) underWay = send();
  return underWay;
}

/* Whether the server has everything that is on the page. */
async function flush() {
  await save();
  if (dirty) await save();
  return stored && !dirty;
}

async function send() {
  saving = true;
  dirty = false;
  stored = false;
  say("正在保存");
  try {
    stored = await take(await fetch(form.action || window.location.href, {
      method: "POST", body: new FormData(form), headers: { Accept: "application/json" },
    }));
  } catch {
    keepHere();
    say("网络不通，内容已留在本机，恢复后自动保存", true);
    dirty = true;
    later(SAVE_AFTER_MS * 5);
    return;
  } finally {
    saving = false;
  }
  if (dirty) later();
}

async function take(answer) {
  if (!(answer.headers.get("Content-Type") || "").includes("json")) {
    keepHere();
    say(answer.redirected ? "登录已失效，内容已留在本机，请重新登录" : "没有存上，内容已留在本机，请刷新后重试", true);
    return false;
  }
  const data = await answer.json();
  if (answer.ok) {
    accept(data);
    return true;
  }
  keepHere();
  if (data.errors) showErrors(data.errors);
  if (answer.status === 409 && data.rows) {
    known.open = true;
    form.dispatchEvent(new CustomEvent("grid:conflict", { detail: data }));
    say("没有存上：两处改动有冲突，请选择", true);
    return false;
  }
  say(`没有存上：${data.sentences[0]}`, true);
  return false;
}

function accept(data) {
  setSeen(data.seen);
  known.base = data.rows;
  localStorage.removeItem(storeKey);
  checks.innerHTML = data.checks;
  window.htmx?.process(checks);
  if (dirty) {
    say("有改动，稍后自动保存");
    return;
  }
  showMarks(data.marks);
  say(`${data.saved_at} 已自动保存`);
}

function keepHere() {
  localStorage.setItem(storeKey, JSON.stringify(contents()));
}

function forget() {
  localStorage.removeItem(storeKey);
  kept.hidden = true;
}

document.querySelector("[data-restore]").addEventListener("click", () => {
  fill(JSON.parse(localStorage.getItem(storeKey)));
  forget();
  changed();
});
document.querySelector("[data-forget]").addEventListener("click", forget);
kept.hidden = localStorage.getItem(storeKey) === null;

/* A button of the checks acts on what is saved: what is typed goes first, and the check may have changed by then. */
checks.addEventListener("submit", async (event) => {
  if (stored && !dirty) return;
  event.preventDefault();
  event.stopPropagation();
  const { action, elements: { key, all, reason } } = event.target;
  if (!await flush()) return;
  const same = (one) => one.action === action
    && one.elements.key?.value === key?.value && one.elements.all?.value === all?.value;
  const again = [...checks.querySelectorAll("form")].find(same);
  if (!again) {
    say("改动已保存，这条检查意见已经不在，不用再处理");
    return;
  }
  if (reason) again.elements.reason.value = reason.value;
  again.requestSubmit();
});

form.addEventListener("submit", () => {
  dirty = false;
  clearTimeout(timer);
});
window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
window.addEventListener("online", save);
