// Shortcuts of every page: ? for help, / for the filter or the search, and those written in data-key: one key, or g and
// another one. A field that has one is gone to, anything else is clicked. The help lists those of the page too.

const SOON = 1200

let before = ""
let since = 0

const named = (one) => (one.getAttribute("aria-label") ?? one.title) || one.labels?.[0]?.textContent || one.textContent

const help = () => {
  const dialog = document.getElementById("keys")
  const list = dialog?.querySelector("[data-page]")
  if (!list) return dialog?.showModal()
  const lines = [...document.querySelectorAll("[data-key]")].flatMap((one) => {
    const [what, keys] = [document.createElement("dt"), document.createElement("dd")]
    what.textContent = named(one).trim().replace(/\s+/g, " ")
    for (const part of one.dataset.key.split(" ")) {
      const key = document.createElement("kbd")
      key.className = "kbd"
      key.textContent = part
      keys.append(key)
    }
    return what.textContent ? [what, keys] : []
  })
  list.replaceChildren(...lines)
  list.hidden = lines.length === 0
  dialog.showModal()
}

const writing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]")

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
  if (writing(event.target) || document.querySelector("dialog[open]")) return
  if (event.key === "?") {
    event.preventDefault()
    help()
    return
  }
  if (event.key === "/") {
    const field = document.querySelector("[data-filter]") ?? document.querySelector(".search input")
    if (field) {
      event.preventDefault()
      field.focus()
    }
    return
  }
  const first = before && event.timeStamp - since < SOON ? `${before} ` : ""
  const marked = document.querySelector(`[data-key="${CSS.escape(first + event.key)}"]`)
  before = !first && event.key === "g" ? "g" : ""
  since = event.timeStamp
  if (!marked) return
  event.preventDefault()
  if (marked.matches("select, textarea, input")) marked.focus()
  else marked.click()
})
