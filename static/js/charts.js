/* Charts from plain data. Colours come from tokens.css, so charts and pages never drift apart.

   <div class="chart chart-320" data-chart="scatter" data-source="points" data-desc="…"></div>
   {{ points|json_script:"points" }}
   A page that has charts loads vendor/echarts/echarts.common.min.js and then this module. Kinds and their data:
     scatter    {x, y, tick, quadrants: [{name, count}] in the order 双达标 钱快事慢 事快钱慢 双滞后,
                 points: [{x, y, size, name, note, lamp, url}]}        x, y: percent; size: 万元
     waterfall  {steps: [{name, value, total}], limit, limit_name, min}
     stack      {rows: [name], series: [{name, values}]}           horizontal, adds up to 100
     lines      {labels: [text], series: [{name, values}], min, max}
     bars       {labels: [text], values: [number], tick} */

const tokens = getComputedStyle(document.documentElement);
export const token = (name) => tokens.getPropertyValue(name).trim();
const LAMPS = {
  green: { word: "绿灯", symbol: "circle", colour: token("--ok-solid"), opacity: 0.32, scale: 0.62, least: 4 },
  yellow: { word: "黄灯", symbol: "triangle", colour: token("--warn-solid"), opacity: 0.75, scale: 0.56, least: 7 },
  red: { word: "红灯", symbol: "diamond", colour: token("--bad-solid"), opacity: 0.85, scale: 0.72, least: 7 },
};
const SERIES = ["--s1", "--s2", "--s3", "--s4"].map(token);
const GRADES = { 优: "--brand-700", 良: "--s2", 中: "--warn-bd", 差: "--bad-solid" };
const small = (colour) => ({ color: token(colour), fontSize: 12 });

const axis = (own) => ({
  axisLine: { lineStyle: { color: token("--line-400") } },
  axisTick: { show: false },
  axisLabel: small("--ink-600"),
  nameTextStyle: small("--ink-600"),
  splitLine: { lineStyle: { color: token("--line-100") } },
  ...own,
});
const money = (value) => value.toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ",");
const dashed = (colour) => ({ color: token(colour), type: "dashed", width: 1 });

function scatter(data) {
  const tick = data.tick;
  const corners = [[tick, tick, 100, 100, "insideTopRight"], [tick, 0, 100, tick, "insideBottomRight"],
    [0, tick, tick, 100, "insideTopLeft"], [0, 0, tick, tick, "insideBottomLeft"]];
  const quadrant = ({ name, count }, index) => {
    const [x0, y0, x1, y1, position] = corners[index];
    return [{ xAxis: x0, yAxis: y0, name: `${name} ${count}`, itemStyle: { color: "transparent" },
      label: { show: true, position, color: token("--ink-600"), fontSize: 13, fontWeight: 600, distance: 8 } }, { xAxis: x1, yAxis: y1 }];
  };
  const series = Object.entries(LAMPS).map(([lamp, look], layer) => ({
    type: "scatter", name: look.word, symbol: look.symbol, z: layer + 2,
    data: data.points.filter((point) => point.lamp === lamp).map((point) => ({
      value: [point.x, point.y], point, label: { position: point.x > 75 ? "left" : "right" },
      symbolSize: Math.max(look.least, Math.sqrt(point.size) * look.scale),
    })),
    itemStyle: { color: look.colour, opacity: look.opacity, borderColor: "#fff", borderWidth: lamp === "green" ? 0 : 1 },
    label: { show: lamp === "red", distance: 4, color: token("--ink-800"), fontSize: 12,
      formatter: ({ data: { point } }) => (point.size >= 600 ? point.name : "") },
    labelLayout: { hideOverlap: true },
  }));
  series.push({ type: "scatter", data: [], silent: true,
    markLine: { silent: true, symbol: "none", lineStyle: dashed("--ink-700"), label: { show: false }, data: [{ xAxis: tick }, { yAxis: tick }] },
    markArea: { silent: true, data: data.quadrants.map(quadrant) } });
  const percent = (name, nameGap) => axis({ type: "value", min: 0, max: 100, name, nameLocation: "middle", nameGap });
  return {
    grid: { left: 46, right: 18, top: 14, bottom: 44 },
    xAxis: percent(data.x, 26), yAxis: percent(data.y, 32),
    tooltip: { formatter: ({ data: { point } }) => `${point.name}\n${point.note}\n${data.x} ${point.x}%\n${data.y} ${point.y}%\n${LAMPS[point.lamp].word}` },
    series,
  };
}

