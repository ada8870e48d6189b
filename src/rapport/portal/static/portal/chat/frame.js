// The frame of the chat: shows what the server says, sends what the visitor writes, keeps a token once a chat began.
const settings = JSON.parse(document.getElementById("settings").textContent)
const words = settings.words
const at = (id) => document.getElementById(id)
const root = document.querySelector(".chat")
const panel = at("panel"), launch = at("launch"), text = at("text"), talk = at("talk"), said = at("said")
const STORE = `rapport-chat ${settings.base}`
const say = (message) => parent.postMessage({ rapport: message }, "*")
const fill = (words, values) => words.replace(/%\((\w+)\)[sd]/g, (_all, name) => values[name])

let store = null
try { store = localStorage } catch { /* a browser that keeps nothing for frames: the site's page keeps the token */ }
let token = store?.getItem(STORE) ?? ""
let state = { open: settings.open, line: settings.line, chat: null, said: [] }
let page = {}, stream = null, address = "", files = [], sending = false, seenCount = 0, typed = 0, rated = false, quiet = 0
const waiting = new Map()

const keep = (given) => {
  token = given
  if (!store) say({ type: "keep", token })
  else token ? store.setItem(STORE, token) : store.removeItem(STORE)
}

const ask = async (what, body, options = {}) => {
  const form = body instanceof FormData
  const answer = await fetch(settings.base + what, {
    method: body ? "POST" : "GET", credentials: "omit", cache: "no-store",
    headers: {
      "X-Language": document.documentElement.lang,
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(body && !form ? { "Content-Type": "application/json" } : {}),
    },
    body: form ? body : body && JSON.stringify(body), ...options,
  })
  if (answer.status === 204) return null
  const found = await answer.json()
  if (!answer.ok) throw new Error(found.error || words.failed)
  if (found.token) keep(found.token)
  return found
}

const tongue = document.documentElement.lang
const locale = navigator.languages.find((one) => one.split("-")[0] === tongue) ?? tongue
const clip = () => {
  const icon = at("clip").ownerSVGElement.cloneNode(true)
  icon.firstChild.removeAttribute("id")
  return icon
}

const trouble = (line) => {
  at("trouble").hidden = !line
  at("trouble").textContent = line
}

// What was said

const linked = (line) => line.split(/(https?:\/\/[^\s<>"]+)/).map((part, number) => {
  if (number % 2 === 0) return part
  const link = document.createElement("a")
  Object.assign(link, { href: part, target: "_blank", rel: "noopener nofollow", textContent: part })
  return link
})

const line = (one) => {
  const item = document.createElement("li")
  item.id = `m-${one.id}`
  item.className = `said${one.mine ? " mine" : ""}${one.waits ? " waits" : ""}`
  if (one.text) {
    const words = document.createElement("p")
    words.append(...linked(one.text))
    item.append(words)
  }
  for (const file of one.files) {
    const part = document.createElement("p")
    if (file.url) {
      const link = document.createElement("a")
      Object.assign(link, { href: file.url, download: file.name, textContent: file.name })
      part.append(clip(), link)
    } else part.append(...(file.refused ? [fill(words.refused, { name: file.name, why: file.refused })] : [clip(), file.name]))
    item.append(part)
  }
  const small = document.createElement("small")
  const hour = new Date(one.at).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" })
  small.textContent = [one.who, hour].filter(Boolean).join(" · ")
  item.append(small)
  return item
}

const show = () => {
  const end = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 60
  for (const one of state.said) waiting.delete(one.id)
  const all = [...state.said, ...waiting.values()]
  const ids = new Set(all.map((one) => `m-${one.id}`))
  for (const item of [...said.children]) if (!ids.has(item.id)) item.remove()
  let grew = false
  for (const one of all) if (!at(`m-${one.id}`)) { said.append(line(one)); grew = true }
  const own = state.said.filter((one) => one.mine).at(-1)
  for (const mark of said.querySelectorAll(".mark")) mark.remove()
  if (own && state.chat?.read >= own.at) {
    const mark = document.createElement("span")
    Object.assign(mark, { className: "mark", textContent: ` · ${words.read}` })
    at(`m-${own.id}`)?.querySelector("small").append(mark)
  }
  offer()
  if (end && grew) talk.scrollTop = talk.scrollHeight
}

// What is offered under the newest answer: a click says it. Nothing is offered for what was answered.
const offer = () => {
  const last = waiting.size || state.chat?.ended ? null : state.said.at(-1)
  const place = last?.choices?.length ? at(`m-${last.id}`) : null
  for (const one of said.querySelectorAll(".choices")) if (one.parentElement !== place) one.remove()
  if (!place || place.querySelector(".choices")) return
  const box = document.createElement("div")
  box.className = "choices"
  for (const words of last.choices) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: words })
    button.addEventListener("click", () => send(words))
    box.append(button)
  }
  place.querySelector("small").before(box)
}

