// The list of proposals: all on the page ticked at once, and how many are; from box to box with the arrows.
"use strict";
(() => {
  const form = document.querySelector(".plan-form");
  const all = document.getElementById("vaelg-alle");
  const said = document.querySelector("[data-ticked]");
  if (!form || !all || !said) return;
  const boxes = [...form.querySelectorAll("input[name=forslag]")];
  const tell = () => {
    const number = boxes.filter((box) => box.checked).length;
    all.checked = number > 0 && number === boxes.length;
    all.indeterminate = number > 0 && number < boxes.length;
    said.textContent = number ? said.dataset.ticked.replace("{number}", number) : "";
  };
  document.querySelector("[data-tick-all]").hidden = false;
  all.addEventListener("input", () => { // before the form keeps its draft
    for (const box of boxes) box.checked = all.checked;
    tell();
  });
  document.querySelector("[data-keys]").hidden = false;
  // Enter in a box would send the form by its first button.
  form.addEventListener("keydown", (event) => {
    const at = boxes.indexOf(event.target);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const to = { ArrowDown: boxes[at + 1], ArrowUp: boxes[at - 1], Enter: document.getElementById("begrundelse") };
    if (!(event.key in to)) return;
    event.preventDefault();
    if (to[event.key]) to[event.key].focus();
  });
  form.addEventListener("change", tell);
  window.addEventListener("pageshow", tell);
  tell();
})();
