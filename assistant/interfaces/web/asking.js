// Inside the welcome's HTML component: an example or a next question, wherever it stands, is asked by a click, and a turn
// of one's own is gone back to; both after the answer being made, if there is one.
document.addEventListener("click", (event) => {
  const begin = (name, data) => window.partnerLens.after(() => trigger(name, data));
  const button = event.target.closest("[data-ask]");
  if (button) begin("ask", { text: button.dataset.ask });
  const turn = event.target.closest("[data-edit]");
  if (turn) begin("edit", { position: Number(turn.dataset.edit) });
});
