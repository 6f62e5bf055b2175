/* Questions on their way, one after the other, and the conversation as the browser keeps it. */
"use strict";

const chatPage = (() => {
  // Of earlier conversations; the oldest is forgotten for a new one.
  const MAX_CONVERSATIONS = 30;
  // The server takes 64 KB with a question; older answers are left out of what is sent to it.
  const MAX_SENT_BYTES = 58_000;
  const CHOICE = ["from", "until", "source", "sources", "article"];
  const home = new URL("../", document.baseURI);
  const PREFIX = `article-qa:${home.pathname}:`;

  // ---- what is said, in the language of the page

  const words = JSON.parse(document.getElementById("words").textContent);
  const say = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const plurals = new Intl.PluralRules(words.language);
  // Digits as the rest of the page has them.
  const dayOf = (time) =>
    new Intl.DateTimeFormat(words.language === "en" ? "en-GB" : `${words.language}-u-nu-latn`, { dateStyle: "long" }).format(time);

  function count(name, n) {
    const forms = words[name];
    return (forms[plurals.select(n)] ?? forms.other).replace("{n}", n);
  }

  const box = () => document.querySelector("#question textarea");
  const byId = (id) => document.getElementById(id);

  const newName = () => Math.random().toString(36).slice(2, 12).padEnd(8, "0");

  function type(text) {
    box().value = text;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  }

  // ---- what is kept. Whoever forbids it has a page that forgets.

  function read(storage, key) {
    try {
      return JSON.parse(storage().getItem(PREFIX + key));
    } catch {
      return null;
    }
  }

  function write(storage, key, value) {
    try {
      if (value === null) storage().removeItem(PREFIX + key);
      else storage().setItem(PREFIX + key, JSON.stringify(value));
    } catch {
      // Full, or forbidden.
    }
  }

  const lasting = () => localStorage;
  const ofTab = () => sessionStorage;

  function conversations() {
    let keys = [];
    try {
      keys = Object.keys(localStorage);
    } catch {
      // Forbidden.
    }
    return keys
      .filter((key) => key.startsWith(`${PREFIX}talk:`))
      .map((key) => ({ id: key.slice(`${PREFIX}talk:`.length), ...read(lasting, key.slice(PREFIX.length)) }))
      .filter((each) => Array.isArray(each.answers) && each.answers.length > 0)
      .sort((one, other) => other.changed - one.changed);
  }

  // ---- which conversation this is: the address says

  let id = /^#[a-z0-9]{6,20}$/.test(location.hash) ? location.hash.slice(1) : null;
  let before = "[]";
  let isOpen = false;

  function keep() {
    if (!isOpen) return;
    const answers = [...document.querySelectorAll("#conversation button.kept")].map((each) => each.value);
    const now = JSON.stringify(answers);
    if (now === before) return;
    before = now;
    if (answers.length === 0) {
      write(lasting, `talk:${id}`, null);
      id = null;
    } else {
      id ??= newName();
      write(lasting, `talk:${id}`, { changed: Date.now(), answers });
      for (const old of conversations().slice(MAX_CONVERSATIONS)) write(lasting, `talk:${old.id}`, null);
    }
    const { pathname, search } = location;
    history.replaceState(history.state, "", `${pathname}${search}${id ? `#${id}` : ""}`);
    showEarlier();
  }

  const sizeOf = (text) => new Blob([JSON.stringify(text)]).size;

  /** The conversation as the server takes it back: a list of answers as JSON, the newest that fit beside `text`. */
  function kept(text = "") {
    const texts = (id && read(lasting, `talk:${id}`)?.answers) || [];
    const fits = [];
    let size = sizeOf(text);
    for (const each of texts.filter(questionIn).reverse()) {
      // It is sent as a text within a text.
      size += sizeOf(each) + 1;
      if (size > MAX_SENT_BYTES) break;
      fits.unshift(each);
    }
    return `[${fits.join(",")}]`;
  }

  function questionIn(answer) {
    try {
      return JSON.parse(answer).question;
    } catch {
      return "";
    }
  }

  /** What was asked and answered, in this conversation and the earlier ones. */
  function answered() {
    const all = conversations().flatMap((each) => each.answers);
    return all.filter((answer) => isAnswered(answer)).map(questionIn);
  }

  function isAnswered(answer) {
    try {
      return JSON.parse(answer).answerable === true;
    } catch {
      return false;
    }
  }

  function lastAsked() {
    const asked = document.querySelectorAll("#conversation .question, #waiting .question");
    return asked.length > 0 ? asked[asked.length - 1].textContent : "";
  }

  function showEarlier() {
    const place = byId("earlier");
    if (!place) return;
    const others = conversations().filter((each) => each.id !== id);
    const items = others.map((each) => {
      const link = document.createElement("a");
      link.href = `${location.pathname}${location.search}#${each.id}`;
      link.textContent = questionIn(each.answers[0]);
      const day = document.createElement("span");
      const told = [dayOf(each.changed)];
      if (each.answers.length > 1) told.push(count("n_questions", each.answers.length));
      day.textContent = told.join(" · ");
      const item = document.createElement("li");
      item.append(link, " ", day);
      return item;
    });
    if (items.length === 0) return place.replaceChildren();
    const heading = document.createElement("h2");
    heading.textContent = say("earlier");
    const list = document.createElement("ul");
    list.append(...items);
    const forget = document.createElement("button");
    forget.type = "button";
    forget.textContent = say("forget");
    forget.addEventListener("click", () => {
      const kept = others.map((each) => [`talk:${each.id}`, read(lasting, `talk:${each.id}`)]);
      for (const [key] of kept) write(lasting, key, null);
      showEarlier();
      // Until the page is left they can be had back.
      const undo = document.createElement("button");
      undo.type = "button";
      undo.textContent = say("undo");
      undo.addEventListener("click", () => {
        for (const [key, value] of kept) write(lasting, key, value);
        showEarlier();
      });
      place.replaceChildren(undo);
    });
    place.replaceChildren(heading, list, forget);
  }

  addEventListener("hashchange", () => {
    if (location.hash !== `#${id}` && location.hash !== "") location.reload();
  });

  // ---- one after the other

  // What waits or is being answered, oldest first; the first of them is to open the page.
  const line = [{}];
  let after = new Promise((resolve) => (line[0].end = resolve));

  function takeTurn(entry) {
    const waited = after;
    line.push(entry);
    after = new Promise((resolve) => (entry.end = resolve));
    return waited;
  }

  function showWaiting(question) {
    const shown = document.createElement("div");
    const pending = document.createElement("p");
    pending.className = "pending";
    pending.textContent = say("waiting");
    if (question) {
      const heading = document.createElement("h2");
      heading.className = "question";
      heading.dir = "auto";
      heading.textContent = question;
      shown.append(heading);
    }
    const stop = document.createElement("button");
    stop.type = "button";
    stop.className = "stop";
    stop.textContent = say("stop");
    shown.append(pending, stop);
    document.querySelector("#waiting .queue").append(shown);
    return shown;
  }

  const toStop = [];

  function tellToStop(entry) {
    toStop.push(entry.ticket);
    byId("stop-this").click();
  }

  /** The server ends its work. An answer that is on its way all the same is taken off the page again. */
  function stop(entry) {
    entry.isStopped = true;
    if (entry.isSent) tellToStop(entry);
    entry.shown.remove();
    if (entry.text && !box().value) type(entry.text);
    keepWaiting();
    box().focus();
  }

  function forgetLost() {
    document.querySelector("#waiting .lost")?.remove();
  }

  function keepWaiting() {
    write(ofTab, "waiting", line.filter((entry) => !entry.isStopped).map((entry) => entry.question).filter(Boolean));
  }

  async function wait(entry) {
    await takeTurn(entry);
    const pending = entry.shown?.querySelector(".pending");
    if (pending) pending.textContent = say("loading");
  }

  /** A question, and what goes with it: sent at once, answered in its turn. */
  async function ask([text, state, ...which]) {
    if (box().value === text) type("");
    const question = (text ?? "").trim();
    forgetLost();
    const entry = { question, text, shown: question ? showWaiting(question) : null, ticket: newName() };
    if (line.length === 0) entry.shown?.scrollIntoView({ block: "start" });
    entry.shown?.querySelector(".stop").addEventListener("click", () => stop(entry));
    const waited = wait(entry);
    keepWaiting();
    await waited;
    which.splice(-2, 2, kept(text ?? ""), entry.ticket);
    entry.isSent = !entry.isStopped;
    // An empty question changes nothing but to say so.
    return [entry.isStopped ? null : text, state, ...which];
  }

  const toAsk = [];

  /** Ask `question`, whatever is being typed. */
  function send(question) {
    toAsk.push(question);
    byId("ask-this").click();
  }

  const askThis = ([, ...given]) => ask([toAsk.shift(), ...given]);

  async function again([state, ...which]) {
    const entry = { shown: showWaiting(""), ticket: newName(), isAgain: true };
    entry.shown.querySelector(".stop").addEventListener("click", () => stop(entry));
    await wait(entry);
    entry.isSent = true;
    if (entry.isStopped) tellToStop(entry);
    which.splice(-2, 2, kept(), entry.ticket);
    return [state, ...which];
  }

  async function undo([state]) {
    await takeTurn({});
    const questions = document.querySelectorAll("#conversation .question");
    if (questions.length > 0 && !box().value.trim()) type(questions[questions.length - 1].textContent);
    return [state, kept()];
  }

  async function clear() {
    await takeTurn({});
    type("");
    return forgetChoice();
  }

  /** Loaded again, the page asks all articles too. */
  function forgetChoice() {
    const address = new URL(location.href);
    for (const name of CHOICE) address.searchParams.delete(name);
    history.replaceState(history.state, "", address);
    return [];
  }

  const drop = ([state]) => [state, kept()];

  function open() {
    return [kept(), location.search];
  }

  function settle(isLost) {
    const entry = line.shift();
    const wasRefused = isLost || document.querySelector("#notice [role=alert], #notice .was-stopped") !== null;
    entry.shown?.remove();
    if (entry.question && wasRefused && !entry.isStopped && !box().value) type(entry.text);
    keepWaiting();
    if (entry.isStopped && entry.isSent && !wasRefused && !entry.isAgain) {
      // In the place of the one that was stopped, before whatever waits.
      line.unshift({ end: entry.end });
      byId("drop-this").click();
      return;
    }
    entry.end();
    if (!isOpen) opened();
  }

  /** The first in line is answered, once what came is on the page. */
  function done() {
    requestAnimationFrame(() => setTimeout(() => settle(false)));
  }

  function failed() {
    if (isOpen) {
      const lost = document.createElement("p");
      lost.className = "lost";
      lost.role = "alert";
      lost.textContent = say("lost");
      forgetLost();
      document.querySelector("#waiting .queue").append(lost);
    }
    settle(true);
  }

  function opened() {
    isOpen = true;
    before = JSON.stringify([...document.querySelectorAll("#conversation button.kept")].map((each) => each.value));
    showEarlier();
    for (const question of read(ofTab, "asked") ?? []) send(question);
    write(ofTab, "asked", null);
    const address = new URL(location.href);
    const question = address.searchParams.get("q");
    if (question) {
      for (const name of ["q", ...CHOICE]) address.searchParams.delete(name);
      history.replaceState(history.state, "", address);
      send(question);
    }
    const typed = read(ofTab, "typed");
    if (typed && box() && !box().value) type(typed);
  }

  // What was sent and not answered when the page was left is sent again.
  write(ofTab, "asked", read(ofTab, "waiting"));
  write(ofTab, "waiting", null);
  document.addEventListener("input", (event) => {
    if (event.target === box()) write(ofTab, "typed", box().value || null);
  });

  // ---- saving

  let format = "json";
  const NAMES = { markdown: ["md", "text/markdown"], html: ["html", "text/html"], json: ["json", "application/json"] };

  function toSave() {
    return [null, kept(), `${format} ${home.href}`];
  }

  function save(text) {
    const [ending, kind] = NAMES[format];
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: `${kind};charset=utf-8` }));
    link.download = `asked-of-the-articles.${ending}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    return [];
  }

  document.addEventListener("click", (event) => {
    const example = event.target.closest("#examples .example");
    if (example) send(example.textContent.trim());
    const menu = byId("save");
    const button = event.target.closest("#save button");
    if (button) {
      format = button.name;
      byId("save-this").click();
    }
    if (menu && (button || !event.target.closest("#save"))) menu.open = false;
  });

  /** The address that asks the question of `answer` again, of the same articles. */
  function linkTo(answer) {
    const { question, query, after, before, sources, articles } = JSON.parse(answer.querySelector("button.kept").value);
    const link = new URL("./", document.baseURI);
    link.searchParams.set("q", query || question);
    if (after) link.searchParams.set("from", after);
    if (before) link.searchParams.set("until", before);
    for (const source of sources ?? []) link.searchParams.append("source", source);
    if (articles) link.searchParams.set("article", articles[0]);
    return link.href;
  }

  new MutationObserver(keep).observe(document.documentElement, { childList: true, subtree: true });

  return {
    ask, askThis, again, undo, drop, clear, forgetChoice, open, done, failed, toSave, save, linkTo, answered, lastAsked,
    say, send,
    toStop: () => [toStop.shift()],
  };
})();
