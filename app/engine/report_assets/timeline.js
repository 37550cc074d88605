"use strict";
(() => {
  const source = document.getElementById("timeline");
  if (!source) return;
  const rows = JSON.parse(source.textContent).rows;
  const charts = Array.from(document.querySelectorAll(".time"));
  const frames = Number(charts[0].dataset.frames);
  let held = null;

  const number = (value, digits) => (typeof value === "number" ? value.toFixed(digits) : "–");

  function show(frame) {
    for (const chart of charts) {
      const left = Number(chart.dataset.left), right = Number(chart.dataset.right);
      const x = left + ((right - left) * frame) / Math.max(1, frames - 1);
      const cursor = chart.querySelector(".cursor");
      cursor.setAttribute("x1", x);
      cursor.setAttribute("x2", x);
    }
    document.getElementById("frame-name").textContent = `frame ${frame}` + (held === null ? "" : ", held");
    document.getElementById("frame-values").innerHTML = rows
      .map((row) =>
        `<tr data-row="${row.row}"><td><i class="dot s${row.series}"></i>${row.html}</td>` +
        `<td>${number(row.psnr[frame], 2)} dB</td><td>${number(row.ssim[frame], 4)}</td>` +
        `<td>${number(row.flicker[frame], 5)}</td><td>${number(row.bytes[frame], 1)} kB</td></tr>`)
      .join("");
  }

  function frameAt(chart, event) {
    const box = chart.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * chart.viewBox.baseVal.width;
    const left = Number(chart.dataset.left), right = Number(chart.dataset.right);
    return Math.min(frames - 1, Math.max(0, Math.round(((x - left) / (right - left)) * (frames - 1))));
  }

  for (const chart of charts) {
    chart.addEventListener("pointermove", (event) => {
      if (held === null || event.buttons & 1) {
        if (held !== null) held = frameAt(chart, event);
        show(frameAt(chart, event));
      }
    });
    chart.addEventListener("pointerdown", (event) => {
      const frame = frameAt(chart, event);
      held = held === frame ? null : frame;
      show(frame);
      // The picture of the nearest frame that is shown.
      const views = Array.from(document.querySelectorAll(".strip [data-view]"));
      const distance = (view) => Math.abs(Number(view.textContent.replace(/\D/g, "")) - frame);
      const nearest = views.sort((a, b) => distance(a) - distance(b))[0];
      if (nearest) nearest.click();
    });
  }

  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-row]");
    const parts = row && document.querySelector(`[data-parts="${row.dataset.row}"]`);
    if (!parts) return;
    for (const other of document.querySelectorAll("[data-parts]")) other.hidden = other !== parts;
  });
  show(0);
})();
