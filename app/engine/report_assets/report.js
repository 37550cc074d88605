"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (query) => document.querySelector(query);
  const all = (query) => Array.from(document.querySelectorAll(query));
  const stage = $("#stage");
  const state = { row: data.first, view: 0, mode: "wipe" };

  const number = (value, digits) =>
    typeof value === "number" ? value.toFixed(digits) : value === "Infinity" ? "identical" : "–";
  const decibel = (value) => (typeof value === "number" ? value.toFixed(2) + " dB" : "identical");

  function quality(row, view) {
    return row.quality[view] || {};
  }

  // Everything on the page that depends on the chosen result, view and mode.
  function show() {
    const row = data.rows[state.row];
    const view = data.views[state.view];
    if (!row || !view) return;
    const pictures = row.pictures[state.view];
    stage.className = "stage " + state.mode;
    stage.style.setProperty("--aspect", view.aspect);
    $("#under").src = view.original;
    $("#over").src = state.mode === "error" ? pictures.error : pictures.result;
    $("#tag-b").textContent = row.name + (state.mode === "error" ? ": where it differs (FLIP)" : "");
    const q = quality(row, state.view);
    $("#numbers").innerHTML =
      `<span>${row.html} <span class="hint">in view</span> <b>${view.html}</b></span>` +
      `<span>PSNR <b>${decibel(q.psnr)}</b></span><span>SSIM <b>${number(q.ssim, 4)}</b></span>` +
      (q.msSsim === undefined
        ? ""
        : `<span>MS-SSIM <b>${number(q.msSsim, 4)}</b></span><span>FLIP <b>${number(q.flip, 4)}</b></span>`) +
      (state.mode === "error" ? '<span class="hint">no difference<i class="ramp"></i>large</span>' : "");
    for (const element of all("[data-row]")) {
      const chosen = Number(element.dataset.row) === state.row;
      element.classList.toggle("chosen", chosen);
      if (element.tagName === "BUTTON") element.setAttribute("aria-pressed", chosen);
    }
    for (const element of all("[data-view]"))
      element.setAttribute("aria-pressed", Number(element.dataset.view) === state.view);
    for (const element of all("[data-mode]"))
      element.setAttribute("aria-pressed", element.dataset.mode === state.mode);
  }

  function choose(change) {
    Object.assign(state, change);
    show();
  }

  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-row]");
    const view = event.target.closest("[data-view]");
    const mode = event.target.closest("[data-mode]");
    if (event.target.closest("a")) return;
    if (row && data.rows[row.dataset.row]) choose({ row: Number(row.dataset.row) });
    if (view) choose({ view: Number(view.dataset.view) });
    if (mode) choose({ mode: mode.dataset.mode });
  });

  if (stage) {
    const wipe = $("#wipe");
    const setWipe = (percent) => {
      wipe.value = percent;
      stage.style.setProperty("--wipe", percent + "%");
    };
    wipe.addEventListener("input", () => setWipe(wipe.value));
    stage.addEventListener("pointerdown", () => stage.classList.toggle("held", state.mode === "flip"));
    stage.addEventListener("pointermove", (event) => {
      if (state.mode !== "wipe" || !(event.buttons & 1)) return;
      const box = stage.getBoundingClientRect();
      setWipe(Math.min(100, Math.max(0, (100 * (event.clientX - box.left)) / box.width)));
    });
    for (const end of ["pointerup", "pointerleave"])
      stage.addEventListener(end, () => stage.classList.remove("held"));
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("#wipe")) return;
    const rows = Object.keys(data.rows).map(Number);
    const step = (list, now, by) => list[(list.indexOf(now) + by + list.length) % list.length];
    const views = data.views.map((_, index) => index);
    if (event.key === "Enter" && event.target.matches(".point")) choose({ row: Number(event.target.dataset.row) });
    else if (event.key === "1") choose({ mode: "wipe" });
    else if (event.key === "2") choose({ mode: "flip" });
    else if (event.key === "3") choose({ mode: "error" });
    else if (event.key === "j") choose({ row: step(rows, state.row, 1) });
    else if (event.key === "k") choose({ row: step(rows, state.row, -1) });
    else if (event.key === "n") choose({ view: step(views, state.view, 1) });
    else if (event.key === "f") stage.classList.add("flip", "held");
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === "f") show();
  });

  // The table sorts by its cells' data-value: numbers as numbers, words as words.
  for (const header of all("th")) {
    const button = header.querySelector("button");
    if (!button) continue;
    button.addEventListener("click", () => {
      const body = header.closest("table").tBodies[0];
      const column = header.cellIndex;
      const down = header.getAttribute("aria-sort") === "ascending";
      for (const other of all("th")) other.removeAttribute("aria-sort");
      header.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = (line) => {
        const cell = line.cells[column];
        const text = cell && cell.dataset.value;
        return text === undefined ? null : isNaN(text) ? text : Number(text);
      };
      const lines = Array.from(body.rows);
      lines.sort((a, b) => {
        const x = value(a), y = value(b);
        if (x === null || y === null) return (x === null) - (y === null);
        return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
      });
      body.append(...lines);
    });
  }
  show();
})();
