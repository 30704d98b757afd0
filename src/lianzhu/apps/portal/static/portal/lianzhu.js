// Improves pages that already work without it: keys, confirmation, unsaved changes, charts. No framework, no globals.
(() => {
  "use strict";
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

  const keys = document.getElementById("keys");
  const showKeys = () => { if (keys && !keys.open) keys.showModal(); };

  const step = (by) => {
    const rows = [...document.querySelectorAll("main .table .title a")];
    if (!rows.length) return;
    const here = rows.indexOf(document.activeElement);
    const next = here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + by, 0), rows.length - 1);
    rows[next].focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const search = document.getElementById("q");
    if (event.key === "/" && search) { event.preventDefault(); search.focus(); search.select(); }
    else if (event.key === "?") { event.preventDefault(); showKeys(); }
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys]") && keys) { event.preventDefault(); showKeys(); }
    if (event.target.closest("[data-print]")) window.print();
    document.querySelectorAll("details.person[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // A dangerous act says in data-confirm what it will do; the same question stands on the page for those without script.
  document.addEventListener("submit", (event) => {
    const question = (event.submitter && event.submitter.dataset.confirm) || event.target.dataset.confirm;
    if (question && !window.confirm(question)) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    event.target.removeAttribute("data-changed");
  }, true);

  document.addEventListener("keydown", (event) => {
    const form = event.key === "Enter" && event.ctrlKey && event.target.closest("form[data-ctrl-enter]");
    if (form) form.requestSubmit();
  });

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-guard]");
    if (form) form.setAttribute("data-changed", "");
  });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-changed]")) event.preventDefault();
  });

  // Okabe-Ito, in an order that keeps neighbours apart for every kind of colour vision.
  const look = {
    animation: false, aria: { enabled: true },
    color: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"],
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
  };

  const draw = () => {
    if (!window.echarts) return;
    document.querySelectorAll(".chart[data-option-id]").forEach((place) => {
      place.hidden = false;
      const option = JSON.parse(document.getElementById(place.dataset.optionId).textContent);
      const chart = window.echarts.init(place, null, { renderer: "svg" });
      chart.setOption({ ...look, ...option });
      window.addEventListener("resize", () => chart.resize());
      chart.on("click", (hit) => { if (hit.data && hit.data.href) window.location.assign(hit.data.href); });
    });
  };
  window.addEventListener("load", draw);

  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();
})();
