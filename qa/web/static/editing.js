/* Adding and removing articles on the list, for who may. The list works without. */
"use strict";

(() => {
  const adding = document.getElementById("adding");
  const at = new URL(adding.dataset.at, location.href);
  const mostBytes = Number(adding.dataset.most);
  const MAX_FILES = 500;
  // A server that has much to do says when to come back; longer than so many seconds nobody waits.
  const MAX_WAIT = 120;
  const within = (selector) => adding.querySelector(selector);
  const key = document.getElementById("key");

  function make(name, text = "", attributes = {}) {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [each, value] of Object.entries(attributes)) made.setAttribute(each, value);
    return made;
  }

  const count = (n, one, several) => (n === 1 ? `one ${one}` : `${n.toLocaleString("en")} ${several}`);

  // ---- asking the server

  let running = null;

  /** What the server says at last, as an object; `onSent` hears the share that was sent, `onDone` how many are done. */
  function post(path, body, type, { onSent = () => {}, onDone = () => {} } = {}) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      running = request;
      let read = 0;
      let last = null;
      const hear = () => {
        for (let end; (end = request.responseText.indexOf("\n", read)) >= 0; read = end + 1) {
          last = parsed(request.responseText.slice(read, end));
          if (last?.done) onDone(last.done);
        }
      };
      request.open("POST", new URL(path, at));
      request.setRequestHeader("Content-Type", type);
      // No key has other characters, and no header can.
      if (key) request.setRequestHeader("Authorization", `Bearer ${key.value.replace(/[^\x21-\x7e]/g, "")}`);
      request.upload.addEventListener("progress", (event) => onSent(event.loaded / Math.max(event.total, 1)));
      request.addEventListener("progress", hear);
      request.addEventListener("load", () => {
        hear();
        const wait = request.status === 429 ? Number(request.getResponseHeader("Retry-After")) : 0;
        resolve({ wait, ...((last ?? parsed(request.responseText)) || lost()) });
      });
      request.addEventListener("error", () => resolve(lost()));
      request.addEventListener("abort", () => resolve({ error: { message: "stopped" }, isStopped: true }));
      request.send(body);
    });
  }

  const lost = () => ({ error: { message: "the server could not be reached, or took no more of it" } });

  function parsed(text) {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  }

  async function patiently(...asked) {
    let said = await post(...asked);
    while (said.wait > 0 && said.wait <= MAX_WAIT && !isStopped) {
      await new Promise((resolve) => setTimeout(resolve, said.wait * 1000));
      said = await post(...asked);
    }
    return said;
  }

  const tell = (path, said) => post(path, JSON.stringify(said), "application/json");

  // ---- adding

  let isStopped = false;
  let isBusy = false;

  async function add(works) {
    if (isBusy) return;
    isBusy = true;
    isStopped = false;
    within(".done").replaceChildren();
    within(".going").hidden = false;
    const bar = within("progress");
    bar.max = works.length;
    const counts = { added: 0, updated: 0, unchanged: 0, bad: 0 };
    for (const [number, work] of works.entries()) {
      if (isStopped) break;
      const far = works.length > 1 ? `${number + 1} of ${works.length}: ${work.name}` : work.name;
      within(".far").textContent = far;
      bar.value = number;
      const said = await work.send({
        // Of a file sent, half is done: it has to be read.
        onSent: (share) => (bar.value = number + share / 2),
        onDone: (done) => (within(".far").textContent = `${far}, ${count(done, "article", "articles")}`),
      });
      show(work.name, said, counts);
    }
    bar.value = works.length;
    within(".going").hidden = true;
    if (works.length > 1) within(".done").prepend(summary(counts));
    isBusy = false;
    await renew();
  }

  function summary(counts) {
    const told = words(counts) || "Nothing was added";
    const bad = counts.bad > 0 ? `; ${counts.bad} not read, named below` : "";
    const item = make("li");
    item.append(make("b", `${told}${bad}.`));
    return item;
  }

  function words(counts) {
    const named = { added: "added", updated: "replaced", unchanged: "unchanged" };
    const told = Object.entries(named).filter(([name]) => counts[name] > 0);
    return told.map(([name, word]) => `${counts[name].toLocaleString("en")} ${word}`).join(", ");
  }

  function show(name, said, counts) {
    const item = make("li", "", { dir: "auto" });
    item.append(make("b", name), ": ");
    const list = make("ul");
    if (said.report) {
      const { report } = said;
      for (const each of ["added", "updated", "unchanged"]) counts[each] += report[each];
      counts.bad += report.not_read.length;
      item.append(words(report) || "nothing added");
      for (const article of report.articles) {
        const line = make("li");
        line.append(make("a", article.title, { href: new URL(`../${article.address}`, at).href }));
        list.append(line);
      }
      const about = (each) => (each.origin === name ? each.reason : `${each.origin}: ${each.reason}`);
      for (const each of report.not_read) list.append(make("li", `Not read: ${about(each)}`, { class: "bad" }));
      for (const each of report.remarks) list.append(make("li", `Note: ${about(each)}`));
      if (report.more > 0) list.append(make("li", `and ${report.more.toLocaleString("en")} more like these`));
    } else {
      counts.bad += 1;
      item.append(make("span", `not added: ${said.error.message}`, { class: "bad" }));
    }
    if (list.children.length > 0) item.append(list);
    within(".done").append(item);
  }

  function fileWork(file) {
    const { name } = file;
    const megabytes = Math.floor(mostBytes / 1_000_000);
    const refused = (message) => ({ name, send: async () => ({ error: { message } }) });
    if (file.size > mostBytes) return refused(`it has more than ${megabytes} MB; add it with the command line`);
    const path = `file?name=${encodeURIComponent(name)}`;
    return { name, send: (hearing) => patiently(path, file, "application/octet-stream", hearing) };
  }

  function addFiles(files) {
    const works = [...files].slice(0, MAX_FILES).map(fileWork);
    const left = files.length - works.length;
    const message = `more than ${MAX_FILES} files at once; add them with the command line`;
    if (left > 0) works.push({ name: count(left, "file", "files"), send: async () => ({ error: { message } }) });
    if (works.length > 0) add(works);
  }

  within("#files").addEventListener("change", (event) => {
    const files = [...event.target.files];
    event.target.value = "";
    addFiles(files);
  });

  const place = within(".drop");
  for (const name of ["dragover", "dragenter"]) {
    place.addEventListener(name, (event) => {
      event.preventDefault();
      place.classList.add("over");
    });
  }
  place.addEventListener("dragleave", () => place.classList.remove("over"));
  // Beside the place, a file would be opened in the page's stead.
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("over");
    if (place.contains(event.target)) addFiles(event.dataTransfer.files);
  });

  within(".fetch").addEventListener("submit", (event) => {
    event.preventDefault();
    const address = within("#address").value.trim();
    const body = JSON.stringify({ address });
    add([{ name: address, send: (hearing) => patiently("address", body, "application/json", hearing) }]);
    within("#address").value = "";
  });

  within(".stop").addEventListener("click", () => {
    isStopped = true;
    running?.abort();
  });

  // ---- the list

  /** The list as it is now, without loading the page anew. */
  async function renew() {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    for (const selector of [".count", ".articles", "nav.pages"]) {
      const [old, now] = [document.querySelector(`main > ${selector}`), page.querySelector(`main > ${selector}`)];
      if (old && now) old.replaceWith(document.importNode(now, true));
      else if (old) old.remove();
      else if (now) document.querySelector("main").append(document.importNode(now, true));
    }
    showRemoving();
  }

  function showRemoving() {
    for (const button of document.querySelectorAll(".articles .remove")) button.hidden = false;
  }

  async function remove(button) {
    button.disabled = true;
    const said = await tell("remove", { article_id: button.value });
    if (said.error) return complain(button, said.error.message);
    const row = button.closest("li");
    const facts = make("p", "", { class: "facts", role: "status" });
    const undo = make("button", "Undo", { type: "button", class: "undo", value: said.undo });
    undo.setAttribute("aria-label", `Undo: put back ${said.title}`);
    facts.append(make("span", `Removed: ${said.title}`), undo);
    row.replaceChildren(facts);
    undo.focus();
  }

  async function putBack(button) {
    button.disabled = true;
    const said = await tell("undo", { undo: button.value });
    if (said.error) return complain(button, said.error.message);
    await renew();
    const address = new URL(`../${said.address}`, at).href;
    [...document.querySelectorAll(".articles a")].find((link) => link.href === address)?.focus();
  }

  function complain(button, message) {
    button.disabled = false;
    const told = make("span", message, { class: "bad", role: "alert" });
    button.parentElement.querySelector("[role=alert]")?.remove();
    button.after(told);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".facts button");
    if (button?.matches(".remove")) remove(button);
    if (button?.matches(".undo")) putBack(button);
  });

  // ---- the key, for as long as the tab is open

  if (key) {
    try {
      key.value = sessionStorage.getItem("article-qa:key") ?? "";
      key.addEventListener("input", () => sessionStorage.setItem("article-qa:key", key.value));
    } catch {
      // Forbidden: it is asked for again.
    }
  }

  // On a small screen the list comes first.
  adding.open = matchMedia("(min-width: 48rem)").matches;
  adding.hidden = false;
  showRemoving();
})();
