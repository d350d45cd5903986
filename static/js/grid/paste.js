/* Rows pasted from Excel or WPS: quoted cells with line breaks, heading rows, level words, one-cell values such as ≥86%. */

import { COLUMNS, bare, body, changed, field, focusOn, isClosed, nameOf, rows, say, write } from "./dom.js";
import { newRow } from "./rows.js";
import { LEVEL_WORDS, showLast } from "./sums.js";

const HEADINGS = {
  二级指标: "level2", 三级指标: "name", 指标名称: "name", 指标性质: "operator", 性质: "operator", 指标值: "value", 年度指标值: "value",
  计量单位: "unit_of_measure", 单位: "unit_of_measure", 权重: "weight", 分值: "weight", 指标来源: "source", 指标值来源: "source",
  来源: "source", "评(扣)分标准": "scoring_standard", "评（扣）分标准": "scoring_standard", 评分标准: "scoring_standard",
  指标解释: "explanation",
};
const OPERATORS = {
  "≥": ">=", ">=": ">=", 大于等于: ">=", 不低于: ">=", "＞": ">", ">": ">", 大于: ">", "=": "=", "＝": "=", 等于: "=",
  "≤": "<=", "<=": "<=", 小于等于: "<=", 不超过: "<=", "＜": "<", "<": "<", 小于: "<", 定性: "text",
};
const WHOLE_VALUE = /^(≥|>=|≤|<=|＞|>|＜|<|＝|=)\s*([\d,，.]+)\s*(.*)$/;

/* Tab-separated text as spreadsheets copy it: a cell in quotes may hold tabs, line breaks and doubled quotes. */
export function cellsOf(text) {
  const lines = [[]];
  const pattern = /(?:^|[\t\n])(?:"((?:[^"]|"")*)"(?=[\t\n]|$)|([^\t\n]*))/g;
  const plain = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "");
  for (const found of plain.matchAll(pattern)) {
    if (found[0].startsWith("\n")) lines.push([]);
    const inside = found[1] === undefined ? found[2] : found[1].replaceAll('""', '"');
    lines.at(-1).push(inside.replace(/\s*\n\s*/g, " ").trim());
  }
  return lines;
}

function choose(select, text) {
  const wanted = select.name.endsWith("-operator")
    ? OPERATORS[text] : [...select.options].find((one) => bare(one.text) === bare(text))?.value;
  if (wanted) write(select, wanted);
}

function put(row, name, text) {
  const control = field(row, name);
  if (control.tagName === "SELECT") choose(control, text);
  else write(control, text);
}

/* Which column each pasted cell goes to: by a heading row when there is one, else from the focused column on. */
function planOf(lines, start) {
  const words = lines[0].map((text) => text.replace(/\*$/, ""));
  if (words.includes("三级指标")) return { plan: words.map((word) => HEADINGS[word]), lines: lines.slice(1) };
  const first = lines.map((line) => bare(line[0])).find(Boolean) || "";
  if (first in LEVEL_WORDS) return { plan: [undefined, ...COLUMNS], lines };
  return { plan: COLUMNS.slice(COLUMNS.indexOf(start)), lines };
}

function putLine(row, line, plan, carried) {
  const place = plan.indexOf("level2");
  if (place >= 0 && line[place]) carried.level2 = line[place];
  if (carried.level2) put(row, "level2", carried.level2);
  line.forEach((text, index) => {
    const name = plan[index];
    if (!name || name === "level2" || !text) return;
    const whole = name === "value" && !plan.includes("unit_of_measure") && text.match(WHOLE_VALUE);
    if (whole) ["operator", "value", "unit_of_measure"].forEach((each, part) => put(row, each, whole[part + 1]));
    else put(row, name, text);
  });
  showLast(row);
}

function onPaste(event) {
  const control = event.target.closest("[data-cell] input, [data-cell] select");
  const text = event.clipboardData.getData("text/plain");
  if (!control || !/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  const start = nameOf(control);
  const { plan, lines } = planOf(cellsOf(text), start);
  const carried = { level2: "" };
  let row = control.closest("tr");
  let done = 0;
  for (const line of lines) {
    if (done) row = rows()[rows().indexOf(row) + 1] || newRow();
    if (!row) break;
    if (done && !plan.includes("level2") && !field(row, "level2").value) {
      write(field(row, "level2"), field(rows()[rows().indexOf(row) - 1], "level2").value);
    }
    putLine(row, line, plan, carried);
    done += 1;
  }
  changed();
  focusOn(row || rows().at(-1), start);
  const left = lines.length - done;
  if (rows().some((each) => isClosed(field(each, start)))) {
    say("已粘贴到开放修改的格子，没有开放的保持原样，稍后自动保存");
    return;
  }
  say(left ? `已粘贴 ${done} 行，还有 ${left} 行放不下，没有粘贴` : `已粘贴 ${done} 行，稍后自动保存`, left > 0);
}

body.addEventListener("paste", onPaste);
