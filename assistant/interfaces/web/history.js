// Inside the list's HTML component: opening, renaming in place, deleting and undoing.
element.addEventListener("click", (event) => {
  const open = event.target.closest("[data-open]");
  if (open) {
    const go = (stopped) => trigger("open_conversation", { id: open.dataset.open, stopped });
    window.partnerLens.leave(go);
  }
  const manage = event.target.closest("[data-manage]");
  if (manage) {
    const data = { action: manage.dataset.manage, id: manage.dataset.id, title: "" };
    window.partnerLens.after(() => trigger("manage", data));
  }
  const rename = event.target.closest("[data-rename]");
  if (rename) edit(rename);
});
const edit = (button) => {
  const row = button.closest("li");
  const box = document.createElement("input");
  box.value = button.dataset.title;
  box.maxLength = 80;
  box.setAttribute("aria-label", button.getAttribute("aria-label"));
  row.querySelector(".pl-open").replaceWith(box);
  box.focus();
  box.select();
  let done = false;
  const finish = (title) => {
    if (done) return;
    done = true;
    trigger("manage", { action: "rename", id: button.dataset.id, title });
  };
  box.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") finish(box.value);
    if (event.key === "Escape") finish("");
  });
  box.addEventListener("blur", () => finish(box.value));
};