function waterfall(data) {
  const base = [], up = [], down = [], total = [];
  let level = 0;
  for (const step of data.steps) {
    const next = step.total ? step.value : level + step.value;
    base.push(step.total ? 0 : Math.min(level, next));
    total.push(step.total ? step.value : "-");
    up.push(!step.total && step.value >= 0 ? step.value : "-");
    down.push(!step.total && step.value < 0 ? -step.value : "-");
    level = next;
  }
  const signed = (value) => (value === 0 ? "0.00" : `${value < 0 ? "−" : "+"}${money(Math.abs(value))}`);
  const label = (whole) => ({ show: true, position: whole ? "insideTop" : "bottom", color: whole ? "#fff" : token("--ink-800"),
    fontSize: whole ? 11 : 12, fontWeight: whole ? 600 : 400,
    formatter: ({ dataIndex }) => (whole ? money(data.steps[dataIndex].value) : signed(data.steps[dataIndex].value)) });
  const part = (values, colour, more = {}) => ({ type: "bar", stack: "all", data: values, itemStyle: { color: colour }, label: label(false), ...more });
  return {
    grid: { left: 56, right: 94, top: 22, bottom: 26 },
    xAxis: axis({ type: "category", data: data.steps.map((step) => step.name), axisLabel: { interval: 0, ...small("--ink-700") } }),
    yAxis: axis({ type: "value", min: data.min || 0 }),
    tooltip: { formatter: ({ dataIndex }) => {
      const step = data.steps[dataIndex];
      return `${step.name}  ${step.total ? money(step.value) : signed(step.value)}`;
    } },
    series: [
      part(base, "transparent", { silent: true, tooltip: { show: false }, label: { show: false } }),
      part(total, token("--s1"), { barMaxWidth: 58, label: label(true), markLine: data.limit === undefined ? undefined : {
        silent: true, symbol: "none", lineStyle: dashed("--bad-fg"), data: [{ yAxis: data.limit }],
        label: { formatter: `${data.limit_name} ${money(data.limit)}`, ...small("--bad-fg") } } }),
      part(up, token("--s3")), part(down, token("--s4")),
    ],
  };
}

function stack(data) {
  return {
    grid: { left: 64, right: 14, top: 26, bottom: 6 },
    legend: { top: 0, right: 8, itemWidth: 10, itemHeight: 10, itemGap: 12, textStyle: small("--ink-700") },
    xAxis: { type: "value", max: 100, show: false },
    yAxis: axis({ type: "category", inverse: true, data: data.rows, axisLine: { show: false } }),
    series: data.series.map((one, index) => ({
      name: one.name, type: "bar", stack: "all", barWidth: 20, data: one.values,
      itemStyle: { color: token(GRADES[one.name]) || SERIES[index], borderColor: "#fff", borderWidth: 1 },
      label: { show: true, fontSize: 12, color: ["优", "差"].includes(one.name) ? "#fff" : token("--ink-900"),
        formatter: ({ value }) => (value >= 6 ? `${one.name} ${value}` : "") },
    })),
  };
}

function lines(data) {
  const symbols = ["circle", "rect", "triangle", "diamond"];
  return {
    grid: { left: 40, right: 96, top: 18, bottom: 24 },
    xAxis: axis({ type: "category", data: data.labels, boundaryGap: false }),
    yAxis: axis({ type: "value", min: data.min ?? 0, max: data.max }),
    tooltip: { trigger: "axis" },
    series: data.series.map((one, index) => ({
      name: one.name, type: "line", data: one.values, symbol: symbols[index], symbolSize: 6, connectNulls: false,
      lineStyle: { width: 2 }, itemStyle: { color: SERIES[index] },
      endLabel: { show: true, formatter: `${one.name} {c}`, color: SERIES[index], fontSize: 12 },
    })),
  };
}

function bars(data) {
  return {
    grid: { left: 56, right: 20, top: 18, bottom: 26 },
    xAxis: axis({ type: "category", data: data.labels, axisLabel: { interval: 0, ...small("--ink-700") } }),
    yAxis: axis({ type: "value", min: 0 }),
    series: [{ type: "bar", data: data.values, barMaxWidth: 40, itemStyle: { color: SERIES[0] },
      label: { show: true, position: "top", ...small("--ink-800") },
      markLine: data.tick === undefined ? undefined : { silent: true, symbol: "none", lineStyle: dashed("--ink-700"), data: [{ yAxis: data.tick }] } }],
  };
}

const KINDS = { scatter, waterfall, stack, lines, bars };

/* The drawing scales by its viewBox on paper and is never redrawn while printing. */
function keepForPaper(chart, box) {
  let printing = false;
  window.addEventListener("beforeprint", () => {
    printing = true;
    box.querySelector("svg").setAttribute("viewBox", `0 0 ${chart.getWidth()} ${chart.getHeight()}`);
  });
  window.addEventListener("afterprint", () => {
    printing = false;
    box.querySelector("svg").removeAttribute("viewBox");
    chart.resize();
  });
  new ResizeObserver(() => { if (!printing && !window.matchMedia("print").matches) chart.resize(); }).observe(box);
}

/* Draw an ECharts option into a box: SVG, no animation; tips are drawn in the chart, as the page allows no inline style. */
export function chart(box, option) {
  const drawn = window.echarts.init(box, null, { renderer: "svg" });
  drawn.setOption({
    animation: false,
    textStyle: { ...small("--ink-700"), fontFamily: token("--font-ui") },
    color: SERIES,
    aria: { enabled: true, label: { description: box.dataset.desc || "" } },
    ...option,
    tooltip: { renderMode: "richText", confine: true, backgroundColor: token("--ink-900"), borderWidth: 0, padding: [7, 10],
      textStyle: { color: "#fff", fontSize: 12, fontFamily: token("--font-ui") }, ...option.tooltip },
  });
  drawn.on("click", ({ data }) => { if (data?.point?.url) window.location.assign(data.point.url); });
  keepForPaper(drawn, box);
  return drawn;
}

export function drawAll(root = document) {
  root.querySelectorAll("[data-chart]:not([data-drawn])").forEach((box) => {
    const data = JSON.parse(document.getElementById(box.dataset.source).textContent);
    chart(box, KINDS[box.dataset.chart](data));
    box.dataset.drawn = "yes";
  });
}

drawAll();
document.addEventListener("htmx:afterSwap", (event) => drawAll(event.target));
