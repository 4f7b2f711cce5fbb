// Behaviour of the page that needs no server: opening and closing, copying, counting, scrolling.
(() => {
  const root = document.documentElement;
  const narrow = () => window.matchMedia("(max-width: 900px)").matches;
  let opener = null;
  root.lang = new URLSearchParams(location.search).get("lang") === "en" ? "en" : "zh-CN";

  const closePanel = () => {
    if (!root.classList.contains("pl-panel-open")) return false;
    root.classList.remove("pl-panel-open");
    if (opener && opener.isConnected) opener.focus();
    return true;
  };
  const closeDrawer = () => {
    const open = narrow() && root.classList.contains("pl-history-toggled");
    if (open) root.classList.remove("pl-history-toggled");
    return open;
  };

  const copy = async (button) => {
    const answer = button.closest(".pl-answer").cloneNode(true);
    answer.querySelectorAll("footer, nav").forEach((part) => part.remove());
    const holder = document.createElement("div");
    holder.className = "pl-offscreen";
    holder.append(answer);
    document.body.append(holder);
    answer.querySelectorAll("details").forEach((part) => (part.open = true));
    const text = holder.innerText.replace(/\n{3,}/g, "\n\n");
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
    } else {
      const box = document.createElement("textarea");
      box.value = text;
      holder.append(box);
      box.select();
      document.execCommand("copy");
    }
    holder.remove();
    const label = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = label), 1500);
  };

  // Words that the page puts into the box never take the place of the user's own, only of such words left as they were.
  let offered = "";
  const beside = (text, typed, join) => {
    const own = typed.trim() && typed !== offered;
    offered = own ? "" : text;
    return own ? join(text, typed) : text;
  };
  const fill = (text) => {
    const box = document.querySelector("#pl-box textarea");
    box.value = beside(text, box.value, (text, typed) => `${typed}\n${text}`);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
    box.scrollTop = box.scrollHeight;
  };

  // A reload, or the switch of the language, loses nothing that was not answered.
  let unsent = sessionStorage.getItem("unsent");
  let taken = "";
  window.addEventListener("pagehide", () => {
    const typed = document.querySelector("#pl-box textarea")?.value ?? "";
    const words = [busy ? taken : "", unsent ?? "", typed].filter((part) => part.trim());
    if (words.length) sessionStorage.setItem("unsent", words.join("\n"));
  });
  const restore = () => {
    sessionStorage.removeItem("unsent");
    if (unsent) fill(unsent);
    unsent = null;
    offered = "";
  };

  // One turn at a time: what is asked for in the middle of an answer is done after it.
  let busy = false;
  let next = null;
  const later = (step) => {
    if (!busy) return false;
    next = step;
    root.classList.add("pl-waiting");
    return true;
  };
  const after = (step) => {
    if (!later(step)) step();
  };
  // Who goes elsewhere does not wait for the answer: it is stopped, and `step` is told so.
  let leaving = null;
  const leave = (step) => {
    if (!busy) return step(false);
    leaving = step;
    document.querySelector("#pl-stop")?.click();
  };
  const holdBack = (event) => {
    const box = document.querySelector("#pl-box textarea");
    const sends =
      event.type === "click"
        ? event.target.closest("#pl-send")
        : event.target === box && event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (!busy || !sends) return;
    if (box.value.trim()) later(() => document.querySelector("#pl-send")?.click());
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener("click", holdBack, true);
  document.addEventListener("keydown", holdBack, true);

  document.addEventListener("click", (event) => {
    const hit = (selector) => event.target.closest(selector);
    const source = hit("[data-source]");
    if (source) {
      opener = source;
      root.classList.add("pl-panel-open");
    }
    if (hit('[data-close="panel"]')) closePanel();
    if (hit('[data-toggle="history"]')) root.classList.toggle("pl-history-toggled");
    else if (hit("[data-open]") || !hit("#pl-history")) closeDrawer();
    if (hit("[data-copy]")) copy(hit("[data-copy]"));
    const filler = hit("[data-fill]");
    if (filler) fill(filler.dataset.fill);
    const language = hit("[data-language]");
    if (language) {
      const address = new URL(location.href);
      address.searchParams.set("lang", language.dataset.language);
      after(() => (location.href = address));
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && (closePanel() || closeDrawer())) event.preventDefault();
  });

  // The box is also filled and emptied by the server, which fires no input event.
  let counted = -1;
  setInterval(() => {
    const box = document.querySelector("#pl-box textarea");
    const count = document.querySelector(".pl-count");
    if (!box || !count) return;
    const length = [...box.value].length;
    if (length === counted && count.textContent) return;
    counted = length;
    const limit = Number(count.dataset.limit);
    count.textContent = `${length.toLocaleString()} / ${limit.toLocaleString()}`;
    count.classList.toggle("pl-over", length > limit);
  }, 300);

  const scroller = () => document.querySelector("#pl-chat .panel-wrap");
  window.partnerLens = {
    after,
    leave,
    restore,
    begin() {
      busy = true;
      taken = "";
    },
    // The words in the box become the draft, and the box is free for the next ones.
    take(typed) {
      if (busy || !typed.trim()) return;
      busy = true;
      taken = typed;
      return [typed, ""];
    },
    // The turn is over. A draft that is left was not answered: it goes back into the box, before what was typed since.
    end(draft, typed) {
      if (!busy) return;
      const step = leaving ? leaving.bind(null, Boolean(draft)) : draft ? null : next;
      busy = false;
      next = leaving = null;
      root.classList.remove("pl-waiting");
      if (step) setTimeout(step);
      if (draft) return [typed.trim() ? `${draft}\n${typed}` : draft, ""];
    },
    // A turn gone back to is put into the box to be said anew.
    again(draft, typed) {
      if (draft) return [beside(draft, typed, (text, typed) => `${text}\n${typed}`), ""];
    },
    // While an answer is being made, its newest step is in sight.
    follow() {
      const view = scroller();
      if (view) view.scrollTo({ top: view.scrollHeight });
    },
    // When it is there, reading starts at the question.
    settle() {
      setTimeout(() => {
        const view = scroller();
        const asked = [...document.querySelectorAll("#pl-chat .pl-user")].pop();
        if (!view || !asked) return;
        const top = asked.getBoundingClientRect().top - view.getBoundingClientRect().top + view.scrollTop;
        view.scrollTo({ top: top - 16, behavior: "smooth" });
      }, 150);
    },
    // A reload or a bookmark comes back to the same conversation.
    address(conversation) {
      const address = new URL(location.href);
      if (conversation) address.searchParams.set("c", conversation);
      else address.searchParams.delete("c");
      history.replaceState(null, "", address);
    },
  };
})();
