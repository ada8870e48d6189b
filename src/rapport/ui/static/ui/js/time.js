// Keeps "20min ago" true while a page stays open.

const UNITS = [["second", 60], ["minute", 60], ["hour", 24], ["day", 100], ["month", 24], ["year", Infinity]]
const LENGTHS = { second: 1, minute: 60, hour: 3600, day: 86400, month: 2629800, year: 31557600 }

const words = (moment, now) => {
  const seconds = (moment - now) / 1000
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "narrow" })
  for (const [unit, limit] of UNITS) {
    const amount = seconds / LENGTHS[unit]
    if (Math.abs(amount) < limit) return unit === "second" ? null : format.format(Math.round(amount), unit)
  }
  return null
}

let started = false

const step = () => {
  for (const element of document.querySelectorAll("time[data-ago]")) {
    const text = words(Date.parse(element.dateTime), Date.now())
    if (text) element.textContent = text
  }
}

export const refresh = () => {
  if (started) return
  started = true
  setInterval(() => { if (!document.hidden) step() }, 60000)
}
