/* Job goals are completed while they are typed (ARIA combobox with a listbox); without this the form finds them. */
(() => {
  "use strict";

  function combobox(box) {
    const field = box.querySelector("input");
    const list = box.querySelector("[role=listbox]");
    if (!field || !list || field.hasAttribute("role")) return;
    let at = -1;
    let asked = 0;
    let waiting = 0;
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) {
      field.setAttribute(name, value);
    }
    const options = () => [...list.querySelectorAll("[role=option]")];
    function close() {
      asked += 1; // what is still on its way comes too late
      window.clearTimeout(waiting);
      list.hidden = true;
      at = -1;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    }
    function mark(place) {
      const all = options();
      if (!all.length) return;
      at = (place + all.length) % all.length;
      all.forEach((one, index) => one.setAttribute("aria-selected", String(index === at)));
      field.setAttribute("aria-activedescendant", all[at].id);
      all[at].scrollIntoView({ block: "nearest" });
    }
    function take(option) {
      field.value = option.dataset.value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      close();
    }
    async function ask() {
      if (field.value.trim().length < 2) return close();
      const mine = (asked += 1);
      const body = new URLSearchParams({ csrf: box.dataset.csrf, tekst: field.value.trim() });
      const headers = { "HX-Request": "true" };
      const answer = await fetch(box.dataset.combobox, { method: "POST", headers, body }).catch(() => null);
      if (!answer || !answer.ok || mine !== asked) return;
      const found = new DOMParser().parseFromString("<ul>" + (await answer.text()) + "</ul>", "text/html");
      list.replaceChildren(...found.querySelectorAll("li"));
      options().forEach((one, index) => {
        one.id = list.id + "-" + index;
        one.setAttribute("aria-selected", "false");
        one.addEventListener("mousedown", (event) => { event.preventDefault(); take(one); });
      });
      at = -1;
      field.removeAttribute("aria-activedescendant");
      list.hidden = !options().length;
      field.setAttribute("aria-expanded", String(!list.hidden));
    }
    field.addEventListener("input", (event) => {
      if (!event.isTrusted) return;
      window.clearTimeout(waiting);
      waiting = window.setTimeout(ask, 150);
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (list.hidden) ask();
        else mark(event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1);
        event.preventDefault();
      } else if (event.key === "Enter" && at >= 0) {
        take(options()[at]);
        event.preventDefault();
      } else if (event.key === "Escape") {
        if (!list.hidden) event.preventDefault();
        close();
      }
    });
    field.addEventListener("blur", close);
  }

  const begin = () => document.querySelectorAll("[data-combobox]").forEach(combobox);
  document.addEventListener("DOMContentLoaded", begin);

  /* After a part of the profile was opened, saved or left, the focus is where one goes on. */
  let part = "";
  document.addEventListener("click", (event) => {
    const found = event.target instanceof Element && event.target.closest(".part");
    if (found) part = found.id;
  });
  document.addEventListener("htmx:after:swap", () => {
    begin();
    const focus = [
      "[autofocus]",
      "#rettet",
      ".part form :is(input:not([type=hidden]), select)",
      "#" + CSS.escape(part) + " a",
    ].map((one) => document.querySelector(one)).find(Boolean);
    if (focus) focus.focus();
  });
})();