const look = () => {
  const chat = state.chat, ended = chat?.ended
  at("line").textContent = state.line
  at("away").hidden = state.open || !at("away").textContent
  at("status").textContent = chat?.typing ? fill(words.typing, { name: chat.typing })
    : ended ? words.over : chat?.place || (chat?.address ? fill(words.noted, { address: chat.address }) : "")
  at("questions").hidden = Boolean(chat) || !settings.questions.length
  at("mail").hidden = !chat || Boolean(ended || chat.address)
  at("rate").hidden = !ended || Boolean(chat.score) || rated
  at("end").hidden = !chat || Boolean(ended)
  at("by-mail").hidden = !chat?.address || chat.transcript || !state.said.some((one) => !one.mine)
  show()
  const fresh = state.said.filter((one) => !one.mine && one.at > (chat?.seen || "")).length
  at("badge").hidden = shown() || !fresh
  at("badge").textContent = fresh
  launch.setAttribute("aria-label", `${shown() ? words.close : words.open}${!shown() && fresh ? `: ${fill(words.new, { n: fresh })}` : ""}`)
  if (fresh > seenCount) say({ type: "event", name: "message", detail: { unread: fresh } })
  seenCount = fresh
  if (fresh && shown() && document.visibilityState === "visible") here()
}

// What is new

let asking = false, again = false, taken = 0
const refresh = async () => {
  if (!token) return
  if (asking) { again = true; return }
  asking = true
  try {
    const before = taken, found = await ask("now/")
    if (taken === before) take(found)
    else again = true // what was taken meanwhile may be newer than this answer
    trouble("")
  } catch { trouble(words.lost) }
  asking = false
  if (again) { again = false; refresh() }
}

const take = (found) => {
  taken += 1
  state = found
  look()
  listen()
  clearTimeout(quiet)
  if (state.chat?.typing) quiet = setTimeout(refresh, 8500)
}

const listen = () => {
  if (!state.live) return
  const topic = state.live.replace(/\.\d+\.[^.]*$/, "")
  if (stream && stream.readyState !== EventSource.CLOSED && address === topic) return
  stream?.close()
  address = topic
  stream = new EventSource(state.live)
  stream.onmessage = refresh
  stream.addEventListener("again", refresh)
}

setInterval(() => { if (token && (!stream || stream.readyState !== EventSource.OPEN)) refresh() }, 6000)
const here = () => { if (token && state.chat && !gone) ask("act/", { act: "here", reading: shown() && document.visibilityState === "visible", ...page }).then(() => { if (shown() && state.chat) state.chat.seen = new Date().toISOString() }).catch(() => {}) }
setInterval(here, 30000)
let gone = false // a page that closes is hidden as well, before or after: nothing may say then that somebody is there
addEventListener("pagehide", () => {
  gone = true
  if (token && state.chat) ask("act/", { act: "leave" }, { keepalive: true }).catch(() => {})
})
addEventListener("pageshow", () => { gone = false })
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") here() })

// Open and closed

const shown = () => !panel.hidden
const shape = () => ({ state: shown() ? "open" : at("teaser").hidden ? "closed" : "teaser", side: settings.side })
const open = (yes) => {
  if (shown() === yes) return
  panel.hidden = !yes
  at("teaser").hidden = true
  root.classList.toggle("open", yes)
  launch.setAttribute("aria-expanded", yes)
  say({ type: "shape", shape: shape() })
  say({ type: "event", name: yes ? "open" : "close" })
  look()
  if (yes) {
    talk.scrollTop = talk.scrollHeight;
    (at("questions").hidden ? text : at("questions").querySelector("input, select"))?.focus()
    here()
  } else launch.focus()
}
launch.addEventListener("click", () => open(!shown()))
at("close").addEventListener("click", () => open(false))
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && shown()) at("emoji").open ? at("emoji").open = false : open(false)
  if (event.key !== "Tab" || !root.classList.contains("full") || !shown()) return
  const stops = [...panel.querySelectorAll("button, input, select, textarea, summary, [tabindex]")].filter((one) => one.offsetParent)
  const edge = event.shiftKey ? stops[0] : stops.at(-1)
  if (document.activeElement !== edge) return
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0]).focus()
})

// Said first, by rule

let prompted = false
const prompt = () => {
  for (const rule of settings.prompts) {
    if (rule.page && !(page.page ?? "").includes(rule.page)) continue
    setTimeout(() => {
      if (prompted || shown() || state.chat || (rule.page && !(page.page ?? "").includes(rule.page))) return
      prompted = true
      at("teaser-open").textContent = rule.text
      at("teaser").hidden = false
      say({ type: "shape", shape: shape() })
    }, 1000 * rule.seconds)
  }
}
at("teaser-open").addEventListener("click", () => open(true))
at("teaser-close").addEventListener("click", () => {
  at("teaser").hidden = true
  say({ type: "shape", shape: shape() })
})

// Asked before

for (const one of settings.questions) {
  const label = document.createElement("label")
  const field = document.createElement(one.kind === "choice" ? "select" : "input")
  if (one.kind === "email") Object.assign(field, { type: "email", autocomplete: "email" })
  if (one.kind === "name") field.autocomplete = "name"
  if (one.kind === "choice") for (const option of ["", ...one.options]) field.append(new Option(option, option))
  Object.assign(field, { name: `q-${one.key}`, required: one.required })
  label.append(one.label + (one.required ? " *" : ""), field)
  at("questions").append(label)
}

