/*
 * Ask the articles, from any page:
 *   <script defer src="https://HOST/widget.js" data-heading="Ask us" data-lang="ko"></script>
 * adds an <article-qa> in the corner of the page, set up by the tag's data-* attributes; with data-target="SELECTOR" it
 * goes into that element, in the page's flow. With data-manual, or with no data-* where the page has an <article-qa> of
 * its own, the script adds nothing. Loaded as a module it does not know its host: <article-qa server="https://HOST">.
 *
 * Attributes, and properties of the same names:
 *   mode bubble|inline; position right|left (mirrored where text runs from the right); theme auto|light|dark
 *   heading; greeting; examples="One?|Two?"; strings: the words in ENGLISH below, as JSON or an object
 *   lang en|ar|de|es|fr|ja|ko (else that of the page); dir; server; k, how many passages
 *   sources="A|B", before="2024-12-31", after: which articles may answer; open: at load (as an attribute only)
 *   write: have the server's language model, where it has one, sum the passages up
 * Methods: open() close() toggle() clear() ask(question), which resolves to the answer or null
 * Events, which bubble: ready open close question answer citation feedback error;
 *   question and citation can be cancelled
 * CSS: --article-qa-accent, -paper, -ink, -mark, -font, -size, -width, -height, -z
 *
 * The page's policy needs HOST in script-src and connect-src, nothing else. No cookies, no storage, no other host.
 */
