// Makes tables sortable by their heads, and shows the rest of a long one when asked.
// The page is well-formed XML, so this file is written without ampersands and less-than signs.
"use strict";

document.documentElement.classList.add("js");

const collator = new Intl.Collator("en", { numeric: true });

// Numbers compare by what is in data-v, not by their text; a cell without a number comes last either way.
function comparison(column, isNumeric, sign) {
  const key = (row) => {
    const cell = row.cells[column];
    return isNumeric ? Number(cell.dataset.v ?? NaN) : cell.textContent;
  };
  return (a, b) => isNumeric
    ? Number.isNaN(key(a)) - Number.isNaN(key(b)) || sign * (key(a) - key(b))
    : sign * collator.compare(key(a), key(b));
}

function sort(table, head) {
  const isNumeric = head.classList.contains("n");
  const before = head.getAttribute("aria-sort");
  // The largest numbers are what one looks for first.
  const order = before === "descending" ? "ascending"
    : before === "ascending" ? "descending"
    : isNumeric ? "descending" : "ascending";
  for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
  head.setAttribute("aria-sort", order);
  const rows = Array.from(table.tBodies[0].rows);
  rows.sort(comparison(head.cellIndex, isNumeric, order === "ascending" ? 1 : -1));
  table.tBodies[0].append(...rows);
}

for (const table of document.querySelectorAll("table")) {
  for (const head of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => sort(table, head));
  }
}

for (const box of document.querySelectorAll(".table.long")) {
  const note = box.querySelector(".more");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Show all " + note.textContent;
  button.addEventListener("click", () => {
    box.classList.remove("long");
    note.remove();
  });
  note.replaceChildren(button);
}
