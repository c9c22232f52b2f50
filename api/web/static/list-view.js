// The list: a table, which the style turns into cards where there is no room for one.
import { differs, foreign, h, linked, rewrite } from './dom.js'
import { orders, pageSize } from './query.js'
import { count, day } from './text.js'

/** Where a model's page is. */
export const addressOf = (id) => `#/model/${encodeURIComponent(id.toWellFormed?.() ?? id)}`

const columns = [
  { key: 'id', title: 'Model', cell: (m) => named(m) },
  { key: '', title: 'State', cell: (m) => state(m) },
  { key: 'type', title: 'Type', cell: (m) => text(m.type) },
  { key: 'context_length', title: 'Context', number: true, cell: (m) => (m.context_length ? count(m.context_length) : none()) },
  { key: 'kind', title: 'Kind', cell: (m) => text(m.kind) },
  { key: 'namespace', title: 'Namespace', cell: (m) => text(m.owned_by) },
  { key: 'created', title: 'Created', cell: (m) => (m.created === undefined ? none() : h('span', {}, day(m.created))) },
]

const none = () => h('span.none', {}, h('span', { 'aria-hidden': 'true' }, '–'), h('span.unseen', {}, 'unknown'))
const text = (value) => (value === undefined ? none() : foreign(value))

function named(m) {
  const id = m.locked ? h('span.id', {}, foreign(m.id)) : h('a.id', { href: addressOf(m.id), id: `model-${m.id}` }, foreign(m.id))
  const told = m.locked ? m.how && h('p.about', {}, 'To get access: ', linked(m.how)) : m.description && h('p.about', {}, foreign(m.description))
  return [id, m.name && m.name !== m.id && h('span.name', {}, foreign(m.name)), told]
}

/** Whether the model can be used, in a word, and why not. */
export function state(m) {
  if (m.locked) return h('span.badge.locked', {}, 'Locked')
  const deprecated = m.lifecycle?.status === 'deprecated' && h('span.badge.deprecated', {}, 'Deprecated')
  if (m.ready) return [h('span.badge.ready', {}, 'Ready'), deprecated]
  const reason = m.not_ready?.reason
  return [h('span.badge.not-ready', {}, 'Not ready'), reason && h('span.reason', {}, foreign(reason)), deprecated]
}

/** Writes the table into a container; order(key) is told which heading was pressed. */
export function showList(container, models, view, order) {
  const from = (view.page - 1) * pageSize
  const part = models.slice(from, from + pageSize)
  if (!differs(container, [view.sort, part])) return
  const [sorted, down] = view.sort.startsWith('-') ? [view.sort.slice(1), true] : [view.sort, false]
  const head = columns.map((c) => h('th', { scope: 'col', role: 'columnheader', class: c.number && 'number', 'aria-sort': c.key === sorted && (down ? 'descending' : 'ascending') },
    c.key ? h('button.order', { type: 'button', id: `order-${c.key}`, onclick: () => order(c.key) }, c.title) : c.title))
  const rows = part.map((m) => h('tr', { role: 'row', class: m.locked && 'is-locked' },
    columns.map((c, i) => h(i ? 'td' : 'th', { role: i ? 'cell' : 'rowheader', scope: !i && 'row', class: c.number && 'number', 'data-title': i ? c.title : false }, h('div.cell', {}, c.cell(m))))))
  rewrite(container, [h('table', { role: 'table', 'aria-label': 'Models' },
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, head)), h('tbody', { role: 'rowgroup' }, rows))])
}

/** Writes which part of the list is shown, with what leads to the others. */
export function showPager(container, total, view, turn) {
  const pages = Math.max(1, Math.ceil(total / pageSize))
  const from = (view.page - 1) * pageSize
  container.hidden = pages === 1
  if (!differs(container, [total, view.page])) return
  rewrite(container, [
    h('button', { type: 'button', id: 'previous', disabled: view.page <= 1, onclick: () => turn(view.page - 1) }, 'Previous'),
    h('span', {}, `${count(from + 1)} to ${count(Math.min(total, from + pageSize))} of ${count(total)}`),
    h('button', { type: 'button', id: 'next', disabled: view.page >= pages, onclick: () => turn(view.page + 1) }, 'Next'),
  ])
}

/** The choices of the field that orders the list where the table has no heading. */
export const orderChoices = () => Object.entries(orders).flatMap(([key, { title }]) => [[key, title], [`-${key}`, `${title}, descending`]])

/** One sentence about what is shown, for everybody and for those who cannot see it. */
export function summary(shown, all, view) {
  const filtered = view.q || Object.values(view.chosen).some((values) => values.size)
  return filtered ? `${count(shown)} of ${count(all)} models` : `${count(all)} ${all === 1 ? 'model' : 'models'}`
}

