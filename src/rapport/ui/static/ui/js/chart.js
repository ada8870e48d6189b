// Draws the ECharts option in its JSON, in the colours of the theme; a click on a mark opens the rows behind it.

const root = document.documentElement
const dark = matchMedia("(prefers-color-scheme: dark)")

class Chart extends HTMLElement {
  #drawn = null
  #told = JSON.parse(this.querySelector("template").content.textContent)
  #redraw = () => this.#draw()

  connectedCallback() {
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return
      seen.disconnect()
      this.#start()
    }, { rootMargin: "300px" })
    seen.observe(this.querySelector(".chart-canvas"))
  }

  disconnectedCallback() {
    dark.removeEventListener("change", this.#redraw)
    document.removeEventListener("rapport:look", this.#redraw)
    this.#drawn?.dispose()
  }

  async #start() {
    const echarts = await import(this.dataset.echarts)
    const canvas = this.querySelector(".chart-canvas")
    this.#drawn = echarts.init(canvas, null, { renderer: "canvas", locale: "EN" })
    this.#draw()
    this.#drawn.on("click", ({ data }) => { if (data?.href) location.assign(data.href) })
    new ResizeObserver(() => this.#drawn.resize()).observe(canvas)
    dark.addEventListener("change", this.#redraw)
    document.addEventListener("rapport:look", this.#redraw)
    this.dataset.ready = ""
  }

  #colour(token) {
    const probe = this.appendChild(document.createElement("span"))
    probe.style.color = `var(${token})`
    const colour = getComputedStyle(probe).color
    probe.remove()
    return colour
  }

  // Replaces every "--token" in the option by the colour it has now.
  #paint(value) {
    if (typeof value === "string" && value.startsWith("--")) return this.#colour(value)
    if (Array.isArray(value)) return value.map((one) => this.#paint(one))
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.#paint(one)]))
    }
    return value
  }

  // Says a stream or a point in words; axes say theirs by themselves.
  #words(option, write) {
    if (option.xAxis?.type === "category" || option.yAxis?.type === "category") return {}
    return {
      formatter: ({ data, name, value, dataType }) => {
        if (dataType === "edge") return `${data.source} → ${data.target}: ${write(value)}`
        return Array.isArray(value) ? `${name}: ${value.map((part, place) => place || !option.xAxis?.plain ? write(part) : part).join(", ")}` : `${name}: ${write(value)}`
      },
    }
  }

  #draw() {
    const write = new Intl.NumberFormat(root.lang, this.#told.number).format
    const [ink, muted, line, card] = ["--ink", "--muted", "--line", "--card"].map((token) => this.#colour(token))
    const text = { color: muted, fontFamily: getComputedStyle(this).fontFamily, fontSize: 11.5 }
    const option = this.#paint(this.#told.option)
    const axis = (one) => one && {
      axisLine: { show: one.type === "category", lineStyle: { color: line } },
      axisTick: { show: false },
      splitLine: { show: one.type !== "category", lineStyle: { color: line } },
      ...one,
      nameTextStyle: text,
      axisLabel: { ...text, hideOverlap: true, ...(one.type === "category" || one.plain ? {} : { formatter: write }), ...one.axisLabel },
    }
    const label = { color: ink, fontFamily: text.fontFamily, fontSize: 11.5 }
    const narrow = this.clientWidth < 440
    this.#drawn.setOption({
      animation: false,
      textStyle: text,
      grid: { left: 4, right: 10, top: option.legend?.show ? 30 : 12, bottom: option.xAxis?.name ? 24 : 4, outerBoundsMode: "same" },
      ...option,
      xAxis: axis(option.xAxis),
      yAxis: axis(option.yAxis),
      legend: { icon: "roundRect", itemWidth: 10, itemHeight: 4, left: 0, top: 0, textStyle: text, ...option.legend },
      tooltip: {
        renderMode: "richText", confine: true, backgroundColor: card, borderColor: line, borderWidth: 1, padding: [6, 10],
        textStyle: { ...label, fontSize: 12 }, ...this.#words(option, write), valueFormatter: (value) => value == null ? "–" : write(value), ...option.tooltip,
      },
      series: option.series.map((one) => ({
        ...one,
        label: { ...label, ...one.label },
        cursor: "pointer",
        ...(narrow && one.type === "sankey" ? { orient: "vertical", right: 6, bottom: 24, label: { ...label, position: "bottom", fontSize: 10, overflow: "break" } } : {}),
      })),
    }, true)
  }
}

customElements.define("rapport-chart", Chart)
