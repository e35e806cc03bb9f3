// The sandbox's page: sends what a person does, and fetches the changed parts of the page every second.
"use strict";

const shown = new Map();
const toast = document.getElementById("toast");
let dragging = null;
let toastTimer = 0;

function tell(message, bad = false) {
  toast.textContent = message;
  toast.classList.toggle("bad", bad);
  toast.hidden = false;
  clearTimeout(toastTimer);
  if (!bad) toastTimer = setTimeout(() => { toast.hidden = true; }, 6000);
}

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body ?? {}),
  });
  const value = await answer.json();
  if (!answer.ok) throw new Error(value.detail ?? "The sandbox refused this.");
  return value;
}

async function act(path, body, done) {
  try {
    const value = await post(path, body);
    tell(typeof done === "function" ? done(value) : done);
    await refresh();
  } catch (error) {
    tell(error.message, true);
  }
}

function busy(region) {
  const active = document.activeElement;
  return dragging !== null || (active?.tagName === "SELECT" && region.contains(active) && active.dataset.open === "1");
}

function swap(id, html) {
  const region = document.getElementById(id);
  if (!region || shown.get(id) === html || busy(region)) return;
  const focused = region.contains(document.activeElement) ? document.activeElement.id : "";
  const opened = region.querySelector("details")?.open;
  const places = [region, ...region.querySelectorAll("ul")].map((one) => one.scrollTop);
  region.innerHTML = html;
  shown.set(id, html);
  [region, ...region.querySelectorAll("ul")].forEach((one, number) => { one.scrollTop = places[number] ?? 0; });
  if (opened && region.querySelector("details")) region.querySelector("details").open = true;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

async function refresh() {
  const answer = await fetch(`/regions${location.search}`);
  const parts = await answer.json();
  for (const [id, html] of Object.entries(parts)) swap(id, html);
}

async function poll() {
  try {
    if (!document.hidden) await refresh();
    if (toast.dataset.lost) { delete toast.dataset.lost; toast.hidden = true; }
  } catch {
    toast.dataset.lost = "1";
    tell("The sandbox does not answer. This page goes on trying.", true);
  }
  setTimeout(poll, 1000);
}

function moveDeal(path, stage, title, name) {
  return act(path, { stage }, `Moved ${title} to ${name}.`);
}

function arm(control, mode) {
  const { system, kind } = control.dataset;
  const body = { system, kind, mode };
  if (mode === "count") body.count = 5;
  if (mode === "share") body.share = 0.1;
  return act("/api/faults", body, mode === "off" ? "The fault is off." : "The fault is on.");
}

function nested(form) {
  const body = {};
  for (const [name, value] of new FormData(form)) {
    if (!String(value).trim()) continue;
    const parts = name.split(".");
    let place = body;
    for (const part of parts.slice(0, -1)) place = place[part] ??= {};
    place[parts.at(-1)] = String(value).trim();
  }
  return body;
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-post],[data-open],[data-close],[data-choose],.sw");
  if (!target || target.tagName === "FORM") return;
  if (target.matches("[data-choose]")) {
    event.preventDefault();
    history.replaceState(null, "", target.getAttribute("href"));
    document.getElementById("detail").scrollTop = 0;
    refresh().catch((error) => tell(error.message, true));
  } else if (target.matches(".sw")) {
    const on = target.getAttribute("aria-checked") === "true";
    arm(target, on ? "off" : target.dataset.quirk ? "always" : "next");
  } else if (target.matches("[data-open]")) {
    document.getElementById(`d-${target.dataset.open}`).showModal();
  } else if (target.matches("[data-close]")) {
    target.closest("dialog").close();
  } else {
    const again = (value) => (value.queued ? "The last webhook is on its way again." : "No webhook was sent yet.");
    const done = target.hasAttribute("data-again") ? again : target.dataset.done;
    act(target.dataset.post, JSON.parse(target.dataset.body ?? "{}"), done);
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-post]");
  if (!form) return;
  const added = (value) => (value.title ? `Added ${value.title}.` : form.dataset.done);
  act(form.dataset.post, nested(form), added);
  form.reset();
});

for (const [kind, open] of [["mousedown", "1"], ["keydown", "1"], ["change", ""], ["focusout", ""]]) {
  document.addEventListener(kind, (event) => {
    const select = event.target.closest?.("select");
    if (select) select.dataset.open = open;
  }, true);
}

document.addEventListener("change", (event) => {
  const select = event.target;
  if (select.matches(".move") && select.value) {
    moveDeal(select.dataset.path, select.value, select.dataset.title, select.selectedOptions[0].text);
  } else if (select.matches(".mode")) {
    arm(select, select.value);
  }
});

document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.(".deal");
  if (!card) return;
  dragging = card;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.dataset.title);
  requestAnimationFrame(() => card.classList.add("drag"));
});

document.addEventListener("dragover", (event) => {
  const lane = event.target.closest?.(".lane");
  document.querySelectorAll(".lane.drop").forEach((one) => one !== lane && one.classList.remove("drop"));
  if (!lane || !dragging) return;
  event.preventDefault();
  lane.classList.add("drop");
});

document.addEventListener("drop", (event) => {
  const lane = event.target.closest?.(".lane");
  if (!lane || !dragging) return;
  event.preventDefault();
  const card = dragging;
  dragging = null;
  lane.classList.remove("drop");
  if (lane.contains(card)) return;
  lane.querySelector("ul").prepend(card);
  moveDeal(card.dataset.path, lane.dataset.lane, card.dataset.title, lane.dataset.title);
});

document.addEventListener("dragend", () => {
  dragging = null;
  document.querySelectorAll(".drop, .drag").forEach((one) => one.classList.remove("drop", "drag"));
});

poll();
