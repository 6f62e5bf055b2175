// Filters the failures: by the words in the search field, by stage and by kind of question.
"use strict";
const controls = document.querySelector(".controls");
if (controls) {
  const failures = [...document.querySelectorAll(".failure")].map((element) => ({
    element,
    words: element.textContent.toLowerCase(),
    labels: new Set(JSON.parse(element.dataset.labels)),
  }));
  const search = controls.querySelector("input");
  const selects = [...controls.querySelectorAll("select")];
  const shown = document.getElementById("shown");
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const labels = selects.map((select) => select.value).filter(Boolean);
    let count = 0;
    for (const failure of failures) {
      const fits = words.every((word) => failure.words.includes(word)) && labels.every((label) => failure.labels.has(label));
      failure.element.hidden = !fits;
      count += fits;
    }
    shown.textContent = `${count} of ${failures.length} shown`;
  };
  controls.hidden = false;
  controls.addEventListener("input", filter);
  filter();
}
