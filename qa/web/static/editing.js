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

  // ---- what is said, in the language of the page

  const words = JSON.parse(document.getElementById("said").textContent);
  const plurals = new Intl.PluralRules(words.language);
  // Digits as the rest of the page has them.
  const number = (n) => n.toLocaleString(`${words.language}-u-nu-latn`);
  const limits = { megabytes: Math.floor(mostBytes / 1_000_000), most: MAX_FILES };
  const say = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const count = (name, n) => (words[name][plurals.select(n)] ?? words[name].other).replace("{n}", number(n));

  /** What is said by `name` of `reason`: an error, or what the server has to say, which is English. */
  function told(name, reason) {
    const [before, after] = words[name].split("{why}");
    return [before, because(reason), after];
  }

  const because = ({ code, message }) =>
    Object.hasOwn(words, code) ? say(code, limits) : make("span", message, { lang: "en", dir: "auto" });

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
      request.addEventListener("abort", () => resolve({ error: { code: "stopped" }, isStopped: true }));
      request.send(body);
    });
  }

  const lost = () => ({ error: { code: "upload_lost" } });

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
    for (const [done, work] of works.entries()) {
      if (isStopped) break;
      const place = { number: number(done + 1), files: number(works.length), name: work.name };
      const far = works.length > 1 ? say("file_of", place) : work.name;
      within(".far").textContent = far;
      bar.value = done;
      const said = await work.send({
        // Of a file sent, half is done: it has to be read.
        onSent: (share) => (bar.value = done + share / 2),
        onDone: (n) => (within(".far").textContent = far + words.comma + count("n_articles", n)),
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
    const bad = count("n_bad", counts.bad);
    const line = say(counts.bad > 0 ? "added_but" : "added_all", { told: happened(counts), bad });
    const item = make("li");
    item.append(make("b", line[0].toLocaleUpperCase(words.language) + line.slice(1)));
    return item;
  }

  function happened(counts) {
    const named = { added: "added", updated: "replaced", unchanged: "unchanged" };
    const all = Object.entries(named).filter(([name]) => counts[name] > 0);
    return all.map(([name, word]) => count(word, counts[name])).join(words.comma) || words.nothing_added;
  }

  function show(name, said, counts) {
    const item = make("li");
    item.append(make("b", name, { dir: "auto" }), ": ");
    const list = make("ul");
    if (said.report) {
      const { report } = said;
      for (const each of ["added", "updated", "unchanged"]) counts[each] += report[each];
      counts.bad += report.not_read.length;
      item.append(happened(report));
      for (const article of report.articles) {
        const line = make("li");
        line.append(make("a", article.title, { dir: "auto", href: new URL(`../${article.address}`, at).href }));
        list.append(line);
      }
      for (const each of report.not_read) list.append(remark("not_read", name, each, { class: "bad" }));
      for (const each of report.remarks) list.append(remark("note", name, each));
      if (report.more > 0) list.append(make("li", count("more_alike", report.more)));
    } else {
      counts.bad += 1;
      const bad = make("span", "", { class: "bad" });
      bad.append(...told("not_added", said.error));
      item.append(bad);
    }
    if (list.children.length > 0) item.append(list);
    within(".done").append(item);
  }

  function remark(kind, name, { origin, reason }, attributes) {
    const line = make("li", "", attributes);
    line.append(...told(kind, { message: origin === name ? reason : `${origin}: ${reason}` }));
    return line;
  }

  const refused = (name, code) => ({ name, send: async () => ({ error: { code } }) });

  function fileWork(file) {
    const { name } = file;
    if (file.size > mostBytes) return refused(name, "too_large");
    const path = `file?name=${encodeURIComponent(name)}`;
    return { name, send: (hearing) => patiently(path, file, "application/octet-stream", hearing) };
  }

  function addFiles(files) {
    const works = [...files].slice(0, MAX_FILES).map(fileWork);
    const left = files.length - works.length;
    if (left > 0) works.push(refused(count("n_files", left), "too_many"));
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

  /** The list as it is now, or parts of it, without loading the page anew. */
  async function renew(parts = [".count", ".articles", "nav.pages"]) {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    for (const selector of parts) {
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
    if (said.error) return complain(button, said.error);
    const row = button.closest("li");
    const facts = make("p", "", { class: "facts", role: "status" });
    const undo = make("button", words.undo, { type: "button", class: "undo", value: said.undo });
    undo.setAttribute("aria-label", say("undo_named", { title: said.title }));
    facts.append(make("span", say("removed_named", { title: said.title })), undo);
    row.replaceChildren(facts);
    undo.focus();
    // The rest stays as it is, with what can be put back.
    await renew([".count"]);
  }

  async function putBack(button) {
    button.disabled = true;
    const said = await tell("undo", { undo: button.value });
    if (said.error) return complain(button, said.error);
    await renew();
    const address = new URL(`../${said.address}`, at).href;
    [...document.querySelectorAll(".articles a")].find((link) => link.href === address)?.focus();
  }

  function complain(button, error) {
    button.disabled = false;
    const alert = make("span", "", { class: "bad", role: "alert" });
    alert.append(because(error));
    button.parentElement.querySelector("[role=alert]")?.remove();
    button.after(alert);
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
