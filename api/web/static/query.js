// Which models are shown, in which order, and how many there would be: over the whole
// list, which the page has anyway. The words are those of the query of GET /v1/models.

/** The facets, in their order. Each gives the values of a model. */
export const facets = {
  state: { title: 'State', of: (m) => [m.locked ? 'locked' : m.ready ? 'ready' : 'not ready'] },
  type: { title: 'Type', of: (m) => (m.type ? [m.type] : []) },
  kind: { title: 'Kind', of: (m) => (m.kind ? [m.kind] : []) },
  namespace: { title: 'Namespace', of: (m) => (m.owned_by ? [m.owned_by] : []) },
  capability: { title: 'Capability', all: true, of: (m) => unique(m.capabilities, m.supported_features) },
  lifecycle: { title: 'Lifecycle', of: (m) => (m.lifecycle?.status ? [m.lifecycle.status] : []) },
}

const unique = (...lists) => [...new Set(lists.flatMap((list) => list ?? []))]

const numeric = (get) => (a, b) => get(a) - get(b)
const collator = new Intl.Collator('en', { numeric: true })
const byText = (get) => (a, b) => collator.compare(get(a), get(b))

/** The orders: what is compared, and how; a model without it comes last either way. */
export const orders = {
  id: { title: 'Id', of: (m) => m.id, compare: (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0) },
  name: { title: 'Name', of: (m) => m.name, compare: byText((m) => m.name) },
  created: { title: 'Created', of: (m) => m.created, compare: numeric((m) => m.created) },
  context_length: { title: 'Context', of: (m) => m.context_length, compare: numeric((m) => m.context_length) },
  type: { title: 'Type', of: (m) => m.type, compare: byText((m) => m.type) },
  kind: { title: 'Kind', of: (m) => m.kind, compare: byText((m) => m.kind) },
  namespace: { title: 'Namespace', of: (m) => m.owned_by, compare: byText((m) => m.owned_by) },
}

/** How many models are shown at a time, so that a page of any list is small. */
export const pageSize = 100

/** The view of a list that is shown at first. */
export const everything = () => ({ q: '', sort: 'id', page: 1, chosen: {} })

/** Reads a view from the part of the address behind #; what is not understood is left out. */
export function parseView(text) {
  const given = new URLSearchParams(text)
  const view = everything()
  view.q = (given.get('q') ?? '').slice(0, 256)
  if (orders[(given.get('sort') ?? '').replace(/^-/, '')]) view.sort = given.get('sort')
  view.page = Math.max(1, Number.parseInt(given.get('page'), 10) || 1)
  for (const name of Object.keys(facets)) {
    const values = given.getAll(name).slice(0, 16)
    if (values.length) view.chosen[name] = new Set(values)
  }
  return view
}

/** The same as text; empty for everything. */
export function formatView(view) {
  const given = new URLSearchParams()
  if (view.q) given.set('q', view.q)
  if (view.sort !== 'id') given.set('sort', view.sort)
  if (view.page > 1) given.set('page', view.page)
  for (const [name, values] of Object.entries(view.chosen)) values.forEach((value) => given.append(name, value))
  return given.toString()
}

/** What is searched of a model, in lower case; made once a model, when first needed. */
const searched = new WeakMap()

function searchText(m) {
  let text = searched.get(m)
  if (text === undefined) {
    text = [m.id, m.name, m.description, m.kind, m.type, m.use_case, m.source, m.owned_by, m.how,
      ...unique(m.aliases, m.adapters, m.capabilities)].filter(Boolean).join('\n').toLowerCase()
    searched.set(m, text)
  }
  return text
}

/**
 * The models of a view, all of them in order, and for each facet how many models of each
 * value pass everything else: {models, counts: {facet: [{value, count}]}}.
 */
export function select(models, view) {
  const words = view.q.toLowerCase().split(/\s+/).filter(Boolean)
  const active = Object.entries(view.chosen).filter(([, values]) => values.size)
  const counts = Object.fromEntries(Object.keys(facets).map((name) => [name, new Map()]))
  const found = []
  for (const m of models) {
    if (words.length && !words.every((word) => searchText(m).includes(word))) continue
    const failed = active.filter(([name, values]) => !matches(facets[name], m, values)).map(([name]) => name)
    if (failed.length === 0) found.push(m)
    if (failed.length > 1) continue
    for (const [name, facet] of Object.entries(facets)) {
      if (failed.length && failed[0] !== name) continue
      for (const value of facet.of(m)) counts[name].set(value, (counts[name].get(value) ?? 0) + 1)
    }
  }
  for (const [name, values] of active) values.forEach((value) => counts[name].has(value) || counts[name].set(value, 0))
  return { models: inOrder(found, view.sort), counts: Object.fromEntries(Object.entries(counts).map(([name, map]) => [name, ranked(map)])) }
}

function matches(facet, m, values) {
  const has = facet.of(m)
  return facet.all ? [...values].every((value) => has.includes(value)) : has.some((value) => values.has(value))
}

const ranked = (map) => [...map].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))

function inOrder(models, sort) {
  const order = orders[sort.replace(/^-/, '')]
  const sign = sort.startsWith('-') ? -1 : 1
  const ids = orders.id.compare
  if (order === orders.id && sign > 0) return models.sort((a, b) => !!a.locked - !!b.locked || ids(a, b))
  const last = (m) => (m.locked ? 2 : order.of(m) === undefined ? 1 : 0)
  return models.sort((a, b) => last(a) - last(b) || (last(a) ? 0 : sign * order.compare(a, b)) || ids(a, b))
}
