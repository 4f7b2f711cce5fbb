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

  const fill = (text) => {
    const box = document.querySelector("#pl-box textarea");
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
    box.setSelectionRange(text.length, text.length);
    box.scrollTop = box.scrollHeight;
  };

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
      location.href = address;
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
