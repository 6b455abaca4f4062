// Everything works without this file; with it, screens keep themselves fresh.

const clock = document.querySelector('meta[name="wb-clock"]').content.split(" ");
const loadedAt = performance.now();
const worldNow = () =>
  Date.parse(clock[0]) + (performance.now() - loadedAt) * Number(clock[1]);

function span(ms) {
  const minutes = Math.floor(ms / 60000);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const two = (a, unit, b, small) => `${a} ${unit}` + (b ? ` ${b} ${small}` : "");
  if (minutes < 60) return `${minutes} min`;
  return hours < 24 ? two(hours, "h", minutes % 60, "min") : two(days, "d", hours % 24, "h");
}

// <time-ago><time datetime>: keeps "4 min ago" true while the screen stays open.
class TimeAgo extends HTMLElement {
  connectedCallback() {
    this.timer = setInterval(() => this.show(), 20000);
  }
  disconnectedCallback() {
    clearInterval(this.timer);
  }
  show() {
    const time = this.querySelector("time");
    const ms = worldNow() - Date.parse(time.dateTime);
    time.textContent = ms < 60000 ? "just now" : `${span(ms)} ago`;
  }
}

// <wb-live data-topic>: hears "something changed" and fetches its part of the screen again.
class WbLive extends HTMLElement {
  source = {};
  connectedCallback() {
    this.seen = () => this.look();
    document.addEventListener("visibilitychange", this.seen);
    this.addEventListener("htmx:after:swap", () => this.say());
    this.addEventListener("focusout", () => this.waiting && this.changed());
    this.last = this.sentence();
    this.listen();
  }
  // A browser has few connections to a server: a tab nobody sees gives its own back.
  look() {
    if (document.hidden) return this.source.close();
    this.listen();
    this.changed();
  }
  listen() {
    this.source.close?.();
    this.source = new EventSource(`/live?topic=${encodeURIComponent(this.dataset.topic)}`);
    this.source.onopen = () => {
      if (this.lost) this.changed();
      this.lost = false;
      this.tell("Live");
    };
    this.source.onerror = () => {
      this.lost = true;
      this.tell("Not live just now: reload to see what is new");
    };
    this.source.addEventListener("changed", () => this.changed());
  }
  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.seen);
    this.source.close();
  }
  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fetch(), 150);
  }
  // Somebody is writing: fetch when they are done, so that no word is lost.
  fetch() {
    const field = document.activeElement;
    this.waiting = this.contains(field) && field.matches("input, textarea, select");
    if (!this.waiting) this.dispatchEvent(new CustomEvent("wb:changed"));
  }
  tell(text) {
    const place = document.getElementById("link-state");
    if (place) place.textContent = text;
  }
  sentence() {
    return this.querySelector("[data-say]")?.dataset.say ?? "";
  }
  // Only what changed is read aloud, as one short sentence.
  say() {
    const now = this.sentence();
    if (now !== this.last) document.getElementById("said").textContent = now;
    this.last = now;
  }
}

function copies(code) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
  });
  return button;
}

// <copy-text>: adds a button that copies the text inside.
class CopyText extends HTMLElement {
  connectedCallback() {
    if (!navigator.clipboard || this.querySelector("button")) return;
    this.append(copies(this.querySelector("code")));
  }
}

// <copy-blocks>: the same below every block of code inside.
class CopyBlocks extends HTMLElement {
  connectedCallback() {
    if (!navigator.clipboard || this.querySelector("button")) return;
    for (const block of this.querySelectorAll("pre")) block.after(copies(block));
  }
}

// <form data-working>: takes long; says what it works on, and is not sent twice.
document.addEventListener("submit", ({ target, submitter }) => {
  if (!target.dataset.working) return;
  target.setAttribute("aria-busy", "true");
  if (submitter) submitter.textContent = target.dataset.working;
  document.getElementById("said").textContent = target.dataset.working;
  setTimeout(() => submitter && (submitter.disabled = true));
});
// Gone back to: the browser may show the screen as it was left.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted && document.querySelector("form[aria-busy]")) location.reload();
});

customElements.define("time-ago", TimeAgo);
customElements.define("wb-live", WbLive);
customElements.define("copy-text", CopyText);
customElements.define("copy-blocks", CopyBlocks);
