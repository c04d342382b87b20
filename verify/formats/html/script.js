"use strict";

// Formulas: each .tex element holds TeX as its text.
const formulas = [...document.querySelectorAll(".tex")].map((element) => ({element, source: element.textContent}));

function typeset({element, source}, broken) {
  const display = element.classList.contains("display");
  element.classList.toggle("broken", broken);
  katex.render(broken ? "\\displaystyle " + source : source, element, {
    displayMode: display && !broken,
    throwOnError: false,
    strict: "ignore",
    maxSize: 20,
  });
  if (broken) keep_together(element);
}

// KaTeX lets a line end after any sum or relation. Ends after a relation read best: the parts between two relations stay
// together where they fit.
function keep_together(element) {
  let group = null;
  for (const base of element.querySelectorAll(".katex-html > .base")) {
    if (group === null) {
      group = document.createElement("span");
      group.className = "together";
      base.before(group);
    }
    group.append(base);
    const symbols = [...base.children].filter((part) => !part.classList.contains("mspace"));
    if (symbols.length > 0 && symbols[symbols.length - 1].classList.contains("mrel")) group = null;
  }
  for (const part of element.querySelectorAll(".together"))
    if (part.getBoundingClientRect().width > element.clientWidth) part.classList.remove("together");
}
for (const formula of formulas) typeset(formula, false);

// A formula that is too wide is broken at its relations. What is still wider than its place scrolls there, and can be
// reached by keyboard.
let fitted = 0;
function fit(again) {
  for (const pair of document.querySelectorAll(".pair")) {
    pair.classList.remove("stacked");
    for (const box of pair.querySelectorAll(".display"))
      if (box.scrollWidth > box.clientWidth) pair.classList.add("stacked");
  }
  for (const formula of formulas) {
    const box = formula.element;
    if (!box.classList.contains("breaks") || box.clientWidth === 0) continue;
    if (again && box.classList.contains("broken")) typeset(formula, false);
    if (box.scrollWidth > box.clientWidth) typeset(formula, true);
  }
  for (const element of document.querySelectorAll("span.tex")) {
    element.classList.remove("wide");
    const room = element.parentElement.clientWidth;
    if (room > 0 && element.getBoundingClientRect().width > room) element.classList.add("wide");
    for (const base of element.querySelectorAll(".base"))
      if (room > 0 && base.getBoundingClientRect().width > room) element.classList.add("wide");
  }
  for (const box of document.querySelectorAll(".scroll, .display, .wide, pre")) {
    if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
  fitted = document.documentElement.clientWidth;
}
fit(false);
document.fonts.ready.then(() => fit(true));
document.addEventListener("toggle", () => fit(false), true);
window.addEventListener("resize", () => {
  if (fitted !== document.documentElement.clientWidth) fit(true);
});

// The filter: words (all of them, in id, title or source), verdict and topic.
const words = document.getElementById("filter-text");
const verdict = document.getElementById("filter-verdict");
const topic = document.getElementById("filter-topic");
const count = document.getElementById("filter-count");
const claims = [...document.querySelectorAll("article.claim")];

function filter() {
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const claim of claims) {
    const visible = wanted.every((word) => claim.dataset.words.includes(word)) &&
      (verdict.value === "" || claim.dataset.verdict === verdict.value) &&
      (topic.value === "" || claim.dataset.topic === topic.value);
    claim.hidden = !visible;
    shown += visible ? 1 : 0;
  }
  for (const section of document.querySelectorAll("section.topic"))
    section.hidden = section.querySelector("article.claim:not([hidden])") === null;
  count.textContent = shown === claims.length ? `all ${shown} shown` : `${shown} of ${claims.length} shown`;
  fit(false);
}
for (const control of [words, verdict, topic]) control.addEventListener("input", filter);
document.querySelector("form.filter").addEventListener("submit", (event) => event.preventDefault());
filter();

// A link to a claim that the filter hides shows it again.
function follow() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target === null || !target.closest("[hidden]")) return;
  words.value = verdict.value = topic.value = "";
  filter();
  target.scrollIntoView();
}
window.addEventListener("hashchange", follow);
follow();

// On paper nothing can be unfolded.
window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});
