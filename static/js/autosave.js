/* A draft saves itself: the form goes to the server as its own save button would send it. Of the page that comes back,
   the parts marked data-live replace those on the screen, and data-live-state lends its class and whether it is hidden.
   What the server has not got is kept in this browser. */

const SAVE_AFTER_MS = 2000;
const form = document.querySelector("form[data-autosave]");
const state = document.querySelector("[data-autosave-state]");
const kept = document.querySelector("[data-kept]");
const storeKey = `draft-${form.dataset.autosave}`;
const NOT_TYPED = new Set(["csrfmiddlewaretoken", "seen"]);

let dirty = false;
let stopped = false;
let underWay = null;
let timer = 0;

const seen = () => form.elements.seen.value;
const typed = () => [...new FormData(form)].filter(([name, value]) => !NOT_TYPED.has(name) && typeof value === "string");
const stored = () => JSON.parse(localStorage.getItem(storeKey));

function say(sentence, bad = false) {
  state.textContent = sentence;
  state.classList.toggle("neg", bad);
  state.classList.toggle("muted", !bad);
}

function keepHere(sent = false) {
  localStorage.setItem(storeKey, JSON.stringify({ seen: seen(), sent, typed: typed() }));
}

function forget() {
  localStorage.removeItem(storeKey);
  kept.hidden = true;
}

/* ---------- saving ---------- */

function onChange(event) {
  if (event.target.form !== form || event.target.type === "file") return;
  dirty = true;
  clearTimeout(timer);
  if (stopped) {
    keepHere();
    return;
  }
  say("有改动，稍后自动保存");
  timer = setTimeout(save, SAVE_AFTER_MS);
}

function save() {
  clearTimeout(timer);
  if (dirty && !underWay && !stopped) {
    underWay = send().finally(() => {
      underWay = null;
      if (dirty && !stopped) timer = setTimeout(save, SAVE_AFTER_MS);
    });
  }
  return underWay;
}

async function send() {
  dirty = false;
  say("正在保存");
  let answer;
  let page;
  try {
    answer = await fetch(form.action || window.location.href, { method: "POST", body: new FormData(form) });
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    keepHere();
    dirty = true;
    say("网络不通，内容已留在本机，恢复后自动保存", true);
    return;
  }
  const current = page.querySelector("[data-autosave-state]");
  if (answer.ok && current) {
    accept(page, current.dataset.seen);
    return;
  }
  keepHere();
  stopped = answer.status === 409 || !page.querySelector("[data-errsum]");
  say(refusalOf(answer, page), true);
}

function refusalOf(answer, page) {
  const sentence = page.querySelector("[data-errsum] li");
  if (sentence) return `没有存上：${sentence.textContent.trim()}`;
  if (answer.redirected) return "登录已失效，内容已留在本机，请重新登录后恢复";
  return "没有存上，内容已留在本机，请刷新页面后恢复";
}

function accept(page, revision) {
  document.querySelectorAll("input[name=seen]").forEach((input) => { input.value = revision; });
  document.querySelectorAll("[data-live]").forEach((part) => {
    const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (fresh && !part.contains(document.activeElement)) part.replaceWith(document.importNode(fresh, true));
  });
  document.querySelectorAll("[data-live-state]").forEach((part) => {
    const fresh = page.querySelector(`[data-live-state="${part.dataset.liveState}"]`);
    if (!fresh) return;
    part.className = fresh.className;
    part.hidden = fresh.hidden;
  });
  localStorage.removeItem(storeKey);
  if (!dirty) say(`${new Date().toLocaleTimeString("zh-CN", { hour12: false })} 已自动保存`);
}

/* ---------- leaving, coming back ---------- */

/* A save on its way would make the page that is sent after it look out of date, so the button waits for it. */
async function onSubmit(event) {
  clearTimeout(timer);
  if (underWay) {
    const { submitter } = event;
    event.preventDefault();
    event.stopPropagation();
    await underWay;
    clearTimeout(timer);
    form.requestSubmit(submitter);
    return;
  }
  dirty = false;
  keepHere(true);
}

function fill(entries) {
  const values = new Map();
  entries.forEach(([name, value]) => values.set(name, [...(values.get(name) || []), value]));
  [...form.elements].filter((field) => field.name && !NOT_TYPED.has(field.name)).forEach((field) => {
    const given = values.get(field.name) || [];
    if (["checkbox", "radio"].includes(field.type)) field.checked = given.includes(field.value);
    else if (given.length && field.type !== "file") [field.value] = given;
  });
}

function offerWhatWasKept() {
  const copy = stored();
  const arrived = copy && copy.sent && copy.seen !== seen();
  if (!copy || arrived || JSON.stringify(copy.typed) === JSON.stringify(typed())) forget();
  else kept.hidden = false;
}

kept.querySelector("[data-restore]").addEventListener("click", () => {
  fill(stored().typed);
  forget();
  onChange({ target: form.elements.seen });
});
kept.querySelector("[data-forget]").addEventListener("click", forget);
document.addEventListener("input", onChange);
document.addEventListener("change", onChange);
form.addEventListener("submit", onSubmit);
window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
window.addEventListener("online", save);
document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
offerWhatWasKept();
