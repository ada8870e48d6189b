// The start: loads the module of each custom element that the page uses, and what every page needs.
// <rapport-chart> is defined by chart.js beside this file; a page without charts never loads it.

const loaded = new Map()

const load = (name) => {
  if (!loaded.has(name)) loaded.set(name, import(new URL(`./${name}.js`, import.meta.url)))
  return loaded.get(name)
}

const scan = (root) => {
  for (const element of root.querySelectorAll("*")) {
    const tag = element.localName
    if (tag.startsWith("rapport-") && !customElements.get(tag)) load(tag.slice(8))
  }
  if (root.querySelector("[data-ago]")) load("time").then((module) => module.refresh())
}

const arrival = performance.getEntriesByType("navigation")[0]

// A draft was sent, and this page is the answer: forget it, unless it was refused or never arrived.
const sent = sessionStorage.getItem("rapport-sent")
sessionStorage.removeItem("rapport-sent")
if (sent && arrival?.type === "navigate" && !(arrival.responseStatus >= 400)) localStorage.removeItem(sent)

const forget = () => {
  for (const name of Object.keys(localStorage)) if (name.startsWith("rapport-draft:")) localStorage.removeItem(name)
}

const opened = (trigger) => {
  const target = document.getElementById(trigger.dataset.opens)
  if (target instanceof HTMLDialogElement) target.showModal()
  else target?.togglePopover?.()
}

document.addEventListener("click", (event) => {
  const trigger = event.target.closest("[data-opens]")
  if (!trigger || trigger.localName === "form" || event.defaultPrevented) return
  trigger.closest("[popover]")?.hidePopover?.()
  opened(trigger)
})

// A number that calls somebody: once the telephone has it, the page goes on to where the call is logged.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-then]")
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return
  setTimeout(() => location.assign(link.dataset.then), 600)
})

// A form is sent once: a second click while it travels does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target
  if ("forget" in form.dataset) forget()
  if (event.defaultPrevented || form.method === "get" || form.method === "dialog") return
  if (form.dataset.sent) event.preventDefault()
  form.dataset.sent = "yes"
  setTimeout(() => { for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true") })
})
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled")
  }
})

for (const dialog of document.querySelectorAll("dialog[data-shown]")) dialog.showModal()
if (arrival?.responseStatus === 422) {
  document.querySelector("[data-errors] a, [aria-invalid=true]")?.focus()
}

// Who comes back to a page presses keys as soon as they see it: those pressed before the modules are there wait.
const early = []
const hold = (event) => {
  const written = event.target.closest("input, textarea, select, button, summary, [contenteditable]")
  const plain = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey
  if (written || !(plain || (event.key === "Enter" && early.length))) return
  event.preventDefault()
  early.push(event.key)
}
addEventListener("keydown", hold)

const ready = () => {
  removeEventListener("keydown", hold)
  document.documentElement.setAttribute("data-ready", "")
  for (const key of early) {
    const at = document.activeElement ?? document.body
    if (at.matches("input, textarea")) at.setRangeText(key, at.selectionStart, at.selectionEnd, "end")
    else if (key === "Enter" && at.matches("a")) at.click()
    else at.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }))
  }
}

document.addEventListener("htmx:load", (event) => scan(event.target.parentElement ?? document))
load("keys")
scan(document)
Promise.all(loaded.values()).then(ready)
