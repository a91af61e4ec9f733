/* What the pages do beside what the server sends. Everything here may be missing: reading and deciding work without. */
(() => {
  "use strict";

  const DRAFT = "draft:";
  const store = window.sessionStorage;
  const person = () => document.body.dataset.person;
  const nameOf = (form, field) => DRAFT + form.dataset.draft + ":" + (field.id || field.name);
  const chosen = (field) => ["checkbox", "radio"].includes(field.type);
  const stateOf = (field) => (chosen(field) ? String(field.checked) : field.value);
  const begunAs = (field) => {
    if (chosen(field)) return String(field.defaultChecked);
    if (field.type !== "select-one") return field.defaultValue;
    return ([...field.options].find((one) => one.defaultSelected) || field.options[0] || { value: "" }).value;
  };
  const kept = (field) => field.name && !["hidden", "submit", "button", "file", "password", "search"].includes(field.type);

  /* What is not saved yet in forms with data-draft="…" outlives a session that runs out, in this tab, for the same
     person only. */
  function keepDrafts(root) {
    for (const form of root.querySelectorAll("form[data-draft]")) {
      if (form.dataset.kept) continue;
      form.dataset.kept = "yes";
      for (const field of [...form.elements].filter(kept)) {
        const written = store.getItem(nameOf(form, field));
        if (written !== null && stateOf(field) === begunAs(field)) {
          if (chosen(field)) field.checked = written === "true";
          else field.value = written;
        }
      }
      form.addEventListener("input", () => {
        for (const field of [...form.elements].filter(kept)) {
          if (stateOf(field) === begunAs(field)) store.removeItem(nameOf(form, field));
          else store.setItem(nameOf(form, field), stateOf(field));
        }
      });
      form.addEventListener("submit", () => store.setItem("sent", form.dataset.draft));
    }
  }

  /* A page for somebody who is signed in means that what was sent before it arrived. */
  function dropSentDrafts() {
    const sent = store.getItem("sent");
    if (!person()) return;
    const before = store.getItem("person");
    if (before !== null && before !== person()) store.clear();
    store.setItem("person", person());
    if (sent === null) return;
    store.removeItem("sent");
    if (document.querySelector(".error-summary")) return;
    if (store.getItem("ended") !== null) return store.removeItem("ended");
    drop(sent);
  }

  function drop(draft) {
    for (const key of Object.keys(store)) if (key.startsWith(DRAFT + draft + ":")) store.removeItem(key);
  }

  function begin(root) {
    if (window.DKFDS) window.DKFDS.init({ scope: root });
    keepDrafts(root);
  }

  /* Whether the service answers, said above the page; what the page itself says stays. */
  function connection(lost) {
    const place = document.getElementById("forbindelse");
    const text = lost ? document.body.dataset.offline : "";
    if (place && place.textContent !== text) place.textContent = text;
  }

  /* Without a connection a link or a form would replace the page, and what is written on it, by the browser's own. */
  function stay(event) {
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    connection(true);
  }

  /* A form whose answer is waited for is not sent once more by an impatient hand; a while later, or back on the page,
     it can be. What htmx sends it keeps in order itself. */
  const MOST_WAITED_MS = 10000;
  function sendOnce(event) {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (event.timeStamp < (form.sentAt ?? -Infinity) + MOST_WAITED_MS) event.preventDefault();
    else form.sentAt = event.timeStamp;
  }

  /* A field with data-send sends its form when something is picked in it with the pointer. With the keys every letter
     and arrow picks something: the form's button sends then, so no page changes under the hands of who types. */
  function sendWhenPicked(field) {
    let keys = false;
    field.addEventListener("pointerdown", () => { keys = false; });
    field.addEventListener("keydown", () => { keys = true; });
    field.addEventListener("change", () => { if (!keys) field.form.requestSubmit(); });
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (document.querySelector("form[data-sign-in]") && store.getItem("sent") !== null) store.setItem("ended", "yes");
    dropSentDrafts();
    begin(document);
    connection(!navigator.onLine);
    const summary = document.querySelector(".error-summary");
    if (summary) summary.focus();
    for (const form of document.querySelectorAll("form[data-sign-out]")) {
      form.addEventListener("submit", () => store.clear());
    }
    /* What answers a form that was sent is not asked for again: to go back to it or to load it anew leads here instead. */
    const again = document.querySelector("[data-again]");
    if (again) window.history.replaceState(null, "", again.dataset.again);
    for (const field of document.querySelectorAll("[data-send]")) sendWhenPicked(field);
    for (const button of document.querySelectorAll("[data-print]")) {
      button.hidden = false;
      button.addEventListener("click", () => window.print());
    }
  });
  /* Why a part could not be had stands above the page until another is there; nothing that was sent has arrived. */
  function toldWhyNot({ hx, sourceElement }) {
    const told = document.querySelector("#besked > .problem");
    if (told && !hx.retarget) told.remove();
    if (!told || !hx.retarget) return false;
    store.removeItem("sent");
    if (sourceElement.matches("form, a")) told.focus();
    return true;
  }
  /* A part that is swapped as a whole is another element now, with the same id. */
  document.addEventListener("htmx:after:swap", (event) => {
    const { ctx } = event.detail;
    if (toldWhyNot(ctx)) return event.stopImmediatePropagation();
    dropSentDrafts();
    const { target } = ctx;
    begin((target instanceof Element && (target.isConnected ? target : document.getElementById(target.id))) || document);
  });
  document.addEventListener("htmx:after:request", () => connection(false));
  document.addEventListener("htmx:error", () => connection(true));
  document.addEventListener("submit", stay, true);
  document.addEventListener("submit", sendOnce);
  window.addEventListener("pageshow", () => { for (const form of document.forms) delete form.sentAt; });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href]:not([href^='#']):not([hx-get])");
    if (link) stay(event);
    const cancel = event.target instanceof Element && event.target.closest("form[data-draft] [data-cancel]");
    if (cancel) drop(cancel.closest("form").dataset.draft);
  }, true);
  /* A page of our own where the service does not answer at all; see offline.js. */
  window.addEventListener("load", () => {
    if ("serviceWorker" in navigator) navigator.serviceWorker.register("/offline.js").catch(() => {});
  });
  window.addEventListener("offline", () => connection(true));
  window.addEventListener("online", () => connection(false));
})();