(() => {
  const LANGUAGES = "ar de es fr ja ko".split(" ");
  const ENGLISH = {
    heading: "Ask the articles",
    greeting: "Answers are quoted from the articles, word for word.",
    question: "Your question",
    send: "Ask",
    clear: "New chat",
    close: "Close",
    examples: "For example",
    loading: "Searching the articles…",
    opening: "Opening the article…",
    understood: "Understood as:",
    typed: "Ask for {words} as typed",
    also: "Also in the articles",
    passage: "The whole passage",
    more: "More passages",
    copies: "Also in other articles",
    updates: "Earlier articles say otherwise",
    years: "Articles of different years say:",
    written: "Written by {model} from the passages below.",
    unwritten: "Nothing was written.",
    leftout: "Sentences left out, not borne out by the passages: {n}",
    none: "The articles do not say.",
    newest: "Newest article:",
    nearest: "The nearest passages",
    high: "Very likely",
    medium: "Likely",
    low: "Unsure",
    undated: "Date unknown",
    copy: "Copy with citation",
    copied: "Copied",
    up: "Helpful",
    down: "Not helpful",
    thanks: "Thank you.",
    back: "Back",
    original: "Read the original",
    sheet: "p. {page}",
    page: "Open the article",
    changed: "The article has changed since.",
    retry: "Try again",
    offline: "You are offline.",
    unreachable: "The articles cannot be reached.",
    busy: "Too many questions. You can ask again in {time}.",
    blocked: "Questions are not available on this site.",
    bad: "Please ask a shorter question.",
    failed: "Something went wrong.",
  };
  // Attributes that are properties too.
  const OPTIONS = "heading greeting server mode position theme k examples sources before after write".split(" ");
  const ATTRIBUTES = [...OPTIONS, "lang", "dir", "strings", "open"];
  const EDGES = "start answer_start short_start short_end answer_end end".split(" ");
  const MAX_TURNS = 20;
  // As in the chat: from which probability a further passage is shown at once, how many are, and of how many years.
  const ADDS_FROM = 0.4;
  const MAX_ADDED = 2;
  const MAX_YEARS = 3;
  // Of what a verdict is on, in characters.
  const MAX_ANSWER = 2000;

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:host{all:initial;display:block}
:host(:not([mode=inline])){display:contents}
:host([hidden]),[hidden]{display:none!important}
.w{all:initial;display:block;color-scheme:light dark;--p:var(--article-qa-paper,light-dark(#fffefb,#161513));--i:var(--article-qa-ink,light-dark(#1b1a18,#ece8e1));--a:var(--article-qa-accent,light-dark(#8f1d21,#f0978d));--m:var(--article-qa-mark,light-dark(#fbe9a9,#5c4a12));--q:color-mix(in oklab,var(--i) 70%,var(--p));--r:1px solid color-mix(in oklab,var(--i) 16%,var(--p));--u:var(--article-qa-font,system-ui,sans-serif);--s:Charter,Georgia,serif;font:var(--article-qa-size,16px)/1.45 var(--u);color:var(--i);overflow-wrap:anywhere}
:host([theme=light]) .w{color-scheme:light}
:host([theme=dark]) .w{color-scheme:dark}
*{box-sizing:border-box}
button,textarea{all:unset;box-sizing:border-box}
button,summary{cursor:pointer}
button:not(.cite):hover,.cite span{text-decoration:underline}
:focus-visible{outline:2px solid var(--a);outline-offset:2px}
h2,h3,h4,p,figure,blockquote{margin:0;font-size:1em}
.x{position:absolute;width:1px;height:1px;overflow:hidden;opacity:0;white-space:nowrap}
.launch,.send{background:var(--a);color:var(--p);font-weight:600}
.launch,dialog{position:fixed;inset:auto;inset-block-end:max(1em,env(safe-area-inset-bottom));inset-inline-end:1em;max-width:calc(100vw - 2em);z-index:var(--article-qa-z,2147483000);box-shadow:0 4px 24px #0003}
:host([position=left]) :is(.launch,dialog){inset-inline:1em auto}
.launch{display:flex;gap:.5em;align-items:center;min-height:3em;padding:.5em 1.25em;border-radius:2em}
.launch:before{content:"“"/"";height:.55em;font:700 2.5em/1 var(--s)}
.box{display:flex;flex-direction:column;margin:0;padding:0;border:var(--r);border-radius:.5em;background:var(--p);color:inherit;overflow:hidden}
:host([mode=inline]) .w{height:100%}
section{width:var(--article-qa-width,auto);height:var(--article-qa-height,auto);max-height:var(--article-qa-height,42em)}
dialog{width:var(--article-qa-width,26em);height:var(--article-qa-height,42em);max-height:calc(100dvh - 2em)}
.box:modal{inset:0;width:100%;max-width:none;height:100%;max-height:none;border:0;border-radius:0}
.head,.bar{display:flex;gap:0 1em;align-items:center;justify-content:space-between;flex-wrap:wrap;padding:.25em 1.25em;border-block-end:var(--r)}
.head{flex-wrap:nowrap;min-height:3.25em}
h2{flex:1}
.head button,.bar>*,.acts button,.retry{display:inline-flex;align-items:center;min-height:2.75em;color:var(--q);font-size:.9em;font-weight:500}
.bar>*,.retry,summary,.cite{color:var(--a)}
.icon{justify-content:center;min-width:2.75em;margin-inline-end:-.75em}
.icon:before{content:"×";content:"×"/"";font-size:1.75em}
.log,.text,.src{flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain}
.log,.text{padding:1.25em;outline-offset:-3px}
.src{display:flex;flex-direction:column}
.hello,.by,.note,.know,h4,.egs h3,.all,.more blockquote,.copies,textarea::placeholder{color:var(--q)}
.by,.note,.know,h4,.egs h3,summary,.copies,.day{font-size:.9em}
.egs h3,h4{margin-block-start:1.5em}
.egs h3:only-child,.hello:not(:only-child),.box:not(:has(.turn)) .clear,section .icon,dialog:not([open]){display:none}
.egs button{display:block;width:100%;padding:.75em 0;border-block-end:var(--r);color:var(--i);font-family:var(--s)}
.turn+.turn{margin-block-start:1.5em;padding-block-start:1.5em;border-block-start:var(--r)}
.turn>*+*{margin-block-start:1em}
.turn>h3,textarea{white-space:pre-wrap}
blockquote,.none,.text{font-family:var(--s);white-space:pre-line;line-height:1.5}
.lead{padding-inline-start:1em;border-inline-start:3px solid var(--a)}
.lead blockquote,.none{font-size:1.25em;line-height:1.4}
.more{margin-block-start:.75em;padding-block-start:.75em;border-block-start:var(--r)}
ol,.copies{margin:0;padding:0;list-style:none}
ol .lead blockquote{font-size:1.1em}
ol>*+*{margin-block-start:1.25em}
.day{color:var(--q);font-weight:600;margin-block-end:.25em}
.said .cite{display:inline;width:auto;padding:0 .15em;font-size:.9em}
mark{background:var(--m);color:var(--i);padding:.1em 0}
.more mark,.near{background:color-mix(in oklab,var(--m) 40%,var(--p))}
mark:focus{outline:0}
figcaption,.cite,.acts{display:flex;flex-wrap:wrap;gap:0 1em;align-items:baseline}
figcaption{margin-block-start:.5em}
.cite{flex-wrap:nowrap;gap:.5em;width:100%;padding-block:.25em;font-weight:600}
.cite b{flex:none}
[aria-pressed=true]{color:var(--a)!important;font-weight:700!important}
summary{padding-block:.5em}
.text>*{margin-block-end:1em}
.text h3{font-size:1.4em;line-height:1.2}
.text .by{font-family:var(--u)}
.note:not(:empty){padding:.5em 1.25em}
[role=alert]{color:var(--i)}
form{display:flex;gap:.5em;align-items:end;padding:.75em;padding-block-end:max(.75em,env(safe-area-inset-bottom));border-block-start:var(--r)}
.send,textarea{min-height:2.75em;min-width:2.75em;padding:.6em .75em;border-radius:.25em;text-align:center}
textarea{flex:1;max-height:9em;field-sizing:content;overflow-y:auto;cursor:text;text-align:start;border:1px solid var(--q)}
textarea:focus{outline-offset:-1px}
@media(forced-colors:active){button,textarea{border:1px solid}mark:not(.near){text-decoration:underline}}`);

  // ---- small pieces

  /** An element; `kind` is its tag and class. */
  function make(kind, attributes, ...children) {
    const [tag, name] = kind.split(".");
    const node = document.createElement(tag);
    if (name) node.className = name;
    for (const key in attributes) {
      const value = attributes[key];
      if (typeof value == "function") node[key] = value;
      else node.setAttribute(key, value);
    }
    node.append(...children.filter(Boolean));
    return node;
  }

  /** Text of the articles or of the reader: in the language of the page, in its own direction. */
  const foreign = (kind, ...children) =>
    make(kind, { dir: "auto", lang: document.documentElement.lang }, ...children);

  // Never `javascript:` and the like.
  const webUrl = (url) => (/^https?:/i.test(url) ? url : null);

  const list = (text) => (text ?? "").split("|").map((part) => part.trim()).filter(Boolean);

  /**
   * `text`, which stands at `offset` of its article, cut where the citation says: before the quote; of the quote before
   * its sentence, the sentence as a mark with its answering words in bold, after it; after the quote.
   * Offsets count code points, as strings here do not.
   */
  function cut(text, offset, citation) {
    const points = Array.from(text);
    const [before, near, first, short, last, rest] = EDGES.map((edge) => {
      const piece = points.splice(0, citation[edge] - offset);
      offset += piece.length;
      return piece.join("");
    });
    const mark = make("mark", null, first, short && make("strong", null, short), last);
    return [before, near, mark.firstChild && mark, rest, points.join("")];
  }

  /** The quote before its sentence, that as a mark, and after it. */
  const cutQuote = (citation) => cut(citation.quote, citation.start, citation).slice(1);

  // The further passages show their sentence with so much around it, cut between words; the rest is one click away.
  const head = (text) => text.replace(/^(.{60,90})[\s、。].{30,}$/s, "$1 …");
  const tail = (text) => text.replace(/^.{30,}[\s、。](.{60,90})$/s, "… $1");

  const plain = (words) => (words.match(/[\p{L}\p{N}]+/gu) ?? []).join(" ").toLowerCase();

  /** Of the citations behind the first those worth a look at once: likely, of another article or another answer. */
  function additions(citations) {
    const seen = [citations[0]];
    const short = ({ quote, start, short_start, short_end }) =>
      short_start == null ? "" : plain(Array.from(quote).slice(short_start - start, short_end - start).join(""));
    const articles = ({ article_id, also_in = [] }) => [article_id, ...also_in.map((copy) => copy.article_id)];
    for (const citation of citations.slice(1)) {
      const isOther = !seen.flatMap(articles).includes(citation.article_id);
      const isNew = short(citation) && !seen.map(short).includes(short(citation));
      if (seen.length <= MAX_ADDED && citation.score >= ADDS_FROM && (isOther || isNew)) seen.push(citation);
    }
    return seen.slice(1);
  }

  /** The lines of an article; what is quoted of it, if anything, is marked, its sentence more strongly. */
  function paragraphs(text, citation) {
    const pale = (piece) => piece && make("mark.near", null, piece);
    let offset = 0;
    return text.split("\n").flatMap((line) => {
      const [before, near, mark, rest, after] = cut(line, offset, citation);
      offset += Array.from(line).length + 1;
      return line.trim() ? foreign("p", before, pale(near), mark, pale(rest), after) : [];
    });
  }

  const script = document.currentScript;
  // `widget.js` and `widget/v1.js`.
  const home = script?.src.slice(0, script.src.lastIndexOf("/widget")) ?? "";

  class ArticleQa extends HTMLElement {
    static observedAttributes = ATTRIBUTES;

    #words = ENGLISH;
    #ownWords;
    #version = 0;
    #isReady = false;
    #phone = matchMedia("(max-width:30rem)");
    #turns = [];
    #request = new AbortController();
    #pending;
    #opener;
    #citing;
    #timer;
    #box;

    #launcher = make("button.launch", { onclick: () => this.open() }, this.#say("span", "heading"));
    #examples = make("div.egs");
    #hello = make("div.hello", null, this.#say("p", "greeting", { dir: "auto" }), this.#examples);
    #log = make("div.log", { role: "log", "aria-labelledby": "h", tabindex: 0 }, this.#hello);
    #source = make("div.src", { hidden: "" });
    #status = make("p.note", { role: "status" });
    #alert = make("div.note", { role: "alert" });
    #input = make("textarea", { id: "q", rows: 2, dir: "auto", onkeydown: (event) => this.#typed(event) });
    #form = make(
      "form",
      { onsubmit: (event) => (event.preventDefault(), this.#submit(this.#input.value)) },
      this.#say("label.x", "question", { for: "q" }),
      this.#input,
      this.#say("button.send", "send"),
    );
    #shell = make("div.w", { hidden: "", onkeydown: (event) => this.#escape(event) }, this.#launcher);

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      root.append(this.#shell);
    }

    connectedCallback() {
      // Set by a framework before this script had come.
      for (const name of [...OPTIONS, "strings"]) {
        if (!Object.hasOwn(this, name)) continue;
        const value = this[name];
        delete this[name];
        this[name] = value;
      }
      this.#build();
      this.#translate();
    }

    disconnectedCallback() {
      this.#version++;
      this.#drop();
      this.#leaveSource();
      this.#launcher.hidden = false;
      this.#box.close?.();
    }

    attributeChangedCallback() {
      if (this.#box && this.isConnected) this.connectedCallback();
    }

    // ---- what pages call

    /** A method, though frameworks may set the attribute of that name as if it were a property. */
    get open() {
      return () => this.#show();
    }

    set open(value) {
      this.toggleAttribute("open", value);
    }

    close() {
      if (!this.#box?.open) return;
      const hadFocus = this.shadowRoot.activeElement;
      this.#box.close();
      this.#closed(hadFocus);
    }

    toggle() {
      if (this.#box?.open) this.close();
      else this.open();
    }

    clear() {
      this.#drop();
      this.#leaveSource();
      this.#turns = [];
      this.#log.replaceChildren(this.#hello);
    }

    /** The answer, or null where there is none: cancelled, failed, or nothing asked. */
    async ask(text) {
      const question = `${text ?? ""}`.trim();
      const history = this.#turns.slice(-MAX_TURNS);
      if (!question || !this.isConnected || !this.#emit("question", { question, history }, true)) return null;
      this.#show(this.#box.open === false);
      this.#leaveSource();
      this.#drop();
      if (this.#input.value.trim() == question) this.#input.value = "";
      this.#pending = make("article.turn", null, foreign("h3", question));
      this.#log.append(this.#pending);
      return this.#answer(this.#pending, question, history);
    }

    get strings() {
      return this.#words;
    }

    set strings(words) {
      this.#ownWords = words;
      if (this.isConnected) this.#translate();
    }

    // ---- language

    #say(kind, key, attributes) {
      return make(kind, { ...attributes, "data-t": key }, this.#words[key]);
    }

    async #translate() {
      const version = ++this.#version;
      const [wanted] = (this.closest("[lang]") ?? document.documentElement).lang.toLowerCase().split("-");
      const language = LANGUAGES.includes(wanted) ? wanted : "en";
      const address = `${this.#base}/widget/strings/${language}.json`;
      const read = (response) => response.json();
      const words = language != "en" && (await fetch(address, { credentials: "omit" }).then(read).catch(() => null));
      if (version != this.#version) return;
      this.#words = { ...ENGLISH, ...words, ...this.#attributeWords(), ...this.#ownWords };
      for (const name of ["heading", "greeting"]) this.#words[name] = this[name] ?? this.#words[name];
      this.#shell.lang = language;
      this.#shell.dir = this.dir || (language == "ar" ? "rtl" : "ltr");
      for (const node of this.#shell.querySelectorAll("[data-t]")) node.textContent = this.#words[node.dataset.t];
      this.#input.placeholder = this.#words.question;
      const button = (text) => make("button", { dir: "auto", onclick: () => this.#submit(text) }, text);
      this.#examples.replaceChildren(this.#say("h3", "examples"), ...list(this.examples).map(button));
      if (this.#isReady) return;
      this.#isReady = true;
      this.#shell.hidden = false;
      this.#emit("ready");
      // By the attribute, nobody asked for it: the focus stays where it is.
      if (this.#opener || this.hasAttribute("open")) this.#show(!!this.#opener);
    }

    #attributeWords() {
      try {
        return JSON.parse(this.getAttribute("strings"));
      } catch (error) {
        console.warn("article-qa: strings:", error.message);
      }
    }

    #number(value, style) {
      return value.toLocaleString(this.#shell.lang, style);
    }

    #byline({ source, published, page }) {
      const sheet = page && ` · ${this.#words.sheet.replace("{page}", this.#number(page))}`;
      const day = this.#date("span", { published });
      return make("p.by", null, source && foreign("bdi", source), source && " · ", day, sheet);
    }

    /** A day, a month or a year. */
    #date(kind, { published }) {
      if (!published) return this.#say(kind, "undated");
      const [, month, day] = published.split("-");
      const style = { year: "numeric", month: month && "long", day: day && "numeric", timeZone: "UTC" };
      const words = new Date(published).toLocaleDateString(this.#shell.lang, style);
      return make(kind, null, make("time", { datetime: published }, words));
    }

    // ---- open and closed

    /** A dialog in a bubble, a section in the page's flow; it keeps what is in it. */
    #build() {
      const kind = this.mode == "inline" ? "section" : "dialog";
      this.#launcher.hidden = kind == "section";
      if (this.#box?.localName == kind) return;
      const old = this.#box;
      this.#box = make(
        `${kind}.box`,
        {
          "aria-labelledby": "h",
          oncancel: (event) => this.#escape(event),
          onclose: () => this.#box.open || this.#closed(true),
        },
        ...(old?.childNodes ?? this.#parts()),
      );
      old?.remove();
      this.#shell.append(this.#box);
    }

    #parts() {
      const clear = this.#say("button.clear", "clear", { onclick: () => (this.clear(), this.#focusLine()) });
      const close = make("button.icon", { onclick: () => this.close() }, this.#say("span.x", "close"));
      const title = make("div.head", null, this.#say("h2", "heading", { id: "h", dir: "auto" }), clear, close);
      return [title, this.#log, this.#source, this.#status, this.#alert, this.#form];
    }

    #show(focus = true) {
      const from = document.activeElement;
      if (!this.#box?.open) this.#opener = !from || from == this || from == document.body ? this.#launcher : from;
      if (!this.#isReady || !this.isConnected) return;
      if (this.#box.open === false) {
        this.#launcher.hidden = true;
        this.#box.ariaModal = this.#phone.matches;
        // On a phone over everything; elsewhere beside the page, and not by show(), which takes the focus.
        if (this.#phone.matches) this.#box.showModal();
        else this.#box.setAttribute("open", "");
        this.#emit("open");
      }
      if (focus) this.#input.focus();
    }

    #closed(returnFocus) {
      if (!this.#launcher.hidden) return;
      this.#launcher.hidden = false;
      if (returnFocus) this.#opener.focus();
      this.#emit("close");
    }

    /** Leave the source, or else the dialog; what has neither leaves Escape to the page. */
    #escape(event) {
      const isEscape = event.type == "cancel" || (event.key == "Escape" && !event.isComposing);
      if (!isEscape || (!this.#box.open && this.#source.hidden)) return;
      event.preventDefault();
      event.stopPropagation();
      if (this.#source.hidden) this.close();
      else this.#leaveSource();
    }

    #typed(event) {
      // While an input method composes, Enter belongs to it; Safari says so with 229 only.
      if (event.key != "Enter" || event.shiftKey || event.isComposing || event.keyCode == 229) return;
      event.preventDefault();
      this.#submit(this.#input.value);
    }

    #submit(question) {
      this.ask(question);
      this.#focusLine();
    }

    #focusLine() {
      // On a phone the keyboard would lie over the answer.
      (this.#phone.matches && this.#pending ? this.#log : this.#input).focus();
    }

    // ---- asking

    get #base() {
      return this.server?.replace(/[/]$/, "") ?? home;
    }

    #emit(type, detail, cancelable) {
      return this.dispatchEvent(new CustomEvent(type, { detail, cancelable, bubbles: true, composed: true }));
    }

    async #send(path, body) {
      const { signal } = this.#request;
      const post = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
      const response = await fetch(this.#base + path, { credentials: "omit", signal, ...(body && post) });
      if (response.ok) return response.json();
      const { error } = await response.json().catch(() => ({}));
      // When the server does not say, or the browser may not read it.
      const seconds = +response.headers.get("Retry-After") || 30;
      throw { status: response.status, seconds, ...error };
    }

    async #answer(turn, question, history) {
      this.#tell("loading");
      this.#scroll(this.#log, turn, 16);
      try {
        const answer = await this.#send("/api/ask", {
          question,
          history,
          k: +this.k || undefined,
          sources: list(this.sources),
          before: this.before || undefined,
          after: this.after || undefined,
          write: this.write != null || undefined,
        });
        this.#tell();
        this.#pending = null;
        this.#turns.push({ question, answer: answer.answer });
        turn.append(...this.#shown(answer));
        this.#scroll(this.#log, turn, 16);
        this.#emit("answer", { answer });
        return answer;
      } catch (error) {
        return this.#fail(error, () => this.#answer(turn, question, history), question);
      }
    }

    /** Stop what is under way; a question that has no answer leaves the conversation. */
    #drop() {
      this.#request.abort();
      this.#request = new AbortController();
      this.#pending?.remove();
      this.#pending = null;
      this.#tell();
    }

    #tell(key) {
      clearTimeout(this.#timer);
      this.#alert.replaceChildren();
      this.#status.replaceChildren(key ? this.#say("span", key) : "");
    }

    async #fail(error, retry, question = "") {
      const { signal } = this.#request;
      const key = await this.#kindOf(error);
      if (error.name == "AbortError" || signal.aborted) return null;
      const { status, code = key, message, seconds } = error;
      this.#tell();
      if (key == "bad") {
        this.#drop();
        this.#input.value ||= question;
      }
      const time = key == "busy" && this.#number(seconds, { style: "unit", unit: "second", unitDisplay: "long" });
      this.#alert.append(make("p", null, this.#words[key].replace("{time}", time)));
      if (key != "bad" && key != "blocked") {
        const again = this.#say("button.retry", "retry", { onclick: () => (this.#focusLine(), retry()) });
        this.#timer = setTimeout(() => this.#alert.append(again), time ? seconds * 1000 : 0);
      }
      this.#emit("error", { code, status, message });
      return null;
    }

    async #kindOf({ status, code, name }) {
      if (status && code != "origin_not_allowed") {
        return code == "busy" ? code : ({ 413: "bad", 422: "bad", 429: "busy" }[status] ?? "failed");
      }
      if (!navigator.onLine) return "offline";
      // A browser does not tell a refused origin from a server that is down; a request that reads nothing does.
      const probe = () => fetch(`${this.#base}/health`, { mode: "no-cors", credentials: "omit" }).catch(() => null);
      if (!status && (name != "TypeError" || !(await probe()))) return "unreachable";
      console.warn(`article-qa: add ${origin} to the setting "origins" of ${this.#base}`);
      return "blocked";
    }

    // ---- answers

    #shown(answer) {
      const { citations, answerable, understood, timeline = [], corrected = [], other_language: other } = answer;
      const shown = [];
      if (other) shown.push(make("p", { dir: "auto", lang: other.asked }, other.told));
      if (answer.query.trim() != answer.question.trim()) {
        shown.push(make("p.know", null, this.#say("span", "understood"), " ", foreign("q", answer.query)));
      }
      if (corrected.length) {
        // Between quotation marks a word is taken as it is.
        const quoted = corrected.map(({ typed }) => `“${typed}”`).join(", ");
        const asTyped = corrected.reduce((text, { typed, taken }) => text.replace(taken, `"${typed}"`), answer.query);
        const again = { onclick: () => this.#submit(asTyped) };
        shown.push(make("button.retry", again, this.#words.typed.replace("{words}", quoted)));
      }
      if (understood) shown.push(foreign("p.know", understood));
      if (!answerable) return [...shown, ...this.#refusal(answer), this.#actions(answer)];
      const years = timeline.slice(0, MAX_YEARS).map(({ rank }) => citations[rank - 1]);
      const leads = years.length ? years : citations.slice(0, 1);
      const added = years.length ? [] : additions(citations);
      const rest = citations.filter((citation) => ![...leads, ...added].includes(citation));
      // In the order in which they stand here, which is not that of their ranks.
      const order = [...leads, ...added, ...rest];
      if (answer.written) shown.push(this.#written(answer, order));
      if (years.length) {
        const told = years.map((citation) =>
          make("li", null, this.#date("p.day", citation), this.#lead(answer, citation, order, citation.score)),
        );
        shown.push(this.#say("p", "years"), make("ol", null, ...told));
      } else {
        shown.push(this.#lead(answer, citations[0], order, answer.confidence));
      }
      shown.push(this.#actions(answer, leads));
      const further = (citation) => this.#further(answer, citation, order);
      if (added.length) shown.push(make("div", null, this.#say("h4", "also"), ...added.map(further)));
      if (rest.length) shown.push(make("details", null, this.#counted("more", rest), ...rest.map(further)));
      return shown;
    }

    #refusal(answer) {
      const { newest, citations } = answer;
      const shown = [make("p.none", null, answer.reply ?? this.#words.none)];
      if (newest) shown.push(make("p.by", null, this.#say("span", "newest"), " ", this.#date("span", { published: newest })));
      if (citations.length) {
        const nearest = citations.map((citation) => this.#further(answer, citation, citations));
        shown.push(make("details", null, this.#say("summary", "nearest"), ...nearest));
      }
      return shown;
    }

    /** The language model's sentences, each with the numbers of what bears it out. */
    #written(answer, order) {
      const { sentences, model, left_out } = answer.written;
      const said = sentences.flatMap(({ text, citations }) => [
        text,
        ...citations.map((rank) => {
          const citation = answer.citations[rank - 1];
          const number = `[${order.indexOf(citation) + 1}]`;
          return this.#cite(answer, citation, number, make("span.x", null, ` ${citation.title}`));
        }),
        " ",
      ]);
      const author = sentences.length ? this.#words.written.replace("{model}", model) : this.#words.unwritten;
      const missing = left_out ? ` ${this.#words.leftout.replace("{n}", this.#number(left_out))}` : "";
      return make("div.said", null, foreign("p", ...said), make("p.by", null, author + missing));
    }

    /** The sentence that answers, or the title that does; its passage, copies and earlier versions unfold. */
    #lead(answer, citation, order, confidence) {
      const { headline_answers, quote, times = [], also_in = [], updates = [] } = citation;
      const said = headline_answers ? [citation.title] : cutQuote(citation)[1].childNodes;
      const lead = this.#figure(answer, citation, "lead", order, ...said);
      const level = this.#say("span", confidence >= 0.85 ? "high" : confidence >= 0.6 ? "medium" : "low");
      const percent = this.#number(Math.min(Math.max(confidence, 0.01), 0.99), { style: "percent" });
      lead.lastChild.append(make("p.by", null, level, ` · ${percent}`));
      for (const { words, when } of times) {
        lead.lastChild.before(make("p.by", null, foreign("q", words), ": ", this.#date("span", { published: when })));
      }
      const whole = cutQuote(citation);
      if (headline_answers || quote.trim() != whole[1].textContent.trim()) {
        lead.append(make("details", null, this.#say("summary", "passage"), foreign("blockquote.all", ...whole)));
      }
      if (updates.length) lead.append(this.#others(answer, "updates", updates));
      if (also_in.length) lead.append(this.#others(answer, "copies", also_in));
      return lead;
    }

    #further(answer, citation, order) {
      const [before, mark, after] = cutQuote(citation);
      return this.#figure(answer, citation, "more", order, tail(before), mark, head(after));
    }

    /** The same sentence, or another version of it, in other articles. */
    #others(answer, key, copies) {
      const items = copies.map((copy) => {
        const place = { ...copy, answer_start: copy.start, answer_end: copy.end };
        return make("li", null, this.#cite(answer, place, foreign("span", copy.title)), this.#byline(copy));
      });
      return make("details", null, this.#counted(key, copies), make("ul.copies", null, ...items));
    }

    #counted(key, items) {
      return make("summary", null, this.#say("span", key), ` (${this.#number(items.length)})`);
    }

    #cite(answer, citation, ...content) {
      const cite = () => this.#emit("citation", { citation, answer }, true) && this.#open(citation, button);
      const button = make("button.cite", { onclick: cite }, ...content);
      return button;
    }

    #figure(answer, citation, kind, order, ...quote) {
      const number = make("b", null, `${order.indexOf(citation) + 1}.`);
      const link = this.#cite(answer, citation, number, foreign("span", citation.title));
      const caption = make("figcaption", null, link, this.#byline(citation));
      return make(`figure.${kind}`, null, foreign("blockquote", ...quote), caption);
    }

    #actions(answer, cited) {
      const votes = ["up", "down"].map((verdict) =>
        this.#say("button", verdict, { "aria-pressed": false, onclick: () => this.#judge(answer, verdict, votes) }),
      );
      const copy = cited && this.#say("button", "copy", { onclick: () => this.#copy(cited, copy) });
      return make("div.acts", null, copy, ...votes);
    }

    async #copy(cited, button) {
      const text = cited
        .map((citation) => {
          const said = citation.headline_answers ? citation.title : cutQuote(citation)[1].textContent;
          const source = `${citation.title}, ${this.#byline(citation).textContent}`;
          return `“${said}”\n${source}\n${webUrl(citation.url) ?? this.#page(citation)}`;
        })
        .join("\n\n");
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        // Not https, or not allowed in this frame.
        const area = make("textarea.x", null, text);
        button.after(area);
        area.select();
        document.execCommand("copy");
        area.remove();
        button.focus();
      }
      this.#tell("copied");
    }

    async #judge(answer, verdict, buttons) {
      const { query, answerable, citations } = answer;
      const said = answerable ? (answer.short ?? answer.answer).slice(0, MAX_ANSWER) : null;
      const detail = { question: query, verdict, passage_id: citations[0]?.passage_id, answerable, answer: said };
      try {
        await this.#send("/api/feedback", detail);
        for (const button of buttons) button.ariaPressed = button.dataset.t == verdict;
        this.#tell("thanks");
        this.#emit("feedback", detail);
      } catch (error) {
        this.#fail(error, () => this.#judge(answer, verdict, buttons));
      }
    }

    // ---- the source

    #page({ article_id, start, end }) {
      return `${this.#base}/articles/${encodeURIComponent(article_id)}?start=${start}&end=${end}#quote`;
    }

    async #open(citation, button) {
      this.#citing = button;
      this.#tell("opening");
      try {
        const span = `start=${citation.answer_start}&end=${citation.answer_end}`;
        const article = await this.#send(`/api/articles/${encodeURIComponent(citation.article_id)}?${span}`);
        if (this.#citing == button) this.#read(article, citation);
      } catch (error) {
        this.#fail(error, () => this.#open(citation, button));
      }
    }

    #read(article, citation) {
      // A copy comes without.
      const isSame = article.text_sha256 == (citation.text_sha256 ?? article.text_sha256);
      const lines = paragraphs(article.text, isSame ? citation : {});
      // Most articles begin with their title.
      if (lines[0]?.textContent.trim() == article.title.trim() && !lines[0].querySelector("mark")) lines.shift();
      const original = webUrl(article.link ?? article.url);
      const changed = !isSame && this.#say("p", "changed");
      const byline = this.#byline({ ...article, page: isSame && citation.page });
      const text = make("div.text", { tabindex: 0 }, foreign("h3", article.title), byline, changed, ...lines);
      const back = this.#say("button", "back", { onclick: () => this.#leaveSource() });
      const href = original ?? this.#page(citation);
      const target = { href, target: "_blank", rel: "noopener noreferrer" };
      const link = this.#say("a", original ? "original" : "page", target);
      this.#source.replaceChildren(make("div.bar", null, back, link), text);
      this.#tell();
      this.#swap(true);
      const mark = text.querySelector("mark:not(.near)");
      if (mark) mark.tabIndex = -1;
      (mark ?? back).focus({ preventScroll: true });
      if (mark) this.#scroll(text, mark, text.clientHeight / 3);
    }

    #leaveSource() {
      if (this.#source.hidden) return;
      this.#swap(false);
      this.#citing.focus();
    }

    #swap(isReading) {
      this.#source.hidden = !isReading;
      this.#log.hidden = this.#form.hidden = isReading;
    }

    /** The box alone, never the page. */
    #scroll(box, node, above = 0) {
      box.scrollTop += node.getBoundingClientRect().top - box.getBoundingClientRect().top - above;
    }
  }

  for (const name of OPTIONS) {
    Object.defineProperty(ArticleQa.prototype, name, {
      get() {
        return this.getAttribute(name);
      },
      set(value) {
        if (value == null) this.removeAttribute(name);
        else this.setAttribute(name, value);
      },
    });
  }

  if (!customElements.get("article-qa")) customElements.define("article-qa", ArticleQa);

  function place({ manual, target, ...options }) {
    const own = ATTRIBUTES.filter((name) => name in options);
    if (manual != null || (!own.length && !target && document.querySelector("article-qa"))) return;
    const element = make("article-qa", { server: home, mode: target ? "inline" : "bubble" });
    for (const name of own) element.setAttribute(name, options[name]);
    const parent = target ? document.querySelector(target) : document.body;
    if (parent) parent.append(element);
    else console.warn(`article-qa: there is no ${target}`);
  }

  const start = () => script && place(script.dataset);
  if (document.readyState == "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