// Written

const random = () => [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("")

const choose = (more) => {
  files = [...files, ...more].slice(0, 5)
  at("chosen").hidden = !files.length
  at("chosen").replaceChildren(...files.map((one) => {
    const item = document.createElement("li"), drop = document.createElement("button")
    Object.assign(drop, { type: "button", className: "plain", textContent: "✕", ariaLabel: fill(words.without, { name: one.name }) })
    drop.addEventListener("click", () => { files = files.filter((other) => other !== one); choose([]); text.focus() })
    item.append(one.name, drop)
    return item
  }))
}
at("files").addEventListener("change", (event) => { choose(event.target.files); event.target.value = "" })
text.addEventListener("paste", (event) => { if (event.clipboardData?.files.length) choose(event.clipboardData.files) })

// Sends what was typed, with the files, or the words of a button alone.
const send = async (button) => {
  const said = button ?? text.value.trim(), along = button ? [] : files
  if (sending || (!said && !along.length)) return
  const form = new FormData()
  if (!at("questions").hidden) {
    for (const field of at("questions").querySelectorAll("input, select")) {
      field.toggleAttribute("aria-invalid", !field.checkValidity())
      if (!field.checkValidity()) { field.focus(); trouble(field.validity.valueMissing ? words.needed : words.wrong); return }
      form.append(field.name, field.value)
    }
  }
  if (send.said !== said) send.nonce = null // other words than those that failed are another message
  send.said = said
  const nonce = send.nonce ??= random()
  for (const [name, value] of Object.entries({ text: said, nonce, page: page.page ?? "", title: page.title ?? "", referrer: page.referrer ?? "" })) form.append(name, value)
  for (const file of along) form.append("files", file)
  sending = true
  waiting.set(nonce, { id: nonce, mine: true, waits: true, who: "", text: said, at: new Date().toISOString(), files: along.map((one) => ({ name: one.name })) })
  show()
  try {
    const found = await ask("say/", form)
    if (!button) {
      text.value = ""
      files = []
      choose([])
    }
    send.nonce = null
    rated = false
    trouble("")
    waiting.delete(nonce)
    const began = !state.chat || state.chat.ended
    take(found)
    if (began) say({ type: "event", name: "begin" })
  } catch (error) {
    waiting.delete(nonce)
    show()
    trouble(error.message === "Failed to fetch" ? words.failed : error.message)
  }
  sending = false
  talk.scrollTop = talk.scrollHeight
  text.focus()
}
at("write").addEventListener("submit", (event) => { event.preventDefault(); send() })
text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
  event.preventDefault()
  send()
})
text.addEventListener("input", () => {
  if (!state.chat || state.chat.ended || Date.now() - typed < 4000) return
  typed = Date.now()
  ask("act/", { act: "type" }).catch(() => {})
})
at("emoji").addEventListener("click", (event) => {
  if (event.target.localName !== "button") return
  text.setRangeText(event.target.textContent, text.selectionStart, text.selectionEnd, "end")
  at("emoji").open = false
  text.focus()
})

// Small things

const act = async (body, after) => {
  try {
    take(await ask("act/", body))
    trouble("")
    if (after) at("status").textContent = after
  } catch (error) { trouble(error.message) }
}
at("end").addEventListener("click", () => act({ act: "end" }).then(() => at("rate").querySelector("input")?.focus()))
at("by-mail").addEventListener("click", () => act({ act: "transcript" }, words.mailed))
at("mail").addEventListener("submit", (event) => {
  event.preventDefault()
  act({ act: "address", address: event.target.address.value })
})
at("rate").addEventListener("submit", (event) => {
  event.preventDefault()
  const given = new FormData(event.target)
  act({ act: "rate", score: given.get("score") ?? "", comment: given.get("comment") }, words.thanks).then(() => {
    if (state.chat?.score) { rated = true; look(); at("status").textContent = words.thanks; text.focus() }
  })
})

// What the site says

const user = async (signed) => {
  try {
    take(await ask("identify/", { token: String(signed) }))
    say({ type: "event", name: "user" })
  } catch (error) { say({ type: "event", name: "refused", detail: { why: error.message } }) }
}
const reset = () => {
  stream?.close()
  stream = null
  keep("")
  state = { open: settings.open, line: settings.line, chat: null, said: [] }
  look()
}
addEventListener("message", ({ source, data }) => {
  if (source !== parent || !data?.rapport) return
  const told = data.rapport
  if (told.type === "page") {
    const moved = page.page !== told.page
    page = { page: told.page, title: told.title, referrer: told.referrer }
    root.classList.toggle("full", told.full)
    if (moved) { prompt(); here() }
  } else if (told.type === "open" || told.type === "close") open(told.type === "open")
  else if (told.type === "user") user(told.token)
  else if (told.type === "reset") reset()
  else if (told.type === "kept" && !token && !store) { token = String(told.token); refresh() }
})
look()
if (new URLSearchParams(location.search).has("preview")) open(true)
say({ type: "ready", title: settings.name, shape: shape() })
refresh()
