// Shortcuts of every page: ? for help, / for the filter or the search, and those written in data-key.

const writing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]")

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
  if (writing(event.target) || document.querySelector("dialog[open]")) return
  if (event.key === "?") {
    event.preventDefault()
    document.getElementById("keys")?.showModal()
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
  const marked = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)
  if (marked) {
    event.preventDefault()
    marked.click()
  }
})
