/* Undo and redo of everything done to the rows: typing (a cell at a time), paste, rows, a decided conflict. */

import { body, changed, contents, form, say } from "./dom.js";
import { fill } from "./rows.js";

const MOST = 100;
const steps = [];
let at = 0;
let lastKey = "";

/* What is on the page now is where undo ends. */
export function begin() {
  steps.push(contents());
}

form.addEventListener("grid:change", (event) => {
  if (event.detail.restored) return;
  const key = event.detail.key || "";
  if (key && key === lastKey) {
    steps[at] = contents();
    return;
  }
  steps.splice(at + 1, steps.length, contents());
  if (steps.length > MOST) steps.shift();
  at = steps.length - 1;
  lastKey = key;
});
body.addEventListener("focusout", () => { lastKey = ""; });

function restore(step, words) {
  if (!steps[at + step]) {
    say(`没有可以${words}的操作`);
    return;
  }
  at += step;
  lastKey = "";
  fill(steps[at]);
  changed({ restored: true });
}

export const undo = () => restore(-1, "撤销");
export const redo = () => restore(1, "重做");
