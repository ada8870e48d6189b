// <rapport-live stream="…" about="…" typing="…" hx-get="…" hx-trigger="live" hx-select-oob="#a,#b">: hears from the live
// process what changed and lets htmx fetch the parts that show it: what is about this page's threads at once, all else at
// most once a second, a page that nobody looks at when somebody does. While the live process is away the page looks for
// itself every few seconds. One that stands open for days (`renew`) loads itself anew, as its pass ends; while nothing
// answers it says so (`data-lost`).

const SOON = 120
const LATER = 1000
const TYPING = 4000
const QUIET = 8500
const LOOK = 8000
const LOST = 75000
const OLD = 600000
const OLDEST = 6 * 3600000

class Live extends HTMLElement {
  #stream
  #ears
  #timer = 0
  #due = 0
  #quiet = 0
  #typed = 0
  #first = true
  #look = 0
  #answered = Date.now()
  #opened = Date.now()
  #tops = new Map()

  connectedCallback() {
    this.about = new Set((this.getAttribute("about") ?? "").split(" ").filter(Boolean))
    this.#look = setInterval(this.#watch, LOOK)
    this.#listen()
    this.#ears = new AbortController()
    this.addEventListener("htmx:afterRequest", this.#heard, this.#ears)
    document.addEventListener("visibilitychange", this.#seen, this.#ears)
    document.addEventListener("input", this.#type, this.#ears)
    document.body.addEventListener("htmx:beforeSwap", this.#keep, this.#ears)
    document.body.addEventListener("htmx:afterSettle", this.#restore, this.#ears)
  }

  #listen() {
    if (!this.getAttribute("stream")) return
    this.#stream = new EventSource(this.getAttribute("stream"))
    this.#stream.onmessage = ({ data }) => this.#hear(JSON.parse(data))
    this.#stream.addEventListener("again", () => {
      if (!this.#first || this.hasAttribute("typing")) this.#fetch(SOON) // in a chat much happens while a page loads
      this.#first = false
      this.dataset.on = ""
    })
  }

  disconnectedCallback() {
    this.#stream?.close()
    clearInterval(this.#look)
    clearTimeout(this.#timer)
    clearTimeout(this.#quiet)
    this.#ears.abort()
  }

  #watch = () => {
    if (this.#stream?.readyState !== EventSource.OPEN) this.#fetch(SOON)
    if (this.hasAttribute("renew")) this.toggleAttribute("data-lost", Date.now() - this.#answered > LOST)
  }

  #heard = ({ detail }) => {
    if (!detail.successful) return
    this.#answered = Date.now()
    if (!this.hasAttribute("renew")) return
    const age = this.#answered - this.#opened
    if (age > OLDEST || (age > OLD && this.#stream?.readyState === EventSource.CLOSED)) location.reload()
  }

  #hear({ what, id }) {
    const ours = this.about.has(id)
    this.#fetch(ours ? SOON : LATER)
    if (!ours || what !== "typing") return
    clearTimeout(this.#quiet)
    this.#quiet = setTimeout(() => this.#fetch(SOON), QUIET)
  }

  #fetch(pause) {
    const due = performance.now() + pause
    if (this.#due && this.#due <= due) return
    clearTimeout(this.#timer)
    this.#due = due
    this.#timer = setTimeout(this.#seen, pause)
  }

  #seen = () => {
    if (!this.#due || document.visibilityState !== "visible") return
    if (document.querySelector(".inbox :popover-open, dialog[open]")) {
      this.#due = 0
      this.#fetch(LATER) // somebody is choosing from what would be changed under their hand
      return
    }
    this.#due = 0
    htmx.trigger(this, "live")
  }

  #type = ({ target }) => {
    const to = this.getAttribute("typing")
    if (!to || !target.matches("#answer textarea") || Date.now() - this.#typed < TYPING) return
    this.#typed = Date.now()
    htmx.ajax("POST", to, { source: this, swap: "none" })
  }

  // Whoever reads further up, or in the middle of a list, stays there.
  #keep = ({ detail }) => {
    if (detail.elt !== this) return
    for (const part of document.querySelectorAll("#talk, .inbox-list")) this.#tops.set(part.id || part.className, part.scrollTop)
  }

  #restore = () => {
    for (const part of document.querySelectorAll("#talk, .inbox-list")) part.scrollTop = this.#tops.get(part.id || part.className) ?? part.scrollTop
    this.#tops.clear()
  }
}

customElements.define("rapport-live", Live)
