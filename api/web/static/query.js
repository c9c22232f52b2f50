// Which models are shown, in which order, and how many there would be: over the whole
// list, which the page has anyway. The words are those of the query of GET /v1/models.

// Arrays that are made once, and not again for each of 10,000 models.
const none = []
const states = { locked: ['locked'], ready: ['ready'], unready: ['not ready'] }
const one = (value) => (value ? [value] : none)

/** The facets, in their order. Each gives the values of a model. */
export const facets = {
  state: { title: 'State', of: (m) => (m.locked ? states.locked : m.ready ? states.ready : states.unready) },
  type: { title: 'Type', of: (m) => one(m.type) },
  kind: { title: 'Kind', of: (m) => one(m.kind) },
  namespace: { title: 'Namespace', of: (m) => one(m.owned_by) },
  capability: { title: 'Capability', all: true, of: (m) => both(m.capabilities, m.supported_features) },
  lifecycle: { title: 'Lifecycle', of: (m) => one(m.lifecycle?.status) },
}

const both = (some, others) => (some && others ? [...new Set([...some, ...others])] : some ?? others ?? none)

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
    text = `${m.id}\n${m.name ?? ''}\n${m.description ?? ''}\n${m.kind ?? ''}\n${m.type ?? ''}\n${m.use_case ?? ''}\n${m.source ?? ''}\n${m.owned_by ?? ''}\n${m.how ?? ''}\n`
    for (const list of [m.aliases, m.adapters, m.capabilities]) if (list) text += `${list.join('\n')}\n`
    text = text.toLowerCase()
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
  const tallies = Object.entries(facets).map(([name, facet]) => ({ name, facet, chosen: view.chosen[name], counts: new Map() }))
  const active = tallies.filter(({ chosen }) => chosen?.size)
  const found = []
  for (const m of models) {
    if (words.length && !words.every((word) => searchText(m).includes(word))) continue
    let failed = null // the one facet whose choice the model does not pass
    let twice = false
    for (const tally of active) {
      if (matches(tally.facet, m, tally.chosen)) continue
      twice = failed !== null
      failed = tally
      if (twice) break
    }
    if (twice) continue
    if (failed) add(failed, m)
    else {
      found.push(m)
      for (const tally of tallies) add(tally, m)
    }
  }
  // What is chosen can be unchosen, also where no model has it.
  for (const { chosen, counts } of active) chosen.forEach((value) => counts.has(value) || counts.set(value, 0))
  return { models: inOrder(found, view.sort), counts: Object.fromEntries(tallies.map(({ name, counts }) => [name, ranked(counts)])) }
}

function add({ facet, counts }, m) {
  for (const value of facet.of(m)) counts.set(value, (counts.get(value) ?? 0) + 1)
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
