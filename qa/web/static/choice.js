/* Which articles there are and may answer, what could be asked, and keys. All of it works without, in more steps. */
"use strict";

(() => {
  const MAX_SUGGESTIONS = 6;
  const LEAST_TYPED = 3;

  const box = () => document.querySelector("#question textarea");

  function write(field, text) {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // ---- days: by a click on the plot, or from the browser's own calendar

  const days = () => [...document.querySelectorAll("#which input[placeholder^='YYYY']")];

  /** Gradio reads a field when it is left. */
  function choose(first, last) {
    const [from, until] = days();
    if (first !== null) write(from, first);
    if (last !== null) write(until, last);
    setTimeout(() => until.dispatchEvent(new FocusEvent("blur")));
  }

  function addCalendars() {
    for (const [number, field] of days().entries()) {
      const place = field.closest(".input-container");
      if (!place || place.querySelector(".calendar")) continue;
      const calendar = document.createElement("input");
      calendar.type = "date";
      calendar.className = "calendar";
      calendar.setAttribute("aria-label", chatPage.say(number === 0 ? "calendar_first" : "calendar_last"));
      calendar.addEventListener("change", () => choose(...(number === 0 ? [calendar.value, null] : [null, calendar.value])));
      place.append(calendar);
    }
  }

  // ---- suggestions: titles of articles, and what was asked before and answered

  function suggestions(typed) {
    const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
    const titles = [...document.querySelectorAll("#titles option")].map((each) => each.value);
    const fits = (text) => words.every((word) => text.toLowerCase().includes(word)) && text !== typed;
    return [...new Set([...chatPage.answered(), ...titles])].filter(fits).slice(0, MAX_SUGGESTIONS);
  }

  function suggest() {
    const list = document.getElementById("suggestions");
    const typed = box().value.trim();
    const found = typed.length < LEAST_TYPED || typed.includes("\n") ? [] : suggestions(typed);
    list.replaceChildren(
      ...found.map((text) => {
        const button = document.createElement("button");
        button.type = "button";
        button.dir = "auto";
        button.textContent = text;
        const item = document.createElement("li");
        item.append(button);
        return item;
      }),
    );
  }

  function closeSuggestions() {
    document.getElementById("suggestions")?.replaceChildren();
  }

  /** Down and Up go through the suggestions, and from the first back to the box. */
  function moveThrough(event) {
    const buttons = [...document.querySelectorAll("#suggestions button")];
    const at = buttons.indexOf(document.activeElement);
    const isIn = at >= 0 || (document.activeElement === box() && event.key === "ArrowDown");
    if (buttons.length === 0 || !isIn) return false;
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    (next < 0 ? box() : buttons[Math.min(next, buttons.length - 1)]).focus();
    return true;
  }

  // ---- keys

  const isTyping = (element) => element.matches("input, textarea, select, [contenteditable='true']");

  function showKeys() {
    const dialog = document.getElementById("keys");
    document.body.append(dialog);
    dialog.showModal();
  }

  const KEYS = {
    "/": () => box().focus(),
    "?": showKeys,
  };

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const isInBox = event.target === box();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (moveThrough(event)) event.preventDefault();
      else if (event.key === "ArrowUp" && isInBox && box().value === "") {
        const asked = chatPage.lastAsked();
        if (asked) {
          event.preventDefault();
          write(box(), asked);
        }
      }
    } else if (event.key === "Escape") {
      if (document.querySelector("#suggestions button")) {
        closeSuggestions();
        box().focus();
      }
    } else if (KEYS[event.key] && !isTyping(event.target)) {
      event.preventDefault();
      KEYS[event.key]();
    }
  }

  document.addEventListener("keydown", onKey);
  document.addEventListener("input", (event) => {
    if (event.target === box()) suggest();
  });
  document.addEventListener("click", (event) => {
    const month = event.target.closest(".months button");
    if (month) choose(month.name, month.name);
    const suggested = event.target.closest("#suggestions button");
    if (suggested) {
      write(box(), suggested.textContent);
      closeSuggestions();
      box().focus();
    } else if (event.target !== box()) {
      closeSuggestions();
    }
    if (event.target.closest("#keys .close")) document.getElementById("keys").close();
    if (event.target.closest(".show-keys")) showKeys();
  });
  new MutationObserver(addCalendars).observe(document.documentElement, { childList: true, subtree: true });
})();
