/* The article panel, copying and feedback of the chat page. Links and text work without this file. */
"use strict";

(() => {
  const WIDE = "(min-width: 64rem)";
  const MAX_ANSWER_CHARACTERS = 2000;
  // How long a button says what it did.
  const TOLD_MS = 5000;
  const address = (path) => new URL(`../${path}`, document.baseURI);

  // ---- the article panel

  const panel = () => document.getElementById("panel");

  async function openArticle(link) {
    const response = await fetch(link.href.replace(/#.*$/, ""));
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const article = document.importNode(page.querySelector(".article"), true);
    const dialog = panel();
    dialog.querySelector(".panel-body").replaceChildren(article);
    dialog.querySelector(".page").href = link.href;
    nameArticle(dialog, article);
    if (!dialog.open) show(dialog);
    const quote = article.querySelector("#quote");
    if (quote) {
      quote.focus({ preventScroll: true });
      (article.querySelector("mark.answer") ?? quote).scrollIntoView({ block: "center" });
    } else {
      dialog.querySelector(".panel-body").scrollTop = 0;
    }
    markCurrent(link);
  }

  /** The title, source and day stay in sight, wherever in the article the quotation stands. */
  function nameArticle(dialog, article) {
    const title = article.querySelector("h1")?.textContent.trim() ?? "";
    const byline = [...article.querySelectorAll(".byline > :not(a)")].map((each) => each.textContent.trim());
    dialog.querySelector(".panel-title b").textContent = title;
    dialog.querySelector(".panel-title span").textContent = byline.join(" · ");
    dialog.setAttribute("aria-label", chatPage.say("article_named", { title }));
  }

  function show(dialog) {
    // Back closes it again.
    history.pushState({ isReading: true }, "");
    // Out of Gradio's own styles for text.
    document.body.append(dialog);
    // Beside the conversation where there is room, over it on a phone.
    if (matchMedia(WIDE).matches) {
      dialog.show();
      document.body.classList.add("reading");
    } else {
      dialog.showModal();
    }
  }

  let opener = null;

  function markCurrent(link) {
    opener?.removeAttribute("aria-current");
    opener = link;
    opener?.setAttribute("aria-current", "true");
  }

  function closeArticle() {
    if (history.state?.isReading) history.back();
    else hideArticle();
  }

  function hideArticle() {
    if (!panel()?.open) return;
    panel().close();
    document.body.classList.remove("reading");
    const link = opener;
    markCurrent(null);
    link?.focus();
  }

  addEventListener("popstate", hideArticle);
  // Gone forward to, or loaded again: there is no article open any more.
  if (history.state?.isReading) history.replaceState(null, "");

  // ---- copy, link and feedback

  function citedText(answer) {
    return [...answer.querySelectorAll(".passage.lead")].map(citedPassage).join("\n\n");
  }

  function citedPassage(passage) {
    const link = passage.querySelector(".cite");
    const title = link.querySelector(".title").textContent;
    const byline = passage.querySelector(".byline").textContent;
    const quote = passage.querySelector("blockquote");
    return `“${(quote.querySelector("mark") ?? quote).textContent}”\n${title}, ${byline}\n${link.href}`;
  }

  async function copyText(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    // Browsers offer the clipboard to https and localhost only.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  /** Says on the button what was done; then it is there to do it again. */
  function told(button, words) {
    button.dataset.label ??= button.textContent;
    button.textContent = words;
    setTimeout(() => (button.textContent = button.dataset.label), TOLD_MS);
  }

  async function copyAnswer(button) {
    await copyText(citedText(button.closest(".answer")));
    told(button, chatPage.say("copied"));
  }

  async function copyLink(button) {
    await copyText(chatPage.linkTo(button.closest(".answer")));
    told(button, chatPage.say("link_copied"));
  }

  /** What a verdict is about: the question as it was understood, and the words that answered. */
  function judged(answer) {
    const { question, query, answerable = false } = JSON.parse(answer.querySelector("button.kept").value);
    const quote = answer.querySelector(".lead blockquote");
    const words = quote?.querySelector("b") ?? quote?.querySelector("mark") ?? quote;
    const said = answerable && words ? words.textContent.slice(0, MAX_ANSWER_CHARACTERS) : null;
    return { question: query || question, passage_id: passageOf(answer), answerable, answer: said };
  }

  function passageOf(answer) {
    const link = answer.querySelector(".passage .cite");
    if (!link) return null;
    const url = new URL(link.href);
    const article = decodeURIComponent(url.pathname.slice(address("articles/").pathname.length));
    return `${article}:${url.searchParams.get("start")}-${url.searchParams.get("end")}`;
  }

  async function giveFeedback(button) {
    const answer = button.closest(".answer");
    const response = await fetch(address("api/feedback"), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...judged(answer), verdict: button.name }),
    });
    for (const other of answer.querySelectorAll(".feedback")) {
      other.setAttribute("aria-pressed", String(other === button && response.ok));
    }
    if (!response.ok) button.textContent = chatPage.say("not_stored");
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.cite");
    const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (link && isPlain) {
      event.preventDefault();
      openArticle(link).catch(() => location.assign(link.href));
    }
    const button = event.target.closest("button");
    if (button?.matches("#panel .close")) closeArticle();
    if (button?.matches(".answer .copy")) copyAnswer(button);
    if (button?.matches(".answer .as-typed")) chatPage.send(button.value);
    if (button?.matches(".answer .share")) copyLink(button);
    if (button?.matches(".answer .feedback")) giveFeedback(button);
  });

  document.addEventListener("keydown", (event) => {
    // Open over the page, the dialog would close itself and leave the way back as it is.
    if (event.key === "Escape" && panel()?.open) {
      event.preventDefault();
      closeArticle();
    }
  });

  // ---- a button that goes away with what it did must not take the keyboard's place along

  let pressed = null;

  document.addEventListener(
    "click",
    (event) => {
      // A pointer's clicks are counted. It needs no place, and a phone's keyboard would come up.
      if (event.isTrusted) pressed = event.detail === 0 ? event.target : null;
    },
    true,
  );

  function keepPlace() {
    const isPlaceless = document.activeElement === document.body || document.activeElement === pressed;
    if (!pressed || !isPlaceless || pressed.checkVisibility()) return;
    const fold = pressed.closest("details:not([open])");
    pressed = null;
    (fold?.querySelector("summary") ?? document.querySelector("#question textarea"))?.focus({ preventScroll: true });
  }

  // ---- after each change of the conversation

  let shown = 0;

  function tidy() {
    // A new question goes to the top of the page, and again when its answer has come and made room for that.
    const questions = document.querySelectorAll("#conversation .question");
    const now = questions.length + document.querySelectorAll("#conversation .answer").length;
    if (now > shown) questions[questions.length - 1].scrollIntoView({ block: "start" });
    shown = now;
    // Gradio names each message by its markup, which a screen reader would spell out.
    for (const message of document.querySelectorAll("#conversation [aria-label*='message: ']")) {
      message.removeAttribute("aria-label");
    }
    // Nor does it say whether what is folded away is open.
    const fold = document.querySelector("#which .label-wrap");
    fold?.setAttribute("aria-expanded", String(fold.classList.contains("open")));
    keepPlace();
  }

  new MutationObserver(tidy).observe(document.documentElement, {
    attributeFilter: ["class", "open"],
    childList: true,
    subtree: true,
  });
})();
