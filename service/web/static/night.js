// The list of proposals: all on the page ticked at once, and how many are.
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
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });
  form.addEventListener("change", tell);
  window.addEventListener("pageshow", tell);
  tell();
})();
