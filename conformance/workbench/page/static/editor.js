// A text to be typed, with the numbers of its lines beside it and marks where faults are.
import { h } from './dom.js'

const lineHeight = 20 // as in workbench.css

/** Makes an editor of a textarea that has a gutter before it. */
export function editor(area, changed) {
  const gutter = area.previousElementSibling
  let marks = new Map()
  let lines = 1

  function draw() {
    const first = Math.floor(area.scrollTop / lineHeight)
    const last = Math.min(lines, first + Math.ceil(area.clientHeight / lineHeight) + 1)
    const numbers = []
    for (let line = first + 1; line <= last; line++) numbers.push(h('span', { class: marks.get(line) }, String(line)))
    const inner = h('div', {}, numbers)
    inner.style.transform = `translateY(${first * lineHeight - area.scrollTop}px)`
    gutter.replaceChildren(inner)
  }

  function count() {
    lines = 1
    for (let at = area.value.indexOf('\n'); at >= 0; at = area.value.indexOf('\n', at + 1)) lines++
    draw()
  }

  area.addEventListener('scroll', draw)
  area.addEventListener('input', () => { count(); changed() })
  new ResizeObserver(draw).observe(area)
  count()

  return {
    get text() { return area.value },
    /** Shows another text, from its beginning; where it is the same nothing moves. */
    set text(value) {
      if (area.value === value) return
      area.value = value
      area.scrollTop = 0
      count()
    },
    /** Marks lines: {line, warning}. */
    mark(faults) {
      marks = new Map()
      for (const { line, warning } of faults) if (!warning || !marks.has(line)) marks.set(line, warning ? 'warning' : 'fault')
      draw()
    },
    /** Puts the caret into a line, and the line into sight. */
    goTo(line) {
      let start = 0
      for (let n = 1; n < line; n++) start = area.value.indexOf('\n', start) + 1
      const end = area.value.indexOf('\n', start)
      area.focus()
      area.setSelectionRange(start, end < 0 ? area.value.length : end)
      area.scrollTop = (line - 1) * lineHeight - area.clientHeight / 2
    },
  }
}

// Half of a pair of UTF-16 code units, as an editor may send while it is typed into.
const half = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** The faults of a text that is no text: with half a character it cannot be sent anywhere. */
export function halves(text, where) {
  const at = text.search(half)
  if (at < 0) return []
  const code = text.charCodeAt(at).toString(16).toUpperCase()
  return [{ in: where, line: text.slice(0, at).split('\n').length, field: '', warning: false, message: `there is half a character, U+${code}: type it again` }]
}
