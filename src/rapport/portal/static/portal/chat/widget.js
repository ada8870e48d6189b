// The chat for a web site: <script async src="https://…/chat/widget.js" data-site="KEY"></script>.
// It opens one frame and talks to it. No cookie is set; a chat that has begun is found again by a token in the storage
// of the frame, or of this page where the browser keeps nothing for frames. window.RapportChat is the API.
(() => {
  const script = document.currentScript
  const site = script?.dataset.site
  if (!site || window.RapportChat) return
  const origin = new URL(script.src).origin
  const heard = {}
  const waiting = []
  let ready = false
  let shape = { state: "closed", side: "end" }

  const frame = document.createElement("iframe")
  const set = (rules) => { for (const name in rules) frame.style.setProperty(name, rules[name], "important") }
  const load = (language) => {
    ready = false
    frame.src = `${origin}/chat/${site}/${language ? `?lang=${encodeURIComponent(language)}` : ""}`
  }
  const send = (message) => {
    if (ready) frame.contentWindow.postMessage({ rapport: message }, origin)
    else waiting.push(message)
  }
  const small = () => innerWidth < 600
  const place = () => {
    const full = shape.state === "open" && small()
    const size = full
      ? { width: "100%", height: "100%" }
      : shape.state === "open"
        ? { width: "400px", height: "min(680px, 100%)" }
        : shape.state === "teaser" ? { width: "min(340px, 100%)", height: "190px" } : { width: "92px", height: "92px" }
    const right = (shape.side === "end") === (getComputedStyle(document.documentElement).direction !== "rtl")
    set({ ...size, left: right && !full ? "auto" : "0", right: right || full ? "0" : "auto" })
    send({ type: "page", page: location.href, title: document.title, referrer: document.referrer, full })
  }
  const store = `rapport-chat ${site}`
  const kept = (token) => {
    try {
      if (token === undefined) return localStorage.getItem(store)
      if (token) localStorage.setItem(store, token)
      else localStorage.removeItem(store)
    } catch { /* nothing is kept anywhere: the chat lives as long as the page */ }
    return null
  }
  const tell = (name, detail) => { for (const hear of heard[name] ?? []) hear(detail) }

  frame.title = "Chat"
  frame.setAttribute("allow", "clipboard-write")
  set({
    position: "fixed", bottom: "0", border: "0", "z-index": "2147483000", "color-scheme": "normal",
    background: "transparent", "max-width": "100%", "max-height": "100%", display: "block", margin: "0", padding: "0",
  })
  addEventListener("message", ({ origin: from, source, data }) => {
    if (from !== origin || source !== frame.contentWindow || !data?.rapport) return
    const said = data.rapport
    if (said.type === "ready") {
      ready = true
      frame.title = said.title
      shape = said.shape
      place()
      const token = kept()
      if (token) send({ type: "kept", token })
      for (const message of waiting.splice(0)) send(message)
      tell("ready")
    } else if (said.type === "shape") {
      shape = said.shape
      place()
    } else if (said.type === "keep") kept(said.token)
    else if (said.type === "event") tell(said.name, said.detail)
  })
  addEventListener("resize", place)
  let page = location.href
  setInterval(() => {
    if (page === location.href) return
    page = location.href
    place()
  }, 1000)

  window.RapportChat = {
    open: () => send({ type: "open" }),
    close: () => send({ type: "close" }),
    setUser: (token) => send({ type: "user", token }),
    reset: () => send({ type: "reset" }),
    setLocale: load,
    on: (name, hear) => { (heard[name] ??= []).push(hear) },
  }
  const begin = () => {
    document.body.append(frame)
    load(script.dataset.language ?? "")
    document.dispatchEvent(new CustomEvent("rapport-chat"))
  }
  if (document.body) begin()
  else addEventListener("DOMContentLoaded", begin)
})()
