// The facets beside the list.
import { differs, foreign, h, rewrite } from './dom.js'
import { facets } from './query.js'
import { count } from './text.js'

/** How many values of a facet are shown before "more" is asked for. */
const few = 8

/** Writes the facets into a container: choose(facet, value, on) is told what is ticked. */
export function showFacets(container, counts, view, choose) {
  if (!differs(container, [counts, Object.entries(view.chosen).map(([name, values]) => [name, ...values])])) return
  const open = new Set([...container.querySelectorAll('details[open]')].map((d) => d.id))
  rewrite(container, Object.entries(facets).map(([name, facet]) => group(name, facet, counts[name], view.chosen[name] ?? new Set(), choose, open)).filter(Boolean))
}

function group(name, facet, values, chosen, choose, open) {
  if (!values.length) return null
  const shown = values.slice(0, 100)
  const rows = shown.map(({ value, count: n }) => row(name, value, n, chosen.has(value), choose))
  const rest = rows.splice(few + 2 >= rows.length ? rows.length : few)
  const id = `more-${name}`
  return h('fieldset', {}, h('legend', {}, facet.title), rows,
    rest.length > 0 && h('details', { id, open: open.has(id) || shown.slice(rows.length).some(({ value }) => chosen.has(value)) },
      h('summary', {}, `${count(values.length - rows.length)} more`), rest,
      values.length > shown.length && h('p.quiet', {}, `${count(values.length - shown.length)} further values: search for them.`)))
}

function row(name, value, n, checked, choose) {
  const id = `facet-${name}-${value}`
  return h('label.facet', {},
    h('input', { type: 'checkbox', id, checked, onchange: (event) => choose(name, value, event.target.checked) }),
    h('span.value', {}, foreign(value)), h('span.count', {}, count(n)))
}
